"""The options for exports of several projects: a prefix for the ids of each."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import typer

__all__ = ["FILE", "prefixes_of"]

FILE = "file"
PREFIX = re.compile(r"[\w.-]+")


def prefixes_of(options: Sequence[str], exports: Sequence[str]) -> list[str]:
    """What the ids of each export begin with; nothing where no prefix is asked for.

    Raises:
        typer.BadParameter: there are more or fewer prefixes than exports, one is no name, or two exports have the same.
    """
    if not options:
        return []
    if list(options) == [FILE]:
        found = [PurePosixPath(export.replace("\\", "/")).name.removesuffix(".json") for export in exports]
    else:
        found = list(options) if len(options) > 1 else list(options) * len(exports)
    if len(found) != len(exports):
        raise typer.BadParameter(f"{len(found)} of --prefix for {len(exports)} exports: give one, or one for each")
    odd = [prefix for prefix in found if not PREFIX.fullmatch(prefix)]
    if odd:
        raise typer.BadParameter(f"--prefix {odd[0]!r}: take letters, digits, dots, hyphens and underscores")
    same = [export for export, prefix in zip(exports, found, strict=True) if found.count(prefix) > 1]
    if list(options) == [FILE] and same:
        raise typer.BadParameter(f"--prefix file: these have the same name: {', '.join(same)}")
    return found
