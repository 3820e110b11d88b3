"""Training: examples, folds, scores and light models on this corpus, and what the command says and keeps."""

import json
import os
from collections import Counter
from itertools import groupby
from pathlib import Path

import msgspec
import pyarrow as pa
import pycrfsuite
import pytest
from skops import io as skops

from goldspan.faults import DataError
from goldspan.records import Span
from goldspan.released import Release, read_release
from goldspan.scores import Kept, Score, article_rows, fold_rows, read_scores
from goldspan.settings import NearDuplicates
from goldspan.train.baselines import ByHeart, Majority, Names
from goldspan.train.examples import Described, Examples, Item, Passage, Task, decode, tags
from goldspan.train.features import token_features
from goldspan.train.folds import Fold, folds, split_items
from goldspan.train.gazetteer import memorise
from goldspan.train.light import Fields
from goldspan.train.models import About, Scored, Setup, about, fit, load_model, save_model
from goldspan.train.passages import mark, passages
from goldspan.train.reading import read_examples
from goldspan.train.release import of_release
from goldspan.train.scoring import class_scores, span_scores
from tests.conftest import ROOT, Run, hashes
from tests.trained import train

RELEASE = ROOT / "dataset/release"
KEPT = ROOT / "annotations/baselines.json"
TASKS = (Task.ner, Task.attribution, Task.claims, Task.relations)  # that this corpus has examples of
GROUPS = {
    "asia-newspolitics": {"000", "001"},
    "kuala-lumpur-meeting": {"002", "004"},
    "talks-next-week": {"003"},
}
LAYERS = {"entity": ("PER", "LOC")}


def sentence(text: str, *spans: tuple[str, str], doc_id: str = "d", layer: str = "entity") -> Passage:
    """A text of one sentence, with spans by their words and label."""
    (bare,) = passages(Described(doc_id, doc_id, None, text), "en")
    found = [Span("", layer, (label,), text.index(words), text.index(words) + len(words)) for words, label in spans]
    return msgspec.structs.replace(bare, spans=tuple(found))


@pytest.fixture(scope="module", params=TASKS)
def examples(request: pytest.FixtureRequest) -> Examples:
    return read_examples(RELEASE, request.param)


@pytest.fixture(scope="module")
def ner() -> Examples:
    return read_examples(RELEASE, Task.ner)


def test_the_examples_of_this_corpus() -> None:
    found = {task: read_examples(RELEASE, task) for task in TASKS}
    assert {task: (len(one.passages), len(one.items)) for task, one in found.items()} == {
        "ner": (117, 0),
        "attribution": (117, 0),
        "claims": (0, 172),
        "relations": (0, 217),
    }
    assert found[Task.ner].left_out == {"spans inside or across another of their layer": 13}
    assert sum(len(one.spans) for one in found[Task.ner].passages) == 345 - 13
    assert dict(found[Task.attribution].layers) == {name: (name,) for name in ("SOURCE", "CUE", "CONTENT")}
    assert list(found[Task.claims].labels) == ["claim_type", "modality", "polarity", "distanced"]
    assert found[Task.relations].labels["relation"][-2:] == ("UPDATED_BY", "SUPPORTED_BY")


def test_a_passage_is_a_stretch_of_its_document_and_its_tags_give_its_spans_back(examples: Examples) -> None:
    texts = {one.doc_id: one.text for one in examples.documents}
    for passage in examples.passages:
        assert texts[passage.doc_id][passage.start : passage.start + len(passage.text)] == passage.text
        for layer in examples.layers:
            there = [(span.start, span.end, span.label) for span in passage.spans if span.layer == layer]
            back = [(one.start, one.end, one.label) for one in decode(passage, layer, tags(passage, layer))]
            assert back == there
    assert examples.passages or examples.items


