"""A task as an export holds it -> the same task on the corrected text of its article."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from goldspan.export.forms import whole
from goldspan.export.reader import Identified
from goldspan.faults import Finding, fault
from goldspan.hydrate.anchors import Alignment, Extent, Placed

__all__ = ["Carried", "Move", "Written", "carry", "look_at"]

LOST = fault(
    "W940",
    "A span is lost: words that it begins or ends with are gone from the text",
    "Read the place; mark it anew in Label Studio if the text still says it.",
)
CHANGED = fault("W941", "The text of a span changed", "Read it; correct the span and its values if they no longer fit.")
BESIDE = fault(
    "W942", "The words next to a span changed", "Read it; move its edges in Label Studio if they belong to it."
)

Json = dict[str, Any]
Where = dict[str, tuple[Extent, Placed | None]]
RESULTS = ("annotations", "completions", "drafts", "predictions")


class Written(Identified, kw_only=True):
    """A task as it is written in an export: whole, and what tells it from others."""

    entry: Json

    def with_data(self, data: Json, **changed: Any) -> Json:
        """It as it is to be written, with other data and what else changed."""
        holder = (
            {"data": data} if self.entry.get("data") is not None else {"task": {**self.entry["task"], "data": data}}
        )
        return {**self.entry, **changed, **holder}


class Move(Struct, frozen=True, order=True):
    """Where a region went; ``now`` is None if it is lost."""

    doc_id: str
    was: Extent
    now: Extent | None
    layer: str
    region: str
    annotation: str

    @property
    def how(self) -> str:
        """If it stays, moves or is lost."""
        return "lost" if self.now is None else "stays" if self.now == self.was else "moves"


class Carried(Struct, frozen=True):
    """A task on the new text, the moves of its regions, and what a person must look at."""

    entry: Json
    moves: list[Move]
    findings: list[Finding]


def carry(task: Written, doc_id: str, alignment: Alignment, place: dict[str, str]) -> Carried:
    """Carry a task over. Lost regions go with their values and relations; everything else is kept as it is written.

    ``task`` has the data of the new text already; ``place`` names file and task for the findings.
    """
    moves: list[Move] = []
    findings: list[Finding] = []

    def over(holder: Json) -> Json:
        items = holder.get("result")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            return holder
        found = regions(items, alignment.old)
        where = {region: (extent, alignment.place(*extent)) for region, (_, extent) in found.items()}
        layers = {region: layer for region, (layer, _) in found.items()}
        for region, (extent, placed) in where.items():
            now = placed.extent if placed else None
            moves.append(Move(doc_id, extent, now, layers[region], region, str(holder.get("id"))))
            findings.extend(look_at(alignment, extent, placed, {**place, "region": region}))
        return {**holder, "result": list(carried_items(items, where, alignment))}

    lists = {name: task.entry[name] for name in RESULTS if isinstance(task.entry.get(name), list)}
    changed = {name: [over(one) if isinstance(one, dict) else one for one in every] for name, every in lists.items()}
    own = {"result": over(task.entry)["result"]} if "result" in task.entry else {}
    entry = task.with_data(task.data, **changed, **own)
    return Carried(entry, moves, findings)


def regions(items: list[Json], text: str) -> dict[str, tuple[str, Extent]]:
    """The regions of a result by their ids: the control of each, and where it is.

    One whose offsets are not in the text is none, and stays as it is.
    """
    found: dict[str, tuple[str, Extent]] = {}
    for number, item in enumerate(items):
        value = item.get("value")
        extent = (offset(value.get("start")), offset(value.get("end"))) if isinstance(value, dict) else (None, None)
        if extent[0] is not None and extent[1] is not None and 0 <= extent[0] < extent[1] <= len(text):
            found.setdefault(region_of(item, number), (str(item.get("from_name")), (extent[0], extent[1])))
    return found


def offset(value: Any) -> int | None:
    """An offset as a number, however an export writes it; None if it is none."""
    try:
        return whole(value)
    except (ValueError, OverflowError):
        return None


def region_of(item: Json, number: int) -> str:
    """The region that an item of a result is of; one of its own, by its number, where the item names none."""
    return f"item {number}" if item.get("id") is None else str(item["id"])


def carried_items(items: list[Json], where: Where, alignment: Alignment) -> Iterator[Json]:
    """The items of a result without those of lost regions."""
    lost = {region for region, (_, placed) in where.items() if placed is None}
    for number, item in enumerate(items):
        region, value = region_of(item, number), item.get("value")
        if {region, *(str(item.get(end)) for end in ("from_id", "to_id"))} & lost:
            continue
        placed = where.get(region, (None, None))[1]
        if placed is None or not isinstance(value, dict) or "start" not in value:
            yield item
            continue
        shown = {"text": alignment.new[placed.start : placed.end]} if isinstance(value.get("text"), str) else {}
        yield {**item, "value": {**value, "start": placed.start, "end": placed.end, **shown}}


def look_at(alignment: Alignment, extent: Extent, placed: Placed | None, place: dict[str, str]) -> Iterator[Finding]:
    """What a person must look at of a span that was carried over."""
    old = alignment.old[slice(*extent)]
    new = alignment.new[slice(*placed.extent)] if placed else ""
    was = f"{extent[0]} to {extent[1]}"
    now = f"{was}, now {placed.start} to {placed.end}" if placed else was
    if placed is None:
        yield LOST.finding(was, context=old, **place)
    elif old != new:
        yield CHANGED.finding(now, context=apart(old, new), **place)
    elif not (placed.same and alignment.beside(*extent)):
        yield BESIDE.finding(now, context=new, **place)


def apart(old: str, new: str, margin: int = 20) -> str:
    """What differs between two texts, with a margin."""
    head = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    start = max(0, head - margin)
    return " -> ".join(text[start : min(len(text), len(text) - tail + margin)] for text in (old, new))
