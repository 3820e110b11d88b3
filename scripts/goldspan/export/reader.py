"""The shapes in which Label Studio writes tasks (measured on 1.23, and as older versions and storages write them)."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from goldspan.export.lenient import SPOILT
from goldspan.export.windows import WRONG_FORM, Bounds, form_of, windows
from goldspan.faults import DataError, Finding

__all__ = [
    "Apart",
    "Entry",
    "Identified",
    "Item",
    "Task",
    "TaskAnnotation",
    "User",
    "Value",
    "read_tasks",
    "task_doc_id",
    "task_of",
]

Text = str | list[str] | None


class Value(Struct, gc=False):
    """What a region or a control holds.

    Offsets as written; ``text`` is what the browser showed, or a text area's lines. Choices that are nested are paths;
    ``selected`` is the better one of a pair.
    """

    start: int | None = None
    end: int | None = None
    text: Text = None
    labels: list[str] | None = None
    choices: list[str | list[str]] | None = None
    number: int | float | None = None
    rating: int | float | None = None
    taxonomy: list[list[str]] | None = None
    datetime: str | None = None
    selected: str | None = None


class Item(Struct, gc=False, kw_only=True):
    """One item of a result: a region, the value of a control (of a region where they share the id), or a relation.

    ``parent`` is the region under which an annotator has put this one. The fields stand as Label Studio writes them:
    each is then found at once.
    """

    value: Value | None = None
    id: str | int | None = None
    from_name: str | None = None
    to_name: str | None = None
    from_id: str | None = None
    to_id: str | None = None
    type: str
    direction: str | None = "right"
    labels: list[str] | None = None
    origin: str | None = None
    score: float | None = None
    parent: str | None = msgspec.field(default=None, name="parentID")
    meta: dict[str, Any] | None = None


class User(Struct, gc=False):
    """A user, where the export spells users out."""

    id: int | None = None
    email: str | None = None


class TaskAnnotation(Struct, gc=False):
    """One annotator's annotation of a task. A skipped task has one that was cancelled."""

    id: int | str | None = None
    completed_by: int | str | User | None = None
    result: list[Item] | None = None
    was_cancelled: bool | None = False
    ground_truth: bool | None = None
    created_at: str | None = None
    updated_at: str | None = None
    lead_time: float | None = None


class Identified(Struct, gc=False):
    """The data fields of a task, and what tells it from any other."""

    data: dict[str, Any]
    id: int | str | None = None
    created_at: str | None = None
    meta: Any = None

    @property
    def identity(self) -> tuple[int | str | None, str | None]:
        """Its number and its making: every server counts its tasks anew, but not in the same microsecond."""
        return self.id, self.created_at


class Task(Identified, gc=False):
    """One task with its annotations, and how many drafts and predictions it has, which are none.

    ``faults`` are findings about what of it could not be read, ``unknown`` names fields that were passed over.
    """

    annotations: list[TaskAnnotation] = []
    drafts: int = 0
    predictions: int = 0
    faults: list[Finding] = []
    unknown: list[str] = []


class Apart(Struct, gc=False):
    """A draft or a prediction, which is no annotation: only that it is there counts."""


class Entry(TaskAnnotation, gc=False):
    """Whatever a file holds one of: a task with its annotations (``completions``, before version 1), or an annotation
    with its ``task``, as a storage keeps it.
    """

    data: dict[str, Any] | None = None
    meta: Any = None
    annotations: list[TaskAnnotation] | None = None
    completions: list[TaskAnnotation] | None = None
    drafts: list[int | Apart] | None = None
    predictions: list[int | Apart] | None = None
    task: Identified | int | None = None


T = TypeVar("T")


def task_of(entry: Entry) -> Task | None:
    """What a file holds one of, as a task; None if it is none."""
    apart = len(entry.drafts or ()), len(entry.predictions or ())
    if entry.data is not None:
        annotations = entry.annotations if entry.annotations is not None else entry.completions or []
        return Task(entry.data, entry.id, entry.created_at, entry.meta, annotations, *apart)
    if entry.task is not None and not isinstance(entry.task, int):
        return Task(entry.task.data, entry.task.id, entry.task.created_at, entry.task.meta, [entry], *apart)
    return None


def task_doc_id(task: Identified) -> str:
    """The document that a task is about: its ``doc_id``, else its id."""
    doc_id = task.data.get("doc_id")
    return str(task.id if doc_id is None else doc_id)


def read_tasks(path: Path, kind: type[T], name: str = "") -> list[T]:
    """Everything that an export holds, in its order, as structs that have the fields that are needed.

    Errors call the file by its path, or by a ``name``.

    Raises:
        DataError: the file cannot be read or is not JSON (E201), has another form (E202), or holds what no table
            can (E225).
    """
    form = form_of(path, name)
    found: list[T] = []
    for window in windows(path, kind, form, Bounds(form.start, path.stat().st_size, True), name):
        if window.broken:
            raise DataError(finding for _, finding in window.broken)
        if window.fault:
            raise (SPOILT if window.is_spoilt else WRONG_FORM).error(window.fault, file=name or str(path))
        found += window.tasks
    return found
