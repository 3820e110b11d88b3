"""Further layers: the spans that a model learns of each, their attributes, and what is left out."""

from pathlib import Path
from typing import Any

import pytest

from goldspan.build import build, write_build
from goldspan.faults import DataError
from goldspan.scores import read_scores
from goldspan.train.examples import Examples, Task
from goldspan.train.models import Setup, fit, load_model
from goldspan.train.reading import read_examples
from tests.conftest import ROOT, Run
from tests.opinions import TEXTS, build_opinions
from tests.wide import write_wide_corpus


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_opinions(tmp_path_factory.mktemp("opinions") / "corpus") / "dataset/release"


def spans(examples: Examples, doc_id: str) -> list[tuple[str, str, str]]:
    """The layer, label and words of each span of a document."""
    return [
        (span.layer, span.label, passage.text[span.start - passage.start : span.end - passage.start])
        for passage in examples.passages
        if passage.doc_id == doc_id
        for span in passage.spans
    ]


def test_the_spans_of_a_layer_are_one_sequence(release: Path) -> None:
    examples = read_examples(release, Task.spans, layer="event")
    assert examples.layers == {"event": ("STRIKE", "MEETING")}
    assert examples.name == "spans:event"
    assert list(examples.records) == ["documents", "event"]
    assert {one.doc_id for one in examples.passages} == set(TEXTS)
    assert spans(examples, "d05") == [("event", "STRIKE", "strike"), ("event", "MEETING", "meeting")]
    assert examples.left_out == {"documents that are not annotated": 1}


def test_each_label_is_a_sequence_where_a_span_may_have_several(release: Path) -> None:
    examples = read_examples(release, Task.spans, layer="emotion")
    assert examples.layers == {"fear": ("fear",), "hope": ("hope",)}
    assert spans(examples, "d05") == [
        ("fear", "fear", "panic"),
        ("fear", "fear", "suspense"),
        ("hope", "hope", "joy"),
        ("hope", "hope", "suspense"),
    ]


def test_spans_inside_or_across_another_are_counted(tmp_path: Path) -> None:
    corpus = write_wide_corpus(tmp_path / "corpus")
    write_build(build(corpus), tmp_path / "release")
    examples = read_examples(tmp_path / "release", Task.spans, layer="frame")
    assert spans(examples, "n1") == [
        ("frame", "moral", "talks 😀 and warned"),
        ("frame", "economy", "the shops closed"),
    ]
    assert examples.left_out == {
        "documents that are not annotated": 1,
        "spans inside or across another of their layer": 3,
    }


def test_attributes_are_learnt_of_the_words_of_a_span_and_their_context(release: Path) -> None:
    examples = read_examples(release, Task.attributes, layer="event")
    both = ("true", "false")
    assert examples.labels == {"certain": ("yes", "no"), "who=sailors": both, "who=teachers": both}
    assert [(item.id, item.labels) for item in examples.items if item.doc_ids == ("d05",)] == [
        ("d05:event:175-181", {"certain": "no", "who=sailors": "true", "who=teachers": "true"}),
        ("d05:event:231-238", {"certain": "no"}),
    ]
    assert {item.texts for item in examples.items if item.doc_ids == ("d05",)} == {
        ("strike", TEXTS["d05"].split("\n")[1]),
        ("meeting", TEXTS["d05"].split("\n")[2]),
    }
    assert examples.left_out == {"spans of event without certain": 1, "spans of event without who": 12}


def test_attributes_of_entities_are_learnt_alike() -> None:
    examples = read_examples(ROOT / "dataset/release", Task.attributes, layer="entities")
    assert list(examples.labels) == ["measure", "comparator"]
    assert len(examples.items) == 15
    assert examples.items[0].id.split(":")[1] == "mention"


def test_relations_between_spans_are_learnt_of_the_words_of_both(release: Path) -> None:
    examples = read_examples(release, Task.span_relations)
    assert examples.labels == {"labels=about": ("true", "false"), "labels=before": ("true", "false")}
    assert [(item.texts, item.labels) for item in examples.items if item.doc_ids == ("d05", "d05")] == [
        (("event: strike", "event: meeting"), {"labels=about": "false", "labels=before": "true"}),
        (("emotion: panic", "event: strike"), {"labels=about": "true", "labels=before": "false"}),
    ]
    assert (len(examples.items), examples.left_out) == (23, {"relations without labels": 1})
    model: Any = fit("light", examples, Setup())
    found = model.predict(examples.items)
    assert [one["labels=about"].label for one in found] == [item.labels["labels=about"] for item in examples.items]


@pytest.mark.parametrize(
    ("task", "layer", "says"),
    [
        (Task.ner, "", "no entities"),
        (Task.claims, "", "no claims"),
        (Task.relations, "", "no claim_relations"),
        (Task.spans, "entities", "no layer entities"),
        (Task.spans, "annotations", "no layer annotations"),
        (Task.spans, "claims", "no layer claims"),
        (Task.attributes, "emotion", "no choices in emotion"),
    ],
)
def test_what_a_release_lacks_is_named_with_what_can_be_learnt(
    release: Path, task: Task, layer: str, says: str
) -> None:
    with pytest.raises(DataError) as error:
        read_examples(release, task, layer=layer)
    (finding,) = error.value.findings
    assert finding.code == "E980"
    has = "documents, span-relations, spans --layer event, spans --layer emotion, attributes --layer event"
    assert finding.message.endswith(f": {says}; it has examples of {has}")


def test_a_layer_is_learnt_and_its_scores_are_kept_under_its_name(run: Run, release: Path, tmp_path: Path) -> None:
    kept, model = tmp_path / "scores.json", tmp_path / "model"
    for task, layer in (("spans", "emotion"), ("attributes", "event")):
        result = run("train", task, release, "--layer", layer, "--keep", kept, "--out", model, "--folds", "2")
        assert result.returncode == 0, result.stderr
    scores = [one for one in read_scores(kept).scores if not one.doc_id and one.fold == "1"]
    found = {(one.task, one.of, one.system): (one.items, one.f1) for one in scores}
    assert found["spans:emotion", "all", "light"] == (24, 1.0)
    assert found["spans:emotion", "fear", "majority"] == (12, 0.0)
    assert found["attributes:event", "certain", "by heart"][0] == 11
    said, _ = load_model(model)
    assert (said.task, said.layer, said.name) == ("attributes", "event", "attributes:event")
