"""Several annotations of an article + written decisions -> the one that is released.

What all annotators agree on is taken over. Where they differ there is a conflict, and a decision must say whose reading
stands and why. Regions are compared by layer and extent, never by their ids.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import msgspec

from goldspan.decisions import Conflict, Decider, Values
from goldspan.labeling import LabelingConfig, parse_value
from goldspan.records import Annotation, Article, Relation, Span

__all__ = ["settle"]

SETTLED = "settled"
Key = tuple[str, int, int]


def settle(annotations: Sequence[Annotation], article: Article, decider: Decider, config: LabelingConfig) -> Annotation:
    """One annotation of an article from those of its annotators."""
    if len(annotations) == 1:
        return annotations[0]
    return Settlement(annotations, article, decider, config).settled()


class Settlement:
    """The steps of settling one article: spans, then their labels and attributes, then relations."""

    def __init__(
        self, annotations: Sequence[Annotation], article: Article, decider: Decider, config: LabelingConfig
    ) -> None:
        """Index the spans of each annotator by layer and extent."""
        self.article = article
        self.config = config
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
            self.settle_extent([(name, spans[each]) for name, spans in self.spans.items()])
        for cluster in self.clusters(set(every) - set(shared)):
            self.settle_extent(cluster)
        spans = tuple(msgspec.structs.replace(span, region_id=region(each)) for each, span in self.standing.items())
        files = ", ".join(sorted({annotation.file for annotation in self.annotations.values()}))
        return Annotation(self.article.doc_id, SETTLED, files, spans, tuple(self.relations()))

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

    def settle_extent(self, cluster: Sequence[tuple[str, Span]]) -> None:
        """Overlapping spans of one label: whose extents stand. Where each annotator has one at the most, they are read
        as the same span, and its label and attributes are settled between them.
        """
        layer, label = cluster[0][1].layer, "+".join(cluster[0][1].labels)
        hull = (layer, min(span.start for _, span in cluster), max(span.end for _, span in cluster))
        extents = {name: tuple(span.extent for who, span in cluster if who == name) for name in self.spans}
        standing = self.choose(hull, label, extents)
        alike = all(len(each) <= 1 for each in extents.values())
        for start, end in standing:
            having = [(name, span) for name, span in cluster if alike or span.extent == (start, end)]
            self.settle_span((layer, start, end), having)
        if alike and len(standing) == 1:
            self.alias.update({key(span): (layer, *standing[0]) for _, span in cluster})

    def settle_span(self, each: Key, cluster: Sequence[tuple[str, Span]]) -> None:
        """One span that some annotators have: its label, and each of its attributes."""
        label = self.choose(each, "label", {name: span.labels for name, span in cluster}, self.label_of(each[0]))
        attributes = {}
        for name in sorted({attribute for _, span in cluster for attribute in span.attributes}):
            readings = {who: span.attributes.get(name) for who, span in cluster}
            value = self.choose(each, name, readings, partial(parse_value, self.config.attributes[name]))
            if value is not None:
                attributes[name] = value
        first = cluster[0][1]
        self.standing[each] = msgspec.structs.replace(
            first, start=each[1], end=each[2], labels=label, attributes=attributes, shown_text=None
        )

    def label_of(self, layer: str) -> Callable[[str], tuple[str, ...] | None]:
        """How a decision's value is read as the label of a span of a layer."""
        return lambda value: (value,) if value in self.config.layers[layer].labels else None

    def relations(self) -> Iterator[Relation]:
        """The relations between standing spans. Those that only some annotators could draw stand if one of them did."""
        drawn: dict[tuple[tuple[str, ...], Key, Key, str], set[str]] = defaultdict(set)
        for name, annotation in self.annotations.items():
            ends = {span.region_id: self.alias.get(key(span), key(span)) for span in annotation.spans}
            for relation in annotation.relations:
                one, other = ends.get(relation.from_id), ends.get(relation.to_id)
                if one != other and one in self.standing and other in self.standing:
                    drawn[relation.labels, one, other, relation.direction].add(name)
        for (labels, one, other, direction), names in sorted(drawn.items()):
            able = [name for name in sorted(self.spans) if self.has(name, one) and self.has(name, other)]
            arrow = {"right": ">", "left": "<"}.get(direction, "<>")
            what = f"{'+'.join(labels)}{arrow}{other[1]}-{other[2]}"
            readings = {name: (what,) if name in names else () for name in able or sorted(names)}
            if self.choose(one, what, readings):
                yield Relation(region(one), region(other), labels, direction)

    def has(self, name: str, standing: Key) -> bool:
        """True if an annotator has a span, or one that is read as it."""
        return any(self.alias.get(each, each) == standing for each in self.spans[name])

    def choose(self, place: Key, what: str, readings: dict[str, Any], values: Values | None = None) -> Any:
        """The reading that stands at a place. Its conflict is named ``document:layer:start-end:what``."""
        layer, start, end = place
        text = self.article.text
        shown = {name: show(value, text) for name, value in readings.items()}
        name = f"{self.article.doc_id}:{layer}:{start}-{end}:{what}"
        return self.decider.choose(Conflict(name, self.article.doc_id, text[start:end], shown), readings, values)


def key(span: Span) -> Key:
    """What makes two annotators' regions the same: layer and extent."""
    return span.layer, span.start, span.end


def region(each: Key) -> str:
    """The region id of a settled span."""
    return "{}-{}-{}".format(*each)


def show(value: Any, text: str) -> str:
    """A reading as a person reads it: extents by their words."""
    if isinstance(value, tuple | list):
        return " | ".join(text[slice(*item)] if isinstance(item, tuple) else str(item) for item in value)
    return "" if value is None else str(value)
