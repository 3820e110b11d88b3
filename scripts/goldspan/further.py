"""The spans of a further layer -> its rows, and the names by which they are known."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from goldspan.claims import span_id
from goldspan.convert.nesting import innermost_around
from goldspan.records import Article, Span, Zone
from goldspan.schemas import Row

__all__ = ["innermost", "span_ids", "span_rows", "zone_at"]


def innermost(spans: Sequence[Span]) -> list[Span | None]:
    """For each span the innermost of the others around it; None where there is none. Equal ones lie in none another."""
    starts, ends = (np.array([span.extent[side] for span in spans], np.int64) for side in (0, 1))
    found = innermost_around(np.zeros(len(spans), np.int64), starts, ends) if spans else np.empty(0, np.int64)
    return [None if at < 0 else spans[at] for at in found.tolist()]


def zone_at(zones: Sequence[Zone], at: int) -> str | None:
    """The zone that a code point lies in."""
    return next((zone.zone for zone in zones if zone.start <= at < zone.end), None)


def span_ids(doc_id: str, config: str, spans: Sequence[Span]) -> dict[str, str]:
    """The id of each span of a further layer, by its region: document, config and extent.

    The labels stand behind it where several spans have one extent.
    """
    shared = Counter(span.extent for span in spans)
    return {
        span.region_id: span_id(doc_id, config, span) + (f":{'+'.join(span.labels)}" if shared[span.extent] > 1 else "")
        for span in spans
    }


def span_rows(
    article: Article, config: str, spans: Sequence[Span], zones: Sequence[Zone], *, multiple: bool
) -> Iterator[Row]:
    """A row for each span of a further layer, given in text order; ``multiple`` if a span may have several labels."""
    ids: Mapping[str, str] = span_ids(article.doc_id, config, spans)
    for span, around in zip(spans, innermost(spans), strict=True):
        yield {
            "span_id": ids[span.region_id],
            "doc_id": article.doc_id,
            "start": span.start,
            "end": span.end,
            "text": article.text[span.start : span.end],
            **({"labels": list(span.labels)} if multiple else {"label": span.label}),
            "parent_span_id": ids[around.region_id] if around else None,
            "zone": zone_at(zones, span.start),
            **span.attributes,
        }
