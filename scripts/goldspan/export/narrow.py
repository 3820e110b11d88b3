"""The shapes of `reader`, narrowed to what Label Studio writes today, and to a labeling config.

A field that is not known is refused, so that what has one is read once more by `mended`. A name or label that the
config has is one string for all: decoding then makes no new string for each item, which is a quarter of its time, and
refuses what the config does not have, which is decoded once more in the wider shapes.
"""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import Struct

from goldspan.export.fields import LEFT_OUT
from goldspan.export.reader import Apart, Entry, Identified, Item, TaskAnnotation, Value
from goldspan.labeling import Kind, LabelingConfig

__all__ = ["any_entry_type", "entry_type"]

KINDS = ("labels", "choices", "textarea", "number", "rating", "taxonomy", "datetime", "pairwise", "relation")
ORIGINS = ("manual", "prediction", "prediction-changed")
DIRECTIONS = ("left", "right", "bi")
Passed = int | float | str | bool | list[Any] | Apart | None


def entry_type(config: LabelingConfig) -> type[Entry]:
    """`Entry` with items that have no other fields, names and labels than a config."""
    layers, attributes = config.layers.values(), config.attributes.values()
    labels = None if any(one.is_open for one in layers) else {label for one in layers for label in one.labels}
    choosing = [one for one in attributes if one.tag == "Choices"]
    choices = None if any(not one.values for one in choosing) else {each for one in choosing for each in one.values}
    choice = str | list[str] if any(one.kind is Kind.PATHS for one in choosing) else one_of(choices)
    value = narrowed(Value, labels=list[one_of(labels)] | None, choices=list[choice] | None)  # type: ignore[misc,valid-type]
    return entry_of(
        narrowed(
            Item,
            type=one_of(KINDS),
            from_name=one_of([*config.layers, *config.attributes]) | None,
            to_name=one_of({config.text_name, *config.others}) | None,
            value=value | None,
            direction=one_of(DIRECTIONS) | None,
            labels=list[one_of(config.relations)] | None,  # type: ignore[misc]
            origin=one_of(ORIGINS) | None,
        )
    )


def any_entry_type() -> type[Entry]:
    """`Entry` with items that have no other fields than Label Studio writes, for any labeling config."""
    return entry_of(narrowed(Item, value=narrowed(Value) | None))


def entry_of(item: Any) -> type[Entry]:
    """`Entry` with such items, and no other fields than Label Studio writes."""
    result = list[item] | None
    task = narrowed(Identified, LEFT_OUT["task"])
    annotation = narrowed(TaskAnnotation, LEFT_OUT["annotation"], result=result)
    annotations = list[annotation] | None  # type: ignore[valid-type]
    passed = dict.fromkeys(name for names in LEFT_OUT.values() for name in names if name != "task")
    entry: type[Entry] = narrowed(
        Entry, passed, annotations=annotations, completions=annotations, result=result, task=task | int | None
    )
    return entry


def one_of(names: Iterable[str] | None) -> Any:
    """The type of a string that is one of some; of any string where none are known."""
    known = tuple(sorted(names or ()))
    return Literal[known] if known else str


def narrowed(kind: type[Struct], passed: Iterable[str] = (), **types: Any) -> Any:
    """A struct like another, but for the types of some fields; it knows no others but some that are passed over."""
    fields = msgspec.structs.fields(kind)
    return msgspec.defstruct(
        kind.__name__,
        [
            (one.name, types.get(one.name, one.type))
            if one.required
            else (one.name, types.get(one.name, one.type), one.default)
            for one in fields
        ]
        + [(name, Passed, None) for name in passed if name not in kind.__struct_fields__],
        rename={one.name: one.encode_name for one in fields},
        forbid_unknown_fields=True,
        gc=False,
        kw_only=True,
    )
