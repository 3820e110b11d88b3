"""English for what is shown. Imports no sibling."""

import re

__all__ = ["counted", "reason"]

KINDS = {  # of values, as msgspec calls them
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}
PLAINER = (  # what msgspec says, and how a person would
    (r"Expected `([^`]+)`, got `([^`]+)`", lambda said: f"{kinds(said[1])} belongs there, not {kinds(said[2])}"),
    (r"Object contains unknown field `([^`]+)`", lambda said: f"{said[1]} is not known"),
    (r"Object missing required field `([^`]+)`", lambda said: f"{said[1]} is missing"),
    (r" - at `\$\.?([^`]+)`", lambda said: f", at {said[1]}"),
)


def counted(number: int, what: str, more: str | None = None) -> str:
    """A number with what it counts, as ``1 error`` or ``2 errors``; ``more`` is the plural, if it is no added s."""
    return f"{number} {what if number == 1 else more or f'{what}s'}"


def reason(error: Exception) -> str:
    """Why something cannot be read, in one line for a person: without numbers of errors, paths and names of types."""
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 (byte 0x{error.object[error.start]:02x} at {error.start})"
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    for pattern, plainer in PLAINER:
        said = re.sub(pattern, plainer, said)
    return " ".join(said.split())


def kinds(names: str) -> str:
    """What values of some types are, which bars part."""
    return " or ".join(KINDS.get(name, name) for name in names.split(" | "))
