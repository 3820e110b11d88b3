"""The command ``goldspan build``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from goldspan.build import Built, build, check_build, write_build
from goldspan.faults import printable
from goldspan.hydrate.withhold import withhold
from goldspan.manifest import Counted
from goldspan.options import HERE, CorpusOption, show_findings
from goldspan.words import counted

__all__ = ["build_command"]


def build_command(
    corpus: CorpusOption = HERE,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write here, not to the release folder.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where the release on disk differs.")
    ] = False,
    withhold_text: Annotated[
        bool, typer.Option("--withhold-text", help="Leave the articles' text out; goldspan hydrate puts it back.")
    ] = False,
) -> None:
    """Raw articles and exports -> release."""
    built = withhold(build(corpus)) if withhold_text else build(corpus)
    show_findings(built.warnings)
    if check:
        check_build(built, out)
        typer.echo(f"{printable(built.corpus.name)} {built.corpus.version} is what its inputs give", err=True)
    else:
        folder = write_build(built, out)
        typer.echo(f"{printable(built.corpus.name)} {built.corpus.version} is built in {folder}", err=True)
    show_rows(built)
    for line in said(built.counted):
        typer.echo(line, err=True)


def said(found: Counted) -> Iterator[str]:
    """What was left out and what was settled by rule, in words."""
    if found.left_out:
        for layer, regions in found.left_out.regions.items():
            stay = "stays" if regions == 1 else "stay"
            shown = f"{counted(regions, 'region')} of {printable(layer)}"
            yield f"left out of the tables: {shown}, which {stay} in annotations"
        if found.left_out.relations:
            yield f"left out of the tables: {counted(found.left_out.relations, 'relation')} with such regions"
    if found.adjudication:
        conflicts = counted(found.adjudication.conflicts, "conflict")
        yield f"settled by {printable(found.adjudication.pick)}: {conflicts}"


def show_rows(built: Built) -> None:
    """Each config with its rows, on stdout."""
    table = Table("config", "rows", box=None, pad_edge=False)
    for name, contents in built.tables.items():
        table.add_row(name, str(contents.num_rows))
    Console().print(table)
