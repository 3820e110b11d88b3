"""Rows of a withheld release + the texts -> rows with text, each span where it is now."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from goldspan.faults import Finding, fault
from goldspan.hashes import sha256
from goldspan.hydrate.anchors import Alignment, Placed
from goldspan.hydrate.quotes import restored
from goldspan.hydrate.strings import changed_strings
from goldspan.records import Span
from goldspan.schemas import Row
from goldspan.tokens import bio, outermost, tokenise, trimmed

__all__ = ["Filler", "Text"]

LOST = fault(
    "E936",
    "A span cannot be placed: words that it begins or ends with are not in the copy",
    "Take a copy that has them; --on-error skip leaves out what stands on it.",
)
MOVED = fault("W933", "A span is at another place than in the full release", "Nothing need be done.")
UNPROVED = fault(
    "W934", "Nothing proves that the words of a span are those of the full release", "Read it in the text."
)
NOT_QUOTED = fault(
    "W935",
    "Words of an article that are quoted elsewhere are not in the copy, and their place is shown",
    "Nothing need be done.",
)


class Text(Struct, frozen=True):
    """The text of a document, and its alignment with the withheld one; None where it is the article to the byte."""

    text: str
    alignment: Alignment | None = None

    def place(self, start: int, end: int) -> Placed | None:
        """Where a span is."""
        return Placed(start, end) if self.alignment is None else self.alignment.place(start, end)


class Filler:
    """Fills the rows of a release, config by config, and keeps what there is to say of each span.

    A row is left out if a span of it cannot be placed, or if it stands on a row that is left out.
    """

    def __init__(self, texts: Mapping[str, Text], tags: Sequence[str]) -> None:
        """Begin with nothing filled; ``texts`` are by document, ``tags`` the names of the NER tags."""
        self.texts = texts
        self.tags = tags
        self.findings: list[Finding] = []
        self.mentions: dict[str, list[Span]] = defaultdict(list)
        self.kept: dict[str, set[str]] = {}

    def fill(self, name: str, rows: Iterable[Row]) -> list[Row]:
        """The rows of a config; the others must come in the order of `configs`."""
        known = (row for row in rows if {row.get(key) for key in ("doc_id", "doc_a", "doc_b")} <= {None, *self.texts})
        filled = (getattr(self, name)(self.unquoted(name, row)) for row in known)
        found = self.joined(name, [row for row in filled if row is not None])
        self.kept[name] = {next(iter(row.values())) for row in found}
        return found

    def joined(self, name: str, rows: list[Row]) -> list[Row]:
        """Rows without references to rows that are left out."""
        kept = {next(iter(row.values())) for row in rows}
        if name == "entities":
            rows = [{**row, "parent_mention_id": among(row["parent_mention_id"], kept)} for row in rows]
            for row in rows:
                if row["parent_mention_id"] is None and f"B-{row['label']}" in self.tags:
                    span = Span(row["mention_id"], "", (row["label"],), row["start"], row["end"])
                    self.mentions[row["doc_id"]].append(span)
        if name == "annotations":
            rows = [{**row, "attributes": linked(row["attributes"], kept)} for row in rows]
        return rows

    def unquoted(self, name: str, row: Row) -> Row:
        """A row with what it quotes put back."""

        def put_back(value: str) -> str:
            found, lost = restored(value, self.resolve)
            self.findings += [NOT_QUOTED.finding(one, row=str(next(iter(row.values())))) for one in lost]
            return found

        return changed_strings(name, row, put_back, lambda value: value and put_back(value))

    def resolve(self, doc_id: str, start: int, end: int) -> str | None:
        """The words that a reference stands for; None where they cannot be placed."""
        text = self.texts.get(doc_id)
        placed = text.place(start, end) if text else None
        return text.text[placed.start : placed.end] if text and placed else None

    def documents(self, row: Row) -> Row:
        """A document with its text; zones that cannot be placed are left out, and what they leave goes to others."""
        text = self.texts[row["doc_id"]]
        zones = [{**zone, **at} for zone in row["zones"] if (at := self.placed(row, zone, f"zone {zone['zone']}"))]
        if text.alignment is not None:
            zones = list(whole(text.text, zones))
        hashed = {"text_sha256": sha256(text.text.encode()), "n_chars": len(text.text)}
        return {**row, "text": text.text, **hashed, "zones": zones}

    def entities(self, row: Row) -> Row | None:
        """A mention."""
        at = self.placed(row, row, "mention")
        return {**row, **at, "text": self.slice(row, at)} if at else None

    def claims(self, row: Row) -> Row | None:
        """A claim with its fragments; none if one of them cannot be placed."""
        filled = {}
        for part in ("content", "cue", "source"):
            found = [self.placed(row, fragment, part) for fragment in row[part]]
            filled[part] = [{**at, "text": self.slice(row, at)} for at in found if at]
            if len(filled[part]) < len(found):
                return None
        quantities = [each for each in row["quantity_mention_ids"] if each in self.kept.get("entities", ())]
        return {**row, **filled, "quantity_mention_ids": quantities}

    def claim_relations(self, row: Row) -> Row | None:
        """A relation between two claims that are there."""
        return row if {row["claim_a"], row["claim_b"]} <= self.kept["claims"] else None

    def ner(self, row: Row) -> Row | None:
        """A sentence with its tokens; where the text is another, they are made anew."""
        text = self.texts[row["doc_id"]]
        start, end = row["sentence_start"], row["sentence_start"] + len(row["sentence_text"])
        if text.alignment is None:
            starts = row["token_starts"]
            tokens = [text.text[at : at + len(token)] for at, token in zip(starts, row["tokens"], strict=True)]
            return {**row, "tokens": tokens, "sentence_text": text.text[start:end]}
        at = self.placed(row, {"start": start, "end": end}, "sentence", strict=False)
        return {**row, **self.tagged(row["doc_id"], at["start"], at["end"])} if at else None

    def tagged(self, doc_id: str, start: int, end: int) -> Row:
        """A sentence tagged by the mentions in it."""
        text = self.texts[doc_id].text
        inside = [span for span in outermost(self.mentions[doc_id]) if span.start < end and start < span.end]
        start, end = min([start, *(span.start for span in inside)]), max([end, *(span.end for span in inside)])
        tokens = list(tokenise(text, start, end, inside))
        return {
            "tokens": [text[begin:stop] for begin, stop in tokens],
            "token_starts": [begin for begin, _ in tokens],
            "ner_tags": [self.tags.index(tag) for tag in bio(tokens, inside)],
            "sentence_start": start,
            "sentence_text": text[start:end],
        }

    def annotations(self, row: Row) -> Row | None:
        """A region as drawn, or the values of a whole task."""
        at = self.placed(row, row, f"{row['layer']} {row['label']}") if row["layer"] else {}
        return None if at is None else {**row, **at}

    def slice(self, row: Row, at: Row) -> str:
        """The text of a span."""
        return self.texts[row["doc_id"]].text[at["start"] : at["end"]]

    def placed(self, row: Row, span: Row, what: str, *, strict: bool = True) -> Row | None:
        """The extent of a span of a row now, and the finding about it, if any."""
        extent = span["start"], span["end"]
        text = self.texts[row["doc_id"]]
        if text.alignment is None:
            return {"start": extent[0], "end": extent[1]}
        placed = text.place(*extent) or (None if strict else remains(text.alignment, *extent))
        was, place = f"{what} {extent[0]} to {extent[1]}", {"task": row["doc_id"], "row": str(next(iter(row.values())))}
        if placed is None:
            self.findings.append(LOST.finding(was, **place))
            return None
        now = f"{was}, now {placed.start} to {placed.end}"
        if not placed.same:
            self.findings.append(UNPROVED.finding(now, context=text.text[slice(*placed.extent)], **place))
        elif placed.extent != extent:
            self.findings.append(MOVED.finding(now, **place))
        return {"start": placed.start, "end": placed.end}


def remains(alignment: Alignment, start: int, end: int) -> Placed | None:
    """What is left of a stretch that lost its first or last word."""
    words = zip(alignment.old_words, alignment.first, strict=True)
    found = [at for (one, other), at in words if at is not None and start <= one and other <= end]
    if not found:
        return None
    return Placed(alignment.new_words[found[0]][0], alignment.new_words[found[-1]][1], same=False)


def whole(text: str, zones: Sequence[Row]) -> Iterator[Row]:
    """Zones that take in what is between them and at the ends of the text, if it is more than white space."""
    at = 0
    for number, zone in enumerate(zones):
        next_start = zones[number + 1]["start"] if number + 1 < len(zones) else len(text)
        start = trimmed(text, at, zone["end"])[0] if number == 0 else zone["start"]
        at = trimmed(text, zone["start"], max(zone["end"], next_start))[1]
        yield {**zone, "start": start, "end": at}


def among(key: str | None, kept: set[str]) -> str | None:
    """A key, if there is a row with it."""
    return key if key in kept else None


def linked(attributes: str, kept: set[str]) -> str:
    """The values of a region, without relations to regions that are left out."""
    try:
        held: dict[str, Any] = json.loads(attributes)
    except (ValueError, RecursionError):
        return attributes
    drawn = held.get("relations") if isinstance(held, dict) else None
    lost = [one for one in drawn if isinstance(one, list) and one[-1] not in kept] if isinstance(drawn, list) else []
    if not lost:
        return attributes
    left = [one for one in drawn or () if one not in lost]
    found = {key: value for key, value in held.items() if key != "relations"} | ({"relations": left} if left else {})
    return json.dumps(found, ensure_ascii=False, sort_keys=True)
