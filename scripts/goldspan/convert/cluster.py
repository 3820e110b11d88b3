"""Shards -> outcomes, on a cluster: datatrove runs them on Ray or Slurm, marks what is done and does not do it again.

What a shard gives is kept beside the output, at ``OUT.parts``, until all of it is there; every machine of the cluster
must reach that place and the exports, by the same path or URL.
"""

import hashlib
import logging
import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import msgspec
import psutil
from datatrove.executor import RayPipelineExecutor, SlurmPipelineExecutor
from datatrove.executor.base import PipelineExecutor
from loguru import logger
from msgspec import Struct

from goldspan import __version__
from goldspan.convert.shards import Outcome, run_shard
from goldspan.convert.workers import NOT_SUBMITTED, WORKER_DIED, Engine, Job, part_name
from goldspan.faults import DataError, Finding
from goldspan.progress import Show
from goldspan.remote import Place, file_system, names_at, put_file, remote_errors

__all__ = ["run_on_cluster"]

REPORT = "report.json"
PATIENCE = 2.0  # seconds between two looks at Slurm's queue
WATCH = 0.5  # seconds between two looks at the processes that wait for one
MEMORY = 1  # GB that are asked for each worker; see docs/convert.md for what one takes


class Report(Struct):
    """What became of a shard: its outcome, or why there is none."""

    outcome: Outcome | None = None
    findings: list[Finding] = []


class ShardStep:
    """The step of datatrove's pipeline: converts the shard of its rank, and puts the files into the store."""

    def __init__(self, job: Job, store: str) -> None:
        """Keep what is to be done, and where the results go."""
        self.job = job
        self.store = store

    def __repr__(self) -> str:
        return f"goldspan convert, {len(self.job.shards)} shards"

    def __call__(self, data: Any, rank: int, world_size: int) -> None:
        """Convert one shard; a process of its own does it, so that its death is an error here, not a hang."""
        with TemporaryDirectory(prefix="goldspan-") as aside:
            folder = Path(aside)
            watched = [os.getpid(), *([os.getppid()] if self.job.engine is Engine.ray else [])]
            fork = multiprocessing.get_context("fork")
            with ProcessPoolExecutor(1, fork, end_with, (watched,)) as pool:
                try:
                    outcome = pool.submit(run_shard, self.job.shards[rank], self.job.options, folder).result()
                    report = Report(outcome)
                except DataError as error:
                    report = Report(findings=error.findings)
            (folder / REPORT).write_bytes(msgspec.json.encode(report))
            system, path = file_system(self.store)
            for name in sorted(names_at(folder), key=lambda name: name == REPORT):
                put_file(system, folder / name, f"{path}/{part_name(rank)}/{name}")


def end_with(processes: list[int]) -> None:
    """See that this process ends when one of some others does, and they with it.

    Nobody would wait for its result then. And where only the process between Ray's worker and this one dies, datatrove
    waits for it for ever; the death of Ray's worker lets it begin anew.
    """

    def watch() -> None:
        while all(map(psutil.pid_exists, processes)) and os.getppid() == processes[0]:
            time.sleep(WATCH)
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    Thread(target=watch, daemon=True).start()


class Slurm(SlurmPipelineExecutor):  # type: ignore[misc]
    """Datatrove's executor without its last job, which would add up statistics that there are none of."""

    def launch_merge_stats(self) -> None:
        """Launch nothing."""


def run_on_cluster(job: Job, out: Place, parts: Path, show: Show) -> list[Outcome]:
    """Convert every shard of a job on a cluster, but for those that an earlier run of the same job has done.

    In the end all that the shards gave is in ``parts`` on this machine, as if they had been converted here.

    Raises:
        DataError: a file is broken (E201), or a worker died (E217); what the others have done stays for the next run.
    """
    logger.disable("datatrove")
    root = f"{store_of(out)}/{digest(job)}"
    forget(out, but=root)
    step = ShardStep(job, f"{root}/shards")
    show(f"converting on {job.engine}")
    with remote_errors(root), redirect_stdout(sys.stderr):  # Ray says there what becomes of its workers
        executor = (run_on_ray if job.engine is Engine.ray else run_on_slurm)(step, f"{root}/log", show)
        executor.logging_dir.invalidate_cache()
        missing = executor.get_incomplete_ranks()
        if missing:
            raise WORKER_DIED.error(f"{len(missing)} of {len(job.shards)} shards; see {root}/log")
        reports = [fetch(step.store, shard.number, parts) for shard in job.shards]
    forget(out)
    findings = [finding for report in reports for finding in report.findings]
    if findings:
        raise DataError(findings)
    return [report.outcome for report in reports if report.outcome is not None]


