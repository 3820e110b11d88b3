"""What was found against what is there -> scores. Needs the extra ``train``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nervaluate.entities import EvaluationResult
from nervaluate.evaluator import Evaluator
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from goldspan.scores import ALL
from goldspan.train.examples import Item, Labels, Layers, Passage
from goldspan.train.models import Choice, Scored

__all__ = ["Figures", "class_scores", "span_scores"]

Figures = dict[str, Any]  # the fields of a Score from ``of`` on
STRATEGIES = {"exact": "exact", "partial": "partial", "type": "ent_type"}
Strategies = Mapping[str, EvaluationResult]


def span_scores(passages: Sequence[Passage], found: Sequence[Sequence[Scored]], layers: Layers) -> Iterator[Figures]:
    """The scores of all spans, then of each label; a span is only held against those of its layer."""
    known = {label: layer for layer, labels in layers.items() for label in labels}
    true, said = [], []
    for passage, spans in zip(passages, found, strict=True):
        for layer in layers:
            true.append([entity(span.start, span.end, span.label) for span in passage.spans if span.layer == layer])
            said.append([entity(one.start, one.end, one.label) for one in spans if known[one.label] == layer])
    results = (
        Evaluator(true, said, tags=list(known), loader="dict").evaluate() if true else {"overall": {}, "entities": {}}
    )
    yield of_spans(ALL, results["overall"])
    for label in known:
        yield of_spans(label, results["entities"].get(label, {}))


def entity(start: int, end: int, label: str) -> dict[str, str | int]:
    """A span as nervaluate has it, whose ends are inclusive."""
    return {"start": start, "end": end - 1, "label": label}


def of_spans(of: str, results: Strategies) -> Figures:
    """Figures from the results of each strategy."""
    strict = results.get("strict") or EvaluationResult()
    if not strict.possible + strict.actual:
        return {"of": of, "items": 0}
    return {
        "of": of,
        "items": strict.possible,
        "precision": strict.precision,
        "recall": strict.recall,
        "f1": strict.f1,
        **{name: results[strategy].f1 for name, strategy in STRATEGIES.items()},
    }


def class_scores(items: Sequence[Item], found: Sequence[Mapping[str, Choice]], labels: Labels) -> Iterator[Figures]:
    """The scores of each attribute, over the items that have a value for it; what got no label was not found."""
    for name in labels:
        pairs = [
            (item.labels[name], one.get(name)) for item, one in zip(items, found, strict=True) if name in item.labels
        ]
        true, said = [label for label, _ in pairs], [choice.label if choice else "" for _, choice in pairs]
        yield of_classes(name, true, said)


def of_classes(of: str, true: Sequence[str], said: Sequence[str]) -> Figures:
    """Figures of an attribute."""
    if not true:
        return {"of": of, "items": 0}
    there = sorted({*true, *said} - {""})
    precision, recall, f1, _ = precision_recall_fscore_support(
        true, said, labels=there, average="macro", zero_division=0
    )
    figures = {"precision": float(precision), "recall": float(recall), "f1": float(f1)}
    return {"of": of, "items": len(true), **figures, "accuracy": float(accuracy_score(true, said))}
