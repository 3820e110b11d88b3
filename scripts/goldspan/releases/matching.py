"""Which items of two releases are the same thing."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from itertools import product

from goldspan.releases.items import Item

__all__ = ["Pair", "match"]

NEAR = 100  # code points that a span with the same label and words may have moved by
Pair = tuple[Item, Item]

KEYS: tuple[Callable[[Item], Hashable], ...] = (
    lambda item: (item.group, item.place, item.labels, repr(item.values)),
    lambda item: (item.group, item.place, item.labels),
    lambda item: (item.group, item.place),
    lambda item: (item.group, item.place[:1]),
)


def match(old: Iterable[Item], new: Iterable[Item]) -> list[Pair]:
    """Pairs of items that are the same thing, in the order of the old ones; no item is in two.

    Items of one group are the same if they stand at the same place with the same label, those first that do not differ
    at all, else at the same place, else
    if they begin with the same stretch, else if they lie near each other (see `distance`), the nearest first.
    """
    matched: list[Pair] = []
    left, right = list(old), list(new)
    for key in KEYS:
        matched += same(left, right, key)
        left, right = unmatched(left, matched, 0), unmatched(right, matched, 1)
    return sorted([*matched, *nearest(left, right)], key=lambda pair: pair[0].order)


def unmatched(items: Iterable[Item], matched: Iterable[Pair], side: int) -> list[Item]:
    """The items that are in no pair."""
    ids = {pair[side].id for pair in matched}
    return [item for item in items if item.id not in ids]


def same(old: Iterable[Item], new: Iterable[Item], key: Callable[[Item], Hashable]) -> list[Pair]:
    """Pairs with the same key, in order."""
    waiting: dict[Hashable, deque[Item]] = defaultdict(deque)
    for item in new:
        waiting[key(item)].append(item)
    return [(item, waiting[key(item)].popleft()) for item in old if waiting[key(item)]]


def nearest(old: Iterable[Item], new: Iterable[Item]) -> list[Pair]:
    """Pairs of items of one group that lie near each other, each item with the nearest that is left."""
    groups: dict[Hashable, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((old, new)):
        for item in items:
            groups[item.group][side].append(item)
    near = [
        (far, pair) for sides in groups.values() for pair in product(*sides) if (far := distance(*pair)) is not None
    ]
    found: list[Pair] = []
    taken: set[tuple[int, str]] = set()
    for _, (one, other) in sorted(near, key=lambda each: (each[0], each[1][0].order, each[1][1].order)):
        if not {(0, one.id), (1, other.id)} & taken:
            taken |= {(0, one.id), (1, other.id)}
            found.append((one, other))
    return found


def distance(old: Item, new: Item) -> int | None:
    """How far the edges of two items lie apart, in code points; None if they are not the same thing moved.

    They are if they have one label and overlap, or have one label and the same words less than `NEAR` apart; without
    labels, if they share more than half of what they cover together.
    """
    if not old.place or not new.place or old.labels != new.labels:
        return None
    (start, end), (other_start, other_end) = span(old), span(new)
    far = abs(start - other_start) + abs(end - other_end)
    shared = min(end, other_end) - max(start, other_start)
    together = max(end, other_end) - min(start, other_start)
    if old.labels:
        return far if shared > 0 or (old.text == new.text and far < 2 * NEAR) else None
    return far if 2 * shared > together else None


def span(item: Item) -> tuple[int, int]:
    """From the first to the last code point of an item, in the newer text."""
    return min(start for start, _ in item.place), max(end for _, end in item.place)
