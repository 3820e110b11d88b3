"""Where the text of a task comes from: what the ``value`` of a Text tag names in the task's data.

Label Studio replaces every ``$name`` in it, where a name may be a path such as ``a.b`` or ``a[0].b``.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from msgspec import Struct

__all__ = ["LACKING", "REFERENCE", "Encoding", "TextFolder", "TextSource", "value_at"]

REFERENCE = re.compile(r"\$([\w\[\]{}]+(?:\.[\w\[\]{}]+)*)", re.ASCII)
STEP = re.compile(r"[^.\[\]]+")
LACKING: Any = object()  # what a path that leads nowhere gives


class Encoding(Enum):
    """How the text of a task's data is encoded: not at all, or in base64, of bytes or of UTF-8."""

    none = "none"
    base64 = "base64"
    base64unicode = "base64unicode"


class TextFolder(Struct, frozen=True):
    """A folder with the texts whose addresses begin with a prefix: below it their paths are what follows.

    Without a prefix the texts of all addresses, by the names of their files.
    """

    prefix: str
    folder: str


class TextSource(Struct, frozen=True):
    """How a Text tag comes by what it shows: its template, how that is encoded, and whether it gives an address.

    ``folders`` have the texts of the addresses, if they are at hand.
    """

    template: str
    encoding: Encoding = Encoding.none
    is_address: bool = False
    folders: tuple[TextFolder, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names or paths that it has in the task's data, in the order in which they are shown."""
        return tuple(dict.fromkeys(REFERENCE.findall(self.template)))

    @property
    def field(self) -> str:
        """The one name or path that it consists of; empty if there is more in it, or none."""
        return self.template[1:] if REFERENCE.fullmatch(self.template) else ""

    @property
    def is_plain(self) -> bool:
        """True if it shows one value of the task's data as it is."""
        return bool(self.field) and self.encoding is Encoding.none and not self.is_address


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """What a task's data hold at a path: under the whole of it as a name, else step by step; else ``LACKING``."""
    if path in data:
        return data[path]
    found: Any = data
    for step in STEP.findall(path):
        if isinstance(found, Mapping) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return LACKING
    return found
