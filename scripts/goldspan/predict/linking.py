"""Spans of the attribution layer without relations -> the relations that join each cue to its source and content."""

from collections.abc import Iterator, Sequence

from goldspan.corpus import Attributions
from goldspan.records import Relation, Span
from goldspan.tokens import Sentence

__all__ = ["link"]


def link(spans: Sequence[Span], sentences: Sequence[Sentence], roles: Attributions) -> list[Relation]:
    """A relation from each cue to the nearest source and to the nearest content of its sentence, if it has any.

    Near is what has the fewest code points between; of all pairs the nearest are joined first, and each cue, source
    and content once. A content around the cue is not its own. A cue's second content and what continues a content are
    left to the annotator.
    """
    return [
        Relation(cue.region_id, end.region_id, (label,))
        for label, role in ((roles.source_relation, roles.source), (roles.content_relation, roles.content))
        for cue, end in nearest(spans, sentences, roles.cue, role)
    ]


def nearest(spans: Sequence[Span], sentences: Sequence[Sentence], cue: str, role: str) -> Iterator[tuple[Span, Span]]:
    """The cues with the span of a role that each is joined to."""
    pairs = [
        (one, other)
        for one in spans
        for other in spans
        if (one.label, other.label) == (cue, role) and not other.covers(*one.extent) and together(one, other, sentences)
    ]
    taken: set[str] = set()
    for one, other in sorted(pairs, key=lambda pair: (gap(*pair), pair[0].extent, pair[1].extent)):
        if not {one.region_id, other.region_id} & taken:
            taken |= {one.region_id, other.region_id}
            yield one, other


def together(one: Span, other: Span, sentences: Sequence[Sentence]) -> bool:
    """True if two spans begin in the same sentence."""
    return any(all(each.start <= span.start < each.end for span in (one, other)) for each in sentences)


def gap(one: Span, other: Span) -> int:
    """How many code points lie between two spans."""
    return max(one.start - other.end, other.start - one.end, 0)
