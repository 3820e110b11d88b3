"""The command ``goldspan agreement``."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from goldspan.agreed import agreement_json
from goldspan.build import compare
from goldspan.decisions import Conflict, Decider, decision_rows
from goldspan.faults import printable, printable_json, stop_on_errors
from goldspan.inputs import read_inputs
from goldspan.options import HERE, CorpusOption, extra
from goldspan.records import Measured
from goldspan.store import replace_file
from goldspan.words import counted

__all__ = ["agreement_command"]


class Format(StrEnum):
    """How findings are shown."""

    text = "text"
    json = "json"


def agreement_command(
    corpus: CorpusOption = HERE,
    format_: Annotated[Format, typer.Option("--format", help="How figures and disagreements are shown.")] = Format.text,
    write: Annotated[
        bool, typer.Option("--write", help="Keep the figures for the card; with --undecided, add the rows to the file.")
    ] = False,
    undecided: Annotated[
        bool, typer.Option("--undecided", help="Only rows for the decisions that are missing.")
    ] = False,
) -> None:
    """How far annotators agree, layer by layer, and every place where they do not."""
    inputs = read_inputs(corpus)
    stop_on_errors(inputs.findings)
    decider = Decider(inputs.decisions)
    judgements = compare(inputs, decider)
    if undecided:
        add_rows = write_rows_to_fill if write else show_rows_to_fill
        add_rows(decider.undecided, inputs.corpus.path("decisions"))
        return
    with extra("agreement"):
        from goldspan.agreement import measure_inputs  # noqa: PLC0415 - an extra
    measures = measure_inputs(inputs, judgements)
    if write:
        replace_file(inputs.corpus.path("agreement"), agreement_json(inputs, judgements, measures))
    show_agreement(measures, decider.conflicts, format_)


def write_rows_to_fill(conflicts: list[Conflict], decisions: Path) -> None:
    """Rows for decisions, below those that the file has."""
    kept = decisions.read_bytes() if has_rows(decisions) else b""
    kept += b"\n" if kept and not kept.endswith(b"\n") else b""
    replace_file(decisions, kept + decision_rows(conflicts, header=not kept).encode())
    typer.echo(f"{counted(len(conflicts), 'row')} to fill in, at the end of {decisions}", err=True)


def has_rows(decisions: Path) -> bool:
    """True if there is a file of decisions that is not empty; the shell has emptied it where stdout goes into it."""
    return decisions.exists() and bool(decisions.read_bytes().strip())


def show_rows_to_fill(conflicts: list[Conflict], decisions: Path) -> None:
    """Rows for decisions, on stdout, with a header if the file has none to which they could be added.

    To the letter, but on a terminal with what it would act on escaped.
    """
    rows = decision_rows(conflicts, header=not has_rows(decisions))
    if sys.stdout.isatty():
        rows = "".join(f"{printable(row, len(row))}\n" for row in rows.splitlines())
    typer.echo(rows, nl=False)


def show_agreement(measures: list[Measured], conflicts: list[Conflict], format_: Format) -> None:
    """Figures and disagreements, on stdout."""
    if format_ is Format.json:
        shown = [msgspec.structs.replace(conflict, about=()) for conflict in conflicts]  # the name says it, too
        contents = {"measures": measures, "disagreements": shown}
        typer.echo(printable_json(msgspec.to_builtins(contents)))
        return
    table = Table("layer", "of", "measure", "value", "items", "", box=None, pad_edge=False)
    for one in measures:
        value = "undefined" if one.value is None else f"{one.value:.3f}"
        cells = one.layer, one.of, one.measure, value, str(one.items), one.undefined
        table.add_row(*(Text(printable(cell)) for cell in cells))  # a name may look like markup
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    for conflict in conflicts:
        typer.echo(f"\n{printable(conflict.id)}\n  text: {printable(conflict.text)}")
        for name, reading in conflict.readings.items():
            typer.echo(f"  {printable(name)}: {printable(reading) or 'nothing'}")
