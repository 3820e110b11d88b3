"""Agreement: published worked examples, made-up annotators with a known answer, and this corpus."""

import json
from pathlib import Path

import msgspec
import pytest

from goldspan.agreement import alpha, gamma, kappa, measure
from goldspan.records import Annotation, Measured, Relation
from tests.conftest import ROOT, Run
from tests.small import (
    ARTICLE,
    CHEERED,
    CONFIG,
    CORPUS,
    ENTITIES,
    QUOTED,
    RELATIONS,
    SPEAKER,
    VERB,
    annotation,
    exported,
    span,
    write_export,
)


def units(*rows: str) -> list[dict[str, int]]:
    """Reliability data as printed: a row for each observer, a column for each unit, a star where one is missing."""
    columns = zip(*(row.split() for row in rows), strict=True)
    return [{str(n): int(value) for n, value in enumerate(column) if value != "*"} for column in columns]


def test_alpha_of_the_examples_of_krippendorff_2011() -> None:
    meg_and_owen = units("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
    assert alpha(meg_and_owen) == pytest.approx(0.095, abs=0.0005)
    four = units(
        "1 2 3 3 2 1 4 1 2 * * *",
        "1 2 3 3 2 2 4 1 2 5 * 3",
        "* 3 3 3 2 3 4 2 2 5 1 *",
        "1 2 3 3 2 4 4 1 2 5 1 *",
    )
    assert alpha(four) == pytest.approx(0.743, abs=0.0005)
    assert alpha(four, "interval") == pytest.approx(0.849, abs=0.0005)


def test_kappa_of_the_example_of_artstein_and_poesio_2008() -> None:
    both = [("s", "s")] * 20 + [("s", "i")] * 20 + [("i", "s")] * 10 + [("i", "i")] * 50
    assert kappa([a for a, _ in both], [b for _, b in both]) == pytest.approx(0.348, abs=0.0005)


def test_what_is_undefined_is_none() -> None:
    assert kappa(["x", "x"], ["x", "x"]) is None
    assert alpha([{"A": 1, "B": 1}]) is None
    assert alpha([{"A": 5, "B": None}, {"A": None, "B": 6}], "interval") is None
    assert alpha([]) is None
    assert gamma({"A": list(ENTITIES), "B": []}) is None


def test_lists_are_compared_as_sets() -> None:
    assert alpha([{"A": ["x", "y"], "B": ["y", "x"]}, {"A": ["x"], "B": ["x"]}]) == 1


def test_gamma_is_one_for_the_same_spans_and_falls_with_every_difference() -> None:
    same = list(ENTITIES)
    moved = [*same[:3], span("name", "HOWMANY", "40 cheered")]
    other = [*moved[:2], msgspec.structs.replace(same[2], labels=("WHO",)), moved[3]]
    values = [gamma({"A": same, "B": spans}) for spans in (same, moved, other)]
    assert values[0] == 1
    assert values == sorted((value for value in values if value is not None), reverse=True)
    assert values[0] != values[1] != values[2]


def by(*spans: object, name: str) -> Annotation:
    return msgspec.structs.replace(annotation(*spans), annotator=name)  # type: ignore[arg-type]


def figure(rows: list[Measured], layer: str, of: str, name: str) -> Measured:
    (row,) = [row for row in rows if (row.layer, row.of, row.measure) == (layer, of, name)]
    return row


@pytest.fixture
def three() -> dict[str, Annotation]:
    """Three annotators of the small article who differ in ways that can be counted by hand."""
    ann, bob, rome, forty = ENTITIES
    angry = msgspec.structs.replace(QUOTED, attributes={"tone": "angry", "sure": True})
    return {
        "A": by(ann, bob, rome, forty, SPEAKER, VERB, QUOTED, CHEERED, name="A"),
        "B": by(ann, span("name", "WHO", "Bob left", slug="bob"), rome, SPEAKER, VERB, QUOTED, CHEERED, name="B"),
        "C": by(ann, msgspec.structs.replace(rome, labels=("WHO",)), SPEAKER, VERB, angry, name="C"),
    }


def test_three_annotators_of_made_up_data(three: dict[str, Annotation]) -> None:
    rows = measure(CORPUS, CONFIG, [ARTICLE], {"d1": three})
    # pairs A-B, A-C, B-C have 7, 6 and 5 mentions; 4, 2 and 2 of them match exactly, 6, 2 and 2 by overlap
    assert figure(rows, "name", "all", "exact F1") == Measured("name", "all", "exact F1", 8 / 18, 18)
    assert figure(rows, "name", "all", "overlap F1").value == 10 / 18
    assert figure(rows, "name", "HOWMANY", "exact F1").value == 0
    assert figure(rows, "part", "all", "exact F1").value == 1
    # claims: 2, 2 and 1; A-B match both, A-C and B-C one
    assert figure(rows, "claims", "all", "detection F1").value == 8 / 10
    assert figure(rows, "claims", "all", "content overlap").value == 1
    assert figure(rows, "claims", "cue", "role F1").value == 1
    # tones: (calm, calm, angry) of one claim, (calm, calm) of the other
    assert figure(rows, "claims", "tone", "alpha").value == alpha(
        [{"A": "calm", "B": "calm", "C": "angry"}, {"A": "calm", "B": "calm"}]
    )
    assert figure(rows, "claims", "speakers", "equal").value == 1
    assert figure(rows, "relations", "that", "exact F1").value == 1


def test_the_command_on_three_annotators_of_made_up_data(
    three: dict[str, Annotation], small_corpus: Path, run: Run
) -> None:
    write_export(small_corpus, *(exported(one, number) for number, one in enumerate(three.values(), 1)))
    result = run("agreement", "--corpus", small_corpus)
    assert result.returncode == 0
    figures = [line.split() for line in result.stdout.splitlines()]
    assert ["name", "all", "exact", "F1", "0.444", "18"] in figures
    assert ["name", "all", "overlap", "F1", "0.556", "18"] in figures
    assert ["claims", "all", "detection", "F1", "0.800", "10"] in figures
    assert "d1:name:42-44:HOWMANY" in result.stdout
    assert "  user-2: nothing" in result.stdout


def test_relations_are_compared_by_their_ends() -> None:
    more = Relation("v", "w2", ("that",))
    two = {"A": by(name="A"), "B": msgspec.structs.replace(annotation(relations=(*RELATIONS, more)), annotator="B")}
    rows = measure(CORPUS, CONFIG, [ARTICLE], {"d1": two})
    assert figure(rows, "relations", "that", "exact F1").value == pytest.approx(2 / 3)
    assert figure(rows, "relations", "by", "exact F1").value == 1


def test_the_figures_of_this_corpus_are_fresh_and_the_disagreements_listed(run: Run, corpus: Path) -> None:
    kept = (corpus / "annotations/agreement.json").read_bytes()
    (corpus / "annotations/agreement.json").unlink()
    result = run("agreement", "--corpus", corpus, "--format", "json", "--write")
    assert result.returncode == 0
    assert (corpus / "annotations/agreement.json").read_bytes() == kept
    shown = json.loads(result.stdout)
    conflicts = {one["id"]: one for one in shown["disagreements"]}
    assert conflicts["001:attribution:621-646:CUE"] == {
        "id": "001:attribution:621-646:CUE",
        "task": "001",
        "text": "public statement claiming",
        "readings": {"A1": "claiming", "A2": "public statement claiming"},
    }
    values = {(row["layer"], row["of"], row["measure"]): row["value"] for row in shown["measures"]}
    assert values["entity", "all", "exact F1"] == 1
    assert values["attribution", "SOURCE", "exact F1"] == 1
    assert 0.9 < values["attribution", "CONTENT", "exact F1"] < 1
    assert 0.9 < values["claims", "claim_type", "kappa"] < 1


def test_guidelines_and_annotators_of_the_corpus_are_two() -> None:
    (export,) = (ROOT / "annotations/exports").glob("articles-*.json")
    tasks = json.loads(export.read_bytes())
    assert {len(task["annotations"]) for task in tasks} == {2}
    assert {one["completed_by"] for task in tasks for one in task["annotations"]} == {1, 2}
