"""JSON lines: a document a line, with everything that the stream has."""

from typing import Any

import msgspec

from goldspan.formats.stream import Collection, Document, Files, Lost, Relation

__all__ = ["relation_row", "render", "write"]


def write(collection: Collection, lost: Lost) -> Files:
    """The files ``documents.jsonl``, and ``relations.jsonl`` with the relations between documents if there are any."""
    for document in collection.documents:
        yield "documents.jsonl", render(document)
    for relation in collection.across:
        yield "relations.jsonl", line(relation_row(relation))


def render(document: Document) -> bytes:
    """A document as one line."""
    row = {
        "doc_id": document.doc_id,
        "annotation_id": document.annotation_id,
        "text": document.text,
        "attributes": document.attributes,
        "values": document.values,
        "spans": [
            {
                "id": span.id,
                "layer": span.layer,
                "labels": span.labels,
                "start": span.start,
                "end": span.end,
                "text": document.text[span.start : span.end],
                "fragments": span.fragments,
                "attributes": span.attributes,
            }
            for span in document.spans
        ],
        "relations": [relation_row(relation) for relation in document.relations],
    }
    return line(row)


def relation_row(relation: Relation) -> dict[str, Any]:
    """A relation as plain values."""
    return {
        "id": relation.id,
        "from": relation.from_id,
        "to": relation.to_id,
        "labels": relation.labels,
        "direction": relation.direction,
        "attributes": relation.attributes,
    }


def line(row: dict[str, Any]) -> bytes:
    """A row as a line of JSON."""
    return msgspec.json.encode(row) + b"\n"
