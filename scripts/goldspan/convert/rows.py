"""Annotations -> the rows of their spans and relations, as columns: the part that every span goes through.

A run of annotations is taken in one pass that only accepts: where anything is odd, none of the run is taken, and it is
looked for in ever shorter runs, in the end by `sift`. Each step goes over a whole column of the run, which takes a
third of the time of all steps for one row after another.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from typing import Any

import numpy as np
from msgspec import Struct

from goldspan.convert.columns import Ints
from goldspan.convert.notes import Noted, is_noted, metas_of
from goldspan.convert.vocabulary import Readers, as_codes, as_offsets
from goldspan.export.meta import as_json
from goldspan.export.offsets import same_words
from goldspan.export.reader import TaskAnnotation
from goldspan.export.spans import paths_of

__all__ = ["Cells", "Firsts", "Marked", "RelationRows", "Rows", "SpanRows", "joined", "rows_of"]

RELATION = "relation"
BARE = {(None,) * 7}  # what a relation says beside its ends, labels and note

beside_ends = attrgetter("id", "from_name", "to_name", "value", "score", "origin", "parent")
Cells = dict[int, Any]  # of a column in which few rows have one, by row


class OddError(Exception):
    """Something in a run is not as it should be."""


ODD = (OddError, AttributeError, KeyError, TypeError, struct.error)  # what an odd result raises where it is read


class Marked(Struct, gc=False):
    """An annotation of a document in a file, under the id that it has in the tables."""

    annotation_id: str
    file: str
    doc_id: str
    text: str
    one: TaskAnnotation


class Firsts(Struct, frozen=True):
    """The numbers that the first rows of a run have."""

    span: int = 0
    relation: int = 0
    annotation: int = 0


class SpanRows(Struct):
    """Columns of spans, and how many spans each annotation has. Words are numbers of a vocabulary, parents of rows."""

    of_each: Ints
    regions: list[Any]
    layers: Ints
    labels: Ints
    label_counts: Ints
    starts: Ints
    ends: Ints
    texts: list[str]
    origins: Ints
    scores: Cells
    metas: Cells
    parents: Cells
    paths: dict[str, Cells]  # of each taxonomy that draws regions


class RelationRows(Struct):
    """Columns of relations, and how many relations each annotation has. Sources and targets are rows of spans."""

    of_each: Ints
    sources: Ints
    targets: Ints
    directions: Ints
    labels: Ints
    label_counts: Ints
    metas: Cells


class Rows(Struct):
    """The rows of some annotations; ``values`` are the cells of each control, by span or by annotation.

    ``metas`` are notes of annotations.
    """

    spans: SpanRows
    relations: RelationRows
    values: dict[str, Cells]
    metas: Cells

    @property
    def items(self) -> int:
        """How many items of results the rows hold: regions, relations and values."""
        return len(self.spans.starts) + len(self.relations.sources) + sum(map(len, self.values.values()))


FIRST = Firsts()


def joined(parts: Sequence[Any]) -> Any:
    """Rows, or one column of them, of several runs as those of one."""
    first = parts[0]
    if isinstance(first, Struct):
        return type(first)(*(joined([getattr(part, name) for part in parts]) for name in first.__struct_fields__))
    if isinstance(first, list):
        return flat(parts)
    if not isinstance(first, dict):
        return np.concatenate(parts)
    whole: dict[Any, Any] = {}
    for key, cell in chain.from_iterable(part.items() for part in parts):
        if isinstance(cell, dict):
            whole.setdefault(key, {}).update(cell)
        else:
            whole[key] = cell
    return whole


def rows_of(run: Sequence[Marked], readers: Readers, firsts: Firsts = FIRST) -> Rows | None:
    """The rows of a run of annotations, which begin at some; None if anything in it is odd."""
    try:
        return accepted(run, readers, firsts)
    except ODD:
        return None


def accepted(run: Sequence[Marked], readers: Readers, firsts: Firsts) -> Rows:
    """The rows of a run.

    Raises:
        OddError, or another error of `ODD`: anything in it is odd.
    """
    results: list[list[Any]] = [each.one.result or [] for each in run]
    layers, controls = readers.regions, readers.controls
    regions = [[item for item in items if item.from_name in layers] for items in results]
    links = [[item for item in items if item.type == RELATION] for items in results]
    values = [[item for item in items if item.from_name in controls] for items in results]
    if not BARE.issuperset(map(beside_ends, flat(links))):  # one with a name would count twice
        raise OddError
    if sum(map(len, results)) != sum(map(len, chain(regions, links, values))):
        raise OddError
    rows = rows_by_id(regions, firsts.span)
    noted = noted_values(values, regions, rows, readers, firsts)
    spans = span_rows(regions, rows, [each.text for each in run], readers, firsts.span)
    spans.metas = metas_of(spans.metas, noted[True])
    return Rows(
        spans=spans,
        relations=relation_rows(links, rows, readers, firsts.relation),
        values=dict(values_by_control(values, rows, readers, firsts.annotation)),
        metas=metas_of({}, noted[False]),
    )


def noted_values(
    values: Sequence[list[Any]],
    regions: Sequence[list[Any]],
    rows: Sequence[dict[Any, int]],
    readers: Readers,
    firsts: Firsts,
) -> dict[bool, list[Noted]]:
    """The values of which more is said than the value: those of regions (True), and of tasks."""
    noted = [(at, item) for at, items in enumerate(values) for item in items if is_noted(item)]
    items = flat(regions) if noted else []
    found: dict[bool, list[Noted]] = {True: [], False: []}
    for at, item in noted:
        if readers.controls[item.from_name][0]:
            row = rows[at][item.id]
            found[True].append((row, item, items[row - firsts.span]))
        else:
            found[False].append((firsts.annotation + at, item, None))
    return found


def flat(lists: Iterable[list[Any]]) -> list[Any]:
    """What some lists hold, one after the other."""
    whole: list[Any] = []
    for one in lists:
        whole += one
    return whole


def rows_by_id(regions: Iterable[list[Any]], first: int) -> list[dict[Any, int]]:
    """The rows of each annotation's regions by their ids, which no two of them share."""
    rows = []
    for items in regions:
        mine = dict(zip(ids_of(items), range(first, first + len(items)), strict=True))
        if len(mine) < len(items) or None in mine or "" in mine:
            raise OddError
        rows.append(mine)
        first += len(items)
    return rows


