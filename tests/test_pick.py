"""One annotation for each document: in the tags of a conversion, and in what is exported."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from goldspan.convert.conversion import convert
from goldspan.faults import DataError
from goldspan.formats.export import Format, export
from tests.conftest import ROOT, Run

XML = """<View><Text name="t" value="$text"/><Labels name="ner" toName="t"><Label value="PER"/><Label value="LOC"/></Labels>
<Relations><Relation value="in"/></Relations><Choices name="tone" toName="t"><Choice value="calm"/><Choice value="angry"/></Choices></View>"""
RELEASE = ROOT / "dataset/release"
TEXT = "Ada met Bob in Oslo."


def region(name: str, words: str, label: str) -> dict[str, Any]:
    start = TEXT.index(words)
    held = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
    return {"id": name, "from_name": "ner", "to_name": "t", "type": "labels", "value": held}


def made(number: int, by: int, day: int, *result: dict[str, Any], tone: str = "calm", **more: Any) -> dict[str, Any]:
    choice = {"id": "x", "from_name": "tone", "to_name": "t", "type": "choices", "value": {"choices": [tone]}}
    saved = f"2026-01-{day:02}T00:00:00Z"
    return {"id": number, "completed_by": by, "updated_at": saved, "result": [*result, choice], **more}


LINK = {"type": "relation", "from_id": "b", "to_id": "o", "direction": "right", "labels": ["in"]}
BOTH = [
    made(11, 1, 3, region("a", "Ada", "PER"), region("b", "Bob", "PER"), region("o", "Oslo", "LOC"), LINK),
    made(12, 2, 9, region("a", "Ada", "PER"), region("o", "Oslo", "LOC"), region("b", "Bob", "LOC"), tone="angry"),
    made(13, 3, 5, region("b", "Bob", "PER"), region("o", "Oslo", "LOC"), LINK, ground_truth=True),
    made(14, 4, 28, region("a", "met", "LOC"), was_cancelled=True),
]
TASKS = [
    {"id": 1, "data": {"text": TEXT}, "annotations": BOTH},
    {"id": 2, "data": {"text": TEXT}, "annotations": [made(21, 1, 1, region("a", "Ada", "PER"))]},
    {"id": 3, "data": {"text": TEXT}, "annotations": []},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.xml").write_text(XML)
    for task in TASKS:  # the annotations of a task stand in several files, as a storage keeps them
        for number, one in enumerate(task["annotations"] or [None]):  # type: ignore[var-annotated, arg-type]
            alone = {**task, "annotations": [one] if one else []}
            (tmp_path / f"{task['id']}-{number}.json").write_text(json.dumps([alone]))
    return tmp_path


def converted(folder: Path, **options: Any) -> Any:
    exports = sorted(folder.glob("?-?.json"))
    return convert(exports, folder / "config.xml", folder / "out", bio="ner", **options)


def spans(folder: Path) -> list[tuple[str, str | None, list[str]]]:
    """What the rows of tags say: id, annotation, and each tagged token with its tag."""
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    rows = [row for path in sorted((folder / "out/bio").iterdir()) for row in pq.read_table(path).to_pylist()]
    return [
        (row["id"], row["annotation_id"], [f"{t}/{names[n]}" for t, n in zip(row["tokens"], row["ner_tags"], strict=True) if n])
        for row in rows
    ]  # fmt: skip


ONE = ("21", "21", ["Ada/B-PER"])


@pytest.mark.parametrize("workers", [None, 2])
@pytest.mark.parametrize(
    ("pick", "rows"),
    [
        ("newest", [("12", "12", ["Ada/B-PER", "Bob/B-LOC", "Oslo/B-LOC"]), ONE]),
        ("ground-truth", [("13", "13", ["Bob/B-PER", "Oslo/B-LOC"])]),
        ("annotator=1", [("11", "11", ["Ada/B-PER", "Bob/B-PER", "Oslo/B-LOC"]), ONE]),
        ("majority", [("1:majority", None, ["Ada/B-PER", "Bob/B-PER", "Oslo/B-LOC"]), ("2:majority", None, ["Ada/B-PER"])]),
    ],
)  # fmt: skip
def test_one_annotation_of_a_document_is_tagged(folder: Path, pick: str, rows: list[Any], workers: int | None) -> None:
    found = converted(folder, pick=pick, workers=workers)
    assert spans(folder) == rows
    assert found.rows["bio"] == len(rows)
    assert found.rows["annotations"] == 5


def test_what_is_not_picked_is_counted_and_named(folder: Path) -> None:
    said = converted(folder, pick="ground-truth")
    assert said.untagged == {"documents of which no annotation is picked": 1, "annotations that are not picked": 3}
    assert [(one.code, one.task, one.message.rpartition(": ")[2]) for one in said.findings] == [
        ("W210", "2", "ground-truth, of 1 annotation")
    ]
    assert converted(folder, pick="majority").untagged == {"spans without a majority": 1}
    converted(folder)
    assert [one.code for one in export(folder / "out", Format.jsonl, folder / "new", pick="ground-truth").findings] == [
        "W210", "W960", "W960", "W960",
    ]  # fmt: skip


def test_an_annotator_has_one_voice_by_what_was_saved_last(folder: Path) -> None:
    ada, bob = region("a", "Ada", "PER"), region("b", "Bob", "PER")
    annotations = [made(1, 1, 2, ada), made(2, 1, 1, bob), made(3, 2, 1, ada, bob), made(4, 1, 1, bob)]
    (folder / "1-0.json").write_text(json.dumps([{"id": 9, "data": {"text": TEXT}, "annotations": annotations}]))
    said = convert([folder / "1-0.json"], folder / "config.xml", folder / "out", bio="ner", pick="majority")
    assert spans(folder) == [("9:majority", None, ["Ada/B-PER"])]
    assert said.untagged == {"spans without a majority": 1, "annotations that are not picked": 2}
    convert([folder / "1-0.json"], folder / "config.xml", folder / "out", bio="ner", pick="annotator=1")
    assert spans(folder) == [("1", "1", ["Ada/B-PER"])]


def test_two_that_are_ground_truth_or_saved_last_cannot_be_told_apart(folder: Path) -> None:
    annotations = [made(number, number, 2, region("a", "Ada", "PER"), ground_truth=True) for number in (1, 2)]
    (folder / "1-0.json").write_text(json.dumps([{"id": 9, "data": {"text": TEXT}, "annotations": annotations}]))
    for pick in ("ground-truth", "newest"):
        said = convert([folder / "1-0.json"], folder / "config.xml", folder / "out", bio="ner", pick=pick)
        assert (spans(folder), [one.code for one in said.findings]) == ([], ["W210"])


def test_nobody_is_picked_by_mistake(folder: Path, run: Run) -> None:
    with pytest.raises(DataError, match=r"E026 .*: '7'; there are '1', '2', '3', '4'"):
        converted(folder, pick="annotator=7")
    assert not (folder / "out").exists()
    converted(folder)
    done = run("export", folder / "out", "--format", "conll", "--out", folder / "new", "--pick", "annotator=7")
    assert (done.returncode, "E026" in done.stderr, (folder / "new").exists()) == (1, True, False)
    done = run("export", RELEASE, "--format", "jsonl", "--out", folder / "new", "--pick", "newest")
    assert (done.returncode, "E027" in done.stderr) == (1, True)


def test_values_of_spans_without_a_majority_are_counted(folder: Path) -> None:
    tone = '<Choices name="mood" toName="t" perRegion="true"><Choice value="x"/><Choice value="y"/></Choices></View>'
    (folder / "config.xml").write_text(XML.replace("</View>", tone))
    annotations = [
        made(number, number, 1, region("a", "Ada", "PER"), {**region("a", "Ada", "PER"), "from_name": "mood", "type": "choices", "value": {"choices": [mood]}})
        for number, mood in enumerate("xy", 1)
    ]  # fmt: skip
    (folder / "1-0.json").write_text(json.dumps([{"id": 9, "data": {"text": TEXT}, "annotations": annotations}]))
    convert([folder / "1-0.json"], folder / "config.xml", folder / "out")
    found = export(folder / "out", Format.jsonl, folder / "new", pick="majority").summary
    assert (found.spans, found.left_out) == (1, {"values of spans or relations without a majority": 1})


def test_a_relation_is_the_same_whichever_way_round_it_was_drawn(folder: Path) -> None:
    spans = region("a", "Ada", "PER"), region("o", "Oslo", "LOC")
    drawn = [("a", "o", "right"), ("o", "a", "left"), ("o", "a", "right")]
    annotations = [
        made(number, number, 1, *spans, {"type": "relation", "from_id": one, "to_id": other, "direction": direction, "labels": ["in"]})
        for number, (one, other, direction) in enumerate(drawn, 1)
    ]  # fmt: skip
    (folder / "1-0.json").write_text(json.dumps([{"id": 9, "data": {"text": TEXT}, "annotations": annotations}]))
    convert([folder / "1-0.json"], folder / "config.xml", folder / "out")
    found = export(folder / "out", Format.jsonl, folder / "new", pick="majority").summary
    assert (found.spans, found.left_out) == (2, {"relations without a majority": 1})
    (relation,) = json.loads((folder / "new/documents.jsonl").read_text())["relations"]
    assert (relation["from"], relation["to"], relation["direction"]) == ("1:a", "1:o", "right")


def test_without_a_rule_each_annotation_is_tagged(folder: Path) -> None:
    converted(folder)
    assert [name for name, _, _ in spans(folder)] == ["11", "12", "13", "21"]


@pytest.mark.parametrize(
    ("pick", "documents", "marked", "left_out"),
    [
        ("newest", 3, 4, {"annotations that are not picked": 2, "annotations that were skipped": 1}),
        (
            "ground-truth",
            2,
            2,
            {
                "annotations that are not picked": 3,
                "annotations that were skipped": 1,
                "documents of which no annotation is picked": 1,
            },
        ),
        ("majority", 3, 4, {"annotations that were skipped": 1, "spans without a majority": 1}),
        (None, 5, 9, {"annotations that were skipped": 1}),
    ],
)
def test_one_annotation_of_a_document_is_exported(
    folder: Path, pick: str | None, documents: int, marked: int, left_out: dict[str, int]
) -> None:
    converted(folder)
    summary = export(folder / "out", Format.jsonl, folder / "exported", pick=pick).summary
    assert (summary.documents, summary.spans, summary.left_out) == (documents, marked, left_out)


def test_most_annotations_decide_on_relations_and_values_of_the_task(folder: Path) -> None:
    converted(folder)
    summary = export(folder / "out", Format.jsonl, folder / "exported", pick="majority").summary
    assert summary.relations == 1
    (lines,) = [(folder / "exported" / name).read_text().splitlines() for name in summary.files if "document" in name]
    assert [json.loads(line).get("values", {}).get("tone") for line in lines] == ["calm", "calm", None]


def test_a_rule_that_is_none_is_a_wrong_call(run: Run, folder: Path) -> None:
    words = ["convert", folder / "1-0.json", "--config", folder / "config.xml", "--out", folder / "out"]
    for more in (["--pick", "newest"], ["--bio", "ner", "--pick", "best"]):
        assert run(*words, *more).returncode == 2
    done = run(*words, "--bio", "ner", "--pick", "newest")
    assert (done.returncode, done.stderr) == (0, "")
    assert run("validate", folder / "out", "--config", folder / "config.xml").returncode == 0
