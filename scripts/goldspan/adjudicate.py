"""Several annotations of an article + written decisions -> the one that is released.

What all annotators agree on is taken over. Where they differ there is a conflict, and a decision must say whose reading
stands and why. Regions are compared by layer and extent, never by their ids; where an annotator has marked an extent
twice, by their labels too.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from goldspan.corpus import Corpus
from goldspan.decisions import Conflict, Decider, Place, Values
from goldspan.labeling import Attribute, Kind, LabelingConfig, Layer, parse_value, split_values
from goldspan.picks import Rule, rule_of
from goldspan.records import Annotation, Article, Relation, Span
from goldspan.related import ARROWS, turned

__all__ = ["DOCUMENT", "settle"]

SETTLED = "settled"
DOCUMENT = "document"  # where a conflict about a span has the name of its control


class Key(NamedTuple):
    """What makes regions of two annotators the same: layer and extent; the labels, where one marked an extent twice."""

    layer: str
    start: int
    end: int
    labels: tuple[str, ...] = ()

    @property
    def stretch(self) -> "Key":
        """The layer and the extent alone."""
        return Key(*self[:3])

    @property
    def region(self) -> str:
        """The region id of a settled span."""
        return "-".join(map(str, (*self[:3], *self.labels)))

    @property
    def name(self) -> str:
        """How a conflict calls it."""
        return ":".join([self.layer, f"{self.start}-{self.end}", *(["+".join(self.labels)] if self.labels else [])])


class Link(NamedTuple):
    """What makes relations of two annotators the same, whichever way round they were drawn."""

    labels: tuple[str, ...]
    one: Key
    other: Key
    direction: str

    @property
    def name(self) -> str:
        """How a conflict calls it, after its first end: the layer of the other end only where it is another one."""
        end = self.other.name if self.other.layer != self.one.layer else self.other.name.partition(":")[2]
        return f"{'+'.join(self.labels)}{ARROWS.get(self.direction, '<>')}{end}"


Marked = tuple[str, Span]


def settle(
    annotations: Sequence[Annotation], article: Article, decider: Decider, config: LabelingConfig, corpus: Corpus
) -> Annotation:
    """One annotation of an article from those of its annotators; of several, what lies in layers left out is in none.

    Where they differ and no decision is written, what stands is by the corpus's rule, if it has one.
    """
    if len(annotations) == 1:
        return annotations[0]
    rule = rule_of(corpus.adjudication.pick, annotations)
    kept = [without(one, corpus.layers.left_out) for one in annotations]
    return Settlement(kept, article, decider, config, rule).settled()


def without(annotation: Annotation, layers: Collection[str]) -> Annotation:
    """An annotation without the spans of some layers and the relations that begin or end there."""
    spans = tuple(span for span in annotation.spans if span.layer not in layers)
    left = {span.region_id for span in annotation.spans if span.layer in layers}
    relations = tuple(one for one in annotation.relations if not {one.from_id, one.to_id} & left)
    return msgspec.structs.replace(annotation, spans=spans, relations=relations)


class Settlement:
    """The steps of settling one article: spans, their labels and attributes, relations, values of the whole task."""

    def __init__(
        self, annotations: Sequence[Annotation], article: Article, decider: Decider, config: LabelingConfig, rule: Rule
    ) -> None:
        """Index the spans of each annotator by what makes them the same."""
        self.article = article
        self.config = config
        self.rule = rule
        self.annotations = {annotation.annotator: annotation for annotation in annotations}
        self.twice = {
            stretch
            for one in annotations
            for stretch, count in Counter(Key(span.layer, *span.extent) for span in one.spans).items()
            if count > 1
        }
        self.spans = {name: {self.key(span): span for span in one.spans} for name, one in self.annotations.items()}
        self.decider = decider
        self.standing: dict[Key, Span] = {}
        self.alias: dict[Key, Key] = {}

    def key(self, span: Span, extent: tuple[int, int] | None = None) -> Key:
        """What makes a span the same as another annotator's; with another extent, what would make it so there."""
        stretch = Key(span.layer, *(extent or span.extent))
        return stretch._replace(labels=self.labels(span)) if stretch in self.twice else stretch

    def labels(self, span: Span) -> tuple[str, ...]:
        """The labels of a span in the order of the labeling config."""
        return in_order(span.labels, self.config.layers[span.layer].labels)

    def settled(self) -> Annotation:
        """Go through the steps."""
        every = sorted({each for spans in self.spans.values() for each in spans})
        shared = [each for each in every if all(each in spans for spans in self.spans.values())]
        for each in shared:
            self.settle_extent([(name, spans[each]) for name, spans in self.spans.items()])
        for cluster in self.clusters(set(every) - set(shared)):
            self.settle_extent(cluster)
        spans = tuple(msgspec.structs.replace(span, region_id=each.region) for each, span in self.standing.items())
        files = ", ".join(sorted({annotation.file for annotation in self.annotations.values()}))
        relations, values = tuple(self.relations()), self.task_values()
        return Annotation(self.article.doc_id, SETTLED, files, spans, relations, values)

    def clusters(self, lone: set[Key]) -> list[list[Marked]]:
        """Spans that not all annotators have, each with who has it, joined where they may be readings of one thing.

        That is where spans of one label overlap, and where spans are the same but for their label.
        """
        clusters: dict[int, list[Marked]] = {}
        home: dict[Key, int] = {}
        for number, chain in enumerate(self.chains(lone)):
            keys = {self.key(span) for _, span in chain}
            joined = sorted({home[each] for each in keys if each in home})
            cluster = [marked for at in joined for marked in clusters.pop(at)] + chain
            at = min([number, *joined])
            clusters[at] = cluster
            home.update((self.key(span), at) for _, span in cluster)
        return [clusters[at] for at in sorted(clusters)]

    def chains(self, lone: set[Key]) -> Iterator[list[Marked]]:
        """Spans that not all annotators have, of one layer and label, joined where they overlap."""
        found = [(name, span) for name, spans in self.spans.items() for each, span in spans.items() if each in lone]

        def by_label(item: Marked) -> tuple[str, tuple[str, ...]]:
            return item[1].layer, self.labels(item[1])

        for _, group in groupby(sorted(found, key=lambda item: (by_label(item), item[1].extent)), by_label):
            chain: list[Marked] = []
            for name, span in group:
                if chain and span.start >= max(other.end for _, other in chain):
                    yield chain
                    chain = []
                chain.append((name, span))
            yield chain

    def settle_extent(self, cluster: Sequence[Marked]) -> None:
        """Spans that may be readings of one thing: whose extents stand. Where each annotator has one at the most, they
        are read as the same span, and its label and attributes are settled between them.
        """
        layer, labels = cluster[0][1].layer, dict.fromkeys("+".join(self.labels(span)) for _, span in cluster)
        hull = Key(layer, min(span.start for _, span in cluster), max(span.end for _, span in cluster))
        extents = {name: tuple(span.extent for who, span in cluster if who == name) for name in self.spans}
        standing = self.choose(hull, "|".join(labels), extents, cluster)
        alike = all(len(each) <= 1 for each in extents.values())
        for extent in standing:
            having = [(name, span) for name, span in cluster if alike or span.extent == extent]
            self.settle_span(self.key(cluster[0][1], extent), having)
        if alike and len(standing) == 1:
            self.alias.update({self.key(span): self.key(span, standing[0]) for _, span in cluster})

    def settle_span(self, each: Key, cluster: Sequence[Marked]) -> None:
        """One span that some annotators have: its label, and each of its attributes."""
        readings = {name: self.labels(span) for name, span in cluster}
        values = partial(label_value, self.config.layers[each.layer])
        label = each.labels or self.choose(each, "label", readings, cluster, values)
        attributes = {}
        for name in sorted({attribute for _, span in cluster for attribute in span.attributes}):
            found = {who: span.attributes.get(name) for who, span in cluster}
            attribute = self.config.attributes[name]
            value = self.choose(each, name, alike(attribute, found), cluster, partial(parse_value, attribute))
            if value is not None:
                attributes[name] = value
        first = cluster[0][1]
        self.standing[each] = msgspec.structs.replace(
            first, start=each.start, end=each.end, labels=label, attributes=attributes, shown_text=None
        )

    def task_values(self) -> dict[str, Any]:
        """The values of the whole task. One that only some annotators have set is a conflict, too."""
        found: dict[str, Any] = {}
        for name, attribute in self.config.attributes.items():
            readings = {who: one.attributes.get(name) for who, one in self.annotations.items()}
            if any(value is not None for value in readings.values()):
                value = self.decide(f"{DOCUMENT}:{name}", alike(attribute, readings), partial(parse_value, attribute))
                found |= {} if value is None else {name: value}
        return found

    def relations(self) -> Iterator[Relation]:
        """The relations between standing spans. Those that only some annotators could draw stand if one of them did."""
        drawn: dict[Link, dict[str, Relation]] = defaultdict(dict)
        for name, annotation in self.annotations.items():
            ends = {span.region_id: self.read_as(self.key(span)) for span in annotation.spans}
            for relation in annotation.relations:
                one, other = ends.get(relation.from_id), ends.get(relation.to_id)
                if one in self.standing and other in self.standing:
                    released = msgspec.structs.replace(relation, from_id=one.region, to_id=other.region)
                    drawn[link(relation, one, other)].setdefault(name, released)
        for each, by in sorted(drawn.items()):
            able = [name for name in sorted(self.spans) if self.has(name, each.one) and self.has(name, each.other)]
            readings = {name: (each.name,) if name in by else () for name in able or sorted(by)}
            if self.choose(each.one, each.name, readings, [*self.marked(each.one), *self.marked(each.other)]):
                yield by[min(by)]

    def read_as(self, each: Key) -> Key:
        """The span that an annotator's span is read as."""
        return self.alias.get(each, each)

    def marked(self, standing: Key) -> list[Marked]:
        """Who has a span, or one that is read as it."""
        return [
            (name, span)
            for name, spans in self.spans.items()
            for each, span in spans.items()
            if self.read_as(each) == standing
        ]

    def has(self, name: str, standing: Key) -> bool:
        """True if an annotator has a span, or one that is read as it."""
        return any(self.read_as(each) == standing for each in self.spans[name])

    def choose(
        self, place: Key, what: str, readings: dict[str, Any], about: Sequence[Marked], values: Values | None = None
    ) -> Any:
        """The reading that stands at a place. Its conflict is named ``document:layer:start-end:what``."""
        text = self.article.text[place.start : place.end]
        return self.decide(f"{place.name}:{what}", readings, values, text, about)

    def decide(
        self,
        name: str,
        readings: dict[str, Any],
        values: Values | None,
        text: str = "",
        about: Sequence[Marked] = (),
    ) -> Any:
        """The reading that stands, by the decider."""
        shown = {who: show(value, self.article.text) for who, value in readings.items()}
        places = tuple(sorted({Place(span.layer, *span.extent) for _, span in about}))
        conflict = Conflict(f"{self.article.doc_id}:{name}", self.article.doc_id, text, shown, places)
        return self.decider.choose(conflict, readings, values, self.rule)


