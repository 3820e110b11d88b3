"""The command ``goldspan figures``."""

import typer

from goldspan.faults import printable
from goldspan.options import HERE, CorpusOption, extra

__all__ = ["figures_command"]


def figures_command(corpus: CorpusOption = HERE) -> None:
    """Draw the figures that the card asks for, and keep them, so that goldspan build takes them into the release."""
    with extra("explore"):
        from goldspan.explore.keeping import keep_figures  # noqa: PLC0415 - an extra
    for path in keep_figures(corpus):
        typer.echo(printable(str(path), 1000), err=True)
