"""Ways from a Label Studio export to something else, each run as a process of its own: python -m benchmarks.ways NAME."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["WAYS"]

Row = dict[str, Any]


def rows_of(task: Row) -> Iterator[tuple[str, Row]]:
    """The rows of a task as one would write them by hand, nothing checked and no offset converted."""
    text, doc_id = task["data"]["text"], task["data"]["doc_id"]
    yield "documents", {"doc_id": doc_id, "text": text, "title": task["data"]["title"], "date": task["data"]["date"]}
    for annotation in task["annotations"]:
        key = {"annotation_id": annotation["id"], "doc_id": doc_id}
        yield (
            "annotations",
            {**key, "annotator": annotation["completed_by"]["email"], "lead_time": annotation["lead_time"]},
        )
        choices = {one["id"]: one["value"]["choices"][0] for one in annotation["result"] if one["type"] == "choices"}
        for one in annotation["result"]:
            if one["type"] == "labels":
                value = one["value"]
                extent = {"start": value["start"], "end": value["end"], "text": text[value["start"] : value["end"]]}
                named = {"region": one["id"], "layer": one["from_name"], "labels": value["labels"]}
                yield "spans", {**key, **named, **extent, "modality": choices.get(one["id"])}
            elif one["type"] == "relation":
                ends = {"from_id": one["from_id"], "to_id": one["to_id"]}
                yield "relations", {**key, **ends, "direction": one["direction"], "labels": one["labels"]}


def by_hand(export: Path, config: Path, out: Path) -> None:
    """json.load, then pyarrow."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    tables: dict[str, list[Row]] = {}
    with export.open(encoding="utf-8") as file:
        for task in json.load(file):
            for name, row in rows_of(task):
                tables.setdefault(name, []).append(row)
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows), out / f"{name}.parquet", compression="zstd")


def from_generator(export: Path, config: Path, out: Path) -> None:
    """Dataset.from_generator over json.load, a dataset for each table."""
    from datasets import Dataset  # noqa: PLC0415

    with export.open(encoding="utf-8") as file:
        tasks = json.load(file)
    for wanted in ("documents", "annotations", "spans", "relations"):

        def generate(name: str = wanted) -> Iterator[Row]:
            return (row for task in tasks for kind, row in rows_of(task) if kind == name)

        dataset = Dataset.from_generator(generate, cache_dir=str(out / "cache"), fingerprint=wanted)
        dataset.to_parquet(out / f"{wanted}.parquet")


def sdk(form: str) -> Any:
    """The SDK's converter to one of its forms."""

    def way(export: Path, config: Path, out: Path) -> None:
        from label_studio_sdk import converter as package  # noqa: PLC0415

        make: Any = package.Converter  # type: ignore[attr-defined]
        converter = make(config=str(config), project_dir=str(out), download_resources=False)
        {"JSON_MIN": converter.convert_to_json_min, "CONLL2003": converter.convert_to_conll2003}[form](
            str(export), str(out), is_dir=False
        )

    return way


def duckdb(export: Path, config: Path, out: Path) -> None:
    """DuckDB: read_json, unnest, four Parquet files; nothing checked and no offset converted."""
    import duckdb as engine  # noqa: PLC0415

    db = engine.connect()
    item = (
        'STRUCT(id VARCHAR, from_name VARCHAR, type VARCHAR, value STRUCT(start INTEGER, "end" INTEGER, text VARCHAR, '
        "labels VARCHAR[], choices VARCHAR[]), from_id VARCHAR, to_id VARCHAR, direction VARCHAR, labels VARCHAR[])"
    )
    annotation = f"STRUCT(id BIGINT, completed_by STRUCT(email VARCHAR), lead_time DOUBLE, result {item}[])[]"
    data = "STRUCT(doc_id VARCHAR, text VARCHAR, title VARCHAR, date VARCHAR)"
    columns = f"{{'id': 'BIGINT', 'data': '{data}', 'annotations': '{annotation}'}}"
    source = f"read_json('{export}', format='array', maximum_object_size=67108864, columns={columns})"
    db.execute(f"CREATE TEMP TABLE tasks AS SELECT * FROM {source}")  # noqa: S608
    db.execute("CREATE TEMP VIEW annotated AS SELECT data, unnest(annotations) AS one FROM tasks")
    db.execute("CREATE TEMP VIEW items AS SELECT data, one, unnest(one.result) AS item FROM annotated")
    queries = {
        "documents": "SELECT data.doc_id, data.text, sha256(data.text) AS hash, data.title, data.date FROM tasks",
        "annotations": "SELECT one.id, data.doc_id, one.completed_by.email, one.lead_time FROM annotated",
        "spans": (
            "SELECT a.one.id || ':' || a.item.id AS span_id, a.one.id AS annotation_id, a.data.doc_id, a.item.from_name, "
            'a.item.value.labels, a.item.value.start, a.item.value."end", '
            'substring(a.data.text, a.item.value.start + 1, a.item.value."end" - a.item.value.start) AS text, '
            "c.choice FROM items a LEFT JOIN (SELECT one.id AS id, item.id AS region, item.value.choices[1] AS choice "
            "FROM items WHERE item.type = 'choices') c ON c.id = a.one.id AND c.region = a.item.id "
            "WHERE a.item.type = 'labels'"
        ),
        "relations": (
            "SELECT one.id AS annotation_id, data.doc_id, one.id || ':' || item.from_id AS from_id, "
            "one.id || ':' || item.to_id AS to_id, item.direction, item.labels FROM items WHERE item.type = 'relation'"
        ),
    }
    for name, query in queries.items():
        db.execute(f"COPY ({query}) TO '{out / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")


WAYS = {
    "by hand": by_hand,
    "from_generator": from_generator,
    "JSON_MIN": sdk("JSON_MIN"),
    "CONLL2003": sdk("CONLL2003"),
    "DuckDB": duckdb,
}

if __name__ == "__main__":
    WAYS[sys.argv[1]](*map(Path, sys.argv[2:]))
