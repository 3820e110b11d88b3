"""The command ``goldspan tasks``."""

from pathlib import Path
from typing import Annotated

import typer

from goldspan.options import HERE, CorpusOption
from goldspan.store import replace_file
from goldspan.tasks import Proposal, adjudication_tasks, article_tasks, claim_pair_tasks, tasks_json

__all__ = ["tasks_command"]


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
