"""One article and saved models -> spans with their values, the links between them, and how sure the models are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from goldspan.labeling import parse_value
from goldspan.predict.linking import link
from goldspan.predict.target import Target
from goldspan.records import Article, Relation, Span
from goldspan.tasks import proposed_zones
from goldspan.tokens import Sentence
from goldspan.train.examples import Described, Passage, Task
from goldspan.train.items import claim_item
from goldspan.train.models import NO_MODEL, About, Choice, ClassModel, Model, Scored, SpanModel
from goldspan.train.passages import passages

__all__ = ["Found", "Loaded", "find"]


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
    """What models have found in an article. Scores are from 0 to 1."""

    regions: list[Region]
    relations: list[Relation]


def find(article: Article, models: Mapping[Task, Loaded], target: Target) -> Found:
    """What models, one for each task, find in an article, in the sentences of those proposed zones that are annotated.

    Raises:
        DataError: a model finds what its ``goldspan.json`` does not name, or what does not lie in the article (E983).
    """
    corpus, roles = target.corpus, target.corpus.attributions
    document = Described(article.doc_id, article.doc_id, None, article.text)
    parts = list(passages(document, corpus.language, proposed_zones(article, corpus), corpus.unannotated_zones))
    regions = [
        Region(Span(f"{task}-{number}", layer, (one.label,), one.start, one.end), {layer: one.score})
        for task, layer in target.layers.items()
        for number, one in enumerate(spans_of(models[task], parts) if parts else ())
    ]
    said = [region.span for region in regions if region.span.layer == target.layers.get(Task.attribution)]
    sentences = [Sentence(part.start, part.start + len(part.text)) for part in parts]
    relations = link(said, sentences, roles) if target.links else []
    contents = {span.region_id for span in said if span.label == roles.content}
    if Task.claims in models and contents:
        asked = [region for region in regions if region.span.region_id in contents]
        described = {one.span.region_id: one for one in describe(asked, document, models[Task.claims], target)}
        regions = [described.get(region.span.region_id, region) for region in regions]
    return Found(regions, relations)


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


def describe(regions: Sequence[Region], document: Described, loaded: Loaded, target: Target) -> Iterator[Region]:
    """Contents with the values that a model of claims gives them.

    Raises:
        DataError: a value is not one that the model says that it gives (E983).
    """
    items = [claim_item(one.span.region_id, document, [one.span.extent]) for one in regions]
    for region, values in zip(regions, cast(ClassModel, loaded.model).predict(items), strict=True):
        for name, value in values.items():
            if value.label not in loaded.about.labels.get(name, ()) or not 0 <= value.score <= 1:
                raise NO_MODEL.error(f"it gives {name} as {value.label!r}", file=loaded.path)
        yield Region(
            replace(region.span, attributes=typed(values, target)),
            {**region.scores, **{name: value.score for name, value in values.items()}},
        )


def typed(values: Mapping[str, Choice], target: Target) -> dict[str, object]:
    """Values in the types of their attributes, in the order of the labeling config."""
    return {
        name: parse_value(attribute, values[name].label)
        for name, attribute in target.config.attributes.items()
        if name in values
    }
