"""spaCy: a DocBin, with the outermost spans of one layer as ``doc.ents`` and all of every layer as ``doc.spans``."""

from bisect import bisect_left
from collections.abc import Iterable

import msgspec
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan
from spacy.vocab import Vocab

from goldspan.characters import FIRST
from goldspan.formats.jsonl import relation_row
from goldspan.formats.stream import Collection, Control, Document, Files, Lost, chosen, pieces
from goldspan.formats.words import Word, flat, words
from goldspan.records import Span

__all__ = ["render", "write"]


def write(collection: Collection, lost: Lost) -> Files:
    """The file ``train.spacy``; ids, attributes, values and relations are in each document's ``user_data``."""
    vocab = Vocab()
    found = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "ENT_ID"], store_user_data=True)
    for document in collection.documents:
        doc = render(document, collection.main, vocab, lost)
        doc.cats = cats(document, collection.choices)
        found.add(doc)
    lost["relations between documents"] += len(collection.across)
    yield "train.spacy", found.to_bytes()


def render(document: Document, main: str | None, vocab: Vocab, lost: Lost) -> Doc:
    """A document of the repository's own tokens, cut where a span begins or ends; its text is the text to the letter.

    In ``doc.spans`` a span has an entry for each label, and its id as ``id_``; one without a label has an empty one. In
    ``doc.ents`` nothing begins or ends with a token of white space or invisible characters.
    """
    found = pieces(document.spans, lost)
    tokens = words(document.text, found)
    texts = [document.text[token.start : token.end] for token in tokens]
    doc = Doc(vocab, words=texts, spaces=[token.space for token in tokens])
    first, last = ({getattr(token, edge): at for at, token in enumerate(tokens)} for edge in ("start", "end"))

    def spans(pieces: Iterable[Span]) -> list[DocSpan]:
        return [
            DocSpan(doc, first[one.start], last[one.end] + 1, label=label, span_id=one.region_id)
            for one in pieces
            for label in one.labels or ("",)
        ]

    for layer in sorted({span.layer for span in found}):
        doc.spans[layer] = spans([span for span in found if span.layer == layer])
    if main is not None:
        outer = flat(seen(document.text, [span for span in found if span.layer == main], tokens, lost), Lost())
        doc.set_ents(spans(msgspec.structs.replace(span, labels=span.labels[:1]) for span in outer), default="outside")
    doc.user_data.update(
        doc_id=document.doc_id,
        annotation_id=document.annotation_id,
        attributes=document.attributes,
        values=document.values,
        spans={span.id: span.attributes for span in document.spans if span.attributes},
        relations=[{**relation_row(relation), "labels": list(relation.labels)} for relation in document.relations],
    )
    return doc


def cats(document: Document, choices: dict[str, Control]) -> dict[str, float]:
    """1 for each label that was chosen for a document, and 0 for the others of its choice, by ``CONTROL=LABEL``.

    A choice that was not made is left out, as spaCy has what is not known.
    """
    return {
        f"{name}={label}": float(label in chosen(document.values[name]))
        for name, control in choices.items()
        if name in document.values
        for label in control.labels
    }


def seen(text: str, spans: list[Span], tokens: list[Word], lost: Lost) -> list[Span]:
    """Spans without the tokens at their edges in which nothing can be seen: spaCy takes none of white space."""
    starts, kept = [token.start for token in tokens], []
    for span in spans:
        inside = tokens[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        shown = [token for token in inside if FIRST.search(text, token.start, token.end)]
        lost["entities of nothing but white space or invisible characters"] += not shown
        lost["white space or invisible characters at the edges of entities"] += bool(shown) and (
            shown[0],
            shown[-1],
        ) != (inside[0], inside[-1])
        if shown:
            kept.append(msgspec.structs.replace(span, start=shown[0].start, end=shown[-1].end))
    return kept
