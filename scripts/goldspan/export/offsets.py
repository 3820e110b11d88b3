"""In which unit an export counts: code points, or UTF-16 units as Label Studio did before its pull request 1559.

The two differ only behind a character outside the Basic Multilingual Plane, such as an emoji. There each document is
told by evidence: the text that the browser showed for a region, and offsets that only one of the units allows.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from goldspan.export.reader import Item, TaskAnnotation, Value
from goldspan.faults import Fault, fault
from goldspan.records import Unit

__all__ = ["WHICH_UNIT", "astral", "codepoints", "count_in_codepoints", "same_words"]

WHICH_UNIT = fault(
    "E313",
    "It cannot be told whether the offsets of a document count code points or UTF-16 units",
    "Say it, by --offsets or by offsets in corpus.toml: codepoint (Label Studio of today) or utf16 (before its pull "
    "request 1559).",
)
WERE_UNITS = fault(
    "W302", "The offsets of a document counted UTF-16 units and were made code points", "Nothing; look at a few spans."
)

ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Evidence(StrEnum):
    """What can be told of a document's unit: one of the two, that it makes no difference, or that it cannot be told."""

    codepoint = "codepoint"
    utf16 = "utf16"
    alike = "alike"
    missing = "missing"
    mixed = "mixed"


def astral(text: str) -> list[int]:
    """The places, in UTF-16 units, of the characters that are two of them; empty for nearly every text."""
    if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
        return []
    return [found.start() + before for before, found in enumerate(ASTRAL.finditer(text))]


def codepoints(offset: int, places: Sequence[int]) -> int | None:
    """An offset in UTF-16 units as code points; None if it lies inside a character.

    ``places`` are those of `astral`.
    """
    before = bisect_left(places, offset)
    return None if before and places[before - 1] == offset - 1 else offset - before


def count_in_codepoints(text: str, annotations: Sequence[TaskAnnotation], wanted: Unit = Unit.auto) -> Fault | None:
    """Make the offsets of a document's annotations code points, and give back what is to be said of it, if anything.

    That is that they were UTF-16 units (W302), or that it cannot be told (E313): then nothing is changed. Where the
    unit is said it is believed, and what the browser showed is forgotten.
    """
    places = astral(text)
    if not places:
        return None
    told = evidence(text, places, annotations) if wanted is Unit.auto else Evidence(wanted)
    if told in (Evidence.missing, Evidence.mixed):
        return WHICH_UNIT
    if told is Evidence.utf16:
        for one in annotations:
            to_codepoints(one.result or (), places)
    if wanted is not Unit.auto:
        for value in regions(annotations):
            value.text = None
    return WERE_UNITS if told is Evidence.utf16 and annotations else None


def evidence(text: str, places: Sequence[int], annotations: Iterable[TaskAnnotation]) -> Evidence:
    """What the regions of a document tell about its unit."""
    values = list(regions(annotations))
    all_fit = all((value.end or 0) <= len(text) and text[value.start : value.end] == value.text for value in values)
    found: set[Evidence] = set()
    for value in values:
        found.update(told_by(text, places, value))
        if all_fit and Evidence.codepoint in found:  # nothing can speak against it
            break
    if {Evidence.codepoint, Evidence.utf16} <= found:
        return Evidence.mixed
    decided = found & {Evidence.codepoint, Evidence.utf16}
    return next(iter(decided or found), Evidence.alike)


def regions(annotations: Iterable[TaskAnnotation]) -> Iterator[Value]:
    """The values of all regions."""
    for annotation in annotations:
        for item in annotation.result or ():
            if item.value is not None and item.value.labels is not None:
                yield item.value


def told_by(text: str, places: Sequence[int], value: Value) -> Iterator[Evidence]:
    """What one region tells: nothing where both units mean the same, or neither fits."""
    if value.start is None or value.end is None:
        return
    start, end = codepoints(value.start, places), codepoints(value.end, places)
    if (start, end) == (value.start, value.end):
        return
    as_codepoints = fits(text, value, value.start, value.end)
    as_units = fits(text, value, start, end)
    if as_codepoints and as_units:
        yield Evidence.missing
    elif as_codepoints or as_units:
        yield Evidence.codepoint if as_codepoints else Evidence.utf16


def fits(text: str, value: Value, start: int | None, end: int | None) -> bool:
    """True if offsets lie in the text and hold the words that were shown, if any were."""
    if start is None or end is None or not 0 <= start < end <= len(text):
        return False
    return not isinstance(value.text, str) or same_words(value.text, text[start:end])


def same_words(shown: str, text: str) -> bool:
    """True if two texts differ in white space only, also where Label Studio shows a line break as a backslash and n."""
    return shown == text or without_space(shown) == without_space(text)


def without_space(text: str) -> str:
    """Text without white space, and without what Label Studio shows for a line break."""
    return "".join(text.replace("\\n", " ").split())


def to_codepoints(items: Iterable[Item], places: Sequence[int]) -> None:
    """Count the regions of a result in code points; an offset inside a character becomes one that no text has."""
    for item in items:
        value = item.value
        if value is not None and value.start is not None and value.end is not None:
            value.start = inside_none(codepoints(value.start, places))
            value.end = inside_none(codepoints(value.end, places))


def inside_none(offset: int | None) -> int:
    """An offset, or -1 for one inside a character."""
    return -1 if offset is None else offset
