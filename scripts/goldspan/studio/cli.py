"""The commands ``goldspan studio …``: a server of one's own, and projects on any server."""

import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldspan.corpus import load_corpus
from goldspan.faults import printable
from goldspan.options import HERE, CorpusOption, extra, show_findings
from goldspan.progress import terminal_progress
from goldspan.studio.projects import Choice, Kind, project_title, wanted_project
from goldspan.tasks import Proposal
from goldspan.words import counted

if TYPE_CHECKING:
    from goldspan.studio.connection import Studio

__all__ = ["studio_app"]

studio_app = typer.Typer(
    name="studio",
    help="Annotate in Label Studio: run a server, push a project to it, pull its annotations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

TOKEN = "LABEL_STUDIO_API_KEY"  # noqa: S105 - the name of a variable
PASSWORD = "LABEL_STUDIO_PASSWORD"  # noqa: S105 - the name of a variable

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="LABEL_STUDIO_URL",
        help=f"A server of your own, with your token in the variable {TOKEN}; without it, the local one.",
    ),
]
KindOption = Annotated[Kind, typer.Option("--kind", help="Which of the corpus's projects.")]
ProjectOption = Annotated[
    str | None, typer.Option("--project", metavar="TITLE", help="The project's title, if not the corpus's own.")
]
AnyVersionOption = Annotated[bool, typer.Option("--any-version", help="Take a server of a version not tested.")]
RetriesOption = Annotated[
    int, typer.Option("--retries", min=0, max=20, help="How often a call that failed in passing is made again.")
]


@studio_app.command("start")
def start_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port on 127.0.0.1.")] = 8080,
    user: Annotated[
        str, typer.Option(metavar="EMAIL", help=f"The first user, made on first use; {PASSWORD} may hold its password.")
    ] = "annotator@localhost",
) -> None:
    """Run Label Studio on this machine, installed on first use, with telemetry off."""
    with extra("studio"):
        from goldspan.studio import local  # noqa: PLC0415 - an extra
    with terminal_progress() as show:
        started = local.start(port, user, os.environ.get(PASSWORD), show)
    if started.password and PASSWORD not in os.environ:
        if sys.stderr.isatty():  # where it is not, it would stay in a log
            typer.echo(f"the password of {started.user} is {started.password}, shown this once", err=True)
        typer.echo("goldspan studio password sets another password", err=True)
    server = started.server
    if server.port != port:
        typer.echo(f"it runs already, not at port {port}: goldspan studio stop ends it", err=True)
    typer.echo(f"Label Studio {server.version} runs at {server.url}; log in as {started.user}")


@studio_app.command("stop")
def stop_command() -> None:
    """End the local Label Studio; its data stays."""
    with extra("studio"):
        from goldspan.studio import local  # noqa: PLC0415 - an extra
    server = local.stop()
    typer.echo(f"Label Studio at {server.url} is stopped" if server else "no Label Studio of this user runs")


@studio_app.command("status")
def status_command() -> None:
    """Say whether the local Label Studio runs, and where its data is."""
    with extra("studio"):
        from goldspan.studio import local  # noqa: PLC0415 - an extra
    server = local.find()
    if server:
        typer.echo(f"Label Studio {server.version} runs at {server.url} as process {server.pid}")
    else:
        typer.echo("no Label Studio of this user runs")
    typer.echo(f"data: {local.folder()}")


@studio_app.command("password")
def password_command(
    user: Annotated[str, typer.Option(metavar="EMAIL", help="Whose password.")] = "annotator@localhost",
) -> None:
    """Set a password in the local Label Studio: the one in LABEL_STUDIO_PASSWORD, else it is asked for."""
    with extra("studio"):
        from goldspan.studio import local  # noqa: PLC0415 - an extra
    password = os.environ.get(PASSWORD) or typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    local.set_password(user, password)
    typer.echo(f"the password of {user} is set")


