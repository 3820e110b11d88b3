"""The table of predictions: in the form of spans, with the same checks."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from goldspan.convert.conversion import convert
from goldspan.faults import DataError
from tests.conftest import Run

XML = """<View><Text name="t" value="$text"/><Labels name="ner" toName="t"><Label value="PER"/><Label value="LOC"/></Labels>
<Number name="sure" toName="t" perRegion="true"/><Choices name="tone" toName="t"><Choice value="calm"/></Choices></View>"""
TEXT = "Ada met 🙂 Bob in Oslo."


def region(name: str, words: str, label: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    held = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
    return {"id": name, "from_name": "ner", "to_name": "t", "type": "labels", "value": held, **more}


def value(name: str, control: str, kind: str, held: Any) -> dict[str, Any]:
    return {"id": name, "from_name": control, "to_name": "t", "type": kind, "value": {kind: held}}


FIRST = {
    "id": 31,
    "model_version": "m1",
    "score": 0.75,
    "result": [
        region("a", "Bob", "PER", score=0.5),
        value("a", "sure", "number", 3),
        value("x", "tone", "choices", ["calm"]),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
        region("b", "Oslo", "LOC"),
    ],
}
SECOND = {"id": 32, "model_version": "m2", "score": None, "result": []}


def task(number: int, *predictions: Any) -> dict[str, Any]:
    annotation = {"id": number, "completed_by": 1, "result": [region("r", "Ada", "PER")]}
    return {"id": number, "data": {"text": TEXT}, "annotations": [annotation], "predictions": list(predictions)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.xml").write_text(XML)
    return tmp_path


def write(folder: Path, *tasks: dict[str, Any]) -> list[Path]:
    (folder / "export.json").write_text(json.dumps(tasks))
    return [folder / "export.json"]


def rows(folder: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(next((folder / "out/predictions").iterdir())).to_pylist())


@pytest.mark.parametrize("workers", [None, 2])
def test_predicted_spans_and_values_of_the_task_are_rows(folder: Path, workers: int | None) -> None:
    exports = write(folder, task(1, FIRST, SECOND), task(2, 40, 41))
    converted = convert(exports, folder / "config.xml", folder / "out", predictions=True, workers=workers)
    assert converted.findings == []
    assert converted.rows == {"documents": 2, "annotations": 2, "spans": 2, "relations": 0, "predictions": 4}
    assert converted.apart == {"drafts": 0, "prediction ids": 2, "their relations": 1}
    shown = ("span_id", "prediction_id", "model_version", "prediction_score", "layer", "start", "end", "text", "labels", "score", "sure", "tone")  # fmt: skip
    assert [tuple(row[name] for name in shown) for row in rows(folder)] == [
        ("31:a", "31", "m1", 0.75, "ner", 10, 13, "Bob", ["PER"], 0.5, 3.0, None),
        ("31:b", "31", "m1", 0.75, "ner", 17, 21, "Oslo", ["LOC"], None, None, None),
        ("31", "31", "m1", 0.75, None, None, None, None, None, None, None, "calm"),
        ("32", "32", "m2", None, None, None, None, None, None, None, None, None),
    ]
    assert {row["doc_id"] for row in rows(folder)} == {"1"}


def test_without_the_option_they_are_counted(folder: Path) -> None:
    converted = convert(write(folder, task(1, FIRST, 7)), folder / "config.xml", folder / "out")
    assert converted.apart == {"drafts": 0, "predictions": 2}
    assert "predictions" not in converted.rows
    assert not (folder / "out/predictions").exists()


def test_what_is_wrong_with_a_prediction_is_named_and_left_out(folder: Path) -> None:
    wrong = {**SECOND, "id": 33, "result": [region("c", "Ada", "PLACE"), region("d", "Ada", "PER")]}
    exports = write(folder, task(1, wrong))
    with pytest.raises(DataError) as caught:
        convert(exports, folder / "config.xml", folder / "out", predictions=True)
    (finding,) = caught.value.findings
    assert (finding.code, finding.task, finding.annotation, finding.region) == ("E302", "1", "33", "c")
    assert not (folder / "out").exists()
    converted = convert(exports, folder / "config.xml", folder / "out", predictions=True, skip=True)
    assert [row["span_id"] for row in rows(folder)] == ["33:d"]
    assert converted.counts["their items"].rejected == 1
    (line,) = (folder / "out/rejects.jsonl").read_text().splitlines()
    assert json.loads(line)["findings"][0]["region"] == "c"


def test_a_folder_with_predictions_is_valid_and_loads(run: Run, folder: Path) -> None:
    from datasets import load_dataset  # noqa: PLC0415 - slow

    exports, config, out = write(folder, task(1, FIRST), task(2)), folder / "config.xml", folder / "out"
    done = run("convert", *exports, "--config", config, "--out", out, "--predictions", "--prefix", "p")
    assert (done.returncode, done.stderr) == (0, "")
    assert "predictions             3 rows" in done.stdout.splitlines()
    checked = run("validate", out, "--config", config)
    assert (checked.returncode, checked.stdout) == (0, f"{out}: 0 errors, 0 warnings\n")
    loaded = load_dataset(str(out), "predictions", split="train", cache_dir=str(folder / "cache"))
    assert loaded["span_id"][:] == ["p-31:a", "p-31:b", "p-31"]


def test_predictions_of_no_task_are_an_empty_table(folder: Path) -> None:
    converted = convert(write(folder, task(1)), folder / "config.xml", folder / "out", predictions=True)
    assert converted.rows["predictions"] == 0
