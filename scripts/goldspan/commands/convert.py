"""The command ``goldspan convert``."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from goldspan.commands.picking import PickOption
from goldspan.commands.projects import prefixes_of
from goldspan.commands.texts import TextsOption, text_folders
from goldspan.convert.columns import run_lean
from goldspan.convert.conversion import Converted, convert
from goldspan.convert.workers import Engine
from goldspan.options import OnError, extra, show_findings
from goldspan.progress import terminal_progress
from goldspan.records import Unit
from goldspan.remote import shown

__all__ = ["convert_command"]

APART = {
    "elsewhere": "in other texts",
    "prediction ids": "without the prediction itself",
    "their relations": "between predicted spans",
}


def convert_command(
    exports: Annotated[
        list[str], typer.Argument(metavar="EXPORT...", help="JSON exports: arrays, JSONL, or one file an annotation.")
    ],
    config: Annotated[
        list[str],
        typer.Option(metavar="XML", help="The labeling config of the project; of several, one for each export."),
    ],
    out: Annotated[str, typer.Option(metavar="DIR", help="The folder to write, new or of an earlier conversion.")],
    on_error: Annotated[
        OnError, typer.Option("--on-error", help="What is wrong stops it all, or is left out and written down.")
    ] = OnError.stop,
    offsets: Annotated[
        Unit, typer.Option("--offsets", help="What offsets count, or by evidence for each document.")
    ] = Unit.auto,
    texts: TextsOption = None,
    prefix: Annotated[
        list[str] | None,
        typer.Option(metavar="PREFIX", help="What ids begin with: file, one for all, or one for each export."),
    ] = None,
    bio: Annotated[
        str | None, typer.Option("--bio", metavar="CONTROL", help="Tag tokens by the spans of a layer, too.")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="JSON", help="Tag the sub-words of a Hugging Face tokenizer.json instead.")
    ] = None,
    pick: PickOption = None,
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Write a table of what models predicted, too.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="How many processes share the work, each on one processor; by default one, which writes on a second.",
        ),
    ] = None,
    shards: Annotated[
        int | None, typer.Option(min=1, max=99_999, help="How many parts the work has; one a worker by default.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Where the work is done: on this machine or on a cluster.")] = (
        Engine.local
    ),
    sbatch: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A setting of Slurm's jobs; partition is needed.")
    ] = None,
) -> None:
    """Any Label Studio export of text -> four tables, without loss: documents, annotations, spans, relations.

    Exports, config and DIR are paths, or URLs such as s3://bucket/name.
    """
    if tokenizer is not None and bio is None:
        raise typer.BadParameter("--tokenizer goes with --bio")
    if pick is not None and bio is None:
        raise typer.BadParameter("--pick goes with --bio; the four tables have every annotation")
    if len(config) not in (1, len(exports)):
        raise typer.BadParameter(f"{len(config)} of --config for {len(exports)} exports: give one, or one for each")
    prefixes = prefixes_of(prefix or (), exports)
    settings = sbatch_settings(sbatch or (), engine)
    if engine is Engine.local:
        run_lean()
    with terminal_progress() as show, extra("tokenizers" if engine is Engine.local else engine):
        converted = convert(
            exports,
            config,
            out,
            prefixes=prefixes,
            skip=on_error is OnError.skip,
            offsets=offsets,
            folders=text_folders(texts or ()),
            bio=bio,
            tokenizer=tokenizer,
            pick=pick,
            predictions=predictions,
            workers=workers,
            shards=shards,
            engine=engine,
            sbatch=settings,
            show=show,
        )
    show_findings(converted.findings, unshown=converted.unshown)
    if any(finding.is_error for finding in converted.findings):
        typer.echo(f"all that was left out stands in {shown(out)}/rejects.jsonl", err=True)
    show_converted(converted)


def sbatch_settings(settings: Iterable[str], engine: Engine) -> dict[str, str]:
    """The settings of Slurm's jobs by name, such as a line of a job's file can hold."""
    found = dict(setting.partition("=")[::2] for setting in settings)
    if (engine is Engine.slurm) != ("partition" in found) or (found and engine is not Engine.slurm):
        raise typer.BadParameter("--engine slurm goes with --sbatch partition=NAME")
    if not all(re.fullmatch(r"[\w-]+", name) and value.isprintable() for name, value in found.items()):
        raise typer.BadParameter("--sbatch wants KEY=VALUE")
    return found


def show_converted(converted: Converted) -> None:
    """What became of all that was read, on stdout."""
    typer.echo(f"{'':12}{'read':>10}{'written':>10}{'merged':>10}{'left out':>10}")
    for name, one in converted.counts.items():
        typer.echo(f"{name:12}{one.read:10}{one.written:10}{one.merged:10}{one.rejected:10}")
    for name, count in converted.apart.items():
        typer.echo(f"{name:15}{count:7}  {APART.get(name, 'no annotations')}")
    for name, rows in converted.rows.items():
        typer.echo(f"{name:16} {rows:8} rows" + ("" if rows else ", so it has no config"))
    for why, spans in converted.untagged.items():
        typer.echo(f"{'not tagged':16} {spans:8} {why}")
