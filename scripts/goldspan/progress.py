"""How long work shows how far it is: a bar on a terminal, nothing in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Show", "silent", "terminal_progress"]


class Show(Protocol):
    """Says what is being done, and how much of it is done where that is known."""

    def __call__(self, what: str, done: int = 0, of: int | None = None) -> None:
        """Show a step."""


def silent(what: str, done: int = 0, of: int | None = None) -> None:
    """Show nothing."""


@contextmanager
def terminal_progress() -> Iterator[Show]:
    """Progress on stderr if that is a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe needs none of it
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=None)

        def show(what: str, done: int = 0, of: int | None = None) -> None:
            progress.update(bar, description=escape(what), completed=done, total=of)

        yield show
