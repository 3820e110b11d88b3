"""What the commands share: options, findings on stderr, and what to say where an extra is not installed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from goldspan.faults import Finding

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


def show_findings(findings: Iterable[Finding]) -> None:
    """Findings on stderr; of those that the corpus accepts only how many there are."""
    found = list(findings)
    for finding in open_findings(found):
        typer.echo(str(finding), err=True)
    if counted := accepted_count(found):
        typer.echo(counted, err=True)


def open_findings(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that the corpus does not accept."""
    return [finding for finding in findings if not finding.accepted]


def accepted_count(findings: Iterable[Finding]) -> str:
    """How many findings the corpus accepts, in words; empty if none."""
    count = sum(bool(finding.accepted) for finding in findings)
    return f"{count} finding{'s' if count > 1 else ''} accepted in corpus.toml" if count else ""
