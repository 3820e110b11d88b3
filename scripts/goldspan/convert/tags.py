"""The tags of a layer whose labels come from the tasks: each shard numbers them as they come, and here they are named.

Their names are those of all labels that the spans of the layer have, or that the tasks list, sorted by their letters:
the same for any number of shards.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goldspan.convert.columns import Ints, lists, writer
from goldspan.convert.layout import column_names
from goldspan.convert.shards import Options
from goldspan.disk import sync_file
from goldspan.labeling.source import value_at

__all__ = ["name_tags"]


def name_tags(options: Options, numbered: Sequence[Sequence[str]], new: Path) -> Options:
    """Number the tags of a new folder by the labels of their layer, and give back options that know these.

    ``numbered`` are the labels of each file of tags, in the order of their numbers there.

    Raises:
        OSError: a file cannot be written.
    """
    config = options.config
    layer = config.layers[options.bio or ""]
    labels = tuple(sorted({*labels_marked(new / "spans", layer.name), *labels_listed(new / "documents", layer.listed)}))
    places = {label: number for number, label in enumerate(labels)}
    for path, known in zip(sorted((new / "bio").iterdir()), numbered, strict=True):
        renumber(path, np.array([places.get(label, 0) for label in known], np.int32))
    layers = {**config.layers, layer.name: msgspec.structs.replace(layer, labels=labels)}
    return msgspec.structs.replace(options, config=msgspec.structs.replace(config, layers=layers))


def labels_marked(folder: Path, layer: str) -> Iterator[str]:
    """The labels that the spans of a layer have."""
    for group in groups(folder, "layer", "labels"):
        yield from pc.unique(pc.list_flatten(group.filter(pc.equal(group["layer"], layer))["labels"])).to_pylist()


def labels_listed(folder: Path, path: str) -> Iterator[str]:
    """The labels that the data of tasks list at a path: names, or objects with a value and perhaps an alias."""
    field = path.partition(".")[0].partition("[")[0]
    column = column_names([field], "documents")[field]
    for group in groups(folder, column):
        for value in pc.unique(group[column]).to_pylist() if column in group.column_names else ():
            with suppress(msgspec.DecodeError, TypeError):
                listed = value_at({field: msgspec.json.decode(value)}, path)
                yield from filter(None, map(label_of, listed if isinstance(listed, list) else ()))


def label_of(one: Any) -> str:
    """The label of an entry of a list: its alias, else its value; empty if it is none."""
    found = (one.get("alias") or one.get("value")) if isinstance(one, dict) else one
    return found if isinstance(found, str) else ""


def groups(folder: Path, *columns: str) -> Iterator[pa.Table]:
    """Some columns of a table, as far as its files have them, one row group at a time."""
    for path in sorted(folder.iterdir()):
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, columns)


def renumber(path: Path, places: Ints) -> None:
    """Give every tag of a file the number that its label has in the end: label n is 2n+1 at first, then 2n+2."""
    beside = path.with_suffix(".new")
    with pq.ParquetFile(path) as file, writer(beside, file.schema_arrow) as sink:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number)
            at = group.column_names.index("ner_tags")
            tags = pc.list_flatten(group["ner_tags"]).to_numpy().copy()
            tagged = tags > 0
            tags[tagged] = 2 * places[(tags[tagged] - 1) // 2] + 1 + (tags[tagged] - 1) % 2
            counts = pc.list_value_length(group["ner_tags"]).to_numpy()
            sink.write_table(group.set_column(at, "ner_tags", lists(pa.array(tags), counts)))
    beside.replace(path)
    sync_file(path)
