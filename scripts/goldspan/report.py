"""Findings -> what is shown of them: those that are asked for, as text, JSON or workflow commands of GitHub."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from goldspan.faults import FAULTS, Finding, printable_json
from goldspan.words import counted

__all__ = ["as_github", "as_json", "as_lines", "as_text", "chosen", "prefixes", "totals"]

MOST = {"warning": 20, "error": 1000}  # of a code that are shown to a person; JSON has all


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


def first_of_each(findings: Iterable[Finding]) -> tuple[list[Finding], Counter[str]]:
    """The findings that are shown, at most so many of a code as `MOST` says, and how many more there are of each."""
    first, counts, more = [], Counter[str](), Counter[str]()
    for finding in findings:
        counts[finding.code] += 1
        if counts[finding.code] <= MOST[finding.severity]:
            first.append(finding)
        else:
            more[finding.code] += 1
    return first, more


def and_more(more: Mapping[str, int]) -> Iterator[str]:
    """How many findings of each code are not shown."""
    return (f"and {count} more {code}" for code, count in sorted(more.items()))


def as_lines(findings: Iterable[Finding], unshown: Mapping[str, int] | None = None) -> Iterator[str]:
    """The first findings of each code with place and remedy, then how many more there are, with those ``unshown``."""
    first, more = first_of_each(findings)
    yield from map(str, first)
    yield from and_more(more + Counter(unshown or {}))


def as_text(findings: Iterable[Finding], target: str) -> Iterator[str]:
    """The first findings of each code with place and remedy, then how many there are of each code, and in all."""
    found = list(findings)
    yield from as_lines(found)
    counts = Counter(one.code for one in found)
    yield from (f"{code} {count:6}  {FAULTS[code].message}" for code, count in sorted(counts.items()))
    yield f"{target}: {totals(found)}"


def totals(findings: Iterable[Finding]) -> str:
    """How many errors and warnings there are, in words."""
    counts = Counter(one.severity for one in findings)
    return ", ".join(counted(counts[severity], severity) for severity in ("error", "warning"))


def as_json(findings: Iterable[Finding]) -> str:
    """An array of objects with the fields of `Finding` that are not empty, and the severity."""
    rows = [{"severity": one.severity, **msgspec.to_builtins(one)} for one in findings]
    return printable_json(rows)


def as_github(findings: Iterable[Finding]) -> Iterator[str]:
    """A workflow command for the first findings of each code, by which GitHub shows them; then how many more."""
    first, more = first_of_each(findings)
    for one in first:
        properties = {"file": one.file, "title": f"{one.code} {FAULTS[one.code].message}"}
        shown = ",".join(f"{name}={in_property(value)}" for name, value in properties.items() if value)
        yield f"::{one.severity} {shown}::{in_message(str(one))}"
    yield from (f"::notice::{line}" for line in and_more(more))


def in_message(text: str) -> str:
    """Text as it can stand in the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """Text as it can stand in a property of a workflow command."""
    return in_message(text).replace(":", "%3A").replace(",", "%2C")
