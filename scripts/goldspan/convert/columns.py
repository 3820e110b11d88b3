"""Lists of Python -> columns of Arrow."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["Ints", "as_table", "filled", "lists", "numbered", "repeated", "run_lean", "writer"]

Ints = npt.NDArray[Any]  # of whole numbers of any width

UNIQUE = {"span_id", "relation_id", "from_span_id", "to_span_id", "parent_span_id", "text", "text_sha256", "meta"}


class NoPandas:
    """A finder of modules by which pandas is not found."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        """Nothing, so that others are asked.

        Raises:
            ModuleNotFoundError: pandas is looked for.
        """
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def run_lean() -> None:
    """Have a process that only converts do as if pandas were not installed, and take memory from the system.

    Where pandas is, pyarrow imports it to see whether what it is given is one of its objects, which takes half a
    second. Its own allocator keeps a sixth more memory than what is written and freed in turn needs.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, NoPandas)
    pa.set_memory_pool(pa.system_memory_pool())


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of a table, as every version of datasets reads it; only words that repeat get a dictionary."""
    repeating = [field.name for field in schema if pa.types.is_string(field.type) and field.name not in UNIQUE]
    repeating += [f"{field.name}.list.element" for field in schema if field.type == pa.list_(pa.string())]
    return pq.ParquetWriter(path, schema, compression="zstd", store_schema=False, use_dictionary=repeating)


def filled(cells: dict[int, Any], rows: int) -> list[Any] | None:
    """A column of a number of rows from the few cells that it has; None if it has none."""
    if not cells:
        return None
    column: list[Any] = [None] * rows
    for row, value in cells.items():
        column[row] = value
    return column


def lists(values: pa.Array, counts: Ints) -> pa.Array:
    """A column of lists, of which each has the next so many of some values."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, dtype=np.int32, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def repeated(values: pa.Array, counts: Ints) -> pa.Array:
    """Values, each repeated so many times."""
    return values.take(pa.array(np.repeat(np.arange(len(counts)), counts)))


def numbered(counts: Ints) -> pa.Array:
    """For values that are each repeated so many times, the number of each repetition, as text."""
    firsts = np.cumsum(counts, dtype=np.int64) - counts
    return pa.array(np.arange(counts.sum(dtype=np.int64)) - np.repeat(firsts, counts)).cast(pa.string())


def as_table(columns: list[Any], schema: pa.Schema) -> pa.Table:
    """Columns, each an array or a list, as a table; None is a column of nothing but nulls."""
    rows = len(columns[0])
    arrays = [
        column if isinstance(column, pa.Array) else pa.nulls(rows, kind) if column is None else pa.array(column, kind)
        for column, kind in zip(columns, schema.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
