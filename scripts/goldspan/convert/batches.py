"""Tasks -> columns -> tables: the part of a conversion that every span goes through.

A result is taken in one pass that only accepts: at the first thing that is odd it gives back all that it took of the
annotation, and `sift` finds out, slowly, what is wrong.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import lt, sub
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from goldspan.convert.columns import as_strings, as_table, filled, lists, numbers, repeated
from goldspan.export.offsets import same_words
from goldspan.export.reader import TaskAnnotation
from goldspan.export.spans import user_shown
from goldspan.labeling import LARGEST, Attribute, Kind, LabelingConfig
from goldspan.tables import COLUMN_TYPES, STRINGS

__all__ = ["TABLES", "Batch", "Readers", "column_names", "schemas"]

TABLES = ("documents", "annotations", "spans", "relations")
RELATION = "relation"
Ints = npt.NDArray[np.int32]
ODD = (AttributeError, KeyError, TypeError)  # what a result that is not as it should be raises
FIXED = {
    "annotations": (
        ("annotation_id", pa.string()),
        ("doc_id", pa.string()),
        ("annotator", pa.string()),
        ("ground_truth", pa.bool_()),
        ("was_cancelled", pa.bool_()),
        ("created_at", pa.string()),
        ("updated_at", pa.string()),
        ("lead_time", pa.float64()),
    ),
    "spans": (
        ("span_id", pa.string()),
        ("annotation_id", pa.string()),
        ("doc_id", pa.string()),
        ("layer", pa.string()),
        ("labels", STRINGS),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("text", pa.string()),
        ("parent_span_id", pa.string()),
        ("origin", pa.string()),
        ("score", pa.float64()),
        ("meta", pa.string()),
    ),
    "relations": (
        ("relation_id", pa.string()),
        ("annotation_id", pa.string()),
        ("doc_id", pa.string()),
        ("from_span_id", pa.string()),
        ("to_span_id", pa.string()),
        ("direction", pa.string()),
        ("labels", STRINGS),
    ),
    "documents": (("doc_id", pa.string()), ("text", pa.string()), ("text_sha256", pa.string())),
}


def column_names(names: Iterable[str], table: str) -> dict[str, str]:
    """The columns for some controls or data fields: their own names, with ``field_`` before one that is taken.

    A name's column depends on no other name, since parts of the input that know other names are put together.
    """
    taken = {name for name, _ in FIXED[table]}
    return {name: f"field_{name}" if re.sub(r"\A(field_)+", "", name) in taken else name for name in names}


def schemas(config: LabelingConfig, fields: Iterable[str] = ()) -> dict[str, pa.Schema]:
    """The columns of the four tables: those of controls are typed by the config, data ``fields`` of tasks are text."""
    more = {
        "documents": {column: pa.string() for column in column_names(fields, "documents").values()},
        "annotations": control_columns(config, "annotations", per_region=False),
        "spans": control_columns(config, "spans", per_region=True),
        "relations": {},
    }
    return {name: pa.schema([*FIXED[name], *more[name].items()]) for name in TABLES}


def control_columns(config: LabelingConfig, table: str, *, per_region: bool) -> dict[str, pa.DataType]:
    """A typed column for each control that belongs to regions, or to whole tasks."""
    controls = [one for one in config.attributes.values() if one.per_region == per_region]
    names = column_names((one.name for one in controls), table)
    return {names[one.name]: COLUMN_TYPES[one.kind] for one in controls}


class Vocabulary(dict[Any, Any]):
    """Words and their numbers, in the order in which they came; one that is closed takes no more. No word has none.

    Raises:
        KeyError: a closed one is asked for a word that it does not have.
    """

    def __init__(self, words: Iterable[str] = (), *, closed: bool = False) -> None:
        """Begin with some words."""
        super().__init__((word, number) for number, word in enumerate(dict.fromkeys(words)))
        self.closed = closed

    def __missing__(self, word: str | None) -> int | None:
        if self.closed and word is not None:
            raise KeyError(word)
        return None if word is None else int(self.setdefault(word, len(self)))

    def column(self, numbers: Sequence[int | None]) -> pa.Array:
        """The words of some numbers."""
        return pa.array(list(self), pa.string()).take(pa.array(numbers, pa.int32()))


class Readers:
    """What a labeling config makes of an item by its control: a region with some labels, or how values are read."""

    def __init__(self, config: LabelingConfig) -> None:
        """The readers of a config; labels that come from the tasks, and those of relations that have none, are open."""
        layers = config.layers.values()
        self.layers = Vocabulary(config.layers, closed=True)
        self.labels = Vocabulary(
            chain.from_iterable(one.labels for one in layers), closed=not any(one.is_open for one in layers)
        )
        self.allowed = {(self.layers[one.name], self.labels[label]) for one in layers for label in one.labels}
        self.open = {self.layers[one.name] for one in layers if one.is_open}
        self.origins = Vocabulary()
        self.directions = Vocabulary(("left", "right", "bi"), closed=True)
        self.relations = Vocabulary(config.relations, closed=bool(config.relations))
        self.controls = {one.name: (one.per_region, reader(one)) for one in config.attributes.values()}

    def fit(self, layers: list[int], labels: list[int], counts: list[int]) -> bool:
        """True if every region, given by its layer and how many of the labels are its own, has labels of its layer."""
        owners = (
            layers
            if counts.count(1) == len(counts)
            else [layer for layer, count in zip(layers, counts, strict=True) for _ in range(count)]
        )
        pairs = zip(owners, labels, strict=True)
        return (
            self.allowed.issuperset(pair for pair in pairs if pair[0] not in self.open)
            if self.open
            else self.allowed.issuperset(pairs)
        )


Read = Callable[[list[Any]], Sequence[Any] | None]  # values, of which any may be odd


def reader(attribute: Attribute) -> Read:
    """How the values of a control are read; None if it does not allow one of them."""
    allowed = frozenset(attribute.values)

    def choice(values: list[Any]) -> Sequence[Any] | None:
        picked = [value.choices for value in values]
        flat = list(chain.from_iterable(picked))
        alone = len(flat) == len(picked) and all(picked)
        return flat if alone and (not allowed or allowed.issuperset(flat)) else None

    def choices(values: list[Any]) -> Sequence[Any] | None:
        picked = [value.choices for value in values]
        fit = all(picked) and (not allowed or allowed.issuperset(chain.from_iterable(picked)))
        return picked if fit else None

    def texts(values: list[Any]) -> Sequence[Any] | None:
        found = [[value.text] if isinstance(value.text, str) else value.text for value in values]
        return None if None in found else found

    def numbers(values: list[Any]) -> Sequence[Any] | None:
        found = [value.number if value.number is not None else value.rating for value in values]
        return found if all(number is not None and -LARGEST <= number <= LARGEST for number in found) else None

    def paths(values: list[Any]) -> Sequence[Any] | None:
        found = [value.taxonomy for value in values]
        return found if all(found) else None

    def dates(values: list[Any]) -> Sequence[Any] | None:
        found = [value.datetime for value in values]
        return found if all(found) else None

    by_tag: dict[str, Read] = {
        "Choices": choice if attribute.kind is Kind.STRING else choices,
        "TextArea": texts,
        "Number": numbers,
        "Rating": numbers,
        "Taxonomy": paths,
        "DateTime": dates,
    }
    return by_tag[attribute.tag]


class Batch:
    """The columns of some documents, annotations, spans and relations, filled row by row.

    Words that repeat are numbers of a vocabulary. Columns with few cells are dicts by row.
    """

    def __init__(self, config: LabelingConfig) -> None:
        """Begin without rows."""
        self.config = config
        self.readers = Readers(config)
        self.clear()

    def clear(self) -> None:
        """Begin anew without rows."""
        controls = self.readers.controls
        self.documents: list[tuple[str, str, str]] = []
        self.fields: dict[str, dict[int, str]] = {}
        self.annotations: list[tuple[Any, ...]] = []
        self.annotated: list[str] = []  # the text of each annotation's document
        self.task_values: dict[str, dict[int, Any]] = {name: {} for name in controls}
        self.span_ends: list[int] = []  # for each annotation, how many spans and relations there are up to its end
        self.relation_ends: list[int] = []
        self.regions: list[Any] = []
        self.layers: list[int] = []
        self.labels: list[int] = []
        self.label_counts: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.texts: list[str] = []
        self.origins: list[int | None] = []
        self.scores: dict[int, float] = {}
        self.parents: dict[int, int] = {}
        self.metas: dict[int, str] = {}
        self.values: dict[str, dict[int, Any]] = {name: {} for name in controls}
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.directions: list[int] = []
        self.relation_labels: list[int] = []
        self.relation_label_counts: list[int] = []

    def add_document(self, doc_id: str, text: str, digest: str, data: dict[str, Any], skip: Sequence[str]) -> None:
        """A row for a document; of its data, all but some fields, each as text or as JSON."""
        row = len(self.documents)
        self.documents.append((doc_id, text, digest))
        for name, value in data.items():
            if name not in skip and value is not None:
                shown = value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode()
                self.fields.setdefault(name, {})[row] = shown

    def add_annotation(self, annotation_id: str, doc_id: str, text: str, one: TaskAnnotation) -> bool:
        """Rows for an annotation and all that it holds; False, and no row, if anything in it is odd."""
        before = [len(column) for column in self.columns()]
        number, spans = len(self.annotations), len(self.starts)
        try:
            if self.add_result(text, one.result or []):
                user = None if one.completed_by is None else user_shown(one.completed_by)
                flags = bool(one.ground_truth), bool(one.was_cancelled)
                times = one.created_at, one.updated_at, one.lead_time
                self.annotations.append((annotation_id, doc_id, user, *flags, *times))
                self.annotated.append(text)
                self.span_ends.append(len(self.starts))
                self.relation_ends.append(len(self.sources))
                return True
        except ODD:
            pass
        for column, length in zip(self.columns(), before, strict=True):
            del column[length:]
        sparse: list[dict[int, Any]] = [self.parents, self.metas, self.scores, *self.values.values()]
        for cells in sparse:
            for row in [row for row in cells if row >= spans]:
                del cells[row]
        for cells in self.task_values.values():
            cells.pop(number, None)
        return False

    def columns(self) -> list[list[Any]]:
        """The columns that results fill."""
        spans = [
            self.regions,
            self.layers,
            self.labels,
            self.label_counts,
            self.starts,
            self.ends,
            self.texts,
            self.origins,
        ]
        relations = [self.sources, self.targets, self.directions, self.relation_labels, self.relation_label_counts]
        return [*spans, *relations]

    def add_result(self, text: str, items: list[Any]) -> bool:
        """Rows for the regions, relations and values of a result; False if anything is odd, with some rows there.

        Each step goes over a whole column: that takes half the time of all steps for one row after another.
        """
        readers, base = self.readers, len(self.starts)
        known = readers.layers
        regions = [item for item in items if item.from_name in known]
        values = [item.value for item in regions]
        ids = [item.id for item in regions]
        rows = dict(zip(ids, range(base, base + len(ids)), strict=True))
        if len(rows) < len(ids) or None in rows or RELATION in [item.type for item in regions]:
            return False
        starts, ends = [value.start for value in values], [value.end for value in values]
        if ids and (min(starts) < 0 or max(ends) > len(text) or not all(map(lt, starts, ends))):
            return False
        texts = slices(text, starts, ends, [value.text for value in values])
        lists = [value.labels or () for value in values]
        layers = [known[item.from_name] for item in regions]
        labels, counts = list(map(readers.labels.__getitem__, chain.from_iterable(lists))), list(map(len, lists))
        if texts is None or not readers.fit(layers, labels, counts):
            return False
        self.regions += ids
        self.layers += layers
        self.labels += labels
        self.label_counts += counts
        self.starts += starts
        self.ends += ends
        self.texts += texts
        self.add_notes(regions, rows)
        if len(regions) == len(items):
            return True
        rest = [item for item in items if item.from_name not in known]
        return self.add_relations(rest, rows) and self.add_values(rest, rows)

    def add_notes(self, regions: list[Any], rows: dict[Any, int]) -> None:
        """Cells for what few regions have: a score, a parent, a note; and where each comes from."""
        self.origins += map(self.readers.origins.__getitem__, [item.origin for item in regions])
        for item in [item for item in regions if item.score is not None or item.meta or item.parent is not None]:
            row = rows[item.id]
            if item.score is not None:
                self.scores[row] = item.score
            if item.meta:
                self.metas[row] = msgspec.json.encode(item.meta, order="sorted").decode()
            if item.parent is not None:
                self.parents[row] = rows[item.parent]

    def add_relations(self, items: list[Any], rows: dict[Any, int]) -> bool:
        """Rows for the relations among some items, whose ends have ``rows``."""
        relations = [item for item in items if item.type == RELATION]
        labels = [item.labels or () for item in relations]
        directions = self.readers.directions
        self.sources += [rows[item.from_id] for item in relations]
        self.targets += [rows[item.to_id] for item in relations]
        self.directions += [directions[item.direction or "right"] for item in relations]
        self.relation_labels += map(self.readers.relations.__getitem__, chain.from_iterable(labels))
        self.relation_label_counts += map(len, labels)
        return True

    def add_values(self, items: list[Any], rows: dict[Any, int]) -> bool:
        """Cells for the values of controls among some items; False if anything is odd."""
        values = [item for item in items if item.type != RELATION]
        names = {item.from_name for item in values}
        for name in names:
            mine = values if len(names) == 1 else [item for item in values if item.from_name == name]
            per_region, read = self.readers.controls[name]
            found = read([item.value for item in mine])
            places = [rows[item.id] for item in mine] if per_region else [len(self.annotations)] * len(mine)
            if found is None or len(set(places)) < len(places):
                return False
            (self.values if per_region else self.task_values)[name].update(zip(places, found, strict=True))
        return True

    def outer_rows(self, starts: Ints, ends: Ints) -> dict[int, int]:
        """For each span inside another of its annotation and layer, the row of the innermost such.

        Sorted by start, a span that begins before the furthest end so far lies inside or across another. Behind it, the
        nearest span that ends no earlier is the innermost around it.
        """
        owners = np.repeat(np.arange(len(self.span_ends)), np.diff([0, *self.span_ends]))
        groups = (owners * len(self.readers.layers) + np.array(self.layers, np.int64)) << 32
        starts, ends = groups + starts, groups + ends
        order = np.lexsort((-ends, starts))
        starts, ends = starts[order], ends[order]
        begun = np.flatnonzero(starts[1:] < np.maximum.accumulate(ends[:-1]))
        rows, begins, stops = order.tolist(), starts.tolist(), ends.tolist()
        outer: dict[int, int] = {}
        for before in begun.tolist():
            at, near = before + 1, before
            while near is not None and stops[near] < stops[at]:  # what holds both holds this one too
                near = outer.get(near)
            if near is not None and (begins[near], stops[near]) == (begins[at], stops[at]):
                near = outer.get(near)
            if near is not None:
                outer[at] = near
        return {rows[at]: rows[around] for at, around in outer.items()}

    def tables(self) -> dict[str, pa.Table]:
        """The rows as tables; the documents have a column for each data field that one of them has."""
        fields, readers = sorted(self.fields), self.readers
        spans = len(self.starts)
        documents = list(zip(*self.documents, strict=True)) or [()] * 3
        annotations = list(zip(*self.annotations, strict=True)) or [()] * 8
        ids = pa.array(annotations[0], pa.string()), pa.array(annotations[1], pa.string())
        of_spans = [repeated(column, self.span_ends) for column in ids]
        of_relations = [repeated(column, self.relation_ends) for column in ids]
        span_ids = pc.binary_join_element_wise(of_spans[0], as_strings(self.regions), ":")
        relation_ids = pc.binary_join_element_wise(of_relations[0], numbers(self.relation_ends), ":r")
        starts, ends = np.array(self.starts, np.int32), np.array(self.ends, np.int32)
        around = filled({**self.outer_rows(starts, ends), **self.parents}, spans)
        columns: dict[str, list[Any]] = {
            "documents": [*documents, *(filled(self.fields[name], len(self.documents)) for name in fields)],
            "annotations": [*annotations, *self.cells(self.task_values, len(self.annotations), per_region=False)],
            "spans": [
                span_ids,
                *of_spans,
                readers.layers.column(self.layers),
                lists(readers.labels.column(self.labels), self.label_counts),
                pa.array(starts),
                pa.array(ends),
                self.texts,
                around and span_ids.take(pa.array(around, pa.int64())),
                readers.origins.column(self.origins),
                filled(self.scores, spans),
                filled(self.metas, spans),
                *self.cells(self.values, spans, per_region=True),
            ],
            "relations": [
                relation_ids,
                *of_relations,
                span_ids.take(pa.array(self.sources, pa.int64())),
                span_ids.take(pa.array(self.targets, pa.int64())),
                readers.directions.column(self.directions),
                lists(readers.relations.column(self.relation_labels), self.relation_label_counts),
            ],
        }
        return {name: as_table(columns[name], schema) for name, schema in schemas(self.config, fields).items()}

    def items(self) -> int:
        """How many items of results the rows hold: regions, relations and values."""
        held = [*self.values.values(), *self.task_values.values()]
        return len(self.starts) + len(self.sources) + sum(map(len, held))

    def cells(self, values: dict[str, dict[int, Any]], rows: int, *, per_region: bool) -> list[list[Any] | None]:
        """The columns of the controls that belong to regions, or to tasks."""
        return [
            filled(values[one.name], rows) for one in self.config.attributes.values() if one.per_region == per_region
        ]


def is_shown(shown: Any, text: str) -> bool:
    """True if what was shown for a region is its text, or nothing is known of it."""
    return shown == text or not isinstance(shown, str) or same_words(shown, text)


def slices(text: str, starts: list[int], ends: list[int], shown: list[Any]) -> list[str] | None:
    """The text of each region; None if one is not what was shown.

    Mostly it is, to the letter, and nothing is copied.
    """
    try:
        if all(map(text.startswith, shown, starts)) and list(map(len, shown)) == list(map(sub, ends, starts)):
            return shown
    except TypeError:  # of some nothing is known
        pass
    texts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return texts if all(map(is_shown, shown, texts)) else None
