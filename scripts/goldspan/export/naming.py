"""Names for new exports: each sorts behind those before it, since exports add up in the order of their names."""

import re
from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase

from goldspan.faults import fault

__all__ = ["after", "export_name"]

NO_NAME = fault(
    "E822",
    "No name for a new export fits a pattern in corpus.toml and sorts behind the exports that are there",
    'End a pattern in a star, as in exports = ["articles-*"], or give the last export another name.',
)
DATED = re.compile(r"(?P<stem>.*\d{4}-\d\d-\d\d)(?P<letters>[b-z]*)")


def export_name(patterns: Sequence[str], today: date, known: Sequence[str]) -> str:
    """A name with a date that a pattern takes and that sorts behind all names known: exports add up in that order.

    The second of a day ends in b, the third in c; if the clock has gone back, the date is that of the last export.

    Raises:
        DataError: there is no such name (E822).
    """
    last = max((name.removesuffix(".json") for name in known), default="")
    dated = DATED.fullmatch(last)
    stems = [f"{pattern.removesuffix('*') or 'pulled-'}{today}" for pattern in patterns if pattern.endswith("*")]
    stems += (
        [f"{dated['stem']}{after(dated['letters'])}"] if dated else [f"{last}_{today}"]
    )  # "_" sorts behind the "." of ".json"
    for stem in stems:
        if f"{stem}.json" > f"{last}.json" and any(fnmatchcase(stem, pattern) for pattern in patterns):
            return f"{stem}.json"
    raise NO_NAME.error(f"the last one is {last}.json" if last else "")


def after(letters: str) -> str:
    """What follows on nothing, b, c … z, zb … so that each sorts behind those before it."""
    return f"{letters}b" if letters[-1:] in ("", "z") else f"{letters[:-1]}{chr(ord(letters[-1]) + 1)}"
