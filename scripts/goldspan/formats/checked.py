"""Rows of a folder -> spans and relations that are sure to fit their document."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from goldspan.checks.release import has_null
from goldspan.faults import Fault, fault, stop_on_errors
from goldspan.formats.stream import Document, Relation, Span

__all__ = [
    "NO_FIT",
    "attributes",
    "by_id",
    "check",
    "fragment",
    "in_order",
    "need",
    "once",
    "refer",
]

NO_FIT = fault(
    "E962", "A span or relation does not fit its document", "Validate the folder; build it again, or convert again."
)

Row = dict[str, Any]


def fragment(extent: Row, text: str, **place: str) -> tuple[int, int]:
    """The extent that a row or struct gives, with its text.

    Raises:
        DataError: the text there is another than the row has, or none (E962).
    """
    start, end, said = extent["start"], extent["end"], extent["text"]
    if start is None or end is None or not 0 <= start < end <= len(text) or text[start:end] != said:
        raise NO_FIT.error(f"{start} to {end} is not {said!r}", **place)
    return start, end


def attributes(row: Row, but: Iterable[str]) -> Row:
    """What a row says beyond some columns; what is null or an empty list is left out."""
    apart = set(but)
    return {name: value for name, value in row.items() if name not in apart and value is not None and value != []}


def check(document: Document, file: str) -> Document:
    """The document.

    Raises:
        DataError: an id stands twice, fragments overlap, or a relation leads to no span (E962).
    """
    place = {"file": file, "task": document.doc_id}
    known = Counter(span.id for span in document.spans)
    findings = [NO_FIT.finding("its id stands twice", row=name, **place) for name, count in known.items() if count > 1]
    findings += [
        NO_FIT.finding("its fragments overlap", row=span.id, **place)
        for span in document.spans
        if any(left[1] > right[0] for left, right in zip(span.fragments, span.fragments[1:], strict=False))
    ]
    findings += [
        NO_FIT.finding(f"there is no span {end!r}", row=relation.id, **place)
        for relation in document.relations
        for end in (relation.from_id, relation.to_id)
        if end not in known
    ]
    stop_on_errors(findings)
    return document


def need(table: pa.Table, columns: Iterable[str], filled: Iterable[str], kind: Fault, **place: str) -> None:
    """See that a table has some columns, and no nulls in some.

    Raises:
        DataError: it does not (the fault given, which validating the folder finds, too).
    """
    stop_on_errors(kind.finding(f"{name} is missing", **place) for name in columns if name not in table.column_names)
    stop_on_errors(kind.finding(f"{name} is null", **place) for name in filled if has_null(table[name]))


def refer(ids: Iterable[str], known: Iterable[str], what: str, place: str) -> None:
    """See that ids are among those that are known.

    Raises:
        DataError: one is not (E962).
    """
    missing = sorted(set(ids) - set(known))
    stop_on_errors(NO_FIT.finding(f"there is no {what} {one!r}", file=place) for one in missing)


def once(ids: Iterable[str], place: str) -> None:
    """See that no document stands twice.

    Raises:
        DataError: one does (E962).
    """
    counts = Counter(ids)
    stop_on_errors(NO_FIT.finding("it stands twice", file=place, task=one) for one in counts if counts[one] > 1)


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in text order, an outer one first."""
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end, span.layer, span.id)))


def by_id(relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """Relations in the order of their ids."""
    return tuple(sorted(relations, key=lambda relation: (relation.from_id, relation.to_id, relation.id)))
