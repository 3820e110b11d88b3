"""Which span lies in which, for the spans of many documents at once."""

import numpy as np
from msgspec import Struct

from goldspan.convert.columns import Ints

__all__ = ["Outermost", "innermost_around", "outermost"]


def innermost_around(groups: Ints, starts: Ints, ends: Ints) -> Ints:
    """For each span the number of the innermost one around it in its group, or -1. Of equal ones none is in another.

    Sorted by start, the longer first, a span lies in another if one before it ends no earlier; the last of these is the
    innermost. Mostly that is the one just before it. If not, what lies around that one is asked, and so on: all that
    ends later than it and holds this one holds it too.
    """
    keys = groups.astype(np.int64) << 32
    begins, stops = keys + starts, keys + ends
    order = np.lexsort((-stops, begins))
    begins, stops = begins[order], stops[order]
    inside = np.flatnonzero(stops[1:] <= np.maximum.accumulate(stops[:-1])) + 1
    just_before = inside - 1
    wider, longer = begins[just_before] < begins[inside], stops[just_before] > stops[inside]
    held = longer | (wider & (stops[just_before] == stops[inside]))
    around = dict(zip(inside[held].tolist(), just_before[held].tolist(), strict=True))
    for at in inside[~held].tolist():
        near: int | None = at - 1
        while near is not None and (stops[near], -begins[near]) <= (stops[at], -begins[at]):
            near = around.get(near)
        if near is not None:
            around[at] = near
    found = np.full(len(starts), -1)
    found[order[list(around)]] = order[list(around.values())]
    return found


class Outermost(Struct, frozen=True):
    """The numbers of the spans that lie in no other of their group, in text order; how many do, and how many cross."""

    kept: Ints
    nested: int
    crossing: int


def outermost(groups: Ints, starts: Ints, ends: Ints, ranks: Ints) -> Outermost:
    """Which spans lie in no other: of two that cross the one that begins first, the longer if both do, then by rank.

    A span that begins where all before it have ended is kept. Only among the others one has to be asked after the
    other whether it begins where the last one that is kept has ended.
    """
    keys = groups.astype(np.int64) << 32
    begins, stops = keys + starts, keys + ends
    order = np.lexsort((ranks, -stops, begins))
    begins, stops = begins[order], stops[order]
    kept = np.ones(len(order), bool)
    kept[1:] = begins[1:] >= np.maximum.accumulate(stops[:-1])
    last_kept = np.maximum.accumulate(np.where(kept, np.arange(len(order)), 0))
    reach = nested = crossing = 0
    asked = np.flatnonzero(~kept)
    columns = (asked, begins[asked], stops[asked], stops[last_kept[asked]])
    for at, begin, stop, before in zip(*(column.tolist() for column in columns), strict=True):
        reach = max(reach, before)
        if begin >= reach:
            kept[at], reach = True, stop
        elif stop <= reach:
            nested += 1
        else:
            crossing += 1
    return Outermost(order[kept], nested, crossing)
