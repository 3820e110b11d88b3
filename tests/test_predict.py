"""Predictions: exact places in an article that was held out, links, scores, order, and what a push takes of them."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.build import settled_annotations
from goldspan.claims import links
from goldspan.decisions import Decider
from goldspan.export.reader import Item
from goldspan.export.spans import read_annotation
from goldspan.faults import DataError
from goldspan.inputs import read_inputs
from goldspan.labeling import load_labeling_config
from goldspan.predict.linking import link
from goldspan.predict.prediction import Order, predict
from goldspan.predict.source import Source, corpus_source, text_source
from goldspan.records import Span
from goldspan.studio.plan import plan
from goldspan.studio.projects import Choice, Kind, wanted_project
from goldspan.tasks import PREANNOTATION
from goldspan.tokens import Sentence, sentences
from goldspan.train.examples import Task
from tests.conftest import ROOT, Run
from tests.small import CORPUS
from tests.test_studio import prediction, server_task, submitted
from tests.test_studio import task as wanted
from tests.trained import train

HELD_OUT = "003"
CONFIG = ROOT / "annotations/labeling_config.xml"
TASKS = (Task.attribution, Task.claims, Task.ner)
KNOWN = "Hun Manet met Donald Trump in Malaysia on Monday."
HOSTILE = {
    "emoji": f"👩‍👧‍👦🇰🇭 {KNOWN}",
    "marks": f"e\u0301te\u0301 n\u0303. {KNOWN}",
    "khmer": f"ភ្នំពេញ ក្រុង។\n{KNOWN}",
    "thai": f"กรุงเทพมหานคร เมือง\n{KNOWN}",
    "crlf": f"One.\r\n\r\n\t{KNOWN}\r\n",
    "bidi": f"\u202eabc\u202c \u200f {KNOWN}",
    "joined": f"\ufeff\u200d\u2028{KNOWN}",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A model for each task, none of which has seen the article."""
    folder = tmp_path_factory.mktemp("models")
    return [train(folder / task, task, {HELD_OUT}) for task in TASKS]


@pytest.fixture(scope="module")
def held_out(models: list[Path]) -> dict[str, Any]:
    """The task of the article."""
    (task,) = predict(models, corpus_source(ROOT, [HELD_OUT])).tasks
    return task


def found(task: dict[str, Any], layer: str) -> set[tuple[str, str, int, int]]:
    """The label, words and extent of each span of a layer in a task's prediction."""
    items = [item for item in task["predictions"][0]["result"] if item.get("from_name") == layer]
    text = task["data"]["text"]
    places = [(item["value"]["labels"][0], item["value"]["start"], item["value"]["end"]) for item in items]
    return {(label, text[start:end], start, end) for label, start, end in places}


def released(layer: str) -> set[tuple[str, int, int]]:
    """The spans of the article as annotated."""
    inputs = read_inputs(ROOT)
    annotation = settled_annotations(inputs, Decider(inputs.decisions))[HELD_OUT]
    return {(span.label, *span.extent) for span in annotation.layer(layer)}


def test_an_article_that_no_model_has_seen_gets_spans_at_their_places(held_out: dict[str, Any]) -> None:
    text = held_out["data"]["text"]
    assert text.encode() == (ROOT / "dataset/raw" / corpus_source(ROOT, [HELD_OUT]).articles[0].file).read_bytes()
    entities = found(held_out, "entity")
    trump = text.index("Donald Trump")
    sure = {("GPE", "Thailand", 34, 42), ("GPE", "Cambodia", 47, 55), ("PERSON", "Donald Trump", trump, trump + 12)}
    assert sure <= entities
    gold = released("entity")
    right = {(label, start, end) for label, _, start, end in entities} & gold
    assert len(right) > len(gold) / 2
    assert {label for label, *_ in found(held_out, "attribution")} == {"SOURCE", "CUE", "CONTENT"}
    assert {words for _, words, *_ in entities if words != words.strip()} == set()
    zones = {(label, start, end) for label, _, start, end in found(held_out, "zone")}
    assert zones == {("BYLINE", 0, 18), ("BODY", 19, len(text))}
    assert min(start for layer in ("entity", "attribution") for *_, start, _ in found(held_out, layer)) >= 19


