"""Names that are made of places, as in decisions, clusters and pairs -> the names of the same places in a new text."""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from goldspan.faults import Finding, fault
from goldspan.hydrate.anchors import Alignment
from goldspan.hydrate.carry import Json, Written

__all__ = ["renamed_pair", "renamed_sheet"]

PLACE_GONE = fault(
    "W943",
    "A decision or cluster names a place that is gone from the text",
    "The build names it too: remove the row, or name another place.",
)
PLACE = re.compile(r"(?P<doc>[A-Za-z0-9._-]+):[^:|]+:(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})")
OTHER_END = re.compile(r"(?<=[<>])(?:[^:<>]+:)?(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})(?=:|$)")
PAIR_FIELDS = ("doc_id", "claim_a", "claim_b")

Alignments = Mapping[str, Alignment]


def renamed(name: str, alignments: Alignments) -> str | None:
    """The new name of a place such as ``001:claim:12-20``, alone or among others; None if it is gone.

    Places in documents that did not change keep their names.
    """
    first = PLACE.search(name)
    gone = False

    def moved(match: re.Match[str], doc_id: str) -> str:
        nonlocal gone
        if doc_id not in alignments:
            return match[0]
        placed = alignments[doc_id].place(int(match["start"]), int(match["end"]))
        gone = gone or placed is None
        head = match[0][: match.start("start") - match.start()]
        return f"{head}{placed.start}-{placed.end}" if placed else match[0]

    if first is None:
        return name
    ends = OTHER_END.sub(lambda match: moved(match, first["doc"]), name)
    found = PLACE.sub(lambda match: moved(match, match["doc"]), ends)
    return None if gone else found


def renamed_sheet(path: Path, column: str, alignments: Alignments) -> tuple[bytes, list[Finding]]:
    """A list with the names of places in a column made anew, and findings about places that are gone (W943).

    What stays as it is keeps its bytes if all does.
    """
    data = path.read_bytes()
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    at = rows[0].index(column)
    names = {row[at]: renamed(row[at], alignments) for row in rows[1:] if len(row) > at}
    gone = [PLACE_GONE.finding(file=str(path), row=name) for name, now in names.items() if now is None]
    changed = [[names.get(cell) or cell if number == at else cell for number, cell in enumerate(row)] for row in rows]
    if changed == rows:
        return data, gone
    sink = io.StringIO(newline="")
    csv.writer(sink, lineterminator="\r\n" if b"\r\n" in data else "\n").writerows(changed)
    return sink.getvalue().encode(), gone


def renamed_pair(task: Written, alignments: Alignments) -> Json | None:
    """The task of a pair with the new names of its claims; None if they are as they were."""
    names = {key: str(task.data[key]) for key in PAIR_FIELDS if key in task.data}
    data = {**task.data, **{key: renamed(name, alignments) or name for key, name in names.items()}}
    return None if data == task.data else task.with_data(data)
