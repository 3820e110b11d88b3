"""What several tests need: this corpus copied, the command line run, and a small corpus of other labels."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from goldspan.build import Built, build
from tests.small import write_small_corpus

ROOT = Path(__file__).parent.parent
CONFIGS = ("documents", "entities", "claims", "claim_relations", "ner", "annotations")  # of the release that is kept
GOLDSPAN = Path(sys.executable).parent / "goldspan"

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

os.environ.setdefault("NUMBA_DISABLE_JIT", "1")  # compiling gamma takes longer than all that tests measure with it

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A copy of this corpus, to be damaged."""
    target = tmp_path / "corpus"
    target.mkdir()
    for name in ("corpus.toml", "dataset_card.md", "README.md"):
        shutil.copy2(ROOT / name, target / name)
    for name in ("dataset", "annotations"):
        shutil.copytree(ROOT / name, target / name)
    return target


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """A corpus folder of other labels, with two articles of which one is annotated, once."""
    return write_small_corpus(tmp_path / "small")


@pytest.fixture(scope="session")
def built() -> Built:
    """This corpus, built in memory."""
    return build(ROOT)


@pytest.fixture
def run() -> Run:
    """Run the command line as a user does."""

    def run_goldspan(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [GOLDSPAN, *map(str, arguments)], capture_output=True, text=True, check=False, encoding="utf-8"
        )

    return run_goldspan


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder."""
    return {name: found for name, (found, _) in fingerprint(folder).items()}


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    """The hash and the time of every file below a folder: equal only if nothing was touched."""
    return {
        path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes, to be filled."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def fill(disk: Path, room: int = 0) -> None:
    """Leave no room on a disk, or just some bytes."""
    with (disk / "filling").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            file.truncate(max(0, file.tell() - room))