def ids_of(items: list[Any]) -> list[Any]:
    """The ids of regions as text, as which they must differ: some exports have numbers there."""
    ids = [item.id for item in items]
    try:
        "".join(ids)  # the fastest way to see that all are text
    except TypeError:
        return [None if one is None else str(one) for one in ids]
    return ids


def span_rows(
    regions: Sequence[list[Any]],
    rows: Sequence[dict[Any, int]],
    texts: Sequence[str],
    readers: Readers,
    first: int,
) -> SpanRows:
    """The columns of regions that lie in their texts, show them, and have labels of their layer; notes are no JSON."""
    items, of_each = flat(regions), list(map(len, regions))
    values = [item.value for item in items]
    begins, stops = [value.start for value in values], [value.end for value in values]
    starts, ends = as_offsets(begins), as_offsets(stops)
    lengths = np.repeat(list(map(len, texts)), of_each)
    if not ((starts >= 0) & (starts < ends) & (ends <= lengths)).all():
        raise OddError
    named = [value.labels or () for value in values]
    layers = readers.layers.codes([item.from_name for item in items])
    labels, counts = readers.labels.codes(chain.from_iterable(named)), as_codes(list(map(len, named)))
    if not readers.fit(layers, labels, counts):
        raise OddError
    noted = [
        (places, item)
        for places, mine in zip(rows, regions, strict=True)
        for item in mine
        if item.score is not None or item.meta or item.parent is not None
    ]
    return SpanRows(
        of_each=as_codes(of_each),
        regions=list(chain.from_iterable(rows)),
        layers=layers,
        labels=labels,
        label_counts=counts,
        starts=starts,
        ends=ends,
        texts=shown_texts(texts, of_each, begins, stops, [value.text for value in values]),
        origins=readers.origins.codes([item.origin for item in items]),
        scores={places[item.id]: item.score for places, item in noted if item.score is not None},
        metas={places[item.id]: item.meta for places, item in noted if item.meta},
        parents={places[item.id]: places[item.parent] for places, item in noted if item.parent is not None},
        paths={
            name: {row: paths_of(item.value) for row, item in enumerate(items, first) if item.from_name == name}
            for name in readers.drawn
        },
    )