def test_tokens_and_sentences_are_cut_by_the_text_alone() -> None:
    text = "Bangkok-based units left. They waited\n😀 ก็ตาม"
    document = Described("d", "d", None, text)
    bare = list(passages(document, "en"))
    assert [one.words() for one in bare] == [
        ["Bangkok", "-", "based", "units", "left", "."],
        ["They", "waited"],
        ["😀", "ก็ตาม"],
    ]
    assert [(one.start, one.number, one.opens) for one in bare] == [(0, 0, True), (26, 1, False), (38, 2, True)]
    half = Span("", "entity", ("LOC",), 0, 4)
    across = Span("", "entity", ("LOC",), 20, 30)
    counted: Counter[str] = Counter()
    marked = list(mark(bare, [half, across], counted))
    assert [one.tokens for one in marked] == [one.tokens for one in bare]
    assert counted["spans in no sentence, or in several"] == 1


def test_pairs_stand_in_the_order_of_their_ids_and_an_inverse_tells_which_way() -> None:
    found = {item.id: item for item in read_examples(RELEASE, Task.relations).items}
    turned = [item for item in found.values() if item.labels["relation"] == "SUPPORTED_BY"]
    assert len(turned) == 41
    for item in turned:
        first, second = item.id.split("|")
        assert first > second
        assert item.doc_ids == (second[:3], first[:3])


def test_what_a_release_does_not_say_is_no_example() -> None:
    release = read_release(RELEASE)
    tables = {name: table.to_pylist() for name, table in release.tables.items()}
    tables["entities"][0]["label"] = "ALIEN"
    tables["claims"][0]["content"] = []
    tables["claims"][1]["claim_type"] = "ALIEN"
    tables["claim_relations"][0]["text_a"] = None
    tables["documents"].append({**tables["documents"][0], "doc_id": "005", "zones": []})
    changed = {name: pa.Table.from_pylist(rows, release.tables[name].schema) for name, rows in tables.items()}
    broken = msgspec.structs.replace(release, tables=changed)
    found = {task: of_release(broken, task, "en") for task in TASKS}
    nested = {"spans inside or across another of their layer": 13}
    none = {"documents that are not annotated": 1}
    assert found[Task.ner].left_out == {**nested, **none, "spans of a label that the manifest does not list": 1}
    assert (
        found[Task.claims].left_out == found[Task.relations].left_out == {"claims, or pairs of them, without words": 1}
    )
    assert "claim_type" not in found[Task.claims].items[0].labels
    assert {fold.name for fold in folds(found[Task.ner])} == set(GROUPS)
    for name, says in (("claims", "no claims"), ("labels", "no labels of entities/label in the manifest")):
        bare = release_without(release, name)
        with pytest.raises(DataError, match=rf"E980 .*: {says}"):
            of_release(bare, Task.claims if name == "claims" else Task.ner, "en")


def release_without(release: Release, what: str) -> Release:
    """A release without a config, or whose manifest says nothing of labels."""
    if what == "labels":
        return msgspec.structs.replace(release, manifest=msgspec.structs.replace(release.manifest, labels={}))
    return msgspec.structs.replace(release, tables={k: v for k, v in release.tables.items() if k != what})


def test_pairs_of_which_none_is_inside_what_is_learnt_from_make_no_fold() -> None:
    documents = tuple(Described(name, name, None, name) for name in "ab")
    pair = Item("p", ("a", "b"), ("a", "b"), ("x", "y"), {"relation": "r"})
    with pytest.raises(DataError, match=r"E982 .*: no fold has something to learn from and something to test"):
        folds(Examples(Task.relations, "", {}, "en", documents, labels={"relation": ("r",)}, items=(pair,)))


def test_each_fold_leaves_a_story_group_out(examples: Examples) -> None:
    made = folds(examples)
    assert {fold.name: set(fold.test) for fold in made} == GROUPS
    assert all(fold.train | fold.test == {"000", "001", "002", "003", "004"} for fold in made)
    assert not any(fold.train & fold.test for fold in made)


