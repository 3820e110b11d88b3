"""Tables that people keep as CSV -> typed rows."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from goldspan.faults import Fault

__all__ = ["guarded", "read_sheet", "sheet_row", "unguarded"]

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet begins a formula with, or drops before one

T = TypeVar("T")


def read_sheet(path: Path, row_type: type[T], fault: Fault) -> list[T]:
    """The rows of a CSV file as structs, by the names of the columns; none where there is no file.

    Raises:
        DataError: of the fault given: not UTF-8, not CSV, or a row that lacks a column of the struct.
    """
    if not path.exists():
        return []
    try:
        rows = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        names = rows.fieldnames or []
        if len(set(names)) < len(names):
            raise csv.Error("a column stands twice")
        return [msgspec.convert(row, row_type) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error, msgspec.ValidationError) as error:
        raise fault.error(str(error), file=str(path)) from error


def sheet_row(cells: Iterable[str]) -> str:
    """A line of a CSV, each cell guarded."""
    sink = io.StringIO(newline="")
    csv.writer(sink).writerow(map(guarded, cells))  # a line break of two characters, so that each of them is quoted
    return sink.getvalue().removesuffix("\r\n") + "\n"


def guarded(cell: str) -> str:
    """A cell of a CSV that people open in a spreadsheet: an apostrophe before what would be taken for a formula.

    `unguarded` takes it away again, and nothing else.
    """
    return f"'{cell}" if cell.startswith(FORMULA) or is_guarded(cell) else cell


def unguarded(cell: str) -> str:
    """A cell as it was before it was guarded."""
    return cell[1:] if is_guarded(cell) else cell


def is_guarded(cell: str) -> bool:
    """True if a cell begins with an apostrophe before what looks like a formula, or before another apostrophe."""
    return cell.startswith("'") and cell[1:].startswith(("'", *FORMULA))
