"""What must hold of the reader of exports, for any bytes at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from goldspan.convert.sift import sift
from goldspan.export import windows
from goldspan.export.narrow import entry_type
from goldspan.export.reader import Entry, task_doc_id, task_of
from goldspan.export.rejects import as_plain
from goldspan.export.tasks import read_entry
from goldspan.faults import DataError
from goldspan.labeling import as_stored, parse_labeling_config
from tests.exports import XML

CONFIG = as_stored(parse_labeling_config(XML.encode()))
NARROW = entry_type(CONFIG)
WAYS = ((48, 1), (48, 3), (1 << 17, 1))  # the size of windows, and how many stretches


@contextmanager
def windows_of(size: int) -> Iterator[None]:
    """Windows so small that a short file may have many."""
    kept = windows.WINDOW
    windows.WINDOW = size
    try:
        yield
    finally:
        windows.WINDOW = kept


def check(data: bytes, path: Path) -> None:
    """Read some bytes, by way of a file, in every way; whatever they are, they give tasks or a coded fault.

    Where they are a JSON array or lines of JSON, the tasks are those that a plain decoder gives, in any windows.

    Raises:
        AssertionError: they do not.
    """
    path.write_bytes(data)
    expected = plain(data)
    for size, count in WAYS:
        with windows_of(size):
            found = tasks(path, count)
        assert expected is None or found == expected, (size, count)


def tasks(path: Path, count: int) -> list[Any] | None:
    """Everything that a file holds one of, as plain data; None if there is a fault, which has a code."""
    try:
        form = windows.form_of(path)
        found = [
            one
            for bounds in windows.bounds_of(path, form, count)
            for window in windows.windows(path, NARROW, form, bounds)
            for one in taken(window, str(path))
        ]
    except DataError as error:
        if {finding.code for finding in error.findings} <= {"E201", "E202"}:
            return None
        raise
    return found


def taken(window: windows.Window[Entry], file: str) -> Iterator[Any]:
    """The entries of a window as plain data, after each was judged as a conversion judges it."""
    for entry in window.tasks:
        judge(entry, file)
        yield msgspec.to_builtins(entry)
    for number, raw in enumerate(window.raw, window.first):
        found = read_entry(raw, file, number)
        assert all(finding.code for reject in found.rejects for finding in reject.findings)
        if found.entry is not None:
            judge(found.entry, file)
        yield as_plain(raw)
    for line, finding in window.broken:
        assert finding.code == "E201"
        yield as_plain(line)


def judge(entry: Entry, file: str) -> None:
    """Sift the annotations of an entry: each item is kept or is rejected with a code."""
    task = task_of(entry)
    text = task.data.get(CONFIG.text_field) if task else None
    if task is None or not isinstance(text, str):
        return
    for one in task.annotations:
        items = one.result or []
        sifted = sift(items, text, CONFIG, {"file": file, "task": task_doc_id(task), "annotation": str(one.id)})
        assert len(sifted.kept) + sum(len(reject.item) for reject in sifted.rejects) == len(items)
        assert all(finding.code for reject in sifted.rejects for finding in reject.findings)


def plain(data: bytes) -> list[Any] | None:
    """What a plain decoder makes of an array, in the shapes of the reader; None where it is no array of objects."""
    try:
        return list(msgspec.to_builtins(msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=list[NARROW])))  # type: ignore[valid-type]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
