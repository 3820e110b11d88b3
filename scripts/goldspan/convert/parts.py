"""The tables of a shard -> its Parquet files, a row group at a time."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.convert.columns import writer
from goldspan.convert.layout import FIXED

__all__ = ["PartFiles"]

ROWS = 32768  # spans in a row group, about 8 MB,
BYTES = 1 << 24  # or less, where the texts are so long


class PartFiles:
    """The files of a shard; ``rows`` counts what each table has, ``fields`` are the data fields of each documents file.

    Where writing goes on ``beside`` the work that makes the tables, all is done in an eighth less of the time, and a
    second processor is busy for a fifth of it (`make bench`: by default, against ``--workers 1``).
    """

    def __init__(self, folder: Path, names: Sequence[str], *, beside: bool) -> None:
        """Begin without files."""
        self.folder = folder
        self.stack = ExitStack()
        self.thread = self.stack.enter_context(ThreadPoolExecutor(1)) if beside else None
        self.rows = dict.fromkeys(names, 0)
        self.fields: list[list[str]] = []
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.waiting: dict[str, list[pa.Table]] = {name: [] for name in names}
        self.writing: list[Future[None]] = []

    def __enter__(self) -> "PartFiles":
        """The files."""
        return self

    def __exit__(self, *error: Any) -> None:
        """Close the files, none while it is written."""
        wait(self.writing)
        self.stack.close()

    def add(self, tables: Mapping[str, pa.Table]) -> None:
        """Keep some tables, and write those that are there once they make a row group.

        Raises:
            OSError: what was there before cannot be written.
        """
        for name, contents in tables.items():
            self.waiting[name].append(contents)
            self.rows[name] += contents.num_rows
        spans = sum(contents.num_rows for contents in self.waiting["spans"])
        if spans >= ROWS or sum(contents.nbytes for contents in chain(*self.waiting.values())) >= BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the tables that are there as a row group; documents with a field that none had before begin a file.

        Raises:
            OSError: what was there before cannot be written.
        """
        self.wait()
        for name, waiting in self.waiting.items():
            if waiting:
                self.write(name, pa.concat_tables(waiting, promote_options="default"))
            waiting.clear()

    def write(self, name: str, contents: pa.Table) -> None:
        """Write a row group of a table."""
        fields = contents.column_names
        if name not in self.writers or self.writers[name].schema.names != fields:
            path = self.folder / f"{name}-{len(self.fields):03}.parquet"
            self.writers[name] = self.stack.enter_context(writer(path, contents.schema))
            self.fields += [fields[len(FIXED[name]) :]] if name == "documents" else []
        if contents.num_rows and self.thread:
            self.writing.append(self.thread.submit(self.writers[name].write_table, contents))
        elif contents.num_rows:
            self.writers[name].write_table(contents)

    def wait(self) -> None:
        """Wait until all that was flushed is written.

        Raises:
            OSError: it cannot be written.
        """
        for job in self.writing:
            job.result()
        self.writing.clear()
