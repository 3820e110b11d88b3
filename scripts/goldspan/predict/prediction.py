"""Saved models and articles -> Label Studio tasks with a prediction each, in an order."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from statistics import fmean
from typing import Any

from msgspec import Struct

from goldspan.faults import Finding, fault
from goldspan.hashes import sha256
from goldspan.predict.finding import Found, Loaded, Region, find
from goldspan.predict.source import Source
from goldspan.predict.target import Target, check_together, target_of
from goldspan.progress import Show, silent
from goldspan.records import Article
from goldspan.tasks import MODEL, Items, Task, article_data, as_items, document_items, region_items, zone_items
from goldspan.train.models import ABOUT, About, load_model, read_about

__all__ = ["Order", "Predictions", "predict"]

LEARNT = fault(
    "W990",
    "A model has learnt from an article that it predicts: what it finds there says little of what it can",
    "Nothing, if the labels are all that is wanted; else train it without the article.",
)
DIGITS = 4  # of a score


class Predictions(Struct, frozen=True):
    """Tasks with a prediction each, and what a person should look at."""

    tasks: list[Task]
    warnings: list[Finding]


class Order(StrEnum):
    """Which task comes first: by the ids of the documents, or the one that the models are least sure of."""

    document = "document"
    uncertain = "uncertain"


def predict(models: Sequence[Path], source: Source, order: Order = Order.document, show: Show = silent) -> Predictions:
    """A task for each article with what the models, one a task and layer, find in it: one prediction with a score.

    By ``Order.uncertain`` the task with the lowest `confidence` comes first.

    Raises:
        DataError: a folder holds no model (E983), the models do not fit together (E991), or their labels do not fit
            the labeling config (E992).
        ModuleNotFoundError: a model needs an extra that is not installed.
    """
    abouts = sorted(((str(path), read_about(path)) for path in models), key=lambda one: one[1].name)
    check_together(abouts)
    target = target_of(source.corpus, source.config, abouts)
    loaded = [Loaded(path, *load_model(Path(path))) for path, _ in abouts]
    version = model_version(models)
    tasks = []
    for done, article in enumerate(source.articles):
        show("predicting articles", done, len(source.articles))
        tasks.append(task_of(article, find(article, loaded, target), target, version))
    return Predictions(sorted(tasks, key=score_of) if order is Order.uncertain else tasks, list(learnt(abouts, source)))


def learnt(models: Iterable[tuple[str, About]], source: Source) -> Iterator[Finding]:
    """Findings about articles that a model has learnt from (W990), told by their ids."""
    for name, said in models:
        for article in source.articles:
            if article.doc_id in said.documents and said.source.startswith(f"{source.corpus.name} "):
                yield LEARNT.finding(file=name, task=article.doc_id)


def task_of(article: Article, found: Found, target: Target, version: str) -> Task:
    """An article's task: zones that its corpus proposes, and what models have found."""
    result = [*zone_items(article, target.corpus, target.config), *found_items(found, target)]
    prediction = {"model_version": version, "score": round(confidence(found), DIGITS), "result": result}
    return {"data": article_data(article, target.config), "predictions": [prediction]}


def score_of(task: Task) -> float:
    """The score of a task's prediction."""
    return float(task["predictions"][0]["score"])


def confidence(found: Found) -> float:
    """How sure models are of an article, from 0 to 1: the mean score of all spans and values that they found.

    Active learning asks first for what a model is least confident of (uncertainty sampling by least confidence: Settles
    2009, Active Learning Literature Survey, 3.1). It is a mean, since a long article also takes longer to annotate.
    Where nothing is found it is 0. What the models have missed does not count.
    """
    scores = [score for region in found.regions for score in region.scores.values()]
    scores += [one.score for one in found.values.values()]
    return fmean(scores) if scores else 0.0


def found_items(found: Found, target: Target) -> Items:
    """What was found as the items of a result, each with its score."""
    scored = [item for region in found.regions for item in scored_items(region, target)]
    given = document_items({name: one.value for name, one in found.values.items()}, target.config)
    scored += [with_score(item, found.values[item["from_name"]].score) for item in given]
    return [*scored, *as_items((), found.relations, target.config)]


def scored_items(region: Region, target: Target) -> Iterator[dict[str, Any]]:
    """A region and its values as items with their scores."""
    for item in region_items(region.span, target.config):
        yield with_score(item, region.scores[item["from_name"]])


def with_score(item: dict[str, Any], score: float) -> dict[str, Any]:
    """An item with how sure its model is."""
    return {**item, "score": round(score, DIGITS)}


def model_version(models: Sequence[Path]) -> str:
    """The models by name and hash, the same for the same files: ``goldspan:attribution@1a2b3c4d+ner@5e6f7a8b``."""
    return MODEL + "+".join(sorted(f"{read_about(path).name}@{model_hash(path)}" for path in models))


def model_hash(folder: Path) -> str:
    """A short hash of a saved model: of its ``goldspan.json``, which has the hashes of its other files."""
    return sha256((folder / ABOUT).read_bytes())[:8]
