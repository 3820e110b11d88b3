"""The command line.

A command is its arguments, one library call and an exit status: 0 clean, 1 wrong data, 2 wrong call.
"""

import re
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from goldspan.agreed import Measured, agreement_json
from goldspan.build import Built, build, check_build, compare, write_build
from goldspan.checks.page import checks_page
from goldspan.convert.conversion import Converted, convert
from goldspan.convert.folder import is_converted
from goldspan.convert.workers import Engine
from goldspan.decisions import Conflict, Decider, decision_rows
from goldspan.explore.cli import explore_app
from goldspan.faults import DataError, printable, printable_json, stop_on_errors
from goldspan.formats.cli import export_command
from goldspan.hydrate.cli import hydrate_command, rebase_command
from goldspan.hydrate.withhold import withhold
from goldspan.inputs import read_inputs
from goldspan.options import HERE, CorpusOption, OnError, accepted_count, extra, open_findings, show_findings
from goldspan.progress import terminal_progress
from goldspan.publishing.cli import publish_command
from goldspan.records import Unit
from goldspan.releases.cli import releases_app
from goldspan.remote import shown
from goldspan.report import as_github, as_json, as_text, chosen, prefixes
from goldspan.store import replace_file
from goldspan.studio.cli import studio_app
from goldspan.tasks import Proposal, adjudication_tasks, article_tasks, claim_pair_tasks, tasks_json
from goldspan.validate import validate

__all__ = ["app", "main"]

