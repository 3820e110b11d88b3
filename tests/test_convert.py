"""Label Studio exports of any form -> four tables: nothing lost, nothing changed, and what is wrong named with its place."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset, load_dataset_builder
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from goldspan.convert import shards
from goldspan.convert.batches import Batch
from goldspan.convert.conversion import Converted, convert
from goldspan.convert.nesting import innermost_around, outermost
from goldspan.convert.rows import Marked
from goldspan.convert.running import plan
from goldspan.convert.sift import sift
from goldspan.convert.tagging import Extents, tag
from goldspan.export import windows
from goldspan.export.offsets import astral, codepoints
from goldspan.export.reader import Entry, Item, TaskAnnotation, read_tasks
from goldspan.export.settled import settled
from goldspan.export.tasks import read_export
from goldspan.faults import DataError
from goldspan.labeling import as_stored, parse_labeling_config
from goldspan.records import Span, Unit
from goldspan.tokens import decode_bio, tokenise
from goldspan.tokens import outermost as outermost_one_by_one
from tests.characters import seen
from tests.conftest import ROOT, Run, fingerprint
from tests.exports import (
    FORMS,
    ITEMS,
    RESULT,
    TASKS,
    TEXT,
    XML,
    annotation,
    lines,
    region,
    relation,
    task,
    value,
    write_config,
)
from tests.test_tokens import PIECES

CONFIG = as_stored(parse_labeling_config(XML.encode()))
Rows = dict[str, list[dict[str, Any]]]


@st.composite
def annotated_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, int]]]:
    """A text and extents with labels, of which some begin or end in white space."""
    text = "".join(draw(st.lists(PIECES, max_size=20)))
    places = st.integers(0, len(text))
    pairs = [sorted(pair) for pair in draw(st.lists(st.tuples(places, places), max_size=6))]
    return text, [(start, end, draw(st.integers(0, 2))) for start, end in pairs if start < end]


def rows_of(folder: Path) -> Rows:
    """The rows of each table of a converted folder, its files in the order of their names."""
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    return {
        name: pa.concat_tables(pq.read_table(path) for path in sorted((folder / name).iterdir())).to_pylist()
        for name in names
    }


def converted(folder: Path, data: object, **options: Any) -> tuple[Converted, Rows]:
    """What a conversion says, and its rows."""
    path = folder / "export.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    said = convert([path], write_config(folder), folder / "out", **options)
    return said, rows_of(folder / "out")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_tables(form: str, tmp_path: Path) -> None:
    said, rows = converted(tmp_path, FORMS[form])
    assert rows == converted(tmp_path, TASKS)[1]
    assert {name: (one.read, one.written, one.rejected) for name, one in said.counts.items()} == {
        "tasks": (3, 3, 0),
        "annotations": (3, 3, 0),
        "items": (ITEMS + 1, ITEMS + 1, 0),
    }
    assert said.apart == {"drafts": 3, "predictions": 3}
    assert said.findings == []


def test_documents_have_their_text_to_the_letter_and_their_data(tmp_path: Path) -> None:
    rows = converted(tmp_path, TASKS)[1]["documents"]
    assert [(row["doc_id"], row["text"], row["title"], row["year"]) for row in rows] == [
        ("d1", TEXT, "One", None),
        ("d2", "", None, "1999"),
        ("d3", TEXT, None, None),
    ]
    assert list(rows[0]) == ["doc_id", "text", "text_sha256", "title", "year"]
    assert rows[1]["text_sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_annotations_have_who_when_and_the_values_of_the_task(tmp_path: Path) -> None:
    rows = converted(tmp_path, TASKS)[1]["annotations"]
    assert rows[0] == {
        "annotation_id": "11",
        "doc_id": "d1",
        "annotator": "ann@example.org",
        "ground_truth": False,
        "was_cancelled": False,
        "created_at": "2026-11-22T19:36:19.6Z",
        "updated_at": "2026-11-23T19:36:19.6Z",
        "lead_time": 12.5,
        "meta": None,
        "stars": 4.0,
        "genre": "news",
        "topic": [["war", "truce"], ["war"]],
        "day": "2025-12-08",
    }
    assert [(row["annotator"], row["was_cancelled"], row["ground_truth"]) for row in rows[1:]] == [
        ("2", True, False),
        ("ann@example.org", False, True),
    ]


def test_spans_are_what_was_drawn_with_all_that_was_said_of_them(tmp_path: Path) -> None:
    rows = converted(tmp_path, TASKS)[1]["spans"]
    assert [(row["span_id"], row["layer"], row["labels"], row["start"], row["end"], row["text"]) for row in rows] == [
        ("11:1", "who", ["A", "bee"], 0, 3, "Ann"),
        ("11:2", "who", ["A"], 10, 24, "Bob left\r\nRome"),
        ("11:3", "who", ["bee"], 10, 13, "Bob"),
        ("11:4", "who", ["A"], 14, 18, "left"),
        ("11:5", "say", [], 14, 18, "left"),
        ("11:6", "say", ["CUE"], 4, 8, "said"),
        ("11:7", "who", ["A"], 14, 18, "left"),
        ("11:8", "who", ["A"], 33, 38, "e\u0301te\u0301"),
        ("13:1", "who", ["A"], 0, 3, "Ann"),
    ]
    parents = {row["span_id"]: row["parent_span_id"] for row in rows if row["parent_span_id"]}
    assert parents == {"11:3": "11:1", "11:4": "11:2", "11:7": "11:2"}
    first = {name: rows[0][name] for name in ("tone", "sure", "kinds", "field_text", "much", "origin", "score", "meta")}
    assert first == {
        "tone": "calm",
        "sure": "true",
        "kinds": ["x", "y"],
        "field_text": ["one", ""],
        "much": None,
        "origin": "manual",
        "score": 0.5,
        "meta": '{"text":["a note"]}',
    }
    assert [row["much"] for row in rows if row["much"] is not None] == [2.5]
    assert {row["doc_id"] for row in rows[:8]} == {"d1"}


def test_relations_of_every_direction_keep_all_their_labels(tmp_path: Path) -> None:
    rows = converted(tmp_path, TASKS)[1]["relations"]
    assert [tuple(row.values()) for row in rows] == [
        ("11:r0", "11", "d1", "11:6", "11:1", "right", ["by"], None),
        ("11:r1", "11", "d1", "11:6", "11:2", "bi", [], None),
        ("11:r2", "11", "d1", "11:2", "11:6", "left", ["by", "of"], None),
    ]


def test_a_document_without_a_name_has_that_of_its_task(tmp_path: Path) -> None:
    bare = [{**task(number=7), "data": {"body": "x"}}, task(number=8, doc_id=None)]
    assert [row["doc_id"] for row in converted(tmp_path, bare)[1]["documents"]] == ["7", "8"]


def test_an_empty_export_has_the_columns_of_a_full_one(tmp_path: Path) -> None:
    converted(tmp_path, [one | {"data": {"doc_id": "d", "body": ""}} for one in TASKS[1:2]])
    full = {name: pq.read_schema(next((tmp_path / "out" / name).iterdir())) for name in rows_of(tmp_path / "out")}
    converted(tmp_path, [])
    empty = {name: pq.read_schema(next((tmp_path / "out" / name).iterdir())) for name in rows_of(tmp_path / "out")}
    assert empty == full
    assert sum(map(len, rows_of(tmp_path / "out").values())) == 0


def test_datasets_loads_every_table(tmp_path: Path) -> None:
    _, rows = converted(tmp_path, TASKS)
    for name, expected in rows.items():
        loaded = load_dataset(str(tmp_path / "out"), name, split="train", cache_dir=str(tmp_path / "cache"))
        assert loaded.to_list() == expected
        declared = load_dataset_builder(str(tmp_path / "out"), name, cache_dir=str(tmp_path / "cache")).info.splits
        assert declared["train"].num_examples == len(expected)
    assert load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache")).num_rows == 3


def test_a_storage_keeps_one_file_an_annotation(tmp_path: Path) -> None:
    folder = tmp_path / "storage"
    folder.mkdir()
    for one in TASKS:
        for each in one["annotations"]:
            stored = {**each, "task": {key: one[key] for key in ("id", "data", "created_at")}}
            (folder / str(each["id"])).write_text(json.dumps(stored, indent=1))
    said = convert(sorted(folder.iterdir()), write_config(tmp_path), tmp_path / "out")
    rows, whole = rows_of(tmp_path / "out"), converted(tmp_path, [one for one in TASKS if one["annotations"]])[1]
    assert rows == whole
    assert (said.counts["tasks"].read, said.counts["tasks"].written, said.counts["tasks"].merged) == (3, 2, 1)


def test_the_corpus_itself_comes_through(tmp_path: Path, run: Run) -> None:
    exports = sorted((ROOT / "annotations/exports").glob("articles-*.json"))
    run("convert", *exports, "--config", ROOT / "annotations/labeling_config.xml", "--out", tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    results = [
        each["result"] for path in exports for one in json.loads(path.read_bytes()) for each in one["annotations"]
    ]
    items = [item for result in results for item in result]
    texts = {row["doc_id"]: row["text"] for row in rows["documents"]}
    assert [(row["start"], row["end"], row["labels"]) for row in rows["spans"]] == [
        (one["value"]["start"], one["value"]["end"], one["value"]["labels"]) for one in items if one["type"] == "labels"
    ]
    assert all(texts[row["doc_id"]][row["start"] : row["end"]] == row["text"] for row in rows["spans"])
    assert len(rows["relations"]) == sum(one["type"] == "relation" for one in items)
    values = sum(row[name] is not None for row in rows["spans"] for name in list(row)[12:])
    assert values == sum(one["type"] not in ("labels", "relation") for one in items)


ODD: dict[str, tuple[Any, str]] = {
    "no number": ([task(annotation({**RESULT[5], "value": {"start": "0x", "end": 3, "labels": []}}))], "document d1 annotation 11 region 2: E226"),
    "outside": ([task(annotation({**RESULT[5], "value": {"start": 0, "end": 99, "labels": []}}))], "document d1 annotation 11 region 2: E301"),
    "turned": ([task(annotation({**RESULT[5], "value": {"start": 3, "end": 0, "labels": []}}))], "document d1 annotation 11 region 2: E301"),
    "no offsets": ([task(annotation({**RESULT[5], "value": {"labels": ["A"]}}))], "document d1 annotation 11 region 2: E210"),
    "no value": ([task(annotation({**RESULT[5], "value": None}))], "document d1 annotation 11 region 2: E210"),
    "other label": ([task(annotation(region("1", "Ann", "C")))], "region 1: E302 A region has a label that its control does not have in the labeling config: 'C' in 'who'"),
    "label of another layer": ([task(annotation(region("1", "Ann", "CUE")))], "region 1: E302"),
    "other control": ([task(annotation({**RESULT[5], "from_name": "where"}))], "region 2: E209"),
    "other words": ([task(annotation(region("1", "Ann", "A")), text="Bob")], "document d1 annotation 11 region 1: E305"),
    "repeated id": ([task(annotation(region("1", "Ann", "A"), region("1", "Bob", "A")))], "region 1: E211"),
    "other choice": ([task(annotation(region("1", "Ann", "A"), value("1", "tone", "choices", ["loud"])))], "region 1: E212 A value is not one that its control allows: tone is [\"loud\"]"),
    "two choices": ([task(annotation(region("1", "Ann", "A"), value("1", "tone", "choices", ["calm", "angry"])))], "region 1: E212"),
    "choice made twice": ([task(annotation(*[value(name, "genre", "choices", ["news"]) for name in "xy"]))], "region y: E212 A value is not one that its control allows: genre is set twice"),
    "a value without a region": ([task(annotation(value("1", "tone", "choices", ["calm"])))], "region 1: E210"),
    "a number too large": ([task(annotation(region("1", "Ann", "A"), value("1", "much", "number", 10**30)))], "region 1: E212"),
    "a relation to nothing": ([task(annotation(region("1", "Ann", "A"), relation("1", "2")))], "region 2: E401"),
    "other relation": ([task(annotation(region("1", "Ann", "A"), relation("1", "1", "for")))], "region 1: E402"),
    "other direction": ([task(annotation(region("1", "Ann", "A"), relation("1", "1", direction="up")))], "region 1: E402"),
    "a parent that is gone": ([task(annotation(region("1", "Ann", "A", parentID="2")))], "region 1: E213"),
    "no text": ([{"id": 1, "data": {"doc_id": "d1"}}], "document d1: E203"),
    "no name": ([{"data": {"body": TEXT}}], "E214 A task has neither a doc_id nor an id"),
    "another text": ([task(), task(text="Another.")], "document d1: E215"),
    "the same annotation": ([task(annotation()), task(annotation(), number=2)], "document d2 annotation 11: E216"),
    "no task": ([{"id": 1}], "E202 The export does not have the form of a Label Studio JSON export: neither data nor a task with data"),
    "a number for a task": ([task(), 5], "document number 1: E202"),
    "a huge integer": (b'[{"id":' + b"9" * 10_000 + b',"data":{"body":"x"}}]', "document number 0: E225"),
    "NaN": (b'[{"id": 1, "data": {"body": "x", "v": NaN}}]', "document 1: E225"),
    "half a character": (b'[{"id": 1, "data": {"body": "x\\ud800"}}]', "document 1: E225"),
    "no UTF-8": (b'[{"id": 1, "data": {"body": "\xff"}}]', "document 1: E225"),
}  # fmt: skip
BROKEN: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"hello", "E201 The export cannot be read, or is not JSON: it begins with 'h'"),
    "nothing": (b" \n ", "E201 The export cannot be read, or is not JSON: it is empty"),
    "a text": (b'"hello"', "E202 The export does not have the form of a Label Studio JSON export: it begins with '\"'"),
    "truncated": (json.dumps(TASKS).encode()[:-50], "E201 The export cannot be read, or is not JSON: Input data was truncated, after 2 whole tasks"),
    "a word too much": (b'[{"id": 1, "data": {"body": "x"}} oh]', "E201 The export cannot be read, or is not JSON: JSON is malformed: expected ',' or ']' (byte 34), after 0 whole tasks"),
    "a line that is no JSON": (lines(TASKS[:1]) + b'{"id": oh}\n' + lines(TASKS[1:]), "after 1 whole task"),
    "UTF-16": (json.dumps(TASKS).encode("utf-16"), "E201 The export cannot be read, or is not JSON: it begins with "),
    "deep": (b"[" * 100_000, "E201 The export cannot be read, or is not JSON: maximum recursion depth exceeded"),
    "deep in a task": (b'[{"id": 1, "data": {"body": "x", "v": ' + b"[" * 5000 + b"]" * 5000 + b"}}]", "E201"),
}  # fmt: skip


@pytest.mark.parametrize("name", [*ODD, *BROKEN])
def test_what_is_wrong_is_named_with_its_place_and_nothing_is_touched(name: str, tmp_path: Path, run: Run) -> None:
    data, said = {**ODD, **BROKEN}[name]
    converted(tmp_path, TASKS)
    (tmp_path / "export.json").write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    before = fingerprint(tmp_path)
    result = run("convert", tmp_path / "export.json", "--config", tmp_path / "config.xml", "--out", tmp_path / "out")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{tmp_path / 'export.json'}")
    assert said in result.stderr
    assert result.stderr.endswith("1 error; nothing was written\n")
    assert "Traceback" not in result.stderr
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("name", ODD)
def test_what_is_wrong_is_left_out_and_written_down(name: str, tmp_path: Path) -> None:
    data, said = ODD[name]
    good = task(annotation(*RESULT, number=99), number=99)
    export = (
        json.dumps([good, "SPLIT"])
        .encode()
        .replace(b'"SPLIT"]', (data if isinstance(data, bytes) else json.dumps(data).encode())[1:])
    )
    result, rows = converted(tmp_path, export, skip=True)
    (line,) = [json.loads(each) for each in (tmp_path / "out/rejects.jsonl").read_text().splitlines()]
    assert [finding["code"] for finding in line["findings"]] == [said.partition("E")[2].join(["E", ""])[:4]]
    for one in result.counts.values():
        assert one.read == one.written + one.merged + one.rejected
    kept = {name: [row for row in each if row["doc_id"] == "d99"] for name, each in rows.items()}
    assert kept == converted(tmp_path, [good])[1]


def test_one_fault_takes_away_no_more_than_it_spoils(tmp_path: Path) -> None:
    result = [
        *RESULT,
        region("9", "Ann", "C"),
        value("9", "tone", "choices", ["calm"]),
        relation("6", "9"),
        relation("9", "1"),
    ]
    said, rows = converted(tmp_path, [task(annotation(*result), title="One"), *TASKS[1:]], skip=True)
    rejects = [json.loads(each) for each in (tmp_path / "out/rejects.jsonl").read_text().splitlines()]
    assert [(one["kind"], [each["code"] for each in one["findings"]], len(one["left_out"])) for one in rejects] == [
        ("region", ["E302"], 2),
        ("relation", ["E401"], 1),
        ("relation", ["E401"], 1),
    ]
    assert (said.counts["items"].rejected, said.counts["items"].read) == (4, ITEMS + 5)
    whole = converted(tmp_path, TASKS)[1]
    assert {name: rows[name] for name in ("spans", "relations")} == {
        name: whole[name] for name in ("spans", "relations")
    }


EMOJI = "👩‍👧 Ann 𝔅ob left Rome"


def in_units(item: dict[str, Any], text: str = EMOJI) -> dict[str, Any]:
    """A region as Label Studio counted before: in UTF-16 units."""
    held = item["value"]
    start, end = (len(text[: held[name]].encode("utf-16-le")) // 2 for name in ("start", "end"))
    return {**item, "value": {**held, "start": start, "end": end}}


def without_text(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "value": {key: held for key, held in item["value"].items() if key != "text"}}


DRAWN = [region(str(number), words, "A", text=EMOJI) for number, words in enumerate(("👩‍👧", "Ann", "𝔅ob", "Rome"))]
UNITS = list(map(in_units, DRAWN))


@pytest.mark.parametrize(
    ("items", "unit", "codes"),
    [
        (DRAWN, Unit.auto, []),
        (UNITS, Unit.auto, ["W302"]),
        ([*map(without_text, UNITS[:3]), UNITS[3]], Unit.auto, ["W302"]),
        ([*map(without_text, DRAWN[:3]), DRAWN[3]], Unit.auto, []),
        (list(map(without_text, UNITS)), Unit.auto, ["W302"]),  # the last one ends behind the text, if code points counted
        (list(map(without_text, UNITS)), Unit.utf16, ["W302"]),
        (list(map(without_text, DRAWN)), Unit.codepoint, []),
    ],
)  # fmt: skip
def test_offsets_are_code_points_whatever_came_in(
    items: list[Any], unit: Unit, codes: list[str], tmp_path: Path
) -> None:
    said, rows = converted(tmp_path, [task(annotation(*items), text=EMOJI)], offsets=unit)
    assert [row["text"] for row in rows["spans"]] == ["👩‍👧", "Ann", "𝔅ob", "Rome"]
    assert [finding.code for finding in said.findings] == codes


@pytest.mark.parametrize("items", [[*DRAWN[:2], UNITS[3]], [without_text(DRAWN[3])], [without_text(UNITS[1])]])
def test_where_the_unit_cannot_be_told_it_is_asked_for(items: list[Any], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="document d1 annotation 11: E313 It cannot be told whether the offsets of a"):
        converted(tmp_path, [task(annotation(*items), text=EMOJI)])
    said, rows = converted(tmp_path, [task(annotation(*items), text=EMOJI), *TASKS[1:]], skip=True)
    assert [row["doc_id"] for row in rows["spans"]] == ["d3"]
    assert (said.counts["annotations"].rejected, said.counts["items"].rejected) == (1, len(items))


def test_half_a_character_is_no_place(tmp_path: Path) -> None:
    half = {**UNITS[0], "value": {"start": 1, "end": 2, "labels": ["A"]}}
    with pytest.raises(DataError, match="region 0: E301"):
        converted(tmp_path, [task(annotation(half), text=EMOJI)], offsets=Unit.utf16)


@given(st.text(st.sampled_from("a𝔅🙂é\u0301ក\r\n"), max_size=30))
def test_units_and_code_points_are_told_apart_at_every_place(text: str) -> None:
    places = astral(text)
    for at in range(len(text) + 1):
        assert codepoints(len(text[:at].encode("utf-16-le")) // 2, places) == at
    inside = {place + 1 for place in places}
    assert all(codepoints(unit, places) is None for unit in inside)


LOOKALIKE = '"},{"id":1,"annotations":[]},{"id": 2, "annotations": ['


@pytest.mark.parametrize("size", [16, 64, 200, 1000, 5000])
def test_windows_of_any_size_hold_the_same_tasks(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [task(annotation(*RESULT, number=n), number=n, text=TEXT + LOOKALIKE * (n % 3)) for n in range(12)]
    path = tmp_path / "export.json"
    monkeypatch.setattr(windows, "WINDOW", size)
    for data in (json.dumps(tasks).encode(), json.dumps(tasks, indent=1).encode(), lines(tasks)):
        path.write_bytes(data)
        assert msgspec.to_builtins(read_tasks(path, dict)) == tasks
        form = windows.form_of(path)
        for count in (1, 2, 3, 7):
            found = [
                each
                for bounds in windows.bounds_of(path, form, count)
                for window in windows.windows(path, dict, form, bounds)
                for each in window.tasks
            ]
            assert found == tasks


def test_a_task_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW", 1 << 10)
    monkeypatch.setattr(windows, "LARGEST_TASK", 1 << 12)
    path = tmp_path / "export.json"
    for data in (json.dumps([task(), task(text="x" * 8000)]).encode(), lines([task(), task(text="x" * 8000), task()])):
        path.write_bytes(data)
        with pytest.raises(DataError, match=r"E202 .*: a (task|line) of more than 0 MB, after 1 whole task"):
            read_export(path)


@pytest.mark.parametrize("form", ["array", "lines"])
def test_workers_give_the_same_rows(form: str, tmp_path: Path) -> None:
    tasks = [task(annotation(*RESULT, number=n), number=n, title=f"T{n}") for n in range(40)]
    tasks[30]["data"]["late"] = [1, None]
    data = json.dumps(tasks).encode() if form == "array" else lines(tasks)
    alone = converted(tmp_path, data)
    together = converted(tmp_path, data, workers=3)
    assert together == alone
    assert sorted(path.name for path in (tmp_path / "out/spans").iterdir()) == [
        f"train-0000{number}-of-00003.parquet" for number in range(3)
    ]


@pytest.mark.parametrize("workers", [None, 2])
def test_of_lines_that_are_no_json_each_is_left_out_by_itself(workers: int | None, tmp_path: Path) -> None:
    kept = [task(annotation(*RESULT, number=n), number=n) for n in range(6)]
    good = [json.dumps(one) for one in kept]
    half = good[0][:100]
    data = "\n".join([*good[:2], half, good[2], "", '{"id": oh}', *good[3:]]).encode()
    with pytest.raises(DataError) as stopped:
        converted(tmp_path, data, workers=workers)
    path, begins = tmp_path / "export.json", [data.index(half.encode() + b"\n"), data.index(b'{"id": oh}')]
    assert len(stopped.value.findings) == 2
    assert not (tmp_path / "out").exists()
    said, rows = converted(tmp_path, data, skip=True, workers=workers)
    assert [row["doc_id"] for row in rows["documents"]] == [f"d{n}" for n in range(6)]
    assert rows["spans"] == converted(tmp_path, kept)[1]["spans"]
    counts = said.counts["tasks"]
    assert (counts.read, counts.written, counts.rejected) == (8, 6, 2)
    converted(tmp_path, data, skip=True, workers=workers)
    rejects = [json.loads(line) for line in (tmp_path / "out/rejects.jsonl").read_text().splitlines()]
    assert [(one["kind"], one["left_out"]) for one in rejects] == [("task", half), ("task", '{"id": oh}')]
    assert [one["findings"][0]["message"].partition(", after ")[0] for one in rejects] == [
        f"The export cannot be read, or is not JSON: Input data was truncated, in the task at byte {begins[0]}",
        "The export cannot be read, or is not JSON: JSON is malformed: invalid character "
        f"(byte {begins[1] + 7}), in the task at byte {begins[1]}",
    ]
    assert {one["findings"][0]["file"] for one in rejects} == {str(path)}


def test_a_broken_file_of_one_annotation_is_left_out_by_itself(tmp_path: Path) -> None:
    whole, half = tmp_path / "1.json", tmp_path / "2.json"
    whole.write_text(json.dumps(TASKS[0]))
    half.write_text(json.dumps(TASKS[2])[:-9])
    config = write_config(tmp_path)
    with pytest.raises(DataError, match=r"2\.json: E201 The export cannot be read, or is not JSON: "):
        convert([whole, half], config, tmp_path / "out")
    said = convert([whole, half], config, tmp_path / "out", skip=True)
    assert (said.counts["tasks"].written, said.counts["tasks"].rejected) == (1, 1)
    assert [finding.code for finding in said.findings] == ["E201"]


def test_writing_beside_the_work_gives_the_same_bytes(tmp_path: Path) -> None:
    tasks = [task(annotation(*RESULT, number=n), number=n) for n in range(40)]
    found = []
    for workers in (None, 1):
        converted(tmp_path, tasks, workers=workers, bio="who")
        found.append({str(path): path.read_bytes() for path in sorted((tmp_path / "out").rglob("*.*"))})
    assert found[0] == found[1]


def test_more_labels_and_regions_than_a_byte_counts(tmp_path: Path) -> None:
    labels, text = [f"L{number}" for number in range(300)], "word " * 600
    (tmp_path / "many.xml").write_text(
        f"""<View><Labels name="who" toName="text">{"".join(f'<Label value="{one}"/>' for one in labels)}</Labels>
        <Text name="text" value="$body"/></View>"""
    )
    tasks = []
    for number, names in enumerate([labels[:1], labels + labels]):
        regions = [
            {"id": str(at), "from_name": "who", "to_name": "text", "type": "labels",
             "value": {"start": at * 5, "end": at * 5 + 4, "text": "word", "labels": [name]}}
            for at, name in enumerate(names)
        ]  # fmt: skip
        links = [relation(str(at), "0") for at in range(1, len(names))]
        tasks.append(task(annotation(*regions, *links, number=number), number=number, text=text))
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    convert([tmp_path / "export.json"], tmp_path / "many.xml", tmp_path / "out", bio="who")
    rows = rows_of(tmp_path / "out")
    assert [row["labels"] for row in rows["spans"]] == [["L0"], *([name] for name in labels + labels)]
    assert [row["relation_id"] for row in rows["relations"]] == [f"1:r{at}" for at in range(599)]
    assert [row["from_span_id"] for row in rows["relations"]] == [f"1:{at}" for at in range(1, 600)]
    assert rows["bio"][1]["ner_tags"] == [2 * at + 1 for at in (*range(300), *range(300))]


def test_long_texts_without_spans_are_written_before_there_are_many(tmp_path: Path) -> None:
    texts = [f"{number:02} " + "word " * 200_000 for number in range(33)]
    converted(tmp_path, [task(number=number, text=text) for number, text in enumerate(texts)])
    with pq.ParquetFile(tmp_path / "out/documents/train-00000-of-00001.parquet") as file:
        assert file.num_row_groups == 2
        assert file.read(["text"])["text"].to_pylist() == texts


def test_of_very_many_warnings_the_first_are_shown_and_the_others_counted(run: Run, tmp_path: Path) -> None:
    tasks = [task(annotation(*UNITS, number=number), number=number, text=EMOJI) for number in range(23)]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    called = ("convert", tmp_path / "export.json", "--config", write_config(tmp_path), "--out", tmp_path / "out")
    said = run(*called).stderr
    assert said.count(" W302 ") == 20
    assert said.endswith("and 3 more W302\n")
    tasks.append(task(annotation(region("1", "Ann", "?"), number=99), number=99))
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    stopped = run(*called)
    assert (stopped.returncode, stopped.stderr.count(" W302 "), stopped.stderr.count(" E302 ")) == (1, 20, 1)
    assert stopped.stderr.endswith("and 3 more W302\n1 error; nothing was written\n")


def test_an_error_behind_very_many_warnings_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHOWN", 3)
    tasks = [task(annotation(*UNITS, number=number), number=number, text=EMOJI) for number in range(5)]
    bad = [task(annotation(region("1", "Ann", "?"), number=number), number=number) for number in range(10, 15)]
    with pytest.raises(DataError, match="has a label that"):
        converted(tmp_path, [*tasks, *bad])
    said, _ = converted(tmp_path, [*tasks, *bad], skip=True)
    assert sorted(finding.code for finding in said.findings) == ["E302"] * 3 + ["W302"] * 3
    assert said.unshown == {"E302": 2, "W302": 2}


def test_regions_of_which_two_have_the_same_id_as_text_are_rejected(tmp_path: Path) -> None:
    regions = [{**region("1", "Ann", "A"), "id": 1}, region("1", "Bob", "A"), {**region("2", "Ann", "A"), "id": 2}]
    said, rows = converted(tmp_path, [task(annotation(*regions))], skip=True)
    assert [row["span_id"] for row in rows["spans"]] == ["11:2"]
    assert [finding.code for finding in said.findings] == ["E211"]


def test_what_is_told_of_offsets_does_not_depend_on_the_order_of_regions(tmp_path: Path) -> None:
    text = "a😀b a"
    regions = [
        {**region("1", "b", "A", text=text), "value": {"start": 2, "end": 3, "text": "b", "labels": ["A"]}},
        {**region("2", "b", "A", text=text), "value": {"start": 4, "end": 6, "text": "a", "labels": ["A"]}},
    ]
    for items in (regions, regions[::-1]):
        said, _ = converted(tmp_path, [task(annotation(*items), text=text)], skip=True)
        assert [finding.code for finding in said.findings] == ["E313"]


def test_fields_of_short_texts_do_not_pile_up(tmp_path: Path) -> None:
    tasks = [task(number=number, text="x", html="word " * 200_000) for number in range(33)]
    converted(tmp_path, tasks)
    with pq.ParquetFile(tmp_path / "out/documents/train-00000-of-00001.parquet") as file:
        assert file.num_row_groups == 2


def test_what_two_shards_have_both_is_there_once(tmp_path: Path) -> None:
    paths = []
    exports = [
        [task(annotation(*RESULT), title="One")],
        [task(annotation(*RESULT, number=21), title="One"), task(annotation(*RESULT), number=2)],
        [task(annotation(*RESULT, number=31), text=TEXT + "!")],
    ]
    for number, tasks in enumerate(exports):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(tasks))
    found = []
    for workers in (1, 3):
        said = convert(paths, write_config(tmp_path), tmp_path / "out", skip=True, workers=workers)
        assert sorted({finding.code for finding in said.findings}) == ["E215", "E216"]
        assert [(one.read, one.written, one.merged, one.rejected) for one in said.counts.values()] == [
            (4, 2, 1, 1),
            (4, 2, 0, 2),
            (4 * ITEMS, 2 * ITEMS, 0, 2 * ITEMS),
        ]
        found.append(rows_of(tmp_path / "out"))
        rejects = [json.loads(each) for each in (tmp_path / "out/rejects.jsonl").read_text().splitlines()]
        assert [(one["kind"], one["findings"][0]["code"]) for one in rejects] == [
            ("annotation", "E216"),
            ("task", "E215"),
        ]
    assert found[0] == found[1]


def test_stretches_of_files_make_shards_of_about_the_same_size(tmp_path: Path) -> None:
    paths = []
    for number, count in enumerate((1, 50, 1, 1, 30)):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps([task(annotation(*RESULT), number=n) for n in range(count)]))
    for count in (1, 2, 4):
        shards = plan(paths, count)
        pieces = [piece for shard in shards for piece in shard.pieces]
        sizes = [sum(piece.bounds.end - piece.bounds.start for piece in shard.pieces) for shard in shards]
        assert sum(sizes) == sum(path.stat().st_size for path in paths)
        assert [piece.file for piece in pieces] == sorted(piece.file for piece in pieces)
        assert len(shards) in (count, count + 1)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("mine")
    with pytest.raises(DataError, match=r"E005 .*: thesis.txt"):
        converted(tmp_path, TASKS)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_labels_that_come_from_the_tasks_are_all_taken(tmp_path: Path) -> None:
    open_xml = XML.replace('<Labels name="say" toName="t">', '<Labels name="say" toName="t" value="$labels">')
    (tmp_path / "e.json").write_text(json.dumps([task(annotation(region("1", "Ann", "NEW", layer="say")))]))
    (tmp_path / "c.xml").write_text(open_xml)
    convert([tmp_path / "e.json"], tmp_path / "c.xml", tmp_path / "out")
    assert [row["labels"] for row in rows_of(tmp_path / "out")["spans"]] == [["NEW"]]


def test_the_command_says_what_became_of_everything(tmp_path: Path, run: Run) -> None:
    converted(tmp_path, [*TASKS, task(annotation(region("1", "Ann", "C"), number=14), number=4)], skip=True)
    paths = "--config", tmp_path / "config.xml", "--out", tmp_path / "out"
    result = run("convert", tmp_path / "export.json", *paths, "--on-error", "skip")
    assert result.returncode == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["read", "written", "merged", "left", "out"],
        ["tasks", "4", "4", "0", "0"],
        ["annotations", "4", "4", "0", "0"],
        ["items", str(ITEMS + 2), str(ITEMS + 1), "0", "1"],
        ["drafts", "4", "no", "annotations"],
        ["predictions", "4", "no", "annotations"],
        ["documents", "4", "rows"],
        ["annotations", "4", "rows"],
        ["spans", "9", "rows"],
        ["relations", "3", "rows"],
    ]
    assert "document d4 annotation 14 region 1: E302" in result.stderr


def test_tags_are_those_of_the_outermost_spans_of_a_layer(tmp_path: Path) -> None:
    said, rows = converted(tmp_path, TASKS, bio="who")
    first, third = rows["bio"]
    assert (first["id"], first["doc_id"], first["annotation_id"], third["id"]) == ("11", "d1", "11", "13")
    assert list(zip(first["tokens"], first["token_starts"], first["ner_tags"], strict=True)) == [
        ("Ann", 0, 1),
        ("said", 4, 0),
        ("“", 9, 0),
        ("Bob", 10, 1),
        ("left", 14, 2),
        ("Rome", 20, 2),
        ("”", 24, 0),
        (".", 25, 0),
        ("ក្រុង", 27, 0),
        ("été", 33, 1),
        ("end", 40, 0),
    ]
    assert said.untagged == {"nested": 3, "further labels": 1}
    loaded = load_dataset(str(tmp_path / "out"), "bio", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.features["ner_tags"].feature.names == ["O", "B-A", "I-A", "B-bee", "I-bee"]
    assert loaded.to_list() == rows["bio"]
    assert converted(tmp_path, TASKS, bio="say")[0].untagged["without a label"] == 1
    with pytest.raises(DataError, match=r"E015 .*: 'tone', not one of 'who', 'say'"):
        converted(tmp_path, TASKS, bio="tone")


def write_tokenizer(path: Path) -> Path:
    """A tokenizer of a few pieces; like that of BERT, it knows no white space."""
    pieces = ["[UNK]", "[PAD]", "A", "##n", "Bo", "##b", "left", "Rome", "said", "e", "##t"]
    tokenizer = Tokenizer(models.WordPiece({piece: number for number, piece in enumerate(pieces)}, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.StripAccents()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.enable_truncation(2)
    tokenizer.enable_padding(length=99)
    tokenizer.save(str(path))
    return path


def test_the_first_sub_word_of_a_token_has_its_tag(tmp_path: Path) -> None:
    edge = {**RESULT[5], "id": "9", "value": {"start": 39, "end": 43, "labels": ["bee"]}}
    tasks = [task(annotation(*RESULT, edge))]
    _, rows = converted(tmp_path, tasks, bio="who", tokenizer=write_tokenizer(tmp_path / "tokenizer.json"))
    (row,) = rows["bio"]
    found = list(zip(row["tokens"], row["token_starts"], row["ner_tags"], row["input_ids"], strict=True))
    assert found[:8] == [
        ("A", 0, 1, 2), ("##n", 1, -100, 3), ("##n", 2, -100, 3), ("said", 4, 0, 8), ("[UNK]", 9, 0, 0),
        ("Bo", 10, 1, 4), ("##b", 12, -100, 5), ("left", 14, 2, 6),
    ]  # fmt: skip
    assert found[-1] == ("[UNK]", 40, 3, 0)  # the white space before it has no sub-word: the span begins here
    loaded = load_dataset(str(tmp_path / "out"), "bio", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded["ner_tags"][0] == row["ner_tags"]
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(DataError, match="E016 The tokenizer cannot be used: "):
        converted(tmp_path, tasks, bio="who", tokenizer=tmp_path / "tokenizer.json")


@given(st.lists(annotated_texts(), max_size=4))
def test_blocks_of_texts_are_tagged_as_each_by_itself(cases: list[tuple[str, list[tuple[int, int, int]]]]) -> None:
    texts, left_out = [text for text, _ in cases], Counter[str]()
    columns = np.array([(at, *one) for at, (_, each) in enumerate(cases) for one in each], np.int64).reshape(-1, 4).T
    tagged = tag(texts, Extents(*columns), left_out)
    tagged.tokens.validate(full=True)
    names, at, count_shown = ["O", *(f"{mark}-{label}" for label in "XYZ" for mark in "BI")], 0, 0
    for (text, extents), count in zip(cases, tagged.counts.tolist(), strict=True):
        tokens = list(
            zip(tagged.starts[at : at + count].tolist(), tagged.tokens[at : at + count].to_pylist(), strict=True)
        )
        places = [(start, start + len(token)) for start, token in tokens]
        assert [text[start:end] for start, end in places] == [token for _, token in tokens]
        tags = [names[number] for number in tagged.tags[at : at + count].tolist()]
        shown = [
            Span("", "", ("XYZ"[label],), *seen(text, start, end))
            for start, end, label in sorted(extents, key=lambda one: one[2])
        ]
        outer = outermost_one_by_one([span for span in shown if span.start < span.end])
        assert list(decode_bio(places, tags)) == [(*span.extent, span.label) for span in outer]
        assert places == list(tokenise(text, 0, len(text), outer))
        at, count_shown = at + count, count_shown + len(outer)
    gone = sum(left_out[why] for why in ("nested", "crossing", "white space or invisible characters alone"))
    assert count_shown + gone == len(columns[0])


grouped = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 12), st.integers(1, 9)).map(
        lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
    ),
    max_size=40,
)


@given(grouped)
def test_the_innermost_span_around_each_is_found(spans: list[tuple[int, int, int]]) -> None:
    groups, starts, ends = np.array(spans, np.int64).reshape(-1, 3).T
    for at, around in enumerate(innermost_around(groups, starts, ends).tolist()):
        group, start, end = spans[at]
        wider = [
            (there, begin, stop)
            for there, begin, stop in spans
            if there == group and begin <= start and end <= stop and (begin, stop) != (start, end)
        ]
        nearest = max(wider, key=lambda one: (one[1], -one[2]), default=None)
        assert (spans[around] if around >= 0 else None) == nearest


@given(grouped)
def test_the_outermost_spans_are_those_that_one_pass_keeps(spans: list[tuple[int, int, int]]) -> None:
    groups, starts, ends = np.array(spans, np.int64).reshape(-1, 3).T
    found = outermost(groups, starts, ends, np.arange(len(spans)))
    kept: list[int] = []
    nested = crossing = 0
    for at in sorted(range(len(spans)), key=lambda at: (*spans[at][:2], -spans[at][2])):
        group, start, end = spans[at]
        last = spans[kept[-1]][2] if kept and spans[kept[-1]][0] == group else 0
        if start >= last:
            kept.append(at)
        elif end <= last:
            nested += 1
        else:
            crossing += 1
    assert (found.kept.tolist(), found.nested, found.crossing) == (kept, nested, crossing)


pieces = st.sampled_from(
    [
        *RESULT,
        region("1", "Bob", "A"),
        region("2", "Ann", "Z"),
        region("9", "Ann", "A", parentID="2"),
        {**RESULT[5], "id": 9},
        {**RESULT[5], "value": None},
        {**RESULT[5], "from_name": None},
        {**RESULT[1], "type": "relation"},
        {**RESULT[17], "from_name": "who"},
        {**RESULT[1], "value": {**RESULT[1]["value"], "end": 999}},
        {**RESULT[1], "value": {**RESULT[1]["value"], "text": ["a", "b"]}},
        {**RESULT[1], "value": {**RESULT[1]["value"], "text": "Bob"}},
        value("2", "kinds", "choices", ["x", "q"]),
        value("2", "tone", "choices", [""]),
        value("2", "tone", "choices", None),
        value("2", "much", "number", 10**20),
        value("2", "stars", "rating", 3),
        value("z", "topic", "taxonomy", []),
        value("9", "text", "textarea", None),
        relation("9", "2", "by"),
        relation("1", "2", "no"),
        relation("1", "2", direction="up"),
        {**relation("1", "2"), "direction": None},
        {**relation("1", "2"), "id": "r", "meta": {"sure": 1}},
        {**RESULT[1], "from_name": "say", "value": {**RESULT[1]["value"], "labels": ["CUE"]}},
        {**RESULT[5], "id": None},
        {**RESULT[0], "id": None, "value": {**RESULT[0]["value"], "start": 0, "end": 3}},
        {**RESULT[0], "meta": {"lead_time": 1}, "score": 0.5},
    ]
)


def in_rows(batch: Batch) -> dict[str, list[dict[str, Any]]]:
    return {name: table.to_pylist() for name, table in batch.tables(batch.rows()).items()}


@given(st.lists(pieces, max_size=12))
def test_what_the_fast_way_takes_is_what_the_slow_way_finds_nothing_wrong_with(found: list[dict[str, Any]]) -> None:
    items = msgspec.convert(found, list[Item])
    place = {"file": "f", "task": "d1", "annotation": "1"}
    batch, settled_batch = Batch(CONFIG), Batch(CONFIG)
    taken = batch.add([Marked("1", "f", "d1", TEXT, TaskAnnotation(result=items))])
    said = settled(items, CONFIG)
    assert len(said.items) == len(items) - said.merged + said.added
    if taken:
        assert (said.merged, said.added) == (0, 0)
        assert batch.rows().items == len(items)
        assert settled_batch.add([Marked("1", "f", "d1", TEXT, TaskAnnotation(result=said.items))])
        assert in_rows(settled_batch) == in_rows(batch)
    items = said.items
    sifted = sift(items, TEXT, CONFIG, place)
    batch = Batch(CONFIG)
    if batch.add([Marked("1", "f", "d1", TEXT, TaskAnnotation(result=items))]):
        assert sifted.rejects == []
        assert batch.rows().items == len(items)
    else:
        assert not taken
        assert (batch.rows().items, batch.annotations) == (0, [])
        assert batch.add([Marked("1", "f", "d1", TEXT, TaskAnnotation(result=sifted.kept))])
        assert batch.rows().items == len(sifted.kept) == len(items) - sum(len(one.item) for one in sifted.rejects)
    batch.tables(batch.rows())


def test_entries_of_every_kind_decode_alike(tmp_path: Path) -> None:
    path = tmp_path / "e.json"
    path.write_text(json.dumps(TASKS))
    assert [one.drafts for one in read_export(path)] == [1, 1, 1]
    assert isinstance(read_tasks(path, Entry)[0], Entry)
