"""Values that only have another name: configs and labels that were renamed, and groups of the same rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from goldspan.releases.events import Event, Values
from goldspan.releases.items import Item
from goldspan.releases.schema import gained, lost
from goldspan.releases.sides import Row, Side
from goldspan.tables import LINKS

__all__ = [
    "Names",
    "in_regions",
    "regrouped",
    "renamed_configs",
    "renamed_labels",
    "under_new_names",
    "without_renamed",
]

Names = Mapping[str, Mapping[str, str]]
Strings = tuple[str, ...]

ENDS = ("from_config", "to_config")


def renamed_configs(old: Side, new: Side) -> dict[str, str]:
    """The new name of configs whose further layer is the same control as before."""
    names = {control: name for name, control in new.further.items()}
    return {
        name: names[control]
        for name, control in old.further.items()
        if control in names and name not in new.columns and names[control] not in old.columns and name in old.columns
    }


def under_new_names(side: Side, names: Mapping[str, str]) -> Side:
    """A side with other names of configs, wherever they stand; ids that are made of the old names stay."""

    def in_row(row: Row) -> Row:
        return {**row, **{end: names.get(row[end], row[end]) for end in ENDS}}

    def in_name(name: str) -> str:
        config, _, column = name.partition("/")
        return f"{names.get(config, config)}/{column}"

    rows = {names.get(name, name): each for name, each in side.rows.items()}
    rows |= {"relations": [in_row(row) for row in rows["relations"]]} if "relations" in rows else {}
    return msgspec.structs.replace(
        side,
        rows=rows,
        columns={names.get(name, name): each for name, each in side.columns.items()},
        labels={in_name(name): each for name, each in side.labels.items()},
        further={names.get(name, name): control for name, control in side.further.items()},
    )


def renamed_labels(old: Side, new: Side, events: Sequence[Event]) -> dict[str, dict[str, str]]:
    """The new name of labels that are no longer allowed and became another wherever they stood.

    By ``config/column``.
    """
    found = {}
    for name in old.labels:
        gone, come = lost(old, new, name), gained(old, new, name)
        config, _, column = name.partition("/")
        pairs = value_pairs(events, config, column)
        found[name] = renamings(
            (tuple(one for one in olds if one in gone), tuple(one for one in news if one in come))
            for olds, news in pairs
        )
    return found


def regrouped(events: Sequence[Event]) -> dict[str, dict[str, str]]:
    """The new name of groups that hold the same rows as before, by ``config/column``."""
    grouping = {(event.config, column) for event in events for column in event.terms.names}
    return {f"{config}/{column}": renamings(value_pairs(events, config, column)) for config, column in grouping}


def in_regions(renamed: Names) -> Names:
    """The new names of labels, also by the attributes of annotators' regions, which hold them too."""
    of_regions = {f"annotations/{name.partition('/')[2]}": names for name, names in renamed.items()}
    return {**of_regions, f"annotations/{LINKS}": renamed.get("relations/labels", {}), **renamed}


def without_renamed(event: Event, names: Names) -> Values:
    """What differs by more than a name."""

    def is_name(column: str) -> bool:
        known = names.get("documents/zones" if event.config == "zones" else f"{event.config}/{column}", {})
        old, new = held(event.old, column), held(event.new, column)
        return bool(in_words_of(old, {}) != in_words_of(old, known) == in_words_of(new, {}))

    return {column: values for column, values in event.values.items() if not is_name(column)}


def in_words_of(value: Any, names: Mapping[str, str]) -> Any:
    """A value with newer names in it, in an order that depends on nothing but them."""
    if isinstance(value, list | tuple):
        return sorted((in_words_of(part, names) for part in value), key=repr)
    return names.get(value, value) if isinstance(value, str) else value


def value_pairs(events: Iterable[Event], config: str, column: str) -> Iterator[tuple[Strings, Strings]]:
    """The old and the new strings in a column of what is in both releases."""
    config, column = ("zones", "zone") if column == "zones" else (config, column)
    for event in events:
        if event.config == config and event.is_pair:
            yield strings(held(event.old, column)), strings(held(event.new, column))


def held(item: Item | None, column: str) -> Any:
    """What an item has in a column."""
    if item is None:
        return None
    return item.labels if column == item.terms.label else item.values.get(column)


def strings(value: Any) -> Strings:
    """The strings of a value, one or several; none where it is something else."""
    return tuple(one for one in (value if isinstance(value, list | tuple) else [value]) if isinstance(one, str) and one)


def renamings(pairs: Iterable[tuple[Strings, Strings]]) -> dict[str, str]:
    """The values that became another one everywhere, and that nothing else became."""
    olds: dict[str, list[int]] = defaultdict(list)
    news: dict[str, list[int]] = defaultdict(list)
    for number, both in enumerate(pairs):
        for places, values in zip((olds, news), both, strict=True):
            for value in set(values):
                places[value].append(number)
    before, after = by_places(olds), by_places(news)
    found = {old: after.get(at, ()) for at, (old, *others) in before.items() if not others}
    return {old: new[0] for old, new in sorted(found.items()) if len(new) == 1 and new[0] != old}


def by_places(places: Mapping[str, Sequence[int]]) -> dict[tuple[int, ...], list[str]]:
    """The values that stand at exactly the same places, by these."""
    found: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for value, at in places.items():
        found[tuple(at)].append(value)
    return found
