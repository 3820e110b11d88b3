"""One article and saved models -> spans with their values, the links between them, and how sure the models are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from goldspan.predict.linking import link
from goldspan.predict.target import Target
from goldspan.predict.values import Value, values
from goldspan.records import Article, Relation, Span
from goldspan.tasks import proposed_zones
from goldspan.tokens import Sentence
from goldspan.train.examples import SPAN_TASKS, Described, Item, Passage, Task
from goldspan.train.items import document_item, stretch_item
from goldspan.train.models import NO_MODEL, About, Choice, ClassModel, Model, Scored, SpanModel
from goldspan.train.passages import passages

__all__ = ["Found", "Loaded", "Region", "find"]


class Loaded(Struct, frozen=True):
    """A saved model: the path of its folder, what is said of it, and itself."""

    path: str
    about: About
    model: Model


class Region(Struct, frozen=True):
    """A span that was found, and how sure the models are of it and of its values, by layer and attribute."""

    span: Span
    scores: dict[str, float]


class Found(Struct, frozen=True):
    """What models have found in an article, and the values that they give all of it. Scores are from 0 to 1."""

    regions: list[Region]
    relations: list[Relation]
    values: dict[str, Value] = {}


def find(article: Article, models: Sequence[Loaded], target: Target) -> Found:
    """What models find in an article, in the sentences of those proposed zones that are annotated.

    Raises:
        DataError: a model finds what its ``goldspan.json`` does not name, or what does not lie in the article (E983).
    """
    corpus = target.corpus
    document = Described(article.doc_id, article.doc_id, None, article.text)
    parts = list(passages(document, corpus.language, proposed_zones(article, corpus), corpus.unannotated_zones))
    finders = [one for one in models if one.about.task in SPAN_TASKS]
    regions = [region for one in finders for region in regions_of(one, parts, target)]
    relations = links(regions, parts, target)
    given: dict[str, Value] = {}
    for one in models:
        if one.about.task is Task.documents:
            (said,) = ask(one, [document_item(article.doc_id, document)])
            given |= values(said, target.attributes(one.about))
        elif one not in finders:
            regions = described(regions, document, one, target)
    return Found(regions, relations, given)


def regions_of(loaded: Loaded, parts: Sequence[Passage], target: Target) -> Iterator[Region]:
    """The regions that a model finds in passages; one with several labels where its layer allows them.

    Raises:
        DataError: it is not what the model says that it finds (E983).
    """
    layer = target.layers[loaded.about.name]
    multiple = target.config.layers[layer].multiple
    found: dict[tuple[int, int, str], list[Scored]] = {}
    for one in spans_of(loaded, parts) if parts else ():
        together = one.start, one.end, "" if multiple else one.label
        found.setdefault(together, []).append(one)
    for number, ((start, end, _), same) in enumerate(found.items()):
        labels = tuple(one.label for one in same)
        span = Span(f"{loaded.about.name}-{number}", layer, labels, start, end)
        yield Region(span, {layer: fmean(one.score for one in same)})


def spans_of(loaded: Loaded, parts: Sequence[Passage]) -> Iterator[Scored]:
    """What a model finds in passages, each once, in text order.

    Raises:
        DataError: it is not what the model says that it finds (E983).
    """
    labels = {label for each in loaded.about.layers.values() for label in each}
    for part, found in zip(parts, cast(SpanModel, loaded.model).predict(parts), strict=True):
        end = part.start + len(part.text)
        for one in sorted(set(found), key=lambda one: (one.start, one.end, one.label)):
            if one.label not in labels or not part.start <= one.start < one.end <= end or not 0 <= one.score <= 1:
                raise NO_MODEL.error(f"it finds {one.label!r} from {one.start} to {one.end}", file=loaded.path)
            yield one


def links(regions: Iterable[Region], parts: Iterable[Passage], target: Target) -> list[Relation]:
    """The relations that join the cues, sources and contents among regions."""
    said = [one.span for one in regions if one.span.layer == target.layers.get(Task.attribution)]
    sentences = [Sentence(part.start, part.start + len(part.text)) for part in parts]
    return link(said, sentences, target.corpus.attributions) if target.links else []


def described(regions: Sequence[Region], document: Described, loaded: Loaded, target: Target) -> list[Region]:
    """Regions, of which those that a model describes have the values that it gives them.

    Raises:
        DataError: a value is not one that the model says that it gives (E983).
    """
    said, layer = loaded.about, target.layers[loaded.about.name]
    only = target.corpus.attributions.content if said.task is Task.claims else None
    asked = [one for one in regions if one.span.layer == layer and only in (None, one.span.label)]
    items = [stretch_item(one.span.region_id, document, [one.span.extent]) for one in asked]
    found = {}
    for region, choices in zip(asked, ask(loaded, items), strict=True):
        given = values(choices, target.attributes(said, *region.span.labels))
        found[region.span.region_id] = with_values(region, given)
    return [found.get(one.span.region_id, one) for one in regions]


def with_values(region: Region, given: Mapping[str, Value]) -> Region:
    """A region with values of its controls."""
    typed = {name: one.value for name, one in given.items()}
    scores = {name: one.score for name, one in given.items()}
    return Region(replace(region.span, attributes=typed), {**region.scores, **scores})


def ask(loaded: Loaded, items: Sequence[Item]) -> list[dict[str, Choice]]:
    """What a model chooses for items.

    Raises:
        DataError: it is not what the model says that it gives (E983).
    """
    found = cast(ClassModel, loaded.model).predict(items) if items else []
    for name, choice in (pair for one in found for pair in one.items()):
        if choice.label not in loaded.about.labels.get(name, ()) or not 0 <= choice.score <= 1:
            raise NO_MODEL.error(f"it gives {name} as {choice.label!r}", file=loaded.path)
    return found
