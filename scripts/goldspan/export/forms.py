"""One field of an export, in whatever form it came -> in the form in which Label Studio writes it today.

A form that can mean one thing only is taken: 4.0 and "4" for 4, one label for a list of one, seconds for a moment.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo

from goldspan.export.reader import Value
from goldspan.faults import Fault, fault

__all__ = ["BAD_FIELD", "UnfitError", "as_field", "fields_of", "short"]

BAD_OFFSET = fault(
    "E226",
    "An offset is no whole number",
    "Give start and end as the number of characters before them, where the annotation was made, or draw the region "
    "again in Label Studio.",
)
BAD_FIELD = fault(
    "E227",
    "A field does not hold what Label Studio writes there",
    "Correct it where the annotation was made (an import, a model, a script), or in the file; --on-error skip leaves "
    "out no more than it spoils.",
)

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
SHOWN = 80  # characters of a value in a message


class UnfitError(Exception):
    """A field cannot be read: its fault, and a detail."""

    def __init__(self, kind: Fault, detail: str) -> None:
        """Keep both."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@cache
def fields_of(kind: type[Struct]) -> dict[str, FieldInfo]:
    """The fields of a struct, by their names in exports."""
    return {one.encode_name: one for one in msgspec.structs.fields(kind)}


def as_field(kind: type[Struct], name: str, value: Any) -> Any:
    """The value of a field of a struct, of the type that the struct gives it; ``name`` is the field's in exports.

    Raises:
        UnfitError: it can be none (E226, E227).
    """
    wanted = fields_of(kind)[name].type
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        read, what = FORMS.get(name, (as_it_is, str(error)))
    try:
        return msgspec.convert(read(value), wanted)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        said = f"{name} is {short(value)}: {what}"
        raise UnfitError(BAD_OFFSET if read is whole and kind is Value else BAD_FIELD, said) from error


def as_it_is(value: Any) -> Any:
    """A value for which there is no other form."""
    return value


def number(value: Any) -> float:
    """A number, or the text of one.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value) if set(".eE") & set(value) else int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ValueError


def whole(value: Any) -> int:
    """A whole number, however it is written.

    Raises:
        ValueError: it is none.
    """
    found = number(value)
    if found != int(found):
        raise ValueError
    return int(found)


def name_of(value: Any) -> str:
    """A name, or the number that stands for one, as text.

    Raises:
        ValueError: it is neither.
    """
    return str(whole(value))


def text(value: Any) -> str:
    """A text, or a number as text.

    Raises:
        ValueError: it is neither.
    """
    return value if isinstance(value, str) else json.dumps(number(value))


def texts(value: Any) -> list[str]:
    """Texts, or one that stands without a list.

    Raises:
        ValueError: one is no text.
    """
    return [text(one) for one in value] if isinstance(value, list) else [text(value)]


def moment(value: Any) -> str:
    """A moment in seconds since 1970 as ISO 8601, in UTC.

    Raises:
        ValueError: it is none.
        OverflowError: no calendar has it.
        OSError: neither has the system's.
    """
    return datetime.fromtimestamp(number(value), UTC).isoformat().replace("+00:00", "Z")


def flag(value: Any) -> bool:
    """True or false, written as 1 or 0.

    Raises:
        ValueError: it is neither.
    """
    return (False, True)[[0, 1].index(value)]


def noted(value: Any) -> dict[str, Any] | None:
    """A note that is no object as one; None if it says nothing."""
    return {"meta": value} if value else None


def short(value: Any) -> str:
    """A value as a message shows it."""
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"


A_NUMBER, A_NAME = (number, "a number belongs there"), (name_of, "a text or a number belongs there")
A_LIST = (texts, "a list of texts belongs there")
A_MOMENT = (moment, "a moment belongs there, as text or in seconds since 1970")
A_FLAG = (flag, "true or false belongs there")
FORMS: dict[str, tuple[Callable[[Any], Any], str]] = {
    **dict.fromkeys(("start", "end"), (whole, "a whole number belongs there")),
    **dict.fromkeys(("score", "number", "rating", "lead_time"), A_NUMBER),
    **dict.fromkeys(("id", "from_id", "to_id", "parentID"), A_NAME),
    **dict.fromkeys(("labels", "choices", "text"), A_LIST),
    **dict.fromkeys(("created_at", "updated_at"), A_MOMENT),
    **dict.fromkeys(("was_cancelled", "ground_truth"), A_FLAG),
    "completed_by": (whole, "the number or the address of a user belongs there"),
    "meta": (noted, "an object belongs there"),
}
