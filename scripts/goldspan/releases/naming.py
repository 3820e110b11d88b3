"""Values that only have another name: labels that were renamed, and groups of the same rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from goldspan.releases.events import Event, Values
from goldspan.releases.schema import gained, lost
from goldspan.releases.sides import Side
from goldspan.releases.terms import TERMS

__all__ = ["Names", "regrouped", "renamed_labels", "without_renamed"]

Names = Mapping[str, Mapping[str, str]]


def renamed_labels(old: Side, new: Side, events: Sequence[Event]) -> dict[str, dict[str, str]]:
    """The new name of labels that are no longer allowed and became another wherever they stood.

    By ``config/column``.
    """
    found = {}
    for name in old.labels:
        names = renamings(value_pairs(events, *name.split("/")))
        gone, come = lost(old, new, name), gained(old, new, name)
        found[name] = {one: other for one, other in names.items() if one in gone and other in come}
    return found


def regrouped(events: Sequence[Event]) -> dict[str, dict[str, str]]:
    """The new name of groups that hold the same rows as before, by ``config/column``."""
    return {
        f"{config}/{column}": renamings(value_pairs(events, config, column))
        for config, terms in TERMS.items()
        for column in terms.names
    }


def without_renamed(event: Event, names: Names) -> Values:
    """What differs by more than a name."""

    def is_name(column: str, old: object, new: object) -> bool:
        name = "documents/zones" if event.config == "zones" else f"{event.config}/{column}"
        return isinstance(old, str) and names.get(name, {}).get(old) == new

    return {column: values for column, values in event.values.items() if not is_name(column, *values)}


def value_pairs(events: Iterable[Event], config: str, column: str) -> Iterator[tuple[str, str]]:
    """The old and the new value of a column of strings in what is in both releases; empty where it is none."""
    config, column = ("zones", "zone") if column == "zones" else (config, column)
    for event in events:
        if event.config == config and event.old and event.new:
            if column == TERMS[config].label:
                yield event.old.label, event.new.label
            else:
                old, new = (item.values.get(column) for item in (event.old, event.new))
                yield old if isinstance(old, str) else "", new if isinstance(new, str) else ""


def renamings(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values that became another one everywhere, and that nothing else became."""
    forth: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)
    for old, new in pairs:
        forth[old].add(new)
        back[new].add(old)
    sole = {old: min(news) for old, news in forth.items() if len(news) == 1}
    return {old: new for old, new in sorted(sole.items()) if old and new and old != new and len(back[new]) == 1}
