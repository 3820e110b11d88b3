"""Conflicts between annotators and the decisions about them."""

import csv
import json
from pathlib import Path

import msgspec
import pytest

from goldspan.adjudicate import settle
from goldspan.claims import assemble
from goldspan.decisions import Decider, Decision, check_decisions, read_decisions
from goldspan.faults import DataError
from goldspan.records import Annotation, Relation, Span
from tests.conftest import ROOT, Run
from tests.small import ARTICLE, CONFIG, CORPUS, ENTITIES, QUOTED, RELATIONS, SAYING, TEXT, annotation, findings, span

replace = msgspec.structs.replace
BOB_LEFT = span("name", "WHO", "Bob left", slug="bob")


def decide(conflict: str, take: str, text: str = "", value: str = "") -> Decision:
    return Decision(conflict, text, take, value, "because")


def settled(other: Annotation, *decisions: Decision) -> tuple[Annotation, Decider]:
    decider = Decider(decisions)
    first, second = annotation(), replace(other, annotator="B")
    return settle([first, second], ARTICLE, decider, CONFIG), decider


def words(one: Annotation, layer: str) -> list[str]:
    return [TEXT[each.start : each.end] for each in one.layer(layer)]


def test_what_all_agree_on_is_taken_over() -> None:
    renamed = annotation(*(replace(each, region_id=f"x{each.region_id}") for each in annotation().spans[3:]), relations=(
        replace(RELATIONS[0], from_id="xv", to_id="xs"), replace(RELATIONS[1], from_id="xv", to_id="xw1"),
    ))  # fmt: skip
    one, decider = settled(renamed)
    assert decider.conflicts == []
    assert findings(one) == []
    assert len(one.relations) == 2
    assert [claim.claim_id for claim in assemble(one, ARTICLE, CORPUS)] == [
        "d1:claim:22-35",
        "d1:claim:42-52",
    ]


OTHER_EXTENT = annotation(ENTITIES[0], BOB_LEFT, *ENTITIES[2:], *SAYING)
EXTENT = "d1:name:22-30:WHO"


@pytest.mark.parametrize(
    ("take", "expected"),
    [("A", ["Bob"]), ("B", ["Bob left"]), ("both", ["Bob left", "Bob"]), ("neither", [])],
)
def test_a_boundary_is_one_conflict(take: str, expected: list[str]) -> None:
    one, decider = settled(OTHER_EXTENT, decide(EXTENT, take, "Bob left"))
    assert [conflict.id for conflict in decider.conflicts] == [EXTENT]
    assert decider.conflicts[0].readings == {"A": "Bob", "B": "Bob left"}
    assert [name for name in words(one, "name") if name.startswith("Bob")] == expected
    assert list(check_decisions(decider, "decisions.csv")) == []


def test_a_label_an_attribute_and_a_relation_are_conflicts_of_their_own() -> None:
    other = annotation(
        replace(ENTITIES[0], labels=("WHERE",)),
        *ENTITIES[1:],
        *SAYING[:2],
        replace(QUOTED, attributes={"tone": "angry", "sure": True}),
        SAYING[3],
        relations=RELATIONS[:1],
    )
    one, decider = settled(
        other,
        decide("d1:name:12-15:label", "value", "Ann", "HOWMANY"),
        decide("d1:say:22-35:tone", "B", "Bob left Rome"),
        decide("d1:say:16-20:that>22-35", "A", "said"),
    )
    assert [conflict.id for conflict in decider.conflicts] == [
        "d1:name:12-15:label",
        "d1:say:22-35:tone",
        "d1:say:16-20:that>22-35",
    ]
    spans = {each.extent: each for each in one.spans if each.layer != "part"}
    assert spans[12, 15].labels in (("HOWMANY",), ("SPEAKER",))
    assert {each.labels for each in one.layer("name") if each.extent == (12, 15)} == {("HOWMANY",)}
    assert spans[22, 35].attributes["tone"] == "angry"
    assert len(one.relations) == 2


