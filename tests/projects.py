"""Label Studio projects of any shape: a labeling config and tasks, converted, validated or built as a corpus."""

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from goldspan.build import Built, build
from goldspan.convert.conversion import Converted, convert
from goldspan.faults import Finding
from goldspan.validate import validate
from tests.test_convert import Rows, rows_of

Json = dict[str, Any]


def label(region: str, control: str, to: str, start: int, end: int, *labels: str, **more: Any) -> Json:
    """A region."""
    value = {"start": start, "end": end, "labels": list(labels)}
    return {"id": region, "from_name": control, "to_name": to, "type": "labels", "value": value, **more}


def held(region: str | None, control: str, to: str, kind: str, value: object, *, field: str = "", **more: Any) -> Json:
    """The value of a control."""
    return {"id": region, "from_name": control, "to_name": to, "type": kind, "value": {field or kind: value, **more}}


def link(one: str, other: str, *labels: str) -> Json:
    """A relation."""
    return {"type": "relation", "from_id": one, "to_id": other, "direction": "right", "labels": list(labels)}


def task(data: Json, *items: Json, number: int = 1) -> Json:
    """A task with one annotation."""
    annotation = {"id": 10 + number, "completed_by": 1, "result": list(items), "created_at": "2026-01-01T00:00:00Z"}
    return {"id": number, "data": data, "annotations": [annotation], "drafts": [], "predictions": []}


def view(*tags: str) -> str:
    """A labeling config."""
    return f"<View>{''.join(tags)}</View>"


def write_project(folder: Path, xml: str, *tasks: Json) -> tuple[Path, Path]:
    """An export and its labeling config."""
    (folder / "export.json").write_text(json.dumps(tasks))
    (folder / "config.xml").write_text(xml)
    return folder / "export.json", folder / "config.xml"


def converted(folder: Path, xml: str, *tasks: Json, **options: Any) -> tuple[Converted, Rows]:
    """What the conversion of a project says, and its rows, in which nothing is wrong."""
    export, config = write_project(folder, xml, *tasks)
    said = convert([export], config, folder / "out", **options)
    assert validate(folder / "out", config) == []
    return said, rows_of(folder / "out")


def validated(folder: Path, xml: str, *tasks: Json, **options: Any) -> list[Finding]:
    """What is wrong with the export of a project."""
    return validate(*write_project(folder, xml, *tasks), **options)


def built(folder: Path, xml: str, texts: dict[str, str], *tasks: Json, settings: str = "") -> Built:
    """A corpus of a project, whose articles are texts by the ids of the tasks."""
    for name in ("annotations/exports", "dataset/raw"):
        (folder / name).mkdir(parents=True)
    (folder / "corpus.toml").write_text(f'name = "small"\nversion = "1.0.0"\n[layers]\n{settings}')
    (folder / "dataset_card.md").write_text("---\nlicense: mit\n---\n# Small\n")
    (folder / "annotations/guidelines.md").write_text("# Guidelines\n")
    (folder / "annotations/labeling_config.xml").write_text(xml)
    (folder / "annotations/exports/one.json").write_text(json.dumps(tasks))
    with (folder / "dataset/raw/sources.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["doc_id", "file", "sha256"])
        for doc_id, text in texts.items():
            (folder / f"dataset/raw/{doc_id}.txt").write_bytes(text.encode())
            rows.writerow([doc_id, f"{doc_id}.txt", sha256(text.encode()).hexdigest()])
    return build(folder)
