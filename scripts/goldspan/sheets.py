"""Tables that people keep as CSV -> typed rows."""

import csv
import io
from pathlib import Path
from typing import TypeVar

import msgspec

from goldspan.faults import Fault

__all__ = ["read_sheet"]

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
