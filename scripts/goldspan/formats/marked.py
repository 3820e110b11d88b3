"""Rows of a release -> the spans and relations of the stream."""

from collections.abc import Iterable, Iterator, Mapping

from goldspan.formats.checked import Row, attributes, fragment
from goldspan.formats.stream import Relation, Span
from goldspan.records import forward

__all__ = ["claim_links", "claim_relation", "claim_spans", "entity", "further_span", "places_of", "relation", "zones"]

PARTS = ("content", "cue", "source")  # labels in the layer of claims, and the columns that have them
ENTITY = ("mention_id", "doc_id", "start", "end", "text", "label")
FURTHER = ("span_id", "doc_id", "start", "end", "text", "label", "labels")
CLAIM = ("claim_id", "doc_id", *PARTS)
CLAIM_RELATION = ("relation_id", "claim_a", "claim_b", "doc_a", "doc_b", "text_a", "text_b", "relation")
Place = tuple[str, int, int]  # control, start and end


def zones(row: Row, layer: str) -> Iterator[Span]:
    """The zones of a document."""
    text = row["text"]
    for zone in row["zones"]:
        start, end = fragment({**zone, "text": text[zone["start"] : zone["end"]]}, text, row=row["doc_id"])
        yield Span(f"{row['doc_id']}:zone:{start}-{end}", layer, (zone["zone"],), ((start, end),))


def entity(row: Row, text: str, layer: str) -> Span:
    """An entity mention."""
    extent = fragment(row, text, row=row["mention_id"])
    return Span(row["mention_id"], layer, (row["label"],), (extent,), attributes(row, ENTITY))


def further_span(row: Row, text: str, layer: str) -> Span:
    """A span of a further layer, which has one label, or a list of them."""
    extent = fragment(row, text, row=row["span_id"])
    labels = row["labels"] if "labels" in row else [row["label"]]
    return Span(row["span_id"], layer, tuple(labels), (extent,), attributes(row, FURTHER))


def claim_spans(row: Row, text: str, layer: str) -> Iterator[Span]:
    """The content of a claim, which has its attributes and id, its cue and its source."""
    ids = part_ids(row)
    for part in PARTS:
        if row[part]:
            extents = tuple(sorted(fragment(one, text, row=row["claim_id"]) for one in row[part]))
            yield Span(ids[part], layer, (part,), extents, attributes(row, CLAIM) if part == "content" else {})


def part_ids(row: Row) -> dict[str, str]:
    """The ids of a claim's parts; claims of one attribution share its cue, and attributions may share a source."""
    source = "".join(f"{one['start']}-{one['end']}" for one in row["source"][:1])
    return {"content": row["claim_id"], "cue": row["attribution_id"], "source": f"{row['doc_id']}:source:{source}"}


def claim_links(row: Row) -> Iterator[Relation]:
    """The links from a claim's cue to its content and its source."""
    ids = part_ids(row)
    for part in ("content", "source"):
        if row["cue"] and row[part]:
            yield Relation(f"{ids['cue']}|{ids[part]}", ids["cue"], ids[part], (part,))


def claim_relation(row: Row) -> Relation:
    """A relation between claims, as one between their contents."""
    said = attributes(row, CLAIM_RELATION)
    return Relation(row["relation_id"], row["claim_a"], row["claim_b"], (row["relation"],), attributes=said)


def relation(row: Row, places: Mapping[Place, str]) -> Relation:
    """A relation between spans of any layers; ``places`` has the spans of regions that have no row of their own."""
    one, other = (
        places.get((row[f"{end}_config"], row[f"{end}_start"], row[f"{end}_end"]), row[f"{end}_id"])
        for end in ("from", "to")
    )
    from_id, to_id, direction = forward(one, other, row["direction"])
    return Relation(row["relation_id"], from_id, to_id, tuple(row["labels"]), direction)


def places_of(control: str | None, spans: Iterable[Span]) -> dict[Place, str]:
    """The id of each of some spans by the control that it was drawn with and the extent of each fragment."""
    return {(control or "", *fragment): span.id for span in spans for fragment in span.fragments}
