"""A converted folder -> the stream: a document for each annotation, with the layers of its labeling config."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.convert.folder import read_tables, readable
from goldspan.convert.layout import FIXED
from goldspan.convert.picking import MAJORITY, Agreed, agreed, by_annotation, candidates, marked_by, picked
from goldspan.faults import FAULTS, Finding, fault, stop_on_errors
from goldspan.formats.checked import (
    NO_FIT,
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

NO_TEXTS = fault(
    "E021",
    "A conversion has no text that could be exported: its labeling config shows none",
    "Read its tables: the values of whole tasks stand in annotations. Or convert by a config whose Text tag shows one.",
)

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


def read_converted(
    folder: Path, language: str, config: LabelingConfig | None = None, pick: str | None = None
) -> Collection:
    """The annotations of a converted folder that were not skipped, and the documents that have none.

    With a rule to ``pick`` one annotation of each document; a document of which it picks none is left out.

    Without its labeling config it is not known whether lists of texts that were said of whole documents are choices.

    Raises:
        DataError: there is no text (E021), a table cannot be read or lacks a column (E620, E621), a span is of no
            annotation (E962), or there is no annotation by the annotator that is to be picked (E026).
    """
    read_tables(folder)  # each is there
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
    skipped = sum(map(bool, annotations["was_cancelled"].to_pylist()))
    left_out, findings = Lost({"annotations that were skipped": skipped}), list[Finding]()
    standing = standing_of(annotations, pick, left_out, findings)
    choices = choices_of(config) if config else likely_choices(annotations, columns)
    return Collection(
        layers=tuple(layers),
        main=layers[0] if len(layers) == 1 else None,
        language=language,
        documents=documents(folder, tables, standing, pick, left_out),
        left_out=left_out,
        findings=findings,
        controls=controls_of(annotations, columns, choices),
        unsure=() if config else unsure_columns(annotations, columns),
    )


def value_columns(annotations: pa.Table) -> list[str]:
    """The columns with the values of controls of whole tasks."""
    return [name for name in annotations.column_names if name not in OF_ANNOTATIONS]


def is_null(column: pa.ChunkedArray) -> bool:
    """True if a column holds nothing but nulls."""
    return bool(column.null_count == len(column))


def read_table(folder: Path, name: str) -> pa.Table:
    """The shards of a table as one."""
    parts = []
    for path in sorted((folder / name).glob("train-*.parquet")):
        with readable(path):
            parts.append(pq.read_table(path, partitioning=None))
    with readable(folder / name):
        found = pa.concat_tables(parts)
    if name == "documents" and {"text", HASH} <= {*found.column_names} and found.num_rows:
        stop_on_errors([NO_TEXTS.finding(file=str(folder))] if is_null(found["text"]) and is_null(found[HASH]) else [])
    filled = [column for column in COLUMNS[name] if column not in NULLABLE]
    need(found, COLUMNS[name], filled, FAULTS["E621"], file=str(folder), row=name)
    return found


def standing_of(
    annotations: pa.Table, pick: str | None, left_out: Lost, findings: list[Finding]
) -> dict[str, list[Row]]:
    """The annotations of each document that are written; what is not picked is counted, and named."""
    found = candidates(annotations.to_pylist(), pick)
    if pick in (None, MAJORITY):
        return found
    for doc_id, rows in found.items():
        one = picked(rows, pick or "")
        found[doc_id] = one.annotations
        left_out.update(one.left_out)
        findings += one.findings
    return found


def documents(
    folder: Path, tables: dict[str, pa.Table], standing: dict[str, list[Row]], pick: str | None, left_out: Lost
) -> Iterator[Document]:
    """Each document, once for each of its annotations that stands; once without spans if there never was one."""
    spans, relations = by_annotation(tables["spans"]), by_annotation(tables["relations"])
    controls = value_columns(tables["annotations"])
    written = [doc_id for doc_id in tables["documents"]["doc_id"].to_pylist() if standing.get(doc_id) != []]
    files = iter(file_names(key for name in written for key in keys(name, [] if pick else standing.get(name, []))))
    for batch in tables["documents"].to_batches(max_chunksize=64):
        for row in batch.to_pylist():
            rows = standing.get(row["doc_id"])
            if pick == MAJORITY and rows:
                found = agreed(rows, marked_by(rows, spans), marked_by(rows, relations), controls)
                left_out.update(found.left_out)
                yield check(by_majority(row, found, next(files)), str(folder))
                continue
            every: list[Row] | list[None] = [None] if rows is None else rows
            for annotation in every:
                name = annotation["annotation_id"] if annotation else None
                marked = (spans(name), relations(name)) if name is not None else ([], [])
                yield check(document(row, annotation, next(files), *marked), str(folder))


def by_majority(row: Row, found: Agreed, file: str) -> Document:
    """A document with what more than half of its annotations have."""
    made = {**found.values, "doc_id": row["doc_id"], "annotation_id": None, "was_cancelled": False}
    return document(row, made, file, found.spans, found.relations)


def keys(doc_id: str, annotations: list[Row]) -> Iterator[tuple[str, ...]]:
    """What names the file of each annotation: the document, and where it has several the annotation."""
    if len(annotations) > 1:
        yield from ((doc_id, one["annotation_id"]) for one in annotations)
    else:
        yield (doc_id,)


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
