"""One annotation for each document of a converted folder: a whole one by rule, or what most annotators marked.

An annotation that was skipped is never picked.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from goldspan.picks import rule_of

__all__ = ["MAJORITY", "Agreed", "agreed", "candidates", "picked"]

Row = dict[str, Any]
MAJORITY = "majority"
SPAN = ("layer", "start", "end")
OF_A_SPAN = frozenset({"span_id", "annotation_id", "doc_id", "text", "labels", "parent_span_id", *SPAN})
OF_A_RELATION = frozenset({"relation_id", "annotation_id", "doc_id", "from_span_id", "to_span_id", "labels"})


class Candidate(Struct, frozen=True):
    """An annotation that may be picked; ``annotator`` is what `rule_of` tells them apart by."""

    annotator: str
    saved: str | None
    ground_truth: bool | None


class Agreed(Struct, frozen=True):
    """What more than half of the annotations of a document have, and how much of the rest there is, by what it is."""

    spans: list[Row]
    relations: list[Row]
    values: Row
    left_out: Counter[str]


def candidates(annotations: Iterable[Row]) -> dict[str, list[Row]]:
    """The annotations of each document that were not skipped."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in annotations:
        if not row["was_cancelled"]:
            found[row["doc_id"]].append(row)
    return found


def picked(rows: Sequence[Row], pick: str) -> Row | None:
    """The one of a document's annotations that a rule picks; None if it picks none, or cannot tell several apart.

    ``pick`` is ``newest``, ``ground-truth`` or ``annotator=ID``, where ID is what the column ``annotator`` has.
    """
    if pick == "newest" and len(rows) == 1:
        return rows[0]
    _, _, wanted = pick.partition("=")
    fitting = [row for row in rows if not wanted or row.get("annotator") == wanted]
    if wanted:
        return fitting[0] if len(fitting) == 1 else None
    made = [
        Candidate(row["annotation_id"], row.get("updated_at") or row.get("created_at"), row.get("ground_truth"))
        for row in fitting
    ]
    name = rule_of(pick, made).annotator
    return next((row for row in rows if row["annotation_id"] == name), None)


def agreed(
    annotations: Sequence[Row], spans: Iterable[Row], relations: Iterable[Row], controls: Iterable[str]
) -> Agreed:
    """What more than half of a document's annotations have alike.

    Spans are alike in layer, extent and labels, relations in their ends, labels and direction. Of a span's columns, and
    of the ``controls`` of the whole task, those values stand that more than half have.
    """
    left_out: Counter[str] = Counter()
    half = len(annotations) / 2
    by_span: dict[Hashable, dict[str, Row]] = defaultdict(dict)
    names: dict[str, Hashable] = {}
    for row in spans:
        key = (*(row[name] for name in SPAN), tuple(sorted(row["labels"] or ())))
        by_span[key].setdefault(row["annotation_id"], row)
        names[row["span_id"]] = key
    standing = {key: common(list(rows.values()), OF_A_SPAN, half) for key, rows in by_span.items() if len(rows) > half}
    by_relation: dict[tuple[Any, ...], dict[str, Row]] = defaultdict(dict)
    for row in relations:
        joined = names.get(row["from_span_id"]), names.get(row["to_span_id"])
        how = row["direction"], tuple(sorted(row["labels"] or ()))
        by_relation[(*joined, *how)].setdefault(row["annotation_id"], row)
    kept = []
    for (one, other, *_), rows in by_relation.items():
        if len(rows) > half and one in standing and other in standing:
            ends = {"from_span_id": standing[one]["span_id"], "to_span_id": standing[other]["span_id"]}
            kept.append({**common(list(rows.values()), OF_A_RELATION, half), **ends})
    left_out["spans without a majority"] = len(by_span) - len(standing)
    left_out["relations without a majority"] = len(by_relation) - len(kept)
    values = {name: most([row[name] for row in annotations], half) for name in controls}
    lacking = [name for name in values if values[name] is None and any(row[name] is not None for row in annotations)]
    left_out["values without a majority"] = len(lacking)
    return Agreed(list(standing.values()), kept, values, +left_out)


def common(rows: Sequence[Row], fixed: Iterable[str], half: float) -> Row:
    """The first of some rows, with those values of its other columns that more than half of the annotations have.

    Which span lies in which is not said: spans of several annotations stand beside each other.
    """
    known = set(fixed)
    first = {name: held if name in known else most([row[name] for row in rows], half) for name, held in rows[0].items()}
    return {name: None if name == "parent_span_id" else held for name, held in first.items()}


def most(values: Sequence[Any], half: float) -> Any:
    """The value that more than half of all have; None if there is none."""
    counts: Mapping[str, int] = Counter(repr(value) for value in values if value is not None)
    return next((value for value in values if value is not None and counts[repr(value)] > half), None)
