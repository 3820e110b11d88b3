"""The items of a result as Label Studio writes them -> those that lie in the document's text or are of the whole task.

Regions of what else a task shows are counted and left out: they have no place in the text.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from goldspan.export.reader import Item, TaskAnnotation, Value
from goldspan.faults import Finding, fault
from goldspan.labeling import LabelingConfig
from goldspan.words import counted

__all__ = ["left_out", "misplaced", "shape"]

ELSEWHERE = fault(
    "W204",
    "Regions lie in something else than the document's text, and were left out",
    "Nothing, if they are not wanted; those of another Text are taken if its Labels come first in the labeling config.",
)


def shape(annotations: Sequence[TaskAnnotation], config: LabelingConfig) -> Counter[str]:
    """Leave in the results of a task what concerns its document, and give drawn paths the labels of their region.

    Gives back how many items were left out, by the control and what it is for.
    """
    away: Counter[str] = Counter()
    for one in annotations if config.others or config.elsewhere else ():
        one.result, gone = parted(one.result or [], config)
        away.update("relations" if item.type == "relation" else f"{item.from_name} on {item.to_name}" for item in gone)
    for item in (item for one in annotations for item in one.result or ()) if config.has_paths else ():
        if item.value and item.from_name in config.layers and item.value.taxonomy:
            item.value.labels = ["/".join(path) for path in item.value.taxonomy]
    return away


def parted(items: Sequence[Item], config: LabelingConfig) -> tuple[list[Item], list[Item]]:
    """The items that stay, and those that go: regions elsewhere with their values, and relations that lead there."""
    away = {item.id for item in items if item.id is not None and lies_elsewhere(item, config)}
    stays: list[Item] = []
    goes: list[Item] = []
    for item in items:
        of_region = item.id in away and item.to_name in (None, *config.others)
        joins = item.type == "relation" and not away.isdisjoint((item.from_id, item.to_id))
        (goes if of_region or joins or lies_elsewhere(item, config) else stays).append(item)
    return stays, goes


def lies_elsewhere(item: Item, config: LabelingConfig) -> bool:
    """True if an item is a region of another text, image or the like, or the value of one.

    That of a control that the config lacks is, if it goes by where it lies and holds more than a value.
    """
    name = item.from_name or ""
    if item.type == "relation" or name in config.elsewhere:
        return item.type != "relation"
    if name in config.attributes and not config.attributes[name].per_region:
        return False
    known = name in config.layers or name in config.attributes
    return item.to_name in config.others and (known or not is_value(item.value or Value()))


def is_value(value: Value) -> bool:
    """True if it is what a control of the whole task holds, and has no extent."""
    held = (value.choices, value.number, value.rating, value.taxonomy, value.datetime, value.selected)
    return value.start is None and (isinstance(value.text, list) or any(one is not None for one in held))


def left_out(away: Counter[str]) -> Iterator[Finding]:
    """A warning for each control whose regions were left out (W204)."""
    for control, count in sorted(away.items()):
        yield ELSEWHERE.finding(f"{control}, {counted(count, 'item')}")


def misplaced(items: Sequence[Item], config: LabelingConfig) -> list[Item]:
    """The values that a region has, though the config says that their control is for the whole task."""
    regions = {str(item.id) for item in items if item.from_name in config.layers and item.id is not None}
    return [
        item
        for item in items
        if item.from_name in config.attributes
        and not config.attributes[item.from_name].per_region
        and (str(item.id) in regions or (item.value is not None and item.value.start is not None))
    ]