def test_a_prediction_is_an_annotation_without_fault(held_out: dict[str, Any]) -> None:
    """Read as an annotation is: every value is one that its control allows, every link joins what it may."""
    config = load_labeling_config(CONFIG)
    (one,) = held_out["predictions"]
    items = msgspec.convert(one["result"], list[Item])
    annotation, findings = read_annotation(items, HELD_OUT, "A", "", config)
    assert findings == []
    spans = {span.region_id: span for span in annotation.spans}
    ends = {
        (relation.labels[0], spans[relation.from_id].label, spans[relation.to_id].label)
        for relation in annotation.relations
    }
    assert ends == {("source", "CUE", "SOURCE"), ("content", "CUE", "CONTENT")}
    contents = [span for span in annotation.layer("attribution") if span.label == "CONTENT"]
    asked = {"claim_type", "modality", "polarity", "distanced"}
    assert {frozenset(span.attributes) for span in contents} == {frozenset(asked)}
    assert {type(span.attributes["distanced"]) for span in contents} == {bool}
    assert all(span.attributes == {} for span in spans.values() if span not in contents)


def test_every_span_and_value_has_a_score_and_the_task_their_mean(held_out: dict[str, Any]) -> None:
    (one,) = held_out["predictions"]
    unscored = Counter(item.get("from_name") for item in one["result"] if "score" not in item)
    assert set(unscored) == {"zone", None}
    scores = [item["score"] for item in one["result"] if "score" in item]
    assert all(0 <= score <= 1 for score in scores)
    assert one["score"] == pytest.approx(sum(scores) / len(scores), abs=1e-3)


def test_the_same_models_give_the_same_bytes_in_any_order(models: list[Path], run: Run, tmp_path: Path) -> None:
    for name, order in (("one", models), ("other", models[::-1])):
        run("predict", *order, "--corpus", ROOT, "--articles", HELD_OUT, "--out", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes() != b""


def test_the_version_names_each_model_and_changes_with_it(models: list[Path], tmp_path: Path) -> None:
    def version(*folders: Path) -> str:
        (task,) = predict(folders, corpus_source(ROOT, [HELD_OUT])).tasks
        return str(task["predictions"][0]["model_version"])

    ner = models[2]
    assert re.fullmatch(r"goldspan:attribution@[0-9a-f]{8}\+ner@[0-9a-f]{8}", version(models[0], ner))
    again = train(tmp_path / "again", Task.ner, {HELD_OUT})
    less = train(tmp_path / "less", Task.ner, {HELD_OUT, "004"})
    assert version(ner) == version(again) != version(less)


@pytest.mark.parametrize("name", HOSTILE)
def test_offsets_are_code_points_in_any_script(name: str, models: list[Path], tmp_path: Path) -> None:
    (tmp_path / f"{name}.txt").write_bytes(HOSTILE[name].encode())
    (task,) = predict(models, text_source(tmp_path, CONFIG, "en")).tasks
    assert task["data"]["text"] == HOSTILE[name]
    start = HOSTILE[name].index("Donald")
    assert ("PERSON", "Donald Trump", start, start + 12) in found(task, "entity")
    assert ("PERSON", "Hun Manet", start - 14, start - 5) in found(task, "entity")


def test_the_task_that_the_models_are_least_sure_of_comes_first(models: list[Path], tmp_path: Path) -> None:
    texts = {"a": KNOWN, "b": "Xyzzy plugh.", "c": "Perhaps Zorbland's Quux told Frobnitz of 12 or 13 wumpuses."}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text)
    source = text_source(tmp_path, CONFIG, "en")
    by_document, uncertain = (predict(models[2:], source, order).tasks for order in (Order.document, Order.uncertain))
    assert [task["data"]["doc_id"] for task in by_document] == ["a", "b", "c"]
    scores = [task["predictions"][0]["score"] for task in uncertain]
    assert scores == sorted(scores)
    assert (uncertain[0]["data"]["doc_id"], scores[0], uncertain[-1]["data"]["doc_id"]) == ("b", 0.0, "a")
    assert uncertain[0]["predictions"][0]["result"] == []


