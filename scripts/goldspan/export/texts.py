"""The data of a task -> the text that Label Studio shows of it, which offsets count in."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from goldspan.export.addresses import NoText, file_at
from goldspan.faults import fault
from goldspan.labeling import TextSource
from goldspan.labeling.source import LACKING, REFERENCE, Encoding, value_at
from goldspan.words import reason

__all__ = ["NO_TEXT", "NoText", "text_of"]

NO_TEXT = fault(
    "E203",
    "A task has no text where the labeling config looks for it",
    "Export the project that belongs to this labeling config, or correct the value of its Text tag.",
)
NOT_ENCODED = fault(
    "E224",
    "The text of a task is not encoded as the labeling config says",
    "Correct the encoding of the Text tag, or the text in the task.",
)

PATHS = 12  # of a task's data that are shown


def text_of(data: Mapping[str, Any], source: TextSource) -> str | NoText:
    """The text that is shown of a task's data: composed, fetched and decoded as Label Studio does it."""
    text = composed(data, source)
    if isinstance(text, str) and source.is_address:
        text = file_at(text, source.folders)
    if isinstance(text, str) and source.encoding is not Encoding.none:
        text = decoded(text, source.encoding)
    return text


def composed(data: Mapping[str, Any], source: TextSource) -> str | NoText:
    """What a template shows of a task's data; of a single value that is null, nothing."""
    template = source.template
    if template[1:] in data and template.startswith("$"):
        return as_shown(data[template[1:]], template[1:], "")
    found = {path: value_at(data, path) for path in source.fields}
    lacking = [path for path, value in found.items() if value is LACKING]
    if lacking:
        detail = f"value={template!r} looks for {', '.join(lacking)}; the data have {', '.join(shown_paths(data))}"
        return NoText(NO_TEXT, detail)
    shown = {path: as_shown(value, path, "" if source.field else "null") for path, value in found.items()}
    odd = [one for one in shown.values() if isinstance(one, NoText)]
    return odd[0] if odd else REFERENCE.sub(lambda at: str(shown[at[1]]), template)


def as_shown(value: Any, path: str, null: str) -> str | NoText:
    """A value of a task's data as a browser writes it, and ``null`` for none."""
    if isinstance(value, str) or value is None:
        return null if value is None else value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number_shown(value)
    return NoText(NO_TEXT, f"{path} is {'a list' if isinstance(value, list) else 'an object'}")


def number_shown(number: float) -> str:
    """A number as JavaScript writes it: 4 for 4.0, 1e+21 for what has more than 21 digits."""
    if not number:
        return "0"
    sign, digits, exponent = Decimal(repr(float(number))).normalize().as_tuple()
    written, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if 0 < point <= 21:
        whole, rest = written[:point].ljust(point, "0"), written[point:]
    elif -6 < point <= 0:
        whole, rest = "0", "0" * -point + written
    else:
        whole, rest = written[0], written[1:]
    tail = "" if -6 < point <= 21 else f"e{point - 1:+d}"
    return "-" * sign + whole + ("." if rest else "") + rest + tail


def shown_paths(data: Mapping[str, Any]) -> list[str]:
    """The paths that a task's data have, the first of very many."""
    found = [path for path, _ in zip(paths(data, ""), range(PATHS + 1), strict=False)]
    return [*found[:PATHS], "…"] if len(found) > PATHS else found or ["nothing"]


def paths(value: Any, path: str) -> Iterator[str]:
    """The paths of all values in a value; of a list only those of the first."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        yield from paths(value[0], f"{path}[0]")
    elif path:
        yield path


def decoded(text: str, encoding: Encoding) -> str | NoText:
    """The text that is written in base64.

    Browsers make one character of each byte unless it is ``base64unicode``. Text that is UTF-8 all the same is read so.
    """
    letters = "".join(text.split()).rstrip("=")
    try:
        data = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
        return data.decode()
    except UnicodeDecodeError as error:
        return data.decode("latin-1") if encoding is Encoding.base64 else NoText(NOT_ENCODED, reason(error))
    except (binascii.Error, ValueError) as error:
        return NoText(NOT_ENCODED, f"no base64 ({error})")
