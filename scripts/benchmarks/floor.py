"""What a conversion takes, against decoding its input and writing its tables, each alone, in one process.

Decoding is timed in two ways: the whole file at once, and window by window as the conversion does it.

Run as ``python -m benchmarks.floor EXPORT CONFIG OUT``; prints the seconds of each as JSON.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.convert.columns import writer
from goldspan.convert.conversion import convert, stored_configs
from goldspan.convert.parts import ROWS
from goldspan.export.narrow import entry_type
from goldspan.export.reader import Entry
from goldspan.export.windows import Bounds, form_of, windows

__all__: list[str] = []


def timed(work: Callable[[], Any]) -> float:
    """The seconds that some work takes, the garbage collector off as in a conversion."""
    gc.disable()
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    gc.enable()
    return seconds


def decode(export: Path, config: Path) -> None:
    """Decode every window of an export, and drop it."""
    form, kind = form_of(export), entry_type(stored_configs([config])[-1])
    for _ in windows(export, kind, form, Bounds(form.start, export.stat().st_size, True)):
        pass


def write(tables: dict[str, pa.Table], out: Path) -> None:
    """Write finished tables."""
    for name, contents in tables.items():
        with writer(out / f"{name}.parquet", contents.schema) as sink:
            sink.write_table(contents, row_group_size=ROWS)


def main(export: Path, config: Path, out: Path) -> None:
    """Time the three; once before that, to have everything imported and the file at hand."""
    convert([export], config, out / "converted", skip=True)
    tables = {path.name: pq.read_table(path) for path in (out / "converted").iterdir() if path.is_dir()}
    seconds = {
        "convert": timed(lambda: convert([export], config, out / "converted", skip=True)),
        "windows": timed(lambda: decode(export, config)),
        "decode": timed(lambda: msgspec.json.decode(export.read_bytes(), type=list[Entry])),
        "write": timed(lambda: write(tables, out)),
    }
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
