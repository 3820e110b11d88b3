"""Spans and relations of the attribution layer -> attributions and claims.

`links` reads the relations; checks use it too.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.corpus import Attributions, Corpus
from goldspan.export.settled import name_in
from goldspan.labeling import Attribute, LabelingConfig
from goldspan.records import Annotation, Article, Attribution, Claim, Relation, Span

__all__ = [
    "Links",
    "assemble",
    "claim_attributes",
    "claim_values",
    "free_labels",
    "links",
    "name_links",
    "quotation",
    "quotations",
    "role_ends",
    "span_id",
]

Extent = tuple[int, int]


class Links(Struct, frozen=True):
    """The relations of the attribution layer, as ids of regions.

    Each cue's sources and contents, each first's fragments.
    """

    sources: dict[str, list[str]]
    contents: dict[str, list[str]]
    fragments: dict[str, list[str]]

    @property
    def continued(self) -> set[str]:
        """The regions that continue another."""
        return {region for regions in self.fragments.values() for region in regions}


def role_ends(roles: Attributions) -> dict[str, tuple[str, str]]:
    """The labels of the regions that each relation of the attribution layer leads from and to."""
    return {
        roles.source_relation: (roles.cue, roles.source),
        roles.content_relation: (roles.cue, roles.content),
        roles.continues_relation: (roles.content, roles.content),
    }


def name_links(annotation: Annotation, corpus: Corpus) -> Annotation:
    """The annotation with its links between spans of the attribution layer, where a region has one there.

    A link that was drawn without a label gets one, where its ends leave no choice.
    """
    roles = role_ends(corpus.attributions)
    by_ends = {ends: label for label, ends in roles.items()}
    spans = {span.region_id: span for span in annotation.layer(corpus.layers.attributions)}

    def named(relation: Relation) -> Relation:
        one, other = (inside(end, corpus.layers.attributions, spans) for end in (relation.from_id, relation.to_id))
        if not {one, other} <= set(spans) or not (set(relation.labels) & set(roles) or not relation.labels):
            return relation
        label = by_ends.get((spans[one].label, spans[other].label)) if relation.direction == "right" else None
        return Relation(one, other, relation.labels or ((label,) if label else ()), relation.direction)

    return msgspec.structs.replace(annotation, relations=tuple(map(named, annotation.relations)))


def inside(region: str, layer: str | None, spans: Collection[str]) -> str:
    """The span of a layer that a region has there beside its first one, else the region itself."""
    other = name_in(region, layer or "")
    return other if region not in spans and other in spans else region


def free_labels(relation: Relation, regions: Collection[str], corpus: Corpus) -> tuple[str, ...] | None:
    """The labels by which a relation is no part of an attribution; None if it is nothing but that.

    A relation is part of an attribution by a label for that, between ``regions``: those of the attribution layer.
    """
    inside = relation.from_id in regions and relation.to_id in regions
    roles = role_ends(corpus.attributions) if inside else {}
    free = tuple(label for label in relation.labels if label not in roles)
    return free if free or not relation.labels else None


def links(annotation: Annotation, corpus: Corpus) -> Links:
    """The relations of an annotation that join parts of attributions, by the part that they play."""
    roles, regions = corpus.attributions, {span.region_id for span in annotation.layer(corpus.layers.attributions)}
    tables: dict[str, dict[str, list[str]]] = {
        roles.source_relation: defaultdict(list),
        roles.content_relation: defaultdict(list),
        roles.continues_relation: defaultdict(list),
    }
    for relation in annotation.relations:
        for label in relation.labels if {relation.from_id, relation.to_id} <= regions else ():
            if label in tables:
                tables[label][relation.from_id].append(relation.to_id)
    return Links(tables[roles.source_relation], tables[roles.content_relation], tables[roles.continues_relation])


def assemble(annotation: Annotation, article: Article, corpus: Corpus) -> Iterator[Claim]:
    """The claims of a checked annotation, in text order.

    A claim's id comes from its document and the extent of its first content, an attribution's from its cue's: both stay
    the same when something is added elsewhere.
    """
    layer, roles = corpus.layers.attributions, corpus.attributions
    link = links(annotation, corpus)
    spans = {span.region_id: span for span in annotation.layer(layer)}
    quoted = quotations(article.text, corpus.quotation_marks)
    attributions = {}
    for cue in annotation.layer(layer):
        if cue.label == roles.cue:
            attribution = Attribution(
                span_id(article.doc_id, "attribution", cue),
                cue,
                next((spans[region] for region in link.sources.get(cue.region_id, ()) if region in spans), None),
                tuple(spans[region] for region in link.contents.get(cue.region_id, ()) if region in spans),
            )
            attributions.update({content.region_id: attribution for content in attribution.contents})
    for first in annotation.layer(layer):
        if first.label == roles.content and first.region_id not in link.continued:
            fragments = [
                first,
                *(spans[region] for region in link.fragments.get(first.region_id, ()) if region in spans),
            ]
            content = tuple(sorted(fragments, key=lambda span: span.extent))
            attributed = attributions.get(first.region_id)
            yield Claim(
                claim_id=span_id(article.doc_id, "claim", first),
                doc_id=article.doc_id,
                attribution=attributed,
                content=content,
                quotation=quotation(quoted, [span.extent for span in content]) if attributed else "AUTHOR",
                attributes=first.attributes,
            )


def span_id(doc_id: str, kind: str, span: Span) -> str:
    """An id that depends on nothing but the document and the span."""
    return f"{doc_id}:{kind}:{span.start}-{span.end}"


def quotation(quoted: Sequence[Extent], content: Sequence[Extent]) -> str:
    """How content is quoted: DIRECT (wholly inside the marks of `quotations`), MIXED (in part) or INDIRECT."""
    if all(any(first < start and end < last for first, last in quoted) for start, end in content):
        return "DIRECT"
    if any(first < end and start < last for start, end in content for first, last in quoted):
        return "MIXED"
    return "INDIRECT"


def quotations(text: str, marks: Iterable[str]) -> list[Extent]:
    """The (start, end) of what is quoted in a text, with its marks.

    ``marks`` are pairs of an opening and a closing mark; a quotation ends with its paragraph at the latest.
    """
    patterns = [f"{re.escape(pair[0])}[^{re.escape(pair)}\n]*{re.escape(pair[1])}" for pair in marks]
    return [match.span() for match in re.finditer("|".join(patterns), text)] if patterns else []


def claim_attributes(corpus: Corpus, config: LabelingConfig) -> dict[str, list[Attribute]]:
    """The attributes that a claim gets from its content, its source and its cue, each from the first that has it."""
    layer, roles = corpus.layers.attributions, corpus.attributions
    found: dict[str, list[Attribute]] = {}
    for part, label in (("content", roles.content), ("source", roles.source), ("cue", roles.cue)):
        asked = config.attributes_of(layer, label) if layer else []
        taken = [attribute for each in found.values() for attribute in each]
        found[part] = [attribute for attribute in asked if attribute not in taken]
    return found


def claim_values(claim: Claim, asked: dict[str, list[Attribute]]) -> dict[str, Any]:
    """The values of a claim, each from the part that `claim_attributes` takes it from."""
    attribution = claim.attribution
    values = {
        "content": claim.attributes,
        "source": attribution.source.attributes if attribution and attribution.source else {},
        "cue": attribution.cue.attributes if attribution else {},
    }
    return {one.name: values[part][one.name] for part in values for one in asked[part] if one.name in values[part]}
