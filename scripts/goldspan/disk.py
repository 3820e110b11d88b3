"""Writes that survive a kill: made in a folder aside that one run holds, synced, then given their name at once."""

import ctypes
import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["ASIDE", "alone", "aside_for", "sync_file", "sync_folder", "take_place", "tidy", "write_synced"]

ASIDE = re.compile(r"\.(?P<name>.+)\.goldspan-\w{8}", re.DOTALL)
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of Linux


@contextmanager
def aside_for(path: Path) -> Iterator[Path]:
    """A new folder beside a path, of this run alone, in which what is to have the path's name is made.

    In the end it is removed. What killed runs have left in the same folder is removed first.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    tidy(path.parent)
    aside, handle = new_aside(path)
    try:
        yield aside
    finally:
        put_right(aside, path)
        os.close(handle)


def new_aside(path: Path) -> tuple[Path, int]:
    """A new folder beside a path, and the handle that holds it until it is closed or the process ends, however."""
    while True:
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.goldspan-", dir=path.parent))
        with suppress(FileNotFoundError):
            handle = os.open(aside, OPEN_FOLDER)
            hold(handle, wait=True)
            if aside.exists():
                return aside, handle
            os.close(handle)  # another run has taken it for left over


def tidy(folder: Path) -> None:
    """Put right what killed runs have left in a folder.

    What a run holds that is alive stays, and so does what is another user's, or on a file system without locks.
    """
    for aside in sorted(folder.glob(".*.goldspan-*")):
        match = ASIDE.fullmatch(aside.name)
        if match:
            with suppress(OSError), opened(aside) as handle:
                if os.fstat(handle).st_uid == os.geteuid() and hold(handle, wait=False):
                    put_right(aside, folder / match["name"])


def put_right(aside: Path, path: Path) -> None:
    """Remove a folder aside; if it has the old folder, and there is no other, that one is put back first."""
    old = aside / "old"
    if old.exists() and not path.exists():
        old.rename(path)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other run is alone with a folder; where folders cannot be locked, go on at once."""
    with opened(folder) as handle:
        hold(handle, wait=True)
        yield


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """The handle of a folder that is no symbolic link."""
    handle = os.open(folder, OPEN_FOLDER)
    try:
        yield handle
    finally:
        os.close(handle)


def hold(handle: int, *, wait: bool) -> bool:
    """Lock an open folder. False if another process has, or the file system has no such locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def take_place(new: Path, folder: Path) -> None:
    """Sync a folder that lies aside and give it the name of another, which lies aside then.

    Where the system can exchange two names (Linux, on its common file systems), there is the old or the new folder at
    every moment. Elsewhere the old one gives way first: a run killed just then leaves no folder of the name, until the
    next one puts the old one back from aside. What is lost is the work of the killed run.

    Raises:
        OSError: the name cannot be given; the old folder has it, or gets it back when the folder aside is removed.
    """
    sync_tree(new)
    old = new.with_name("old")
    while not renamed(new, folder) and not exchange(new, folder):
        shutil.rmtree(old, ignore_errors=True)
        with suppress(FileNotFoundError):
            folder.rename(old)
    sync_folder(folder.parent)


def renamed(new: Path, folder: Path) -> bool:
    """Rename a folder to a name that none has, or an empty one. False if one has it that is not empty."""
    try:
        new.rename(folder)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            return False
        raise
    return True


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders at once. False where that cannot be done."""
    swap = getattr(ctypes.CDLL(None), "renameat2", None)
    names = os.fsencode(one), os.fsencode(other)
    return swap is not None and swap(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0


def write_synced(path: Path, data: bytes) -> None:
    """Write bytes and wait until they are on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Wait until a file that was written is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    with opened(folder.resolve()) as handle:
        os.fsync(handle)


def sync_tree(folder: Path) -> None:
    """Wait until a folder with all that is in it is on the disk."""
    for path in sorted(folder.rglob("*")):
        (sync_folder if path.is_dir() else sync_file)(path)
    sync_folder(folder)