def dated(*documents: tuple[str, str | None, str], words: int = 3, count: int | None = None) -> list[Fold]:
    """The folds of documents, each with its group, date and text."""
    described = tuple(Described(f"d{n}", group, date, text) for n, (group, date, text) in enumerate(documents))
    passage = [Passage(one.doc_id, one.group, 0, "", ()) for one in described]
    near = NearDuplicates(words=words, threshold=0.5)
    made = Examples(Task.ner, "", {}, "en", described, passages=tuple(passage), near=near)
    return folds(made, count, by_time=any(date for _, date, _ in documents))


def test_near_duplicates_stay_together() -> None:
    made = dated(("a", None, "one two three four"), ("b", None, "ONE two three, four!"), ("c", None, "five six seven"))
    assert [(fold.name, set(fold.test)) for fold in made] == [("a + b", {"d0", "d1"}), ("c", {"d2"})]


def test_so_many_folds_of_about_as_many_documents() -> None:
    made = dated(*(("big", None, f"{n}") for n in range(3)), *((f"s{n}", None, f"x{n}") for n in range(3)), count=2)
    assert [len(fold.test) for fold in made] == [3, 3]
    assert [fold.name for fold in made] == ["1", "2"]


def test_folds_by_time_learn_from_what_is_older() -> None:
    made = dated(
        ("a", "2025-01-01", "one"),
        ("b", "2025-02", "two"),
        ("c", "2025-02-03", "three"),
        ("d", None, "four"),
        ("e", "soon", "five"),
    )
    # February as a whole is not older than its third day
    assert [(fold.name, set(fold.train), set(fold.test)) for fold in made] == [
        ("from 2025-02", {"d0"}, {"d1"}),
        ("from 2025-02-03", {"d0"}, {"d2"}),
    ]


def test_each_fold_has_a_name_of_its_own_and_they_sort_as_they_are_counted() -> None:
    made = dated(("a", "2025", "one"), *((name, "2026", name) for name in "bcd"))
    assert [fold.name for fold in made] == ["from 2026", "from 2026 (2)", "from 2026 (3)"]
    assert len({fold.test for fold in made}) == 3
    names = [fold.name for fold in dated(*((f"g{n}", None, f"text {n}") for n in range(12)))]
    assert names == sorted(names) == [f"{n:02}" for n in range(1, 11)]


def test_too_few_groups_are_a_fault() -> None:
    with pytest.raises(DataError, match=r"E982 .*: 2 groups, and 3 are needed"):
        dated(("a", None, "one"), ("b", None, "two"), count=3)
    with pytest.raises(DataError, match=r"E982 .*: no fold has something to learn from and something to test"):
        dated(("a", "2025", "one"), ("b", "2025", "two"))


def test_a_pair_is_learnt_from_only_where_both_its_documents_are() -> None:
    pair = Item("p", ("d0", "d1"), ("a", "b"), ("x", "y"), {})
    assert split_items([pair], Fold("a", frozenset({"d1", "d2"}), frozenset({"d0"}))) == ([], [pair])
    assert split_items([pair], Fold("c", frozenset({"d0", "d1"}), frozenset({"d2"}))) == ([pair], [])
    assert split_items([pair], Fold("t", frozenset({"d2"}), frozenset({"d0"}))) == ([], [])


def conll_sample() -> tuple[list[Passage], list[list[Scored]]]:
    """The tags of output.txt of CoNLL-2000, with words made up: what is there, and what was found."""
    lines = (ROOT / "tests/data/conll2000-tags.tsv").read_text(encoding="utf-8").split("\n")
    marked, found = [], []
    for filled, rows in groupby(lines, key=bool):
        if filled:
            columns = [row.split("\t") for row in rows]
            (bare,) = passages(Described("d", "d", None, " ".join("x" * len(columns))), "en")
            there, said = (list(decode(bare, "chunk", tagged)) for tagged in zip(*columns, strict=True))
            marked.append(msgspec.structs.replace(bare, spans=tuple(there)))
            found.append([Scored(one.start, one.end, one.label, 1.0) for one in said])
    return marked, found


