"""The command ``goldspan export``."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from goldspan.commands.picking import PickOption
from goldspan.formats.export import Format, export
from goldspan.options import extra, show_findings

__all__ = ["export_command"]


class Scheme(StrEnum):
    """How CoNLL's tags say where a span ends."""

    bio = "BIO"
    bilou = "BILOU"


def export_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="A release, or what goldspan convert wrote.", exists=True, file_okay=False
        ),
    ],
    format_: Annotated[Format, typer.Option("--format", help="The format.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write, new or of an earlier export.")],
    layer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this layer; the first named is that of entities.")
    ] = None,
    scheme: Annotated[Scheme, typer.Option(help="The scheme of CoNLL's tags.")] = Scheme.bio,
    language: Annotated[str, typer.Option(metavar="CODE", help="By whose rules sentences end.")] = "en",
    config: Annotated[
        Path | None,
        typer.Option(metavar="XML", help="The labeling config of a converted folder, which says what are choices."),
    ] = None,
    pick: PickOption = None,
) -> None:
    """A release or a converted folder -> the format of another tool; what that cannot hold is said and counted."""
    with extra("formats"):
        exported = export(
            source, format_, out, layers=layer or (), scheme=scheme, language=language, config=config, pick=pick
        )
    show_findings(exported.findings)
    figures = {**msgspec.to_builtins(exported.summary), "files": len(exported.summary.files)}
    typer.echo(json.dumps(figures, ensure_ascii=False, indent=1))
