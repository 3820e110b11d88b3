"""A built, committed release -> a tag; and every reason to refuse it."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from goldspan.build import Built, build, check_build
from goldspan.checks import check_release
from goldspan.corpus import Corpus
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.hashes import sha256
from goldspan.manifest import Manifest
from goldspan.pages import read_page
from goldspan.released import read_release
from goldspan.releases.changelog import draft, entry_of, with_entry
from goldspan.releases.changes import Change
from goldspan.releases.diff import diff
from goldspan.releases.git import NOTHING_THERE, files_at, git, revision
from goldspan.releases.revisions import files_of, side_of_files
from goldspan.releases.versions import Step, Version, least_step, least_version, parse_version, shown
from goldspan.store import replace_file

__all__ = ["Drafted", "Released", "draft_entry", "release", "write_entry"]

DIRTY = fault("E910", "The working tree differs from the commit", "Commit what belongs to it, remove the rest.")
TOO_SMALL = fault(
    "E911",
    "The version is too small for what changed",
    "Set it in corpus.toml, build, and commit; goldspan diff says what changed.",
)
TAGGED = fault("E912", "The version is released already", "Give corpus.toml its next version, build, and commit.")
NO_ENTRY = fault(
    "E913",
    "CHANGELOG.md says nothing of the version",
    "Add an entry (goldspan release --draft writes one).",
)
NOT_COMMITTED = fault(
    "E914",
    "The commit lacks a file of the release or of its inputs, or has it otherwise",
    "Commit it, and let no rule of git leave it out or change it (.gitignore, .gitattributes).",
)

CHANGELOG = "CHANGELOG.md"


class Released(Struct, frozen=True):
    """A version that was tagged: its tag, the one before it, and the step between them."""

    tag: str
    last: str | None
    step: Step
    warnings: list[Finding]


class Drafted(Struct, frozen=True):
    """A draft for the changelog: the least version that goes, and its entry."""

    version: str
    entry: str
    last: str | None
    step: Step


def release(folder: Path) -> Released:
    """Tag the commit that is checked out as the version in corpus.toml.

    Raises:
        DataError: the tree is dirty (E910), the corpus has errors or cannot be built, the release or a page is stale
            (E720), something is not committed (E914), the release is damaged (E6xx, E7xx), the version is too small
            (E911) or taken (E912), the changelog lacks it (E913), or git fails (E901, E902). Nothing is tagged.
    """
    check_clean(folder)
    commit = git(folder, "rev-parse", "HEAD").decode().strip()
    built = build(folder)
    check_build(built)
    corpus, entry = built.corpus, entry_of(changelog(folder), built.corpus.version)
    last = last_tag(corpus)
    step = least_step(changes_since(last, built))
    warnings = stop_on_errors(
        [
            *built.warnings,
            *check_release(read_release(corpus.path("release"))),
            *check_committed(built, commit),
            *check_version(corpus, last, step),
            *([] if entry else [NO_ENTRY.finding(corpus.version, file=str(folder / CHANGELOG))]),
        ]
    )
    message = f"--message={tag_message(built, entry)}"
    git(folder, "tag", "--annotate", "--cleanup=whitespace", message, "--end-of-options", tag_of(corpus), commit)
    return Released(tag_of(corpus), last, step, warnings)


def check_clean(folder: Path) -> None:
    """Hold the working tree against the commit that is checked out.

    Raises:
        DataError: a file is changed, or not known to git (E910), or git fails (E901, E902).
    """
    listed = git(folder, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal").decode(
        errors="replace"
    )
    stop_on_errors(
        DIRTY.finding("git does not know it" if line.startswith("??") else "it has changed", file=line[3:])
        for line in listed.split("\0")
        if line
    )


def check_committed(built: Built, commit: str) -> Iterator[Finding]:
    """Findings about files that the commit lacks or has otherwise, as where git ignores them (E914).

    The release, the pages with figures, and all that the release was made from.
    """
    folder, release_path = built.corpus.folder, built.corpus.files.release
    held = files_at(folder, commit, release_path)
    wanted = dict(msgspec.json.decode(built.files["manifest.json"], type=Manifest).inputs)
    wanted |= {path.relative_to(folder).as_posix(): sha256(data) for path, data in built.pages.items()}
    for name in sorted(held.keys() | built.files.keys()):
        if held.get(name) != built.files.get(name):
            why = (
                "is not in it"
                if name not in held
                else "has other contents"
                if name in built.files
                else "is no part of it"
            )
            yield NOT_COMMITTED.finding(f"it {why}", file=f"{release_path}/{name}")
    for path, hashed in sorted(wanted.items()):
        there = [sha256(data) for data in files_at(folder, commit, path).values()]
        if there != [hashed]:
            yield NOT_COMMITTED.finding("it has other contents" if there else "it is not in it", file=path)


def check_version(corpus: Corpus, last: str | None, step: Step) -> Iterator[Finding]:
    """A finding if the version is taken (E912), or less than the step from the last one asks for (E911)."""
    if revision(corpus.folder, f"refs/tags/{tag_of(corpus)}"):
        yield TAGGED.finding(tag_of(corpus), file=str(corpus.folder / "corpus.toml"))
    elif last is not None:
        least = least_version(version_of(last, corpus), step)
        if parse_version(corpus.version) < least:
            detail = f"{corpus.version}; {step.name} changes since {last} ask for {shown(least)} at least"
            yield TOO_SMALL.finding(detail, file=str(corpus.folder / "corpus.toml"))


def draft_entry(folder: Path) -> Drafted:
    """An entry for the changelog: what a build gives now against the last released version.

    Raises:
        DataError: the corpus cannot be built, or git fails (E901, E902).
    """
    built = build(folder)
    corpus, last = built.corpus, last_tag(built.corpus)
    if last is None:
        rows = ", ".join(f"{table.num_rows} {name}" for name, table in built.tables.items())
        return Drafted(corpus.version, f"- First release: {rows}.\n", None, Step.none)
    changes = changes_since(last, built)
    step = least_step(changes)
    version = max(parse_version(corpus.version), least_version(version_of(last, corpus), step))
    return Drafted(shown(version), draft(changes), last, step)


def write_entry(folder: Path, drafted: Drafted) -> Path:
    """Put a draft into the changelog, above the other versions.

    Raises:
        DataError: it has an entry for the version (E915).
    """
    path = folder / CHANGELOG
    replace_file(path, with_entry(changelog(folder), drafted.version, drafted.entry, str(path)).encode())
    return path


def changelog(folder: Path) -> str:
    """The text of the changelog; its first heading where there is none yet.

    Raises:
        DataError: it cannot be read (E721).
    """
    path = folder / CHANGELOG
    return read_page(path) if path.exists() else "# Changelog\n"


def changes_since(last: str | None, built: Built) -> list[Change]:
    """What changed from a released version to what was built; nothing if none was released."""
    if last is None:
        return []
    folder = built.corpus.folder
    commit = revision(folder, f"refs/tags/{last}")
    if commit is None:
        raise NOTHING_THERE.error(last, file=str(folder))
    return diff(side_of_files(files_of(folder, commit), last), side_of_files(built.files, str(folder)))


def last_tag(corpus: Corpus) -> str | None:
    """The tag of the highest version before the commit that is checked out; None if none was released."""
    listed = git(corpus.folder, "for-each-ref", "--merged=HEAD", "--format=%(refname:lstrip=2)", "refs/tags").decode()
    tags = [tag for tag in listed.splitlines() if re.fullmatch(re.escape(corpus.tag_prefix) + r"\d+\.\d+\.\d+", tag)]
    return max(tags, key=lambda tag: version_of(tag, corpus), default=None)


def tag_of(corpus: Corpus) -> str:
    """The tag of a corpus's version."""
    return f"{corpus.tag_prefix}{corpus.version}"


def version_of(tag: str, corpus: Corpus) -> Version:
    """The version that a tag of a corpus names."""
    return parse_version(tag.removeprefix(corpus.tag_prefix))


def tag_message(built: Built, entry: str) -> str:
    """What the tag says: name and version, the changelog's entry, and the hash of the manifest."""
    manifest = f"manifest.json sha256 {sha256(built.files['manifest.json'])}"
    return "\n\n".join([f"{built.corpus.name} {built.corpus.version}", entry, manifest])