def test_scores_are_those_that_conlleval_publishes_for_its_sample() -> None:
    """https://www.clips.uantwerpen.be/conll2000/chunking/output.html."""
    marked, found = conll_sample()
    assert sum(len(one.tokens) for one in marked) == 961
    assert sum(map(len, found)) == 539
    layers = {"chunk": ("ADJP", "ADVP", "NP", "PP", "SBAR", "VP")}
    rows = {one["of"]: one for one in span_scores(marked, found, layers)}
    assert rows["all"]["items"] == 459
    percent = {
        of: tuple(round(100 * row[name], 2) for name in ("precision", "recall", "f1")) for of, row in rows.items()
    }
    assert percent == {
        "all": (68.83, 80.83, 74.35),
        "ADJP": (0.0, 0.0, 0.0),
        "ADVP": (45.45, 62.5, 52.63),
        "NP": (64.98, 78.63, 71.16),
        "PP": (83.18, 98.89, 90.36),
        "SBAR": (66.67, 33.33, 44.44),
        "VP": (69.0, 79.31, 73.8),
    }


def test_exact_partial_and_type_scores_counted_by_hand() -> None:
    there = sentence("Ann saw Rome and New York", ("Ann", "PER"), ("Rome", "LOC"), ("New York", "LOC"))
    found = [Scored(0, 3, "LOC", 1.0), Scored(8, 12, "LOC", 1.0), Scored(17, 20, "LOC", 1.0)]
    row, *labels = span_scores([there], [found], LAYERS)
    assert (row["items"], row["f1"]) == (3, pytest.approx(1 / 3))  # Rome
    assert row["exact"] == pytest.approx(2 / 3)  # and Ann, whatever the label
    assert row["partial"] == pytest.approx(2.5 / 3)  # and half of New York
    assert row["type"] == pytest.approx(2 / 3)  # Rome, and New York by its label
    assert [(one["of"], one["items"]) for one in labels] == [("PER", 1), ("LOC", 2)]


def test_what_is_not_there_and_not_found_has_no_figure() -> None:
    assert list(span_scores([sentence("Nobody came")], [[]], LAYERS)) == [
        {"of": "all", "items": 0},
        {"of": "PER", "items": 0},
        {"of": "LOC", "items": 0},
    ]


def test_a_span_is_only_held_against_its_own_layer() -> None:
    inner = sentence("she said so", ("she said so", "CONTENT"), layer="CONTENT")
    layers = {"CONTENT": ("CONTENT",), "CUE": ("CUE",)}
    rows = {one["of"]: one for one in span_scores([inner], [[Scored(4, 8, "CUE", 1.0)]], layers)}
    assert (rows["all"]["precision"], rows["all"]["partial"]) == (0, 0)


def test_macro_scores_of_classes_counted_by_hand() -> None:
    items = [Item(str(n), ("d",), ("d",), ("x", "x"), {"tone": tone}) for n, tone in enumerate("aab")]
    model = Majority(items, {"tone": ("b", "a")})
    (row,) = class_scores(items, model.predict(items), {"tone": ("b", "a")})
    assert row == {
        "of": "tone",
        "items": 3,
        "precision": pytest.approx((2 / 3 + 0) / 2),
        "recall": 0.5,
        "f1": pytest.approx((0.8 + 0) / 2),
        "accuracy": pytest.approx(2 / 3),
    }


def test_a_gazetteer_marks_the_longest_name_and_forgets_words_that_are_mostly_no_name() -> None:
    known = [
        sentence("New York may sleep", ("New York", "LOC")),
        sentence("York and May", ("York", "LOC"), ("May", "PER")),
        sentence("She may go as she may"),
        sentence("may I ask May"),
    ]
    new = sentence("may May see New York or York")
    found = Names(known, LAYERS).predict([new])[0]
    assert [(new.text[one.start : one.end], one.label) for one in found] == [
        ("May", "PER"),
        ("New York", "LOC"),
        ("York", "LOC"),
    ]


