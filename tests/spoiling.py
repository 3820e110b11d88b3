"""Damage at random to the files of a release: rows, columns, the manifest and the card."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.tables import parquet

TEXTS = ["", "x", "Ann", "d0", "d0:claim:0-3", "d9:mention:0-3|d0", "{", "[]", '{"relations": 1}', "\x1b[1m", "👩‍👧"]
NUMBERS = [-1, 0, 1, 3, 99, 2**31 - 1]
JUNK: list[Any] = [None, True, -1, 1e300, "", "x", [], {}, [[]], {"x": []}, "../x"]


def spoil_release(random: Random, folder: Path) -> None:
    """Damage a release in one to three places."""
    for _ in range(random.randint(1, 3)):
        random.choice([spoil_cell, spoil_cell, spoil_cell, spoil_rows, spoil_columns, spoil_manifest, spoil_card])(
            random, folder
        )


def spoil_cell(random: Random, folder: Path) -> None:
    """Another value in one cell, mostly of its type."""
    path = any_table(random, folder)
    table = pq.ParquetFile(path).read()
    rows = table.to_pylist() or [{}]
    row, field = random.choice(rows), random.choice(list(table.schema))
    row[field.name] = of_type(random, field.type) if random.random() < 0.9 else None
    path.write_bytes(parquet(pa.Table.from_pylist(rows, schema=table.schema)))


def of_type(random: Random, kind: pa.DataType) -> Any:
    """A value of a type."""
    if pa.types.is_list(kind):
        return [of_type(random, kind.value_type) for _ in range(random.randint(0, 2))]
    if pa.types.is_struct(kind):
        return {field.name: of_type(random, field.type) for field in kind}
    if pa.types.is_boolean(kind):
        return random.random() < 0.5
    return random.choice(TEXTS) if pa.types.is_string(kind) else random.choice(NUMBERS)


def spoil_rows(random: Random, folder: Path) -> None:
    """A row that is gone, stands twice, or stands elsewhere."""
    path = any_table(random, folder)
    table = pq.ParquetFile(path).read()
    rows = table.to_pylist() or [{}]
    row = rows.pop(random.randrange(len(rows)))
    for _ in range(random.choice([0, 1, 2])):
        rows.insert(random.randint(0, len(rows)), row)
    path.write_bytes(parquet(pa.Table.from_pylist(rows, schema=table.schema)))


def spoil_columns(random: Random, folder: Path) -> None:
    """A column that is gone, stands twice, or is of text."""
    path = any_table(random, folder)
    table = pq.ParquetFile(path).read()
    name = random.choice(table.column_names)
    match random.randrange(3):
        case 0:
            table = table.drop_columns([name])
        case 1:
            table = table.append_column(name, table[name])
        case _:
            texts = pa.array([random.choice(TEXTS) for _ in range(table.num_rows)])
            table = table.set_column(table.column_names.index(name), name, texts)
    path.write_bytes(parquet(table))


def any_table(random: Random, folder: Path) -> Path:
    return random.choice(sorted(folder.rglob("*.parquet")))


def spoil_manifest(random: Random, folder: Path) -> None:
    """Another value somewhere in the manifest."""
    path = folder / "manifest.json"
    node = contents = json.loads(path.read_bytes())
    while node:
        key = random.choice(sorted(node) if isinstance(node, dict) else range(len(node)))
        if not node[key] or not isinstance(node[key], (dict, list)) or random.random() < 0.2:
            break
        node = node[key]
    if node:
        node[key] = random.choice(JUNK)
    path.write_text(json.dumps(contents), encoding="utf-8")


def spoil_card(random: Random, folder: Path) -> None:
    """A line of the card that is gone or another."""
    path = folder / "README.md"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = random.randrange(len(lines))
    lines[at : at + 1] = random.choice([[], [lines[at], lines[at]], ["- x"], [lines[at] + "x"], ["---"], ["  a: ["]])
    path.write_text("\n".join(lines), encoding="utf-8")
