"""One annotation for each document of a converted folder: a whole one by rule, or what most annotators marked.

An annotation that was skipped is never picked.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from msgspec import Struct

from goldspan.export.standing import latest
from goldspan.faults import Finding, fault
from goldspan.picks import BY_ANNOTATOR, rule_of
from goldspan.records import forward
from goldspan.words import counted

__all__ = ["MAJORITY", "Agreed", "Row", "RowsOf", "agreed", "by_annotation", "candidates", "marked_by", "picked"]

NOBODY = fault(
    "E026",
    "There is no annotation by the annotator that is to be picked",
    "Write annotator=ID with an ID that the column annotator of the annotations has.",
)
NOT_PICKED = fault(
    "W210",
    "No annotation of a document is picked, since the rule fits none or cannot tell several apart",
    "Nothing, if it may be left out; else settle it in Label Studio, or pick by another rule.",
)

Row = dict[str, Any]
RowsOf = Callable[[str], list[Row]]
MAJORITY = "majority"
SPAN = ("layer", "start", "end")
OF_A_SPAN = frozenset({"span_id", "annotation_id", "doc_id", "text", "labels", "parent_span_id", *SPAN})
OF_A_RELATION = frozenset(
    {"relation_id", "annotation_id", "doc_id", "from_span_id", "to_span_id", "labels", "direction"}
)


class Candidate(Struct, frozen=True):
    """An annotation that may be picked; ``annotator`` is what `rule_of` tells them apart by."""

    annotator: str
    saved: str | None
    ground_truth: bool | None


class Picked(Struct, frozen=True):
    """The annotation of a document that is picked, alone in a list, or none; what is not, by what it is."""

    annotations: list[Row]
    left_out: Counter[str]
    findings: list[Finding]


class Agreed(Struct, frozen=True):
    """What more than half of the annotators of a document have, and how much of the rest there is, by what it is."""

    spans: list[Row]
    relations: list[Row]
    values: Row
    left_out: Counter[str]


def by_annotation(table: pa.Table) -> RowsOf:
    """The rows of each annotation, which are made values only when they are asked for."""
    ordered = table.sort_by("annotation_id")
    counts = Counter(ordered["annotation_id"].to_pylist())
    bounds, at = {}, 0
    for name, count in counts.items():
        bounds[name] = at, count
        at += count
    return lambda name: list(ordered.slice(*bounds.get(name, (0, 0))).to_pylist())


def marked_by(annotations: Iterable[Row], rows: RowsOf) -> Iterator[Row]:
    """The rows of some annotations."""
    return (row for one in annotations for row in rows(one["annotation_id"]))


def candidates(annotations: Sequence[Row], pick: str | None = None) -> dict[str, list[Row]]:
    """The annotations of each document that were not skipped.

    Raises:
        DataError: an annotator is to be picked of whom there is no annotation (E026).
    """
    known = {row.get("annotator") for row in annotations}
    if known and pick and pick.startswith(BY_ANNOTATOR) and pick.removeprefix(BY_ANNOTATOR) not in known:
        there = ", ".join(sorted(repr(one) for one in known if one is not None)) or "none"
        raise NOBODY.error(f"{pick.removeprefix(BY_ANNOTATOR)!r}; there are {there}")
    found: dict[str, list[Row]] = defaultdict(list)
    for row in annotations:
        if not row["was_cancelled"]:
            found[row["doc_id"]].append(row)
    return found


def saved(row: Row) -> str | None:
    """When an annotation was saved, as its export writes it."""
    return row.get("updated_at") or row.get("created_at")


def one_of_each(rows: Iterable[Row]) -> list[Row]:
    """Of each annotator's annotations of a document the one that was saved last; one by nobody stands for itself."""
    found: dict[tuple[str | None, str | None], list[Row]] = defaultdict(list)
    for row in rows:
        by = row.get("annotator")
        found[by, row["annotation_id"] if by is None else None].append(row)
    return [latest(each, saved) for each in found.values()]


def picked(rows: Sequence[Row], pick: str) -> Picked:
    """The one of a document's annotations that a rule picks; none if it fits none, or cannot tell several apart.

    ``pick`` is ``newest``, ``ground-truth`` or ``annotator=ID``, where ID is what the column ``annotator`` has; of
    several annotations by that annotator it is the one that was saved last.
    """
    one = only_one(rows, pick)
    left_out = Counter(
        {"annotations that are not picked": len(rows) - len(one), "documents of which no annotation is picked": not one}
    )
    findings = (
        [] if one else [NOT_PICKED.finding(f"{pick}, of {counted(len(rows), 'annotation')}", task=rows[0]["doc_id"])]
    )
    return Picked(one, +left_out, findings)


