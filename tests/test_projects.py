"""Exports of several projects in one call: prefixes before ids, and a labeling config for each."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from goldspan.convert.conversion import convert
from goldspan.faults import DataError
from tests.conftest import Run

ONE = """<View><Text name="text" value="$text"/><Labels name="ner" toName="text"><Label value="PER"/></Labels>
<Choices name="tone" toName="text"><Choice value="calm"/></Choices><Relations><Relation value="knows"/></Relations></View>"""
OTHER = """<View><Text name="body" value="$article.body"/>
<Labels name="ner" toName="body"><Label value="LOC"/><Label value="PER"/></Labels>
<Choices name="tone" toName="body"><Choice value="angry"/><Choice value="calm"/></Choices>
<Rating name="stars" toName="body"/><Relations><Relation value="in"/></Relations></View>"""


def task(data: dict[str, Any], name: str, label: str, end: int, tone: str) -> dict[str, Any]:
    """Task 1 of a project, with annotation 7 of one region and one choice."""
    region = {"id": "r", "from_name": "ner", "to_name": name, "type": "labels"}
    choice = {"id": "c", "from_name": "tone", "to_name": name, "type": "choices", "value": {"choices": [tone]}}
    result = [{**region, "value": {"start": 0, "end": end, "labels": [label]}}, choice]
    return {"id": 1, "data": data, "annotations": [{"id": 7, "completed_by": 1, "result": result}]}


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    """Two exports with the same numbers, and their configs."""
    exports = {
        "one": task({"text": "Ada met Bob."}, "text", "PER", 3, "calm"),
        "other": task({"article": {"body": "Oslo is wet."}}, "body", "LOC", 4, "angry"),
    }
    for name, each in exports.items():
        (tmp_path / f"{name}.json").write_text(json.dumps([each]))
    (tmp_path / "one.xml").write_text(ONE)
    (tmp_path / "other.xml").write_text(OTHER)
    return tmp_path


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table, file by file."""
    return [row for path in sorted((folder / table).iterdir()) for row in pq.read_table(path).to_pylist()]


def given(folder: Path, *names: str) -> tuple[list[Path], list[Path]]:
    """The exports and configs of some projects."""
    return [folder / f"{name}.json" for name in names], [folder / f"{name}.xml" for name in names]


@pytest.mark.parametrize("workers", [None, 2])
def test_two_projects_with_the_same_numbers_become_one_dataset(projects: Path, workers: int | None) -> None:
    converted = convert(*given(projects, "one", "other"), projects / "out", prefixes=["a", "b"], workers=workers)
    assert converted.findings == []
    assert [(row["doc_id"], row["text"]) for row in rows(projects / "out", "documents")] == [
        ("a-1", "Ada met Bob."),
        ("b-1", "Oslo is wet."),
    ]
    assert [
        (row["span_id"], row["annotation_id"], row["doc_id"], row["labels"], row["text"])
        for row in rows(projects / "out", "spans")
    ] == [("a-7:r", "a-7", "a-1", ["PER"], "Ada"), ("b-7:r", "b-7", "b-1", ["LOC"], "Oslo")]
    assert [(row["annotation_id"], row["tone"], row["stars"]) for row in rows(projects / "out", "annotations")] == [
        ("a-7", "calm", None),
        ("b-7", "angry", None),
    ]


def test_prefixes_are_file_names_one_for_all_or_one_for_each(run: Run, projects: Path) -> None:
    exports, configs = given(projects, "one", "other")
    options = [word for path in configs for word in ("--config", path)]
    out = projects / "out"
    for prefix, ids in (
        (["--prefix", "file"], ["one-1", "other-1"]),
        (["--prefix", "x", "--prefix", "y"], ["x-1", "y-1"]),
    ):
        done = run("convert", *exports, *options, "--out", out, *prefix)
        assert (done.returncode, done.stderr) == (0, "")
        assert [row["doc_id"] for row in rows(out, "documents")] == ids
        assert run("validate", out, *options).returncode == 0
    done = run("convert", exports[0], "--config", configs[0], "--out", out, "--prefix", "x")
    assert [row["doc_id"] for row in rows(out, "documents")] == ["x-1"]


def test_without_prefixes_what_clashes_is_named_with_the_way_to_tell_projects_apart(projects: Path) -> None:
    with pytest.raises(DataError) as caught:
        convert(*given(projects, "one", "other"), projects / "out")
    (finding,) = caught.value.findings
    assert (finding.code, finding.task) == ("E215", "1")
    assert finding.remedy.endswith("If the exports are of several projects, --prefix tells them apart.")
    assert not (projects / "out").exists()


def test_tags_have_the_labels_of_all_projects(projects: Path) -> None:
    convert(*given(projects, "one", "other"), projects / "out", prefixes=["a", "b"], bio="ner")
    assert [row["ner_tags"] for row in rows(projects / "out", "bio")] == [[1, 0, 0, 0], [3, 0, 0, 0]]
    assert "B-LOC" in (projects / "out/README.md").read_text()


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        (
            '<Choices name="tone"',
            '<Choices choice="multiple" name="tone"',
            "kind of 'tone' is 'list of strings', not 'string'",
        ),
        ('<Choices name="tone"', '<Choices perRegion="true" name="tone"', "per_region of 'tone' is True, not False"),
        ('<Labels name="ner"', '<Labels choice="multiple" name="ner"', "multiple of 'ner' is True, not False"),
    ],
)
def test_controls_that_do_not_agree_are_named(projects: Path, written: str, instead: str, said: str) -> None:
    exports, configs = given(projects, "one", "other")
    configs[1].write_text(OTHER.replace(written, instead))
    with pytest.raises(DataError) as caught:
        convert(exports, configs, projects / "out")
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == ("E025", str(configs[1]))
    assert finding.message.endswith(f"{said}, unlike in {configs[0]}")


def test_a_wrong_number_or_name_is_a_wrong_call(run: Run, projects: Path) -> None:
    exports, configs = given(projects, "one", "other")
    (projects / "deep").mkdir()
    (projects / "deep/one.json").write_bytes(exports[0].read_bytes())
    for words in (
        [*exports, "--config", configs[0], *["--prefix", "a"] * 3],
        [exports[0], *["--config", configs[0]] * 2],
        [exports[0], "--config", configs[0], "--prefix", "../up"],
        [exports[0], projects / "deep/one.json", "--config", configs[0], "--prefix", "file"],
    ):
        assert run("convert", *words, "--out", projects / "out").returncode == 2
    assert not (projects / "out").exists()
