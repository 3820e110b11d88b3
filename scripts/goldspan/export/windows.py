"""An export file, of any size -> windows of typed tasks, decoded as they are read.

An array is never parsed to be cut: a window ends before the last place in it that looks as the first task began, and
the typed decoding is the proof, since a wrong cut is no JSON. Where there is no such place, or it was wrong, brackets
and quotation marks are counted.
"""

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterator
from io import BufferedReader
from itertools import accumulate, pairwise
from typing import BinaryIO, Generic, TypeVar

import msgspec
from msgspec import Struct

from goldspan.export.lenient import is_json, spoilt_by
from goldspan.faults import DataError, Finding, fault
from goldspan.remote import Place, open_input, remote_errors, shown, size_of
from goldspan.words import counted

__all__ = ["Bounds", "Form", "Window", "bounds_of", "form_of", "windows"]

LARGEST_TASK = 1 << 26  # bytes: beyond it a file is refused, not held in memory

UNREADABLE = fault(
    "E201",
    "The export cannot be read, or is not JSON",
    "Name the file that was exported, or download it again from Label Studio, in the format JSON.",
)
WRONG_FORM = fault(
    "E202",
    "The export does not have the form of a Label Studio JSON export",
    "Download it again in the format JSON; JSON-MIN, CSV and CONLL lose what is needed here. A task may have "
    f"{LARGEST_TASK >> 20} MB at most.",
)

WINDOW = 1 << 17  # bytes that are read at once: what is made of them stays in a cache
HEAD = 1 << 16
STEP = 1 << 14  # bytes
NEAR = 1 << 23  # bytes in which an edge is looked for
SPACE = b" \t\r\n"
STRING = rb'"(?:[^"\\]|\\.)*+"'
TOKEN = re.compile(STRING + rb'|[\[\]{},"]', re.DOTALL)
OPENING = re.compile(
    rb"\{\s*(?P<first>"
    + STRING
    + rb")\s*:\s*(?:\{\s*|(?:"
    + STRING
    + rb"|[-+.\w]+)\s*,\s*)(?P<second>"
    + STRING
    + rb")",
    re.DOTALL,
)

BYTE = re.compile(r"\(byte (\d+)\)")

T = TypeVar("T")


class Form(Struct, frozen=True):
    """How a file holds its tasks: in an array, one in each line, or as one object; and at which byte they begin."""

    name: str
    start: int


class Bounds(Struct, frozen=True):
    """A stretch of a file that can be read by itself.

    Of an array it begins at the bracket or comma before a task and ends at the comma or bracket after one.
    """

    start: int
    end: int
    last: bool


class Window(Struct, Generic[T], frozen=True):
    """Some tasks of a file, the number of the first of them in the stretch that was asked for, and their bytes.

    Where they do not have the form of tasks, ``fault`` says why, and each task is there by itself as it is written;
    ``is_spoilt`` if the reason is that one holds what no table can. ``broken`` are lines, or a whole file of one task,
    that are no JSON, each with what is wrong with it (E201).
    """

    first: int
    tasks: list[T]
    raw: list[bytes]
    fault: str = ""
    is_spoilt: bool = False
    size: int = 0
    broken: list[tuple[bytes, Finding]] = []


def form_of(path: Place, name: str = "") -> Form:
    """How a file holds its tasks. Errors call it by its path, or by a ``name``.

    Raises:
        DataError: it cannot be read, or holds no JSON (E201), or none of an export (E202).
    """
    try:
        with remote_errors(path), open_input(path) as file:
            start = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
            file.seek(start)
            while head := file.read(HEAD):
                stripped = head.lstrip(SPACE)
                if stripped:
                    start += len(head) - len(stripped)
                    file.seek(start)
                    return Form(form_at(stripped[:1], file, name or shown(path)), start)
                start += len(head)
    except OSError as error:
        raise UNREADABLE.error(error.strerror or "", file=name or shown(path)) from error
    raise UNREADABLE.error("it is empty", file=name or shown(path))


