"""Files by path or by URL. What is at a URL is read and written with fsspec, which is imported only then."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from goldspan.faults import DataError, fault

__all__ = [
    "Place",
    "at_hand",
    "file_system",
    "is_url",
    "names_at",
    "open_input",
    "put_file",
    "remote_errors",
    "shown",
    "size_of",
    "uploaded",
]

UNREACHABLE = fault(
    "E218",
    "What is at a URL cannot be read or written",
    "See that the address, the credentials and the network are right, and that fsspec's package for it is installed.",
)

Place = str | Path


def is_url(place: Place) -> bool:
    """True for what fsspec is to open."""
    return isinstance(place, str) and "://" in place


def shown(place: Place) -> str:
    """A place as messages may name it: a URL without what may be secret, which are user, password and query."""
    if not is_url(place):
        return str(place)
    parts = urlsplit(str(place))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


@contextmanager
def remote_errors(place: Place) -> Iterator[None]:
    """Whatever goes wrong at a URL, with each service in its own words, as one fault; at a path, nothing is changed.

    Raises:
        DataError: something does (E218).
    """
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        if not is_url(place):
            raise
        said = (
            "fsspec is not installed" if isinstance(error, ModuleNotFoundError) else f"{type(error).__name__}: {error}"
        )
        secret = str(place).removeprefix(shown(place))
        raise UNREACHABLE.error(said.replace(str(place), shown(place)), file=shown(place)) from (
            None if secret else error
        )


def file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path there."""
    from fsspec.core import url_to_fs  # noqa: PLC0415 - only for URLs

    system, path = url_to_fs(url)
    return system, str(path).rstrip("/")


def open_input(place: Place) -> BufferedReader:
    """Open a file to be read from any byte on.

    Raises:
        DataError: a URL cannot be read (E218).
        OSError: a path cannot.
    """
    if not is_url(place):
        return Path(place).open("rb")
    with remote_errors(place):
        system, path = file_system(str(place))
        return BufferedReader(system.open(path, "rb"))


def size_of(place: Place) -> int:
    """The bytes of a file.

    Raises:
        DataError: a URL cannot be read, or does not say (E218).
        OSError: a path cannot be read.
    """
    if not is_url(place):
        return Path(place).stat().st_size
    with remote_errors(place):
        system, path = file_system(str(place))
        size = system.size(path)
        if size is None:
            raise UNREACHABLE.error("its size is not known", file=shown(place))
        return int(size)


@contextmanager
def at_hand(place: Place) -> Iterator[Path]:
    """A small file as one on this machine.

    Raises:
        DataError: a URL cannot be read (E218).
    """
    if not is_url(place):
        yield Path(place)
        return
    with TemporaryDirectory(prefix="goldspan-") as folder:
        path = Path(folder) / (shown(place).rpartition("/")[2] or "file")
        with remote_errors(place), open_input(place) as file:
            path.write_bytes(file.read())
        yield path


def names_at(place: Place) -> list[str]:
    """The names of all files in a folder, and below it, that there may be none of; a path that is a file is its own.

    Raises:
        DataError: a URL cannot be read (E218).
    """
    if not is_url(place):
        folder = Path(place)
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    with remote_errors(place):
        system, path = file_system(str(place))
        system.invalidate_cache()
        return sorted(str(name)[len(path) :].lstrip("/") for name in system.find(path))


@contextmanager
def uploaded(url: str) -> Iterator[Path]:
    """A new folder on this machine; in the end its files replace those at a URL, README.md as the last.

    Nothing is touched there if anything fails before; no service renames a folder, so that a connection which breaks in
    the end leaves old and new files side by side until the next run.

    Raises:
        DataError: it cannot be written (E218).
    """
    with TemporaryDirectory(prefix="goldspan-") as aside:
        new = Path(aside) / "new"
        new.mkdir()
        yield new
        names = sorted(names_at(new), key=lambda name: (name == "README.md", name))
        with remote_errors(url):
            system, path = file_system(url)
            surplus = sorted(set(names_at(url)) - set(names))
            for name in names:
                put_file(system, new / name, f"{path}/{name}")
            for name in surplus:
                system.rm_file(f"{path}/{name}")


def put_file(system: Any, source: Path, path: str) -> None:
    """Copy a file to a file system, with the folders above it where it has folders."""
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    system.put_file(str(source), path)
