"""Damage to the files of a folder: what the fixtures and other tests of what is wrong are made of."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.tables import parquet

Damage = Callable[[Path], object]
Rows = list[dict[str, Any]]


def unlink(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def write(name: str, data: bytes | str) -> Damage:
    def damage(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)

    return damage


def replace(name: str, old: str, new: str) -> Damage:
    def damage(folder: Path) -> None:
        text = (folder / name).read_bytes().decode()
        assert old in text
        (folder / name).write_bytes(text.replace(old, new, 1).encode())

    return damage


def append(name: str, lines: str) -> Damage:
    def damage(folder: Path) -> None:
        write(name, (folder / name).read_bytes() + f"{lines}\n".encode())(folder)

    return damage


def edit_json(name: str, change: Callable[[Any], object]) -> Damage:
    def damage(folder: Path) -> None:
        contents = json.loads((folder / name).read_bytes())
        change(contents)
        (folder / name).write_text(json.dumps(contents), encoding="utf-8")

    return damage


def edit_rows(config: str, change: Callable[[Rows], object]) -> Damage:
    """Damage to the rows of a table, in a folder with one file for each."""

    def damage(folder: Path) -> None:
        path = folder / config / "train-00000-of-00001.parquet"
        table = pq.read_table(path, partitioning=None)
        rows = table.to_pylist()
        change(rows)
        path.write_bytes(parquet(pa.Table.from_pylist(rows, schema=table.schema)))

    return damage


def not_utf8(config: str, column: str) -> Damage:
    """Bytes that are no UTF-8 in the first row of a column of text."""

    def damage(folder: Path) -> None:
        path = folder / config / "train-00000-of-00001.parquet"
        table = pq.read_table(path, partitioning=None)
        texts = [b"\xff", *(text and text.encode() for text in table[column].to_pylist()[1:])]
        broken = pa.array(texts, pa.binary()).view(pa.string())
        path.write_bytes(parquet(table.set_column(table.column_names.index(column), column, broken)))

    return damage


def double_column(config: str, column: str) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / config / "train-00000-of-00001.parquet"
        table = pq.read_table(path, partitioning=None)
        path.write_bytes(parquet(table.append_column(column, table[column])))

    return damage


def drop_column(config: str, column: str) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / config / "train-00000-of-00001.parquet"
        path.write_bytes(parquet(pq.read_table(path, partitioning=None).drop_columns([column])))

    return damage


def steps(*damages: Damage) -> Damage:
    def damage(folder: Path) -> None:
        for each in damages:
            each(folder)

    return damage
