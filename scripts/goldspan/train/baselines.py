"""What a model must beat: the commonest label, and what can be said by heart. Both learn from training folds alone."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import regex

from goldspan.train.examples import Item, Labels, Layers, Passage
from goldspan.train.gazetteer import memorise
from goldspan.train.models import Choice, Scored

__all__ = ["BASELINES", "ByHeart", "Majority", "Names", "Nothing"]

WORD = regex.compile(r"[\w\p{M}]+")


class Nothing:
    """Finds no span: the commonest tag of a token is O."""

    def __init__(self, passages: Sequence[Passage], layers: Layers) -> None:
        """There is nothing to learn."""

    def predict(self, passages: Sequence[Passage]) -> list[list[Scored]]:
        """No span in any passage."""
        return [[] for _ in passages]


class Names:
    """Finds the names that it has memorised, the longest first, and calls them what they were called most often."""

    def __init__(self, passages: Sequence[Passage], layers: Layers) -> None:
        """Memorise the names."""
        self.layers = layers
        self.gazetteer = memorise(passages)

    def predict(self, passages: Sequence[Passage]) -> list[list[Scored]]:
        """The names in each passage."""
        return [
            [
                Scored(passage.tokens[first][0], passage.tokens[end - 1][1], label, 1.0)
                for layer in self.layers
                for first, end, label in self.gazetteer.find(passage.words(), layer)
            ]
            for passage in passages
        ]


class Majority:
    """Gives each attribute the label that it has most often."""

    def __init__(self, items: Sequence[Item], labels: Labels) -> None:
        """Count the labels; of two as common the first in the order of the labeling config."""
        self.choices: dict[str, Choice] = {}
        for name, known in labels.items():
            counts = Counter(item.labels[name] for item in items if name in item.labels)
            if counts:
                best = max(known, key=lambda label: counts[label])
                self.choices[name] = Choice(best, counts[best] / counts.total())

    def predict(self, items: Sequence[Item]) -> list[dict[str, Choice]]:
        """The same for every item."""
        return [dict(self.choices) for _ in items]


class ByHeart:
    """Gives an item the labels of what it has in memory that shares most words with it."""

    def __init__(self, items: Sequence[Item], labels: Labels) -> None:
        """Memorise the items."""
        self.majority = Majority(items, labels)
        self.memory = [(words_of(item), item.labels) for item in items]

    def predict(self, items: Sequence[Item]) -> list[dict[str, Choice]]:
        """What the nearest item has, and the commonest label where it has none."""
        common = self.majority.predict(items)
        return [{**each, **self.nearest(item)} for item, each in zip(items, common, strict=True)]

    def nearest(self, item: Item) -> Mapping[str, Choice]:
        """The labels of the nearest item, the first of several; the score is the part of words that both have."""
        words = words_of(item)
        if not self.memory:
            return {}
        known, labels = max(self.memory, key=lambda one: jaccard(words, one[0]))
        return {name: Choice(label, jaccard(words, known)) for name, label in labels.items()}


def words_of(item: Item) -> frozenset[str]:
    """The words of a document, of a claim's content or a span, or of two claims."""
    texts = item.texts if len(item.doc_ids) > 1 else item.texts[:1]
    return frozenset(word.lower() for text in texts for word in WORD.findall(text))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of all words that both have (Jaccard 1901)."""
    return len(one & other) / max(len(one | other), 1)


Baseline = Callable[[Sequence[Any], Mapping[str, Sequence[str]]], Any]
BASELINES: dict[str, dict[str, Baseline]] = {
    "spans": {"majority": Nothing, "gazetteer": Names},
    "classes": {"majority": Majority, "by heart": ByHeart},
}
