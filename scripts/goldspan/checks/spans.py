"""E3xx: spans of any layer, zones and entities."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise
from unicodedata import is_normalized, normalize

from goldspan.checks.registry import Hit, Subject, annotation_check, hit
from goldspan.claims import claim_attributes, links
from goldspan.export.offsets import same_words
from goldspan.labeling import Attribute
from goldspan.records import Span
from goldspan.words import counted

SHOWN = 40  # code points of a span in a message


def in_text(subject: Subject, *layers: str | None) -> list[Span]:
    """The spans of some layers (of all that are released, if none is given) inside the text, in text order."""
    length = len(subject.article.text)
    names = layers or subject.corpus.layers.released
    spans = [span for name in names for span in subject.annotation.layer(name)]
    return [span for span in spans if 0 <= span.start < span.end <= length]


def single(subject: Subject) -> list[str]:
    """The layers that are released and whose regions have one label each."""
    return [name for name in subject.corpus.layers.released if not subject.config.layers[name].multiple]


@annotation_check(
    "E301",
    "A span is empty, or begins or ends outside the text",
    "Draw the span again in Label Studio and export again.",
)
def offsets_outside_text(subject: Subject) -> Iterator[Hit]:
    length = len(subject.article.text)
    for span in subject.annotation.spans:
        if not 0 <= span.start < span.end <= length:
            yield hit(span, f"{span.start} to {span.end} in a text of {counted(length, 'code point')}")


@annotation_check(
    "E302",
    "A region has a label that its control does not have in the labeling config",
    "Relabel the region, or use the labeling config of the project that was exported.",
)
def unknown_label(subject: Subject) -> Iterator[Hit]:
    for span in subject.annotation.spans:
        for label in subject.config.layers[span.layer].strange(span.labels):
            yield hit(span, f"{label!r} in {span.layer!r}")


@annotation_check(
    "E303",
    "A region of a layer that is released does not have exactly one label",
    "Give the region one label in Label Studio.",
)
def not_one_label(subject: Subject) -> Iterator[Hit]:
    for span in subject.annotation.spans:
        if span.layer in single(subject) and len(span.labels) != 1:
            yield hit(span, ", ".join(span.labels) or "none")


@annotation_check(
    "E304",
    "A span begins or ends in white space",
    "Draw the span again without the space.",
)
def white_space_at_edge(subject: Subject) -> Iterator[Hit]:
    for span in in_text(subject):
        text = subject.article.text[span.start : span.end]
        if text != text.strip():
            yield hit(span, repr(text if len(text) <= SHOWN else f"{text[: SHOWN // 2]}…{text[-SHOWN // 2 :]}"))


@annotation_check(
    "E305",
    "The text that the annotator saw for a span is not the text at its offsets",
    "The offsets may count something else than code points, or the text may have changed: export again from a "
    "current Label Studio.",
)
def other_text_shown(subject: Subject) -> Iterator[Hit]:
    for span in in_text(subject, *subject.config.layers):
        slice_ = subject.article.text[span.start : span.end]
        if span.shown_text is not None and not same_words(span.shown_text, slice_):
            yield hit(span, f"{span.shown_text!r} was shown{in_form_only(span.shown_text, slice_)}")


def in_form_only(shown: str, text: str) -> str:
    """What to say of two texts that look the same, since they differ in their normal form only; else nothing."""
    if normalize("NFC", shown) != normalize("NFC", text):
        return ""
    at = next((at for at, (one, other) in enumerate(zip(shown, text, strict=False)) if one != other), len(text))
    forms = [next((form for form in ("NFC", "NFD") if is_normalized(form, each)), "neither") for each in (shown, text)]
    points = [" ".join(f"U+{ord(char):04X}" for char in each[at : at + 3]) or "nothing" for each in (shown, text)]
    return f", the same characters in another normal form: {points[0]} ({forms[0]}), not {points[1]} ({forms[1]})"


@annotation_check(
    "E306",
    "Two regions of one layer have the same extent; in a further layer, the same labels too",
    "Delete one of them in Label Studio.",
)
def same_extent(subject: Subject) -> Iterator[Hit]:
    layers = subject.corpus.layers
    for layer in layers.released:
        first: dict[object, Span] = {}
        for span in subject.annotation.layer(layer):
            same = (span.extent, None if layer in layers.parts else frozenset(span.labels))
            if first.setdefault(same, span) is not span:
                yield hit(span, f"the same as region {first[same].region_id}")


@annotation_check(
    "E307",
    "Two zones overlap",
    "Draw one of them again so that each character lies in one zone.",
)
def zones_overlap(subject: Subject) -> Iterator[Hit]:
    for one, other in pairwise(in_text(subject, subject.corpus.layers.zones)):
        if other.start < one.end:
            yield hit(other, f"with region {one.region_id}")


@annotation_check(
    "E308",
    "Text lies in no zone",
    "Draw a zone over it, or make a zone beside it longer.",
)
def text_outside_zones(subject: Subject) -> Iterator[Hit]:
    if subject.corpus.layers.zones is None:
        return
    text = subject.article.text
    at = 0
    for start, end in [
        *(zone.extent for zone in in_text(subject, subject.corpus.layers.zones)),
        (len(text), len(text)),
    ]:
        if text[at:start].strip():
            yield Hit(detail=f"{at} to {start}", extent=(at, start))
        at = max(at, end)


@annotation_check(
    "E309",
    "A span does not lie inside one zone",
    "Draw the span again inside the zone, or correct the zone.",
)
def crosses_zone(subject: Subject) -> Iterator[Hit]:
    layers = subject.corpus.layers
    zones = in_text(subject, layers.zones)
    for span in in_text(subject, layers.entities, layers.attributions):
        if zones and not any(zone.covers(*span.extent) for zone in zones):
            yield hit(span)


@annotation_check(
    "E310",
    "A span lies in a zone in which nothing is annotated",
    "Delete the span, or correct the zone.",
)
def in_unannotated_zone(subject: Subject) -> Iterator[Hit]:
    layers, excluded = subject.corpus.layers, subject.corpus.unannotated_zones
    zones = [zone for zone in in_text(subject, layers.zones) if zone.label in excluded]
    for span in in_text(subject, layers.entities, layers.attributions):
        for zone in zones:
            if zone.covers(*span.extent):
                yield hit(span, f"zone {zone.label}")


@annotation_check(
    "E311",
    "Two entity mentions cross, or mentions nest deeper than the corpus allows (max_nesting)",
    "Draw one of them again so that it lies inside the other or apart from it; set max_nesting in corpus.toml if "
    "mentions may nest deeper.",
)
def crossing_or_deep_entities(subject: Subject) -> Iterator[Hit]:
    around: list[Span] = []
    for span in in_text(subject, subject.corpus.layers.entities):
        around = [outer for outer in around if span.start < outer.end]
        crossed = [outer.region_id for outer in around if not outer.covers(*span.extent)]
        if crossed:
            yield hit(span, f"it crosses region {crossed[-1]}")
        elif len(around) > subject.corpus.max_nesting:
            yield hit(span, f"it lies in {counted(len(around), 'mention')}, and {subject.corpus.max_nesting} may be")
        around.append(span)


@annotation_check(
    "E312",
    "A region or a task lacks an attribute that the corpus requires",
    "Set it in Label Studio; of a claim in several pieces, on its first content.",
)
def missing_attribute(subject: Subject) -> Iterator[Hit]:
    continued = links(subject.annotation, subject.corpus).continued
    for span in subject.annotation.spans:
        for attribute in subject.config.attributes_of(span.layer, span.label):
            missing = attribute.name in subject.corpus.required and attribute.name not in span.attributes
            if missing and span.region_id not in continued:
                yield hit(span, attribute.name)
    for attribute in subject.config.task_attributes:
        if attribute.name in subject.corpus.required and attribute.name not in subject.annotation.attributes:
            yield Hit(detail=f"{attribute.name} of the whole task")


@annotation_check(
    "W301",
    "A region has a value that is not asked for on its label; it is released only where its table has a column for it",
    "It may be left from before the region was relabelled: clear it in Label Studio.",
)
def surplus_attribute(subject: Subject) -> Iterator[Hit]:
    for span in subject.annotation.spans:
        asked = {attribute.name for attribute in subject.config.attributes_of(span.layer, *span.labels)}
        for name in sorted(set(span.attributes) - asked):
            yield hit(span, f"{name} on {span.label}")


@annotation_check(
    "W305",
    "A region has a value for which no table has a column; it stands in annotations alone",
    "Ask for it on regions of another layer or label, or accept that it is not released.",
)
def value_without_column(subject: Subject) -> Iterator[Hit]:
    columns = partial(columns_for, parts=claim_attributes(subject.corpus, subject.config), subject=subject)
    for span in subject.annotation.spans:
        asked = {attribute.name for attribute in subject.config.attributes_of(span.layer, *span.labels)}
        if span.layer in subject.corpus.layers.released:
            for name in sorted((asked & set(span.attributes)) - columns(span)):
                yield hit(span, f"{name} on {span.label}")


def columns_for(span: Span, parts: Mapping[str, list[Attribute]], subject: Subject) -> set[str]:
    """The attributes of a span that its table has a column for; zones have none, and a claim has one of each name."""
    layers, roles = subject.corpus.layers, subject.corpus.attributions
    if span.layer == layers.zones:
        return set()
    if span.layer != layers.attributions:
        return {attribute.name for attribute in subject.config.attributes_of(span.layer)}
    part = {roles.content: "content", roles.source: "source", roles.cue: "cue"}.get(span.label)
    return {attribute.name for attribute in parts[part]} if part else set()
