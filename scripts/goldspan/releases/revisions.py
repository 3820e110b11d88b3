"""What is compared, by its name: a folder, a revision of the repository, or a revision on the Hugging Face Hub."""

import tempfile
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from goldspan.corpus import load_corpus
from goldspan.faults import DataError, fault
from goldspan.released import read_release
from goldspan.releases.git import NOTHING_THERE, files_at, revision
from goldspan.releases.sides import Side, side_of
from goldspan.words import reason

__all__ = ["files_of", "load_side", "side_of_files"]

NO_SIDE = fault(
    "E900",
    "There is no such release",
    "Name a folder, a tag or other revision of the corpus's repository, or hf://datasets/OWNER/NAME@REVISION.",
)


class Places(Struct, frozen=True):
    """What a corpus.toml of any version says of where the release is."""

    release: str = "dataset/release"


class Settings(Struct, frozen=True):
    """As much of a corpus.toml of any version as is needed to find the release."""

    files: Places = Places()


def load_side(name: str, corpus: Path) -> Side:
    """A release as one side of a comparison: the one in a folder (of a release, or of a corpus), else a revision's.

    Revisions are of the repository in which the corpus lies.

    Raises:
        DataError: there is nothing of that name (E900), git, the Hub or the settings fail (E901 to E905), or what is
            there is no release (E610, E705, E710, E904).
        ModuleNotFoundError: the Hub is asked for and the extra ``hub`` is not installed.
    """
    if name.startswith("hf://"):
        from goldspan.releases.hub import download  # noqa: PLC0415 - an extra

        return read_side(download(name), name)
    folder = Path(name)
    if (folder / "corpus.toml").is_file():
        return read_side(load_corpus(folder).path("release"), name)
    if folder.is_dir():
        return read_side(folder, name)
    commit = revision(corpus, name)
    if commit is None:
        raise NO_SIDE.error(name)
    return side_of_files(files_of(corpus, commit), name)


def side_of_files(files: dict[str, bytes], name: str) -> Side:
    """The files of a release as one side of a comparison.

    Raises:
        DataError: they are no release (E610, E705, E710, E904).
    """
    with tempfile.TemporaryDirectory(prefix="goldspan-") as temporary:
        for path, data in files.items():
            target = Path(temporary) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return read_side(Path(temporary), name)


def read_side(folder: Path, name: str) -> Side:
    """The release in a folder; what is wrong with it is said of its name."""
    try:
        return side_of(read_release(folder))
    except DataError as error:
        raise DataError(
            msgspec.structs.replace(one, file=one.file.replace(str(folder), name)) for one in error.findings
        ) from error


def files_of(corpus: Path, commit: str) -> dict[str, bytes]:
    """The files of the release of a commit, from where its own corpus.toml says.

    Raises:
        DataError: it has no corpus.toml or no release, or the path leaves the corpus folder (E903), or git fails.
    """
    text = files_at(corpus, commit, "corpus.toml").get("corpus.toml")
    if text is None:
        raise NOTHING_THERE.error(f"{commit} has no corpus.toml", file=str(corpus))
    try:
        path = PurePosixPath(msgspec.toml.decode(text, type=Settings).files.release)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NOTHING_THERE.error(f"corpus.toml of {commit}: {reason(error)}", file=str(corpus)) from error
    if path.is_absolute() or ".." in path.parts:
        raise NOTHING_THERE.error(f"{path} leaves the corpus", file=str(corpus))
    files = files_at(corpus, commit, str(path))
    if not files:
        raise NOTHING_THERE.error(f"{commit} has nothing at {path}", file=str(corpus))
    return files
