"""Which version a difference asks for; what a release is refused for; what a tag holds."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from datasets import load_dataset

from goldspan.build import build, write_build
from goldspan.faults import DataError
from goldspan.hashes import sha256
from goldspan.releases.changelog import entry_of, with_entry
from goldspan.releases.changes import Change
from goldspan.releases.release import release
from goldspan.releases.versions import Step, least_step, least_version
from tests.conftest import ROOT, Run
from tests.small import ENTITIES, SAYING, annotation, exported, span, write_export
from tests.test_diff import CHANGES, Edit, edit

STEPS = {
    "a mention removed": Step.patch,
    "a mention moved": Step.patch,
    "a mention relabelled": Step.patch,
    "a mention relinked": Step.patch,
    "a claim's attributes": Step.patch,
    "an article's text": Step.patch,
    "an article added": Step.minor,
    "a label added": Step.minor,
    "a column added": Step.minor,
    "a label renamed": Step.major,
    "an unused value removed": Step.major,
    "a label added between others": Step.major,
    "a column removed": Step.major,
    "an article withdrawn": Step.major,
    "a layer left out": Step.major,
    "the guidelines' version": Step.major,
    "what follows from settings alone": Step.none,
}
LEAST = {Step.none: "1.2.3", Step.patch: "1.2.4", Step.minor: "1.3.0", Step.major: "2.0.0"}
SMALLER = {Step.patch: "1.2.2", Step.minor: "1.2.9", Step.major: "1.9.9"}


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


def version(folder: Path, number: str) -> None:
    """Another version in corpus.toml, and an entry for it."""
    path = folder / "corpus.toml"
    path.write_text(re.sub(r'version = "[\d.]+"', f'version = "{number}"', path.read_text()))
    with (folder / "CHANGELOG.md").open("a") as file:
        file.write(f"\n## {number}\n\n- It is number {number}.\n")


def ready(folder: Path, number: str) -> None:
    """All that a release of a version needs."""
    version(folder, number)
    write_build(build(folder))
    commit(folder)


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git with a name of its own and nobody's settings."""
    (tmp_path / "gitconfig").write_text("[user]\nname = t\nemail = t@example.org\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def repository(small_corpus: Path) -> Path:
    """The small corpus in git, built, with a changelog; nothing is tagged."""
    (small_corpus / "annotations/guidelines.md").write_text("# Guidelines\n\nVersion 1.1, of today.\n")
    (small_corpus / "CHANGELOG.md").write_text("# Changelog\n")
    git(small_corpus, "init", "--quiet")
    ready(small_corpus, "1.2.3")
    return small_corpus


@pytest.fixture
def released(repository: Path) -> Path:
    """The same with its first release."""
    assert release(repository).tag == "v1.2.3"
    return repository


def refusal(folder: Path) -> list[str]:
    """The codes of the errors that a release is refused with; nothing is tagged."""
    before = git(folder, "for-each-ref")
    with pytest.raises(DataError) as caught:
        release(folder)
    assert git(folder, "for-each-ref") == before
    return sorted({finding.code for finding in caught.value.findings if finding.is_error})


def test_the_tag_names_the_commit_the_entry_and_the_manifest(repository: Path) -> None:
    release(repository)
    assert git(repository, "rev-parse", "v1.2.3^{commit}") == git(repository, "rev-parse", "HEAD")
    manifest = sha256((repository / "dataset/release/manifest.json").read_bytes())
    message = git(repository, "tag", "--list", "--format=%(contents)", "v1.2.3").strip()
    assert message == f"small 1.2.3\n\n- It is number 1.2.3.\n\nmanifest.json sha256 {manifest}"


@pytest.mark.parametrize("what", STEPS)
def test_the_least_step_goes_and_none_smaller(what: str, released: Path) -> None:
    CHANGES[what][0](released)
    step = STEPS[what]
    if step in SMALLER:
        ready(released, SMALLER[step])
        assert refusal(released) == ["E911"]
    ready(released, LEAST[step] if step is not Step.none else "1.2.4")
    done = release(released)
    assert (done.tag, done.last, done.step) == (f"v{LEAST[step] if step else '1.2.4'}", "v1.2.3", step)


def test_a_greater_step_goes(released: Path) -> None:
    CHANGES["a mention removed"][0](released)
    ready(released, "3.0.0")
    assert release(released).tag == "v3.0.0"


def test_the_refusal_says_what_is_asked_for(released: Path, run: Run) -> None:
    CHANGES["an article added"][0](released)
    ready(released, "1.2.4")
    result = run("release", "--corpus", released)
    assert result.returncode == 1
    assert (
        "E911 The version is too small for what changed: 1.2.4; minor changes since v1.2.3 ask for 1.3.0 at least"
        in result.stderr
    )


def test_a_version_is_released_once(released: Path) -> None:
    assert refusal(released) == ["E912"]


def test_the_highest_version_before_this_commit_counts(released: Path) -> None:
    for name in ("v9.0", "v0.9.10", "other-2.0.0", "v1.2.3-rc1"):
        git(released, "tag", name)
    git(released, "checkout", "--quiet", "-b", "aside")
    ready(released, "5.0.0")
    release(released)
    git(released, "checkout", "--quiet", "main")
    ready(released, "1.2.4")
    assert release(released).last == "v1.2.3"


def dirty(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")


def stale(folder: Path) -> None:
    edit("annotations/exports/articles-1.json", '"rome"', '"roma"')(folder)
    commit(folder)


def stale_card(folder: Path) -> None:
    (folder / "dataset_card.md").write_text(
        (folder / "dataset_card.md").read_text()
        + "\n<!-- goldspan:begin summary -->\n9 articles\n<!-- goldspan:end -->\n"
    )
    commit(folder)


def wrong(folder: Path) -> None:
    write_export(folder, exported(annotation(*ENTITIES, *SAYING, span("name", "WHO", "Title ", slug="x"))))
    commit(folder)


def without_entry(folder: Path) -> None:
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.3\n\n## 1.2.2\n\n- Something.\n")
    commit(folder)


def ignored(name: str) -> Edit:
    """Damage that has git ignore a file or folder of the corpus."""

    def damage(folder: Path) -> None:
        (folder / ".gitignore").write_text(f"/{name}\n")
        git(folder, "rm", "-r", "--cached", "--quiet", name)
        commit(folder)

    return damage


def line_ends(folder: Path) -> None:
    """Git keeps an input with other line ends than it was built from."""
    (folder / ".gitattributes").write_text("*.md text eol=crlf\n")
    guidelines = folder / "annotations/guidelines.md"
    guidelines.write_bytes(guidelines.read_bytes().replace(b"\n", b"\r\n"))
    write_build(build(folder))
    commit(folder)


REFUSED: dict[str, tuple[Edit, list[str]]] = {
    "a dirty tree": (dirty, ["E910"]),
    "a stale release": (stale, ["E720"]),
    "a stale card": (stale_card, ["E720"]),
    "an error": (wrong, ["E304"]),
    "no entry in the changelog": (without_entry, ["E913"]),
    "a release that git ignores": (ignored("dataset/release"), ["E914"]),
    "an export that git ignores": (ignored("annotations/exports"), ["E914"]),
    "an input that git keeps otherwise": (line_ends, ["E914"]),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_release_is_refused(why: str, repository: Path) -> None:
    damage, codes = REFUSED[why]
    damage(repository)
    assert refusal(repository) == codes


def test_without_a_repository_or_git_there_is_a_code(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / ".git").rename(repository / "no.git")
    with pytest.raises(DataError, match="E542 The folder lies in no repository of git"):
        release(repository)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match="E901 Git cannot be run"):
        release(repository)


def test_the_repository_is_that_of_the_corpus_in_a_hook_of_another_too(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    assert release(repository).tag == "v1.2.3"


def test_a_tag_that_git_cannot_make_is_an_error(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text("[user]\nuseConfigOnly = true\n")
    assert refusal(repository) == ["E902"]


@pytest.mark.parametrize("prefix", ["", "data/v", "small-"])
def test_the_prefix_of_tags_is_a_setting(prefix: str, repository: Path) -> None:
    settings = repository / "corpus.toml"
    settings.write_text(f'tag_prefix = "{prefix}"\n' + settings.read_text())
    ready(repository, "1.2.3")
    assert release(repository).tag == f"{prefix}1.2.3"
    ready(repository, "1.2.4")
    assert release(repository).last == f"{prefix}1.2.3"


@pytest.mark.parametrize("prefix", ["-v", "v 1", "../v", "v\\n"])
def test_a_prefix_that_is_no_part_of_a_tag_is_refused(prefix: str, repository: Path, run: Run) -> None:
    settings = repository / "corpus.toml"
    settings.write_text(f'tag_prefix = "{prefix}"\n' + settings.read_text())
    commit(repository)
    result = run("release", "--corpus", repository)
    assert result.returncode == 1
    assert "corpus.toml: E001 " in result.stderr


def test_an_older_release_loads_by_its_tag(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CHANGES["a mention removed"][0](released)
    ready(released, "1.2.4")
    release(released)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    for tag, words in (("v1.2.3", ["Ann", "Bob", "Rome", "40"]), ("v1.2.4", ["Ann", "Rome", "40"])):
        git(tmp_path, "clone", "--quiet", "--branch", tag, str(released), tag)
        loaded = load_dataset(str(tmp_path / tag / "dataset/release"), "entities", split="train")
        assert loaded["text"][:] == words
        assert str(loaded.info.version) == tag[1:]


def test_a_clone_a_tarball_and_a_dirty_tree_give_the_same_bytes(released: Path, tmp_path: Path) -> None:
    (released / "notes.txt").write_text("mine")
    git(tmp_path, "clone", "--quiet", str(released), "clone")
    (tmp_path / "tarball").mkdir()
    git(released, "archive", "--output", str(tmp_path / "x.tar"), "HEAD")
    subprocess.run(["tar", "-xf", tmp_path / "x.tar", "-C", tmp_path / "tarball"], check=True)
    made = [build(folder).files for folder in (released, tmp_path / "clone", tmp_path / "tarball")]
    assert made[0] == made[1] == made[2]
    assert git(released, "rev-parse", "HEAD").strip().encode() not in b"".join(made[0].values())


def test_a_changelog_s_headings_stay_in_the_tag(repository: Path) -> None:
    with (repository / "CHANGELOG.md").open("a") as file:
        file.write("\n### More\n\n- This.\n")
    commit(repository)
    release(repository)
    assert "\n\n### More\n\n- This.\n" in git(repository, "tag", "--list", "--format=%(contents)", "v1.2.3")


def test_tags_and_revisions_are_compared_by_name(released: Path, run: Run) -> None:
    CHANGES["a mention removed"][0](released)
    ready(released, "1.2.4")
    expected = "d1\n  mention removed: WHO “Bob” 22–25\n  annotations by user-1: 1 removed\n"
    for old, new in (
        ("v1.2.3", "HEAD"),
        ("HEAD~1", "main"),
        ("v1.2.3", released),
        (git(released, "rev-parse", "v1.2.3").strip(), "HEAD"),
    ):
        result = run("diff", old, new, "--corpus", released)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith(expected)
    assert git(released, "status", "--porcelain") == ""


def test_a_corpus_below_the_repository_with_its_release_elsewhere(repository: Path, run: Run, tmp_path: Path) -> None:
    top = tmp_path / "top"
    git(tmp_path, "init", "--quiet", "top")
    (repository / ".git").rename(tmp_path / "unused")
    repository.rename(top / "corpus")
    settings = top / "corpus/corpus.toml"
    settings.write_text(settings.read_text() + '\n[files]\nrelease = "out"\n')
    ready(top / "corpus", "1.2.3")
    result = run("release", "--corpus", top / "corpus")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.endswith("tagged v1.2.3, the first; git push origin v1.2.3 publishes the tag\n")
    assert run("diff", "v1.2.3", top / "corpus/out", "--corpus", top / "corpus").stdout == "nothing changed\n"


def linked(folder: Path) -> None:
    (folder / "dataset/release/README.md").unlink()
    (folder / "dataset/release/README.md").symlink_to("/etc/passwd")


def elsewhere(folder: Path) -> None:
    (folder / "corpus.toml").write_text((folder / "corpus.toml").read_text() + '\n[files]\nrelease = "../.."\n')


def gone(folder: Path) -> None:
    git(folder, "rm", "-r", "--quiet", "dataset/release")


@pytest.mark.parametrize("damage", [linked, elsewhere, gone, lambda folder: (folder / "corpus.toml").unlink()])
def test_a_revision_without_a_release_that_can_be_read(
    damage: Callable[[Path], object], repository: Path, run: Run
) -> None:
    damage(repository)
    commit(repository)
    result = run("diff", "HEAD", "HEAD~1", "--corpus", repository)
    assert (result.returncode, result.stdout) == (1, "")
    assert ": E903 " in result.stderr


@pytest.mark.parametrize("name", ["no-such-tag", "HEAD:corpus.toml", "v1.2.3; true", "HEAD..HEAD"])
def test_a_name_that_names_nothing(name: str, repository: Path, run: Run) -> None:
    result = run("diff", name, "HEAD", "--corpus", repository)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith((f"E900 There is no such release: {name}", f"{repository}: E902"))


@pytest.mark.parametrize("name", ["--output=x", "--all"])
def test_a_name_that_looks_like_an_option_is_no_option_of_git(name: str, repository: Path, run: Run) -> None:
    assert run("diff", name, "HEAD", "--corpus", repository).returncode == 2
    result = run("diff", "--corpus", repository, "--", name, "HEAD")
    assert result.stderr.startswith(f"E900 There is no such release: {name}")
    assert git(repository, "status", "--porcelain") == ""


def test_the_draft_names_version_and_changes_and_tags_nothing(released: Path, run: Run) -> None:
    CHANGES["a mention removed"][0](released)
    CHANGES["an article added"][0](released)
    result = run("release", "--draft", "--corpus", released)
    assert (result.returncode, result.stdout) == (0, "## 1.3.0\n\n- d1: 1 mention removed\n- d3: document added\n")
    assert git(released, "tag") == "v1.2.3\n"


def test_the_draft_is_put_above_the_other_entries_once(released: Path, run: Run) -> None:
    CHANGES["a mention removed"][0](released)
    before = (released / "CHANGELOG.md").read_text()
    assert run("release", "--draft", "--write", "--corpus", released).returncode == 0
    after = (released / "CHANGELOG.md").read_text()
    assert after == before.replace("## 1.2.3", "## 1.2.4\n\n- d1: 1 mention removed\n\n## 1.2.3")
    result = run("release", "--draft", "--write", "--corpus", released)
    assert result.returncode == 1
    assert "CHANGELOG.md: E915 " in result.stderr
    assert (released / "CHANGELOG.md").read_text() == after
    assert run("release", "--write", "--corpus", released).returncode == 2


def test_the_first_draft_says_what_there_is(repository: Path, run: Run) -> None:
    result = run("release", "--draft", "--corpus", repository)
    assert result.stdout == "## 1.2.3\n\n- First release: 2 documents, 4 entities, 2 claims, 2 ner, 11 annotations.\n"


def test_entries_are_found_by_their_headings() -> None:
    text = "# Changes\n\n## [1.10.0] - 2026-11-01\n\n- Ten.\n\n## v1.1.0\n### More\n- One.\n\n## 1.0.0\n"
    found = {version: entry_of(text, version) for version in ("1.10.0", "1.1.0", "1.0.0", "1.0", "0.1.0")}
    assert found == {"1.10.0": "- Ten.", "1.1.0": "### More\n- One.", "1.0.0": "", "1.0": "", "0.1.0": ""}
    assert with_entry("", "1.0.0", "- New.\n", "") == "## 1.0.0\n\n- New.\n"


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [("1.1", "1.2", Step.patch), ("1.9", "2.0", Step.major), ("1", "10", Step.major), ("1.1", None, Step.major)],
)
def test_guidelines_with_another_first_number_give_labels_another_meaning(
    old: str, new: str | None, step: Step
) -> None:
    assert least_step([Change("guidelines", "changed", values={"version": (old, new)})]) is step


def test_steps() -> None:
    assert least_step([]) is Step.none
    assert {step: ".".join(map(str, least_version((1, 2, 3), step))) for step in Step} == LEAST


def test_this_corpus_has_an_entry_for_its_version() -> None:
    number = re.search(r'^version = "(.+)"', (ROOT / "corpus.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert number
    assert entry_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), number[1])
