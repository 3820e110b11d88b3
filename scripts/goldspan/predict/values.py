"""The labels that a model gives attributes -> the values of controls, each with a score."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any

from msgspec import Struct

from goldspan.labeling import Attribute, Kind, parse_value
from goldspan.train.choices import decisions
from goldspan.train.examples import Labels
from goldspan.train.models import Choice

__all__ = ["Value", "misfits", "values"]


class Value(Struct, frozen=True):
    """The value of a control, typed, and how sure a model is of it, from 0 to 1."""

    value: Any
    score: float


def labels_of(attribute: Attribute) -> Labels:
    """The labels that a model may give for a control."""
    return decisions(attribute.name, attribute.values, multiple=attribute.kind is Kind.STRINGS)


def misfits(labels: Labels, attributes: Iterable[Attribute]) -> list[str]:
    """The attributes of a model, with their labels, for which no control has a place."""
    known = {name: {*allowed} for one in attributes if one.values for name, allowed in labels_of(one).items()}
    return [f"{name}: {', '.join(given)}" for name, given in labels.items() if not {*given} <= known.get(name, set())]


def values(said: Mapping[str, Choice], attributes: Iterable[Attribute]) -> dict[str, Value]:
    """The values of controls by what a model says, in the order of the labeling config.

    Of a multiple choice those values that are true; where none is, it has no value. Its score is the mean of what the
    model says of each value.
    """
    found = {}
    for one in attributes:
        given = {name: said[name] for name in labels_of(one) if name in said}
        value = several(one, given) if one.kind is Kind.STRINGS else single(one, given)
        if value is not None:
            found[one.name] = Value(value, fmean(choice.score for choice in given.values()))
    return found


def several(attribute: Attribute, given: Mapping[str, Choice]) -> list[str] | None:
    """The values of a multiple choice; None where there is none."""
    yes = {name for name, choice in given.items() if choice.label == "true"}
    return [value for name, value in zip(labels_of(attribute), attribute.values, strict=True) if name in yes] or None


def single(attribute: Attribute, given: Mapping[str, Choice]) -> Any:
    """The value of a single choice; None where there is none."""
    return parse_value(attribute, given[attribute.name].label) if given else None
