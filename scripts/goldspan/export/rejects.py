"""What a conversion leaves out."""

from typing import Any

import msgspec
from msgspec import Struct

from goldspan.faults import Finding

__all__ = ["UNFIT", "Reject", "as_plain"]

UNFIT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # a number that nothing holds, half a character


class Reject(Struct, frozen=True):
    """What is left out of a conversion, as it was written, of what kind it is, and why."""

    kind: str
    item: Any
    findings: list[Finding]


def as_plain(raw: bytes) -> Any:
    """A task of any form as plain data; as text, if it has what no data can hold."""
    try:
        return msgspec.json.decode(raw)
    except UNFIT:
        return raw.decode(errors="backslashreplace")
