"""Further layers and relations between spans: a config each, and nothing that an annotator marked is lost."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from goldspan.build import Built, build, settled_annotations, write_build
from goldspan.corpus import check_settings, load_corpus
from goldspan.decisions import Decider, Decision
from goldspan.faults import DataError
from goldspan.inputs import read_inputs
from goldspan.records import Annotation, Relation, Span
from goldspan.schemas import Row
from goldspan.validate import validate
from tests.conftest import Run
from tests.wide import AGREED, CONFIG, SETTINGS, SPANS, TEXTS, annotated, mark, write_wide_corpus


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(write_wide_corpus(tmp_path_factory.mktemp("wide") / "corpus"))


def rows(built: Built, config: str) -> list[Row]:
    found: list[Row] = built.tables[config].to_pylist()
    return found


def test_each_layer_without_a_part_is_a_config(built: Built, tmp_path: Path) -> None:
    assert list(built.tables) == [
        "documents", "entities", "event", "speech_acts", "frame", "relations", "ner", "annotations"
    ]  # fmt: skip
    assert [finding.code for finding in built.warnings] == ["W202"]
    write_build(built, tmp_path / "release")
    assert validate(tmp_path / "release") == []


def test_a_layer_has_its_spans_with_label_and_attributes(built: Built) -> None:
    columns = ("span_id", "start", "end", "text", "label", "parent_span_id", "zone", "certainty", "aims")
    assert [tuple(row[name] for name in columns) for row in rows(built, "event")] == [
        ("n1:event:28-33", 28, 33, "talks", "TALKS", None, None, "unsure", ["peace", "quiet"]),
        ("n1:event:51-56", 51, 56, "crowd", "a:b|c", None, None, None, []),
        ("n1:event:61-77", 61, 77, "the shops closed", "PROTEST", None, None, None, []),
        ("n2:event:0-5", 0, 5, "Talks", "TALKS", None, None, None, []),
    ]
    assert all(row["text"] == TEXTS[row["doc_id"]][row["start"] : row["end"]] for row in rows(built, "frame"))


def test_a_layer_of_several_labels_has_lists_of_them(built: Built) -> None:
    assert [(row["span_id"], row["labels"]) for row in rows(built, "speech_acts")] == [
        ("n1:speech_acts:15-33", ["promise"]),
        ("n1:speech_acts:40-56", ["threat", "claim"]),
    ]


CONTROLS = ["name", "event", "speech act", "frame", "scratch"]


@pytest.mark.parametrize(
    ("lines", "further"),
    [
        ('further = { speech_acts = "speech act" }', {"event", "speech_acts", "frame", "scratch"}),
        ('left_out = ["speech act", "frame", "scratch", "event"]', set()),
        ('left_out = ["scratch"]\nfurther = { acts = "speech act", occurrences = "event" }', {"acts", "occurrences", "frame"}),
    ],
)  # fmt: skip
def test_a_control_without_a_part_is_a_layer_by_itself(lines: str, further: set[str], tmp_path: Path) -> None:
    folder = write_wide_corpus(
        tmp_path / "corpus", settings=f'name = "w"\nversion = "1.0.0"\n[layers]\nentities = "name"\n{lines}\n'
    )
    layers = check_settings(load_corpus(folder), CONFIG).layers
    assert set(layers.further) == further
    assert sorted({*layers.released, *layers.left_out}) == sorted(CONTROLS)


@pytest.mark.parametrize(
    ("lines", "code", "detail"),
    [
        ("", "E030", "'speech act' is no name for a config, for the control 'speech act'"),
        ('Documents = "speech act"', "E030", "'Documents' is taken"),
        ('name = "speech act"', "E030", "'name' is taken"),
        ('claim = "speech act"', "E030", "'claim' is taken"),
        ('aux = "speech act"', "E030", "'aux' is no name"),
        ('"../up" = "speech act"', "E030", "'../up' is no name"),
        ('EVENT = "speech act"', "E031", "'event' is the name of two configs"),
        ('acts = "name"', "E031", "'name'"),
        ('acts = "scratch"', "E031", "'scratch'"),
        ('acts = "speech act"\nsays = "speech act"', "E031", "'speech act'"),
        ('acts = "no such"', "E004", "'no such'"),
    ],
)
def test_a_name_that_cannot_be_a_config_is_an_error(lines: str, code: str, detail: str, tmp_path: Path) -> None:
    settings = SETTINGS.replace('speech_acts = "speech act"', lines)
    with pytest.raises(DataError) as raised:
        build(write_wide_corpus(tmp_path / "corpus", settings=settings))
    assert {finding.code for finding in raised.value.findings} == {code}
    assert detail in str(raised.value)


def test_nested_and_crossing_spans_have_the_innermost_around_them(built: Built) -> None:
    assert [(row["span_id"], row["label"], row["parent_span_id"]) for row in rows(built, "frame")] == [
        ("n1:frame:28-46", "moral", None),
        ("n1:frame:40-77", "conflict", None),
        ("n1:frame:61-77:economy", "economy", "n1:frame:40-77"),
        ("n1:frame:61-77:moral", "moral", "n1:frame:40-77"),
        ("n1:frame:65-70", "economy", "n1:frame:61-77:moral"),
    ]


def test_relations_between_spans_of_any_layers_are_rows(built: Built) -> None:
    columns = ("from_config", "from_id", "from_text", "to_config", "to_id", "to_text", "labels", "direction")
    assert [tuple(row[name] for name in columns) for row in rows(built, "relations")] == [
        ("event", "n1:event:28-33", "talks", "entities", "n1:mention:0-3", "Ann", ["about"], "left"),
        ("speech_acts", "n1:speech_acts:40-56", "warned the crowd", "event", "n1:event:61-77", "the shops closed", ["causes", "about"], "right"),
        ("frame", "n1:frame:61-77:economy", "the shops closed", "frame", "n1:frame:61-77:moral", "the shops closed", [], "bi"),
    ]  # fmt: skip


def test_every_mark_of_every_annotator_stands_in_annotations(built: Built) -> None:
    there = {
        (row["annotation_id"], row["layer"], row["start"], row["end"], row["label"])
        for row in rows(built, "annotations")
    }
    drawn = {
        (f"{one.doc_id}:{one.annotator}:{span.region_id}", span.layer, *span.extent, "|".join(span.labels))
        for one in AGREED
        for span in one.spans
    }
    whole = {(f"{one.doc_id}:{one.annotator}", None, None, None, None) for one in AGREED}
    assert there == drawn | whole
    links = [link for row in rows(built, "annotations") for link in json.loads(row["attributes"]).get("relations", [])]
    assert sorted(link[:-1] for link in links) == sorted(
        [["about"], ["causes"], ["about", "left"], ["", "bi"], ["about"]] * 3
    )


def test_what_is_left_out_is_counted(built: Built, tmp_path: Path, run: Run) -> None:
    manifest = json.loads(built.files["manifest.json"])
    assert manifest["left_out"] == {"regions": {"scratch": 3}, "relations": 3}
    assert manifest["settings"]["layers"]["further"] == {
        "event": "event",
        "speech_acts": "speech act",
        "frame": "frame",
    }
    shown = run("build", "--corpus", write_wide_corpus(tmp_path / "corpus"))
    assert "left out of the tables: 3 regions of scratch, which stay in annotations" in shown.stderr
    assert "left out of the tables: 3 relations with such regions" in shown.stderr


replace = msgspec.structs.replace


def settled(
    folder: Path, *annotations: Annotation, decisions: Sequence[Decision] = (), pick: str = ""
) -> tuple[Annotation, Decider]:
    """The one annotation of the first article that stands, and the conflicts on the way."""
    settings = SETTINGS + (f'\n[adjudication]\npick = "{pick}"\n' if pick else "")
    inputs = read_inputs(write_wide_corpus(folder / "corpus", annotations, settings))
    assert [finding for finding in inputs.findings if finding.is_error] == []
    decider = Decider(decisions)
    return settled_annotations(inputs, decider)["n1"], decider


def by(annotator: str, *spans: Span, relations: Sequence[Relation] = ()) -> Annotation:
    return annotated(annotator, "n1", *spans, relations=relations)


def names(decider: Decider) -> list[str]:
    return [conflict.id for conflict in decider.undecided]


def extents(one: Annotation) -> list[tuple[str, int, int, str]]:
    return sorted((span.layer, *span.extent, "|".join(span.labels)) for span in one.spans)


SHOPS = "the shops closed"
ECONOMY, MORAL = mark("n1", "frame", "economy", SHOPS), mark("n1", "frame", "moral", SHOPS)


def test_a_stretch_marked_twice_is_settled_label_by_label(tmp_path: Path) -> None:
    one, decider = settled(tmp_path, by("A", ECONOMY, MORAL), by("B", MORAL))
    assert names(decider) == ["n1:frame:61-77:economy"]
    assert decider.undecided[0].readings == {"A": SHOPS, "B": ""}
    both = decide("n1:frame:61-77:economy", "B", SHOPS)
    one, decider = settled(tmp_path / "again", by("A", ECONOMY, MORAL), by("B", MORAL), decisions=[both])
    assert (names(decider), extents(one)) == ([], [("frame", 61, 77, "moral")])


def test_several_labels_are_one_reading_whose_order_makes_no_difference(tmp_path: Path) -> None:
    words = "warned the crowd"
    a, b = (mark("n1", "speech act", labels, words) for labels in ("claim,threat", "threat,claim"))
    one, decider = settled(tmp_path, by("A", a), by("B", b))
    assert (decider.conflicts, extents(one)) == ([], [("speech act", 40, 56, "threat|claim")])
    promise = mark("n1", "speech act", "promise", words)
    one, decider = settled(tmp_path / "other", by("A", a), by("B", promise))
    assert names(decider) == ["n1:speech act:40-56:label"]
    assert decider.undecided[0].readings == {"A": "threat|claim", "B": "promise"}
    value = decide("n1:speech act:40-56:label", "value", words, "claim|promise")
    one, _ = settled(tmp_path / "decided", by("A", a), by("B", promise), decisions=[value])
    assert extents(one) == [("speech act", 40, 56, "promise|claim")]


def test_a_label_with_a_bar_can_be_decided(tmp_path: Path) -> None:
    a, b = mark("n1", "event", "a:b|c", "crowd"), mark("n1", "event", "TALKS", "crowd")
    value = decide("n1:event:51-56:label", "value", "crowd", "a:b|c")
    one, decider = settled(tmp_path, by("A", a), by("B", b), decisions=[value])
    assert (names(decider), extents(one)) == ([], [("event", 51, 56, "a:b|c")])


def test_layers_that_are_left_out_need_no_decision(tmp_path: Path) -> None:
    note = mark("n1", "scratch", "?", "so")
    one, decider = settled(tmp_path, by("A", ECONOMY, note), by("B", ECONOMY))
    assert (decider.conflicts, extents(one)) == ([], [("frame", 61, 77, "economy")])


ANN, TALKS = SPANS[0], SPANS[2]


@pytest.mark.parametrize(
    "relation",
    [
        Relation("talks", "ann", ("about",), "left"),
        Relation("ann", "talks", ("about",), "right"),
    ],
)
def test_a_relation_drawn_the_other_way_round_is_the_same(relation: Relation, tmp_path: Path) -> None:
    first = Relation("ann", "talks", ("about",), "right")
    one, decider = settled(tmp_path, by("A", ANN, TALKS, relations=[first]), by("B", ANN, TALKS, relations=[relation]))
    assert decider.conflicts == []
    assert [(each.labels, each.direction) for each in one.relations] == [(("about",), "right")]


def test_a_relation_that_only_one_has_drawn_is_a_conflict_that_names_both_layers(tmp_path: Path) -> None:
    drawn = [Relation("ann", "talks", ("causes", "about"), "bi"), Relation("ann", "talks", ())]
    one, decider = settled(tmp_path, by("A", ANN, TALKS, relations=drawn), by("B", ANN, TALKS))
    assert names(decider) == ["n1:name:0-3:>event:28-33", "n1:event:28-33:about+causes<>name:0-3"]
    conflict = decider.undecided[1]
    assert set(conflict.about) == {("name", 0, 3), ("event", 28, 33)}
    neither = [decide(name, "B", text) for name, text in zip(names(decider), ("Ann", "talks"), strict=True)]
    one, decider = settled(tmp_path / "x", by("A", ANN, TALKS, relations=drawn), by("B", ANN, TALKS), decisions=neither)
    assert (names(decider), one.relations) == ([], ())


def test_a_relation_that_is_drawn_twice_is_released_once(tmp_path: Path) -> None:
    drawn = [Relation("ann", "talks", ("about",)), Relation("talks", "ann", ("about",), "left")]
    built = build(write_wide_corpus(tmp_path / "corpus", [by("A", ANN, TALKS, relations=drawn)]))
    assert [row["relation_id"] for row in rows(built, "relations")] == ["n1:mention:0-3>n1:event:28-33:about"]
    assert {"W304"} <= {one.code for one in built.warnings}


def test_of_three_annotators_two_readings_of_one_stretch_are_one_conflict(tmp_path: Path) -> None:
    one, decider = settled(tmp_path, by("A", ECONOMY), by("B", MORAL), by("C"))
    assert names(decider) == ["n1:frame:61-77:economy|moral", "n1:frame:61-77:label"]
    assert extents(one) == [("frame", 61, 77, "economy")]


def decide(conflict: str, take: str, text: str = "", value: str = "") -> Decision:
    return Decision(conflict, text, take, value, "because")
