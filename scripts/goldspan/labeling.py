"""A Label Studio labeling config -> its layers, labels, relations and typed attributes."""

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import Struct

from goldspan.faults import fault

__all__ = [
    "LARGEST",
    "Attribute",
    "Kind",
    "LabelingConfig",
    "Layer",
    "as_stored",
    "load_labeling_config",
    "parse_labeling_config",
    "parse_value",
    "typed_texts",
]

NOT_A_CONFIG = fault(
    "E003", "The labeling config cannot be used", "Save the labeling config of the Label Studio project as XML."
)
UNSUPPORTED = fault(
    "E011",
    "The labeling config has a control of a kind that is not supported",
    "Labels, Choices, TextArea, Number, Rating, Taxonomy and DateTime on a Text tag are supported; take others out.",
)


class Kind(Enum):
    """The type of an attribute's values, as its control allows them."""

    STRING = "string"
    STRINGS = "list of strings"
    PATHS = "list of paths"
    NUMBER = "number"
    BOOLEAN = "boolean"


class Layer(Struct, frozen=True):
    """A ``Labels`` control; ``is_open`` if its labels come from the tasks and the config does not know them all.

    ``multiple`` if a region may have several of them.
    """

    name: str
    to_name: str
    labels: tuple[str, ...]
    is_open: bool = False
    multiple: bool = False

    def strange(self, labels: Iterable[str]) -> list[str]:
        """Those of some labels that the control does not have."""
        return [] if self.is_open else [label for label in labels if label not in self.labels]


class Attribute(Struct, frozen=True):
    """A control whose value belongs to a region (``per_region``) or to the whole task.

    ``layer`` and ``labels`` say on which regions it is asked for; None and () mean on all. ``values`` is its
    inventory, if it has one.
    """

    name: str
    tag: str
    kind: Kind
    per_region: bool
    layer: str | None
    labels: tuple[str, ...]
    values: tuple[str, ...]

    def applies_to(self, layer: str, label: str) -> bool:
        """True if the control is asked for on regions of this layer and label."""
        return self.layer in (None, layer) and (not self.labels or label in self.labels)


class LabelingConfig(Struct, frozen=True):
    """What a labeling config declares.

    ``text_name`` and ``text_field`` are of the ``Text`` tag that is annotated: name and task field.
    ``shown_fields`` are the task fields of all ``Text`` tags.
    """

    text_name: str
    text_field: str
    shown_fields: tuple[str, ...]
    layers: dict[str, Layer]
    attributes: dict[str, Attribute]
    relations: tuple[str, ...]

    @property
    def task_attributes(self) -> list[Attribute]:
        """The attributes of whole tasks, in the config's order."""
        return [attribute for attribute in self.attributes.values() if not attribute.per_region]

    def attributes_of(self, layer: str, *labels: str) -> list[Attribute]:
        """The per-region attributes that regions of a layer can have, in the config's order.

        Only of these labels, if given.
        """
        return [
            attribute
            for attribute in self.attributes.values()
            if attribute.per_region
            and attribute.layer in (None, layer)
            and (not labels or any(attribute.applies_to(layer, label) for label in labels))
        ]


LARGEST = 2**53  # beyond it a number is not stored exactly
VALUE_TAGS = ("Choices", "TextArea", "Number", "Rating", "Taxonomy", "DateTime")


def load_labeling_config(path: Path) -> LabelingConfig:
    """Read a labeling config from a file.

    Raises:
        DataError: it is missing, or not a usable labeling config (E003).
    """
    try:
        return parse_labeling_config(path.read_bytes(), str(path))
    except OSError as error:
        raise NOT_A_CONFIG.error(error.strerror or "", file=str(path)) from error


def parse_labeling_config(xml: bytes, file: str = "") -> LabelingConfig:
    """Parse a labeling config. Entities, DTDs and external references are refused.

    Raises:
        DataError: not well-formed, no ``Text`` tag, a control without a name or with another's (E003).
    """
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NOT_A_CONFIG.error(f"not safe, well-formed XML ({error})", file=file) from error
    texts = {
        tag.get("name", ""): tag.get("value", "") for tag in root.iter("Text") if tag.get("value", "").startswith("$")
    }
    if not texts or "" in texts:
        raise NOT_A_CONFIG.error('it needs a Text tag with a name and value="$…"', file=file)
    unsupported = sorted(
        {tag.tag for tag in root.iter() if tag.get("toName") and tag.tag not in ("Labels", *VALUE_TAGS)}
    )
    if unsupported:
        raise UNSUPPORTED.error(", ".join(unsupported), file=file)
    layers: dict[str, Layer] = {}
    attributes: dict[str, Attribute] = {}
    try:
        found = list(controls(root, {}))
    except RecursionError as error:
        raise NOT_A_CONFIG.error("it is nested too deep", file=file) from error
    for element, condition in found:
        name = element.get("name", "")
        if not name or name in layers or name in attributes:
            raise NOT_A_CONFIG.error(f"a {element.tag} tag has no name of its own ({name!r})", file=file)
        if element.tag == "Labels":
            is_open = element.get("value", "").startswith("$")
            multiple = element.get("choice") == "multiple"
            layers[name] = Layer(name, element.get("toName", ""), inventory(element, "Label"), is_open, multiple)
        else:
            attributes[name] = attribute(name, element, condition)
    check_names(found, texts, layers, file)
    relations = tuple(relation.get("value", "") for relation in root.iter("Relation"))
    text = next((layer.to_name for layer in layers.values() if layer.to_name in texts), next(iter(texts)))
    fields = tuple(value[1:] for value in texts.values())
    return LabelingConfig(text, texts[text][1:], fields, layers, attributes, relations)


