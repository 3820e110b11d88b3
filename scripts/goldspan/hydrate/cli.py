"""The commands ``goldspan hydrate`` and ``goldspan rebase``."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from goldspan.faults import Finding
from goldspan.hydrate.hydrate import REPORT, hydrate
from goldspan.hydrate.rebase import rebase, write_rebased
from goldspan.hydrate.rows import MOVED
from goldspan.options import HERE, CorpusOption, OnError, show_findings
from goldspan.words import counted

__all__ = ["hydrate_command", "rebase_command"]


def hydrate_command(
    withheld: Annotated[Path, typer.Argument(metavar="WITHHELD", help="The folder of a release without text.")],
    copies: Annotated[Path, typer.Argument(metavar="COPIES", help="A folder with the articles, as UTF-8 text.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write, new or of an earlier release.")],
    on_error: Annotated[
        OnError, typer.Option("--on-error", help="What lacks stops it all, or is left out and written down.")
    ] = OnError.stop,
) -> None:
    """Put the articles' text back into a release that withholds it, from your own copies of them."""
    for folder in (withheld, copies):
        if not folder.is_dir():
            raise typer.BadParameter(f"there is no folder {folder}")
    if out.resolve() in (withheld.resolve(), copies.resolve()):
        raise typer.BadParameter("--out needs a folder of its own")
    hydrated = hydrate(withheld, copies, out, skip=on_error is OnError.skip)
    show_findings(moved_together(hydrated.findings))
    if any(one.row for one in hydrated.findings):
        typer.echo(f"each span stands in {out / REPORT}", err=True)
    for how, count in hydrated.documents.items():
        typer.echo(f"{how:10} {count:6} {'document' if count == 1 else 'documents'}")
    typer.echo(f"{'every' if hydrated.full else 'not every'} file is that of the full release")


def moved_together(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, those about spans that have only moved (W933) as one of each document, which counts them."""
    moved: dict[str, list[Finding]] = defaultdict(list)
    others: list[Finding] = []
    for one in findings:
        (moved[one.task] if one.code == MOVED.code else others).append(one)
    together = [
        found[0] if len(found) == 1 else MOVED.finding(f"{counted(len(found), 'span')}", task=doc_id)
        for doc_id, found in moved.items()
    ]
    return sorted([*others, *together])


def rebase_command(
    corpus: CorpusOption = HERE,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; list every region that would move.")
    ] = False,
) -> None:
    """Carry the annotations of articles that were corrected over to the new text, as a new export."""
    rebased = rebase(corpus, datetime.now(tz=UTC).date())
    show_findings(rebased.findings)
    if dry_run:
        for one in rebased.moves:
            if one.now != one.was:
                now = f"{one.now[0]}-{one.now[1]}" if one.now else "lost"
                typer.echo(f"{one.doc_id} {one.layer} {one.was[0]}-{one.was[1]} -> {now} {one.annotation}:{one.region}")
    else:
        write_rebased(rebased)
    for doc_id in sorted({one.doc_id for one in rebased.moves}):
        how = Counter(one.how for one in rebased.moves if one.doc_id == doc_id)
        stay, move = counted(how["stays"], "region stays", "regions stay"), counted(how["moves"], "moves", "move")
        typer.echo(f"{doc_id}: {stay}, {move}, {counted(how['lost'], 'is lost', 'are lost')}")
    for path in sorted(rebased.files):
        typer.echo(f"{'would write' if dry_run else 'wrote'} {path}", err=True)
    if not rebased.files:
        typer.echo("every annotation is on the text of its article", err=True)
