"""Two releases -> what changed, in the annotations' own terms.

Ids that only follow from places, hashes, versions of tools and the order of rows are no changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import partial
from typing import Any

import msgspec

from goldspan.releases.changes import Change
from goldspan.releases.events import PLACE, Event, compare
from goldspan.releases.naming import (
    Names,
    in_regions,
    regrouped,
    renamed_configs,
    renamed_labels,
    under_new_names,
    without_renamed,
)
from goldspan.releases.schema import config_changes, schema_changes
from goldspan.releases.sides import Side

__all__ = ["diff"]


def diff(old: Side, new: Side) -> list[Change]:
    """Every change from one release to another: of the corpus, then article by article, in the order of the text.

    What stands in a document that was added or withdrawn is counted with it. A column that follows from others, or a
    row that is derived, is told only where nothing else in its articles changed.
    """
    configs = renamed_configs(old, new)
    old = under_new_names(old, configs)
    events = compare(old, new)
    ranks = {config: rank for rank, config in enumerate(dict.fromkeys(event.config for event in events))}
    renamed = renamed_labels(old, new, events)
    names = in_regions(renamed)
    whole = {event.item.id for event in events if event.config == "documents" and not event.is_pair}
    groups = regrouped(events)
    inside = [cleared(event, groups) for event in events if not whole & set(event.item.articles)]
    told = [
        *whole_documents(events, whole),
        *(cleared(event, names) for event in inside if not event.terms.is_derived),
        *untold(inside),
    ]
    ordered = sorted((event for event in told if event.is_new), key=partial(order, ranks))
    return [*config_changes(configs), *schema_changes(old, new, renamed), *map(change_of, ordered)]


def cleared(event: Event, names: Names) -> Event:
    """The event without what differs by no more than a name."""
    return msgspec.structs.replace(event, values=without_renamed(event, names))


def whole_documents(events: Iterable[Event], whole: Set[str]) -> Iterator[Event]:
    """Documents that were added or withdrawn, each with the number of other items that came or went with it."""
    counts: dict[str, Counter[str]] = {doc_id: Counter() for doc_id in whole}
    for event in events:
        for doc_id in whole & set(event.item.articles) if event.config != "documents" else ():
            counts[doc_id] += Counter() if event.terms.is_derived else Counter([event.terms.item])
    for event in events:
        if event.config == "documents" and event.item.id in whole:
            of = counts[event.item.id]
            yield msgspec.structs.replace(
                event, values={item: (0, number) if event.new else (number, 0) for item, number in of.items()}
            )


def untold(events: Iterable[Event]) -> Iterator[Event]:
    """What is derived or follows from other columns and changed though nothing else in its articles did."""
    events = list(events)
    told = {
        article for event in events if event.is_new and not event.terms.is_derived for article in event.item.articles
    }
    for event in events:
        if not told & set(event.item.articles):
            yield event if event.terms.is_derived else msgspec.structs.replace(event, values=event.follows)


def order(ranks: Mapping[str, int], event: Event) -> tuple[Any, ...]:
    """What events are sorted by; ``ranks`` is the order of configs."""
    item = event.item
    return item.articles, ranks[event.config], item.place or item.extents, item.id, event.old is None


def change_of(event: Event) -> Change:
    """An event as a change."""
    item, old, new = event.item, event.old, event.new
    values = {name: both for name, both in event.values.items() if name != PLACE}
    if old and new and PLACE in event.values and old.text != new.text:
        values = {"text": (old.text, new.text), **values}
    return Change(
        item=event.terms.item,
        what=what_of(event),
        articles=item.articles,
        id=item.id,
        label=item.label,
        text=item.text,
        by=item.group[1] if event.config == "annotations" else "",
        old=old.extents if old and (not new or PLACE in event.values) else (),
        new=new.extents if new else (),
        values=values,
    )


def what_of(event: Event) -> str:
    """What became of an item, in a word."""
    if event.new is None:
        return "withdrawn" if event.config == "documents" else "removed"
    if event.old is None:
        return "added"
    if event.terms.label in event.values:
        return "relabelled"
    if PLACE in event.values:
        return "moved"
    return "relinked" if all(name.endswith(("_id", "_ids")) for name in event.values) else "changed"