def check_names(
    found: list[tuple[Element, dict[str, str]]], texts: dict[str, str], layers: dict[str, Layer], file: str
) -> None:
    """Hold what controls name against what there is.

    Raises:
        DataError: a control is not for a Text tag, or is shown for a layer or label that does not exist (E003).
    """
    for element, condition in found:
        name = element.get("name")
        if element.get("toName") not in texts:
            raise NOT_A_CONFIG.error(f"{name!r} is for {element.get('toName')!r}, which is no Text tag", file=file)
        layer = condition.get("whenTagName")
        if layer is not None and layer not in layers:
            raise NOT_A_CONFIG.error(f"{name!r} is shown for {layer!r}, which is no Labels control", file=file)
        known = {label for one in layers.values() if layer in (None, one.name) for label in one.labels}
        unknown = sorted({label for label in condition.get("whenLabelValue", "").split(",") if label} - known)
        if unknown:
            raise NOT_A_CONFIG.error(f"{name!r} is shown for labels that do not exist: {', '.join(unknown)}", file=file)


def controls(element: Element, condition: dict[str, str]) -> Iterator[tuple[Element, dict[str, str]]]:
    """Every control below an element, with the settings of the nearest tag that says on which regions it is shown."""
    if element.get("visibleWhen") == "region-selected":
        condition = element.attrib
    if element.tag == "Labels" or element.tag in VALUE_TAGS:
        yield element, condition
    for child in element:
        yield from controls(child, condition)


def attribute(name: str, element: Element, condition: dict[str, str]) -> Attribute:
    """A value control as an attribute."""
    is_open = element.tag == "Taxonomy" or element.get("value", "").startswith("$")
    values = () if is_open else inventory(element, "Choice")
    return Attribute(
        name=name,
        tag=element.tag,
        kind=kind_of(element, values),
        per_region=element.get("perRegion", "false").lower() == "true",
        layer=condition.get("whenTagName"),
        labels=tuple(filter(None, condition.get("whenLabelValue", "").split(","))),
        values=values,
    )


def inventory(element: Element, tag: str) -> tuple[str, ...]:
    """The values that a control stores: a choice's alias where it has one."""
    return tuple(child.get("alias") or child.get("value") or "" for child in element.iter(tag))


def kind_of(element: Element, values: tuple[str, ...]) -> Kind:
    """The type of a control's values. A single choice between true and false is a boolean."""
    if element.tag in ("Number", "Rating"):
        return Kind.NUMBER
    if element.tag in ("Taxonomy", "DateTime"):
        return Kind.PATHS if element.tag == "Taxonomy" else Kind.STRING
    if element.tag == "TextArea":
        return Kind.STRING if element.get("maxSubmissions") == "1" else Kind.STRINGS
    if element.get("choice", "single") == "multiple":
        return Kind.STRINGS
    return Kind.BOOLEAN if set(values) == {"true", "false"} else Kind.STRING


def as_stored(config: LabelingConfig) -> LabelingConfig:
    """The config with its attributes typed as Label Studio stores them: a choice is text, a text area a list."""
    plain = {Kind.BOOLEAN: Kind.STRING}
    kinds = {one.name: Kind.STRINGS if one.tag == "TextArea" else one.kind for one in config.attributes.values()}
    attributes = {
        name: msgspec.structs.replace(one, kind=plain.get(kinds[name], kinds[name]))
        for name, one in config.attributes.items()
    }
    return msgspec.structs.replace(config, attributes=attributes)


def parse_value(attribute: Attribute, text: str) -> Any:
    """A value of an attribute as a person writes it (a list parted by bars, a path by slashes).

    None where the control does not allow it.
    """
    if attribute.kind is Kind.NUMBER:
        try:
            number = float(text)
        except ValueError:
            return None
        return number if abs(number) <= LARGEST else None
    if attribute.kind is Kind.PATHS:
        return [path.split("/") for path in text.split("|")] if text else None
    return typed_texts(attribute, text.split("|") if attribute.kind is Kind.STRINGS else [text])


def typed_texts(attribute: Attribute, texts: Iterable[str]) -> Any:
    """The texts or choices of a control in the type of its attribute.

    None where there is none, or it does not allow them.
    """
    kept = [text for text in texts if text.strip()]
    if not kept or (attribute.values and not set(kept) <= set(attribute.values)):
        return None
    if attribute.kind is Kind.STRINGS:
        return kept
    if len(kept) > 1:
        return None
    return kept[0] == "true" if attribute.kind is Kind.BOOLEAN else kept[0]
