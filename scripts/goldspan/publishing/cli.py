"""The command ``goldspan publish``."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from goldspan.faults import printable
from goldspan.options import extra
from goldspan.publishing.git import plan_git
from goldspan.publishing.publish import Parcel, Plan, Planned, Target, pack, parse_target, plan_folder

__all__ = ["publish_command"]

TOKEN = "HF_TOKEN"  # noqa: S105 - the name of a variable


def publish_command(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help=f"hf:owner/name (with a token in the variable {TOKEN}), a git remote's address or path, or a folder.",
        ),
    ],
    release: Annotated[Path, typer.Option("--release", metavar="DIR", help="The folder of the release.")] = Path(
        "dataset/release"
    ),
    branch: Annotated[str, typer.Option(metavar="NAME", help="The branch of a git remote.")] = "main",
    create: Annotated[
        bool, typer.Option("--create", help="Make the repository on the Hub if there is none; it is private.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and send nothing.")] = False,
) -> None:
    """A release -> the Hugging Face Hub, a git remote or a folder, with the tag of its version."""
    place = parse_target(target)
    token = (os.environ.get(TOKEN) or "").strip() or None
    if place.kind == "hub" and token is None and not dry_run:
        raise typer.BadParameter(f"the Hub needs your token in the variable {TOKEN}")
    parcel = pack(release)
    with TemporaryDirectory() as aside:
        plan, send = planned_for(parcel, place, branch, token, create, Path(aside))
        show_plan(parcel, plan)
        if dry_run:
            typer.echo("nothing was sent", err=True)
            return
        send()
    typer.echo(f"{parcel.title} is at {printable(place.name)}", err=True)


def planned_for(parcel: Parcel, place: Target, branch: str, token: str | None, create: bool, aside: Path) -> Planned:
    """The plan for a target of any kind."""
    if place.kind == "folder":
        return plan_folder(parcel, Path(place.name))
    if place.kind == "git":
        return plan_git(parcel, place.name, branch, aside)
    with extra("hub"):
        from goldspan.publishing.hub import connect, plan_hub  # noqa: PLC0415 - an extra
    return plan_hub(parcel, connect(place.name, token), create=create)


def show_plan(parcel: Parcel, plan: Plan) -> None:
    """What goes, stays and is deleted, on stdout: sizes in bytes, SHA-256."""
    for what, names in (("send", plan.send), ("keep", plan.keep)):
        for name in names:
            file = parcel.files[name]
            typer.echo(f"{what:6} {file.size:10} {file.sha256} {printable(name)}")
    for name in plan.delete:
        typer.echo(f"{'delete':6} {printable(name)}")
    if plan.tag:
        typer.echo(f"{'tag':6} {plan.tag}")
