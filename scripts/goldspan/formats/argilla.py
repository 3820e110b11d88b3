"""Argilla: a folder for ``rg.Dataset.from_disk``, with a question for each layer and choice; spans are suggestions."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.formats.stream import Collection, Control, Document, Files, Lost, chosen, count_attributes, pieces
from goldspan.formats.words import labelled
from goldspan.labeling import Kind

__all__ = ["Names", "named", "render", "safe_names", "write"]

LEAST_VISIBLE = 3  # options, of which Argilla shows no fewer
LEAST_CHOICE = 2  # labels, with fewer of which its server takes no question about whole records
FIELD, ID = "text", "doc_id"
Row = dict[str, Any]
SPANS: Row = {"type": "span", "field": FIELD, "allow_overlapping": True}
SELECTION: Row = {"type": "label_selection"}
SELECTIONS: Row = {"type": "multi_label_selection"}
FLOAT: Row = {"type": "float", "min": None, "max": None}
TERMS: Row = {"type": "terms", "values": None}


class Names(Struct, frozen=True):
    """What Argilla calls the questions about layers and about choices, and the metadata of other values."""

    layers: dict[str, str]
    choices: dict[str, str]
    metadata: dict[str, str]


def write(collection: Collection, lost: Lost) -> Files:
    """The files ``records.json``, ``.argilla/settings.json`` and ``.argilla/dataset.json``."""
    names = named(collection)
    labels: dict[str, set[str]] = defaultdict(set)
    ahead = b"[\n"
    for document in collection.documents:
        count_attributes(document, lost)
        lost["relations"] += len(document.relations)
        yield "records.json", ahead + msgspec.json.encode(render(document, names, collection.controls, lost))
        ahead = b",\n"
        for span in document.spans:
            labels[span.layer].update(span.labels)
    lost["relations between documents"] += len(collection.across)
    yield "records.json", b"[]\n" if ahead == b"[\n" else b"\n]\n"
    yield ".argilla/settings.json", formatted(settings(names, labels, collection.controls))
    yield ".argilla/dataset.json", formatted({"name": "goldspan"})


def formatted(value: Row) -> bytes:
    """JSON for people."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def named(collection: Collection) -> Names:
    """A name for each layer and each control, all different."""
    asked = [name for name, control in collection.controls.items() if len(control.labels) >= LEAST_CHOICE]
    others = [name for name in collection.controls if name not in asked]
    kinds = [collection.layers, asked, others]
    found = iter(safe_names([name for kind in kinds for name in kind]))
    return Names(*(dict(zip(kind, found, strict=False)) for kind in kinds))


def safe_names(names: Iterable[str]) -> list[str]:
    """Names as Argilla allows them, of small letters, digits, ``_`` and ``-``, all different."""
    taken = [FIELD, ID]
    for each in names:
        name = re.sub(r"[^a-z0-9_-]", "_", each.lower()).strip("_-") or "unnamed"
        taken.append(next(one for one in (numbered(name, n) for n in count(1)) if one not in taken))
    return taken[2:]


def numbered(name: str, number: int) -> str:
    """A name, from the second on with a number."""
    return name if number == 1 else f"{name}-{number}"


def render(document: Document, names: Names, controls: dict[str, Control], lost: Lost) -> Row:
    """A document as a record: the spans of each layer suggested as the answer to its question, once for each label."""
    suggestions: dict[str, Row] = {}
    for span in labelled(pieces(document.spans, lost), lost):
        question = suggestions.setdefault(names.layers[span.layer], suggestion([]))
        question["value"] += [{"start": span.start, "end": span.end, "label": label} for label in span.labels]
    for control, name in names.choices.items():
        if labels := chosen(document.values.get(control)):
            suggestions[name] = suggestion(labels if controls[control].kind is Kind.STRINGS else labels[0])
    return {
        "id": document.file,
        "fields": {FIELD: document.text},
        "metadata": {ID: document.doc_id} | metadata(document, names),
        "suggestions": suggestions,
        "responses": {},
        "vectors": {},
        "status": "pending",
    }


def suggestion(value: Any) -> Row:
    """The suggestion of an answer."""
    return {"value": value, "score": None, "agent": "goldspan"}


def metadata(document: Document, names: Names) -> Row:
    """The values of a document that answer no question: numbers, and lists of texts."""
    values = {name: document.values[control] for control, name in names.metadata.items() if control in document.values}
    return {
        name: value if isinstance(value, float | int) and not isinstance(value, bool) else chosen(value)
        for name, value in values.items()
    }


def settings(names: Names, labels: dict[str, set[str]], controls: dict[str, Control]) -> Row:
    """The settings of the dataset: the text, metadata, a question for each layer with labels and for each choice."""
    layers = [(name, layer, sorted(labels[layer]), SPANS) for layer, name in names.layers.items() if labels[layer]]
    choices = [
        (name, control, controls[control].labels, SELECTIONS if controls[control].kind is Kind.STRINGS else SELECTION)
        for control, name in names.choices.items()
    ]
    floats = {name for control, name in names.metadata.items() if controls[control].kind is Kind.NUMBER}
    return {
        "guidelines": None,
        "fields": [
            {"name": FIELD, "title": FIELD, "required": True, "settings": {"type": "text", "use_markdown": False}}
        ],
        "questions": [question(*one, required=at == 0) for at, one in enumerate([*layers, *choices])],
        "metadata": [
            {"name": name, "title": title, "settings": FLOAT if name in floats else TERMS}
            for title, name in {ID: ID, **names.metadata}.items()
        ],
        "vectors": [],
        "allow_extra_metadata": False,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
    }


def question(name: str, title: str, labels: Sequence[str], kind: Row, *, required: bool) -> Row:
    """The question for a layer or a choice, with its labels as options."""
    return {
        "name": name,
        "title": title,
        "required": required,
        "settings": {
            **kind,
            "visible_options": len(labels) if len(labels) >= LEAST_VISIBLE else None,
            "options": [{"value": label, "text": label, "description": None} for label in labels],
        },
    }
