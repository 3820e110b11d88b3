"""Any encoder of transformers: token classification for spans, sequence classification for classes.

Needs the extra ``transformers``. A folder is what ``save_pretrained`` writes, so that ``pipeline`` takes it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from goldspan.train.encoder_chain import Chain, count, softmax
from goldspan.train.encoder_head import IGNORED, Group, Head, label_head, tag_head
from goldspan.train.encoder_training import Encoder, Recipe, begin, fine_tune, load, logits
from goldspan.train.encoder_windows import classes, found, sequences, windows
from goldspan.train.examples import Item, Labels, Layers, Passage
from goldspan.train.models import About, Choice, Scored, Setup

__all__ = ["LIBRARIES", "load_classes", "load_spans", "train_classes", "train_spans"]

LIBRARIES = ("torch", "transformers")
SPANS = Recipe(epochs=15, rate=4e-4, batch=1)
CLASSES = Recipe(epochs=15, rate=1e-4, batch=2, balanced=True)


class SpanEncoder(Encoder):
    """Finds spans. How its tags follow each other is in the configuration of the model."""

    @property
    def chains(self) -> dict[str, Chain]:
        """The tags of each layer as a chain."""
        counts = self.model.config.goldspan_counts
        return {layer: Chain([*group], counts[layer]) for layer, group in self.head.groups.items()}

    def predict(self, passages: Sequence[Passage]) -> list[list[Scored]]:
        """The spans of each passage in text order; the score is the mean of the probabilities of its tags."""
        read = list(windows(self.tokenizer, passages, self.size, overlap=self.size // 2))
        said = logits(self, [{"input_ids": window.ids} for window in read])
        return found(list(zip(read, said, strict=True)), passages, self.head, self.chains)


def train_spans(passages: Sequence[Passage], layers: Layers, setup: Setup) -> SpanEncoder:
    """Learn to find spans: one token classification for all layers."""
    encoder = SpanEncoder(*begin(AutoModelForTokenClassification, tag_head(layers), setup))
    read = list(windows(encoder.tokenizer, passages, encoder.size))
    tagged = [classes(window, passages, encoder.head) for window in read]
    encoder.model.config.goldspan_counts = {
        layer: count(sequences(read, tagged, at), len(group))
        for at, (layer, group) in enumerate(encoder.head.groups.items())
    }
    rows = [{"input_ids": window.ids, "labels": labels} for window, labels in zip(read, tagged, strict=True)]
    fine_tune(encoder, rows, SPANS, setup)
    return encoder


def load_spans(folder: Path, about: About) -> SpanEncoder:
    """A model that finds spans, from its folder.

    Raises:
        AttributeError, KeyError, ValueError: its configuration does not say how tags follow each other.
    """
    encoder = SpanEncoder(*load(AutoModelForTokenClassification, folder), tag_head(about.layers))
    encoder.chains  # noqa: B018 - so that it fails now
    return encoder


class ClassEncoder(Encoder):
    """Chooses labels."""

    def predict(self, items: Sequence[Item]) -> list[dict[str, Choice]]:
        """The likeliest label of each attribute, with its probability, by the mean of what is said of each part."""
        parts = [read_item(item, self) for item in items]
        said = iter(logits(self, [part for each in parts for part in each]))
        means = [np.mean([next(said) for _ in each], axis=0) for each in parts]
        return [{name: choice(each, group) for name, group in self.head.groups.items()} for each in means]


def train_classes(items: Sequence[Item], labels: Labels, setup: Setup) -> ClassEncoder:
    """Learn to choose labels: one sequence classification for all attributes."""
    encoder = ClassEncoder(*begin(AutoModelForSequenceClassification, label_head(labels), setup))
    rows = [{**part, "labels": answers(item, encoder.head)} for item in items for part in read_item(item, encoder)]
    fine_tune(encoder, rows, CLASSES, setup)
    return encoder


def load_classes(folder: Path, about: About) -> ClassEncoder:
    """A model that chooses labels, from its folder."""
    return ClassEncoder(*load(AutoModelForSequenceClassification, folder), label_head(about.labels))


def read_item(item: Item, encoder: Encoder) -> list[dict[str, Any]]:
    """The parts of an item that an encoder reads: of one text all, of two a pair, the longer cut if it is too long."""
    alone = len(item.texts) == 1
    read = encoder.tokenizer(
        *item.texts, truncation=True, max_length=encoder.size, return_overflowing_tokens=alone, verbose=False
    )
    if not alone:
        return [dict(read)]
    names = [name for name in read if name in encoder.tokenizer.model_input_names]
    return [{name: read[name][at] for name in names} for at in range(len(read["input_ids"]))]


def answers(item: Item, head: Head) -> list[int]:
    """The class of an item in each attribute."""
    return [
        [*group].index(item.labels[name]) if name in item.labels else IGNORED for name, group in head.groups.items()
    ]


def choice(said: Any, group: Group) -> Choice:
    """The likeliest label of a group."""
    chances = softmax(said[[*group.values()]])
    best = int(chances.argmax())
    return Choice([*group][best], float(chances[best]))
