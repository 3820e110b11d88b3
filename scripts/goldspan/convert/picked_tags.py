"""The tags of one annotation for each document, made from the tables once all shards are put together."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goldspan.convert.batches import Batch
from goldspan.convert.bio import bio_table
from goldspan.convert.columns import writer
from goldspan.convert.layout import FIXED, file_name
from goldspan.convert.picking import MAJORITY, Row, RowsOf, agreed, by_annotation, candidates, marked_by, picked
from goldspan.convert.rows import Marked
from goldspan.convert.shards import Options
from goldspan.convert.subwords import as_subwords, load_tokenizer
from goldspan.disk import sync_file
from goldspan.export.reader import Item, TaskAnnotation, Value
from goldspan.faults import Finding
from goldspan.labeling import LabelingConfig

__all__ = ["tag_picked"]


class Tagged(msgspec.Struct):
    """How many rows of tags there are, what has none, by why, and what is to be said of it."""

    rows: int = 0
    untagged: Counter[str] = msgspec.field(default_factory=Counter)
    findings: list[Finding] = []


def tag_picked(folder: Path, options: Options, layer: str, pick: str) -> Tagged:
    """Replace the tags of every annotation by those of one annotation for each document.

    ``pick`` is as for `goldspan.convert.picking`; a document of which none is picked has no row. Of the texts those of
    one row group are held at a time.

    Raises:
        DataError: there is no annotation by the annotator that is to be picked (E026).
        OSError: the file cannot be written.
    """
    tagged, config = Tagged(), only_layer(options.config, layer)
    tokenizer = load_tokenizer(Path(options.tokenizer)) if options.tokenizer else None
    annotations = candidates(read(folder, "annotations").to_pylist(), pick)
    spans = by_annotation(read(folder, "spans", pc.field("layer") == layer))
    for path in (folder / "bio").iterdir():
        path.unlink()
    with writer(folder / "bio" / file_name(0, 1), options.schemas["bio"]) as sink:
        for documents in groups(folder / "documents"):
            batch = Batch(config)
            batch.add(list(chosen(documents, annotations, spans, pick, tagged)))
            table = bio_table(batch, batch.rows().spans, layer, tagged.untagged)
            table = table if tokenizer is None else as_subwords(table, tokenizer)
            sink.write_table(of_nobody(table) if pick == MAJORITY else table)
            tagged.rows += table.num_rows
    sync_file(folder / "bio" / file_name(0, 1))
    return tagged


def only_layer(config: LabelingConfig, layer: str) -> LabelingConfig:
    """The config with one layer, all of whose labels are known."""
    layers = {layer: msgspec.structs.replace(config.layers[layer], is_open=False, tag="Labels")}
    return msgspec.structs.replace(config, layers=layers, attributes={}, relations=())


def chosen(
    documents: list[Row], annotations: dict[str, list[Row]], spans: RowsOf, pick: str, tagged: Tagged
) -> Iterator[Marked]:
    """What is picked of each document, with the spans of a layer."""
    for document in documents:
        rows = annotations.get(document["doc_id"], [])
        if pick == MAJORITY and rows:
            found = agreed(rows, marked_by(rows, spans), (), ())
            tagged.untagged.update(found.left_out)
            yield marked(f"{document['doc_id']}:{MAJORITY}", document, found.spans)
        elif rows:
            standing = picked(rows, pick)
            tagged.untagged.update(standing.left_out)
            tagged.findings += standing.findings
            for one in standing.annotations:
                yield marked(one["annotation_id"], document, spans(one["annotation_id"]))


def marked(name: str, document: Row, spans: list[Row]) -> Marked:
    """Some spans as an annotation of a document."""
    items = [
        Item(
            type="labels",
            id=str(number),
            from_name=row["layer"],
            value=Value(start=row["start"], end=row["end"], labels=row["labels"]),
        )
        for number, row in enumerate(spans)
    ]
    return Marked(name, "", document["doc_id"], document["text"] or "", TaskAnnotation(result=items))


def of_nobody(table: pa.Table) -> pa.Table:
    """A table of tags that are of no one annotation."""
    at = table.column_names.index("annotation_id")
    return table.set_column(at, "annotation_id", pa.nulls(table.num_rows, pa.string()))


def read(folder: Path, name: str, which: pc.Expression | None = None) -> pa.Table:
    """A table, or some rows of it, in the order of its files, with the columns that every conversion has."""
    columns = [column for column, _ in FIXED[name]]
    paths = sorted((folder / name).iterdir())
    return pa.concat_tables(pq.read_table(path, columns=columns, filters=which, partitioning=None) for path in paths)


def groups(folder: Path) -> Iterator[list[Row]]:
    """The documents with their texts, one row group at a time."""
    for path in sorted(folder.iterdir()):
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, ["doc_id", "text"]).to_pylist()
