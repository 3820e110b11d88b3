"""Findings -> what is shown of them: those that are asked for, as text, JSON or workflow commands of GitHub."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from goldspan.faults import FAULTS, Finding, printable_json

__all__ = ["as_github", "as_json", "as_text", "chosen", "prefixes"]


def prefixes(given: Iterable[str]) -> tuple[str, ...]:
    """Codes, or what they begin with, from options in which commas may part them.

    Raises:
        ValueError: no code begins so; it names what was given.
    """
    found = tuple(prefix.strip() for each in given for prefix in each.split(","))
    for prefix in found:
        if not prefix or not any(code.startswith(prefix) for code in FAULTS):
            raise ValueError(f"no code that is found here begins with {prefix!r}")
    return found


def chosen(findings: Iterable[Finding], select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> list[Finding]:
    """The findings whose codes begin with one of ``select`` (all, if there is none) and with none of ``ignore``."""
    return [one for one in findings if one.code.startswith(select or ("",)) and not one.code.startswith(ignore)]


def as_text(findings: Iterable[Finding], target: str) -> Iterator[str]:
    """Each finding with its place and remedy, then how many there are of each code, and in all."""
    found = list(findings)
    yield from map(str, found)
    counts = Counter(one.code for one in found)
    yield from (f"{code} {count:6}  {FAULTS[code].message}" for code, count in sorted(counts.items()))
    errors = sum(one.is_error for one in found)
    yield f"{target}: {errors} errors, {len(found) - errors} warnings"


def as_json(findings: Iterable[Finding]) -> str:
    """An array of objects with the fields of `Finding` that are not empty, and the severity."""
    rows = [{"severity": one.severity, **msgspec.to_builtins(one)} for one in findings]
    return printable_json(rows)


def as_github(findings: Iterable[Finding]) -> Iterator[str]:
    """A workflow command for each finding, by which GitHub shows it beside its file."""
    for one in findings:
        properties = {"file": one.file, "title": f"{one.code} {FAULTS[one.code].message}"}
        shown = ",".join(f"{name}={in_property(value)}" for name, value in properties.items() if value)
        yield f"::{one.severity} {shown}::{in_message(str(one))}"


def in_message(text: str) -> str:
    """Text as it can stand in the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """Text as it can stand in a property of a workflow command."""
    return in_message(text).replace(":", "%3A").replace(",", "%2C")
