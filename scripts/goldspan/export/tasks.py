"""An export -> its tasks, each as far as it can be read."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from goldspan.export.copies import without_copies
from goldspan.export.mended import NO_TASK, Mended, mended
from goldspan.export.narrow import any_entry_type
from goldspan.export.reader import Entry, Task, task_of
from goldspan.export.rejects import UNFIT
from goldspan.export.windows import WRONG_FORM, Bounds, Window, form_of, windows
from goldspan.faults import DataError, Finding

__all__ = ["read_entry", "read_export"]

TODAY = any_entry_type()
DECODER = msgspec.json.Decoder(TODAY)


def read_export(path: Path) -> list[Task]:
    """Every task of an export, in its order, each once; what of one cannot be read is among its ``faults``.

    Raises:
        DataError: the file cannot be read or is not JSON (E201), or holds what is no task, or of which nothing is left
            (E202, E225).
    """
    form = form_of(path)
    found: list[Task] = []
    lost: list[Finding] = []
    for window in windows(path, TODAY, form, Bounds(form.start, path.stat().st_size, True)):
        for one in entries(window, str(path)):
            task = task_of(one.entry) if one.entry else None
            findings = [finding for reject in one.rejects for finding in reject.findings]
            if task is None:
                lost += findings or [WRONG_FORM.finding(NO_TASK, file=str(path))]
            else:
                task.faults, task.unknown = findings, one.unknown
                found.append(task)
        lost += [finding for _, finding in window.broken]
    if lost:
        raise DataError(lost)
    return without_copies(found)


def entries(window: Window[Entry], file: str) -> Iterator[Mended]:
    """What a window holds, as far as it can be read."""
    yield from (Mended(entry, [], []) for entry in window.tasks)
    yield from (read_entry(raw, file, number) for number, raw in enumerate(window.raw, window.first))


def read_entry(raw: bytes, file: str, number: int) -> Mended:
    """One of what a file holds, as far as it can be read; ``file`` and its ``number`` there are for the findings."""
    try:
        return Mended(DECODER.decode(raw), [], [])
    except UNFIT:
        return mended(raw, file, number)