def test_by_heart_takes_the_labels_of_the_nearest() -> None:
    items = [
        Item("1", ("d",), ("d",), ("troops crossed the border", ""), {"type": "act"}),
        Item("2", ("d",), ("d",), ("ministers will meet", ""), {"type": "talk"}),
        Item("3", ("d",), ("d",), ("leaders met again", ""), {"type": "talk"}),
    ]
    model = ByHeart(items, {"type": ("act", "talk")})
    new = [Item("n", ("e",), ("e",), (text, "")) for text in ("the troops left the border", "silence")]
    assert [one["type"].label for one in model.predict(new)] == ["act", "act"]
    assert [one["type"].score for one in model.predict(new)] == [0.6, 0.0]


def test_features_of_a_document_never_know_its_own_names() -> None:
    one = sentence("Ann left", ("Ann", "PER"), doc_id="d1")
    other = sentence("Bob left", ("Bob", "PER"), doc_id="d2")
    assert "gazetteer=entity:PER" in token_features(one, memorise([one]))[0]
    assert "gazetteer=entity:PER" not in token_features(one, memorise([other]))[0]


@pytest.fixture(scope="module")
def trained(examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a light model that was trained on everything, with the seed 7."""
    folder = tmp_path_factory.mktemp("models") / "model"
    setup = Setup(seed=7)
    save_model(folder, fit("light", examples, setup), about("light", examples, setup))
    return folder


def test_the_same_seed_gives_the_same_bytes_or_weights(examples: Examples, trained: Path, tmp_path: Path) -> None:
    setup = Setup(seed=7)
    save_model(tmp_path / "again", fit("light", examples, setup), about("light", examples, setup))
    said, model = load_model(trained)
    _, same = load_model(tmp_path / "again")
    assert model.predict(examples.passages or examples.items) == same.predict(examples.passages or examples.items)  # type: ignore[arg-type]
    assert (said.task, said.seed, said.documents) == (examples.task, 7, ["000", "001", "002", "003", "004"])
    if examples.layers:
        assert hashes(trained) == hashes(tmp_path / "again")


def test_a_saved_model_is_in_the_format_of_its_library(examples: Examples, trained: Path) -> None:
    said, model = load_model(trained)
    assert said.versions["goldspan"] == "0.1.0"
    if isinstance(model, Fields):
        tagger = pycrfsuite.Tagger()
        tagger.open(str(trained / "layer-0.crfsuite"))
        first = next(iter(examples.layers))
        assert {tag[2:] for tag in tagger.labels()} - {""} <= set(examples.layers[first])
        found = model.predict(examples.passages)
        right = {(one.start, one.end, one.label) for spans in found for one in spans}
        there = {(span.start, span.end, span.label) for one in examples.passages for span in one.spans}
        assert len(right & there) > 0.9 * len(there)  # what it was trained on
        assert all(0 < one.score <= 1 for spans in found for one in spans)
    else:
        classifier = skops.load(trained / "attribute-0.skops")
        assert set(classifier.classes_) <= set(next(iter(examples.labels.values())))
        assert model.predict([]) == []


def test_a_folder_that_holds_no_model_is_a_fault(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"E983"):
        load_model(tmp_path)
    said = msgspec.json.decode((trained / "goldspan.json").read_bytes(), type=About)
    for damage in (b"", b"{}", msgspec.json.encode(msgspec.structs.replace(said, kind="pickle"))):
        (tmp_path / "goldspan.json").write_bytes(damage)
        with pytest.raises(DataError, match=r"E983"):
            load_model(tmp_path)
    (tmp_path / "goldspan.json").write_bytes((trained / "goldspan.json").read_bytes())
    with pytest.raises(DataError, match=r"E983 .*: its files are not those that were saved"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["goldspan.json", "layer-0.crfsuite"])
def test_a_named_pipe_in_a_folder_is_not_waited_for(name: str, tmp_path: Path) -> None:
    model = train(tmp_path / "model", Task.ner, {"000", "001", "002"})
    said = msgspec.json.decode((model / "goldspan.json").read_bytes())
    said["files"].pop("layer-0.crfsuite")
    (model / "goldspan.json").write_bytes(msgspec.json.encode(said))
    (model / name).unlink()
    os.mkfifo(model / name)
    with pytest.raises(DataError, match=r"E983"):
        load_model(model)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    examples = read_examples(RELEASE, Task.claims)
    said = about("light", examples, Setup())

    class Hostile:
        def predict(self, items: object) -> list[object]:
            return []

        def save(self, folder: Path) -> None:
            (folder / "attributes.json").write_bytes(b'["polarity"]')
            skops.dump(os.system, folder / "attribute-0.skops")

    save_model(tmp_path / "model", Hostile(), said)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"E983 .*posix\.system"):
        load_model(tmp_path / "model")


def test_a_folder_that_is_not_of_a_model_is_left_alone(ner: Examples, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match=r"E005 .*notes\.txt"):
        save_model(tmp_path / "mine", Fields({}, memorise([])), about("light", ner, Setup()))
    assert (tmp_path / "mine/notes.txt").read_text(encoding="utf-8") == "mine"


def test_the_light_models_beat_the_baselines_on_every_fold() -> None:
    """As kept: see the next test."""
    rows = [one for one in read_scores(KEPT).scores if not one.doc_id]
    f1 = {(one.task, one.of, one.fold, one.system): one.f1 or 0.0 for one in rows}
    for task, of, memory in (
        ("ner", "all", "gazetteer"),
        ("attribution", "all", "gazetteer"),
        ("claims", "claim_type", "by heart"),
        ("relations", "relation", "by heart"),
    ):
        for fold in GROUPS:
            light, *others = (f1[task, of, fold, system] for system in ("light", memory, "majority"))
            assert light > max(others), (task, fold)


def test_the_scores_that_are_kept_are_those_of_today(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "scores.json"
    kept.write_bytes(KEPT.read_bytes())
    result = run("train", "ner", RELEASE, "--keep", kept, "--out", tmp_path / "model", "--format", "json")
    assert result.returncode == 0, result.stderr
    old, new = ({place(one): one for one in read_scores(path).scores} for path in (KEPT, kept))
    assert old.keys() == new.keys()
    assert all(new[key].f1 == pytest.approx(old[key].f1, abs=0.02) for key in old)
    shown = json.loads(result.stdout)
    gazetteer = {
        one["fold"]: round(one["f1"], 3)
        for one in shown
        if one["system"] == "gazetteer" and one["of"] == "all" and "doc_id" not in one
    }
    assert gazetteer == {"asia-newspolitics": 0.716, "kuala-lumpur-meeting": 0.776, "talks-next-week": 0.727}
    assert load_model(tmp_path / "model")[0].task == "ner"


def place(one: Score) -> tuple[str, ...]:
    return one.task, one.system, one.fold, one.doc_id, one.of


def test_the_tables_name_every_fold_and_every_article(run: Run) -> None:
    result = run("train", "relations", RELEASE)
    assert result.returncode == 0, result.stderr
    by_fold, by_article = result.stdout.strip().split("\n\n")
    assert by_fold.split("\n")[0].split() == [
        "task",
        "of",
        "fold",
        "items",
        "figure",
        "majority",
        "by",
        "heart",
        "light",
    ]
    for group in GROUPS:
        assert f"relations  relation  {group}" in by_fold
    articles = [line.split()[2] for line in by_article.split("\n")[1:] if line.split()[1] == "relation"]
    assert articles == ["000", "001", "002", "003", "004"]
    assert "mean" not in result.stdout


def test_a_converted_folder_with_bio_is_learnt_from(run: Run, tmp_path: Path) -> None:
    export, config = ROOT / "annotations/exports/articles-2026-11-22.json", ROOT / "annotations/labeling_config.xml"
    assert run("convert", export, "--config", config, "--out", tmp_path / "bio", "--bio", "entity").returncode == 0
    found = read_examples(tmp_path / "bio", Task.ner)
    assert {one.doc_id for one in found.passages} == {"000", "001", "002", "003", "004"}
    assert len(folds(found)) == 5
    assert sum(len(one.spans) for one in found.passages) == 2 * (345 - 13)  # of two annotators
    assert found.layers["entity"] == read_examples(RELEASE, Task.ner).layers["entity"]
    with pytest.raises(DataError, match=r"E980 .*: a converted folder has nothing for claims"):
        read_examples(tmp_path / "bio", Task.claims)


def test_a_release_without_text_is_a_fault(run: Run, tmp_path: Path) -> None:
    assert run("build", "--corpus", ROOT, "--withhold-text", "--out", tmp_path / "withheld").returncode == 0
    result = run("train", "ner", tmp_path / "withheld", "--out", tmp_path / "model")
    assert (result.returncode, result.stdout) == (1, "")
    assert "E981 The release is without the articles' text" in result.stderr
    assert not (tmp_path / "model").exists()


def test_documents_without_a_date_are_counted(run: Run) -> None:
    result = run("train", "ner", RELEASE, "--by-time")
    assert result.returncode == 0, result.stderr
    assert "W980 Not all can be learnt or scored: documents that are in no fold: 3" in result.stderr
    assert "from 2025-12-22" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("parsing",),
            "'parsing' is not one of 'ner', 'attribution', 'claims', 'relations', 'documents', 'spans', 'attributes', 'span-relations'",
        ),
        (("ner", "nowhere"), "'nowhere' does not exist"),
        (("spans", RELEASE), "spans is for one layer: --layer CONFIG"),
        (("ner", RELEASE, "--layer", "entities"), "ner is for no one layer"),
        (("ner", RELEASE, "--folds", "1"), "Input should be greater than or equal to 2"),
        (("ner", RELEASE, "--keep", ROOT), "is a folder"),
        (("ner", RELEASE, "--name", "gazetteer"), "a model cannot be called 'gazetteer'"),
        (("ner", RELEASE, "--model", "models/light"), "a model cannot be called 'light'"),
        (("ner", RELEASE, "--model", "an/encoder", "--rate", "0"), "a rate is above 0"),
        (("ner", RELEASE, "--model", "an/encoder", "--rate", "nan"), "a rate is above 0"),
    ],
)
def test_a_wrong_call(run: Run, arguments: tuple[str, ...], says: str) -> None:
    result = run("train", *arguments)
    assert result.returncode == 2
    assert says in " ".join(result.stderr.split())


def test_scores_of_other_records_give_way() -> None:
    old = [Score("ner", name, "a", "all", 1) for name in ("light", "encoder")] + [Score("claims", "light", "a", "x", 1)]
    kept = Kept({"ner": {"entities": "0"}, "claims": {"claims": "1"}}, old)
    new = [Score("ner", "light", "a", "all", 2)]
    assert kept.with_task("ner", {"entities": "0"}, new).scores == [old[1], old[2], *new]
    assert kept.with_task("ner", {"entities": "9"}, new).scores == [old[2], *new]
    other = [Score("ner", "light", "1", "all", 2)]
    assert kept.with_task("ner", {"entities": "0"}, other).scores == [old[2], *other]


def test_a_table_has_a_column_for_each_system_and_baselines_first() -> None:
    rows = [Score("ner", name, "a", "all", 3, f1=0.5, exact=0.6) for name in ("zeta", "light", "gazetteer")]
    rows += [Score("ner", "light", "a", "all", 3, doc_id="d1", f1=0.25)]
    assert fold_rows(rows) == (
        ["task", "of", "fold", "items", "figure", "gazetteer", "light", "zeta"],
        [
            ["ner", "all", "a", "3", "f1", "0.500", "0.500", "0.500"],
            ["ner", "all", "a", "3", "exact", "0.600", "0.600", "0.600"],
            ["ner", "all", "a", "3", "partial", "", "", ""],
            ["ner", "all", "a", "3", "type", "", "", ""],
        ],
    )
    assert article_rows(rows) == (
        ["task", "of", "article", "items", "figure", "light"],
        [["ner", "all", "d1", "3", "f1", "0.250"]],
    )