def form_at(first: bytes, file: BinaryIO, name: str) -> str:
    """How tasks are held, by the first character and, of an object, by whether it is whole in its first line."""
    if first == b"[":
        return "array"
    if first != b"{":
        detail = f"it begins with {first.decode(errors='backslashreplace')!r}"
        raise (WRONG_FORM if first in b'"-0123456789tfn' else UNREADABLE).error(detail, file=name)
    return "lines" if is_json(file.readline(LARGEST_TASK)) else "object"


def bounds_of(path: Place, form: Form, count: int) -> list[Bounds]:
    """About as many stretches of a file as wanted, of the same length more or less, each whole tasks.

    Raises:
        DataError: the file is broken (E201).
    """
    size = size_of(path)
    edges = [form.start]
    for number in range(1, count if form.name != "object" else 1):
        wanted = max(form.start + (size - form.start) * number // count, edges[-1] + 1)
        edge = edge_after(path, form, wanted)
        if edge is not None and edges[-1] < edge < size:
            edges.append(edge)
    ends = [*edges[1:], size]
    return [Bounds(start, end, end == size) for start, end in zip(edges, ends, strict=True)]


def edge_after(path: Place, form: Form, wanted: int) -> int | None:
    """The first edge between two tasks at or behind a byte; None if none is found within the largest task."""
    with remote_errors(path), open_input(path) as file:
        file.seek(form.start)
        opening = opening_of(file.read(HEAD)) if form.name == "array" else None
        file.seek(wanted)
        if form.name == "lines":
            rest = len(file.readline(LARGEST_TASK))
            return wanted + rest
        near = file.read(NEAR)
        found = opening.search(near) if opening else None
        return None if found is None else wanted + found.start("comma")


def opening_of(head: bytes) -> re.Pattern[bytes] | None:
    """What stands between two tasks: a comma, and the first two keys as in the first task. None if that has none."""
    found = OPENING.search(head)
    if found is None or head[: found.start()].strip(SPACE) != b"[":
        return None
    first, second = re.escape(found["first"]), re.escape(found["second"])
    value = rb"(?:\{|(?:" + STRING + rb"|[-+.\w]+)\s*,)"
    return re.compile(
        rb"\}\s*(?P<comma>,)\s*\{\s*" + first + rb"\s*:\s*" + value + rb"\s*" + second + rb"\s*:", re.DOTALL
    )


def windows(path: Place, kind: type[T], form: Form, bounds: Bounds, name: str = "") -> Iterator[Window[T]]:
    """The tasks of a stretch of a file, window by window.

    Raises:
        DataError: it cannot be read, an array is not JSON (E201, with the byte), or a task is too large (E202).
    """
    try:
        with remote_errors(path), open_input(path) as file:
            if form.name == "array":
                yield from array_windows(file, kind, bounds, name or shown(path))
            elif form.name == "lines":
                yield from line_windows(file, kind, bounds, name or shown(path))
            else:
                yield from object_windows(file, kind, bounds, name or shown(path))
    except OSError as error:
        raise UNREADABLE.error(error.strerror or "", file=name or shown(path)) from error


class Decoding(Generic[T]):
    """A decoder of windows that counts the tasks and tells a task of another form from what is no JSON."""

    def __init__(self, kind: type[T], name: str) -> None:
        """Begin at the first task; errors call the file by a name."""
        self.typed = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
        self.single = msgspec.json.Decoder(list[msgspec.Raw])
        self.name = name
        self.count = 0

    def window(self, data: memoryview | bytes) -> Window[T]:
        """The tasks in a JSON array.

        Raises:
            msgspec.DecodeError: it is no JSON.
        """
        try:
            found = self.decoded(data)
        except (UnicodeDecodeError, RecursionError) as error:
            raise msgspec.DecodeError(str(error)) from error
        self.count += len(found.tasks) or len(found.raw)
        return found

    def decoded(self, data: memoryview | bytes) -> Window[T]:
        """The tasks, or what is there in place of them."""
        try:
            return Window(self.count, self.typed.decode(data), [], size=len(data))
        except msgspec.ValidationError as error:
            raw = [bytes(one) for one in self.single.decode(bytes(data))]
            said = re.sub(r"\$\[(\d+)\]", lambda at: f"$[{int(at[1]) + self.count}]", str(error), count=1)
            return Window(self.count, [], raw, said, size=len(data))

    def either(self, data: memoryview | bytes) -> Window[T]:
        """The tasks in a JSON array, also where one holds what no table can.

        Raises:
            msgspec.DecodeError: it is no JSON.
        """
        try:
            return self.window(data)
        except msgspec.DecodeError as error:
            return self.apart(bytes(data), error)

    def apart(self, data: bytes, error: msgspec.DecodeError) -> Window[T]:
        """The tasks in what is a JSON array but for what its texts and numbers are, each as it is written.

        Raises:
            msgspec.DecodeError: that error, if it is none.
        """
        found = members(data)
        if not found or not all(map(is_json, found)):
            raise error
        spoilt = (f"{what}, in task number {at}" for at, what in enumerate(map(spoilt_by, found), self.count) if what)
        window = Window[T](self.count, [], found, next(spoilt, str(error)), is_spoilt=True, size=len(data))
        self.count += len(found)
        return window

    def lines(self, data: bytes, offset: int) -> Iterator[Window[T]]:
        """The tasks in lines that begin at a byte of the file: together, unless one of the lines is no JSON."""
        lines = data.splitlines(keepends=True)
        try:
            tasks = [line for line in lines if line.strip(SPACE)]
            if tasks:
                yield self.window(b"[" + b",".join(tasks) + b"]")
        except msgspec.DecodeError:
            for line, begin in zip(lines, accumulate(map(len, lines), initial=offset), strict=False):
                if line.strip(SPACE):
                    yield self.alone(line.rstrip(SPACE), begin)

    def alone(self, data: bytes, offset: int) -> Window[T]:
        """A task by itself, from a byte of the file on; broken, if it is no JSON."""
        try:
            return self.either(b"[" + data + b"]")
        except msgspec.DecodeError as error:
            detail = (
                f"{said(error, offset - 1)}, in the task at byte {offset}, after {counted(self.count, 'whole task')}"
            )
            finding = UNREADABLE.finding(detail, file=self.name)
            return Window(self.count, [], [], size=len(data), broken=[(data, finding)])

    def broken(self, error: Exception, data: bytes | bytearray, offset: int) -> DataError:
        """What is no JSON, as a finding: with the byte of the file, and the number of whole tasks before it."""
        found = BYTE.search(str(error))
        whole = self.count + sum(1 for _ in edges(data, int(found[1]) if found else len(data)))
        return UNREADABLE.error(f"{said(error, offset)}, after {counted(whole, 'whole task')}", file=self.name)


def said(error: Exception, offset: int) -> str:
    """What is no JSON, with the byte of the file, for data that begin at one."""
    return BYTE.sub(lambda at: f"(byte {int(at[1]) + offset})", str(error))


def array_windows(file: BufferedReader, kind: type[T], bounds: Bounds, name: str) -> Iterator[Window[T]]:
    """The windows of a stretch of an array. In the buffer every window begins with a bracket and ends with one."""
    file.seek(bounds.start)
    head = file.read(min(HEAD, bounds.end - bounds.start))
    opening = opening_of(b"[" + head[1:])
    file.seek(bounds.start)
    decoding: Decoding[T] = Decoding(kind, name)
    buffer, filled, at = bytearray(WINDOW), 0, bounds.start
    while True:
        wanted = min(len(buffer) - filled, bounds.end - at - filled)
        got = file.readinto(memoryview(buffer)[filled : filled + wanted]) if wanted else 0
        filled += got
        whole = at + filled >= bounds.end or (wanted > 0 and not got)
        buffer[:1] = b"["
        if whole:
            yield last_window(decoding, buffer, filled, at, bounds)
            return
        window, cut = first_that_decodes(decoding, buffer, filled, at, opening)
        if window is None:
            if len(buffer) >= LARGEST_TASK:
                detail = f"a task of more than {LARGEST_TASK >> 20} MB, after {counted(decoding.count, 'whole task')}"
                raise WRONG_FORM.error(detail, file=name)
            buffer += bytes(len(buffer))
            continue
        yield window
        buffer[: filled - cut] = buffer[cut:filled]
        at, filled = at + cut, filled - cut


def last_window(decoding: Decoding[T], buffer: bytearray, filled: int, at: int, bounds: Bounds) -> Window[T]:
    """The window at the end of a stretch."""
    if not bounds.last:
        buffer[filled : filled + 1] = b"]"
        filled += 1
    try:
        return decoding.either(memoryview(buffer)[:filled])
    except msgspec.DecodeError as error:
        raise decoding.broken(error, buffer[:filled], at) from error


def first_that_decodes(
    decoding: Decoding[T], buffer: bytearray, filled: int, at: int, opening: re.Pattern[bytes] | None
) -> tuple[Window[T] | None, int]:
    """The window up to the last edge between two tasks in the buffer, and that edge. None if it holds no whole task."""
    likely = last_opening(buffer, filled, opening) if opening else None
    if likely is not None:
        try:
            return decode_until(decoding.window, buffer, likely), likely
        except msgspec.DecodeError:
            pass  # a text may look so, too: count brackets instead
    exact = last_edge(buffer, filled)
    if exact is None:
        return None, 0
    try:
        return decode_until(decoding.either, buffer, exact), exact
    except msgspec.DecodeError as error:
        raise decoding.broken(error, buffer[:filled], at) from error


def decode_until(decode: Callable[[memoryview], Window[T]], buffer: bytearray, edge: int) -> Window[T]:
    """The window before an edge: for the time of decoding, a bracket stands there."""
    buffer[edge : edge + 1] = b"]"
    try:
        return decode(memoryview(buffer)[: edge + 1])
    finally:
        buffer[edge : edge + 1] = b","


def last_opening(buffer: bytearray, filled: int, opening: re.Pattern[bytes]) -> int | None:
    """The comma before the last place in a buffer that looks as if a task began there; looked for from the end."""
    end = filled
    while True:
        begin = max(0, end - STEP)
        found = deque(opening.finditer(buffer, begin, end), maxlen=1)
        if found or not begin:
            return found[0].start("comma") if found else None
        end = begin + STEP // 4  # there may be one across


def last_edge(buffer: bytearray, filled: int) -> int | None:
    """The last comma between two members of the array that a buffer begins with."""
    return max(edges(buffer, filled), default=None)


def edges(data: bytes | bytearray, end: int) -> Iterator[int]:
    """The commas between the members of the array that some bytes begin with, by counting brackets."""
    depth = 0
    for found in TOKEN.finditer(data, 0, end):
        token = found[0][:1]
        if token == b'"':
            if len(found[0]) == 1:  # a string that does not end here
                return
        elif token in b"[{":
            depth += 1
        elif token in b"]}":
            depth -= 1
        elif depth == 1:
            yield found.start()


def members(data: bytes) -> list[bytes]:
    """The members of a JSON array, as they are written; none if it does not end."""
    array = data.strip(SPACE)
    cuts = [0, *edges(array, len(array) - 1), len(array) - 1]
    return [array[begin + 1 : end] for begin, end in pairwise(cuts)] if array.endswith(b"]") else []


def line_windows(file: BinaryIO, kind: type[T], bounds: Bounds, name: str) -> Iterator[Window[T]]:
    """The windows of lines, each a task."""
    file.seek(bounds.start)
    decoding: Decoding[T] = Decoding(kind, name)
    at, rest = bounds.start, b""
    while at + len(rest) < bounds.end:
        got = file.read(min(WINDOW, bounds.end - at - len(rest)))
        data = rest + got
        whole = not got or at + len(data) >= bounds.end
        edge = len(data) if whole else data.rfind(b"\n") + 1
        if not edge and len(data) > LARGEST_TASK:
            detail = f"a line of more than {LARGEST_TASK >> 20} MB, after {counted(decoding.count, 'whole task')}"
            raise WRONG_FORM.error(detail, file=name)
        yield from decoding.lines(data[:edge], at)
        at, rest = at + edge, data[edge:]
        if not got:  # the file has become shorter
            return


def object_windows(file: BinaryIO, kind: type[T], bounds: Bounds, name: str) -> Iterator[Window[T]]:
    """The one window of a file that is one object."""
    file.seek(bounds.start)
    data = file.read(LARGEST_TASK + 1)
    if len(data) > LARGEST_TASK:
        raise WRONG_FORM.error(f"a task of more than {LARGEST_TASK >> 20} MB", file=name)
    yield Decoding(kind, name).alone(data, bounds.start)