@studio_app.command("push")
def push_command(
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DOC_ID]...", help="Only these documents, or those that fit: 'news-*'."),
    ] = None,
    corpus: CorpusOption = HERE,
    kind: KindOption = Kind.articles,
    project: ProjectOption = None,
    propose: Annotated[
        Proposal | None,
        typer.Option(help="What articles are pre-annotated with: released, in a project with --project only zones."),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Only the documents of a file of goldspan predict, pre-annotated with that."),
    ] = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Take the exports' annotations along for tasks that are not there yet.")
    ] = False,
    overlap: Annotated[int | None, typer.Option(min=1, help="How many annotators each task is to have.")] = None,
    url: UrlOption = None,
    any_version: AnyVersionOption = False,
    retries: RetriesOption = 5,
) -> None:
    """Create or update a project of the corpus; no task twice, no annotation touched."""
    if propose is not None and kind is not Kind.articles:
        raise typer.BadParameter("--propose is for the project of the articles")
    if predictions is not None and (propose is not None or kind is not Kind.articles):
        raise typer.BadParameter("--predictions is for the project of the articles, without --propose")
    proposal = propose or (Proposal.zones if project else Proposal.released)
    keep = propose is None and predictions is None
    choice = Choice(tuple(documents or ()), proposal, restore, predictions, keep)
    wanted = wanted_project(corpus, kind, project, choice)
    studio = connected(url, any_version, retries)
    with extra("studio"):
        from goldspan.studio.push import push  # noqa: PLC0415 - an extra
    with terminal_progress() as show:
        pushed = push(studio, wanted, show, overlap)
    show_findings(pushed.warnings)
    new, same = counted(pushed.new, "task new", "tasks new"), counted(pushed.same, "as it was", "as they were")
    typer.echo(f"{wanted.title}: {new}, {pushed.changed} changed, {same}")
    if overlap is not None:
        typer.echo(f"{counted(overlap, 'annotator')} for each task")
    typer.echo(pushed.url)


@studio_app.command("pull")
def pull_command(
    corpus: CorpusOption = HERE,
    kind: KindOption = Kind.articles,
    project: ProjectOption = None,
    url: UrlOption = None,
    any_version: AnyVersionOption = False,
    retries: RetriesOption = 5,
) -> None:
    """Export a project into the corpus as a new file, if anything changed since the last pull."""
    settings = load_corpus(corpus)
    title = project_title(settings, kind, project)
    studio = connected(url, any_version, retries)
    with extra("studio"):
        from goldspan.studio.pull import exports_of, pull  # noqa: PLC0415 - an extra
    with terminal_progress() as show:
        pulled = pull(studio, title, exports_of(settings, kind), datetime.now(UTC).date(), show)
    show_findings(pulled.warnings)
    for change in pulled.changes:
        typer.echo(f"{change.what:8}{printable(change.doc_id)} by {printable(change.user)}")
    for doc_id, count in sorted(pulled.drafts.items()):
        typer.echo(f"{'draft':8}{printable(doc_id)}: {count} not submitted, not taken")
    counts = Counter(change.what for change in pulled.changes)
    summary = ", ".join(f"{counts[what]} {what}" for what in ("new", "changed", "skipped", "gone"))
    since = f" since {pulled.since.name}" if pulled.since else ""
    typer.echo(f"{pulled.file}: {summary}{since}" if pulled.file else f"{title}: nothing new{since}")


def connected(url: str | None, any_version: bool, retries: int) -> "Studio":
    """A connection to the server that the options name."""
    with extra("studio"):
        from goldspan.studio.connection import connect  # noqa: PLC0415 - an extra
    token = os.environ.get(TOKEN)
    if url is not None and not token:
        raise typer.BadParameter(f"--url needs your token in the variable {TOKEN}")
    studio = connect(url, token, any_version=any_version, retries=retries)
    show_findings(studio.warnings)
    return studio
