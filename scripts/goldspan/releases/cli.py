"""The commands ``goldspan diff`` and ``goldspan release``."""

from enum import StrEnum
from typing import Annotated

import typer

from goldspan.options import HERE, CorpusOption, extra, show_findings
from goldspan.releases.diff import diff
from goldspan.releases.release import draft_entry, release, write_entry
from goldspan.releases.rendering import as_json, as_markdown, as_text
from goldspan.releases.revisions import load_side

__all__ = ["diff_command", "release_command"]


class DiffFormat(StrEnum):
    """How changes are shown."""

    text = "text"
    json = "json"
    markdown = "markdown"


SHOWN = {DiffFormat.text: as_text, DiffFormat.json: as_json, DiffFormat.markdown: as_markdown}
SIDE = "A folder of a release or corpus, a tag or revision of the repository, or hf://datasets/OWNER/NAME@REVISION."


def diff_command(
    old: Annotated[str, typer.Argument(metavar="OLD", help=SIDE)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same, newer.")],
    corpus: CorpusOption = HERE,
    format_: Annotated[DiffFormat, typer.Option("--format", help="How changes are shown.")] = DiffFormat.text,
) -> None:
    """What changed from one release to another, in the annotations' own terms."""
    with extra("hub"):
        changes = diff(*(load_side(name, corpus) for name in (old, new)))
    typer.echo(SHOWN[format_](changes), nl=False)


def release_command(
    corpus: CorpusOption = HERE,
    draft: Annotated[
        bool, typer.Option("--draft", help="Tag nothing; print an entry for the changelog from what changed.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Put the draft into CHANGELOG.md.")] = False,
) -> None:
    """Tag the committed release as the version in corpus.toml, if that is enough for what changed."""
    if write and not draft:
        raise typer.BadParameter("--write goes with --draft")
    if not draft:
        released = release(corpus)
        show_findings(released.warnings)
        since = f", {released.step.name} changes since {released.last}" if released.last else ", the first"
        typer.echo(f"tagged {released.tag}{since}; git push origin {released.tag} publishes the tag", err=True)
        return
    drafted = draft_entry(corpus)
    typer.echo(f"## {drafted.version}\n\n{drafted.entry}", nl=False)
    if write:
        typer.echo(f"written to {write_entry(corpus, drafted)}", err=True)
