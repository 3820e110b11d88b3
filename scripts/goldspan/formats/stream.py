"""The neutral stream that every writer reads. Offsets are Unicode code points into the document's text, half-open."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from goldspan import records
from goldspan.faults import Finding
from goldspan.labeling import Kind

__all__ = [
    "Collection",
    "Control",
    "Document",
    "Files",
    "Lost",
    "Relation",
    "Span",
    "chosen",
    "count_attributes",
    "count_directions",
    "count_values",
    "pieces",
]

Lost = Counter[str]  # how many of what a format cannot hold, by what it is
Files = Iterator[tuple[str, bytes]]  # (file, bytes to be added at its end)


class Span(Struct, frozen=True):
    """A marked stretch of a document, or several that make up one: ``fragments`` are (start, end) in text order."""

    id: str
    layer: str
    labels: tuple[str, ...]
    fragments: tuple[tuple[int, int], ...]
    attributes: dict[str, Any] = {}

    @property
    def start(self) -> int:
        """Where the first fragment begins."""
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        """Where the last fragment ends."""
        return self.fragments[-1][1]


class Relation(Struct, frozen=True):
    """A link between two spans; ``direction`` is right (from -> to), bi, or none."""

    id: str
    from_id: str
    to_id: str
    labels: tuple[str, ...]
    direction: str = "right"
    attributes: dict[str, Any] = {}


class Document(Struct, frozen=True):
    """A text with what one annotator marked in it, or what a release says of it.

    ``file`` is a name for its file, without an ending, that every file system takes and no other document has.
    ``attributes`` is what is known of it, ``values`` what was said of the whole of it, by the name of the control.
    """

    doc_id: str
    text: str
    file: str
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    annotation_id: str | None = None
    attributes: dict[str, Any] = {}
    values: dict[str, Any] = {}


class Control(Struct, frozen=True):
    """What values of whole documents can be; one with ``labels`` is a choice of them, or of several."""

    kind: Kind
    labels: tuple[str, ...] = ()


class Collection(Struct, frozen=True):
    """The documents of a folder, to be read once.

    ``main`` is the layer of entities where it is known, ``language`` that of sentences, ``across`` the relations
    between documents, all of which join spans of the layer ``claims``, ``left_out`` what is no part of the stream at
    all. ``controls`` are those of the documents' values; of ``unsure`` it is not known whether they are choices.
    ``findings`` say what of ``left_out`` has a place.
    """

    layers: tuple[str, ...]
    main: str | None
    language: str
    documents: Iterable[Document]
    across: tuple[Relation, ...] = ()
    claims: str | None = None
    left_out: Lost = Lost()
    controls: dict[str, Control] = {}
    unsure: tuple[str, ...] = ()
    findings: list[Finding] = []

    @property
    def choices(self) -> dict[str, Control]:
        """The controls that are choices."""
        return {name: control for name, control in self.controls.items() if control.labels}


def pieces(spans: Iterable[Span], lost: Lost) -> list[records.Span]:
    """The fragments of spans in text order, an outer one first, each as a span of its own."""
    found = []
    for span in spans:
        lost["discontinuous spans, written as their fragments"] += len(span.fragments) > 1
        found += [
            records.Span(span.id, span.layer, span.labels, start, end, span.attributes) for start, end in span.fragments
        ]
    return sorted(found, key=lambda piece: (piece.start, -piece.end, piece.layer, piece.region_id))


def count_attributes(document: Document, lost: Lost) -> None:
    """Count the attributes of a document and of its spans and relations, for formats that hold none."""
    lost["documents' attributes"] += bool(document.attributes)
    lost["spans' attributes"] += sum(bool(span.attributes) for span in document.spans)
    lost["relations' attributes"] += sum(bool(relation.attributes) for relation in document.relations)


def count_values(document: Document, lost: Lost) -> None:
    """Count the values of a whole document, for formats that hold none."""
    lost["documents' values"] += len(document.values)


def chosen(value: Any) -> list[str]:
    """The labels in the value of a choice, or the texts in any other; none where a document has no value."""
    if isinstance(value, list):
        return [text for one in value for text in (chosen(one) if isinstance(one, str) else [json.dumps(one)])]
    if value is None or isinstance(value, str):
        return [] if value is None else [value]
    return [json.dumps(value)]


def count_directions(document: Document, lost: Lost) -> None:
    """Count the relations that have no one direction, for formats in which all do."""
    lost["relations without a direction or with both"] += sum(one.direction != "right" for one in document.relations)
