"""The head of an encoder: the names of its outputs, and which of them compete with each other."""

from collections.abc import Mapping

from msgspec import Struct

from goldspan.tokens import tag_names
from goldspan.train.examples import Labels, Layers

__all__ = ["IGNORED", "Group", "Head", "label_head", "tag_head"]

IGNORED = -100  # the class of what is not learnt, as PyTorch's cross entropy has it
Group = Mapping[str, int]  # the tags of a layer, or the labels of an attribute, each with the number of its output


class Head(Struct, frozen=True):
    """The names of all outputs, and a group for each layer or attribute; of a group one is right.

    A class is a place in its group.
    """

    names: tuple[str, ...]
    groups: Mapping[str, Group]

    def settings(self) -> dict[str, dict[int, str] | dict[str, int]]:
        """What transformers is told of the outputs."""
        return {"id2label": dict(enumerate(self.names)), "label2id": {name: at for at, name in enumerate(self.names)}}


def tag_head(layers: Layers) -> Head:
    """The BIO tags of all layers: each layer has its own B- and I-, and all share one O.

    With one layer that is token classification as usual; with several a token has a tag in each.
    """
    names = tag_names(label for labels in layers.values() for label in labels)
    at = {name: number for number, name in enumerate(names)}
    return Head(tuple(names), {layer: {tag: at[tag] for tag in tag_names(labels)} for layer, labels in layers.items()})


def label_head(labels: Labels) -> Head:
    """The labels of all attributes, as ``attribute=label``; of an only attribute the labels alone."""
    every = [(name, label) for name, known in labels.items() for label in known]
    names = tuple(label if len(labels) == 1 else f"{name}={label}" for name, label in every)
    at = {pair: number for number, pair in enumerate(every)}
    return Head(names, {name: {label: at[name, label] for label in known} for name, known in labels.items()})
