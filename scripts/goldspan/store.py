"""Folders on disk: written aside, synced and swapped in whole; a release read back."""

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from goldspan.card import Card, read_card
from goldspan.disk import aside_for, sync_file, sync_folder, take_place, tidy, write_synced
from goldspan.faults import DataError, fault, stop_on_errors
from goldspan.manifest import Manifest
from goldspan.tables import CONFIGS, SPLIT_FILE

__all__ = [
    "NOT_LOADED",
    "NOT_OURS",
    "Release",
    "differences",
    "entries",
    "foreign",
    "new_folder",
    "read_manifest",
    "read_release",
    "replace_file",
    "replace_folder",
    "staged",
    "sync_file",
    "write_new",
]

NOT_A_RELEASE = fault("E610", "A table of the release cannot be read", "Build the release again.")
NOT_LOADED = fault("E611", "datasets cannot load a config", "Validate the release, and build it again.")
NO_MANIFEST = fault("E710", "The manifest cannot be read", "Build the release again.")
NOT_OURS = fault(
    "E005",
    "The target holds something that is no part of a release",
    "Name an empty or new folder, or an earlier release; move what is yours out of it.",
)


class Release(Struct, frozen=True):
    """A release in memory: its folder, a table for each config, its card and its manifest."""

    folder: Path
    tables: dict[str, pa.Table]
    card: Card
    manifest: Manifest

    @property
    def tags(self) -> list[str]:
        """The names of the NER tags, as the card has them."""
        return self.card.info("ner").class_names("ner_tags")


def differences(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """The names of files that a folder lacks, has beyond these, or has with other bytes."""
    there = {name: path for name, path in entries(folder).items() if path.is_file()}
    changed = {name for name in files if name not in there or there[name].read_bytes() != files[name]}
    return sorted(changed | (set(there) - set(files)))


def entries(folder: Path) -> dict[str, Path]:
    """Everything below a folder that is no folder itself, by its name; what begins with a dot is not of a release."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    return {
        name: path
        for name, path in found.items()
        if not any(part.startswith(".") for part in name.split("/")) and (path.is_symlink() or not path.is_dir())
    }


def foreign(folder: Path) -> list[str]:
    """The names of what a folder holds and no build has put there: what its manifest does not list."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        return ["it is no folder"]
    names = {path.name for path in folder.iterdir() if path.name.startswith(".")} | set(entries(folder))
    if not names:
        return []
    try:
        listed = {"manifest.json", *read_manifest(folder / "manifest.json").files}
    except DataError:
        listed = set()
    return sorted(names - listed)


@contextmanager
def staged(files: Mapping[Path, bytes]) -> Iterator[Callable[[], None]]:
    """Write files aside; the function that this gives puts them in place. What is not put in place is removed again.

    Raises:
        OSError: one cannot be written; no file is touched.
    """
    with ExitStack() as stack:
        made = {path: stack.enter_context(written_aside(path, data)) for path, data in changed(files).items()}

        def put_in_place() -> None:
            for path, new in made.items():
                new.replace(path)
                sync_folder(path.parent)

        yield put_in_place


def changed(files: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """Those of some files, symbolic links followed, that do not hold their bytes; what killed runs left is removed."""
    for folder in sorted({path.resolve().parent for path in files}):
        tidy(folder)
    return {path.resolve(): data for path, data in files.items() if not path.is_file() or path.read_bytes() != data}


@contextmanager
def written_aside(path: Path, data: bytes) -> Iterator[Path]:
    """A synced file aside that can be renamed to a path, with the mode of the file that has it."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with aside_for(path) as aside:
        new = aside / "new"
        write_synced(new, data)
        new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        yield new


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold exactly these files. Nothing is touched if it already does.

    The files are written beside it and synced before the old folder gives way; if anything fails, the old one stays.

    Raises:
        DataError: it holds anything that its own manifest does not list, so that replacing it would lose that (E005).
        OSError: it cannot be written.
    """
    folder = folder.resolve()
    tidy(folder.parent)
    surplus = foreign(folder)
    if surplus:
        raise NOT_OURS.error(", ".join(surplus[:5]), file=str(folder))
    if folder.is_dir() and not differences(folder, files):
        return
    with new_folder(folder) as new:
        for name, data in sorted(files.items()):
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_synced(path, data)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A new folder aside, to be filled; in the end it is synced and takes the place of the old one: see `take_place`.

    If anything fails, the old one stays. Beside the new folder there is room for what is needed on the way.

    Raises:
        OSError: it cannot be made.
    """
    with aside_for(folder) as aside:
        new = aside / "new"
        new.mkdir()
        yield new
        take_place(new, folder)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file aside, sync it and rename it into place. Nothing is touched if it already holds these bytes.

    Raises:
        OSError: it cannot be written; the old file stays.
    """
    with staged({path: data}) as put_in_place:
        put_in_place()


def write_new(path: Path, source: Path) -> bool:
    """Copy a file to where there is none, whole or not at all, synced. False if something is there already.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    with written_aside(path, source.read_bytes()) as new:
        try:
            put_new(new, path)
        except FileExistsError:
            return False
        sync_folder(path.parent)
    return True


def put_new(aside: Path, path: Path) -> None:
    """Give a file a name that none has; where the file system has no links, in two steps.

    Raises:
        FileExistsError: one has it.
    """
    try:
        os.link(aside, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        aside.rename(path)


def read_manifest(path: Path) -> Manifest:
    """A manifest from its file.

    Raises:
        DataError: it is missing or unreadable, or lists a file by a path that leaves the release (E710).
    """
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NO_MANIFEST.error(str(error), file=str(path)) from error
    outside = [name for name in manifest.files if name.startswith("/") or ".." in name.split("/")]
    if outside:
        raise NO_MANIFEST.error(f"it lists {outside[0]!r}", file=str(path))
    return manifest


def read_release(folder: Path) -> Release:
    """A release from its folder.

    Raises:
        DataError: a table, the card or the manifest is missing or unreadable (E610, E705, E710).
    """
    manifest = read_manifest(folder / "manifest.json")
    tables, findings = {}, []
    for name in [config for config in CONFIGS if config in manifest.rows]:
        path = folder / name / SPLIT_FILE
        try:
            tables[name] = pq.read_table(path, partitioning=None)
            tables[name].validate(full=True)  # text that is no UTF-8, too
        except FileNotFoundError:
            findings.append(NOT_A_RELEASE.finding("there is no such file", file=str(path)))
        except (OSError, pa.ArrowException) as error:
            findings.append(NOT_A_RELEASE.finding(str(error), file=str(path)))
    stop_on_errors(findings)
    return Release(folder, tables, read_card(folder / "README.md"), manifest)
