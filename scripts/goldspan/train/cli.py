"""The command ``goldspan train``."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from goldspan.faults import printable, printable_json
from goldspan.options import extra, show_findings
from goldspan.progress import terminal_progress
from goldspan.scores import BASELINES, Score, article_rows, fold_rows
from goldspan.train.examples import LAYER_TASKS, Task
from goldspan.train.models import KINDS, Setup, kind_of

__all__ = ["train_command"]


class Form(StrEnum):
    """How scores are shown."""

    text = "text"
    json = "json"


def train_command(
    task: Annotated[Task, typer.Argument(help="What to learn.")],
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="A release; for ner and documents also a converted folder.",
            exists=True,
            file_okay=False,
        ),
    ] = Path("dataset/release"),
    layer: Annotated[
        str, typer.Option(metavar="CONFIG", help="For spans and attributes: the layer, by its config in the release.")
    ] = "",
    config: Annotated[
        Path | None, typer.Option(metavar="XML", help="For documents of a converted folder: its labeling config.")
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="light, or the path or Hub id of an encoder to fine-tune.")
    ] = "light",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save the model there, trained on everything.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="How often an encoder reads everything.")] = None,
    rate: Annotated[float | None, typer.Option(help="An encoder's highest learning rate, up to 1.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="What chance begins with.")] = 0,
    folds: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="So many folds, not one for each story group.")
    ] = None,
    by_time: Annotated[
        bool, typer.Option("--by-time", help="Learn only from what is older than what is tested.")
    ] = False,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="By whose rules sentences end; without it, the card's.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the model is called; without it, the end of MODEL.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="JSON", help="Keep the scores there for the card, beside those of others.")
    ] = None,
    format_: Annotated[Form, typer.Option("--format", help="How scores are shown.")] = Form.text,
) -> None:
    """Train a model on each fold and score it beside baselines; then train it on everything and save it."""
    if keep is not None and keep.is_dir():
        raise typer.BadParameter(f"{keep} is a folder")
    if bool(layer) != (task in LAYER_TASKS):
        raise typer.BadParameter(f"{task} is for {'no one layer' if layer else 'one layer: --layer CONFIG'}")
    kind = kind_of(model)
    called = called_by(name, model, kind)
    if rate is not None and not 0 < rate <= 1:
        raise typer.BadParameter(f"a rate is above 0 and at most 1, not {rate}")
    if kind == "light" and (epochs, rate) != (None, None):
        raise typer.BadParameter("--epochs and --rate are for an encoder: --model ENCODER")
    with extra("train"):
        from goldspan.train.train import Asked, train  # noqa: PLC0415 - an extra
    with terminal_progress() as show, extra(KINDS[kind][1]):
        setup = Setup(seed, None if kind == "light" else model, epochs, rate, show)
        trained = train(
            source,
            Asked(task, model, called, folds, by_time, language, layer, config),
            setup,
            out,
            keep,
        )
    show_findings(trained.findings)
    if format_ is Form.json:
        typer.echo(printable_json(msgspec.to_builtins(trained.scores)))
    else:
        show_scores(trained.scores)
    if out is not None:
        typer.echo(printable(str(out), 1000), err=True)


def called_by(name: str | None, model: str, kind: str) -> str:
    """What a model is called, which must not be the name of what it is held against."""
    called = model.rstrip("/").split("/")[-1] if name is None else name
    if not called or called in BASELINES or (called == "light" != kind):
        raise typer.BadParameter(f"a model cannot be called {called!r}: --name NAME")
    return called


def show_scores(scores: list[Score]) -> None:
    """Two tables on stdout: every fold, then every article."""
    for head, rows in (fold_rows(scores, whole=True), article_rows(scores)):
        table = Table(*head, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))  # a name may look like markup
        Console(width=None if sys.stdout.isatty() else 200).print(table)
        typer.echo()
