"""The labeling configs of several projects -> one that has the controls of all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from goldspan.faults import fault, stop_on_errors
from goldspan.labeling.model import Attribute, LabelingConfig, Layer

__all__ = ["joined_config"]

UNLIKE = fault(
    "E025",
    "Two labeling configs have a control of the same name that is not the same control",
    "Convert these exports apart, or give the control another name in one of the projects.",
)

SAME = {"layers": ("tag", "multiple"), "attributes": ("tag", "kind", "per_region", "layer")}


def joined_config(configs: Sequence[LabelingConfig], files: Sequence[str]) -> LabelingConfig:
    """One config with the controls, labels, choices and relations of several, the first config's first.

    The text, and what else is shown, are those of the first. Errors name the configs by their ``files``.

    Raises:
        DataError: a control of one name is of another kind in another config, or shown for another layer (E025).
    """
    whole = configs[0]
    for config, file in zip(configs[1:], files[1:], strict=True):
        stop_on_errors(UNLIKE.finding(f"{said}, unlike in {files[0]}", file=file) for said in unlike(whole, config))
        whole = msgspec.structs.replace(
            whole,
            layers=joined(whole.layers, config.layers, joined_layer),
            attributes=joined(whole.attributes, config.attributes, joined_attribute),
            relations=joined_names(whole.relations, config.relations),
        )
    return whole


def unlike(one: LabelingConfig, other: LabelingConfig) -> Iterator[str]:
    """What differs in the controls that two configs have under the same name."""
    for kind, fields in SAME.items():
        controls, others = getattr(one, kind), getattr(other, kind)
        for name in [name for name in controls if name in others]:
            for field in fields:
                now, before = (shown(getattr(each[name], field)) for each in (others, controls))
                if now != before:
                    yield f"{field} of {name!r} is {now}, not {before}"
    for name in sorted((set(one.layers) ^ set(other.layers)) & (set(one.attributes) ^ set(other.attributes))):
        yield f"{name!r} draws regions in one and has values in the other"


def shown(value: Any) -> str:
    """A setting of a control as an error names it."""
    return repr(getattr(value, "value", value))


def joined(one: Mapping[str, Any], other: Mapping[str, Any], join: Any) -> dict[str, Any]:
    """The controls of two configs by name."""
    both = {name: join(one[name], control) if name in one else control for name, control in other.items()}
    return {**one, **both}


def joined_layer(one: Layer, other: Layer) -> Layer:
    """A layer with the labels of both."""
    labels = tuple(dict.fromkeys((*one.labels, *other.labels)))
    return msgspec.structs.replace(one, labels=labels, is_open=one.is_open or other.is_open)


def joined_attribute(one: Attribute, other: Attribute) -> Attribute:
    """An attribute with the values of both, asked for on the labels of both."""
    return msgspec.structs.replace(
        one, values=joined_names(one.values, other.values), labels=joined_names(one.labels, other.labels)
    )


def joined_names(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """The names of both; none, which is any, where one of them has none."""
    first, second = tuple(one), tuple(other)
    return tuple(dict.fromkeys((*first, *second))) if first and second else ()
