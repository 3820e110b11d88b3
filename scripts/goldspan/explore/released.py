"""The tables of a release -> what the page and the figures show."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
import pyarrow as pa

from goldspan.explore.model import Contents, Document, Row, Shown, Version, grouped, present, shown
from goldspan.releases.sides import read_attributes

__all__ = ["OF_DOCUMENTS", "released_contents"]

OF_DOCUMENTS = {"doc_id", "text", "text_sha256", "n_chars", "title", "zones"}
OF_ENTITIES = {"mention_id", "doc_id", "start", "end", "text", "label"}
OF_CLAIMS = {"claim_id", "doc_id", "content", "cue", "source"}
PARTS = ("content", "cue", "source")


def released_contents(tables: Mapping[str, pa.Table], base: Contents) -> Contents:
    """The tables of a release as they are shown; ``base`` has the rest: name, settings, agreement, inventories."""
    rows = {name: table.to_pylist() for name, table in tables.items()}
    by_document = {name: grouped(rows.get(name, [])) for name in ("entities", "claims", "ner", "annotations")}
    documents = [
        Document(
            id=row["doc_id"],
            text=row["text"],
            title=row["title"] or "",
            metadata=shown(row, OF_DOCUMENTS),
            zones=[[zone["start"], zone["end"], zone["zone"]] for zone in row["zones"] or ()],
            sentences=[
                [one["sentence_start"], one["sentence_start"] + len(one["sentence_text"] or "")]
                for one in by_document["ner"][row["doc_id"]]
            ],
            versions=[
                released(by_document["entities"][row["doc_id"]], by_document["claims"][row["doc_id"]]),
                *annotators(by_document["annotations"][row["doc_id"]]),
            ],
        )
        for row in rows["documents"]
    ]
    claims = [claim(row) for row in rows.get("claims", [])]
    relations = [shown(row, ()) for row in rows.get("claim_relations", [])]
    return msgspec.structs.replace(base, documents=documents, claims=claims, relations=relations)


def claim(row: Row) -> Row:
    """A claim with the extents of its parts."""
    parts = {name: [[one["start"], one["end"]] for one in row[name]] for name in PARTS}
    words = {f"{name}_text": " … ".join(one["text"] or "" for one in row[name]) for name in PARTS}
    return {"id": row["claim_id"], "doc": row["doc_id"], **parts, **words, "attributes": shown(row, OF_CLAIMS)}


def released(entities: Iterable[Row], claims: Iterable[Row]) -> Version:
    """The released mentions and claims of a document."""
    spans = [
        Shown(row["mention_id"], "entities", [row["label"]], row["start"], row["end"], shown(row, OF_ENTITIES))
        for row in entities
    ]
    links: dict[tuple[str, str, str], None] = {}
    parts: dict[str, Shown] = {}
    for row in claims:
        for span in claim_spans(row):
            parts.setdefault(span.id, span)
        for kind in ("source", "content"):
            if row["cue"] and row[kind]:
                other = row["claim_id"] if kind == "content" else f"{row['attribution_id']}:source:0"
                links[f"{row['attribution_id']}:cue:0", other, kind] = None
    return Version("released", [*spans, *parts.values()], [list(link) for link in links], released=True)


def claim_spans(row: Row) -> Iterator[Shown]:
    """The spans of a claim; cue and source are the same for all claims of an attribution."""
    for kind in PARTS:
        group = row["claim_id"] if kind == "content" else f"{row['attribution_id']}:{kind}"
        attributes = shown(row, OF_CLAIMS) if kind == "content" else {}
        for number, part in enumerate(row[kind]):
            name = group if kind == "content" and number == 0 else f"{group}:{number}"
            yield Shown(name, "claims", [kind], part["start"], part["end"], attributes, group)


def annotators(rows: Iterable[Row]) -> Iterator[Version]:
    """What each annotator drew in a document."""
    for name, drawn in sorted(grouped(rows, "annotator_id").items()):
        spans, links = [], []
        for row in drawn:
            attributes = read_attributes(row["attributes"])
            outgoing = attributes.pop("relations", [])
            if row["layer"]:
                labels = row["label"].split("|") if row["label"] else []
                spans.append(
                    Shown(row["annotation_id"], row["layer"], labels, row["start"], row["end"], present(attributes))
                )
                links += [[row["annotation_id"], str(other), str(label)] for label, other in pairs(outgoing)]
        yield Version(name, spans, links)


def pairs(outgoing: Any) -> Iterator[tuple[Any, Any]]:
    """The relations that begin at a region, [label, annotation_id] each; what has another form is none."""
    for one in outgoing if isinstance(outgoing, list) else ():
        if isinstance(one, list) and len(one) == 2:
            yield one[0], one[1]