def only_one(rows: Sequence[Row], pick: str) -> list[Row]:
    """The annotation that a rule picks, alone in a list."""
    if pick.startswith(BY_ANNOTATOR):
        return [row for row in one_of_each(rows) if row.get("annotator") == pick.removeprefix(BY_ANNOTATOR)]
    if pick == "newest" and len(rows) == 1:
        return list(rows)
    made = [Candidate(row["annotation_id"], saved(row), row.get("ground_truth")) for row in rows]
    name = rule_of(pick, made).annotator
    return [row for row in rows if row["annotation_id"] == name]


def agreed(
    annotations: Sequence[Row], spans: Iterable[Row], relations: Iterable[Row], controls: Iterable[str]
) -> Agreed:
    """What more than half of a document's annotators have alike, each by the annotation that was saved last.

    Spans are alike in layer, extent and labels, relations in their ends, labels and direction, whichever way round they
    were drawn. Of a span's columns, and of the ``controls`` of the whole task, those values stand that more than half
    have.
    """
    voting = one_of_each(annotations)
    voters, half = {row["annotation_id"] for row in voting}, len(voting) / 2
    left_out = Counter({"annotations that are not picked": len(annotations) - len(voting)})
    by_span: dict[Hashable, dict[str, Row]] = defaultdict(dict)
    names: dict[str, Hashable] = {}
    for row in (row for row in spans if row["annotation_id"] in voters):
        key = (*(row[name] for name in SPAN), tuple(sorted(row["labels"] or ())))
        by_span[key].setdefault(row["annotation_id"], row)
        names[row["span_id"]] = key
    standing = {
        key: common(list(rows.values()), OF_A_SPAN, half, left_out) for key, rows in by_span.items() if len(rows) > half
    }
    by_relation: dict[tuple[Any, ...], dict[str, Row]] = defaultdict(dict)
    for row in (row for row in relations if row["annotation_id"] in voters):
        by_relation[link_of(row, names)].setdefault(row["annotation_id"], row)
    kept = []
    for (one, other, direction, _), rows in by_relation.items():
        if len(rows) > half and one in standing and other in standing:
            ends = {"from_span_id": standing[one]["span_id"], "to_span_id": standing[other]["span_id"]}
            kept.append({**common(list(rows.values()), OF_A_RELATION, half, left_out), **ends, "direction": direction})
    left_out["spans without a majority"] = len(by_span) - len(standing)
    left_out["relations without a majority"] = len(by_relation) - len(kept)
    values = {name: most([row[name] for row in voting], half) for name in controls}
    lacking = [name for name in values if values[name] is None and any(row[name] is not None for row in voting)]
    left_out["values without a majority"] = len(lacking)
    return Agreed(list(standing.values()), kept, values, +left_out)


def link_of(row: Row, names: Mapping[str, Hashable]) -> tuple[Any, ...]:
    """What makes a relation the same as another annotator's: its ends, its direction and its labels."""
    one, other, direction = forward(row["from_span_id"], row["to_span_id"], row["direction"])
    ends = [names.get(one), names.get(other)]
    return (*(sorted(ends, key=str) if direction == "bi" else ends), direction, tuple(sorted(row["labels"] or ())))


def common(rows: Sequence[Row], fixed: Iterable[str], half: float, left_out: Counter[str]) -> Row:
    """The first of some rows, with those values of its other columns that more than half of the annotators have.

    Which span lies in which is not said: spans of several annotations stand beside each other.
    """
    found = dict(rows[0])
    for name in set(found) - set(fixed):
        found[name] = most([row[name] for row in rows], half)
        left_out["values of spans or relations without a majority"] += found[name] is None and any(
            row[name] not in (None, []) for row in rows
        )
    return {**found, "parent_span_id": None} if "parent_span_id" in found else found


def most(values: Sequence[Any], half: float) -> Any:
    """The value that more than half of all have; None if there is none."""
    counts: Mapping[str, int] = Counter(repr(value) for value in values if value is not None)
    return next((value for value in values if value is not None and counts[repr(value)] > half), None)
