"""The shapes of `reader`, narrowed to a labeling config: a name or label that the config has is one string for all.

Decoding then makes no new string for each item, which is a quarter of its time, and refuses what the config does not
have: such tasks are decoded once more in the wider shapes.
"""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import Struct

from goldspan.export.reader import Entry, Item, TaskAnnotation, Value
from goldspan.labeling import Kind, LabelingConfig

__all__ = ["entry_type"]

KINDS = ("labels", "choices", "textarea", "number", "rating", "taxonomy", "datetime", "pairwise", "relation")
ORIGINS = ("manual", "prediction", "prediction-changed")
DIRECTIONS = ("left", "right", "bi")


def entry_type(config: LabelingConfig) -> type[Entry]:
    """`Entry` with items that have no other names and labels than a config."""
    layers, attributes = config.layers.values(), config.attributes.values()
    labels = None if any(one.is_open for one in layers) else {label for one in layers for label in one.labels}
    choosing = [one for one in attributes if one.tag == "Choices"]
    choices = None if any(not one.values for one in choosing) else {each for one in choosing for each in one.values}
    choice = str | list[str] if any(one.kind is Kind.PATHS for one in choosing) else one_of(choices)
    value = narrowed(Value, labels=list[one_of(labels)] | None, choices=list[choice] | None)  # type: ignore[misc,valid-type]
    item = narrowed(
        Item,
        type=one_of(KINDS),
        from_name=one_of([*config.layers, *config.attributes]) | None,
        to_name=one_of({config.text_name, *config.others}) | None,
        value=value | None,
        direction=one_of(DIRECTIONS) | None,
        labels=list[one_of(config.relations)] | None,  # type: ignore[misc]
        origin=one_of(ORIGINS) | None,
    )
    result = list[item] | None  # type: ignore[valid-type]
    annotation = narrowed(TaskAnnotation, result=result)
    annotations = list[annotation] | None  # type: ignore[valid-type]
    entry: type[Entry] = narrowed(Entry, annotations=annotations, completions=annotations, result=result)
    return entry


def one_of(names: Iterable[str] | None) -> Any:
    """The type of a string that is one of some; of any string where none are known."""
    known = tuple(sorted(names or ()))
    return Literal[known] if known else str


def narrowed(kind: type[Struct], **types: Any) -> Any:
    """A struct like another, but for the types of some fields."""
    fields = msgspec.structs.fields(kind)
    return msgspec.defstruct(
        kind.__name__,
        [
            (one.name, types.get(one.name, one.type))
            if one.required
            else (one.name, types.get(one.name, one.type), one.default)
            for one in fields
        ],
        rename={one.name: one.encode_name for one in fields},
        gc=False,
        kw_only=True,
    )
