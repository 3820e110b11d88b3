"""The relations between spans that are no attributions -> the rows of the config ``relations``."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from goldspan.claims import free_labels, links, span_id
from goldspan.corpus import Corpus
from goldspan.further import span_ids
from goldspan.records import Annotation, Article, Span
from goldspan.schemas import Row

__all__ = ["ARROWS", "relation_id", "relation_rows", "turned"]

ARROWS = {"right": ">", "left": "<"}  # any other direction is both ways


T = TypeVar("T", bound="str | tuple[Any, ...]")


class End(NamedTuple):
    """What a relation begins or ends at: a row of a config by its key, or a region that has no row of its own."""

    config: str
    id: str
    span: Span


def relation_rows(annotation: Annotation, article: Article, corpus: Corpus) -> Iterator[Row]:
    """A row for each relation that is no attribution, in text order; one that is drawn twice has one.

    Relations that begin or end in a layer that is left out have none.
    """
    ends = released_ends(annotation, corpus)
    regions = {span.region_id for span in annotation.layer(corpus.layers.attributions)}
    found: dict[object, Row] = {}
    for relation in annotation.relations:
        labels = free_labels(relation, regions, corpus)
        if labels is not None and {relation.from_id, relation.to_id} <= set(ends):
            one, other = ends[relation.from_id], ends[relation.to_id]
            same = frozenset(labels), turned(one.id, other.id, relation.direction)
            found.setdefault(same, relation_row(article, one, other, labels, relation.direction))
    yield from sorted(found.values(), key=lambda row: [row[name] for name in ("from_start", "from_end", "relation_id")])


def relation_row(article: Article, one: End, other: End, labels: tuple[str, ...], direction: str) -> Row:
    """The row of a relation."""
    return {
        "relation_id": relation_id(one.id, other.id, labels, direction),
        "doc_id": article.doc_id,
        **end_columns("from", one, article.text),
        **end_columns("to", other, article.text),
        "labels": list(labels),
        "direction": direction,
    }


def turned(one: T, other: T, direction: str) -> tuple[T, T, str]:
    """The ends and the direction of a relation in the one way in which what means the same is written the same.

    What was drawn to the left is turned round; the ends of one that goes both ways are sorted.
    """
    if direction == "left":
        return other, one, "right"
    return (min(one, other), max(one, other), direction) if direction == "bi" else (one, other, direction)


def relation_id(from_id: str, to_id: str, labels: Iterable[str], direction: str) -> str:
    """The id of a relation, from its ends, its labels and its direction."""
    return f"{from_id}{ARROWS.get(direction, '<>')}{to_id}:{'+'.join(sorted(labels))}"


def end_columns(side: str, end: End, text: str) -> Row:
    """The columns of an end, ``from`` or ``to``."""
    values = {"config": end.config, "id": end.id, "start": end.span.start, "end": end.span.end}
    return {f"{side}_{name}": value for name, value in values.items()} | {
        f"{side}_text": text[end.span.start : end.span.end]
    }


def released_ends(annotation: Annotation, corpus: Corpus) -> dict[str, End]:
    """What each region is as the end of a relation, by its id; regions of layers that are left out are none."""
    layers, doc_id = corpus.layers, annotation.doc_id
    found: dict[str, End] = {}
    for control in layers.parts:
        found |= {span.region_id: part_end(control, doc_id, span) for span in annotation.layer(control)}
    for span in annotation.layer(layers.entities):
        found[span.region_id] = End("entities", span_id(doc_id, "mention", span), span)
    continued = links(annotation, corpus).continued
    for span in annotation.layer(layers.attributions):
        if span.label == corpus.attributions.content and span.region_id not in continued:
            found[span.region_id] = End("claims", span_id(doc_id, "claim", span), span)
    for name, control in layers.further.items():
        spans = annotation.layer(control)
        ids: Mapping[str, str] = span_ids(doc_id, name, spans)
        found |= {span.region_id: End(name, ids[span.region_id], span) for span in spans}
    return found


def part_end(control: str, doc_id: str, span: Span) -> End:
    """A region that has no row of its own: a zone, a cue, a source, or a content that continues another."""
    return End(control, span_id(doc_id, control, span), span)
