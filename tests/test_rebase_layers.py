"""Further layers, relations and values of whole tasks carried over to articles that were corrected."""

import csv
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.build import build
from goldspan.hydrate.anchors import align
from goldspan.hydrate.carry import Json, Written, carry
from goldspan.hydrate.names import renamed
from tests.test_diff import edit
from tests.test_rebase import carried, correct
from tests.wide import RELATIONS, SPANS, TEXTS, VALUES, annotated, write_wide_corpus

SHORT = TEXTS["n1"].replace(", so the shops closed", "")
NEW = f"Yesterday {SHORT}"
XML, EXPORT = "annotations/labeling_config.xml", "annotations/exports/articles-1.json"


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    one = annotated("A", "n1", *SPANS, relations=RELATIONS, values=VALUES)
    return write_wide_corpus(tmp_path / "corpus", [one])


def test_spans_of_every_layer_relations_and_values_of_the_task_are_carried_over(wide: Path) -> None:
    correct(wide, "n1", lambda text: NEW)
    rebased = carried(wide)
    tables = {name: table.to_pylist() for name, table in build(wide).tables.items()}
    assert [(row["start"], row["text"]) for row in tables["event"]] == [(38, "talks"), (61, "crowd")]
    assert (tables["event"][0]["certainty"], tables["event"][0]["aims"]) == ("unsure", ["peace", "quiet"])
    assert [(row["start"], row["labels"]) for row in tables["speech_acts"]] == [
        (25, ["promise"]),
        (50, ["threat", "claim"]),
    ]
    assert [(row["start"], row["text"], row["parent_span_id"]) for row in tables["frame"]] == [
        (38, "talks 😀 and warned", None)
    ]
    assert [(row["from_text"], row["to_text"], row["labels"]) for row in tables["relations"]] == [
        ("talks", "Ann", ["about"])
    ]
    assert {name: tables["documents"][0][name] for name in VALUES} == VALUES
    lost = {one.region for one in rebased.findings if one.code == "W940"}
    assert lost == {"closing", "wide frame", "shops", "shops again", "inside", "note"}


@pytest.mark.parametrize(
    ("value", "data", "now"),
    [
        ('value="$body.full"', {"body": {"full": TEXTS["n1"]}}, {"body": {"full": SHORT}}),
        ('value="Ann $rest"', {"rest": TEXTS["n1"].removeprefix("Ann ")}, {"rest": SHORT.removeprefix("Ann ")}),
    ],
)
def test_the_task_shows_the_new_text_however_it_is_made(value: str, data: Json, now: Json, wide: Path) -> None:
    edit(XML, 'value="$text"', value)(wide)
    (task, *_) = json.loads((wide / EXPORT).read_text())
    task["data"] = {"doc_id": "n1", **data}
    (wide / EXPORT).write_text(json.dumps([task]))
    correct(wide, "n1", lambda text: SHORT)
    carried(wide)
    (written,) = json.loads((wide / "annotations/exports/pulled-2026-12-24.json").read_text())
    assert written["data"] == {"doc_id": "n1", **now}
    assert [row["text"] for row in build(wide).tables["event"].to_pylist()] == ["talks", "crowd"]


def test_regions_without_ids_and_with_whole_numbers_as_fractions_move_each_by_itself() -> None:
    def region(start: float, end: float, **more: Any) -> Json:
        return {"from_name": "l", "type": "labels", "value": {"start": start, "end": end, "labels": ["A"]}, **more}

    old, new = "one two three", "zero one three"
    drawn = {"id": "t", "from_name": "tree", "type": "taxonomy", "value": {"start": 8, "end": 13, "taxonomy": [["A"]]}}
    result = [region(0.0, 3.0), region(4, 7), region(8, 13), drawn, {"type": "choices", "value": {"choices": ["x"]}}]
    entry: Json = {"data": {"text": old}, "annotations": [{"id": 1, "result": result}]}
    done = carry(Written(data={"text": new}, entry=entry), "d", align(old, new), {})
    moved = done.entry["annotations"][0]["result"]
    assert [(item["value"].get("start"), item["value"].get("end")) for item in moved] == [
        (5, 8),
        (9, 14),
        (9, 14),
        (None, None),
    ]
    assert [(one.was, one.now) for one in done.moves] == [
        ((0, 3), (5, 8)),
        ((4, 7), None),
        ((8, 13), (9, 14)),
        ((8, 13), (9, 14)),
    ]


def test_conflicts_are_called_by_the_new_places() -> None:
    alignments = {"n1": align(TEXTS["n1"], f"Yesterday {TEXTS['n1']}")}
    for old, new in (
        ("n1:event:28-33:label", "n1:event:38-43:label"),
        ("n1:event:28-33:about<name:0-3", "n1:event:38-43:about<name:10-13"),
        ("n1:frame:61-77:economy:<>61-77:moral", "n1:frame:71-87:economy:<>71-87:moral"),
        ("n1:event:51-56:a:b|c", "n1:event:61-66:a:b|c"),
        ("n1:document:stance", "n1:document:stance"),
        ("n2:event:0-5:label", "n2:event:0-5:label"),
    ):
        assert renamed(old, alignments) == new


def test_decisions_about_layers_and_values_of_the_task_go_along(tmp_path: Path) -> None:
    readings = {"A": "for", "B": "against"}
    spans = {
        "A": SPANS[2],
        "B": msgspec.structs.replace(SPANS[2], attributes={**SPANS[2].attributes, "certainty": "sure"}),
    }
    found = [annotated(who, "n1", spans[who], values={"stance": one}) for who, one in readings.items()]
    folder = write_wide_corpus(tmp_path / "corpus", found)
    rows = [
        ["conflict", "text", "take", "value", "reason"],
        ["n1:document:stance", "", "B", "", "read twice"],
        ["n1:event:28-33:certainty", "talks", "A", "", "read twice"],
    ]
    with (folder / "annotations/decisions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    correct(folder, "n1", lambda text: f"Yesterday {text}")
    carried(folder)
    with (folder / "annotations/decisions.csv").open(newline="", encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)][1:] == ["n1:document:stance", "n1:event:38-43:certainty"]
    tables = build(folder).tables
    assert tables["documents"]["stance"][0].as_py() == "against"
    assert tables["event"]["certainty"].to_pylist() == ["unsure"]
