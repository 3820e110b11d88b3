"""The drawings that a corpus keeps for its card, with the hashes of what they show and of their files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from goldspan.corpus import Corpus, inside
from goldspan.explore.charts import NAME, Chart
from goldspan.faults import DataError, Finding, fault
from goldspan.hashes import sha256
from goldspan.words import reason

__all__ = [
    "FOLDER",
    "LIST",
    "NO_CHART",
    "Drawing",
    "check_drawings",
    "drawing_of",
    "drawings_json",
    "kept_names",
    "read_drawings",
]

BAD_DRAWING = fault(
    "E727", "A figure of the card cannot be read, or is not the file that was drawn", "Run goldspan figures."
)
STALE_DRAWING = fault(
    "W728",
    "A figure was drawn from other records, or not at all, and is left out of the card",
    "Run goldspan figures; then build again.",
)
NO_CHART = fault(
    "E729", "No such figure can be drawn of this corpus", "Name one that goldspan explore RELEASE --figures DIR draws."
)

FOLDER = "figures"  # of a release
LIST = "figures.json"


class Drawing(Struct, frozen=True):
    """What a figure shows in words, the SHA-256 of the table behind it, and that of its file."""

    says: str
    shows: str
    file: str


def drawing_of(chart: Chart, data: bytes) -> Drawing:
    """A chart as it was drawn."""
    return Drawing(chart.says, table_hash(chart), sha256(data))


def table_hash(chart: Chart) -> str:
    """The SHA-256 of what a chart shows: the table behind it, whatever it looks like."""
    return sha256(json.dumps([chart.title, chart.head, chart.rows], ensure_ascii=False).encode(errors="replace"))


def drawings_json(drawings: Mapping[str, Drawing]) -> bytes:
    """Drawings by name as a file."""
    return msgspec.json.format(msgspec.json.encode(dict(sorted(drawings.items()))), indent=1) + b"\n"


def kept(corpus: Corpus) -> dict[str, Drawing]:
    """The drawings of a corpus by name; none where there is no list of them.

    Raises:
        DataError: the list cannot be read (E727).
    """
    path = inside(corpus.path("figures"), LIST, corpus.folder)
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Drawing])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BAD_DRAWING.error(reason(error), file=str(path)) from error


def kept_names(corpus: Corpus) -> set[str]:
    """The names of the drawings of a corpus that are names of files; none where the list cannot be read."""
    try:
        return {name for name in kept(corpus) if NAME.fullmatch(name)}
    except DataError:
        return set()


def read_drawings(
    corpus: Corpus, names: Iterable[str], charts: Mapping[str, Chart]
) -> Iterator[tuple[str, str, bytes]]:
    """Those of some drawings that show what their charts do: the name, what that is in words, the bytes of the file.

    Raises:
        DataError: one cannot be read, or has other bytes than it was drawn with (E727).
    """
    found = kept(corpus)
    for name in names:
        if is_fresh(found, name, charts):
            path = inside(corpus.path("figures"), f"{name}.svg", corpus.folder)
            data = read_bytes(path)
            if sha256(data) != found[name].file:
                raise BAD_DRAWING.error(f"it has other contents than {LIST} lists", file=str(path))
            yield name, found[name].says, data


def is_fresh(found: Mapping[str, Drawing], name: str, charts: Mapping[str, Chart]) -> bool:
    """True if a drawing is there and shows what the chart of its name does."""
    return name in found and name in charts and found[name].shows == table_hash(charts[name])


def read_bytes(path: Path) -> bytes:
    """The bytes of a drawing.

    Raises:
        DataError: there are none (E727).
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BAD_DRAWING.error(error.strerror or "", file=str(path)) from error


def check_drawings(corpus: Corpus, names: Iterable[str], charts: Mapping[str, Chart]) -> Iterator[Finding]:
    """Findings about drawings that lack, or show something else than the charts of their names (W728)."""
    found = kept(corpus)
    for name in names:
        if not is_fresh(found, name, charts):
            yield STALE_DRAWING.finding(name, file=str(corpus.path("figures") / LIST))
