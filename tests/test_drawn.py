"""The figures of the card: drawn by a command of their own, kept by the corpus, copied by the build."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from datasets import load_dataset

from goldspan.build import Built, build, write_build
from goldspan.faults import DataError
from goldspan.hashes import sha256
from goldspan.hydrate.hydrate import hydrate
from goldspan.hydrate.withhold import withhold
from goldspan.validate import validate
from tests.conftest import ROOT, Run, fingerprint
from tests.damage import Damage, append, edit_json, replace
from tests.fixtures import asking
from tests.small import ENTITIES, SAYING, annotation, exported, write_export

KEPT = ROOT / "annotations/figures"
NAMES = ["agreement", "cluster-dead", "sources"]


@pytest.fixture
def figured(small_corpus: Path, run: Run) -> Path:
    """The small corpus, of whose card a figure is drawn."""
    asking("labels")(small_corpus)
    assert run("figures", "--corpus", small_corpus).returncode == 0
    return small_corpus


def codes(corpus: Path) -> set[str]:
    """The codes of what a build finds in the card and its figures."""
    try:
        found = build(corpus).warnings
    except DataError as error:
        found = error.findings
    return {finding.code for finding in found if finding.code[1] == "7"}


def test_the_release_has_the_drawings_that_the_corpus_keeps(built: Built) -> None:
    drawings = {name: data for name, data in built.files.items() if name.startswith("figures/")}
    assert drawings == {f"figures/{name}.svg": (KEPT / f"{name}.svg").read_bytes() for name in NAMES}
    manifest = json.loads(built.files["manifest.json"])
    listed = json.loads((KEPT / "figures.json").read_bytes())
    assert manifest["figures"] == {name: listed[name]["says"] for name in NAMES}
    assert {name: manifest["files"][name] for name in drawings} == {
        name: sha256(data) for name, data in drawings.items()
    }
    assert {f"annotations/figures/{name}.svg" for name in NAMES} <= set(manifest["inputs"])
    described = {
        one["name"]: one["encodingFormat"] for one in json.loads(built.files["croissant.json"])["distribution"]
    }
    assert {described[name] for name in drawings} == {"image/svg+xml"}


@pytest.mark.parametrize(("page", "place"), [("dataset/release/README.md", "figures"), ("dataset_card.md", "dataset/release/figures")])  # fmt: skip
def test_the_card_shows_each_with_what_it_shows_in_words(page: str, place: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    images = dict(re.findall(r"^!\[(.*)\]\((.*)\)$", text, re.MULTILINE))
    assert sorted(images.values()) == [f"{place}/{name}.svg" for name in NAMES]
    assert all((ROOT / page).parent.joinpath(path).is_file() for path in images.values())
    assert next(says for says in images if "KILLED" in says).endswith("002: at least 60, 2025-12-22.")


def test_drawn_again_they_show_the_same(corpus: Path, run: Run) -> None:
    before = json.loads((KEPT / "figures.json").read_bytes())
    result = run("figures", "--corpus", corpus)
    assert (result.returncode, result.stdout) == (0, "")
    after = json.loads((corpus / "annotations/figures/figures.json").read_bytes())
    shown = [{name: (one["says"], one["shows"]) for name, one in each.items()} for each in (before, after)]
    assert shown[0] == shown[1]
    assert {path.name for path in (corpus / "annotations/figures").iterdir()} == {path.name for path in KEPT.iterdir()}
    assert codes(corpus) == set()


def test_a_figure_is_stale_only_if_what_it_shows_changed(figured: Path, run: Run) -> None:
    assert codes(figured) == set()
    assert validate(write_build(build(figured))) == []
    renamed = msgspec.structs.replace(ENTITIES[0], attributes={"slug": "other"})
    write_export(figured, exported(annotation(renamed, *ENTITIES[1:], *SAYING)))
    assert codes(figured) == set()
    write_export(figured, exported(annotation(*ENTITIES[1:], *SAYING)))
    result = run("build", "--corpus", figured)
    assert result.returncode == 0
    said = (
        "figures.json: W728 A figure was drawn from other records, or not at all, and is left out of the card: labels"
    )
    assert said in result.stderr
    assert not (figured / "dataset/release/figures").exists()
    card = (figured / "dataset/release/README.md").read_text(encoding="utf-8")
    assert "<!-- goldspan:begin figure/labels -->\n\n<!-- goldspan:end -->" in card
    assert validate(figured / "dataset/release") == []
    assert run("figures", "--corpus", figured).returncode == 0
    assert run("build", "--corpus", figured).returncode == 0
    says = "![Labels of mentions by document; of each the most frequent label: d1 3, HOWMANY 1.](figures/labels.svg)"
    assert says in (figured / "dataset/release/README.md").read_text(encoding="utf-8")


def test_a_build_needs_nothing_that_draws(figured: Path) -> None:
    gone = "import sys; sys.modules.update(vl_convert=None, jinja2=None, markupsafe=None)"
    code = f"{gone}; from goldspan.cli import main; sys.argv = ['goldspan', *sys.argv[1:]]; main()"
    for command, status in (("build", 0), ("figures", 2)):
        result = subprocess.run(
            [sys.executable, "-c", code, command, "--corpus", str(figured)], capture_output=True, text=True, check=False
        )
        assert result.returncode == status, result.stderr
    assert "install goldspan[explore] for this command" in result.stderr


def test_a_figure_that_no_page_asks_for_is_removed_and_the_release_is_as_before(small_corpus: Path, run: Run) -> None:
    plain = build(small_corpus).files
    assert "figures" not in json.loads(plain["manifest.json"])
    card = (small_corpus / "dataset_card.md").read_bytes()
    asking("labels")(small_corpus)
    run("figures", "--corpus", small_corpus)
    (small_corpus / "annotations/figures/mine.txt").write_text("mine")
    (small_corpus / "dataset_card.md").write_bytes(card)
    assert run("figures", "--corpus", small_corpus).returncode == 0
    left = [path.name for path in (small_corpus / "annotations/figures").iterdir()]
    assert sorted(left) == ["figures.json", "mine.txt"]
    assert {name: data for name, data in build(small_corpus).files.items() if name != "manifest.json"} == {
        name: data for name, data in plain.items() if name != "manifest.json"
    }


def test_a_list_that_cannot_be_read_is_named_and_written_anew(figured: Path, run: Run) -> None:
    for text in ("{", "[" * 100_000, '{"labels": 1}'):
        (figured / "annotations/figures/figures.json").write_text(text)
        assert codes(figured) == {"E727"}
    assert run("figures", "--corpus", figured).returncode == 0
    assert codes(figured) == set()
    (figured / "annotations/figures/labels.svg").unlink()
    assert codes(figured) == {"E727"}


def test_a_figure_that_cannot_be_drawn_is_named_with_those_that_can(figured: Path, run: Run) -> None:
    asking("cluster-none")(figured)
    before = fingerprint(figured)
    result = run("figures", "--corpus", figured)
    assert (result.returncode, result.stdout) == (1, "")
    assert "E729 No such figure can be drawn of this corpus: 'cluster-none', not one of labels" in result.stderr
    assert fingerprint(figured) == before


def test_a_page_beside_the_card_finds_its_figures(figured: Path, run: Run) -> None:
    (figured / "docs").mkdir()
    (figured / "docs/page.md").write_text("<!-- goldspan:begin figure/labels -->\n<!-- goldspan:end -->\n")
    append("corpus.toml", '[files]\npages = ["docs/page.md"]\nrelease = "my data"')(figured)
    assert run("build", "--corpus", figured).returncode == 0
    assert "](../my%20data/figures/labels.svg)" in (figured / "docs/page.md").read_text(encoding="utf-8")
    assert (figured / "my data/figures/labels.svg").is_file()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (replace("README.md", "most frequent label: d1 4", "most frequent label: d1 9"), "E703"),
        (append("figures/labels.svg", "<script/>"), "E701"),
        (lambda release: (release / "figures/labels.svg").unlink(), "E701"),
        (edit_json("manifest.json", lambda it: it["figures"].clear()), "E703"),
    ],
)
def test_a_release_with_another_figure_is_not_valid(damage: Damage, code: str, figured: Path) -> None:
    release = write_build(build(figured))
    damage(release)
    assert code in {finding.code for finding in validate(release)}


def test_words_from_outside_stay_words_beside_a_figure(figured: Path, run: Run) -> None:
    bad = "](x.svg) <!-- goldspan:end --> <script>alert(1)</script>"
    list_of_figures = figured / "annotations/figures/figures.json"
    edit_json("annotations/figures/figures.json", lambda it: it["labels"].update(says=bad))(figured)
    text = build(figured).files["README.md"].decode()
    (image,) = re.findall(r"^!\[.*$", text, re.MULTILINE)
    assert (
        image == "![\\](x.svg) &lt;!-- goldspan:end --&gt; &lt;script&gt;alert(1)&lt;/script&gt;](figures/labels.svg)"
    )
    assert list_of_figures.is_file()


def test_the_release_without_texts_has_the_drawings_and_comes_back_whole(built: Built, tmp_path: Path) -> None:
    withheld = withhold(built)
    assert {name for name in withheld.files if name.startswith("figures/")} == {f"figures/{name}.svg" for name in NAMES}
    assert validate(write_build(withheld, tmp_path / "withheld")) == []
    assert hydrate(tmp_path / "withheld", ROOT / "dataset/raw", tmp_path / "full").full
    assert {name: (tmp_path / "full" / name).read_bytes() for name in built.files} == built.files


def test_a_drawing_with_words_of_an_article_is_not_passed_on(corpus: Path) -> None:
    article = next((corpus / "dataset/raw").glob("000*")).read_text(encoding="utf-8")
    words = " ".join(article.split()[20:30])
    path = corpus / "annotations/figures/sources.svg"
    path.write_text(
        path.read_text(encoding="utf-8").replace("<text", f"<text>{words}</text><text", 1), encoding="utf-8"
    )
    edit_json("annotations/figures/figures.json", lambda it: it["sources"].update(file=sha256(path.read_bytes())))(
        corpus
    )
    with pytest.raises(DataError) as caught:
        withhold(build(corpus))
    assert [(one.code, one.file) for one in caught.value.findings] == [("E930", "figures/sources.svg")]


def test_datasets_takes_no_drawing_for_data(figured: Path, tmp_path: Path) -> None:
    release = write_build(build(figured))
    for name in ("documents", "entities", "claims", "ner", "annotations"):
        loaded = load_dataset(str(release), name, cache_dir=str(tmp_path / "cache"))
        assert list(loaded) == ["train"]
        assert "image" not in loaded["train"].features
    default = load_dataset(str(release), cache_dir=str(tmp_path / "cache"))
    assert default["train"].column_names[0] == "doc_id"
    shutil.rmtree(tmp_path / "cache")
