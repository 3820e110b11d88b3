"""Text and spans -> sentences, tokens and BIO tags. Offsets are code points into the article, half-open."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import regex
from msgspec import Struct
from sentencex import get_sentence_boundaries

from goldspan.characters import SIGN, TAIL, TONE, WORD, ZWJ, visible
from goldspan.records import Span

__all__ = ["TOKEN", "Sentence", "bio", "decode_bio", "outermost", "sentences", "tag_names", "tokenise", "trimmed"]

TOKEN = regex.compile(rf"{WORD}(?:{WORD}|{TAIL})*+|(?:{SIGN}|{TONE})(?:{TAIL}|{TONE}|(?<={ZWJ}){SIGN})*+", regex.V1)


class Sentence(Struct, frozen=True):
    """The extent of one sentence."""

    start: int
    end: int


def sentences(text: str, start: int, end: int, language: str, spans: Sequence[Span]) -> Iterator[Sentence]:
    """The sentences of ``text[start:end]`` in which there is anything to be seen.

    A line break ends one, and none ends inside a span.
    """
    begin = start
    for stop in boundaries(text, start, end, language):
        if any(span.start < stop < span.end for span in spans):
            continue
        seen = visible(text, begin, stop)
        if seen[0] < seen[1]:
            yield Sentence(*trimmed(text, begin, stop))
        begin = stop


def boundaries(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Where a sentence may end, by the rules of sentencex for the language, line by line; the last is ``end``."""
    at = start
    for line in text[start:end].splitlines(keepends=True):
        for sentence in get_sentence_boundaries(language, line):
            yield at + sentence["end_index"]
        at += len(line)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """An extent without the white space at its edges; an empty one if it has nothing else."""
    part = text[start:end]
    left = start + len(part) - len(part.lstrip())
    return left, max(left, start + len(part.rstrip()))


def outermost(spans: Iterable[Span]) -> list[Span]:
    """The spans that lie inside no other, in text order.

    Of two that cross, the one that begins first (the longer, if both do).
    """
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def tokenise(text: str, start: int, end: int, spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """The tokens of ``text[start:end]``, of which each begins with a character that can be seen.

    Runs of letters, digits and marks, or single other characters, with the joiners and variation selectors in them and
    behind them, cut at every span edge. What an emoji is made up of is one token. White space and invisible characters
    are in none.
    """
    edges = sorted({edge for span in spans for edge in span.extent if start < edge < end} | {start, end})
    for left, right in pairwise(edges):
        yield from (match.span() for match in TOKEN.finditer(text, left, right))


def bio(tokens: Iterable[tuple[int, int]], spans: Sequence[Span]) -> Iterator[str]:
    """The tag of each token under spans that do not overlap: B- on a span's first token, I- on its others, else O."""
    before = None
    for start, end in tokens:
        span = next((span for span in spans if span.covers(start, end)), None)
        yield "O" if span is None else f"{'I' if span is before else 'B'}-{span.label}"
        before = span


def decode_bio(tokens: Sequence[tuple[int, int]], tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """The (start, end, label) of each tagged span. An I- that continues nothing begins a span."""
    begin, label = 0, ""
    last = 0
    for (start, end), tag in zip(tokens, tags, strict=True):
        if label and tag != f"I-{label}":
            yield begin, last, label
            label = ""
        if tag != "O" and not label:
            begin, label = start, tag[2:]
        last = end
    if label:
        yield begin, last, label


def tag_names(labels: Iterable[str]) -> list[str]:
    """The names of the tags for some labels, in their order: O, then B- and I- of each."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]
