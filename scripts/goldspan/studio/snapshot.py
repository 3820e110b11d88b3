"""What a project on a server holds: a snapshot that the server makes, downloaded and verified, and the tasks in it."""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import httpx
from label_studio_sdk.core.api_error import ApiError
from msgspec import Struct

from goldspan.export.reader import Identified, User, read_tasks
from goldspan.faults import fault
from goldspan.progress import Show
from goldspan.studio.connection import NOT_LABEL_STUDIO, Studio, ask, patiently

__all__ = ["Draft", "Prediction", "ServerAnnotation", "ServerTask", "snapshot", "task_number", "tasks_of"]

NO_SNAPSHOT = fault(
    "E812",
    "The server could not make a whole snapshot of the project",
    "Look at the server's log (a full disk, or a text that is no valid Unicode), then run the same command again.",
)

TITLE = "goldspan"
PAUSE = 1.0  # seconds between two looks at a snapshot that is being made
PATIENCE = 3600  # seconds until a server that makes snapshots within the call has made one
SILENCE = 60  # seconds without a byte after which a download counts as broken
CHUNK = 1 << 16
BREAKS = 100  # of one download


class ServerAnnotation(Struct):
    """An annotation as the server keeps it; it checks next to nothing, so that ``result`` can hold anything."""

    id: int | str | None = None
    completed_by: int | str | User | None = None
    result: list[Any] | None = None
    was_cancelled: bool | None = False


class Draft(Struct):
    """What an annotator has not submitted yet. ``annotation`` is the annotation that it changes, if it changes one."""

    id: int
    user: str | int | None = None
    annotation: int | None = None
    result: list[Any] | None = None


class Prediction(Struct):
    """A prediction as the server keeps it."""

    id: int
    model_version: str | None = None
    score: float | None = None
    result: Any = None


class ServerTask(Identified):
    """A task on a server. Drafts and predictions are numbers where the snapshot does not spell them out."""

    annotations: list[ServerAnnotation] | None = None
    drafts: list[Draft | int] | None = None
    predictions: list[Prediction | int] | None = None


class Made(Struct):
    """A snapshot that the server makes or has made, and its MD5 as the server counted it."""

    id: int
    status: str
    md5: str | None = None


def tasks_of(studio: Studio, project: int, show: Show) -> list[ServerTask]:
    """Every task of a project with its annotations, drafts and predictions, in the order of their ids.

    Raises:
        DataError: the server cannot make the snapshot (E812), or it holds what no Label Studio writes (E202, E807).
    """
    with snapshot(studio, project, show, spelled_out=True) as path:
        tasks = read_tasks(path, ServerTask, studio.url)
    if not all(isinstance(task.id, int) for task in tasks):
        raise NOT_LABEL_STUDIO.error("a task has no number", file=studio.url)
    return sorted(tasks, key=task_number)


def task_number(task: ServerTask) -> int:
    """The number of a task on its server."""
    return int(task.id or 0)


@contextmanager
def snapshot(studio: Studio, project: int, show: Show, *, spelled_out: bool) -> Iterator[Path]:
    """A file with a snapshot of a project as the server writes it, users with their addresses. It is removed again.

    Drafts and predictions are numbers unless they are to be ``spelled_out``.

    Raises:
        DataError: the server cannot make the snapshot, or it arrives damaged (E812).
        OSError: the file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="goldspan-") as folder:
        path = Path(folder) / "snapshot.json"
        show("waiting for a snapshot of the project")
        made = make(studio, project, spelled_out=spelled_out)
        try:
            download(studio, project, made.id, path, show)
        finally:
            with suppress(ApiError, httpx.HTTPError):
                studio.client.projects.exports.delete(project, made.id)
        if made.md5 and file_digest(path) != made.md5:
            raise NO_SNAPSHOT.error("it did not arrive as it was sent", file=studio.url)
        yield path


def make(studio: Studio, project: int, *, spelled_out: bool) -> Made:
    """Have the server make a snapshot.

    Raises:
        DataError: it cannot (E812).
    """
    exports = studio.client.projects.exports
    options = {
        "annotations__completed_by": {"only_id": False},
        "drafts": {"only_id": not spelled_out},
        "predictions": {"only_id": not spelled_out},
        "interpolate_key_frames": False,
    }
    request = {"timeout_in_seconds": PATIENCE}

    def create() -> Any:
        return exports.create(project, title=TITLE, serialization_options=options, request_options=request)

    made = ask(studio, create, Made)
    while made.status in ("created", "in_progress"):
        time.sleep(PAUSE)
        made = ask(studio, partial(exports.get, project, made.id), Made)
    if made.status != "completed":
        raise NO_SNAPSHOT.error(f"its status is {made.status}", file=studio.url)
    return made


def download(studio: Studio, project: int, number: int, path: Path, show: Show) -> None:
    """Download a snapshot. Where the connection breaks, go on at the byte that was reached.

    Raises:
        DataError: it breaks again and again (E812).
        OSError: the file cannot be written.
    """
    try:
        with path.open("wb") as file:
            for _ in range(BREAKS):
                for attempt in patiently(studio):
                    with attempt:
                        whole = receive(studio, project, number, file, show)
                if whole:
                    return
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    raise NO_SNAPSHOT.error(f"the connection broke {BREAKS} times", file=studio.url)


def receive(studio: Studio, project: int, number: int, file: BinaryIO, show: Show) -> bool:
    """Write what a snapshot holds, from the place that the file has reached; False if the connection broke again.

    Raises:
        httpx.TransportError: it broke before anything came.
    """
    reached = file.tell()
    # Asked for a range, Label Studio says how long its answer is: what breaks off is told from what ends.
    options = {
        "chunk_size": CHUNK,
        "timeout_in_seconds": SILENCE,
        "additional_headers": {"Range": f"bytes={reached}-"},
    }
    raw = studio.client.projects.exports.with_raw_response
    try:
        with raw.download(project, number, export_type="JSON", request_options=options) as answer:
            if not answer.headers.get("content-range", "").startswith(f"bytes {reached}-"):
                file.seek(0)
                file.truncate()
            length = answer.headers.get("content-length", "")
            size = file.tell() + (int(length) if length.isdecimal() else 0)
            for chunk in answer.data:
                file.write(chunk)
                show("downloading, in kilobytes", file.tell() >> 10, size >> 10 or None)
    except httpx.TransportError:
        if file.tell() <= reached:
            raise
        return False
    return True


def file_digest(path: Path) -> str:
    """The MD5 of a file, as Label Studio counts it; it tells a damaged download, not a forged one."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
