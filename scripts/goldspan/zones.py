"""Zones proposed by a corpus's own rules: each paragraph gets the zone of the first rule that fits."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from goldspan.corpus import ZoneRule
from goldspan.records import Zone

__all__ = ["Rules", "propose_zones"]

PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")


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
    for paragraph in PARAGRAPH.finditer(text):
        before = zones[-1].zone if zones else None
        for zone in split(text, paragraph.span(), rules, before):
            if zones and zones[-1].zone == zone.zone:
                zones[-1] = Zone(zones[-1].start, zone.end, zone.zone)
            else:
                zones.append(zone)
    return zones


def split(text: str, extent: tuple[int, int], rules: Rules, before: str | None) -> Iterator[Zone]:
    """The zones of one stretch, in text order. What a rule leaves to either side is split in turn."""
    start, end = trim(text, *extent)
    if start == end:
        return
    for rule in rules.rules:
        match = re.fullmatch(rule.pattern, text[start:end])
        if match and rule.after in (None, before):
            taken = match.span("zone") if match.groupdict().get("zone") else match.span()
            left, right = start + taken[0], start + taken[1]
            if left < right:
                yield from split(text, (start, left), rules, before)
                yield Zone(*trim(text, left, right), rule.zone)
                yield from split(text, (right, end), rules, rule.zone)
                return
    yield Zone(start, end, rules.default)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """An extent without the white space at its edges."""
    part = text[start:end]
    begin = start + len(part) - len(part.lstrip())
    return begin, max(begin, start + len(part.rstrip()))
