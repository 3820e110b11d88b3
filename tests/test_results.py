"""Results, annotations and tasks in forms that Label Studio of today does not write, but old versions, imports and models."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.convert.conversion import Converted, convert
from goldspan.export.fields import KNOWN
from goldspan.export.reader import Item, Value
from goldspan.export.tasks import read_export
from goldspan.faults import DataError, Finding
from goldspan.validate import validate
from tests.conftest import ROOT
from tests.exports import TEXT, annotation, lines, region, relation, task, value, write_config
from tests.test_convert import Rows, converted, rows_of

ANN, BOB = region("1", "Ann", "A"), region("2", "Bob", "bee")
TWO = [ANN, {**ANN, "from_name": "say", "value": {**ANN["value"], "labels": ["CUE"]}}]


def without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: held for name, held in item.items() if name not in names}


def changed(item: dict[str, Any], **value: Any) -> dict[str, Any]:
    """An item with another value."""
    return {**item, "value": {**item["value"], **value}}


def items_converted(folder: Path, *items: Any, **options: Any) -> tuple[Converted, Rows]:
    """What becomes of a task that has an annotation with some items."""
    return converted(folder, [task(annotation(*items))], **options)


def extents(rows: Rows) -> list[tuple[str, str, list[str], int, int]]:
    return [(row["span_id"], row["layer"], row["labels"], row["start"], row["end"]) for row in rows["spans"]]


def checked(folder: Path, data: object) -> list[Finding]:
    """What validate says of an export."""
    (folder / "export.json").write_text(json.dumps(data))
    return validate(folder / "export.json", write_config(folder))


def adds_up(said: Converted) -> bool:
    return all(one.read == one.written + one.merged + one.rejected for one in said.counts.values())


def test_a_region_with_labels_of_two_controls_is_a_span_of_each(tmp_path: Path) -> None:
    items = [BOB, *reversed(TWO), relation("2", "1", "by"), value("1", "tone", "choices", ["calm"]), {**region("3", "said", "A"), "parentID": "1"}]  # fmt: skip
    said, rows = items_converted(tmp_path, *items)
    assert extents(rows) == [
        ("11:2", "who", ["bee"], 10, 13),
        ("11:1:say", "say", ["CUE"], 0, 3),
        ("11:1", "who", ["A"], 0, 3),
        ("11:3", "who", ["A"], 4, 8),
    ]
    assert [row["tone"] for row in rows["spans"]] == [None, "calm", "calm", None]
    assert [(row["from_span_id"], row["to_span_id"]) for row in rows["relations"]] == [("11:2", "11:1")]
    assert rows["spans"][3]["parent_span_id"] == "11:1"
    assert (said.counts["items"].read, said.counts["items"].written, said.findings) == (6, 6, [])
    assert checked(tmp_path, [task(annotation(*items))]) == []
    assert validate(tmp_path / "out", tmp_path / "config.xml") == []


LAYERED = """<View>
  <Labels name="one" toName="t"><Label value="A"/><Label value="B"/></Labels>
  <Labels name="two" toName="t"><Label value="A"/><Label value="P"/></Labels>
  <Text name="t" value="$body"/>
  <View visibleWhen="region-selected" whenTagName="two">
    <Choices name="tone" toName="t" perRegion="true"><Choice value="calm"/></Choices></View>
  <View visibleWhen="region-selected" whenTagName="one" whenLabelValue="B">
    <Number name="much" toName="t" perRegion="true"/></View>
