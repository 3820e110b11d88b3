"""Text -> passages: sentences and tokens by the project's own rules, and the spans that lie in each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from goldspan.records import Span, Zone
from goldspan.tokens import outermost, sentences, tokenise
from goldspan.train.examples import Described, Passage

__all__ = ["mark", "passages"]


def passages(
    document: Described, language: str, zones: Iterable[Zone] = (), skip: Iterable[str] = ()
) -> Iterator[Passage]:
    """The passages of a text, of a release or not: the sentences of its zones, or of all of it where it has none.

    Zones of the kinds ``skip`` are left out. None of the passages has spans: see `mark`.
    """
    text, without, number = document.text, set(skip), 0
    for zone in list(zones) or [Zone(0, len(text), "")]:
        if zone.zone in without:
            continue
        last = None
        for sentence in sentences(text, zone.start, zone.end, language, ()):
            yield Passage(
                doc_id=document.doc_id,
                group=document.group,
                start=sentence.start,
                text=text[sentence.start : sentence.end],
                tokens=tuple(tokenise(text, sentence.start, sentence.end, ())),
                zone=zone.zone or None,
                number=number,
                opens=last is None or "\n" in text[last : sentence.start],
            )
            number, last = number + 1, sentence.end


def mark(found: Sequence[Passage], spans: Iterable[Span], left_out: Counter[str]) -> Iterator[Passage]:
    """The passages of one document with its spans.

    Of a layer only the outermost spans are taken, and those that lie in one passage; the others are counted.
    """
    layers: dict[str, list[Span]] = {}
    for span in spans:
        layers.setdefault(span.layer, []).append(span)
    kept = [span for layer in sorted(layers) for span in outermost(layers[layer])]
    left_out["spans inside or across another of their layer"] += sum(map(len, layers.values())) - len(kept)
    placed = 0
    for passage in found:
        inside = [
            span for span in kept if passage.start <= span.start and span.end <= passage.start + len(passage.text)
        ]
        placed += len(inside)
        yield replace(passage, spans=tuple(inside))
    left_out["spans in no sentence, or in several"] += len(kept) - placed
