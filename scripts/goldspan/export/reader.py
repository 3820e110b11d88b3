"""An export file -> typed tasks, in the shape that Label Studio writes (measured on 1.23)."""

import codecs
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from goldspan.faults import fault

__all__ = ["Identified", "Item", "Task", "TaskAnnotation", "User", "Value", "read_export", "read_tasks"]

UNREADABLE = fault("E201", "The export is not JSON", "Download it again from Label Studio, in the format JSON.")
WRONG_FORM = fault(
    "E202",
    "The export does not have the form of a Label Studio JSON export",
    "Download it again in the format JSON; JSON-MIN, CSV and CONLL lose what is needed here.",
)


class Value(Struct, gc=False):
    """What a region or a control holds.

    Offsets as written; ``text`` is what the browser showed, or a text area's lines.
    """

    start: int | None = None
    end: int | None = None
    text: str | list[str] | None = None
    labels: list[str] | None = None
    choices: list[str] | None = None
    number: int | float | None = None
    rating: int | float | None = None


class Item(Struct, gc=False):
    """One item of a result: a region, the value of a control (of a region where they share the id), or a relation."""

    type: str
    id: str | int | None = None
    from_name: str | None = None
    to_name: str | None = None
    value: Value | None = None
    from_id: str | None = None
    to_id: str | None = None
    direction: str | None = "right"
    labels: list[str] | None = None


class User(Struct, gc=False):
    """A user, where the export spells users out."""

    id: int | None = None
    email: str | None = None


class TaskAnnotation(Struct):
    """One annotator's annotation of a task. A skipped task has one that was cancelled."""

    id: int | str | None = None
    completed_by: int | str | User | None = None
    result: list[Item] | None = None
    was_cancelled: bool | None = False
    updated_at: str | None = None


class Identified(Struct):
    """The data fields of a task, and what tells it from any other."""

    data: dict[str, Any]
    id: int | str | None = None
    created_at: str | None = None

    @property
    def identity(self) -> tuple[int | str | None, str | None]:
        """Its number and its making: every server counts its tasks anew, but not in the same microsecond."""
        return self.id, self.created_at


class Task(Identified):
    """One task with its annotations."""

    annotations: list[TaskAnnotation] = []


T = TypeVar("T")


def read_export(path: Path) -> list[Task]:
    """Every task of an export, in its order.

    Raises:
        DataError: the file cannot be read or is not JSON (E201), or not an array of tasks (E202).
    """
    return read_tasks(path, Task)


def read_tasks(path: Path, kind: type[T], name: str = "") -> list[T]:
    """Every task of an export, in its order, as structs that have the fields that are needed.

    Errors call the file by its path, or by a ``name``.

    Raises:
        DataError: the file cannot be read or is not JSON (E201), or not an array of tasks (E202, with the place in
        the JSON).
    """
    try:
        return msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=list[kind])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise WRONG_FORM.error(str(error), file=name or str(path)) from error
    except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UNREADABLE.error(str(error), file=name or str(path)) from error
