"""What the commands share: options, findings on stderr, and what to say where an extra is not installed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from goldspan.faults import Finding

__all__ = ["HERE", "CorpusOption", "extra", "show_findings"]

HERE = Path()
CorpusOption = Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The corpus folder.")]


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Imports that need an extra of the package; without it the call is wrong."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise typer.BadParameter(f"install goldspan[{name}] for this command") from error


def show_findings(findings: Iterable[Finding]) -> None:
    """Findings on stderr."""
    for finding in findings:
        typer.echo(str(finding), err=True)