def test_a_relation_follows_the_reading_that_stands() -> None:
    longer = replace(QUOTED, end=QUOTED.end + 1, shown_text=None)
    other = annotation(*ENTITIES, *SAYING[:2], longer, SAYING[3])
    for take, end in (("A", 35), ("B", 36)):
        one, decider = settled(other, decide("d1:say:22-36:WORDS", take, "Bob left Rome”"))
        assert len(decider.conflicts) == 1
        (claim, _) = assemble(one, ARTICLE, CORPUS)
        assert (claim.content[0].end, claim.attribution is not None) == (end, True)


def test_an_undecided_conflict_a_stale_text_and_a_lost_conflict_are_named() -> None:
    _, decider = settled(OTHER_EXTENT)
    (finding,) = check_decisions(decider, "decisions.csv")
    assert (finding.code, finding.task, finding.row, finding.context) == ("E521", "d1", EXTENT, "Bob left")
    assert finding.message.endswith(": A: Bob; B: Bob left")
    _, decider = settled(OTHER_EXTENT, decide(EXTENT, "A", "Bab left"), decide("d1:name:1-2:WHO", "A", "x"))
    assert [(one.code, one.row) for one in check_decisions(decider, "f")] == [
        ("E523", "d1:name:1-2:WHO"),
        ("E522", EXTENT),
    ]


def test_a_rule_decides_what_has_no_decision_of_its_own() -> None:
    rule = decide("*:WHO", "A")
    assert words(settled(OTHER_EXTENT, rule)[0], "name")[1] == "Bob"
    assert words(settled(OTHER_EXTENT, rule, decide(EXTENT, "B", "Bob left"))[0], "name")[1] == "Bob left"


@pytest.mark.parametrize(("take", "value"), [("Z", ""), ("value", "Bob"), ("value", "")])
def test_spans_are_taken_from_annotators_only(take: str, value: str) -> None:
    _, decider = settled(OTHER_EXTENT, decide(EXTENT, take, "Bob left", value))
    assert [one.code for one in check_decisions(decider, "f")] == ["E525"]


@pytest.mark.parametrize(("take", "value"), [("both", ""), ("neither", ""), ("value", "furious"), ("value", "")])
def test_an_attribute_takes_only_what_its_control_allows(take: str, value: str) -> None:
    other = annotation(*ENTITIES, *SAYING[:2], replace(QUOTED, attributes={"tone": "angry", "sure": True}), SAYING[3])
    _, decider = settled(other, decide("d1:say:22-35:tone", take, "Bob left Rome", value))
    assert [one.code for one in check_decisions(decider, "f")] == ["E525"]


def test_a_boolean_a_list_and_a_label_can_be_given() -> None:
    speaker = replace(SAYING[0], attributes={"speakers": ["bob"]})
    unsure = replace(QUOTED, attributes={"tone": "calm", "sure": False})
    other = annotation(replace(ENTITIES[3], labels=("WHO",)), *ENTITIES[:3], speaker, SAYING[1], unsure, SAYING[3])
    one, decider = settled(
        other,
        decide("d1:say:12-15:speakers", "value", "Ann", "ann|bob"),
        decide("d1:say:22-35:sure", "value", "Bob left Rome", "true"),
        decide("d1:name:42-44:label", "value", "40", "WHERE"),
    )
    assert list(check_decisions(decider, "f")) == []
    values = {(each.layer, each.extent): (each.labels, each.attributes) for each in one.spans}
    assert values["say", (12, 15)] == (("SPEAKER",), {"speakers": ["ann", "bob"]})
    assert values["say", (22, 35)][1]["sure"] is True
    assert values["name", (42, 44)][0] == ("WHERE",)


def test_what_all_agree_on_can_be_overruled() -> None:
    one, decider = settled(annotation(), decide("d1:name:12-15:WHO", "neither", "Ann"))
    assert "Ann" not in words(one, "name")
    assert list(check_decisions(decider, "f")) == []


def test_attributes_are_settled_after_the_extent() -> None:
    other_end = replace(BOB_LEFT, attributes={"slug": "robert"})
    other = annotation(ENTITIES[0], other_end, *ENTITIES[2:], *SAYING)
    one, decider = settled(other, decide(EXTENT, "B", "Bob left"), decide("d1:name:22-30:slug", "A", "Bob left"))
    assert [conflict.id for conflict in decider.conflicts] == [EXTENT, "d1:name:22-30:slug"]
    assert [each.attributes["slug"] for each in one.layer("name") if each.start == 22] == ["bob"]


