"""A converted folder on disk: its tables read back, a row group or a column at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from goldspan.card import Card, read_card
from goldspan.convert.layout import OURS, TABLES
from goldspan.faults import fault
from goldspan.labeling import LabelingConfig
from goldspan.store import entries
from goldspan.words import reason

__all__ = ["ConvertedFolder", "Stored", "Texts", "read_converted", "read_tables", "readable"]

NO_TABLE = fault("E620", "A table of a converted folder cannot be read", "Convert the exports again.")


class Stored(Struct, frozen=True):
    """A table on disk: its files, the columns of each, and where its row groups stand."""

    name: str
    paths: Sequence[Path]
    schemas: Sequence[pa.Schema]
    places: Sequence[tuple[Path, int]]
    num_rows: int

    def group(self, number: int, *columns: str) -> pa.Table:
        """Some columns of one row group.

        Raises:
            DataError: it cannot be read (E620).
        """
        path, at = self.places[number]
        with readable(path), pq.ParquetFile(path) as file:
            group = file.read_row_group(at, columns).select(columns)
            group.validate(full=True)  # text that is no UTF-8, too
            return group

    def groups(self, *columns: str) -> Iterator[pa.Table]:
        """Some columns, one row group at a time.

        Raises:
            DataError: one cannot be read (E620).
        """
        return (self.group(number, *columns) for number in range(len(self.places)))

    def columns(self, *columns: str) -> pa.Table:
        """Some columns whole.

        Raises:
            DataError: a row group cannot be read (E620).
        """
        empty = self.schemas[0].empty_table().select(columns)
        return pa.concat_tables([empty, *self.groups(*columns)])


class ConvertedFolder(Struct, frozen=True):
    """A converted folder: its tables, its page, and the labeling config where one is given."""

    folder: Path
    tables: dict[str, Stored]
    page: Card
    config: LabelingConfig | None = None


class Texts:
    """The texts of documents by their id; only those of two row groups are held."""

    def __init__(self, documents: Stored) -> None:
        """Find where each stands."""
        ids = (group["doc_id"].to_pylist() for group in documents.groups("doc_id"))
        self.places = {doc_id: number for number, group in enumerate(ids) for doc_id in group}
        self.group = lru_cache(2)(lambda number: texts_of(documents.group(number, "doc_id", "text")))

    def __getitem__(self, doc_id: str) -> str:
        """The text of a document; empty if there is none."""
        return self.group(self.places[doc_id])[doc_id] if doc_id in self.places else ""


def texts_of(documents: pa.Table) -> dict[str, str]:
    """The texts of some documents by their id; of one that has none, an empty one."""
    texts = (text or "" for text in documents["text"].to_pylist())
    return dict(zip(documents["doc_id"].to_pylist(), texts, strict=True))


def read_converted(folder: Path, config: LabelingConfig | None = None) -> ConvertedFolder:
    """A converted folder, of which only the heads of the files are read.

    Raises:
        DataError: a table lacks or cannot be read (E620), or the page cannot be used (E705).
    """
    return ConvertedFolder(folder, read_tables(folder), read_card(folder / "README.md"), config)


def read_tables(folder: Path) -> dict[str, Stored]:
    """The tables of a converted folder, of which only the heads of the files are read.

    Raises:
        DataError: one lacks or cannot be read (E620).
    """
    found: dict[str, list[Path]] = {}
    for name, path in entries(folder).items():
        match = OURS.fullmatch(name)
        if match and match["table"] and path.is_file() and not path.is_symlink():
            found.setdefault(match["table"], []).append(path)
    lacking = [name for name in TABLES if name not in found]
    if lacking:
        raise NO_TABLE.error(f"there is no {', '.join(lacking)}", file=str(folder))
    return {name: read_heads(name, found[name]) for name in (*TABLES, "bio", "predictions") if name in found}


def read_heads(name: str, paths: Sequence[Path]) -> Stored:
    """A table by what the heads of its files say.

    Raises:
        DataError: one cannot be read (E620).
    """
    schemas, places, num_rows = [], [], 0
    for path in paths:
        with readable(path), pq.ParquetFile(path) as file:
            schemas.append(file.schema_arrow)
            places += [(path, number) for number in range(file.num_row_groups)]
            num_rows += file.metadata.num_rows
    return Stored(name, paths, schemas, places, num_rows)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say of what cannot be read where it stands.

    Raises:
        DataError: reading failed (E620).
    """
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise NO_TABLE.error(reason(error), file=str(path)) from error