# Links


def test_the_nearest_are_linked_as_annotators_have_linked_them() -> None:
    """On the annotated spans of this corpus: of 165 links the rule draws 147, of which 142 are right."""
    inputs = read_inputs(ROOT)
    roles = inputs.corpus.attributions
    counts: Counter[str] = Counter()
    for annotation in settled_annotations(inputs, Decider(inputs.decisions)).values():
        text = next(one.text for one in inputs.articles if one.doc_id == annotation.doc_id)
        cut = [one for zone in annotation.layer("zone") for one in sentences(text, *zone.extent, "en", ())]
        drawn = links(annotation, inputs.corpus)
        gold = {(cue, end) for table in (drawn.sources, drawn.contents) for cue, ends in table.items() for end in ends}
        made = {(one.from_id, one.to_id) for one in link(annotation.layer("attribution"), cut, roles)}
        counts.update(gold=len(gold), made=len(made), right=len(gold & made))
    assert counts == {"gold": 165, "made": 147, "right": 142}
    page = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    assert "draws {made} of the {gold} links, and {right} of them right".format(**counts) in page


def span(label: str, start: int, end: int) -> Span:
    return Span(f"{label}-{start}", "say", (label,), start, end)


def test_each_is_linked_once_and_never_across_sentences_or_to_what_it_lies_in() -> None:
    roles = CORPUS.attributions
    spans = [
        span("SPEAKER", 0, 3),
        span("VERB", 4, 8),
        span("WORDS", 9, 30),
        span("VERB", 15, 17),
        span("WORDS", 31, 39),
        span("VERB", 50, 55),
        span("SPEAKER", 70, 75),
    ]
    made = link(spans, [Sentence(0, 40), Sentence(41, 60), Sentence(61, 80)], roles)
    assert [(one.from_id, one.to_id, one.labels) for one in made] == [
        ("VERB-4", "SPEAKER-0", ("by",)),
        ("VERB-4", "WORDS-9", ("that",)),
        ("VERB-15", "WORDS-31", ("that",)),
    ]


# What does not fit


def faults(call: Any, *arguments: Any) -> list[str]:
    """The codes that a call ends with."""
    with pytest.raises(DataError) as error:
        call(*arguments)
    return [finding.code for finding in error.value.findings]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.txt").write_text(KNOWN)
    return text_source(tmp_path / "texts", CONFIG, "en")


def altered(model: Path, folder: Path, **said: object) -> Path:
    """A copy of a model that says something else of itself."""
    shutil.copytree(model, folder)
    about = json.loads((folder / "goldspan.json").read_bytes())
    (folder / "goldspan.json").write_text(json.dumps({**about, **said}))
    return folder


