"""Rows of a withheld release + the texts -> rows with text, each span where it is now."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from goldspan.faults import Finding, fault
from goldspan.hashes import sha256
from goldspan.hydrate.anchors import Alignment, Extent, Placed
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
        self.own: dict[str, Callable[[Row], Row | None]] = {
            "documents": self.documents,
            "claims": self.claims,
            "claim_relations": self.claim_relations,
            "relations": self.relations,
            "ner": self.ner,
            "annotations": self.annotations,
        }

    def fill(self, name: str, rows: Iterable[Row]) -> list[Row]:
        """The rows of a config; the others must come in the order of `configs`."""
        of = ("doc_a", "doc_b") if name == "claim_relations" else ("doc_id",)
        known = (row for row in rows if {row[column] for column in of} <= self.texts.keys())
        filled = (self.own.get(name, self.span)(self.unquoted(name, row)) for row in known)
        found = self.joined(name, [row for row in filled if row is not None])
        self.kept[name] = {next(iter(row.values())) for row in found}
        return found

    def joined(self, name: str, rows: list[Row]) -> list[Row]:
        """Rows without references to rows that are left out."""
        kept = {next(iter(row.values())) for row in rows}
        if name == "annotations":
            return [{**row, "attributes": linked(row["attributes"], kept)} for row in rows]
        if name in self.own:
            return rows
        parent = "parent_mention_id" if name == "entities" else "parent_span_id"
        rows = [{**row, parent: among(row[parent], kept)} for row in rows]
        for row in rows if name == "entities" else ():
            if row[parent] is None and f"B-{row['label']}" in self.tags:
                span = Span(row["mention_id"], "", (row["label"],), row["start"], row["end"])
                self.mentions[row["doc_id"]].append(span)
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

    def span(self, row: Row) -> Row | None:
        """A mention, or a span of a further layer."""
        at = self.placed(row, row, "mention" if "mention_id" in row else "span")
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

    def relations(self, row: Row) -> Row | None:
        """A relation between two spans that are there."""
        ends = [self.end(row, side) for side in ("from", "to")]
        return None if None in ends else row | {name: value for end in ends if end for name, value in end.items()}

    def end(self, row: Row, side: str) -> Row | None:
        """An end of a relation; none if it is a row that is left out, or cannot be placed."""
        kept, key = self.kept.get(row[f"{side}_config"]), row[f"{side}_id"]
        if kept is not None and key not in kept:
            return None
        span = {name: row[f"{side}_{name}"] for name in ("start", "end")}
        at = self.placed(row, span, f"{side} {key}", told=kept is None)
        return {f"{side}_{name}": value for name, value in {**at, "text": self.slice(row, at)}.items()} if at else None

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

    def placed(self, row: Row, span: Row, what: str, *, strict: bool = True, told: bool = True) -> Row | None:
        """The extent of a span of a row now; the finding about it, if any, is kept unless it is told elsewhere."""
        extent = span["start"], span["end"]
        text = self.texts[row["doc_id"]]
        if text.alignment is None:
            return {"start": extent[0], "end": extent[1]}
        placed = text.place(*extent) or (None if strict else remains(text.alignment, *extent))
        if told:
            place = {"task": row["doc_id"], "row": str(next(iter(row.values())))}
            self.findings += finding(f"{what} {extent[0]} to {extent[1]}", extent, placed, text.text, place)
        return {"start": placed.start, "end": placed.end} if placed else None


def finding(was: str, extent: Extent, placed: Placed | None, text: str, place: dict[str, str]) -> Iterator[Finding]:
    """The finding about where a span is now, if any."""
    if placed is None:
        yield LOST.finding(was, **place)
        return
    now = f"{was}, now {placed.start} to {placed.end}"
    if not placed.same:
        yield UNPROVED.finding(now, context=text[slice(*placed.extent)], **place)
    elif placed.extent != extent:
        yield MOVED.finding(now, **place)


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
