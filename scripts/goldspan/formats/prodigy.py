"""Prodigy's tasks: a document a line, with tokens, spans by characters and tokens, and relations between tokens."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from goldspan.formats.stream import (
    Collection,
    Control,
    Document,
    Files,
    Lost,
    chosen,
    count_attributes,
    count_directions,
    pieces,
)
from goldspan.formats.words import Word, words
from goldspan.records import Span

__all__ = ["render", "write"]

Row = dict[str, Any]


def write(collection: Collection, lost: Lost) -> Files:
    """The file ``documents.jsonl``."""
    for document in collection.documents:
        count_attributes(document, lost)
        count_directions(document, lost)
        yield "documents.jsonl", msgspec.json.encode(render(document, collection.choices, lost)) + b"\n"
    lost["relations between documents"] += len(collection.across)


def render(document: Document, choices: dict[str, Control], lost: Lost) -> Row:
    """A document as a task of the interfaces ``spans``, ``relations`` and ``choice``: a span for each label.

    A relation leads from ``head`` to ``child``, which are the last tokens of its spans.
    """
    found = pieces(document.spans, lost)
    tokens = words(document.text, found)
    spans = [row for span in found for row in span_rows(document.text, span, tokens)]
    first = {row["id"]: row for row in reversed(spans)}
    rest = {name: value for name, value in document.values.items() if name not in choices}
    meta = {"doc_id": document.doc_id, "annotation_id": document.annotation_id, **rest}
    return {
        "text": document.text,
        "meta": {name: value for name, value in meta.items() if value is not None},
        "tokens": [
            {"text": document.text[one.start : one.end], "start": one.start, "end": one.end, "id": at, "ws": one.space}
            for at, one in enumerate(tokens)
        ],
        "spans": spans,
        "relations": [
            {
                "head": head["token_end"],
                "child": child["token_end"],
                "head_span": ends(head),
                "child_span": ends(child),
                "label": label,
            }
            for relation in document.relations
            for head, child in [(first[relation.from_id], first[relation.to_id])]
            for label in relation.labels or ("",)
        ],
        **options_of(document, choices),
    }


def options_of(document: Document, choices: dict[str, Control]) -> Row:
    """The labels of all choices as options, and those that were chosen as accepted; nothing without any choice."""
    options = [
        {"id": f"{name}={label}", "text": f"{name}: {label}"}
        for name, control in choices.items()
        for label in control.labels
    ]
    accepted = [f"{name}={label}" for name in choices for label in chosen(document.values.get(name))]
    return {"options": options, "accept": accepted} if options else {}


def span_rows(text: str, span: Span, tokens: Sequence[Word]) -> Iterator[Row]:
    """A span, once for each label; one without a label has an empty one."""
    inside = [at for at, token in enumerate(tokens) if span.covers(token.start, token.end)]
    for label in span.labels or ("",):
        yield {
            "id": span.region_id,
            "layer": span.layer,
            "text": text[span.start : span.end],
            "start": span.start,
            "end": span.end,
            "token_start": inside[0],
            "token_end": inside[-1],
            "label": label,
        }


def ends(row: Row) -> Row:
    """What a relation says of a span."""
    return {name: row[name] for name in ("start", "end", "token_start", "token_end", "label")}