def link(relation: Relation, one: Key, other: Key) -> Link:
    """What makes a relation between two spans the same as another annotator's."""
    return Link(tuple(sorted(relation.labels)), *turned(one, other, relation.direction))


def label_value(layer: Layer, text: str) -> tuple[str, ...] | None:
    """How a decision's value is read as the label of a span of a layer, or its labels, parted by bars."""
    labels = split_values(text, layer.labels) if layer.multiple else [text]
    return None if layer.strange(labels) or "" in labels else in_order(labels, layer.labels)


def in_order(labels: Collection[str], known: Sequence[str]) -> tuple[str, ...]:
    """Labels in the order of the labeling config, each once."""
    order = {label: number for number, label in enumerate(known)}
    return tuple(sorted(set(labels), key=lambda label: (order.get(label, len(order)), label)))


def alike(attribute: Attribute, readings: dict[str, Any]) -> dict[str, Any]:
    """Readings of an attribute in which the order of choices makes no difference."""
    if attribute.kind is Kind.PATHS:
        return {who: value and sorted(value) for who, value in readings.items()}
    if attribute.kind is Kind.STRINGS and attribute.values:
        return {who: value and list(in_order(value, attribute.values)) for who, value in readings.items()}
    return readings


def show(value: Any, text: str) -> str:
    """A reading as a person reads it: extents by their words, values as a decision can have them."""
    if isinstance(value, tuple | list):
        words = [text[slice(*one)] for one in value if isinstance(one, tuple)]
        return " | ".join(words) or "|".join(map(shown_path, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def shown_path(value: Any) -> str:
    """A value of a list, which may be a path."""
    return "/".join(value) if isinstance(value, list) else str(value)
