"""A text -> the data of a task of which Label Studio shows it: the inverse of ``texts``."""

import base64
from collections.abc import Mapping
from typing import Any

from goldspan.export.texts import text_of
from goldspan.faults import fault
from goldspan.labeling import TextSource
from goldspan.labeling.source import LACKING, STEP, Encoding, value_at

__all__ = ["data_showing"]

NO_DATA = fault(
    "E906",
    "No task can be made of which the labeling config shows the text of the article",
    'Let its Text tag show one field as it stands, as in value="$text".',
)


def data_showing(text: str, source: TextSource, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a task, changed so that the text is shown of it; other fields stay.

    Raises:
        DataError: nothing can be put in which shows it (E906), as where the task holds an address of the text.
    """
    fields = source.fields
    if len(fields) != 1 or source.is_address:
        shown = "the address of the text" if source.is_address else f"{len(fields)} fields"
        raise NO_DATA.error(f"value={source.template!r} shows {shown}")
    head, _, tail = source.template.partition(f"${fields[0]}")
    held = encoded(text, source.encoding)
    made = put_at(data, fields[0], held[len(head) : len(held) - len(tail)])
    if text_of(made, source) != text:
        raise NO_DATA.error(f"value={source.template!r} does not show {text[:40]!r}")
    return made


def encoded(text: str, encoding: Encoding) -> str:
    """A text as a field of that encoding holds it. Browsers make one character of each byte of plain base64."""
    if encoding is Encoding.none:
        return text
    latin = encoding is Encoding.base64 and all(ord(character) < 256 for character in text)
    return base64.b64encode(text.encode("latin-1" if latin else "utf-8")).decode()


def put_at(data: Mapping[str, Any], path: str, value: str) -> dict[str, Any]:
    """Data with another value at a path: where the path leads, else under the whole of it as a name."""
    if path in data or value_at(data, path) is LACKING:
        return {**data, path: value}
    changed: dict[str, Any] = put_step(data, STEP.findall(path), value)
    return changed


def put_step(data: Any, steps: list[str], value: str) -> Any:
    """A copy of nested data with another value at the end of some steps."""
    if not steps:
        return value
    if isinstance(data, list):
        at = int(steps[0])
        return [*data[:at], put_step(data[at], steps[1:], value), *data[at + 1 :]]
    return {**data, steps[0]: put_step(data[steps[0]], steps[1:], value)}
