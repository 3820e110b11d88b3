"""The annotations of a batch and the spans of one layer -> the table of tokens and BIO tags."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from goldspan.arrow import INTEGERS, STRINGS
from goldspan.convert.batches import Batch
from goldspan.convert.columns import lists
from goldspan.convert.rows import SpanRows
from goldspan.convert.tagging import Extents, tag

__all__ = ["BIO_SCHEMA", "bio_table", "labels_of"]

BIO_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("doc_id", pa.string()),
        ("annotation_id", pa.string()),
        ("tokens", STRINGS),
        ("token_starts", INTEGERS),
        ("ner_tags", INTEGERS),
    ]
)
BLOCK = 1 << 17  # characters
SKIPPED = 4  # the column of an annotation that says so


def bio_table(batch: Batch, spans: SpanRows, layer: str, left_out: Counter[str]) -> pa.Table:
    """A row for each annotation that was not skipped: its document's tokens, tagged by the outermost spans of a layer.

    Of a span with several labels the first counts. ``left_out`` counts the spans that are not tagged, and why, and the
    further labels.
    """
    rows = [row for row, one in enumerate(batch.annotations) if not one[SKIPPED]]
    texts = [batch.texts[row] for row in rows]
    found = extents_of(batch, spans, layer, rows, left_out)
    tagged = [tag(texts[begin:end], found.between(begin, end), left_out) for begin, end in blocks(texts)]
    tokens = pa.concat_arrays([block.tokens for block in tagged] or [pa.array([], pa.string())])
    counts, starts, tags = (
        np.concatenate([np.zeros(0, np.int64), *(getattr(block, name) for block in tagged)])
        for name in ("counts", "starts", "tags")
    )
    ids, documents = ([batch.annotations[row][column] for row in rows] for column in (0, 1))
    columns = [
        pa.array(ids, pa.string()),
        pa.array(documents, pa.string()),
        pa.array(ids, pa.string()),
        lists(tokens, counts),
        lists(pa.array(starts, pa.int32()), counts),
        lists(pa.array(tags, pa.int32()), counts),
    ]
    return pa.Table.from_arrays(columns, schema=BIO_SCHEMA)


def extents_of(batch: Batch, spans: SpanRows, layer: str, rows: Sequence[int], left_out: Counter[str]) -> Extents:
    """The labelled spans of a layer in the annotations of some rows, which own them by their places among these."""
    readers = batch.readers
    places = np.full(len(spans.of_each), -1)
    places[list(rows)] = np.arange(len(rows))
    owners = np.repeat(places, spans.of_each)
    mine = (spans.layers == readers.layers[layer]) & (owners >= 0)
    further = spans.label_counts[mine].astype(np.int64) - 1
    labelled = mine & (spans.label_counts > 0)
    firsts = np.cumsum(spans.label_counts, dtype=np.int64) - spans.label_counts
    known = np.zeros(len(readers.labels), np.int64)
    names = labels_of(batch, layer)
    known[[readers.labels[name] for name in names]] = np.arange(len(names))
    columns = [owners[labelled], spans.starts[labelled], spans.ends[labelled], known[spans.labels[firsts[labelled]]]]
    left_out.update({"without a label": int((further < 0).sum()), "further labels": int(further[further > 0].sum())})
    return Extents(*(column.astype(np.int64) for column in columns))


def labels_of(batch: Batch, layer: str) -> Sequence[str]:
    """The labels of a layer in the order of their numbers; of one whose labels come from the tasks, those so far."""
    one = batch.config.layers[layer]
    return [*batch.readers.labels][1:] if one.is_open else one.labels


def blocks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of some texts that have about so many characters together as are fast to work on at once."""
    begin = size = 0
    for at, text in enumerate(texts, 1):
        size += len(text)
        if size >= BLOCK or at == len(texts):
            yield begin, at
            begin, size = at, 0
