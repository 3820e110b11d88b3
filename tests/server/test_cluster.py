"""Conversions on a cluster: two nodes of Ray, and Slurm where it is installed; workers that die lose nothing."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from ray.cluster_utils import Cluster

from benchmarks.generate import CONFIG, write_export
from tests.conftest import GOLDSPAN, hashes

pytestmark = pytest.mark.server
TASKS = 2000
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export, its config, and what the engine on this machine makes of it."""
    folder = tmp_path_factory.mktemp("cluster")
    write_export(folder / "export.json", TASKS)
    (folder / "config.xml").write_text(CONFIG)
    with start(folder, "local", "--workers", "2") as process:
        process.communicate()
    assert process.returncode == 0
    return folder


def start(folder: Path, out: str, *options: str) -> "subprocess.Popen[str]":
    """Begin a conversion with four shards."""
    paths = [str(folder / "export.json"), "--config", str(folder / "config.xml"), "--out", str(folder / out)]
    command = [str(GOLDSPAN), "convert", *paths, "--shards", "4", *options]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(folder: Path, out: str, *options: str) -> None:
    """Run a conversion, and see that it gives what the engine on this machine gives, and leaves nothing behind."""
    with start(folder, out, *options) as process:
        stdout, stderr = process.communicate(timeout=300)
        assert (process.returncode, stdout.split()[:6]) == (0, ["read", "written", "merged", "left", "out", "tasks"]), (
            stderr
        )
    assert hashes(folder / out) == hashes(folder / "local")
    assert not (folder / f"{out}.parts").exists()


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[Cluster]:
    """A cluster of two nodes with one processor each; ``RAY_ADDRESS`` names it."""
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    os.environ["RAY_ADDRESS"] = cluster.address
    yield cluster
    del os.environ["RAY_ADDRESS"]
    cluster.shutdown()  # type: ignore[no-untyped-call]


RAY = ("--engine", "ray", "--workers", "2")


def at_work() -> list[psutil.Process]:
    """The processes that convert something just now: below Ray's worker and its child."""
    found = []
    for process in psutil.process_iter():
        try:
            above = [one.name() for one in process.parents()[:2]]
            if above == ["ray::RankWorker.run_for_rank"] * 2:
                found.append(process)
        except psutil.Error:
            continue
    return found


def when_at_work(process: "subprocess.Popen[str]") -> psutil.Process:
    """Wait until a worker does its work; the process that does it."""
    while not (working := at_work()):
        assert process.poll() is None
        time.sleep(0.05)
    return working[0]


def test_two_nodes_of_ray_give_the_same_files(ray_cluster: Cluster, exports: Path) -> None:
    finish(exports, "ray", *RAY)


@pytest.mark.parametrize("above", [0, 1])
def test_ray_begins_anew_what_a_killed_worker_did(above: int, ray_cluster: Cluster, exports: Path) -> None:
    """Killed is the child of Ray's worker, or Ray's worker itself."""
    out = f"killed-{above}"
    with start(exports, out, *RAY) as process:
        when_at_work(process).parents()[above].kill()
        process.communicate(timeout=300)
    assert process.returncode == 0
    assert hashes(exports / out) == hashes(exports / "local")


def test_after_a_death_that_ray_does_not_see_the_same_command_goes_on(ray_cluster: Cluster, exports: Path) -> None:
    """The process that does the work, and takes the memory, is a grandchild of Ray's worker."""
    with start(exports, "again", *RAY) as process:
        when_at_work(process).kill()
        _, stderr = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "E217 A worker ended before its work was done: 1 of 4 shards; see " in stderr
    assert stderr.endswith("1 error; nothing was written\n")
    assert not (exports / "again").exists()
    finish(exports, "again", *RAY)


SLURM = ("--engine", "slurm", "--sbatch", "partition=all", "--workers", "2")
SLURM_CONF = """
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/daemon
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


@pytest.fixture(scope="module")
def slurm_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cluster of this machine; ``SLURM_CONF`` names it."""
    if shutil.which("slurmctld") is None or os.geteuid():
        pytest.skip("needs root and the system's slurm-wlm")
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("controller", "daemon"):
        (folder / name).mkdir()
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1], other.getsockname()[1]]
    conf = folder / "slurm.conf"
    conf.write_text(SLURM_CONF.format(folder=folder, host=socket.gethostname().partition(".")[0], ports=ports))
    os.environ["SLURM_CONF"] = str(conf)
    Path("/run/munge").mkdir(exist_ok=True)
    shutil.chown("/run/munge", "munge", "munge")
    subprocess.run(["runuser", "-u", "munge", "--", "munged"], check=False, capture_output=True)  # it may run already
    daemons = [
        subprocess.Popen([name, "-D"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in ("slurmctld", "slurmd")
    ]
    while "idle" not in subprocess.run(["sinfo"], capture_output=True, text=True, check=False).stdout:
        assert [daemon.poll() for daemon in daemons] == [None, None]
        time.sleep(0.2)
    yield
    for daemon in daemons:
        daemon.terminate()
        daemon.wait()
    del os.environ["SLURM_CONF"]


def test_slurm_gives_the_same_files(slurm_cluster: None, exports: Path) -> None:
    finish(exports, "slurm", *SLURM)


def test_after_jobs_that_were_cancelled_the_same_command_goes_on(slurm_cluster: None, exports: Path) -> None:
    with start(exports, "cancelled", *SLURM) as process:
        while len(list(exports.glob("cancelled.parts/*/log/completions/*"))) < 2:
            assert process.poll() is None
            time.sleep(0.1)
        subprocess.run(["scancel", "--name", "goldspan"], check=True)
        _, stderr = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "E217 A worker ended before its work was done: " in stderr
    assert not (exports / "cancelled").exists()
    finish(exports, "cancelled", *SLURM)


def test_a_job_that_slurm_does_not_take_is_named(slurm_cluster: None, exports: Path) -> None:
    with start(exports, "refused", "--engine", "slurm", "--sbatch", "partition=none") as process:
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "E219 Slurm does not take the job: sbatch ended with status 1" in stderr
    assert "Invalid partition name" in stderr
