"""The command ``goldspan validate``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from goldspan.commands.texts import TextsOption, text_folders
from goldspan.folders import is_converted
from goldspan.options import accepted_count, open_findings
from goldspan.records import Unit
from goldspan.report import as_github, as_json, as_text, chosen, prefixes
from goldspan.validate import validate

__all__ = ["validate_command"]


class Report(StrEnum):
    """How the findings of a validation are shown."""

    text = "text"
    json = "json"
    github = "github"


def validate_command(
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="The folder of a release or of a conversion, or a JSON export.")
    ],
    config: Annotated[
        list[Path] | None,
        typer.Option(metavar="XML", help="The labeling config of an export; of a conversion, all that it was given."),
    ] = None,
    offsets: Annotated[
        Unit, typer.Option("--offsets", help="What an export's offsets count, or by evidence for each document.")
    ] = Unit.auto,
    texts: TextsOption = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Only codes that begin so, as E3,W301.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="CODES", help="No codes that begin so.")] = None,
    format_: Annotated[Report, typer.Option("--format", help="How findings are shown.")] = Report.text,
) -> None:
    """Check a release, a converted folder or an export; findings go to stdout."""
    if not target.exists():
        raise typer.BadParameter(f"there is no {target}")
    configs = config or []
    if target.is_file() and len(configs) != 1:
        raise typer.BadParameter("an export needs its --config, and only one")
    if target.is_dir() and (texts or offsets is not Unit.auto or (configs and not is_converted(target))):
        raise typer.BadParameter("--offsets and --texts go with an export; --config also with a converted folder")
    try:
        wanted = prefixes(select or ()), prefixes(ignore or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    every = chosen(validate(target, configs, offsets, text_folders(texts or ())), *wanted)
    findings = open_findings(every)
    if format_ is Report.json:
        typer.echo(as_json(findings))
    else:
        for line in as_github(findings) if format_ is Report.github else as_text(findings, str(target)):
            typer.echo(line)
        if accepted := accepted_count(every):
            typer.echo(f"{target}: {accepted}", err=format_ is Report.github)
    if any(finding.is_error for finding in findings):
        raise typer.Exit(1)
