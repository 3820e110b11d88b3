"""What the page shows, in plain structs that become JSON. Offsets are code points into a document's text, half-open."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from goldspan.records import Measured, forward
from goldspan.settings import Settings

__all__ = [
    "Contents",
    "Document",
    "Link",
    "Row",
    "Shown",
    "Version",
    "as_json",
    "grouped",
    "link_of",
    "present",
    "shown",
]

Row = dict[str, Any]
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


class Shown(Struct, frozen=True, omit_defaults=True):
    """A span as shown. Spans of one ``group`` are the parts of one thing, such as the fragments of a claim."""

    id: str
    layer: str
    labels: list[str]
    start: int
    end: int
    attributes: Row = {}
    group: str = ""


class Link(Struct, frozen=True, rename={"from_id": "from", "to_id": "to"}):
    """A relation between two spans as shown; ``direction`` is right (from -> to), bi, or another word for none."""

    from_id: str
    to_id: str
    labels: list[str]
    direction: str = "right"


class Version(Struct, frozen=True):
    """One annotation of a document: its spans, links between them, and what it says of the document as a whole."""

    name: str
    spans: list[Shown]
    links: list[Link] = []
    released: bool = False
    values: Row = {}


class Document(Struct, frozen=True):
    """A document with all that is marked in it; ``zones`` are [start, end, zone], ``sentences`` [start, end]."""

    id: str
    text: str | None
    title: str
    metadata: Row
    zones: list[list[Any]] = []
    sentences: list[list[int]] = []
    versions: list[Version] = []


class Contents(Struct, frozen=True):
    """A release or a converted folder, ready to be shown: claims and relations are rows of their tables."""

    name: str
    version: str
    documents: list[Document]
    claims: list[Row] = []
    relations: list[Row] = []
    settings: Settings = Settings()
    agreement: list[Measured] = []
    inventories: dict[str, list[str]] = {}


def link_of(from_id: str, to_id: str, labels: Iterable[str], direction: str | None) -> Link:
    """A relation as it is shown: one to the left leads from its second end to its first."""
    one, other, way = forward(from_id, to_id, direction)
    return Link(one, other, list(labels), way)


def grouped(rows: Iterable[Row], key: str = "doc_id") -> dict[str, list[Row]]:
    """Rows by the value of a column."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def shown(row: Mapping[str, Any], leave_out: Iterable[str]) -> Row:
    """The values of a row that say something, without some columns."""
    hidden = set(leave_out)
    return {name: present(value) for name, value in row.items() if name not in hidden and value not in (None, [], "")}


def present(value: Any) -> Any:
    """A value that JSON can hold: a number that is none, or anything else, as its words."""
    if isinstance(value, dict):
        return {str(name): present(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [present(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def as_json(contents: Any) -> str:
    """JSON that can stand in a script element: nothing in it begins a tag, an entity or a line of JavaScript."""
    return json.dumps(contents, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
