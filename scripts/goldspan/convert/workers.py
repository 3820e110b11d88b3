"""Shards -> outcomes, on this machine: one after the other, or each in a process of its own."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from goldspan.convert.columns import run_lean
from goldspan.convert.shards import Options, Outcome, Shard, run_shard
from goldspan.faults import DataError, fault
from goldspan.progress import Show

__all__ = ["NOT_SUBMITTED", "WORKER_DIED", "Engine", "Job", "part_name", "run_here"]

WORKER_DIED = fault(
    "E217",
    "A worker ended before its work was done",
    "See that there is enough memory, or ask for fewer workers; then run the same command again.",
)

NOT_SUBMITTED = fault(
    "E219", "Slurm does not take the job", "See what sbatch says, and what --sbatch settings this cluster wants."
)

Call = tuple[Shard, Options, Path]


class Engine(StrEnum):
    """Where shards are converted: on this machine, or on a cluster (see `goldspan.convert.cluster`)."""

    local = "local"
    ray = "ray"
    slurm = "slurm"


class Job(Struct, frozen=True):
    """All that is to be converted, how and where: ``workers`` shards at a time.

    ``sbatch`` are settings of Slurm's jobs, ``partition`` among them.
    """

    shards: list[Shard]
    options: Options
    workers: int = 1
    engine: Engine = Engine.local
    sbatch: dict[str, str] = {}


def part_name(number: int) -> str:
    """The name of the folder of a shard."""
    return f"{number:05}"


def run_here(job: Job, parts: Path, show: Show) -> list[Outcome]:
    """Convert every shard of a job into a folder of its own.

    Raises:
        DataError: a file is broken (E201), or a worker died (E217).
        OSError: the output cannot be written.
    """
    calls = [(shard, job.options, parts / part_name(shard.number)) for shard in job.shards]
    if job.workers == 1 or len(calls) == 1:
        return list(in_turn(calls, show))
    return list(in_processes(calls, job.workers, show))


def in_processes(calls: Sequence[Call], workers: int, show: Show) -> Iterator[Outcome]:
    """The outcomes of shards, some converted at a time.

    Raises:
        DataError: a file is broken (E201), or a worker died (E217).
    """
    import multiprocessing  # noqa: PLC0415 - one process starts sooner without it
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor  # noqa: PLC0415

    context = multiprocessing.get_context("spawn")
    count = min(workers, len(calls))
    with ProcessPoolExecutor(count, mp_context=context, initializer=run_lean) as pool:
        futures = [pool.submit(run_shard, *call) for call in calls]
        try:
            for done, _ in enumerate(as_completed(futures)):
                show("converting shards", done, len(futures))
            yield from results(futures)
        except BrokenProcessPool as error:
            raise WORKER_DIED.error() from error


def in_turn(calls: Sequence[Call], show: Show) -> Iterator[Outcome]:
    """The outcomes of shards, each converted when it is asked for."""
    for done, call in enumerate(calls):
        show("converting", done, len(calls) if len(calls) > 1 else None)
        yield run_shard(*call)


def results(futures: Sequence[Future[Outcome]]) -> Iterator[Outcome]:
    """The outcomes in the order of the shards; of several broken files all are named.

    Raises:
        DataError: with the findings of every shard that could not be read.
    """
    errors = [error for future in futures if isinstance(error := future.exception(), DataError)]
    if errors:
        raise DataError(finding for error in errors for finding in error.findings)
    for future in futures:
        yield future.result()
