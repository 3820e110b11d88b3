"""The option ``--pick``: one annotation of each document."""

import re
from typing import Annotated

import typer

__all__ = ["PickOption"]


def as_pick(value: str | None) -> str | None:
    """What is to be picked.

    Raises:
        typer.BadParameter: it is no rule.
    """
    if value is not None and not re.fullmatch(r"majority|newest|ground-truth|annotator=.+", value):
        raise typer.BadParameter("take newest, ground-truth, majority or annotator=ID")
    return value


PickOption = Annotated[
    str | None,
    typer.Option(
        "--pick",
        metavar="RULE",
        callback=as_pick,
        help="One annotation a document: newest, ground-truth, annotator=ID, or majority (what most have).",
    ),
]
