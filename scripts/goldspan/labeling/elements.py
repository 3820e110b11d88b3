"""The XML of a labeling config -> its tags, named in small letters: Label Studio compares names without case."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import Struct

from goldspan.faults import fault

__all__ = ["NOT_A_CONFIG", "Tag", "read_tags"]

NOT_A_CONFIG = fault(
    "E003",
    "The labeling config cannot be read",
    "Give it as XML, as it stands in the project's settings in Label Studio, under Labeling Interface, Code.",
)


class Tag(Struct, frozen=True):
    """A tag: its ``kind`` and the names of its settings in small letters, and the tags in it.

    ``called`` is its kind as the config writes it. ``condition`` are the settings of the nearest tag, itself included,
    that says on which regions it is shown.
    """

    kind: str
    called: str
    settings: dict[str, str]
    children: tuple["Tag", ...]
    condition: dict[str, str]

    @property
    def name(self) -> str:
        """Its name; empty if it has none."""
        return self.settings.get("name", "")

    @property
    def value(self) -> str:
        """Its value; empty if it has none."""
        return self.settings.get("value", "")

    @property
    def targets(self) -> list[str]:
        """The names of the tags that it is for."""
        return [name for name in map(str.strip, self.settings.get("toname", "").split(",")) if name]

    def says(self, setting: str) -> bool:
        """True if a setting is ``true``."""
        return self.settings.get(setting, "").lower() == "true"

    def walk(self) -> Iterator["Tag"]:
        """Itself and every tag in it, at any depth, in the order of the config."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_tags(xml: bytes, file: str = "") -> list[Tag]:
    """Every tag of a labeling config. Entities, DTDs and external references are refused.

    Raises:
        DataError: it is not well-formed, or nested too deep (E003).
    """
    try:
        return list(tag_of(fromstring(xml, forbid_dtd=True), {}).walk())
    except DefusedXmlException as error:
        raise NOT_A_CONFIG.error("it declares a document type or entities, which are not read", file=file) from error
    except (ParseError, ValueError, LookupError) as error:
        raise NOT_A_CONFIG.error(f"it is not well-formed XML ({error})", file=file) from error
    except RecursionError as error:
        raise NOT_A_CONFIG.error("it is nested too deep", file=file) from error


def tag_of(element: Element, condition: dict[str, str]) -> Tag:
    """An element as a tag. Words in it that stand alone are its value, as for Label Studio."""
    settings = {name.lower(): value for name, value in element.attrib.items()}
    words = (element.text or "").strip()
    if words and not len(element):
        settings["value"] = words
    if settings.get("visiblewhen") == "region-selected":
        condition = settings
    children = tuple(tag_of(child, condition) for child in element)
    return Tag(element.tag.lower(), element.tag, settings, children, condition)
