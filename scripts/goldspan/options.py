"""What the commands share: options, findings on stderr, and what to say where an extra is not installed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from goldspan.faults import Finding

__all__ = ["HERE", "WARNINGS", "CorpusOption", "OnError", "accepted_count", "extra", "open_findings", "show_findings"]

HERE = Path()
WARNINGS = 20  # of a code that are shown where there may be very many


class OnError(StrEnum):
    """What to do with what is wrong."""

    stop = "stop"
    skip = "skip"


CorpusOption = Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The corpus folder.")]


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Imports that need an extra of the package; without it the call is wrong."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise typer.BadParameter(f"install goldspan[{name}] for this command") from error


def show_findings(
    findings: Iterable[Finding], *, warnings: int | None = None, unshown: Mapping[str, int] | None = None
) -> None:
    """Findings on stderr; of those that the corpus accepts only how many there are.

    Of each code only so many ``warnings`` are shown, if that is given, and how many more there are; with those that are
    ``unshown`` already, by code.
    """
    found = list(findings)
    counts, more = Counter[str](), Counter(unshown or {})
    for finding in open_findings(found):
        counts[finding.code] += 1
        if finding.is_error or warnings is None or counts[finding.code] <= warnings:
            typer.echo(str(finding), err=True)
        else:
            more[finding.code] += 1
    for code, count in sorted(more.items()):
        typer.echo(f"and {count} more {code}", err=True)
    if counted := accepted_count(found):
        typer.echo(counted, err=True)


def open_findings(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that the corpus does not accept."""
    return [finding for finding in findings if not finding.accepted]


def accepted_count(findings: Iterable[Finding]) -> str:
    """How many findings the corpus accepts, in words; empty if none."""
    count = sum(bool(finding.accepted) for finding in findings)
    return f"{count} finding{'s' if count > 1 else ''} accepted in corpus.toml" if count else ""
