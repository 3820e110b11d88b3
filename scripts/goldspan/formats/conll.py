"""CoNLL-2003: a token a line, its tag in the last of four columns, a blank line after a sentence, a file a layer."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

from goldspan.formats.names import layer_files
from goldspan.formats.stream import Collection, Document, Files, Lost, count_attributes, count_values, pieces
from goldspan.formats.words import flat, token_sentences, trimmed
from goldspan.tokens import bio

__all__ = ["bilou", "render", "write"]

BETWEEN = " -X- O "  # part of speech and chunk, which are not known
START = f"-DOCSTART-{BETWEEN}O\n\n"  # by these very characters spaCy tells documents apart
UNSAFE = re.compile(r"[\s%\x00-\x1f]")


def write(collection: Collection, lost: Lost, scheme: str = "BIO") -> Files:
    """The files ``LAYER.conll``, and ``documents.json``, which names the documents in their order."""
    ids, files = [], layer_files(collection.layers, "conll")
    for document in collection.documents:
        ids.append({"doc_id": document.doc_id, "annotation_id": document.annotation_id})
        lost["relations"] += len(document.relations)
        count_attributes(document, lost)
        count_values(document, lost)
        for layer, file in files.items():
            yield file, render(document, layer, collection.language, scheme, lost).encode()
    lost["relations between documents"] += len(collection.across)
    yield "documents.json", json.dumps(ids, ensure_ascii=False).encode() + b"\n"


def render(document: Document, layer: str, language: str, scheme: str, lost: Lost) -> str:
    """One document as one layer tags it."""
    found = pieces((span for span in document.spans if span.layer == layer), lost)
    spans = flat(trimmed(document.text, found, lost), lost)
    blocks = [
        "".join(f"{document.text[start:end]}{BETWEEN}{tag}\n" for (start, end), tag in zip(tokens, tags, strict=True))
        for tokens in token_sentences(document.text, spans, language)
        for tags in [[quoted(tag) for tag in tagged(tokens, bio(tokens, spans), scheme)]]
    ]
    return START + "".join(f"{block}\n" for block in blocks)


def quoted(tag: str) -> str:
    """A tag without white space, which ends a column; `urllib.parse.unquote` gives it back."""
    return UNSAFE.sub(lambda found: quote(found[0], safe=""), tag)


def tagged(tokens: list[tuple[int, int]], tags: Iterator[str], scheme: str) -> Iterator[str]:
    """Tags in a scheme."""
    return bilou(list(tags)) if scheme == "BILOU" else tags


def bilou(tags: list[str]) -> Iterator[str]:
    """BIO tags as BILOU: the last token of a span is L, the only one U."""
    for tag, following in pairwise([*tags, "O"]):
        if tag == "O" or following == f"I-{tag[2:]}":
            yield tag
        else:
            yield ("U" if tag[0] == "B" else "L") + tag[1:]
