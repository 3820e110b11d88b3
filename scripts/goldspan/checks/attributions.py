"""E4xx: the relations that join cues, sources and contents."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from goldspan.checks.registry import Hit, Subject, annotation_check, hit
from goldspan.claims import Links, free_labels, links, role_ends
from goldspan.records import Span
from goldspan.related import turned

DIRECTIONS = ("left", "right", "bi")


def linked(subject: Subject) -> Links:
    """The links of the attribution layer."""
    return links(subject.annotation, subject.corpus)


def spans_of(subject: Subject, label: str) -> list[Span]:
    """The spans of the attribution layer with a label."""
    return [span for span in subject.annotation.layer(subject.corpus.layers.attributions) if span.label == label]


@annotation_check(
    "E401",
    "A relation begins or ends at a region that does not exist",
    "Delete the relation in Label Studio and draw it again.",
)
def dangling_relation(subject: Subject) -> Iterator[Hit]:
    regions = {span.region_id for span in subject.annotation.spans}
    for relation in subject.annotation.relations:
        for region in (relation.from_id, relation.to_id):
            if region not in regions:
                yield Hit(
                    region, f"{', '.join(relation.labels) or 'no label'} from {relation.from_id} to {relation.to_id}"
                )


@annotation_check(
    "E402",
    "A relation has a label that the labeling config does not have, or none, or a direction that does not exist",
    "Draw the relation again in Label Studio and give it one of its labels, or add the label to the labeling config; "
    "without one it is read by what it joins.",
)
def unknown_relation(subject: Subject) -> Iterator[Hit]:
    known = subject.config.relations
    inside = {span.region_id for span in subject.annotation.layer(subject.corpus.layers.attributions)}
    for relation in subject.annotation.relations:
        strange = [label for label in relation.labels if known and label not in known]
        unnamed = bool(known) and not relation.labels and bool({relation.from_id, relation.to_id} & inside)
        if strange or unnamed or relation.direction not in DIRECTIONS:
            odd = [f"label {label!r}" for label in strange] + ["no label"] * unnamed
            odd += [] if relation.direction in DIRECTIONS else [f"direction {relation.direction!r}"]
            yield Hit(relation.from_id, f"{', '.join(odd)}, to {relation.to_id}")


@annotation_check(
    "E409",
    "A relation of the attribution layer joins regions that it cannot join",
    "It leads from a cue to its source, from a cue to a content, or from a content to one that continues it. "
    "Draw it again so.",
)
def wrong_ends(subject: Subject) -> Iterator[Hit]:
    layer, roles = subject.corpus.layers.attributions, subject.corpus.attributions
    ends = role_ends(roles)
    spans = {span.region_id: span for span in subject.annotation.spans}
    for relation in subject.annotation.relations:
        for label in relation.labels if layer else ():
            if label in ends and relation.from_id in spans and relation.to_id in spans:
                one, other = spans[relation.from_id], spans[relation.to_id]
                layers = {one.layer, other.layer}
                fit = layers == {layer} and (one.label, other.label) == ends[label] and relation.direction == "right"
                if layer in layers and not fit:
                    yield hit(one, f"{label} from {one.label} to {other.label}, direction {relation.direction}")


@annotation_check(
    "W304",
    "A relation is drawn twice",
    "Delete one of them in Label Studio; it is released once.",
)
def drawn_twice(subject: Subject) -> Iterator[Hit]:
    seen = set()
    regions = {span.region_id for span in subject.annotation.layer(subject.corpus.layers.attributions)}
    for relation in subject.annotation.relations:
        labels = free_labels(relation, regions, subject.corpus)
        same = labels and frozenset(labels), turned(relation.from_id, relation.to_id, relation.direction)
        if same in seen and labels is not None:
            yield Hit(relation.from_id, f"{', '.join(labels) or 'no label'}, to {relation.to_id}")
        seen.add(same)


@annotation_check(
    "W306",
    "A region of the attribution layer has a label that plays no part there, and stands in annotations alone",
    "Name the label in [attributions] in corpus.toml, or give it to a layer of its own.",
)
def label_without_part(subject: Subject) -> Iterator[Hit]:
    roles = subject.corpus.attributions
    for span in subject.annotation.layer(subject.corpus.layers.attributions):
        if span.label not in (roles.cue, roles.source, roles.content):
            yield hit(span, span.label)


@annotation_check(
    "E403",
    "A cue has no content",
    "Link it to what is said, or delete it.",
)
def orphan_cue(subject: Subject) -> Iterator[Hit]:
    link = linked(subject)
    for cue in spans_of(subject, subject.corpus.attributions.cue):
        if not link.contents.get(cue.region_id):
            yield hit(cue)


@annotation_check(
    "E404",
    "A source has no cue",
    "Link the cue to it, or delete it.",
)
def source_without_cue(subject: Subject) -> Iterator[Hit]:
    reached = set(chain.from_iterable(linked(subject).sources.values()))
    for source in spans_of(subject, subject.corpus.attributions.source):
        if source.region_id not in reached:
            yield hit(source)


@annotation_check(
    "E405",
    "A cue has more than one source",
    "Mark the whole noun phrase as one source, or make it two attributions.",
)
def several_sources(subject: Subject) -> Iterator[Hit]:
    link = linked(subject)
    for cue in spans_of(subject, subject.corpus.attributions.cue):
        if len(link.sources.get(cue.region_id, ())) > 1:
            yield hit(cue, ", ".join(link.sources[cue.region_id]))


@annotation_check(
    "E406",
    "A content belongs to two claims: two cues govern it, or it continues another and is governed or continued itself",
    "Give each claim a content of its own; link a cue to the first content only, and every further one from the first.",
)
def several_claims_on_content(subject: Subject) -> Iterator[Hit]:
    link = linked(subject)
    reached = Counter(chain(*link.contents.values(), *link.fragments.values()))
    for content in spans_of(subject, subject.corpus.attributions.content):
        region = content.region_id
        if reached[region] > 1:
            yield hit(content, f"{reached[region]} relations lead to it")
        elif region in link.continued and link.fragments.get(region):
            yield hit(content, "it continues a content, and is continued")


@annotation_check(
    "E407",
    "A content is neither a claim nor part of one: it has no attributes, no cue, and continues nothing",
    "Link it from the first content of its claim with the relation for that, or set the claim's attributes.",
)
def fragment_without_first(subject: Subject) -> Iterator[Hit]:
    link = linked(subject)
    reached = set(chain(*link.contents.values(), *link.fragments.values()))
    for content in spans_of(subject, subject.corpus.attributions.content):
        if content.region_id not in reached and not content.attributes:
            yield hit(content)


@annotation_check(
    "E408",
    "A content that continues another has attributes of its own",
    "Set a claim's attributes on its first content only, or remove the relation if it is another claim.",
)
def attributes_on_fragment(subject: Subject) -> Iterator[Hit]:
    continued = linked(subject).continued
    for content in spans_of(subject, subject.corpus.attributions.content):
        if content.region_id in continued and content.attributes:
            yield hit(content, ", ".join(sorted(content.attributes)))
