"""The tags of one annotation for each document, made from the tables once all shards are put together."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.convert.batches import Batch
from goldspan.convert.bio import bio_table
from goldspan.convert.columns import writer
from goldspan.convert.layout import FIXED, file_name
from goldspan.convert.picking import MAJORITY, Row, agreed, candidates, picked
from goldspan.convert.rows import Marked
from goldspan.convert.shards import Options
from goldspan.convert.subwords import as_subwords, load_tokenizer
from goldspan.disk import sync_file
from goldspan.export.reader import Item, TaskAnnotation, Value
from goldspan.labeling import LabelingConfig

__all__ = ["tag_picked"]


class Tagged(msgspec.Struct):
    """How many rows of tags there are, and what has none, by why."""

    rows: int
    untagged: dict[str, int]


def tag_picked(folder: Path, options: Options, layer: str, pick: str) -> Tagged:
    """Replace the tags of every annotation by those of one annotation for each document.

    ``pick`` is as for `goldspan.convert.picking`; a document of which none is picked has no row.

    Raises:
        OSError: the file cannot be written.
    """
    batch, left_out = Batch(only_layer(options.config, layer)), Counter[str]()
    batch.add(list(chosen(folder, layer, pick, left_out)))
    table = bio_table(batch, batch.rows().spans, layer, left_out)
    if options.tokenizer:
        table = as_subwords(table, load_tokenizer(Path(options.tokenizer)))
    if pick == MAJORITY:
        at = table.column_names.index("annotation_id")
        table = table.set_column(at, "annotation_id", pa.nulls(table.num_rows, pa.string()))
    for path in (folder / "bio").iterdir():
        path.unlink()
    with writer(folder / "bio" / file_name(0, 1), table.schema) as sink:
        sink.write_table(table)
    sync_file(folder / "bio" / file_name(0, 1))
    return Tagged(table.num_rows, dict(left_out))


def only_layer(config: LabelingConfig, layer: str) -> LabelingConfig:
    """The config with one layer, all of whose labels are known."""
    layers = {layer: msgspec.structs.replace(config.layers[layer], is_open=False, tag="Labels")}
    return msgspec.structs.replace(config, layers=layers, attributes={}, relations=())


def chosen(folder: Path, layer: str, pick: str, left_out: Counter[str]) -> Iterator[Marked]:
    """What is picked of each document, with the spans of a layer."""
    annotations = candidates(read(folder, "annotations", [name for name, _ in FIXED["annotations"]]))
    spans: dict[str, list[Row]] = defaultdict(list)
    for row in read(folder, "spans", [name for name, _ in FIXED["spans"]]):
        if row["layer"] == layer:
            spans[row["annotation_id"]].append(row)
    for document in read(folder, "documents", ["doc_id", "text"]):
        doc_id, rows = document["doc_id"], annotations.get(document["doc_id"], [])
        if pick == MAJORITY and rows:
            found = agreed(rows, (span for row in rows for span in spans[row["annotation_id"]]), (), ())
            left_out.update(found.left_out)
            yield marked(f"{doc_id}:{MAJORITY}", document, found.spans)
        elif rows:
            one = picked(rows, pick)
            left_out["documents of which no annotation is picked"] += one is None
            if one is not None:
                yield marked(one["annotation_id"], document, spans[one["annotation_id"]])


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


def read(folder: Path, name: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    """The rows of a table, file by file, with some of its columns."""
    for path in sorted((folder / name).iterdir()):
        yield from pq.read_table(path, columns=columns).to_pylist()
