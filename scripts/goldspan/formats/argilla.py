"""Argilla: a folder for ``rg.Dataset.from_disk``, with a SpanQuestion for each layer and spans as suggestions."""

import re
from collections import defaultdict
from typing import Any

import msgspec

from goldspan.formats.stream import Collection, Document, Files, Lost, count_attributes, pieces
from goldspan.formats.words import labelled

__all__ = ["question_names", "render", "write"]

LEAST_VISIBLE = 3  # options, of which Argilla shows no fewer
FIELD = "text"
Row = dict[str, Any]


def write(collection: Collection, lost: Lost) -> Files:
    """The files ``records.json``, ``.argilla/settings.json`` and ``.argilla/dataset.json``."""
    names = question_names(collection.layers)
    labels: dict[str, set[str]] = defaultdict(set)
    ahead = b"[\n"
    for document in collection.documents:
        count_attributes(document, lost)
        lost["relations"] += len(document.relations)
        yield "records.json", ahead + msgspec.json.encode(render(document, names, lost))
        ahead = b",\n"
        for span in document.spans:
            labels[span.layer].update(span.labels)
    lost["relations between documents"] += len(collection.across)
    yield "records.json", b"[]\n" if ahead == b"[\n" else b"\n]\n"
    yield ".argilla/settings.json", formatted(settings(names, labels))
    yield ".argilla/dataset.json", formatted({"name": "goldspan"})


def formatted(value: Row) -> bytes:
    """JSON for people."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def question_names(layers: tuple[str, ...]) -> dict[str, str]:
    """A name for each layer's question: Argilla allows small letters, digits, ``_`` and ``-`` only."""
    names: dict[str, str] = {}
    for layer in layers:
        name = re.sub(r"[^a-z0-9_-]", "_", layer.lower()).strip("_-") or "spans"
        number = next(n for n in range(1, len(layers) + 1) if numbered(name, n) not in names.values())
        names[layer] = numbered(name, number)
    return names


def numbered(name: str, number: int) -> str:
    """A name, from the second on with a number."""
    return name if number == 1 else f"{name}-{number}"


def render(document: Document, names: dict[str, str], lost: Lost) -> Row:
    """A document as a record: the spans of each layer suggested as the answer to its question, once for each label."""
    suggestions: dict[str, Row] = {}
    for span in labelled(pieces(document.spans, lost), lost):
        question = suggestions.setdefault(names[span.layer], {"value": [], "score": None, "agent": "goldspan"})
        question["value"] += [{"start": span.start, "end": span.end, "label": label} for label in span.labels]
    return {
        "id": document.file,
        "fields": {FIELD: document.text},
        "metadata": {"doc_id": document.doc_id},
        "suggestions": suggestions,
        "responses": {},
        "vectors": {},
        "status": "pending",
    }


def settings(names: dict[str, str], labels: dict[str, set[str]]) -> Row:
    """The settings of the dataset: the text, and a question for each layer that has labels."""
    asked = [layer for layer in names if labels[layer]]
    return {
        "guidelines": None,
        "fields": [
            {"name": FIELD, "title": FIELD, "required": True, "settings": {"type": "text", "use_markdown": False}}
        ],
        "questions": [question(names[layer], layer, sorted(labels[layer]), layer == asked[0]) for layer in asked],
        "metadata": [{"name": "doc_id", "title": "doc_id", "settings": {"type": "terms", "values": None}}],
        "vectors": [],
        "allow_extra_metadata": False,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
    }


def question(name: str, layer: str, labels: list[str], required: bool) -> Row:
    """The question for a layer, whose spans may overlap."""
    return {
        "name": name,
        "title": layer,
        "required": required,
        "settings": {
            "type": "span",
            "field": FIELD,
            "allow_overlapping": True,
            "visible_options": len(labels) if len(labels) >= LEAST_VISIBLE else None,
            "options": [{"value": label, "text": label, "description": None} for label in labels],
        },
    }
