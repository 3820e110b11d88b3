"""What a labeling config declares: layers of spans, attributes with their types, and relations."""

from collections.abc import Iterable
from enum import Enum

import msgspec
from msgspec import Struct

from goldspan.labeling.source import TextSource

__all__ = ["Attribute", "Kind", "LabelingConfig", "Layer", "as_stored"]


class Kind(Enum):
    """The type of an attribute's values, as its control allows them."""

    STRING = "string"
    STRINGS = "list of strings"
    PATHS = "list of paths"
    NUMBER = "number"
    BOOLEAN = "boolean"


class Layer(Struct, frozen=True):
    """A control that draws regions: ``Labels``, or a ``Taxonomy`` whose paths are the labels.

    ``is_open`` if the config does not know all of its labels; those that a task brings stand in its data at ``listed``.
    ``multiple`` if a region may have several of them.
    """

    name: str
    to_name: str
    labels: tuple[str, ...]
    is_open: bool = False
    multiple: bool = False
    tag: str = "Labels"
    listed: str = ""

    @property
    def has_paths(self) -> bool:
        """True if its labels are paths of a taxonomy, joined by slashes."""
        return self.tag == "Taxonomy"

    def strange(self, labels: Iterable[str]) -> list[str]:
        """Those of some labels that the control does not have."""
        return [] if self.is_open else [label for label in labels if label not in self.labels]


class Attribute(Struct, frozen=True):
    """A control whose value belongs to a region (``per_region``) or to the whole task.

    ``layer`` and ``labels`` say on which regions it is asked for; None and () mean on all. ``values`` is its
    inventory, if it has one, and ``to_name`` what it is for, if that is not the text.
    """

    name: str
    tag: str
    kind: Kind
    per_region: bool
    layer: str | None
    labels: tuple[str, ...]
    values: tuple[str, ...]
    to_name: str = ""

    def applies_to(self, layer: str, label: str) -> bool:
        """True if the control is asked for on regions of this layer and label."""
        return self.layer in (None, layer) and (not self.labels or label in self.labels)


class LabelingConfig(Struct, frozen=True):
    """What a labeling config declares.

    ``text_name`` and ``source`` are of the ``Text`` tag that is annotated: its name, and where its text comes from;
    empty and None where no text is. ``shown_fields`` are the task fields of all ``Text`` tags. ``others`` are the names
    of what else is shown, and ``elsewhere`` the controls of regions there: these regions lie in no document's text.
    """

    text_name: str
    source: TextSource | None
    shown_fields: tuple[str, ...]
    layers: dict[str, Layer]
    attributes: dict[str, Attribute]
    relations: tuple[str, ...]
    others: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def text_field(self) -> str:
        """The field of a task that the text is, as it stands there; empty if the text is made otherwise."""
        return self.source.field if self.source and self.source.is_plain else ""

    @property
    def has_paths(self) -> bool:
        """True if there is a taxonomy that draws regions."""
        return any(layer.has_paths for layer in self.layers.values())

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


def as_stored(config: LabelingConfig) -> LabelingConfig:
    """The config with its attributes typed as Label Studio stores them: a choice is text, a text area a list."""
    plain = {Kind.BOOLEAN: Kind.STRING}
    kinds = {one.name: Kind.STRINGS if one.tag == "TextArea" else one.kind for one in config.attributes.values()}
    attributes = {
        name: msgspec.structs.replace(one, kind=plain.get(kinds[name], kinds[name]))
        for name, one in config.attributes.items()
    }
    return msgspec.structs.replace(config, attributes=attributes)
