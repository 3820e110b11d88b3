"""The command ``goldspan load``."""

from pathlib import Path
from typing import Annotated

import typer

from goldspan.faults import printable
from goldspan.options import extra

__all__ = ["load_command"]


def load_command(
    release: Annotated[Path, typer.Argument(metavar="RELEASE", help="The folder of a release.")] = Path(
        "dataset/release"
    ),
) -> None:
    """Load every config of a release with datasets, and print what was loaded."""
    with extra("datasets"):
        from goldspan.loading import load_all  # noqa: PLC0415 - an extra
    for name, loaded in load_all(release):
        typer.echo(f"{name:16} {loaded.num_rows:6} rows  {printable(', '.join(loaded.column_names), 2000)}")
