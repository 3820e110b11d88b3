"""The command ``goldspan explore``."""

from pathlib import Path
from typing import Annotated

import typer

from goldspan.explore.reading import read_contents
from goldspan.faults import printable
from goldspan.options import extra

__all__ = ["explore_command"]


def explore_command(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The folder of a release or of a conversion.")],
    out: Annotated[Path | None, typer.Option(metavar="HTML", help="The page to write.")] = None,
    figures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write its figures there, as SVG and PNG.")
    ] = None,
) -> None:
    """A release or converted folder as one HTML page that needs no network: articles, claims, contradictions."""
    if not target.is_dir():
        raise typer.BadParameter(f"there is no folder {target}")
    if out is None and figures is None:
        raise typer.BadParameter("name a page (--out), a folder for figures (--figures), or both")
    if (out is not None and out.is_dir()) or (figures is not None and figures.is_file()):
        raise typer.BadParameter("--out is a file, --figures a folder")
    with extra("explore"):
        from goldspan.explore.explorer import write_figures, write_page  # noqa: PLC0415 - an extra
    contents = read_contents(target)
    if figures is not None:
        for name in write_figures(contents, figures):
            typer.echo(printable(str(figures / name), 1000), err=True)
    if out is not None:
        size = write_page(contents, out)
        typer.echo(f"{printable(str(out), 1000)}: {size / 1000:,.0f} kB", err=True)