app = typer.Typer(
    name="goldspan",
    help="Label Studio annotations of text as exact, typed, checked spans and claims in a Hugging Face dataset.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(studio_app)
app.command("hydrate")(hydrate_command)
app.command("rebase")(rebase_command)
app.add_typer(releases_app)
app.add_typer(explore_app)
app.command("publish")(publish_command)
app.command("export")(export_command)


class Format(StrEnum):
    """How findings are shown."""

    text = "text"
    json = "json"


class Report(StrEnum):
    """How the findings of a validation are shown."""

    text = "text"
    json = "json"
    github = "github"


@app.command("build")
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


@app.command("convert")
def convert_command(
    exports: Annotated[
        list[str], typer.Argument(metavar="EXPORT...", help="JSON exports: arrays, JSONL, or one file an annotation.")
    ],
    config: Annotated[str, typer.Option(metavar="XML", help="The labeling config of the project.")],
    out: Annotated[str, typer.Option(metavar="DIR", help="The folder to write, new or of an earlier conversion.")],
    on_error: Annotated[
        OnError, typer.Option("--on-error", help="What is wrong stops it all, or is left out and written down.")
    ] = OnError.stop,
    offsets: Annotated[
        Unit, typer.Option("--offsets", help="What offsets count, or by evidence for each document.")
    ] = Unit.auto,
    bio: Annotated[
        str | None, typer.Option("--bio", metavar="CONTROL", help="Tag tokens by the spans of a layer, too.")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="JSON", help="Tag the sub-words of a Hugging Face tokenizer.json instead.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="How many processes share the work.")] = 1,
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
    settings = sbatch_settings(sbatch or (), engine)
    with terminal_progress() as show, extra("tokenizers" if engine is Engine.local else engine):
        converted = convert(
            exports,
            config,
            out,
            skip=on_error is OnError.skip,
            offsets=offsets,
            bio=bio,
            tokenizer=tokenizer,
            workers=workers,
            shards=shards,
            engine=engine,
            sbatch=settings,
            show=show,
        )
    show_findings(converted.findings)
    if converted.unshown:
        typer.echo(f"and {converted.unshown} more, all in {shown(out)}/rejects.jsonl", err=True)
    show_converted(converted)


@app.command("validate")
def validate_command(
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="The folder of a release or of a conversion, or a JSON export.")
    ],
    config: Annotated[
        Path | None, typer.Option(metavar="XML", help="The labeling config of an export, or of a conversion.")
    ] = None,
    offsets: Annotated[
        Unit, typer.Option("--offsets", help="What an export's offsets count, or by evidence for each document.")
    ] = Unit.auto,
    select: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Only codes that begin so, as E3,W301.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="CODES", help="No codes that begin so.")] = None,
    format_: Annotated[Report, typer.Option("--format", help="How findings are shown.")] = Report.text,
) -> None:
    """Check a release, a converted folder or an export; findings go to stdout."""
    if not target.exists():
        raise typer.BadParameter(f"there is no {target}")
    if target.is_file() and config is None:
        raise typer.BadParameter("an export needs its --config")
    if target.is_dir() and (offsets is not Unit.auto or (config is not None and not is_converted(target))):
        raise typer.BadParameter("--offsets goes with an export; --config with an export or a converted folder")
    try:
        wanted = prefixes(select or ()), prefixes(ignore or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    every = chosen(validate(target, config, offsets), *wanted)
    findings = open_findings(every)
    if format_ is Report.json:
        typer.echo(as_json(findings))
    else:
        for line in as_github(findings) if format_ is Report.github else as_text(findings, str(target)):
            typer.echo(line)
        if counted := accepted_count(every):
            typer.echo(f"{target}: {counted}", err=format_ is Report.github)
    if any(finding.is_error for finding in findings):
        raise typer.Exit(1)


@app.command("tasks")
def tasks_command(
    corpus: CorpusOption = HERE,
    pairs: Annotated[bool, typer.Option("--pairs", help="The pairs of claims of each cluster instead.")] = False,
    adjudicate: Annotated[bool, typer.Option("--adjudicate", help="Only what annotators differ on instead.")] = False,
    propose: Annotated[Proposal, typer.Option(help="What the articles are pre-annotated with.")] = Proposal.zones,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here, not to stdout.")] = None,
) -> None:
    """Raw articles -> Label Studio tasks (JSON), with zones proposed as predictions."""
    if pairs and adjudicate:
        raise typer.BadParameter("--pairs and --adjudicate exclude each other")
    if pairs:
        text = tasks_json(claim_pair_tasks(corpus))
    elif adjudicate:
        text = tasks_json(adjudication_tasks(corpus))
    else:
        text = tasks_json(article_tasks(corpus, propose))
    if out is not None and out.is_dir():
        raise typer.BadParameter(f"{out} is a folder")
    if out is None:
        typer.echo(text, nl=False)
    else:
        replace_file(out, text.encode())


@app.command("agreement")
def agreement_command(
    corpus: CorpusOption = HERE,
    format_: Annotated[Format, typer.Option("--format", help="How figures and disagreements are shown.")] = Format.text,
    write: Annotated[bool, typer.Option("--write", help="Keep the figures for the card.")] = False,
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
        show_rows_to_fill(decider.undecided)
        return
    with extra("agreement"):
        from goldspan.agreement import measure_inputs  # noqa: PLC0415 - an extra
    measures = measure_inputs(inputs, judgements)
    if write:
        replace_file(inputs.corpus.path("agreement"), agreement_json(inputs, judgements, measures))
    show_agreement(measures, decider.conflicts, format_)


@app.command("checks")
def checks_command() -> None:
    """Every code with what it says and how to mend it, as a Markdown page."""
    with extra("formats,hub,studio"):
        typer.echo(checks_page(), nl=False)


@app.command("load")
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
    table = Table("", "read", "written", "merged", "left out", box=None, pad_edge=False)
    for name, one in converted.counts.items():
        table.add_row(name, *map(str, (one.read, one.written, one.merged, one.rejected)))
    for name, count in converted.apart.items():
        table.add_row(name, str(count), "", "", "no annotations")
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    for name, rows in converted.rows.items():
        typer.echo(f"{name:16} {rows:8} rows")
    for why, spans in converted.untagged.items():
        typer.echo(f"{'not tagged':16} {spans:8} {why}")


def show_rows(built: Built) -> None:
    """Each config with its rows, on stdout."""
    table = Table("config", "rows", box=None, pad_edge=False)
    for name, contents in built.tables.items():
        table.add_row(name, str(contents.num_rows))
    Console().print(table)


def show_rows_to_fill(conflicts: list[Conflict]) -> None:
    """Rows for decisions, on stdout: to the letter, but on a terminal with what it would act on escaped."""
    rows = decision_rows(conflicts)
    if sys.stdout.isatty():
        rows = "".join(f"{printable(row, len(row))}\n" for row in rows.splitlines())
    typer.echo(rows, nl=False)


def show_agreement(measures: list[Measured], conflicts: list[Conflict], format_: Format) -> None:
    """Figures and disagreements, on stdout."""
    if format_ is Format.json:
        contents = {"measures": measures, "disagreements": conflicts}
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


def main() -> None:
    """Run the command line; bad data ends it with findings on stderr and status 1, never with a traceback."""
    try:
        app()
    except DataError as error:
        show_findings(error.findings)
        errors = sum(finding.is_error for finding in error.findings)
        typer.echo(f"{errors} errors; {error.outcome}", err=True)
        sys.exit(1)
    except OSError as error:
        typer.echo(printable(f"{error.filename or 'a file'}: {error.strerror or error}", 5000), err=True)
        sys.exit(1)
