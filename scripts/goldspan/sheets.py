"""Tables that people keep as CSV -> typed rows."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from goldspan.faults import Fault
from goldspan.words import reason

__all__ = ["guarded", "read_sheet", "sheet_row", "unguarded"]

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet begins a formula with, or drops before one

T = TypeVar("T")


def read_sheet(path: Path, row_type: type[T], fault: Fault, *, notes: bool = False) -> list[T]:
    """The rows of a CSV file as structs, by the names of the columns; none where there is no file.

    With ``notes``, cells beyond the header are for the person who reads it, and a row may be cut short.

    Raises:
        DataError: of the fault given: not UTF-8, not CSV, or a column of the struct lacks, or a row has not as many
            cells as the header.
    """
    if not path.exists():
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True, restval="" if notes else None)
        needed = getattr(row_type, "__struct_fields__", ())
        names = [name for name in rows.fieldnames or () if name in needed or not notes]
        check_header(names, needed if text.strip() else ())
        return [msgspec.convert(fitting(row, rows.line_num, notes), row_type) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error, msgspec.ValidationError) as error:
        raise fault.error(reason(error), file=str(path)) from error


def check_header(names: Sequence[str], needed: Iterable[str]) -> None:
    """Hold the names of the columns against those that are needed.

    Raises:
        csv.Error: one stands twice, or lacks.
    """
    lacking = [name for name in needed if name not in names]
    if lacking:
        raise csv.Error(f"the first line names no column {', '.join(lacking)}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise csv.Error(f"the column {twice} stands twice")


def fitting(row: dict[Any, Any], line: int, notes: bool) -> dict[str, str]:
    """A row without what is beyond the header.

    Raises:
        csv.Error: it has more cells, and not as notes, or fewer.
    """
    kept = {name: cell for name, cell in row.items() if name is not None}
    if len(kept) < len(row) and not notes:
        raise csv.Error(f"line {line} has more cells than the first")
    if None in kept.values():
        raise csv.Error(f"line {line} has fewer cells than the first")
    return kept


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
