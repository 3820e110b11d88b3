"""make bench: goldspan convert beside other ways, in rounds, each a process of its own; medians and ratios.

Seconds depend on the machine and the hour: only the ratios within one run say anything.
"""

import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.generate import CONFIG, write_export
from benchmarks.ways import WAYS

__all__: list[str] = []

SCRIPTS = Path(__file__).parent.parent
STRETCH = re.compile(r"(<!-- bench:begin -->\n).*?(<!-- bench:end -->)", re.DOTALL)
LIBRARIES = ("pyarrow", "msgspec", "numpy", "label-studio-sdk", "datasets", "duckdb")
GOLDSPAN, BIO = "goldspan convert", "goldspan convert --bio"


def run(command: Sequence[object], out: Path) -> tuple[float, float, str]:
    """The seconds and the peak megabytes of a process, and what it printed."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS), "HF_DATASETS_OFFLINE": "1"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    assert process.stdout is not None
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {status}")
    return seconds, usage.ru_maxrss / 1024, said


def commands(export: Path, config: Path, out: Path) -> dict[str, list[object]]:
    """Every way as a command."""
    goldspan: list[object] = [
        Path(sys.executable).parent / "goldspan",
        "convert",
        export,
        "--config",
        config,
        "--out",
        out / "g",
    ]
    others = {name: [sys.executable, "-m", "benchmarks.ways", name, export, config, out] for name in WAYS}
    return {GOLDSPAN: goldspan, BIO: [*goldspan, "--bio", "entity"], **others}


def measure(ways: dict[str, list[object]], out: Path, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds and megabytes of each way in each round."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(rounds):
        for name, command in ways.items():
            seconds, memory, _ = run(command, out)
            found[name].append((seconds, memory))
            print(f"round {number + 1}: {name}: {seconds:.1f} s, {memory:.0f} MB", file=sys.stderr)
    return found


def median(found: dict[str, list[tuple[float, float]]], name: str, column: int = 0) -> float:
    """The median of a way's seconds (0) or megabytes (1)."""
    return statistics.median(one[column] for one in found[name])


def table(rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [rows[0], ["---"] * len(rows[0]), *rows[1:]])


def main(
    tasks: Annotated[int, typer.Option(help="How many tasks the export has.")] = 10_000,
    large: Annotated[int, typer.Option(help="How many the large one has; 0 leaves it out.")] = 50_000,
    rounds: Annotated[int, typer.Option(help="How often each way is run.")] = 5,
    folder: Annotated[Path, typer.Option(help="Where exports and outputs are kept.")] = Path("build/bench"),
    readme: Annotated[Path | None, typer.Option(help="A page whose stretch for it is made anew.")] = None,
) -> None:
    """Run everything and print the table."""
    folder.mkdir(parents=True, exist_ok=True)
    config, out = folder / "config.xml", folder / "out"
    config.write_text(CONFIG)
    exports = {count: folder / f"{count}.json" for count in (1000, tasks, large) if count}
    for count, path in exports.items():
        if not path.exists():
            write_export(path, count)
    export = exports[tasks]
    floors = []
    for _ in range(rounds):
        _, _, said = run([sys.executable, "-m", "benchmarks.floor", export, config, out], out)
        floors.append(json.loads(said))
        print(f"in one process: {floors[-1]}", file=sys.stderr)
    floor, strict = (
        statistics.median(one["convert"] / (one[decoding] + one["write"]) for one in floors)
        for decoding in ("decode", "windows")
    )
    found = measure(commands(export, config, out), out, rounds)
    ours, tagged, memory = median(found, GOLDSPAN), median(found, BIO), median(found, GOLDSPAN, 1)
    rows: list[list[object]] = [["against", "seconds", "peak MB", "ratio"]]
    rows.append([GOLDSPAN, f"{ours:.1f}", f"{memory:.0f}", ""])
    rows.append([BIO, f"{tagged:.1f}", f"{median(found, BIO, 1):.0f}", f"{tagged / ours:.2f} times as long"])
    rows.append(["typed decoding + writing alone, in one process", "", "", f"{floor:.2f} times as long"])
    rows.append(["the same, decoding by windows as here", "", "", f"{strict:.2f} times as long"])
    for name in WAYS:
        seconds, mine = median(found, name), tagged if name == "CONLL2003" else ours
        rows.append([name, f"{seconds:.1f}", f"{median(found, name, 1):.0f}", f"{seconds / mine:.2f} times faster"])
    if large:
        rows += large_rows(exports[large], config, out, rounds)
    for count in sorted(exports):
        _, megabytes, _ = run(commands(exports[count], config, out)[GOLDSPAN], out)
        rows.append([f"{GOLDSPAN}, {count} tasks", "", f"{megabytes:.0f}", ""])
    shutil.rmtree(out)
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}"
    shown = f"{table(rows)}\n\n{tasks} tasks of about 28 KB, medians of {rounds} processes each, in turns; {machine}.\n"
    print(shown)
    if readme is not None:
        readme.write_text(STRETCH.sub(lambda match: f"{match[1]}{shown}{match[2]}", readme.read_text(encoding="utf-8")))


def large_rows(export: Path, config: Path, out: Path, rounds: int) -> list[list[object]]:
    """The rows of the large export: as it is called by default, with one worker and with two, and DuckDB."""
    every = commands(export, config, out)
    ways = {GOLDSPAN: every[GOLDSPAN], "DuckDB": every["DuckDB"]}
    ways |= {f"{GOLDSPAN} --workers {count}": [*every[GOLDSPAN], "--workers", count] for count in (1, 2)}
    found = measure(ways, out, rounds)
    ours, one, two = (median(found, name) for name in ways if name != "DuckDB")
    ratios = {
        "DuckDB": f"{median(found, 'DuckDB') / ours:.2f} times as long",
        f"{GOLDSPAN} --workers 1": f"{one / ours:.2f} times as long",
        f"{GOLDSPAN} --workers 2": f"{one / two:.2f} times as fast as one worker, {ours / two:.2f} as by default",
    }
    return [
        [f"{name}, large", f"{median(found, name):.1f}", f"{median(found, name, 1):.0f}", ratios.get(name, "")]
        for name in ways
    ]


if __name__ == "__main__":
    typer.run(main)
