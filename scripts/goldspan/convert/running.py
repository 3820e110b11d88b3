"""Exports -> shards of about the same size -> the outcome of each, on this machine or a cluster."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from goldspan.convert.shards import Outcome, Piece, Shard
from goldspan.convert.workers import Engine, Job, run_here
from goldspan.export.windows import bounds_of, form_of
from goldspan.faults import fault, stop_on_errors
from goldspan.progress import Show
from goldspan.remote import Place, is_url, shown, size_of

__all__ = ["plan", "run_all"]

IN_JOB_FILES = fault(
    "E220",
    "A URL has a user, a password or a query in it, which would come into the files of the cluster's jobs",
    "Give credentials by environment, as fsspec's package for the service reads them.",
)


def plan(exports: Sequence[Place], count: int, prefixes: Sequence[str] = ()) -> list[Shard]:
    """The input in about as many shards as wanted, of about the same size, in the order in which it was given.

    ``prefixes`` are what the ids of each export begin with.

    Raises:
        DataError: a file cannot be read, or is no JSON (E201, E202, E218).
    """
    sizes = [size_of(place) if is_url(place) or Path(place).is_file() else 0 for place in exports]
    share = max(1, -(-sum(sizes) // count))
    pieces: list[Piece] = []
    named = zip(exports, sizes, prefixes or [""] * len(exports), strict=True)
    for number, (place, size, prefix) in enumerate(named):
        form = form_of(place)
        file = str(place) if is_url(place) else str(Path(place).absolute())
        stretches = bounds_of(place, form, -(-size // share))
        pieces += [Piece(file, shown(place), form, bounds, number, prefix) for bounds in stretches]
    shards: list[Shard] = [Shard(0, [])]
    filled = 0
    for piece in pieces:
        if filled >= share * len(shards):
            shards.append(Shard(len(shards), []))
        shards[-1].pieces.append(piece)
        filled += piece.bounds.end - piece.bounds.start
    return shards


def run_all(job: Job, out: Place, parts: Path, show: Show) -> list[Outcome]:
    """Convert every shard of a job; once more if ids come again, since only then it matters what annotations say."""
    outcomes = run(job, out, parts, show)
    if have_repeats(outcomes):
        shutil.rmtree(parts)
        told = msgspec.structs.replace(job.options, digests=True)
        outcomes = run(msgspec.structs.replace(job, options=told), out, parts, show)
    return outcomes


def have_repeats(outcomes: Sequence[Outcome]) -> bool:
    """True if two annotations have the same id."""
    ids = [outcome.annotation_ids for outcome in outcomes]
    return any(outcome.has_repeats for outcome in outcomes) or len(set().union(*ids)) < sum(map(len, ids))


def run(job: Job, out: Place, parts: Path, show: Show) -> list[Outcome]:
    """Convert every shard of a job into its folder of ``parts``.

    Raises:
        DataError: a file is broken (E201), a worker died (E217), or a secret would be written down (E220).
    """
    if job.engine is Engine.local:
        return run_here(job, parts, show)
    from goldspan.convert.cluster import run_on_cluster  # noqa: PLC0415 - an extra

    places = [str(out), *(piece.file for shard in job.shards for piece in shard.pieces)]
    stop_on_errors(IN_JOB_FILES.finding(file=shown(one)) for one in sorted(set(places)) if shown(one) != one)
    return run_on_cluster(job, out if is_url(out) else Path(out).absolute(), parts, show)
