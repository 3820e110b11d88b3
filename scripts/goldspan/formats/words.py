"""Documents -> sentences and tokens, for the formats whose spans are of tokens."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec
import numpy as np
import regex
from msgspec import Struct

from goldspan.characters import VISIBLE, visible
from goldspan.convert.nesting import outermost
from goldspan.formats.stream import Lost
from goldspan.records import Span
from goldspan.tokens import TOKEN, sentences, tokenise

__all__ = ["Word", "flat", "labelled", "token_sentences", "trimmed", "words"]

UNSEEN = rf"[^{VISIBLE}\s]"  # what is neither visible nor white space
WORD_OR_SPACE = regex.compile(rf"{UNSEEN}*(?:{TOKEN.pattern}){UNSEEN}*|\s+|{UNSEEN}+", regex.V1)


class Word(Struct, frozen=True):
    """A token; ``space`` is true if a space follows that is no token of its own."""

    start: int
    end: int
    space: bool = False


def words(text: str, spans: Sequence[Span]) -> list[Word]:
    """All of a text as tokens, cut where a span begins or ends, as spaCy and Prodigy want them.

    A space after a token goes with it, unless a span begins or ends with that space; other white space is a token.
    Invisible characters go with the token beside them. So every span is one of whole tokens, and text and spaces put
    together are the text again.
    """
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    found: list[Word] = []
    for left, right in pairwise(sorted({0, len(text), *starts, *ends})):
        for match in WORD_OR_SPACE.finditer(text, left, right):
            start, end = match.span()
            apart = start in starts or start + 1 in ends
            if text[start] == " " and found and found[-1].end == start and not apart:
                found[-1] = msgspec.structs.replace(found[-1], space=True)
                start += 1
            if start < end:
                found.append(Word(start, end))
    return found


def trimmed(text: str, spans: Iterable[Span], lost: Lost) -> list[Span]:
    """Spans without the white space and invisible characters at their edges; those of nothing else are left out."""
    kept = []
    for span in spans:
        start, end = visible(text, *span.extent)
        lost["spans of nothing but white space or invisible characters"] += start == end
        lost["white space or invisible characters at the edges of spans"] += start < end and (start, end) != span.extent
        if start < end:
            kept.append(msgspec.structs.replace(span, start=start, end=end))
    return kept


def labelled(spans: Iterable[Span], lost: Lost) -> list[Span]:
    """The spans that have a label."""
    found = list(spans)
    lost["spans without a label"] += sum(not span.labels for span in found)
    return [span for span in found if span.labels]


def flat(spans: Iterable[Span], lost: Lost) -> list[Span]:
    """The outermost spans, by their first label; of two that cross, the one that begins first."""
    found = labelled(spans, lost)
    starts, ends = (np.array([span.extent[side] for span in found], np.int64) for side in (0, 1))
    outer = outermost(np.zeros(len(found)), starts, ends, np.arange(len(found)))
    kept = [found[at] for at in outer.kept.tolist()]
    lost["nested spans"] += outer.nested
    lost["crossing spans"] += outer.crossing
    lost["further labels of spans"] += sum(len(span.labels) - 1 for span in kept)
    return kept


def token_sentences(text: str, spans: Sequence[Span], language: str) -> Iterator[list[tuple[int, int]]]:
    """The tokens of each sentence, cut at the edges of spans; no sentence ends inside a span."""
    for sentence in sentences(text, 0, len(text), language, spans):
        inside = [span for span in spans if sentence.start <= span.start < sentence.end]
        yield list(tokenise(text, sentence.start, sentence.end, inside))
