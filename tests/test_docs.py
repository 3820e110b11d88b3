"""What the README and the card tell people to run works as printed; what they link to is there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.articles import BASED, METADATA
from goldspan.build import Built, build
from goldspan.corpus import Adjudication, Annotator, Attributions, Corpus, Files, Layers, ZoneRule
from goldspan.decisions import Decision
from goldspan.entities import Entity
from goldspan.settings import Accepted, Dates, NearDuplicates, Quantities, Relations
from tests.conftest import CONFIGS, ROOT

PAGES = ("README.md", "dataset_card.md")
DOCS = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of this repository as a fresh clone, committed, with the environment that make has made."""
    target = tmp_path_factory.mktemp("clone")
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    git(target, "init", "--quiet")
    git(target, "add", ".")
    git(target, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "t")
    (target / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return target


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_make_build_on_a_clone_leaves_the_tree_clean(clone: Path) -> None:
    environment = {**os.environ, "HF_DATASETS_CACHE": str(clone.parent / "cache")}
    result = subprocess.run(
        ["make", "--old-file=.venv/installed", "build"],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "0 errors, 0 warnings" in result.stdout
    assert "claims              172 rows  claim_id, doc_id," in result.stdout
    assert git(clone, "status", "--porcelain") == ""


def test_the_commands_of_the_readme_run_as_printed(clone: Path) -> None:
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "annotations/README.md"))
    lines = [line.split("#")[0].strip() for block in blocks("README.md", "sh") for line in block.splitlines()]
    inline = re.findall(r"`(\.venv/bin/goldspan [^`]*)`", text)
    commands = [command for command in [*lines, *inline] if command.startswith(".venv/bin/goldspan")]
    commands = [command for command in commands if " studio " not in command]  # tests/server runs those
    assert len(commands) >= 3
    for command in commands:
        result = subprocess.run(command.split(), cwd=clone, capture_output=True, text=True, check=False)
        assert result.returncode == 0, (command, result.stderr)


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs_as_printed(page: str, clone: Path, tmp_path: Path) -> None:
    (code,) = blocks(page, "python")
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=clone,
        env={**os.environ, "HF_DATASETS_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "push for a ceasefire between Cambodia and Thailand." in result.stdout


def test_the_hash_of_records_as_documented_is_that_of_the_manifest(clone: Path, tmp_path: Path) -> None:
    (code,) = blocks("docs/releases.md", "python")
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=clone,
        env={**os.environ, "HF_DATASETS_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.splitlines() == [f"{config} True" for config in CONFIGS], result.stderr


def test_what_the_card_quotes_is_in_the_claims_that_it_names(built: Built) -> None:
    card = (ROOT / "dataset_card.md").read_text(encoding="utf-8")
    section = card.split("## Five things to find")[1].split("\n## ")[0]
    claims = {row["claim_id"]: row for row in built.tables["claims"].to_pylist()}
    named = re.findall(r"`(\d{3}:claim:\d+-\d+)`", section)
    assert len(named) >= 14
    assert [name for name in named if name not in claims] == []
    quoted = " ".join(span["text"] for name in named for span in claims[name]["content"])
    assert [words for words in re.findall(r"“([^”]+)”", section) if words not in quoted] == []


@pytest.mark.parametrize("page", [*PAGES, *DOCS, "annotations/README.md", "SECURITY.md"])
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / page).read_text(encoding="utf-8")):
        assert "://" in target or (ROOT / page).parent.joinpath(target).exists(), target


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/own-corpus.md").read_text(encoding="utf-8")
    structs = (
        Adjudication,
        Corpus,
        Layers,
        Attributions,
        Quantities,
        Relations,
        Dates,
        NearDuplicates,
        Annotator,
        ZoneRule,
        Files,
    )
    names = {name for struct in structs for name in struct.__struct_fields__} - {"folder"}
    assert [name for name in sorted(names) if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", text)] == []
    assert [name for name in Accepted.__struct_fields__ if not re.search(rf"^{name} = ", text, re.MULTILINE)] == []
    columns = {*METADATA, *(f"{name}_basis" for name in BASED), *Entity.__struct_fields__, *Decision.__struct_fields__}
    assert [name for name in sorted(columns) if f"`{name}`" not in text] == []


def test_the_least_settings_build(small_corpus: Path) -> None:
    settings, _, rule = blocks("docs/own-corpus.md", "toml")
    for written in (settings, settings + rule):
        (small_corpus / "corpus.toml").write_text(written.replace('"ner"', '"name"'), encoding="utf-8")
        assert build(small_corpus).tables["entities"].num_rows == 4


def test_the_guidelines_speak_of_every_label_and_value() -> None:
    guidelines = (ROOT / "annotations/guidelines.md").read_text(encoding="utf-8")
    config = (ROOT / "annotations/labeling_config.xml").read_text(encoding="utf-8")
    named = re.findall(r'<(?:Label|Choice|Relation) value="([^"]+)"', config) + re.findall(
        r'name="(\w+)" toName', config
    )
    assert [name for name in named if not re.search(rf"\b{name}\b", guidelines)] == []


def test_every_bracketed_example_of_the_guidelines_is_in_the_articles() -> None:
    guidelines = " ".join((ROOT / "annotations/guidelines.md").read_text(encoding="utf-8").split())
    raw = " ".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "dataset/raw").glob("*.txt")))
    articles = re.sub(r"[\[\]]", "", " ".join(raw.split()))
    examples = re.findall(r"\[((?:[^\[\]`]|\[[^\[\]]*\])+)\](?!\()", guidelines)
    plain = [re.sub(r"[\[\]]", "", example) for example in examples if example not in ("brackets", "[brackets]")]
    missing = [part for example in plain for part in example.split(" … ") if part.strip(" …") not in articles]
    assert len(plain) > 80
    assert missing == []
