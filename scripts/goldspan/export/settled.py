"""The items of a result as Label Studio may write them -> as tables hold them: each region has an id of its own.

A region that has labels of two controls is two items with one id, and becomes a span for each. A region without an id,
as imports and models make them, gets one from its place in the result.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from goldspan.export.meta import beside, free_name
from goldspan.export.reader import Item
from goldspan.labeling import Attribute, LabelingConfig

__all__ = ["Settled", "name_in", "settled"]

RELATION = "relation"
ENDS = {"from_id", "to_id", "type", "direction", "labels", "meta"}  # the fields of a relation

Spans = list[tuple[str, Item]]  # those of one region: their ids and items
Extent = tuple[int | None, int | None]

replace = msgspec.structs.replace


class Settled(Struct, frozen=True):
    """Items; how many were ``merged`` since they repeat another to the letter, and how many values were ``added``.

    A value is added where it stands with more than one span of its region.
    """

    items: list[Item]
    merged: int
    added: int


def settled(items: Sequence[Item], config: LabelingConfig) -> Settled:
    """The items of a result with ids as tables have them; what is wrong with them stays so.

    Of a region with labels of several controls the first control, in the order of the config, keeps the id, which
    relations and parents name; for another one a colon and the control stand behind it. A value goes with the spans
    for whose layer and labels its control is asked for, else with the first. One without an id goes with the region of
    its extent, if there is one such.
    """
    once = without_copies(plain(items, config))
    regions = spans_of(once, config)
    ids = {id(item): name for spans in regions.values() for name, item in spans}
    places = by_extent(regions)
    found: list[Item] = []
    for item in once:
        if id(item) in ids:
            found.append(replace(item, id=ids[id(item)]))
        elif is_value_of_region(item, config):
            spans = regions.get(str(item.id), []) if item.id is not None else places.get(extent_of(item), [])
            names = owners(spans, config.attributes[item.from_name or ""])
            found += [replace(item, id=name) for name in names] or [item]
        else:
            found.append(item)
    return Settled(found, len(items) - len(once), len(found) - len(once))


def plain(items: Sequence[Item], config: LabelingConfig) -> list[Item]:
    """The items with ids that are text, one for each region; relations have nothing but their ends, labels and note."""
    taken = {str(item.id) for item in items if item.id not in (None, "")}
    found = []
    for place, item in enumerate(items):
        name = None if item.id in (None, "") else str(item.id)
        if item.type == RELATION:
            found.append(as_relation(item))
        elif name is None and item.from_name in config.layers:
            found.append(replace(item, id=free_name(f"#{place}", taken)))
        else:
            found.append(replace(item, id=name))
    return found


def as_relation(item: Item) -> Item:
    """A relation; what else stands with it becomes part of its note."""
    more = {
        name: msgspec.to_builtins(held)
        for name in item.__struct_fields__
        if name not in ENDS and (held := getattr(item, name)) is not None
    }
    ends = {name: getattr(item, name) for name in ENDS - {"meta"}}
    return Item(**ends, meta=beside(item.meta, more))


def without_copies(items: Iterable[Item]) -> list[Item]:
    """The items without those that repeat another one of the same id and control to the letter."""
    seen: dict[tuple[object, object], list[Item]] = defaultdict(list)
    found = []
    for item in items:
        same = seen[item.id, item.from_name]
        if item.id is None or item not in same:
            found.append(item)
            same.append(item)
    return found


def spans_of(items: Iterable[Item], config: LabelingConfig) -> dict[str, Spans]:
    """The spans of each region, by its id; of two regions that only have the same id, both under that one."""
    regions: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.type != RELATION and item.from_name in config.layers:
            regions[str(item.id)].append(item)
    order = {layer: number for number, layer in enumerate(config.layers)}
    return {
        name: named(name, sorted(each, key=lambda item: order[item.from_name or ""]), set(regions))
        for name, each in regions.items()
    }


def named(region: str, items: list[Item], taken: set[str]) -> Spans:
    """The items of a region, each of another control, with ids of their own; all with its id if they are no such."""
    alike = len({item.from_name for item in items}) == len(items) and len(set(map(extent_of, items))) == 1
    first, *others = items
    return [(region, first)] + [
        (free_name(name_in(region, item.from_name or ""), taken) if alike else region, item) for item in others
    ]


def name_in(region: str, control: str) -> str:
    """The id of the span that a region has in another control than its first, unless a region is called so."""
    return f"{region}:{control}"


def by_extent(regions: dict[str, Spans]) -> dict[Extent, Spans]:
    """The spans of each region that is the only one of its extent."""
    found: dict[Extent, list[Spans]] = defaultdict(list)
    for spans in regions.values():
        found[extent_of(spans[0][1])].append(spans)
    return {at: each[0] for at, each in found.items() if len(each) == 1 and None not in at}


def extent_of(item: Item) -> Extent:
    """(start, end), as far as they are said."""
    return (item.value.start, item.value.end) if item.value is not None else (None, None)


def is_value_of_region(item: Item, config: LabelingConfig) -> bool:
    """True for the value of a control that is asked for on regions."""
    attribute = config.attributes.get(item.from_name or "")
    return item.type != RELATION and attribute is not None and attribute.per_region


def owners(spans: Spans, attribute: Attribute) -> list[str]:
    """The ids of those spans of a region that a control is asked for on; of the first if it is for none of them."""
    labels = [(name, item.from_name or "", (item.value and item.value.labels) or ()) for name, item in spans]
    asked = [name for name, layer, each in labels if any(attribute.applies_to(layer, label) for label in each)]
    near = [name for name, layer, _ in labels if attribute.layer in (None, layer)]
    return list(dict.fromkeys(asked or near or [name for name, _, _ in labels[:1]]))
