"""Document classification: examples, folds and scores of a light model on a made-up corpus, and what the card shows."""

import json
from pathlib import Path

import pytest

from goldspan.build import build
from goldspan.faults import DataError
from goldspan.scores import read_scores
from goldspan.train.examples import Described, Examples, Task
from goldspan.train.features import item_features
from goldspan.train.folds import folds
from goldspan.train.items import document_item
from goldspan.train.light import train_classes
from goldspan.train.models import Setup, load_model
from goldspan.train.reading import read_examples
from tests.conftest import ROOT, Run
from tests.opinions import TEXTS, XML, build_opinions, tasks


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_opinions(tmp_path_factory.mktemp("opinions") / "corpus")


@pytest.fixture(scope="module")
def examples(corpus: Path) -> Examples:
    return read_examples(corpus / "dataset/release", Task.documents)


def test_each_choice_of_the_whole_task_is_an_attribute(examples: Examples) -> None:
    both = ("true", "false")
    assert dict(examples.labels) == {
        "stance": ("for", "against"),
        "urgent": both,
        **{f"topics={topic}": both for topic in ("trade", "war", "art")},
    }
    assert [item.id for item in examples.items] == list(TEXTS)
    items = {item.id: item for item in examples.items}
    assert items["d00"].labels == {"stance": "for"}
    assert items["d05"].labels == {
        "stance": "against",
        "urgent": "true",
        "topics=trade": "true",
        "topics=war": "true",
        "topics=art": "false",
    }
    assert items["d05"].texts == (TEXTS["d05"],)
    assert (items["d05"].doc_ids, items["d05"].groups) == (("d05",), ("g1",))


def test_what_is_not_learnt_is_counted(examples: Examples) -> None:
    """The thirteenth article has no annotation, the first two lack a value."""
    assert examples.left_out == {
        "columns of documents that are no choices (note, quality)": 2,
        "documents without stance": 1,
        "documents without topics": 3,
        "documents without urgent": 2,
    }


def test_a_story_group_is_never_parted(examples: Examples) -> None:
    assert {fold.name: set(fold.test) for fold in folds(examples)} == {
        f"g{group}": {f"d{number:02}" for number in range(3 * group, 3 * group + 3)} for group in range(4)
    }


def test_the_features_of_a_document_are_its_words(examples: Examples) -> None:
    features = item_features(examples.items[0])
    assert {"text:welcome", "text:we welcome", "text:welc*", "text:กรุงเทพ"} <= set(features)
    assert set(features.values()) == {1.0}


@pytest.mark.filterwarnings("error")
def test_a_label_that_stands_once_is_learnt_without_a_murmur() -> None:
    """Where it is tested by a fold inside what is learnt, there is nothing to choose from: that fold is left out."""
    texts = {"for": ["we welcome it", "welcome, bridge", "I welcome the plan"], "against": ["we reject it"]}
    pairs = [(text, label) for label, several in texts.items() for text in several]
    items = [
        document_item(str(at), Described(str(at), "g", None, text), {"stance": label})
        for at, (text, label) in enumerate(pairs)
    ]
    for some in (items, items[2:]):
        model = train_classes(some, {"stance": ("for", "against")}, Setup())
        assert [one["stance"].label for one in model.predict(some)] == [item.labels["stance"] for item in some]


def test_scores_are_kept_and_the_card_shows_them(run: Run, corpus: Path, tmp_path: Path) -> None:
    kept, release = corpus / "annotations/baselines.json", corpus / "dataset/release"
    result = run("train", "documents", release, "--keep", kept, "--out", tmp_path / "model")
    assert result.returncode == 0, result.stderr
    assert "W980 Not all can be learnt or scored: documents without topics: 3\n" in result.stderr
    scores = [one for one in read_scores(kept).scores if not one.doc_id]
    f1 = {(one.of, one.fold, one.system): one.f1 for one in scores}
    assert {(one.task, one.system) for one in scores} == {
        ("documents", name) for name in ("majority", "by heart", "light")
    }
    assert [f1["stance", fold, "light"] for fold in ("g0", "g1", "g2", "g3")] == [1.0] * 4
    assert max(f1["stance", fold, "majority"] or 0 for fold in ("g0", "g1", "g2", "g3")) < 0.5
    articles = {one.doc_id for one in read_scores(kept).scores if one.of == "stance"} - {""}
    assert articles == set(TEXTS)
    said, _ = load_model(tmp_path / "model")
    assert (said.name, said.labels["stance"], len(said.documents)) == ("documents", ["for", "against"], 12)
    built = build(corpus)
    card = built.files["README.md"].decode()
    assert "| documents | stance | g0 | 3 | f1 | 0.250 |" in card
    assert "| documents | topics=war | g0 | 1 | accuracy |" in card
    assert built.warnings == [finding for finding in built.warnings if finding.code == "W202"]


def test_a_converted_folder_is_learnt_from_with_its_labeling_config(run: Run, tmp_path: Path) -> None:
    """Each annotation counts but those that were skipped; here the first document has two more."""
    made = tasks()
    first = made[0]["annotations"][0]
    made[0]["annotations"] += [{**first, "id": 200, "was_cancelled": True}, {**first, "id": 201, "completed_by": 2}]
    (tmp_path / "export.json").write_text(json.dumps(made), encoding="utf-8")
    (tmp_path / "config.xml").write_text(XML, encoding="utf-8")
    out = tmp_path / "converted"
    assert run("convert", tmp_path / "export.json", "--config", tmp_path / "config.xml", "--out", out).returncode == 0
    found = read_examples(out, Task.documents, config=tmp_path / "config.xml")
    assert [(item.id, item.doc_ids) for item in found.items[:2]] == [("100", ("d00",)), ("101", ("d01",))]
    assert [item.id for item in found.items if item.doc_ids == ("d00",)] == ["100", "201"]
    assert found.items[5].labels["topics=war"] == "true"
    assert {name: count for name, count in found.left_out.items() if "topics" not in name} == {
        "annotations that were skipped": 1,
        "annotations without urgent": 2,
    }
    assert {fold.name for fold in folds(found)} == {"g0", "g1", "g2", "g3"}
    result = run("train", "documents", out, "--config", tmp_path / "config.xml")
    assert (result.returncode, "documents  stance" in result.stdout) == (0, True)
    with pytest.raises(DataError, match=r"E980 .*: name its labeling config"):
        read_examples(out, Task.documents)


def test_a_release_without_such_choices_names_what_can_be_learnt() -> None:
    with pytest.raises(DataError) as error:
        read_examples(ROOT / "dataset/release", Task.documents)
    (finding,) = error.value.findings
    assert finding.code == "E980"
    assert finding.message.endswith(
        "no choices in documents; it has examples of ner, attribution, claims, relations, attributes --layer entities"
    )
