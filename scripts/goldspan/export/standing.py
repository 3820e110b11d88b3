"""Several exports that add up -> the tasks that stand, and whose annotation of a document is the latest."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from goldspan.export.reader import Identified

__all__ = ["Placed", "Standing", "latest", "standing_tasks"]

T = TypeVar("T", bound=Identified)
R = TypeVar("R")


class Placed(Struct, Generic[T], frozen=True):
    """A task and the export that it stands in."""

    file: Path
    task: T


class Standing(Struct, Generic[T], frozen=True):
    """The tasks that stand, in the order of file and task, and those that a later export holds anew, with that one."""

    tasks: list[Placed[T]]
    replaced: list[tuple[Placed[T], Placed[T]]]


def standing_tasks(files: Iterable[Path], read: Callable[[Path], Iterable[T]]) -> Standing[T]:
    """The tasks of some exports. Of one task in several exports the last export says all: what is gone there is gone.

    ``read`` gives the tasks of one.

    Raises:
        DataError: an export cannot be decoded at all (E201, E202).
    """
    found: dict[object, list[Placed[T]]] = {}
    replaced: list[tuple[Placed[T], Placed[T]]] = []
    for file in files:
        for task in read(file):
            key = task.identity if task.created_at else (file, task.id)
            earlier, placed = found.pop(key, []), Placed(file, task)
            replaced += [(one, placed) for one in earlier if one.file != file]
            found[key] = [*(one for one in earlier if one.file == file), placed]
    return Standing([one for tasks in found.values() for one in tasks], replaced)


def latest(readings: Iterable[R], saved: Callable[[R], str | None]) -> R:
    """Of several annotations of a document by one annotator, at least one, the one that was saved last.

    ``saved`` says when as an export writes it (``updated_at``); unless every one is dated, the last one stands.
    """
    every = list(readings)
    dated = [(at, number) for number, one in enumerate(every) if (at := moment(saved(one))) is not None]
    return every[max(dated)[1] if len(dated) == len(every) else -1]


def moment(written: str | None) -> datetime | None:
    """A moment as an export writes it; None where it does not."""
    try:
        at = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
