"""Tables in Markdown, in whose cells no markup runs."""

import re
from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["cell", "line", "markdown_table"]

TURNING = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # controls, and those of direction
MARKUP = re.compile(r"[][|\\`*~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *([cell(value) for value in row] for row in rows)]
    return "\n".join(line(cells) for cells in lines)


def line(cells: Sequence[object]) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def cell(value: object) -> str:
    """A value as it can stand in a cell: no markup, no line break, nothing that turns text; a list with commas."""
    shown = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    seen = TURNING.sub(lambda char: char[0].encode("unicode_escape").decode(), " ".join(shown.split()))
    return MARKUP.sub(r"\\\g<0>", escape(seen, quote=False))
