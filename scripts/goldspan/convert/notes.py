"""What items hold beside what has a column of its own -> the notes of spans, annotations and relations."""

from collections.abc import Iterable
from typing import Any

from goldspan.export.meta import as_json, beside

__all__ = ["Noted", "is_noted", "metas_of"]

Noted = tuple[int, Any, Any]  # a row, the item of a value, and that of its region, or None

USUAL = (None, "manual")  # where a value comes from, if nothing is said of it
FIELDS = {"score": "score", "origin": "origin", "parent": "parentID"}
VALUES = "values"  # under which the notes of a region's or task's values stand, by their controls


def is_noted(item: Any) -> bool:
    """True if the item of a value holds more than the value."""
    return bool(item.meta) or item.origin not in USUAL or item.score is not None or item.parent is not None


def metas_of(notes: dict[int, Any], values: Iterable[Noted]) -> dict[int, str]:
    """The notes of rows as JSON, with what is noted of values beside them.

    Label Studio writes the note, the
    score, the origin and the parent of a region with each of its values, too: they are said once.
    """
    by_row: dict[int, dict[str, Any]] = {}
    for row, item, region in values:
        note = note_of(item, region)
        if note:
            by_row.setdefault(row, {})[item.from_name] = note
    whole = notes | {row: beside(notes.get(row), {VALUES: more}) for row, more in by_row.items()}
    return {row: as_json(note) for row, note in whole.items()}


def note_of(item: Any, region: Any) -> dict[str, Any] | None:
    """What the item of a value says that its region does not."""
    known = (region.meta if region is not None else None) or {}
    own = {name: held for name, held in (item.meta or {}).items() if name not in known or known[name] != held}
    said = {
        shown: held
        for name, shown in FIELDS.items()
        if (held := getattr(item, name)) not in USUAL and (region is None or getattr(region, name) != held)
    }
    return beside(own, said)
