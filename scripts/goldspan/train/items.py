"""Documents, spans, claims and pairs of them -> items to be labelled."""

from collections.abc import Iterator, Mapping, Sequence

from goldspan.settings import Relations
from goldspan.train.choices import Columns, Row, chosen
from goldspan.train.examples import Described, Item

__all__ = [
    "GAP",
    "claim_items",
    "document_item",
    "document_items",
    "joined_items",
    "relation_item",
    "relation_items",
    "span_items",
    "stretch_item",
]

GAP = " … "  # between the fragments of a content


def document_item(name: str, document: Described, labels: Mapping[str, str] | None = None) -> Item:
    """A document, or an annotation of it, with all that it says."""
    return Item(name, (document.doc_id,), (document.group,), (document.text,), labels or {})


def document_items(rows: Sequence[Row], documents: Mapping[str, Described], columns: Columns) -> Iterator[Item]:
    """The documents that have a value in one of the columns, with their labels."""
    for row in rows:
        if labels := chosen(row, columns):
            yield document_item(row["doc_id"], documents[row["doc_id"]], labels)


def stretch_item(
    name: str, document: Described, extents: Sequence[tuple[int, int]], labels: Mapping[str, str] | None = None
) -> Item:
    """A claim or a span, of a release or found by a model: its words, and the paragraphs that it stands in.

    ``extents`` are those of a span, or of the fragments of a claim's content in text order.
    """
    text = document.text
    start = text.rfind("\n", 0, extents[0][0]) + 1
    end = text.find("\n", extents[-1][1])
    return Item(
        id=name,
        doc_ids=(document.doc_id,),
        groups=(document.group,),
        texts=(GAP.join(text[left:right] for left, right in extents), text[start : end if end >= 0 else len(text)]),
        labels=labels or {},
    )


def span_items(rows: Sequence[Row], documents: Mapping[str, Described], columns: Columns, key: str) -> Iterator[Item]:
    """The spans of a layer that have a value in one of the columns, with their labels."""
    for row in rows:
        if labels := chosen(row, columns):
            yield stretch_item(row[key], documents[row["doc_id"]], [(row["start"], row["end"])], labels)


def joined_items(rows: Sequence[Row], documents: Mapping[str, Described], columns: Columns) -> Iterator[Item]:
    """The relations between spans that have a label: the words of both ends, each after the name of its layer."""
    for row in rows:
        if labels := chosen(row, columns):
            document = documents[row["doc_id"]]
            one, other = (f"{row[f'{side}_config']}: {row[f'{side}_text']}" for side in ("from", "to"))
            yield relation_item(row["relation_id"], ((document, one), (document, other)), labels)


def claim_items(rows: Sequence[Row], documents: Mapping[str, Described], columns: Columns) -> Iterator[Item]:
    """The claims of a release, with their labels; one without content is none."""
    for row in rows:
        if row["content"]:
            extents = [(one["start"], one["end"]) for one in row["content"]]
            yield stretch_item(row["claim_id"], documents[row["doc_id"]], extents, chosen(row, columns))


def relation_item(
    relation_id: str,
    claims: tuple[tuple[Described, str], tuple[Described, str]],
    labels: Mapping[str, str] | None = None,
) -> Item:
    """Two claims or spans, each with its document and its words, those of a claim normalized as in a release."""
    (one, said), (other, answered) = claims
    return Item(
        id=relation_id,
        doc_ids=(one.doc_id, other.doc_id),
        groups=(one.group, other.group),
        texts=(said, answered),
        labels=labels or {},
    )


def relation_items(
    rows: Sequence[Row], documents: Mapping[str, Described], columns: Columns, settings: Relations
) -> Iterator[Item]:
    """The related claims of a release, two and two, in the order of their ids, so that the order says nothing.

    A relation of claims that change places gets its inverse, as annotators chose it. Pairs of different clusters were
    never judged, and are no examples, and nor are claims that have no words.
    """
    turned = {forward: inverse for inverse, forward in settings.inverse.items()}
    for row in rows:
        sides = [(row[f"claim_{side}"], documents[row[f"doc_{side}"]], row[f"text_{side}"]) for side in "ab"]
        if not all(said for _, _, said in sides):
            continue
        one, other = sorted(sides, key=lambda side: side[0])
        known = chosen(row, columns)
        if one is not sides[0]:
            known = {name: turned.get(label, label) for name, label in known.items()}
        yield relation_item(row["relation_id"], (one[1:], other[1:]), known)
