"""JSON that strict decoders refuse for what its texts and numbers are -> plain data, and the place of the trouble."""

import json
import math
from collections.abc import Iterator
from typing import Any

from goldspan.faults import fault

__all__ = ["SPOILT", "is_json", "leniently", "spoilt_by", "unwritable"]

SPOILT = fault(
    "E225",
    "The export holds what no table can: half of a character, a byte that is not UTF-8, or a number that is not finite",
    "Correct it at the place that is named, in Label Studio or in the file; --on-error skip leaves out what it spoils.",
)

LONGEST = 4000  # digits: Python reads no longer numbers


def leniently(raw: bytes) -> Any:
    """JSON as plain data, whatever its texts and numbers are.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deep.
    """
    return json.loads(raw.decode("utf-8", "surrogateescape"), parse_int=whole, strict=False)


def is_json(raw: bytes) -> bool:
    """True if some bytes are JSON, whatever its texts and numbers are."""
    try:
        leniently(raw)
    except (ValueError, RecursionError):
        return False
    return True


def spoilt_by(raw: bytes) -> str:
    """What in some JSON no table can hold, and where it stands; empty if there is nothing."""
    return unwritable(leniently(raw))


def whole(digits: str) -> float:
    """A whole number; one with more digits than any number has is infinite."""
    return int(digits) if len(digits) <= LONGEST else math.inf


def unwritable(loose: Any) -> str:
    """The first text or number in plain data that no table can hold, and where it stands; empty if there is none."""
    return next((f"{what} at {path}" for path, what in troubles(loose)), "")


def troubles(loose: Any) -> Iterator[tuple[str, str]]:
    """The path of each text or number that no table can hold, and what it is. Depth is no trouble."""
    waiting = [("$", loose)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict):
            yield from ((f"a key of {path}", what) for key in node if (what := half_of(key)))
            waiting += [(f"{path}.{key}", held) for key, held in reversed(node.items())]
        elif isinstance(node, list):
            waiting += [(f"{path}[{at}]", held) for at, held in reversed(list(enumerate(node)))]
        elif isinstance(node, float) and not math.isfinite(node):
            yield path, str(node)
        elif isinstance(node, str) and (what := half_of(node)):
            yield path, what


def half_of(text: str) -> str:
    """The first half of a character in a text; empty if it has none."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return ascii(text[error.start])
    return ""
