"""The spans of one layer -> tokens and BIO tags, for whole blocks of documents at a time.

Tokens are those of `goldspan.tokens`, cut at the edges of the spans that are tagged. White space at the edge of a span
is a token of its own, so that the tags decode to exactly these spans.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import regex
from msgspec import Struct

from goldspan.arrow import INTEGERS, STRINGS
from goldspan.convert.batches import Batch
from goldspan.convert.columns import Ints, lists
from goldspan.convert.nesting import outermost
from goldspan.convert.rows import SpanRows
from goldspan.tokens import TOKEN

__all__ = ["BIO_SCHEMA", "Extents", "Tagged", "bio_table", "labels_of", "tag"]

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
SPACE, WORD, SIGN, EDGE = 1, 2, 3, 4  # what a character is; EDGE is white space at the edge of a span
CLASSES = np.zeros(0x110000, np.uint8)  # of each code point, filled as they are met
WHITE = regex.compile(r"\s")

SKIPPED = 4  # the column of an annotation that says so


class Extents(Struct, frozen=True):
    """The extents and labels of spans in some texts that own them by number; no two of a text overlap."""

    owners: Ints
    starts: Ints
    ends: Ints
    labels: Ints

    def between(self, begin: int, end: int) -> "Extents":
        """Those of some of the texts."""
        mine = slice(*np.searchsorted(self.owners, [begin, end]).tolist())
        return Extents(self.owners[mine] - begin, self.starts[mine], self.ends[mine], self.labels[mine])


class Tagged(Struct, frozen=True):
    """The tokens of some documents, how many each has, where they begin in it, and their tags."""

    tokens: pa.Array
    counts: Ints
    starts: Ints
    tags: Ints


def bio_table(batch: Batch, spans: SpanRows, layer: str, left_out: Counter[str]) -> pa.Table:
    """A row for each annotation that was not skipped: its document's tokens, tagged by the outermost spans of a layer.

    Of a span with several labels the first counts. ``left_out`` counts the spans that are not tagged, and why, and the
    further labels.
    """
    rows = [row for row, one in enumerate(batch.annotations) if not one[SKIPPED]]
    texts = [batch.texts[row] for row in rows]
    found = extents_of(batch, spans, layer, rows, left_out)
    tagged = [tag(texts[begin:end], found.between(begin, end)) for begin, end in blocks(texts)]
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
    """The outermost spans of a layer in the annotations of some rows, which own them by their places among these."""
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
    found = outermost(*columns)
    left_out.update(
        {
            "nested": found.nested,
            "crossing": found.crossing,
            "without a label": int((further < 0).sum()),
            "further labels": int(further[further > 0].sum()),
        }
    )
    return Extents(*(column[found.kept].astype(np.int64) for column in columns))


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


def tag(texts: Sequence[str], extents: Extents) -> Tagged:
    """Tag each text by its spans, which do not overlap: label n is 2n+1 on a span's first token, 2n+2 on its others."""
    block = "\n".join([*texts, ""])
    bases = np.cumsum([0, *(len(text) + 1 for text in texts)])
    codes = np.frombuffer(block.encode("utf-32-le"), np.uint32)
    starts, ends, labels = extents.starts + bases[extents.owners], extents.ends + bases[extents.owners], extents.labels
    kinds = kinds_of(codes)
    opens = edges(kinds, starts, ends)
    inked = kinds != SPACE
    before = np.concatenate([[False], inked[:-1]])
    previous = np.concatenate([[SPACE], kinds[:-1]])
    begins = (kinds == SIGN) | ((kinds == WORD) & (previous != WORD))
    begins[starts] = True
    begins[opens] = True
    begins[ends] |= kinds[ends] == WORD
    stops = before & (~inked | begins)
    firsts, lasts = np.flatnonzero(begins), np.flatnonzero(stops)
    tags = np.zeros(len(firsts), np.int64)
    left, right = np.searchsorted(firsts, starts), np.searchsorted(firsts, ends)
    lengths = right - left
    inside = np.arange(lengths.sum()) + np.repeat(
        left - np.concatenate([[0], np.cumsum(lengths)[:-1]])[: len(left)], lengths
    )
    tags[inside] = np.repeat(2 * labels + 2, lengths)
    tags[left] = 2 * labels + 1
    counts = np.diff(np.searchsorted(firsts, bases))
    return Tagged(
        tokens=strings(block, codes, inked, firsts, lasts),
        counts=counts,
        starts=firsts - np.repeat(bases[:-1], counts),
        tags=tags,
    )


def kinds_of(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """What each character is."""
    kinds = CLASSES[codes]
    if not kinds.all():
        for code in np.unique(codes[kinds == 0]).tolist():
            char = chr(code)
            CLASSES[code] = SPACE if WHITE.match(char) else WORD if TOKEN.fullmatch(f"{char}a") else SIGN
        kinds = CLASSES[codes]
    return kinds


def edges(kinds: npt.NDArray[np.uint8], starts: Ints, ends: Ints) -> list[int]:
    """Mark the white space at the edges of spans, and give the places where it begins."""
    opens = []
    for at in np.flatnonzero((kinds[starts] == SPACE) | (kinds[ends - 1] == SPACE)).tolist():
        start, end = int(starts[at]), int(ends[at])
        ink = np.flatnonzero(kinds[start:end] != SPACE)
        left, right = (start + int(ink[0]), start + int(ink[-1]) + 1) if len(ink) else (end, end)
        kinds[start:left] = EDGE
        kinds[right:end] = EDGE
        opens += [right] if right < end else []
    return opens


def strings(block: str, codes: npt.NDArray[np.uint32], inked: Any, firsts: Ints, lasts: Ints) -> pa.Array:
    """The tokens as text. They follow each other without a gap but white space, so their bytes are copied at once."""
    data = np.frombuffer(block.encode(), np.uint8)
    if len(data) == len(codes):
        sizes, kept = lasts - firsts, data[inked]
    else:
        widths = 1 + (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
        reach = np.concatenate([[0], np.cumsum(widths)])
        sizes, kept = reach[lasts] - reach[firsts], data[np.repeat(inked, widths)]
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.StringArray.from_buffers(len(firsts), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(kept)))