def test_models_that_lie_or_are_broken_are_named(models: list[Path], source: Source, tmp_path: Path) -> None:
    attribution, claims, ner = models
    entities = {"entity": ["PERSON", "GPE"]}
    cases = {
        "E983": [
            altered(ner, tmp_path / "less", layers=entities),
            altered(ner, tmp_path / "more", layers={**entities, "other": ["PERSON"]}),
            altered(ner, tmp_path / "other", kind="magic"),
            altered(ner, tmp_path / "swapped", task="attribution", layers={"x": ["CUE"]}),
            altered(ner, tmp_path / "outside", files={"../../secret": "0"}),
            tmp_path / "none",
        ],
        "E992": [altered(ner, tmp_path / "strange", layers={"entity": ["DRAGON"]})],
        "E991": [claims],
    }
    broken = altered(ner, tmp_path / "broken")
    next(broken.glob("*.crfsuite")).write_bytes(b"no model")
    cases["E983"].append(broken)
    for code, folders in cases.items():
        for folder in folders:
            assert faults(predict, [folder], source) == [code], folder
    assert faults(predict, [ner, ner], source) == ["E991"]
    relations = altered(claims, tmp_path / "relations", task="relations")
    assert faults(predict, [relations], source) == ["E991"]
    wrong = altered(claims, tmp_path / "wrong", labels={"mood": ["GOOD"]})
    assert faults(predict, [attribution, wrong], source) == ["E992"]
    fewer = altered(claims, tmp_path / "fewer", labels={"claim_type": ["BLAME"], "modality": ["HEDGED"]})
    assert faults(predict, [attribution, fewer], source) == ["E983"]