def shown_texts(
    texts: Sequence[str], of_each: Sequence[int], starts: list[int], ends: list[int], shown: list[Any]
) -> list[str]:
    """The text of each region, which is what was shown of it.

    Mostly it is, to the letter: then each begins where it should and ends no later, they are as long together as they
    should be, and nothing is copied.
    """
    found: list[str] = []
    for text, (begin, end) in zip(texts, pairwise(accumulate(of_each, initial=0)), strict=True):
        mine = starts[begin:end], ends[begin:end], shown[begin:end]
        found += mine[2] if shows(text, *mine) else sliced(text, *mine)
    return found


def shows(text: str, starts: list[int], ends: list[int], shown: list[Any]) -> bool:
    """True if what was shown of some regions is their text, to the letter; False if it may be, but for white space."""
    try:
        return all(map(text.startswith, shown, starts, ends)) and sum(map(len, shown)) == sum(ends) - sum(starts)
    except TypeError:  # of some nothing is known
        return False


def sliced(text: str, starts: list[int], ends: list[int], shown: list[Any]) -> list[str]:
    """The text of each region, if what was shown of it differs in white space only, where anything is known of that."""
    texts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    if any(isinstance(one, str) and not same_words(one, text) for one, text in zip(shown, texts, strict=True)):
        raise OddError
    return texts


def relation_rows(
    links: Sequence[list[Any]], rows: Sequence[dict[Any, int]], readers: Readers, first: int
) -> RelationRows:
    """The columns of relations between regions of their annotations, which are numbered from a first."""
    items = flat(links)
    named = [item.labels or () for item in items]
    sources = [places[item.from_id] for places, mine in zip(rows, links, strict=True) for item in mine]
    targets = [places[item.to_id] for places, mine in zip(rows, links, strict=True) for item in mine]
    return RelationRows(
        of_each=as_codes(list(map(len, links))),
        sources=as_offsets(sources),
        targets=as_offsets(targets),
        directions=readers.directions.codes([item.direction or "right" for item in items]),
        labels=readers.relations.codes(chain.from_iterable(named)),
        label_counts=as_codes(list(map(len, named))),
        metas={number: as_json(item.meta) for number, item in enumerate(items, first) if item.meta},
    )


def values_by_control(
    values: Sequence[list[Any]], rows: Sequence[dict[Any, int]], readers: Readers, first: int
) -> Iterator[tuple[str, Cells]]:
    """The cells of each control that has values: of regions by their rows, of tasks by annotations from a first."""
    for name in sorted({item.from_name for items in values for item in items}):
        per_region, read = readers.controls[name]
        mine = [[item for item in items if item.from_name == name] for items in values]
        found = read([item.value for items in mine for item in items])
        keys = (
            [places[item.id] for places, items in zip(rows, mine, strict=True) for item in items]
            if per_region
            else [number for number, items in enumerate(mine, first) for _ in items]
        )
        if found is None or len(set(keys)) < len(keys) or (not per_region and of_regions(mine, rows)):
            raise OddError
        yield name, dict(zip(keys, found, strict=True))


def of_regions(values: Sequence[list[Any]], rows: Sequence[dict[Any, int]]) -> bool:
    """True if one of some values belongs to a region: it has the id of one, or an extent."""
    return any(
        item.id in places or item.value.start is not None
        for places, items in zip(rows, values, strict=True)
        for item in items
    )
