"""Several annotations of an article + written decisions -> the one that is released.

What all annotators agree on is taken over. Where they differ there is a conflict, and a decision must say whose reading
stands and why. Regions are compared by layer and extent, never by their ids.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec

from goldspan.decisions import Conflict, Decider
from goldspan.records import Annotation, Article, Relation, Span

__all__ = ["settle"]

SETTLED = "settled"
Key = tuple[str, int, int]


def settle(annotations: Sequence[Annotation], article: Article, decider: Decider) -> Annotation:
    """One annotation of an article from those of its annotators."""
    return annotations[0] if len(annotations) == 1 else Settlement(annotations, article, decider).settled()


class Settlement:
    """The steps of settling one article: spans, then their labels and attributes, then relations."""

    def __init__(self, annotations: Sequence[Annotation], article: Article, decider: Decider) -> None:
        """Index the spans of each annotator by layer and extent."""
        self.article = article
        self.annotations = {annotation.annotator: annotation for annotation in annotations}
        self.spans = {name: {key(span): span for span in one.spans} for name, one in self.annotations.items()}
        self.decider = decider
        self.standing: dict[Key, Span] = {}
        self.alias: dict[Key, Key] = {}

    def settled(self) -> Annotation:
        """Go through the steps."""
        every = sorted({each for spans in self.spans.values() for each in spans})
        shared = [each for each in every if all(each in spans for spans in self.spans.values())]
        for each in shared:
            self.settle_shared(each)
        for cluster in self.clusters(set(every) - set(shared)):
            self.settle_cluster(cluster)
        spans = tuple(msgspec.structs.replace(span, region_id=region(each)) for each, span in self.standing.items())
        files = ", ".join(sorted({annotation.file for annotation in self.annotations.values()}))
        return Annotation(self.article.doc_id, SETTLED, files, spans, tuple(self.relations()))

    def settle_shared(self, each: Key) -> None:
        """A span that all annotators have: its label, and each of its attributes."""
        readings = {name: spans[each] for name, spans in self.spans.items()}
        label = self.choose(each, "label", {name: span.labels for name, span in readings.items()})
        names = sorted({attribute for span in readings.values() for attribute in span.attributes})
        values = {
            attribute: self.choose(
                each, attribute, {name: span.attributes.get(attribute) for name, span in readings.items()}
            )
            for attribute in names
        }
        first = next(iter(readings.values()))
        self.standing[each] = msgspec.structs.replace(
            first, labels=label, attributes={name: value for name, value in values.items() if value is not None}
        )

    def clusters(self, lone: set[Key]) -> Iterator[list[tuple[str, Span]]]:
        """Spans that not all annotators have, of one layer and label, joined where they overlap.

        Each with who has it.
        """
        found = [(name, span) for name, spans in self.spans.items() for each, span in spans.items() if each in lone]

        def by_label(item: tuple[str, Span]) -> tuple[str, tuple[str, ...]]:
            return item[1].layer, item[1].labels

        for _, group in groupby(sorted(found, key=lambda item: (by_label(item), item[1].extent)), by_label):
            cluster: list[tuple[str, Span]] = []
            for name, span in group:
                if cluster and span.start >= max(other.end for _, other in cluster):
                    yield cluster
                    cluster = []
                cluster.append((name, span))
            yield cluster

    def settle_cluster(self, cluster: Sequence[tuple[str, Span]]) -> None:
        """Overlapping spans of which each annotator has another set: one reading stands; the others are read as it."""
        layer, label = cluster[0][1].layer, "+".join(cluster[0][1].labels)
        hull = (layer, min(span.start for _, span in cluster), max(span.end for _, span in cluster))
        readings = {name: tuple(span for who, span in cluster if who == name) for name in self.spans}
        for span in self.choose(hull, label, readings) or ():
            self.standing[key(span)] = span
        standing = sorted({key(span) for _, span in cluster if key(span) in self.standing})
        if len(standing) == 1:
            self.alias.update({key(span): standing[0] for _, span in cluster})

    def relations(self) -> Iterator[Relation]:
        """The relations between standing spans. Those that only some annotators could draw stand if one of them did."""
        drawn: dict[tuple[tuple[str, ...], Key, Key, str], set[str]] = defaultdict(set)
        for name, annotation in self.annotations.items():
            ends = {span.region_id: self.alias.get(key(span), key(span)) for span in annotation.spans}
            for relation in annotation.relations:
                if relation.from_id in ends and relation.to_id in ends:
                    one, other = ends[relation.from_id], ends[relation.to_id]
                    if one in self.standing and other in self.standing:
                        drawn[relation.labels, one, other, relation.direction].add(name)
        for (labels, one, other, direction), names in sorted(drawn.items()):
            able = {name for name in self.spans if self.has(name, one) and self.has(name, other)}
            what = f"{'+'.join(labels)}>{other[1]}-{other[2]}"
            readings = {name: (what if name in names else None) for name in sorted(able)}
            if able <= names or self.choose(one, what, readings):
                yield Relation(region(one), region(other), labels, direction)

    def has(self, name: str, standing: Key) -> bool:
        """True if an annotator has a span, or one that is read as it."""
        return any(self.alias.get(each, each) == standing for each in self.spans[name])

    def choose(self, place: Key, what: str, readings: dict[str, Any]) -> Any:
        """The reading that stands at a place. Its conflict is named ``document:layer:start-end:what``."""
        layer, start, end = place
        text = self.article.text
        shown = {name: show(value, text) for name, value in readings.items()}
        name = f"{self.article.doc_id}:{layer}:{start}-{end}:{what}"
        return self.decider.choose(Conflict(name, self.article.doc_id, text[start:end], shown), readings)


def key(span: Span) -> Key:
    """What makes two annotators' regions the same: layer and extent."""
    return span.layer, span.start, span.end


def region(each: Key) -> str:
    """The region id of a settled span."""
    return "{}-{}-{}".format(*each)


def show(value: Any, text: str) -> str:
    """A reading as a person reads it: spans by their words."""
    if isinstance(value, tuple):
        return " | ".join(text[item.start : item.end] if isinstance(item, Span) else str(item) for item in value)
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return "" if value is None else str(value)
