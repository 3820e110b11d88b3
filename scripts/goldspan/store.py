"""Files and folders that take the place of others in whole: written aside, synced and swapped."""

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from goldspan.disk import aside_for, sync_folder, take_place, tidy, write_synced
from goldspan.faults import fault

__all__ = [
    "NOT_OURS",
    "differences",
    "entries",
    "new_folder",
    "replace_file",
    "staged",
    "write_new",
]

NOT_OURS = fault(
    "E005",
    "The target is no folder, or holds something that this command has not written",
    "Name a new or empty folder, or one that the same command has written; move what is yours out of it.",
)


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
