"""What the commands share: options, findings on stderr, and what to say where an extra is not installed."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from goldspan.faults import Finding
from goldspan.report import as_lines
from goldspan.words import counted

__all__ = ["HERE", "CorpusOption", "OnError", "accepted_count", "extra", "open_findings", "show_findings"]

HERE = Path()


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


def show_findings(findings: Iterable[Finding], *, unshown: Mapping[str, int] | None = None) -> None:
    """Findings on stderr; of those that the corpus accepts only how many there are.

    Of each code only the first are shown, and how many more there are (see `as_lines`), with those that are ``unshown``
    already, by code.
    """
    found = list(findings)
    for line in as_lines(open_findings(found), unshown):
        typer.echo(line, err=True)
    if accepted := accepted_count(found):
        typer.echo(accepted, err=True)


def open_findings(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that the corpus does not accept."""
    return [finding for finding in findings if not finding.accepted]


def accepted_count(findings: Iterable[Finding]) -> str:
    """How many findings the corpus accepts, in words; empty if none."""
    count = sum(bool(finding.accepted) for finding in findings)
    return f"{counted(count, 'finding')} accepted in corpus.toml" if count else ""