def test_wrong_calls_and_articles_are_refused(models: list[Path], run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tasks.json"
    target.write_text("kept")
    (tmp_path / "texts").mkdir()
    for arguments, status, said in [
        (["--corpus", ROOT], 1, "E990 There is no article to predict: all are annotated"),
        (["--corpus", ROOT, "--articles", "9*"], 1, "E990 There is no article to predict: no doc_id is '9*'"),
        (
            ["--texts", tmp_path / "texts", "--config", CONFIG],
            1,
            "E990 There is no article to predict: there is no *.txt",
        ),
        (["--texts", tmp_path / "texts"], 2, "--texts goes with --config"),
        (["--corpus", ROOT, "--order", "random"], 2, "random"),
    ]:
        result = run("predict", models[2], *arguments, "--out", target)
        assert (result.returncode, said in result.stderr, "Traceback" in result.stderr) == (status, True, False), (
            result.stderr
        )
    (tmp_path / "texts/CON.txt").write_text("text")
    assert faults(text_source, tmp_path / "texts", CONFIG, "en") == ["E990"]
    assert target.read_text() == "kept"


def test_an_article_that_a_model_has_learnt_from_is_a_warning(models: list[Path], run: Run) -> None:
    result = run("predict", models[2], "--corpus", ROOT, "--articles", "00[03]")
    assert result.returncode == 0
    assert re.findall(r"document (\d+): (W990)", result.stderr) == [("000", "W990")]
    assert [task["data"]["doc_id"] for task in json.loads(result.stdout)] == ["000", "003"]


def test_what_nobody_has_annotated_is_predicted(models: list[Path], small_corpus: Path, tmp_path: Path) -> None:
    assert [one.doc_id for one in corpus_source(small_corpus).articles] == ["d2"]
    assert [one.doc_id for one in corpus_source(small_corpus, ["d*"]).articles] == ["d1", "d2"]
    assert faults(predict, models[2:], corpus_source(small_corpus)) == ["E992"]
    (small_corpus / "annotations/exports/articles-1.json").unlink()
    assert [one.doc_id for one in corpus_source(small_corpus).articles] == ["d1", "d2"]


# What a push takes


@pytest.fixture
def written(held_out: dict[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "predictions.json"
    path.write_text(json.dumps([held_out]))
    return path


def pushed(path: Path, **more: Any) -> Any:
    return wanted_project(ROOT, Kind.articles, None, Choice(predictions=path, **more))


def test_a_push_takes_the_documents_that_were_predicted_and_no_others(written: Path, held_out: dict[str, Any]) -> None:
    project = pushed(written)
    assert project.tasks == [held_out]
    assert project.shown == held_out["predictions"][0]["model_version"]
    assert project.documents == {"000", "001", "002", "003", "004"}
    assert faults(lambda: pushed(written, documents=("004",))) == ["E819"]


def test_what_predict_has_not_written_is_refused(held_out: dict[str, Any], tmp_path: Path) -> None:
    (one,) = held_out["predictions"]
    for contents in (
        "nothing",
        "[]",
        json.dumps({"tasks": []}),
        json.dumps([{"data": held_out["data"]}]),
        json.dumps([{**held_out, "predictions": [one, one]}]),
        json.dumps([{**held_out, "predictions": [{**one, "model_version": "goldspan"}]}]),
        json.dumps([{**held_out, "predictions": [{**one, "score": 2}]}]),
        json.dumps([held_out, held_out]),
    ):
        (tmp_path / "no.json").write_text(contents)
        assert faults(pushed, tmp_path / "no.json") == ["E993"], contents[:50]
    assert faults(pushed, tmp_path) == ["E993"]


def test_predictions_of_another_text_or_config_are_refused_with_their_place(
    held_out: dict[str, Any], tmp_path: Path
) -> None:
    (one,) = held_out["predictions"]
    item = next(item for item in one["result"] if item.get("from_name") == "entity")
    path = tmp_path / "no.json"
    for data, items in [
        ({**held_out["data"], "doc_id": "9"}, []),
        ({**held_out["data"], "doc_id": ["003"]}, []),
        ({**held_out["data"], "text": KNOWN}, []),
        (held_out["data"], [{**item, "from_name": "mood"}]),
        (held_out["data"], [{**item, "value": {**item["value"], "end": 10**6}}]),
        (held_out["data"], [{**item, "value": {**item["value"], "labels": ["DRAGON"]}}]),
        (held_out["data"], [{**item, "value": {**item["value"], "start": "4"}}]),
        (held_out["data"], [item, {**item, "value": {**item["value"], "end": item["value"]["end"] + 1}}]),
        (held_out["data"], [item, {"type": "relation", "from_id": item["id"], "to_id": "x", "labels": ["source"]}]),
    ]:
        path.write_text(json.dumps([{"data": data, "predictions": [{**one, "result": items}]}]))
        assert faults(pushed, path) == ["E994"], items
    (other,) = [finding for finding in findings_of(path) if finding.code == "E994"]
    assert (other.file, other.task) == (str(path), HELD_OUT)
    assert "E401 A relation begins or ends at a region that does not exist" in other.message


def findings_of(path: Path) -> Any:
    with pytest.raises(DataError) as error:
        pushed(path)
    return error.value.findings


def test_predictions_of_a_later_model_take_the_place_of_an_earlier_ones() -> None:
    there = [
        server_task(1, predictions=[prediction(11, "goldspan:ner@1", "WHO"), prediction(12, "another", "WHO")]),
        server_task(2, submitted(5, "WHO"), predictions=[prediction(21, PREANNOTATION, "WHO")]),
        server_task(3, predictions=[{**prediction(31, "goldspan:ner@2", "WHERE"), "score": 0.5}]),
    ]
    tasks = [wanted(1, "WHERE"), wanted(2, "WHERE"), wanted(3, "WHERE")]
    for each in tasks:
        each["predictions"][0] |= {"model_version": "goldspan:ner@2", "score": 0.5}
    steps = plan(tasks, there)
    assert (steps.missing, steps.same) == ([], 1)
    assert [(one.task, one.data, one.remove, one.add) for one in steps.changes] == [
        (1, None, [11], tasks[0]["predictions"]),
        (2, None, [21], tasks[1]["predictions"]),
    ]
    tasks[2]["predictions"][0]["score"] = 0.25
    assert plan(tasks, there).changes[2].remove == [31]


def test_what_models_have_predicted_stays_unless_something_else_is_asked_for() -> None:
    there = [server_task(1, predictions=[prediction(11, "goldspan:ner@1", "WHO")]), server_task(2)]
    tasks = [wanted(1, "WHERE"), wanted(2, "WHERE")]
    (kept,) = plan(tasks, there, keep=True).changes
    assert (kept.task, kept.add) == (2, tasks[1]["predictions"])
    replaced = plan(tasks, there).changes[0]
    assert (replaced.remove, replaced.add) == ([11], tasks[0]["predictions"])
