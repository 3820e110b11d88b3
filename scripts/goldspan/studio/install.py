"""Label Studio in a virtual environment of its own, from pinned versions, under the user's cache."""

import os
import re
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from goldspan.faults import fault
from goldspan.hashes import sha256
from goldspan.progress import Show, silent

__all__ = ["VERSION", "install"]

NOT_INSTALLED = fault(
    "E801",
    "Label Studio could not be installed",
    "Mend what pip names below (network, disk, Python 3.11 to 3.13), then run the same command again.",
)

LOCK = files("goldspan.studio") / "label-studio.txt"
PINS = re.findall(r"^([\w.-]+)==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
VERSION = dict(PINS)["label-studio"]


def install(show: Show = silent) -> Path:
    """The program ``label-studio``, installed on first use. An installation that was broken off is done anew.

    Raises:
        DataError: pip failed (E801, with its last words).
        OSError: the cache cannot be written.
    """
    name = f"label-studio-{VERSION}-{sha256(LOCK.read_bytes())[:8]}"
    folder = user_cache_path("goldspan", ensure_exists=True) / name
    program = folder / ("Scripts" if os.name == "nt" else "bin") / "label-studio"
    done = folder / "installed"
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            fill(folder, program.parent / "python", show)
            done.touch()
    return program


def fill(folder: Path, python: Path, show: Show) -> None:
    """Make the environment and install the pinned versions."""
    show("making an environment for Label Studio")
    run([sys.executable, "-m", "venv", str(folder)], show)
    with as_file(LOCK) as lock:
        pip = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
        run([*pip, "--require-hashes", "-r", str(lock)], show)


def run(command: list[str], show: Show) -> None:
    """Run a step of the installation and count what it collects.

    Raises:
        DataError: it failed (E801).
    """
    said: list[str] = []
    with subprocess.Popen(  # noqa: S603 - the command is ours
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            said.append(line.strip())
            collected = sum(each.startswith("Collecting ") for each in said)
            if line.startswith("Collecting "):
                show(f"downloading Label Studio {VERSION}", collected, len(PINS))
            elif line.startswith("Installing "):
                show(f"installing Label Studio {VERSION}, about a gigabyte")
    if process.returncode:
        errors = [line for line in said if "ERROR" in line or "Error" in line]
        raise NOT_INSTALLED.error("; ".join((errors or said)[-3:]) or f"status {process.returncode}")
