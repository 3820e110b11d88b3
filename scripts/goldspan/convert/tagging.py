"""Texts and the spans of one layer in them -> tokens and BIO tags, for whole blocks of texts at a time.

Tokens are those of `goldspan.tokens`, cut at the edges of the spans that are tagged. Of a span only what can be seen is
tagged: the tags decode to exactly the outermost spans, without the white space and invisible characters at their edges.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import regex
from msgspec import Struct

from goldspan import characters
from goldspan.convert.columns import Ints
from goldspan.convert.nesting import outermost

__all__ = ["Extents", "Tagged", "tag"]

HIDDEN, WORD, SIGN, TAIL, TONE, REST = range(1, 7)  # what a character is; REST is what goes on with a sign
CLASSES = np.zeros(0x110000, np.uint8)  # of each code point, filled as they are met
PATTERNS = {
    kind: regex.compile(getattr(characters, name), regex.V1)
    for name, kind in {"HIDDEN": HIDDEN, "WORD": WORD, "SIGN": SIGN, "TAIL": TAIL, "TONE": TONE}.items()
}

ALONE = "white space or invisible characters alone"
AT_EDGES = "white space or invisible characters at the edges"

Kinds = npt.NDArray[np.uint8]


class Extents(Struct, frozen=True):
    """The extents and labels of spans in some texts that own them by number, in the order of the texts."""

    owners: Ints
    starts: Ints
    ends: Ints
    labels: Ints

    def between(self, begin: int, end: int) -> "Extents":
        """Those of some of the texts."""
        mine = slice(*np.searchsorted(self.owners, [begin, end]).tolist())
        return Extents(self.owners[mine] - begin, self.starts[mine], self.ends[mine], self.labels[mine])

    def some(self, which: Ints) -> "Extents":
        """Some of them, by their numbers."""
        return Extents(self.owners[which], self.starts[which], self.ends[which], self.labels[which])


class Tagged(Struct, frozen=True):
    """The tokens of some texts, how many each has, where they begin in it, and their tags."""

    tokens: pa.Array
    counts: Ints
    starts: Ints
    tags: Ints


def tag(texts: Sequence[str], extents: Extents, left_out: Counter[str]) -> Tagged:
    """Tag each text by its outermost spans: label n is 2n+1 on a span's first token, 2n+2 on its others.

    ``left_out`` counts the spans that are not tagged, and why, and those that are tagged without their edges.
    """
    block = "\n".join(["", *texts, ""])
    bases = np.cumsum([1, *(len(text) + 1 for text in texts)])
    codes = np.frombuffer(block.encode("utf-32-le"), np.uint32)
    kinds = kinds_of(codes)
    placed = Extents(
        extents.owners, extents.starts + bases[extents.owners], extents.ends + bases[extents.owners], extents.labels
    )
    spans = flat(seen(kinds, placed, left_out), left_out)
    cuts = np.concatenate([spans.starts, spans.ends])
    settle(codes, kinds, cuts)
    inked = kinds != HIDDEN
    begins = (kinds == SIGN) | ((kinds == WORD) & (np.concatenate([[HIDDEN], kinds[:-1]]) != WORD))
    begins[cuts] |= inked[cuts]
    stops = np.concatenate([[False], inked[:-1]]) & (~inked | begins)
    firsts, lasts = np.flatnonzero(begins), np.flatnonzero(stops)
    counts = np.diff(np.searchsorted(firsts, bases))
    return Tagged(
        tokens=strings(block, codes, inked, firsts, lasts),
        counts=counts,
        starts=firsts - np.repeat(bases[:-1], counts),
        tags=tags_of(firsts, spans),
    )


def kinds_of(codes: npt.NDArray[np.uint32]) -> Kinds:
    """What each character is by itself."""
    kinds: Kinds = CLASSES[codes]
    if not kinds.all():
        for code in np.unique(codes[kinds == 0]).tolist():
            CLASSES[code] = next(kind for kind, pattern in PATTERNS.items() if pattern.match(chr(code)))
        kinds = CLASSES[codes]
    return kinds


def seen(kinds: Kinds, spans: Extents, left_out: Counter[str]) -> Extents:
    """What can be seen of some spans, as `goldspan.characters.visible` has it; those of nothing else are left out."""
    starts, ends = spans.starts.copy(), spans.ends.copy()
    unseen = (kinds == HIDDEN) | (kinds == TAIL)
    for at in np.flatnonzero(unseen[starts] | unseen[ends - 1]).tolist():
        ink = np.flatnonzero(~unseen[starts[at] : ends[at]])
        tails = unseen_behind(kinds[: ends[at]], starts[at] + ink[-1] + 1) if len(ink) else 0
        starts[at], ends[at] = (starts[at] + ink[0], starts[at] + ink[-1] + 1 + tails) if len(ink) else (0, 0)
    alone = starts == ends
    trimmed = ~alone & ((starts != spans.starts) | (ends != spans.ends))
    left_out.update({ALONE: int(alone.sum()), AT_EDGES: int(trimmed.sum())})
    return Extents(spans.owners, starts, ends, spans.labels).some(np.flatnonzero(~alone))


def unseen_behind(kinds: Kinds, at: int) -> int:
    """How many joiners and selectors follow on a place."""
    others = np.flatnonzero(kinds[at:] != TAIL)
    return int(others[0]) if len(others) else len(kinds) - at


def flat(spans: Extents, left_out: Counter[str]) -> Extents:
    """The outermost spans in text order."""
    found = outermost(np.zeros(len(spans.starts)), spans.starts, spans.ends, spans.labels)
    left_out.update(nested=found.nested, crossing=found.crossing)
    return spans.some(found.kept)


def settle(codes: npt.NDArray[np.uint32], kinds: Kinds, cuts: Ints) -> None:
    """Make joiners, selectors and tones what they are by what they follow, in place.

    They go on with a word or a sign. Where they follow nothing, since a span is cut off there, a tone is a sign, and
    the others are hidden.
    """
    apart = cuts[kinds[cuts] >= TAIL]
    kinds[apart] = np.where(kinds[apart] == TAIL, HIDDEN, SIGN)
    open_ = np.flatnonzero(kinds >= TAIL)
    if not len(open_):
        return
    known = np.maximum.accumulate(np.where(kinds != TAIL, np.arange(len(kinds)), 0))
    before, tones = kinds[known[open_ - 1]], kinds[open_] == TONE
    kinds[open_] = np.where((before == SIGN) | (before == TONE), REST, np.where(tones, SIGN, before))
    joined = (codes[:-1] == ord(characters.ZWJ)) & (kinds[:-1] == REST) & (kinds[1:] == SIGN)
    kinds[np.flatnonzero(joined) + 1] = REST


def tags_of(firsts: Ints, spans: Extents) -> Ints:
    """The tags of tokens that begin at some places, by spans that begin and end at the edges of tokens."""
    tags = np.zeros(len(firsts), np.int64)
    left, right = np.searchsorted(firsts, spans.starts), np.searchsorted(firsts, spans.ends)
    lengths = right - left
    inside = np.arange(lengths.sum()) + np.repeat(
        left - np.concatenate([[0], np.cumsum(lengths)[:-1]])[: len(left)], lengths
    )
    tags[inside] = np.repeat(2 * spans.labels + 2, lengths)
    tags[left] = 2 * spans.labels + 1
    return tags


def strings(block: str, codes: npt.NDArray[np.uint32], inked: Any, firsts: Ints, lasts: Ints) -> pa.Array:
    """The tokens as text. What is between them is in none, so the bytes of all are copied at once."""
    data = np.frombuffer(block.encode(), np.uint8)
    if len(data) == len(codes):
        sizes, kept = lasts - firsts, data[inked]
    else:
        widths = 1 + (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
        reach = np.concatenate([[0], np.cumsum(widths)])
        sizes, kept = reach[lasts] - reach[firsts], data[np.repeat(inked, widths)]
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.StringArray.from_buffers(len(firsts), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(kept)))
