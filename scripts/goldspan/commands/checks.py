"""The command ``goldspan checks``."""

import typer

from goldspan.checks.page import checks_page
from goldspan.options import extra

__all__ = ["checks_command"]


def checks_command() -> None:
    """Every code with what it says and how to mend it, as a Markdown page."""
    with extra("dev"):
        typer.echo(checks_page(), nl=False)
