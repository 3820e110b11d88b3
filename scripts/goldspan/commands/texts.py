"""The option ``--texts``: where the texts lie of which tasks have only the addresses."""

from collections.abc import Iterable
from typing import Annotated

import typer

from goldspan.export.addresses import text_folder
from goldspan.labeling import TextFolder

__all__ = ["TextsOption", "text_folders"]

TextsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--texts",
        metavar="[URL-PREFIX=]DIR",
        help="Where the texts lie of which the tasks have only the addresses; may be repeated.",
    ),
]


def text_folders(options: Iterable[str]) -> list[TextFolder]:
    """The folders that are named."""
    try:
        return [text_folder(option) for option in options]
    except ValueError as error:
        raise typer.BadParameter(f"--texts: {error}") from error
