"""GLiNER's training data: a list of sentences, with spans as the numbers of their first and last token."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from goldspan.formats.names import layer_files
from goldspan.formats.stream import (
    Collection,
    Document,
    Files,
    Lost,
    Relation,
    count_attributes,
    count_directions,
    count_values,
    pieces,
)
from goldspan.formats.words import labelled, token_sentences, trimmed
from goldspan.records import Span

__all__ = ["render", "write"]

Sentence = dict[str, Any]


def write(collection: Collection, lost: Lost) -> Files:
    """A file ``LAYER.json`` for each layer; spans may nest and cross, and have one entry for each label."""
    ahead = dict.fromkeys(collection.layers, b"[\n")
    files = layer_files(collection.layers, "json")
    for document in collection.documents:
        count_attributes(document, lost)
        count_directions(document, lost)
        count_values(document, lost)
        held = 0
        for layer, file in files.items():
            for sentence in render(document, layer, collection.language, lost):
                held += len(sentence["relations"])
                yield file, ahead[layer] + msgspec.json.encode(sentence)
                ahead[layer] = b",\n"
        wanted = sum(max(1, len(relation.labels)) for relation in document.relations)
        lost["relations between sentences or layers, or without a label"] += wanted - held
    lost["relations between documents"] += len(collection.across)
    for layer, file in files.items():
        yield file, b"[]\n" if ahead[layer] == b"[\n" else b"\n]\n"


def render(document: Document, layer: str, language: str, lost: Lost) -> Iterator[Sentence]:
    """The sentences of a document with the spans of a layer, and the relations between those of one sentence."""
    found = pieces((span for span in document.spans if span.layer == layer), lost)
    spans = labelled(trimmed(document.text, found, lost), lost)
    for tokens in token_sentences(document.text, spans, language):
        inside = [span for span in spans if tokens[0][0] <= span.start < tokens[-1][1]]
        entries = [(span, label) for span in inside for label in span.labels]
        yield {
            "doc_id": document.doc_id,
            "annotation_id": document.annotation_id,
            "tokenized_text": [document.text[start:end] for start, end in tokens],
            "ner": [[*numbers(tokens, span), label] for span, label in entries],
            "relations": list(linked(document.relations, [span.region_id for span, _ in entries])),
        }


def numbers(tokens: Sequence[tuple[int, int]], span: Span) -> tuple[int, int]:
    """The numbers of a span's first and last token."""
    inside = [at for at, token in enumerate(tokens) if span.covers(*token)]
    return inside[0], inside[-1]


def linked(relations: Sequence[Relation], ids: list[str]) -> Iterator[tuple[int, int, str]]:
    """The relations between spans by the numbers of their entries, of which a span's first counts."""
    first = {name: at for at, name in reversed(list(enumerate(ids)))}
    for relation in relations:
        if relation.from_id in first and relation.to_id in first:
            yield from ((first[relation.from_id], first[relation.to_id], label) for label in relation.labels)
