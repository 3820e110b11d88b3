"""The command line.

A command is its arguments, one library call and an exit status: 0 clean, 1 wrong data, 2 wrong call. Its module is
imported when it is asked for, since each brings along what the others do not need.
"""

import gc
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from goldspan.faults import DataError, printable
from goldspan.options import show_findings
from goldspan.words import counted

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = {
    "build": "commands.build:build_command",
    "convert": "commands.convert:convert_command",
    "validate": "commands.validate:validate_command",
    "tasks": "commands.tasks:tasks_command",
    "studio": "studio.cli:studio_app",
    "agreement": "commands.agreement:agreement_command",
    "figures": "commands.figures:figures_command",
    "explore": "explore.cli:explore_command",
    "export": "formats.cli:export_command",
    "train": "train.cli:train_command",
    "predict": "predict.cli:predict_command",
    "diff": "releases.cli:diff_command",
    "release": "releases.cli:release_command",
    "publish": "publishing.cli:publish_command",
    "hydrate": "hydrate.cli:hydrate_command",
    "rebase": "hydrate.cli:rebase_command",
    "load": "commands.load:load_command",
    "checks": "commands.checks:checks_command",
}


class Commands(TyperGroup):
    """The commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, as a corpus goes through them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, or a group of some; None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(imported(f"goldspan.{module}"), name)
        return get_command(found if isinstance(found, typer.Typer) else alone(cmd_name, found))


def imported(name: str) -> Any:
    """A module. What it brings along is no garbage: it is not collected, now or when the process ends."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def alone(name: str, function: Any) -> typer.Typer:
    """A function as the only command of an app."""
    one = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
    one.command(name)(function)
    return one


app = typer.Typer(
    name="goldspan",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def goldspan() -> None:
    """Label Studio annotations of text as exact, typed, checked spans and claims in a Hugging Face dataset."""


def main() -> None:
    """Run the command line; bad data ends it with findings on stderr and status 1, never with a traceback."""
    try:
        app()
    except DataError as error:
        show_findings(error.findings)
        errors = sum(finding.is_error for finding in error.findings)
        typer.echo(f"{counted(errors, 'error')}; {error.outcome}", err=True)
        sys.exit(1)
    except OSError as error:
        typer.echo(printable(f"{error.filename or 'a file'}: {error.strerror or error}", 5000), err=True)
        sys.exit(1)