def test_one_span_against_two_pieces() -> None:
    pieces = (replace(QUOTED, end=30, shown_text=None), Span("w9", "say", ("WORDS",), 31, 35))
    other = annotation(
        *ENTITIES, *SAYING[:2], *pieces, SAYING[3], relations=(*RELATIONS, Relation("w1", "w9", ("more",)))
    )
    conflict = "d1:say:22-35:WORDS"
    for take, count in (("A", 1), ("B", 2)):
        one, decider = settled(other, decide(conflict, take, "Bob left Rome"))
        assert [each.id for each in decider.conflicts] == [conflict]
        assert findings(one) == []
        assert len(next(iter(assemble(one, ARTICLE, CORPUS))).content) == count


def test_a_rule_that_fits_nothing_is_named() -> None:
    _, decider = settled(annotation(), decide("*:nothing", "A"))
    assert [(one.code, one.row) for one in check_decisions(decider, "f")] == [("E523", "*:nothing")]


@pytest.mark.parametrize(
    "text",
    [
        "conflict,text\nx,y\n",
        "conflict,text,take,value,reason\nx,y,A,,\n",
        "conflict,text,take,value,reason\nx,,A,,r\nx,,B,,r\n",
    ],
)
def test_decisions_that_cannot_be_used(text: str, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        read_decisions(tmp_path / "d.csv")
    assert [finding.code for finding in caught.value.findings] == ["E524"]


def test_three_annotators() -> None:
    decider = Decider(())
    ones = [replace(annotation(*spans), annotator=name) for name, spans in (("A", ()), ("B", (*ENTITIES, *SAYING)), ("C", (*ENTITIES[1:], *SAYING)))]  # fmt: skip
    settle(ones, ARTICLE, decider, CONFIG)
    assert [(conflict.id, conflict.readings) for conflict in decider.conflicts] == [
        ("d1:name:12-15:WHO", {"A": "Ann", "B": "Ann", "C": ""})
    ]


def test_every_conflict_of_this_corpus_has_a_decision_with_a_reason(run: Run) -> None:
    assert run("agreement", "--undecided", "--corpus", ROOT).stdout == ""
    with (ROOT / "annotations/decisions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(len(row["reason"]) > 20 for row in rows)


def test_one_changed_character_names_each_decision_that_no_longer_fits(corpus: Path, run: Run) -> None:
    raw = corpus / "dataset/raw/001_add06b0fde8e2d3a.txt"
    raw.write_bytes(raw.read_bytes().replace(b"public statement claiming", b"public statement clbiming", 1))
    stderr = run("build", "--corpus", corpus).stderr
    assert " E104 " in stderr
    assert "E206" in stderr
    assert stderr.count(" E522 ") == 1
    assert "document 001 row 001:attribution:621-646:CUE: E522" in stderr
    raw.write_bytes(b"x" + raw.read_bytes())
    with (corpus / "annotations/decisions.csv").open(encoding="utf-8") as file:
        here = [row["conflict"] for row in csv.DictReader(file) if row["conflict"].startswith("001:")]
    stderr = run("build", "--corpus", corpus).stderr
    assert [name for name in here if f"row {name}: E522" not in stderr] == []


def test_adjudication_tasks_hold_both_readings_of_the_conflicts(run: Run) -> None:
    tasks = json.loads(run("tasks", "--adjudicate", "--corpus", ROOT).stdout)
    task = next(task for task in tasks if task["data"]["doc_id"] == "001")
    assert "001:attribution:621-646:CUE" in task["data"]["conflicts"].splitlines()
    readings = {}
    for prediction in task["predictions"]:
        labelled = [item for item in prediction["result"] if item["type"] == "labels"]
        readings[prediction["model_version"]] = {
            (item["value"]["start"], item["value"]["end"]) for item in labelled if item["value"]["labels"] == ["CUE"]
        }
        assert all(item["from_name"] == "attribution" or item["from_name"] == "entity" for item in labelled)
    assert readings == {"A1": {(638, 646)}, "A2": {(621, 646)}}
