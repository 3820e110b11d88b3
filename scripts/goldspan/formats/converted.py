"""A converted folder -> the stream: a document for each annotation, with the layers of its labeling config."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.convert.layout import FIXED
from goldspan.faults import stop_on_errors
from goldspan.formats.checked import (
    NO_FIT,
    NO_TABLE,
    Row,
    attributes,
    by_id,
    check,
    fragment,
    in_order,
    need,
    once,
    refer,
)
from goldspan.formats.controls import choices_of, controls_of, likely_choices, unsure_columns
from goldspan.formats.names import file_names
from goldspan.formats.stream import Collection, Document, Lost, Relation, Span
from goldspan.labeling import LabelingConfig
from goldspan.records import forward

__all__ = ["read_converted"]

COLUMNS = {
    "documents": ("doc_id", "text"),
    "annotations": ("annotation_id", "doc_id", "was_cancelled"),
    "spans": ("span_id", "annotation_id", "doc_id", "layer", "labels", "start", "end", "text"),
    "relations": ("relation_id", "annotation_id", "doc_id", "from_span_id", "to_span_id", "direction", "labels"),
}
KEYS = {"documents": "doc_id", "annotations": "annotation_id"}
HASH = "text_sha256"
OF_ANNOTATIONS = frozenset(name for name, _ in FIXED["annotations"])  # columns that are no values of controls
NULLABLE = {"was_cancelled", "labels", "direction"}
Rows = Callable[[str], list[Row]]


def read_converted(folder: Path, language: str, config: LabelingConfig | None = None) -> Collection:
    """The annotations of a converted folder that were not skipped, and the documents that have none.

    Without its labeling config it is not known whether lists of texts that were said of whole documents are choices.

    Raises:
        DataError: a table cannot be read or lacks a column (E961), or a span is of no annotation (E962).
    """
    tables = {name: read_table(folder, name) for name in COLUMNS}
    ids = {name: tables[name][key].to_pylist() for name, key in KEYS.items()}
    for name in KEYS:
        once(ids[name], str(folder / name))
    refer(tables["annotations"]["doc_id"].to_pylist(), ids["documents"], "document", str(folder / "annotations"))
    for name in ("spans", "relations"):
        refer(tables[name]["annotation_id"].to_pylist(), ids["annotations"], "annotation", str(folder / name))
    layers = sorted(set(tables["spans"]["layer"].to_pylist()))
    annotations = tables["annotations"]
    columns = value_columns(annotations)
    choices = choices_of(config) if config else likely_choices(annotations, columns)
    return Collection(
        layers=tuple(layers),
        main=layers[0] if len(layers) == 1 else None,
        language=language,
        documents=documents(folder, tables),
        left_out=Lost(
            {"annotations that were skipped": sum(map(bool, tables["annotations"]["was_cancelled"].to_pylist()))}
        ),
        controls=controls_of(annotations, columns, choices),
        unsure=() if config else unsure_columns(annotations, columns),
    )


def value_columns(annotations: pa.Table) -> list[str]:
    """The columns with the values of controls of whole tasks."""
    return [name for name in annotations.column_names if name not in OF_ANNOTATIONS]


def read_table(folder: Path, name: str) -> pa.Table:
    """The shards of a table as one."""
    try:
        parts = [pq.read_table(path, partitioning=None) for path in sorted((folder / name).glob("train-*.parquet"))]
        found = pa.concat_tables(parts)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise NO_TABLE.error(str(error), file=str(folder / name)) from error
    need(found, COLUMNS[name], set(COLUMNS[name]) - NULLABLE, str(folder / name))
    return found


def by_annotation(table: pa.Table) -> Rows:
    """The rows of each annotation, which are made values only when they are asked for."""
    ordered = table.sort_by("annotation_id")
    counts = Counter(ordered["annotation_id"].to_pylist())
    bounds, at = {}, 0
    for name, count in counts.items():
        bounds[name] = at, count
        at += count
    return lambda name: list(ordered.slice(*bounds.get(name, (0, 0))).to_pylist())


def documents(folder: Path, tables: dict[str, pa.Table]) -> Iterator[Document]:
    """Each document, once for each of its annotations that counts; once without spans if none does."""
    standing: dict[str, list[Row | None]] = defaultdict(list)
    for row in tables["annotations"].to_pylist():
        if not row["was_cancelled"]:
            standing[row["doc_id"]].append(row)
    spans, relations = by_annotation(tables["spans"]), by_annotation(tables["relations"])
    ids = tables["documents"]["doc_id"].to_pylist()
    files = iter(file_names(key for doc_id in ids for key in keys(doc_id, standing.get(doc_id) or [None])))
    for batch in tables["documents"].to_batches(max_chunksize=64):
        for row in batch.to_pylist():
            for annotation in standing.get(row["doc_id"]) or [None]:
                name = annotation["annotation_id"] if annotation else None
                marked = (spans(name), relations(name)) if name is not None else ([], [])
                yield check(document(row, annotation, next(files), *marked), str(folder))


def keys(doc_id: str, annotations: list[Row | None]) -> Iterator[tuple[str, ...]]:
    """What names the file of each annotation of a document: the document, and where it has several the annotation."""
    for one in annotations:
        yield (doc_id, one["annotation_id"]) if one and len(annotations) > 1 else (doc_id,)


def document(row: Row, annotation: Row | None, file: str, spans: list[Row], relations: list[Row]) -> Document:
    """One annotation of a document.

    Raises:
        DataError: a span is not what its text says, or is of another document (E962).
    """
    said: Row = attributes(annotation, COLUMNS["annotations"]) if annotation else {}
    stop_on_errors(
        NO_FIT.finding("it is of another document", task=row["doc_id"], row=one.get("span_id") or one["relation_id"])
        for one in [*spans, *relations]
        if one["doc_id"] != row["doc_id"]
    )
    return Document(
        doc_id=row["doc_id"],
        text=row["text"],
        file=file,
        spans=in_order(span(one, row["text"]) for one in spans),
        relations=by_id([relation(one) for one in relations]),
        annotation_id=annotation["annotation_id"] if annotation else None,
        attributes=attributes(row, (*COLUMNS["documents"], HASH))
        | {n: v for n, v in said.items() if n in OF_ANNOTATIONS},
        values={name: value for name, value in said.items() if name not in OF_ANNOTATIONS},
    )


def span(row: Row, text: str) -> Span:
    """A region."""
    extent = fragment(row, text, task=row["doc_id"], row=row["span_id"])
    said = attributes(row, COLUMNS["spans"])
    return Span(row["span_id"], row["layer"], tuple(row["labels"] or ()), (extent,), said)


def relation(row: Row) -> Relation:
    """A relation; one that was drawn to the left leads from its second region to its first."""
    one, other, direction = forward(row["from_span_id"], row["to_span_id"], row["direction"])
    said = attributes(row, COLUMNS["relations"])
    return Relation(row["relation_id"], one, other, tuple(row["labels"] or ()), direction, said)
