"""``[adjudication] pick``: what stands where annotators differ and no decision is written."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.build import Built, build, write_build
from goldspan.faults import DataError
from goldspan.picks import NO_RULE, Rule, rule_of
from goldspan.records import Annotation, Relation, Span
from goldspan.validate import validate
from tests.conftest import Run
from tests.wide import SETTINGS, SPANS, annotated, mark, write_wide_corpus

replace = msgspec.structs.replace
ANN, TALKS = SPANS[0], SPANS[2]
LEFT = mark("n1", "name", "PERSON", "Ann left")
CROWD = {label: mark("n1", "event", label, "crowd") for label in ("PROTEST", "TALKS", "a:b|c")}


def by(annotator: str, *spans: Span, stance: str | None = None, relations: Sequence[Relation] = ()) -> Annotation:
    """What an annotator marked in the first article."""
    return annotated(annotator, "n1", *spans, relations=relations, values={"stance": stance} if stance else {})


def corpus(folder: Path, pick: str, *annotations: Annotation) -> Path:
    """The corpus with a rule."""
    settings = f'{SETTINGS}\n[adjudication]\npick = "{pick}"\n'
    return write_wide_corpus(folder / "corpus", annotations, settings)


def released(built: Built) -> list[tuple[str, str, int, int, str]]:
    """The mentions and events that are released, and the stance."""
    found = [
        (name, row["doc_id"], row["start"], row["end"], row["label"])
        for name in ("entities", "event")
        if name in built.tables
        for row in built.tables[name].to_pylist()
    ]
    return [
        *found,
        *(("stance", row["doc_id"], 0, 0, row["stance"]) for row in built.tables["documents"].to_pylist()[:1]),
    ]


def undecided(folder: Path) -> list[str]:
    """The conflicts that a build wants decisions about."""
    with pytest.raises(DataError) as raised:
        build(folder)
    return [one.row for one in raised.value.findings if one.code == "E521"]


def test_what_more_than_half_have_stands_and_is_counted(tmp_path: Path, run: Run) -> None:
    drawn = [Relation("ann", "talks", ("about",))]
    folder = corpus(
        tmp_path,
        "majority",
        by("A", ANN, TALKS, CROWD["TALKS"], stance="for", relations=drawn),
        by("B", ANN, TALKS, CROWD["TALKS"], stance="for", relations=drawn),
        by("C", LEFT, TALKS, CROWD["PROTEST"], SPANS[1], stance="against"),
    )
    built = build(folder)
    assert released(built) == [
        ("entities", "n1", 0, 3, "PERSON"),
        ("event", "n1", 28, 33, "TALKS"),
        ("event", "n1", 51, 56, "TALKS"),
        ("stance", "n1", 0, 0, "for"),
    ]
    assert built.tables["relations"].num_rows == 1
    assert json.loads(built.files["manifest.json"])["adjudication"] == {"pick": "majority", "conflicts": 5}
    write_build(built, tmp_path / "release")
    assert validate(tmp_path / "release") == []
    assert "settled by majority: 5 conflicts" in run("build", "--corpus", folder).stderr


def test_where_no_reading_has_more_than_half_a_decision_is_needed(tmp_path: Path) -> None:
    folder = corpus(
        tmp_path,
        "majority",
        by("A", CROWD["TALKS"], stance="for"),
        by("B", CROWD["PROTEST"], stance="against"),
        by("C", CROWD["a:b|c"]),
    )
    assert undecided(folder) == ["n1:document:stance", "n1:event:51-56:label"]


def test_half_is_no_majority(tmp_path: Path) -> None:
    folder = corpus(tmp_path, "majority", by("A", CROWD["TALKS"]), by("B", CROWD["PROTEST"]))
    assert undecided(folder) == ["n1:event:51-56:label"]


def test_of_those_who_have_a_span_more_than_half_of_all_must_agree(tmp_path: Path) -> None:
    folder = corpus(
        tmp_path,
        "majority",
        by("A", CROWD["TALKS"]),
        by("B", CROWD["PROTEST"]),
        by("C", ANN),
    )
    assert undecided(folder) == ["n1:event:51-56:label"]


EARLY, LATE = "2026-11-02T10:00:00+02:00", "2026-11-02T09:00:00Z"
FIRST = by("A", ANN, CROWD["TALKS"], stance="for")
SECOND = by("B", LEFT, CROWD["PROTEST"], SPANS[1])
WHOLE = [("entities", "n1", 0, 8, "PERSON"), ("entities", "n1", 9, 13, "PLACE"), ("event", "n1", 51, 56, "PROTEST"), ("stance", "n1", 0, 0, None)]  # fmt: skip


@pytest.mark.parametrize(
    ("pick", "first", "second"),
    [
        ("newest", {"saved": EARLY}, {"saved": LATE}),
        ("ground-truth", {}, {"ground_truth": True}),
        ("annotator=B", {}, {}),
    ],
)
def test_one_annotation_stands_whole(pick: str, first: dict[str, Any], second: dict[str, Any], tmp_path: Path) -> None:
    folder = corpus(tmp_path, pick, replace(FIRST, **first), replace(SECOND, **second))
    built = build(folder)
    assert released(built) == WHOLE
    write_build(built, tmp_path / "release")
    assert validate(tmp_path / "release") == []


@pytest.mark.parametrize(
    ("pick", "first", "second"),
    [
        ("newest", {"saved": LATE}, {"saved": LATE}),
        ("newest", {"saved": EARLY}, {}),
        ("ground-truth", {}, {}),
        ("ground-truth", {"ground_truth": True}, {"ground_truth": True}),
    ],
)
def test_where_a_rule_picks_none_or_two_decisions_are_needed(
    pick: str, first: dict[str, Any], second: dict[str, Any], tmp_path: Path
) -> None:
    folder = corpus(tmp_path, pick, replace(FIRST, **first), replace(SECOND, **second))
    assert len(undecided(folder)) == 4


def test_a_written_decision_wins(tmp_path: Path) -> None:
    folder = corpus(tmp_path, "annotator=B", FIRST, SECOND)
    with (folder / "annotations/decisions.csv").open("w", newline="") as file:
        rows = [
            ["n1:event:51-56:label", "crowd", "A", "", "read again"],
            ["n1:document:stance", "", "A", "", "so it is"],
        ]
        csv.writer(file).writerows([["conflict", "text", "take", "value", "reason"], *rows])
    assert released(build(folder)) == [*WHOLE[:2], ("event", "n1", 51, 56, "TALKS"), ("stance", "n1", 0, 0, "for")]


def test_an_annotator_of_whom_there_is_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        build(corpus(tmp_path, "annotator=Z", FIRST))
    (finding,) = [one for one in raised.value.findings if one.is_error]
    assert (finding.code, finding.message.partition(": ")[2]) == ("E032", "annotator=Z; there are A")


@pytest.mark.parametrize("pick", ["oldest", "annotator=", "Majority", ""])
def test_a_rule_that_is_none_is_an_error(pick: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        build(corpus(tmp_path, pick, FIRST))
    assert [one.code for one in raised.value.findings] == ["E001"]


def test_without_a_rule_none_picks() -> None:
    assert rule_of(None, [FIRST, SECOND]) == NO_RULE
    assert NO_RULE.pick({"A": 1, "B": 1, "C": 2}) == []
    assert Rule(majority_of=3).pick({"A": [1], "B": [1]}) == [[1]]
    assert Rule(majority_of=5).pick({"A": 1, "B": 1, "C": 2}) == []