</View>"""


def test_a_value_goes_with_the_span_of_the_layer_that_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(LAYERED)
    one, two = region("1", "Ann", "A", layer="one"), region("1", "Ann", "P", layer="two")
    values = [value("1", "tone", "choices", ["calm"]), value("1", "much", "number", 2)]
    (tmp_path / "e.json").write_text(json.dumps([task(annotation(two, one, *values))]))
    convert([tmp_path / "e.json"], tmp_path / "config.xml", tmp_path / "out")
    spans = [(row["span_id"], row["tone"], row["much"]) for row in rows_of(tmp_path / "out")["spans"]]
    assert spans == [("11:1:two", "calm", None), ("11:1", None, 2.0)]


@pytest.mark.parametrize(
    "other",
    [
        changed(ANN, labels=["bee"]),  # the same control
        changed({**ANN, "from_name": "say"}, labels=["CUE"], end=8, text="Ann said"),  # another extent
    ],
)
def test_two_regions_that_only_share_an_id_are_refused(other: dict[str, Any], tmp_path: Path) -> None:
    said, rows = items_converted(tmp_path, ANN, other, BOB, skip=True)
    assert ([row["span_id"] for row in rows["spans"]], [one.code for one in said.findings]) == (["11:2"], ["E211"])
    assert [(one.code, one.region) for one in checked(tmp_path, [task(annotation(ANN, other))])] == [("E211", "1")]


def test_an_item_that_repeats_another_to_the_letter_is_merged(tmp_path: Path) -> None:
    tone, genre = value("1", "tone", "choices", ["calm"]), value("x", "genre", "choices", ["news"])
    said, rows = items_converted(tmp_path, ANN, tone, ANN, genre, tone, genre)
    assert (len(rows["spans"]), rows["spans"][0]["tone"], rows["annotations"][0]["genre"]) == (1, "calm", "news")
    items = said.counts["items"]
    assert (items.read, items.written, items.merged, said.findings) == (6, 3, 3, [])
    assert checked(tmp_path, [task(annotation(ANN, tone, ANN, genre, tone, genre))]) == []


@pytest.mark.parametrize(("start", "end"), [(10.0, 13.0), ("10", "13"), (1e1, "13.0"), (10, 13)])
def test_an_offset_is_a_whole_number_however_it_is_written(start: object, end: object, tmp_path: Path) -> None:
    item = changed(BOB, start=start, end=end)
    assert extents(items_converted(tmp_path, item)[1]) == [("11:2", "who", ["bee"], 10, 13)]
    assert checked(tmp_path, [task(annotation(item))]) == []


def test_what_a_region_holds_beside_what_is_known_is_kept(tmp_path: Path) -> None:
    odd = changed({**ANN, "normalization": "ann", "locked": True, "hidden": False, "meta": {"text": ["a"], "locked": 1}}, note="x")  # fmt: skip
    link = {**relation("1", "2", "by"), "id": "r", "meta": {"sure": 1}, "strength": 0.5}
    said, rows = items_converted(tmp_path, odd, BOB, link, {**BOB, "id": "3", "meta": ["a note"]})
    assert [row["meta"] and json.loads(row["meta"]) for row in rows["spans"]] == [
        {"text": ["a"], "locked": 1, "item": {"locked": True}, "normalization": "ann", "hidden": False, "value": {"note": "x"}},
        None,
        {"meta": ["a note"]},
    ]  # fmt: skip
    assert [json.loads(row["meta"]) for row in rows["relations"]] == [{"id": "r", "sure": 1, "strength": 0.5}]
    assert said.findings == []


def test_what_is_noted_of_values_is_kept_with_their_region_or_annotation(tmp_path: Path) -> None:
    noted = {**ANN, "meta": {"text": ["a"]}, "score": 0.5, "origin": "prediction", "parentID": "2"}
    tone = {
        **value("1", "tone", "choices", ["calm"]),
        **{name: noted[name] for name in ("score", "origin", "parentID")},
    }
    text = {**value("1", "text", "textarea", None), "value": {"text": ["x"]}, "meta": {"text": ["a"], "lead_time": 1.5}}
    genre = {**value("x", "genre", "choices", ["news"]), "origin": "prediction-changed", "score": 0.9, "meta": {"lead_time": 2}, "readonly": True}  # fmt: skip
    stars = {**value("y", "stars", "rating", 3), "origin": "manual"}
    _, rows = items_converted(tmp_path, BOB, noted, tone, text, genre, stars)
    assert [row["meta"] and json.loads(row["meta"]) for row in rows["spans"]] == [
        None,
        {"text": ["a"], "values": {"text": {"lead_time": 1.5}}},
    ]
    assert json.loads(rows["annotations"][0]["meta"]) == {
        "values": {"genre": {"lead_time": 2, "origin": "prediction-changed", "readonly": True, "score": 0.9}}
    }


def test_the_meta_of_a_task_is_kept_and_unknown_fields_are_named_once(tmp_path: Path) -> None:
    tasks = [
        {**task(annotation(number=n, reviews=[1], score=1), number=n), "meta": {"n": n}, "agreement": 1} for n in (1, 2)
    ]
    tasks.append(task(number=3, task_meta="mine"))
    said, rows = converted(tmp_path, tasks)
    assert [(row["task_meta"], row["field_task_meta"]) for row in rows["documents"]] == [
        ('{"n":1}', None),
        ('{"n":2}', None),
        (None, "mine"),
    ]
    named = ["annotation.reviews, 2 times", "annotation.score, 2 times", "task.agreement, 2 times"]
    assert [(one.code, one.message.rpartition(": ")[2]) for one in said.findings] == [("W206", one) for one in named]
    assert converted(tmp_path, tasks, workers=2)[0].findings == said.findings
    found = [one.message.rpartition(": ")[2] for one in checked(tmp_path, tasks) if one.code == "W206"]
    assert found == named


SPOILT: dict[str, tuple[bytes, list[str], tuple[int, int, int]]] = {
    "half a character in the text": (b'{"id": 1, "data": {"body": "x\\ud83d y"}}', ["document 1: E225", r"'\ud83d' at $.data.body, in task number 1"], (0, 0, 0)),
    "half a character in a key": (b'{"id": 1, "data": {"body": "x", "\\udc00": 1}}', [r"'\udc00' at a key of $.data"], (0, 0, 0)),
    "a number that is none": (b'{"id": 1, "data": {"body": "x", "v": [1, NaN]}}', ["nan at $.data.v[1]"], (0, 0, 0)),
    "a number without end": (b'{"id": 1, "data": {"body": "x", "v": -Infinity}}', ["-inf at $.data.v"], (0, 0, 0)),
    "a number too large": (b'{"id": 1, "data": {"body": "x", "v": 1e999}}', ["inf at $.data.v"], (0, 0, 0)),
    "too many digits": (b'{"id": 1, "data": {"body": "x", "v": ' + b"9" * 9999 + b"}}", ["inf at $.data.v"], (0, 0, 0)),
    "a byte that is not UTF-8": (b'{"id": 1, "data": {"body": "\xff"}}', [r"'\udcff' at $.data.body"], (0, 0, 0)),
    "in an annotation": (b'{"id": 1, "data": {"body": "x"}, "annotations": [{"id": 5, "result": []}, {"id": "\\ud800", "result": []}]}', [r"document 1 annotation \ud800: E225", "at $.id"], (1, 1, 0)),
    "in a field that can lack": (b'{"id": 1, "data": {"body": "x"}, "annotations": [{"id": 5, "result": [], "lead_time": NaN}]}', ["document 1 annotation 5: E225", "nan at $.lead_time"], (1, 1, 0)),
    "in an item": (b'{"id": 1, "data": {"body": "x"}, "annotations": [{"id": 5, "result": [{"id": "a", "from_name": "who", "type": "labels", "value": {"start": 0, "end": 1, "labels": ["A"]}}, {"id": "b", "from_name": "text", "type": "textarea", "value": {"text": ["\\ud800"]}}]}]}', ["document 1 annotation 5 region b: E225", "at $.text[0]"], (1, 1, 1)),
    "in what is noted of an item": (b'{"id": 1, "data": {"body": "x"}, "annotations": [{"id": 5, "result": [{"id": "a", "from_name": "who", "type": "labels", "sure": NaN, "value": {"start": 0, "end": 1, "labels": ["A"]}}]}]}', ["document 1 annotation 5 region a: E225", "nan at $.sure"], (1, 1, 1)),
    "in a field that is left out": (b'{"id": 1, "data": {"body": "x"}, "avg_lead_time": NaN}', [], (1, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize("form", ["array", "lines", "indented"])
def test_what_no_table_can_hold_takes_away_what_holds_it(form: str, name: str, tmp_path: Path) -> None:
    """Of the task with the fault so many documents, annotations and spans are left."""
    data, said, left = SPOILT[name]
    good = [json.dumps(task(annotation(*TWO, number=n), number=n)).encode() for n in (20, 21)]
    each = [good[0], data, good[1]]
    whole = {"array": b"[" + b",".join(each) + b"]", "lines": b"\n".join(each), "indented": b"[\n " + b",\n ".join(each) + b"\n]\n"}[form]  # fmt: skip
    result, rows = converted(tmp_path, whole, skip=True)
    kept = tuple(sum(row["doc_id"] == "1" for row in rows[name]) for name in ("documents", "annotations", "spans"))
    assert kept == left
    assert [row["doc_id"] for row in rows["spans"] if row["doc_id"] != "1"] == ["d20", "d20", "d21", "d21"]
    assert adds_up(result)
    assert [one.code for one in result.findings] == ["E225"] * bool(said)
    assert all(part in str(finding) for finding in result.findings for part in said)
    found = validate(tmp_path / "export.json", tmp_path / "config.xml")
    assert [one.code for one in found if one.is_error] == ["E225"] * bool(said)
    if said:
        with pytest.raises(DataError, match="E225"):
            converted(tmp_path, whole)
        rejects = (tmp_path / "out/rejects.jsonl").read_text().splitlines()
        assert [json.loads(line, parse_constant=pytest.fail)["findings"][0]["code"] for line in rejects] == ["E225"]


def test_an_array_that_is_no_json_beside_what_is_spoilt_stops_everything(tmp_path: Path) -> None:
    spoilt = b'{"id": 1, "data": {"body": "\\ud800"}}'
    for data in (b"[" + spoilt + b",", b"[" + spoilt + b"} oh]", b"[" + spoilt + b", oh]", b"[" + spoilt + b",]"):
        with pytest.raises(DataError, match="E201 The export cannot be read, or is not JSON"):
            converted(tmp_path, data, skip=True)


def test_copies_of_an_annotation_are_merged_and_counted(tmp_path: Path) -> None:
    first, second = annotation(*TWO, value("1", "tone", "choices", ["calm"])), annotation(BOB, number=12)
    ago = {**first, "created_ago": "2 weeks", "result_count": 3}  # what is not taken of it is no part of what it says
    exports = [[task(first)], [task(ago, second), task(ago)], [task(first, second)]]
    paths = [tmp_path / f"{number}.json" for number in range(3)]
    for path, tasks in zip(paths, exports, strict=True):
        path.write_text(json.dumps(tasks))
    found = []
    for workers in (1, 3):
        said = convert(paths, write_config(tmp_path), tmp_path / "out", workers=workers)
        assert [(one.read, one.written, one.merged, one.rejected) for one in said.counts.values()] == [
            (4, 1, 3, 0),
            (6, 2, 4, 0),
            (14, 4, 10, 0),
        ]
        assert said.findings == []
        found.append(rows_of(tmp_path / "out"))
    assert found[0] == found[1]
    assert [row["annotation_id"] for row in found[0]["annotations"]] == ["11", "12"]
    assert [row["tone"] for row in found[0]["spans"]] == ["calm", "calm", None]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_annotation_that_says_something_else_under_the_same_id_is_no_copy(workers: int, tmp_path: Path) -> None:
    others = [annotation(BOB), annotation(ANN, completed_by=2), annotation(ANN, updated_at="2027-01-01T00:00:00Z")]
    for number, other in enumerate(others):
        paths = [tmp_path / "a.json", tmp_path / "b.json"]
        for path, one in zip(paths, (annotation(ANN), other), strict=True):
            path.write_text(json.dumps([task(one)]))
        said = convert(paths, write_config(tmp_path), tmp_path / f"out{number}", skip=True, workers=workers)
        assert [one.code for one in said.findings] == ["E216"]
        assert rows_of(tmp_path / f"out{number}")["annotations"][0]["annotator"] == "ann@example.org"
        assert adds_up(said)


def test_a_storage_that_repeats_an_annotation_has_it_once(tmp_path: Path) -> None:
    stored = [
        {**one, "task": {name: task()[name] for name in ("id", "data", "created_at")}}
        for one in (annotation(*TWO), annotation(*TWO), annotation(BOB, number=12, completed_by=2))
    ]
    said, rows = converted(tmp_path, lines(stored))
    assert [row["span_id"] for row in rows["spans"]] == ["11:1", "11:1:say", "12:2"]
    assert said.counts["annotations"].merged == 1
    assert validate(tmp_path / "export.json", tmp_path / "config.xml") == []
    (whole,) = read_export(tmp_path / "export.json")
    assert [one.id for one in whole.annotations] == [11, 12]


def test_completions_of_old_versions_are_annotations(tmp_path: Path) -> None:
    completions = [
        {"id": 1001, "created_at": 1598888888, "lead_time": 12.1, "honeypot": True, "result": [{**ANN, "source": "$body"}]},
        {"id": 1002, "created_at": 1598888889.5, "skipped": True, "was_generated": False, "result": []},
        {"id": 1003, "created_at": 1598888890, "was_cancelled": False, "skipped": True, "result": [BOB]},
    ]  # fmt: skip
    said, rows = converted(tmp_path, [{"id": 1, "data": {"body": TEXT}, "completions": completions, "predictions": []}])
    names = ("annotation_id", "created_at", "lead_time", "was_cancelled", "ground_truth")
    assert [tuple(row[name] for name in names) for row in rows["annotations"]] == [
        ("1001", "2020-08-31T15:48:08Z", 12.1, False, True),
        ("1002", "2020-08-31T15:48:09.500000Z", None, True, False),
        ("1003", "2020-08-31T15:48:10Z", None, True, False),
    ]
    assert [(row["span_id"], row["meta"]) for row in rows["spans"]] == [("1001:1", '{"source":"$body"}'), ("1003:2", None)]  # fmt: skip
    assert said.findings == []
    skipped = [(one.code, one.task) for one in validate(tmp_path / "export.json", tmp_path / "config.xml")]
    assert skipped == [("W201", "1")]


def test_a_region_without_an_id_is_numbered_by_its_place(tmp_path: Path) -> None:
    bare = [without(ANN, "id"), {**BOB, "id": None}, {**region("", "said", "A")}]
    tone = without(value("", "tone", "choices", ["calm"]), "id")
    at_bob = {**tone, "value": {**tone["value"], "start": 10, "end": 13, "text": "Bob"}}
    said, rows = items_converted(tmp_path, at_bob, *bare)
    assert extents(rows) == [
        ("11:#1", "who", ["A"], 0, 3),
        ("11:#2", "who", ["bee"], 10, 13),
        ("11:#3", "who", ["A"], 4, 8),
    ]
    assert ([row["tone"] for row in rows["spans"]], said.findings) == ([None, "calm", None], [])
    assert checked(tmp_path, [task(annotation(at_bob, *bare))]) == []
    said, rows = items_converted(tmp_path, {**BOB, "id": "#1"}, bare[0])
    assert [row["span_id"] for row in rows["spans"]] == ["11:#1", "11:#1_"]


@pytest.mark.parametrize("extent", [{}, {"start": 0, "end": 3}, {"start": 4, "end": 8}])
def test_a_value_without_an_id_of_no_region_or_of_two_is_refused(extent: dict[str, int], tmp_path: Path) -> None:
    tone = without(changed(value("", "tone", "choices", ["calm"]), **extent), "id")
    items = [without(ANN, "id"), {**ANN, "from_name": "say", "id": "x", "value": {**ANN["value"], "labels": []}}, tone]
    said, rows = items_converted(tmp_path, *items, skip=True)
    assert [row["span_id"] for row in rows["spans"]] == ["11:#0", "11:x"]
    assert [one.code for one in said.findings] == ["E210"]
    assert "give it the id of its region" in said.findings[0].remedy
    assert [one.code for one in checked(tmp_path, [task(annotation(*items))])] == ["E210"]


def test_a_stale_label_of_a_relation_may_be_added_to_the_config(tmp_path: Path) -> None:
    (finding,) = items_converted(tmp_path, ANN, BOB, relation("1", "2", "owns"), skip=True)[0].findings
    assert (finding.code, "add the label to the labeling config" in finding.remedy) == ("E402", True)


TAKEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "number for an id": ({**BOB, "id": 7}, {"span_id": "11:7"}),
    "one label without a list": (changed(BOB, labels="bee"), {"labels": ["bee"]}),
    "labels null": (changed(BOB, labels=None), {"labels": []}),
    "labels empty": (changed(BOB, labels=[]), {"labels": []}),
    "no type": (without(BOB, "type"), {"layer": "who", "labels": ["bee"]}),
    "score as text": ({**BOB, "score": "0.93"}, {"score": 0.93}),
    "parent by number": ({**BOB, "parentID": 1}, {"parent_span_id": "11:1"}),
    "parent null": ({**BOB, "parentID": None}, {"parent_span_id": None}),
    "meta as a list": ({**BOB, "meta": ["x"]}, {"meta": '{"meta":["x"]}'}),
    "meta as text": ({**BOB, "meta": "x"}, {"meta": '{"meta":"x"}'}),
    "meta empty": ({**BOB, "meta": []}, {"meta": None}),
    "shown text a number": (changed(BOB, text=2020), {"text": "Bob"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_form_that_can_mean_one_thing_only_is_taken(name: str, tmp_path: Path) -> None:
    item, expected = TAKEN[name]
    first = {**ANN, "id": 1} if name == "parent by number" else ANN
    said, rows = items_converted(tmp_path, first, item)
    assert ({key: rows["spans"][1][key] for key in expected}, said.findings) == (expected, [])
    assert [one for one in checked(tmp_path, [task(annotation(first, item))]) if one.is_error] == []


LINK = relation("1", "2")
REFUSED: dict[str, tuple[list[Any], str, str, int]] = {
    "half an offset": ([changed(BOB, start=10.5)], "region 2: E226 ", "start is 10.5: a whole number belongs there", 1),
    "a path for an offset": ([changed(BOB, start="/div[1]")], "region 2: E226 ", 'start is "/div[1]"', 1),
    "true for an offset": ([changed(BOB, start=True)], "region 2: E226 ", "start is true", 1),
    "labels as an object": ([changed(BOB, labels={"a": 1})], "region 2: E227 ", 'labels is {"a": 1}: a list of texts belongs there', 1),
    "a label that is null": ([changed(BOB, labels=[None])], "region 2: E227 ", "labels is [null]", 1),
    "value as text": ([{**BOB, "value": "x"}], "region 2: E227 ", 'value is "x": an object belongs there', 1),
    "value null": ([{**BOB, "value": None}], "region 2: E210 ", "a region of 'who' has no start", 1),
    "an item that is none": (["x", BOB], "annotation 11: E227 ", 'an item of a result is an object, not "x"', 1),
    "an id that is a list": ([{**BOB, "id": [1]}], "E227 ", "id is [1]: a text or a number belongs there", 1),
    "score as a word": ([{**BOB, "score": "high"}], "region 2: E227 ", 'score is "high": a number belongs there', 0),
    "origin as a list": ([{**BOB, "origin": []}], "region 2: E227 ", "origin is []", 0),
    "an end that is no name": ([BOB, {**LINK, "from_id": {}}], "E227 ", "from_id is {}", 1),
    "a direction that is none": ([BOB, {**LINK, "direction": "up"}], "E402 ", "direction 'up'", 1),
    "a direction that is a number": ([BOB, {**LINK, "direction": 1}], "E227 ", "direction is 1", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_that_means_nothing_is_named_at_its_place(name: str, tmp_path: Path) -> None:
    items, place, detail, lost = REFUSED[name]
    said, rows = items_converted(tmp_path, ANN, *items, skip=True)
    (finding,) = said.findings
    assert place in str(finding)
    assert detail in finding.message
    assert said.counts["items"].rejected == lost
    assert adds_up(said)
    assert rows["spans"][0]["span_id"] == "11:1"
    (again,) = [one for one in checked(tmp_path, [task(annotation(ANN, *items))]) if one.is_error]
    assert (again.code, again.message) == (finding.code, finding.message)
    with pytest.raises(DataError, match=finding.code):
        items_converted(tmp_path, ANN, *items)


OF_ANNOTATIONS: dict[str, tuple[dict[str, Any], str, int]] = {
    "who made it is a list": ({"completed_by": [1]}, "completed_by is [1]: the number or the address of a user belongs there", 2),
    "time it took is a word": ({"lead_time": "long"}, 'lead_time is "long": a number belongs there', 2),
    "when it was made is no time": ({"created_at": 10**30}, "a moment belongs there, as text or in seconds since 1970", 2),
    "skipped is a word": ({"was_cancelled": "maybe"}, 'was_cancelled is "maybe": true or false belongs there', 1),
    "result is an object": ({"result": {"a": 1}}, 'result is {"a": 1}: a list belongs there', 1),
    "result is a text": ({"result": "[]"}, 'result is "[]"', 1),
    "id is a list": ({"id": []}, "id is []", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_ANNOTATIONS)
def test_a_field_takes_away_its_annotation_only_if_that_cannot_do_without(name: str, tmp_path: Path) -> None:
    odd, detail, left = OF_ANNOTATIONS[name]
    tasks = [task(annotation(ANN, **{"number": 12, **odd}), annotation(BOB, completed_by=2))]
    said, rows = converted(tmp_path, tasks, skip=True)
    (finding,) = said.findings
    assert (finding.code, finding.task, detail in finding.message) == ("E227", "d1", True)
    assert (len(rows["annotations"]), adds_up(said)) == (left, True)
    assert [one.message for one in checked(tmp_path, tasks) if one.is_error] == [finding.message]


def test_whole_numbers_flags_and_users_are_taken_as_they_come(tmp_path: Path) -> None:
    user = {"id": 3, "email": "a@b.example", "first_name": "A", "initials": "ab", "avatar": None}
    odd = annotation(ANN, was_cancelled=1, ground_truth=0, completed_by=user, lead_time="3.5", updated_at=None, id=7.0)
    none = annotation(number=8, completed_by=None, result=None, lead_time=-1, was_cancelled=None)
    said, rows = converted(tmp_path, [task(odd, none)])
    names = ("annotation_id", "annotator", "was_cancelled", "ground_truth", "lead_time", "updated_at")
    assert [tuple(row[name] for name in names) for row in rows["annotations"]] == [
        ("7", "a@b.example", True, False, 3.5, None),
        ("8", None, False, False, -1.0, "2026-11-23T19:36:19.6Z"),
    ]
    assert said.findings == []


@pytest.mark.parametrize("drafts", [None, [], {}, "x", [1], [None, "x", [1]], [{"id": 1, "result": 5}]])
def test_drafts_and_predictions_of_any_form_are_counted_only(drafts: Any, tmp_path: Path) -> None:
    said, rows = converted(tmp_path, [{**task(annotation(ANN)), "drafts": drafts, "predictions": drafts}])
    count = len(drafts) if isinstance(drafts, list) else 1 if drafts else 0
    assert (said.apart, len(rows["spans"]), said.findings) == ({"drafts": count, "predictions": count}, 1, [])


def test_annotations_that_are_no_list_leave_the_document(tmp_path: Path) -> None:
    for found, lost in ((None, 0), ({"a": 1}, 1), ("x", 1), ([5], 1)):
        said, rows = converted(tmp_path, [{**task(), "annotations": found}], skip=True)
        assert (len(rows["documents"]), said.counts["annotations"].rejected) == (1, lost)
        assert [one.code for one in said.findings] == ["E227"] * lost
        assert adds_up(said)


def test_the_page_says_of_every_known_field_where_it_goes() -> None:
    page = (ROOT / "docs/convert.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith(("| item", "| value", "| annotation |", "| task |"))]  # fmt: skip
    said: dict[str, list[str]] = {}
    for of, names, *_ in rows:
        said.setdefault(of.strip("| "), []).extend(re.findall(r"`(\w+)`", names))
    kinds: dict[str, type[msgspec.Struct]] = {"item": Item, "value": Value}
    taken = {of: {one.encode_name for one in msgspec.structs.fields(kind)} - {"value"} for of, kind in kinds.items()}
    assert taken["item"] <= set(said["item"])
    assert taken["value"] <= set(said["value"])
    assert KNOWN["task"] - {"annotations", "completions"} == set(said["task"])
    assert KNOWN["annotation"] - {"result"} == set(said["annotation"])
    assert len(said["task"]) == len(set(said["task"]))
