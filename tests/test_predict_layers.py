"""Predictions of values of whole tasks, of the spans of further layers and of their values, and what a push takes."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.export.reader import Item
from goldspan.export.spans import read_annotation
from goldspan.faults import DataError
from goldspan.labeling import load_labeling_config
from goldspan.predict.prediction import predict
from goldspan.predict.source import corpus_source, text_source
from goldspan.studio.projects import Choice, Kind, wanted_project
from goldspan.train.examples import Task
from tests.opinions import build_opinions
from tests.trained import train

NEW = "d12"
MODELS = [(Task.documents, ""), (Task.spans, "event"), (Task.spans, "emotion"), (Task.attributes, "event")]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_opinions(tmp_path_factory.mktemp("opinions") / "corpus")


@pytest.fixture(scope="module")
def models(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder, release = tmp_path_factory.mktemp("models"), corpus / "dataset/release"
    return [train(folder / f"{task}{layer}", task, (), release, layer) for task, layer in MODELS]


@pytest.fixture(scope="module")
def predicted(corpus: Path, models: list[Path]) -> dict[str, Any]:
    """The task of the article that nobody has annotated."""
    (task,) = predict(models, corpus_source(corpus)).tasks
    return task


def test_values_of_the_whole_task_stand_without_a_region(predicted: dict[str, Any]) -> None:
    items = {
        item["from_name"]: item for item in predicted["predictions"][0]["result"] if item["id"].startswith("document-")
    }
    assert {name: item["value"] for name, item in items.items()} == {
        "stance": {"choices": ["for"]},
        "urgent": {"choices": ["true"]},
        "topics": {"choices": ["trade"]},
    }
    assert {(item["type"], item["to_name"]) for item in items.values()} == {("choices", "t")}
    assert all(0.5 <= item["score"] <= 1 for item in items.values())


def test_spans_and_their_values_stand_at_their_places(corpus: Path, predicted: dict[str, Any]) -> None:
    """Read as an annotation is: every value is one that its control allows on a span of that label."""
    config = load_labeling_config(corpus / "annotations/labeling_config.xml")
    items = msgspec.convert(predicted["predictions"][0]["result"], list[Item])
    annotation, findings = read_annotation(items, NEW, "A", "", config)
    assert findings == []
    text = predicted["data"]["text"]
    found = [(span.layer, span.labels, text[slice(*span.extent)], span.attributes) for span in annotation.spans]
    assert found == [
        ("emotion", ("fear",), "panic", {}),
        ("emotion", ("hope",), "joy", {}),
        ("emotion", ("fear", "hope"), "suspense", {}),
        ("event", ("STRIKE",), "strike", {"certain": "no", "who": ["sailors"]}),
        ("event", ("MEETING",), "meeting", {"certain": "no"}),
    ]
    assert annotation.attributes == {"stance": "for", "urgent": True, "topics": ["trade"]}


def test_the_score_of_the_task_is_the_mean_of_all(predicted: dict[str, Any]) -> None:
    (one,) = predicted["predictions"]
    scores = [item["score"] for item in one["result"]]
    assert one["score"] == pytest.approx(sum(scores) / len(scores), abs=1e-3)
    tasks = [part.partition("@")[0] for part in one["model_version"].removeprefix("goldspan:").split("+")]
    assert tasks == ["attributes:event", "documents", "spans:emotion", "spans:event"]


def test_a_push_takes_them(corpus: Path, predicted: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "predictions.json"
    path.write_text(json.dumps([predicted]))
    project = wanted_project(corpus, Kind.articles, None, Choice(predictions=path))
    assert project.tasks == [predicted]
    odd = json.loads(json.dumps(predicted))
    (stance,) = [item for item in odd["predictions"][0]["result"] if item["from_name"] == "stance"]
    stance["value"] = {"choices": ["perhaps"]}
    path.write_text(json.dumps([odd]))
    assert codes(lambda: wanted_project(corpus, Kind.articles, None, Choice(predictions=path))) == ["E994"]


def codes(call: Any) -> list[str]:
    """The codes that a call ends with."""
    with pytest.raises(DataError) as error:
        call()
    return [finding.code for finding in error.value.findings]


def altered(model: Path, folder: Path, **said: object) -> Path:
    """A copy of a model that says something else of itself."""
    shutil.copytree(model, folder)
    about = json.loads((folder / "goldspan.json").read_bytes())
    (folder / "goldspan.json").write_text(json.dumps({**about, **said}))
    return folder


def test_models_that_do_not_fit_are_named(corpus: Path, models: list[Path], tmp_path: Path) -> None:
    documents, event, emotion, attributes = models
    source = corpus_source(corpus)
    strange = altered(documents, tmp_path / "strange", labels={"stance": ["for", "against", "torn"]})
    unknown = altered(documents, tmp_path / "unknown", labels={"topics=sport": ["true", "false"]})
    related = altered(documents, tmp_path / "related", task="span-relations")
    lying = altered(documents, tmp_path / "lying", labels={"stance": ["for"]})
    other = altered(event, tmp_path / "other", layer="emotion")
    for folders, code in (
        ([attributes], "E991"),
        ([attributes, emotion], "E991"),
        ([event, event], "E991"),
        ([related], "E991"),
        ([strange], "E992"),
        ([unknown], "E992"),
        ([other], "E992"),
        ([lying], "E983"),
    ):
        assert codes(lambda folders=folders: predict(folders, source)) == [code], folders
    assert len(predict([event], source).tasks) == 1


def test_of_texts_the_layer_is_the_control_of_that_name_where_two_have_the_labels(
    corpus: Path, models: list[Path], tmp_path: Path
) -> None:
    """The labels stand in two controls; the model's layer is called as one of them is."""
    xml = (corpus / "annotations/labeling_config.xml").read_text(encoding="utf-8")
    double = '<Labels name="again" toName="t"><Label value="STRIKE"/><Label value="MEETING"/></Labels>'
    (tmp_path / "config.xml").write_text(xml.replace("<Relations>", f"{double}<Relations>"), encoding="utf-8")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.txt").write_text("Surely a strike began.")
    (task,) = predict([models[1]], text_source(tmp_path / "texts", tmp_path / "config.xml", "en")).tasks
    (item,) = task["predictions"][0]["result"]
    assert (item["from_name"], item["value"]) == ("event", {"start": 9, "end": 15, "labels": ["STRIKE"]})
    elsewhere = altered(models[1], tmp_path / "elsewhere", layer="incident")
    assert codes(lambda: predict([elsewhere], text_source(tmp_path / "texts", tmp_path / "config.xml", "en"))) == [
        "E992"
    ]
