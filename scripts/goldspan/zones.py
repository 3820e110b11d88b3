"""Zones proposed by a corpus's own rules: each paragraph gets the zone of the first rule that fits."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from goldspan.corpus import ZoneRule
from goldspan.records import Zone
from goldspan.tokens import trimmed

__all__ = ["Rules", "propose_zones"]


class Rules(Struct, frozen=True):
    """A corpus's rules in the order in which they are tried, and the zone of what none of them takes."""

    rules: Sequence[ZoneRule]
    default: str


def propose_zones(text: str, rules: Rules) -> list[Zone]:
    """The zones of a text: every character that is not white space lies in exactly one; runs of one kind are one zone.

    A rule's pattern must match a whole line, or what other rules left of it; the group ``zone``, where it has one, is
    all that it takes.
    """
    zones: list[Zone] = []
    at = 0
    for line in text.split("\n"):
        for zone in split(text, (at, at + len(line)), rules, zones[-1].zone if zones else None):
            if zones and zones[-1].zone == zone.zone:
                zones[-1] = Zone(zones[-1].start, zone.end, zone.zone)
            else:
                zones.append(zone)
        at += len(line) + 1
    return zones


def split(text: str, extent: tuple[int, int], rules: Rules, before: str | None) -> Iterator[Zone]:
    """The zones of one line, in text order. What a rule leaves to either side is split in turn."""
    pending: list[tuple[int, int] | Zone] = [extent]
    while pending:
        part = pending.pop()
        if isinstance(part, Zone):
            before = part.zone
            yield part
            continue
        start, end = trimmed(text, *part)
        found = next((found for rule in rules.rules if (found := match(text, start, end, rule, before))), None)
        if found:
            pending += [(found.end, end), found, (start, found.start)]
        elif start < end:
            pending.append(Zone(start, end, rules.default))


def match(text: str, start: int, end: int, rule: ZoneRule, before: str | None) -> Zone | None:
    """What a rule takes of ``text[start:end]``, without the white space at its edges; None if it does not fit."""
    found = re.fullmatch(rule.pattern, text[start:end]) if rule.after in (None, before) else None
    if found is None:
        return None
    left, right = found.span("zone") if found.groupdict().get("zone") else found.span()
    left, right = trimmed(text, start + left, start + right)
    return Zone(left, right, rule.zone) if left < right else None
