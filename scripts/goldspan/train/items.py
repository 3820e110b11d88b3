"""Claims and pairs of claims -> items to be labelled."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from goldspan.settings import Relations
from goldspan.train.examples import Described, Item, Labels

__all__ = ["GAP", "claim_item", "claim_items", "relation_item", "relation_items"]

Row = Mapping[str, Any]
GAP = " … "  # between the fragments of a content


def claim_item(
    claim_id: str, document: Described, content: Sequence[tuple[int, int]], labels: Mapping[str, str] | None = None
) -> Item:
    """A claim, of a release or found by a model: its content, and the paragraphs that this stands in.

    ``content`` are the extents of its fragments, in text order.
    """
    text = document.text
    start = text.rfind("\n", 0, content[0][0]) + 1
    end = text.find("\n", content[-1][1])
    return Item(
        id=claim_id,
        doc_ids=(document.doc_id,),
        groups=(document.group,),
        texts=(GAP.join(text[left:right] for left, right in content), text[start : end if end >= 0 else len(text)]),
        labels=labels or {},
    )


def claim_items(rows: Sequence[Row], documents: Mapping[str, Described], labels: Labels) -> Iterator[Item]:
    """The claims of a release, with their labels; one without content is none."""
    for row in rows:
        if not row["content"]:
            continue
        extents = [(one["start"], one["end"]) for one in row["content"]]
        yield claim_item(row["claim_id"], documents[row["doc_id"]], extents, values(row, labels))


def values(row: Row, labels: Labels) -> dict[str, str]:
    """The label of each attribute that has one in a row, of those that there are.

    What is true or false is written as the labeling config has it.
    """
    found = {name: str(row[name]).lower() if isinstance(row[name], bool) else row[name] for name in labels}
    return {name: value for name, value in found.items() if value in labels[name]}


def relation_item(
    relation_id: str,
    claims: tuple[tuple[Described, str], tuple[Described, str]],
    labels: Mapping[str, str] | None = None,
) -> Item:
    """Two claims, each with its document and its words, normalized as in ``text_a`` and ``text_b`` of a release."""
    (one, said), (other, answered) = claims
    return Item(
        id=relation_id,
        doc_ids=(one.doc_id, other.doc_id),
        groups=(one.group, other.group),
        texts=(said, answered),
        labels=labels or {},
    )


def relation_items(
    rows: Sequence[Row], documents: Mapping[str, Described], labels: Labels, settings: Relations
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
        known = values(row, labels)
        if one is not sides[0]:
            known = {name: turned.get(label, label) for name, label in known.items()}
        yield relation_item(row["relation_id"], (one[1:], other[1:]), known)
