"""The command ``goldspan predict``."""

from pathlib import Path
from typing import Annotated

import typer

from goldspan.options import HERE, CorpusOption, extra, show_findings
from goldspan.predict.prediction import Order, predict
from goldspan.predict.source import corpus_source, text_source
from goldspan.progress import terminal_progress
from goldspan.store import replace_file
from goldspan.tasks import tasks_json
from goldspan.train.models import KINDS, read_about

__all__ = ["predict_command"]


def predict_command(
    models: Annotated[
        list[Path], typer.Argument(metavar="MODEL...", help="Folders that goldspan train has written, one for a task.")
    ],
    corpus: CorpusOption = HERE,
    articles: Annotated[
        list[str] | None,
        typer.Option(metavar="DOC_ID", help="These, or those that fit ('news-*'), not all that nobody has annotated."),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The files *.txt of a folder instead of a corpus's articles.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="XML", help="The labeling config that --texts are for.")
    ] = None,
    language: Annotated[str, typer.Option(metavar="CODE", help="By whose rules sentences of --texts end.")] = "en",
    order: Annotated[Order, typer.Option(help="By document, or first what the models are least sure of.")] = (
        Order.document
    ),
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here, not to stdout.")] = None,
) -> None:
    """Saved models and raw articles -> Label Studio tasks with predictions (JSON), for goldspan studio push."""
    if (texts is None) != (config is None) or (texts is not None and articles):
        raise typer.BadParameter("--texts goes with --config, and not with --articles")
    if out is not None and out.is_dir():
        raise typer.BadParameter(f"{out} is a folder")
    if texts is not None and config is not None:
        source = text_source(texts, config, language)
    else:
        source = corpus_source(corpus, articles or ())
    needed = sorted({KINDS[read_about(path).kind][1] for path in models})
    with extra(",".join(needed)), terminal_progress() as show:
        predicted = predict(models, source, order, show)
    show_findings(predicted.warnings)
    text = tasks_json(predicted.tasks)
    if out is None:
        typer.echo(text, nl=False)
    else:
        replace_file(out, text.encode())