def run_on_ray(step: ShardStep, log: str, show: Show) -> PipelineExecutor:
    """Run a step on the Ray cluster of ``RAY_ADDRESS`` or of this machine, or on one that is started for it."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray  # noqa: PLC0415 - not needed for Slurm

    ray.init(ignore_reinit_error=True, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
    try:
        executor = RayPipelineExecutor(
            [step], len(step.job.shards), step.job.workers, logging_dir=log, mem_per_cpu_gb=MEMORY
        )
        executor.run()
    finally:
        ray.shutdown()
    return executor


def run_on_slurm(step: ShardStep, log: str, show: Show) -> PipelineExecutor:
    """Submit a step to Slurm, and wait until it has left the queue.

    Raises:
        DataError: it does not take it (E219).
    """
    settings = {"time": "24:00:00", "qos": None, **step.job.sbatch}
    named = {name: settings.pop(name) for name in ("partition", "time", "qos")}
    executor = Slurm(
        [step],
        len(step.job.shards),
        workers=step.job.workers,
        mem_per_cpu_gb=MEMORY,
        job_name="goldspan",
        env_command=f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH",
        sbatch_args=settings,
        logging_dir=log,
        **named,
    )
    try:
        executor.run()
    except subprocess.CalledProcessError as error:
        raise NOT_SUBMITTED.error(f"sbatch ended with status {error.returncode}") from error
    while executor.job_id != -1 and is_queued(str(executor.job_id)):
        executor.logging_dir.invalidate_cache()
        show("converting on slurm", executor.tasks - len(executor.get_incomplete_ranks()), executor.tasks)
        time.sleep(PATIENCE)
    return executor


def is_queued(number: str) -> bool:
    """True for a job that Slurm has not ended; one that is long gone is not known to it any more."""
    command = ["squeue", "--noheader", "--jobs", number]
    queue = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - sbatch gave the number
    return queue.returncode == 0 and bool(queue.stdout.strip())


def fetch(store: str, number: int, parts: Path) -> Report:
    """Copy what a shard gave to this machine."""
    system, path = file_system(f"{store}/{part_name(number)}")
    folder = parts / part_name(number)
    folder.mkdir(parents=True)
    for name in names_at(f"{store}/{part_name(number)}"):
        system.get_file(f"{path}/{name}", str(folder / name))
    return msgspec.json.decode((folder / REPORT).read_bytes(), type=Report)


def store_of(out: Place) -> str:
    """Where the parts of an output are kept."""
    return f"{str(out).rstrip('/')}.parts"


def digest(job: Job) -> str:
    """What a job is known by: its input as it is now, its options, and the version that runs it."""
    places = sorted({piece.file for shard in job.shards for piece in shard.pieces})
    states = [file_system(place)[0].ukey(file_system(place)[1]) for place in places]
    known = [__version__, job.options, job.shards, states]
    return hashlib.sha256(msgspec.json.encode(known, order="deterministic")).hexdigest()[:16]


def forget(out: Place, but: str = "") -> None:
    """Remove the parts of an output, but those of one job."""
    with remote_errors(store_of(out)):
        system, path = file_system(store_of(out))
        if not system.exists(path):
            return
        kept = but.rpartition("/")[2]
        for name in sorted(str(each) for each in system.ls(path, detail=False)):
            if name.rstrip("/").rpartition("/")[2] != kept:
                system.rm(name, recursive=True)
        if not but:
            system.rm(path, recursive=True)
