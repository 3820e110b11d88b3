"""Conflicts between annotators and the decisions about them."""

import csv
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.adjudicate import settle
from goldspan.build import build
from goldspan.claims import assemble
from goldspan.decisions import Decider, Decision, check_decisions, read_decisions
from goldspan.faults import DataError
from goldspan.inputs import read_inputs
from goldspan.records import Annotation, Relation, Span
from tests.conftest import ROOT, Run
from tests.small import (
    ARTICLE,
    CONFIG,
    CORPUS,
    ENTITIES,
    QUOTED,
    RELATIONS,
    SAYING,
    TEXT,
    annotation,
    exported,
    findings,
    span,
    write_export,
)

replace = msgspec.structs.replace
LATER = "2026-11-25T12:00:00Z"
BOB_LEFT = span("name", "WHO", "Bob left", slug="bob")


def decide(conflict: str, take: str, text: str = "", value: str = "") -> Decision:
    return Decision(conflict, text, take, value, "because")


def settled(other: Annotation, *decisions: Decision) -> tuple[Annotation, Decider]:
    decider = Decider(decisions)
    first, second = annotation(), replace(other, annotator="B")
    return settle([first, second], ARTICLE, decider, CONFIG, CORPUS), decider


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
    settle(ones, ARTICLE, decider, CONFIG, CORPUS)
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
        whole = prediction["model_version"] == "goldspan"
        assert ({item["from_name"] for item in labelled} == {"zone", "entity", "attribution"}) is whole
    standing = readings.pop("goldspan")
    assert len(standing) > 10
    assert (638, 646) in standing
    assert (621, 646) not in standing
    assert readings == {"A1": {(638, 646)}, "A2": {(621, 646)}}


ANNOTATORS = """
[[annotators]]
id = "A"
completed_by = [1, "ann@example.org"]

[[annotators]]
id = "B"
completed_by = 2

[[annotators]]
id = "JUDGE"
completed_by = "judge@example.org"
adjudicates = true
"""
JUDGE = {"id": 1, "email": "judge@example.org"}


def adjudicated_corpus(corpus: Path, *more: dict[str, Any]) -> Path:
    """The small corpus with two annotators who differ, the decision about it, and what else an export has."""
    settings = corpus / "corpus.toml"
    settings.write_text(settings.read_text() + ANNOTATORS)
    other = annotation(*annotation().spans[4:])
    write_export(corpus, exported(annotation()), exported(other, 2), *more)
    header = "conflict,text,take,value,reason\n"
    (corpus / "annotations/decisions.csv").write_text(f"{header}d1:name:12-15:WHO,Ann,A,,because\n")
    return corpus


def names(corpus: Path) -> list[str]:
    return [row["text"] for row in build(corpus).tables["entities"].to_pylist()]


def test_what_an_adjudicator_submits_stands_and_decisions_stay_good(small_corpus: Path) -> None:
    assert names(adjudicated_corpus(small_corpus)) == ["Ann", "Bob", "Rome", "40"]
    last = annotation(ENTITIES[0], BOB_LEFT, *ENTITIES[2:], *SAYING)
    write_export(small_corpus, exported(last, JUDGE), name="articles-2", made=LATER)
    built = build(small_corpus)
    assert [row["text"] for row in built.tables["entities"].to_pylist()] == ["Ann", "Bob left", "Rome", "40"]
    assert {one.code for one in built.warnings} == {"W202"}
    drawn = {row["annotator_id"] for row in built.tables["annotations"].to_pylist()}
    assert drawn == {"A", "B", "JUDGE"}


def test_what_an_adjudicator_settled_wants_no_decision(small_corpus: Path, run: Run) -> None:
    decisions = adjudicated_corpus(small_corpus) / "annotations/decisions.csv"
    decisions.unlink()
    assert "d1:name:12-15:WHO: E521" in run("build", "--corpus", small_corpus).stderr
    write_export(small_corpus, exported(annotation(), JUDGE), name="articles-2", made=LATER)
    assert names(small_corpus) == ["Ann", "Bob", "Rome", "40"]


def test_an_adjudicator_is_no_annotator_whose_agreement_is_measured(small_corpus: Path, run: Run) -> None:
    adjudicated_corpus(small_corpus)
    assert run("agreement", "--write", "--corpus", small_corpus).returncode == 0
    figures = (small_corpus / "annotations/agreement.json").read_bytes()
    write_export(small_corpus, exported(annotation(ENTITIES[0], *SAYING), JUDGE), name="articles-2", made=LATER)
    assert run("build", "--corpus", small_corpus).returncode == 0
    assert run("agreement", "--write", "--corpus", small_corpus).returncode == 0
    assert (small_corpus / "annotations/agreement.json").read_bytes() == figures
    write_export(small_corpus, exported(annotation(*SAYING), 2), name="articles-3", made=LATER)
    assert (
        "E723 The figures of agreement were measured on other annotations"
        in run("build", "--corpus", small_corpus).stderr
    )


def test_a_user_is_known_by_address_first_and_by_number_only_without_one(small_corpus: Path) -> None:
    adjudicated_corpus(small_corpus)
    for number, user in enumerate(({"id": 7, "email": "ann@example.org"}, {"id": 2}, 1), 2):
        write_export(small_corpus, exported(annotation(), user), name=f"articles-{number}", made=f"2026-11-0{number}")
    inputs = read_inputs(small_corpus)
    assert [(one.annotator, Path(one.file).stem) for one in inputs.annotations] == [
        ("A", "articles-4"),
        ("B", "articles-3"),
    ]
    write_export(
        small_corpus, exported(annotation(), {"id": 1, "email": "somebody@example.org"}), name="articles-5", made=LATER
    )
    (finding,) = [one for one in read_inputs(small_corpus).findings if one.is_error]
    assert finding.code == "E207"
    assert finding.message.endswith(': completed_by = "somebody@example.org"')


def test_an_adjudicator_can_withdraw_what_another_settled_too(small_corpus: Path, run: Run) -> None:
    adjudicated_corpus(small_corpus)
    settings = small_corpus / "corpus.toml"
    settings.write_text(settings.read_text() + '[[annotators]]\nid = "K"\ncompleted_by = 8\nadjudicates = true\n')
    write_export(small_corpus, exported(annotation(), JUDGE), exported(annotation(), 8), name="articles-2", made=LATER)
    assert "d1: E526 Two adjudicators" in run("build", "--corpus", small_corpus).stderr
    skipped = exported(annotation(), 8, was_cancelled=True)
    write_export(small_corpus, exported(annotation(), JUDGE), skipped, name="articles-3", made=LATER)
    result = run("build", "--corpus", small_corpus)
    assert (result.returncode, "articles-3.json document d1: W201" in result.stderr) == (0, True)


def test_an_annotation_is_gone_only_from_the_server_that_had_it(small_corpus: Path) -> None:
    adjudicated_corpus(small_corpus)
    for made, codes in (("2026-11-01T00:00:00Z", ["W203", "W203"]), (LATER, [])):
        write_export(small_corpus, exported(annotation(), JUDGE), name="articles-2", made=made)
        assert [one.code for one in read_inputs(small_corpus).findings if one.code == "W203"] == codes
