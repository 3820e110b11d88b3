"""The tables of a release -> what the page and the figures show."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import pyarrow as pa

from goldspan.explore.model import Contents, Document, Link, Row, Shown, Version, grouped, link_of, present, shown
from goldspan.labels import split_labels
from goldspan.releases.sides import read_attributes
from goldspan.schemas import structure
from goldspan.settings import Layers

__all__ = ["OF_DOCUMENTS", "released_contents"]

OF_DOCUMENTS = {"doc_id", "text", "text_sha256", "n_chars", "title", "zones"}
OF_ENTITIES = {"mention_id", "doc_id", "start", "end", "text", "label"}
OF_FURTHER = {"span_id", "doc_id", "start", "end", "text", "label", "labels"}
OF_CLAIMS = {"claim_id", "doc_id", "content", "cue", "source"}
PARTS = ("content", "cue", "source")
END = ("config", "id", "start", "end")  # of a relation, behind from_ and to_
Marked = Mapping[str, list[Row]]  # the rows of a document by their config


def released_contents(tables: Mapping[str, pa.Table], base: Contents) -> Contents:
    """The tables of a release as they are shown; ``base`` has the rest: name, settings, agreement, inventories."""
    rows = {name: table.to_pylist() for name, table in tables.items()}
    layers = base.settings.layers
    configs = ("entities", "claims", "ner", "relations", "annotations", *layers.further)
    by_document = {name: grouped(rows.get(name, [])) for name in configs}
    labels = base.inventories.get("annotations/label", [])
    documents = [
        document(row, {name: found[row["doc_id"]] for name, found in by_document.items()}, layers, labels)
        for row in rows["documents"]
    ]
    claims = [claim(row) for row in rows.get("claims", [])]
    relations = [shown(row, ()) for row in rows.get("claim_relations", [])]
    return msgspec.structs.replace(base, documents=documents, claims=claims, relations=relations)


def document(row: Row, marked: Marked, layers: Layers, labels: Collection[str]) -> Document:
    """A document with what is released of it and what each annotator said."""
    known = set(structure()["documents"].names)
    return Document(
        id=row["doc_id"],
        text=row["text"],
        title=row["title"] or "",
        metadata=shown({name: value for name, value in row.items() if name in known}, OF_DOCUMENTS),
        zones=[[zone["start"], zone["end"], zone["zone"]] for zone in row["zones"] or ()],
        sentences=[
            [one["sentence_start"], one["sentence_start"] + len(one["sentence_text"] or "")] for one in marked["ner"]
        ],
        versions=[released(row, marked, layers, shown(row, known)), *annotators(marked["annotations"], labels)],
    )


def claim(row: Row) -> Row:
    """A claim with the extents of its parts."""
    parts = {name: [[one["start"], one["end"]] for one in row[name]] for name in PARTS}
    words = {f"{name}_text": " … ".join(one["text"] or "" for one in row[name]) for name in PARTS}
    return {"id": row["claim_id"], "doc": row["doc_id"], **parts, **words, "attributes": shown(row, OF_CLAIMS)}


def released(row: Row, marked: Marked, layers: Layers, values: Row) -> Version:
    """What is released of a document: mentions, claims, the spans of further layers, relations, and its values."""
    spans = [
        Shown(one["mention_id"], "entities", [one["label"]], one["start"], one["end"], shown(one, OF_ENTITIES))
        for one in marked["entities"]
    ]
    spans += [further(one, name) for name in layers.further for one in marked[name]]
    claimed = {span.id: span for claim in marked["claims"] for span in claim_spans(claim)}
    spans += claimed.values()
    ends = without_row(row, marked["relations"], spans, layers)
    links = [*claim_links(marked["claims"]), *(relation(one, ends) for one in marked["relations"])]
    apart = [span for span in ends.values() if span.id not in claimed]
    return Version("released", [*spans, *apart], links, released=True, values=values)


def further(row: Row, layer: str) -> Shown:
    """A span of a further layer."""
    labels = row["labels"] if "labels" in row else [row["label"]]
    return Shown(row["span_id"], layer, labels, row["start"], row["end"], shown(row, OF_FURTHER))


def claim_spans(row: Row) -> Iterator[Shown]:
    """The spans of a claim; cue and source are the same for all claims of an attribution."""
    for kind in PARTS:
        group = row["claim_id"] if kind == "content" else f"{row['attribution_id']}:{kind}"
        attributes = shown(row, OF_CLAIMS) if kind == "content" else {}
        for number, part in enumerate(row[kind]):
            name = group if kind == "content" and number == 0 else f"{group}:{number}"
            yield Shown(name, "claims", [kind], part["start"], part["end"], attributes, group)


def claim_links(claims: Iterable[Row]) -> list[Link]:
    """The links from cues to their sources and contents, each once."""
    links: dict[tuple[str, str, str], None] = {}
    for row in claims:
        for kind in ("source", "content"):
            if row["cue"] and row[kind]:
                other = row["claim_id"] if kind == "content" else f"{row['attribution_id']}:source:0"
                links[f"{row['attribution_id']}:cue:0", other, kind] = None
    return [link_of(one, other, [kind], "right") for one, other, kind in links]


def without_row(document: Row, relations: Iterable[Row], spans: Iterable[Shown], layers: Layers) -> dict[str, Shown]:
    """The ends of relations that have no row of their own, by their id: the part of a claim there, or a span apart."""
    ids, parts = set(), {}
    for span in spans:
        ids.add(span.id)
        if span.layer == "claims":
            parts[layers.attributions, span.start, span.end] = span
    zones = {(layers.zones, zone["start"], zone["end"]): [zone["zone"]] for zone in document["zones"] or ()}
    found = {}
    for row in relations:
        for config, name, start, end in ([row[f"{side}_{key}"] for key in END] for side in ("from", "to")):
            if name not in ids:
                place = config, start, end
                found[name] = parts.get(place) or Shown(name, config, zones.get(place, []), start, end)
    return found


def relation(row: Row, ends: Mapping[str, Shown]) -> Link:
    """A relation between spans of any layers, with those of its ends that have no row of their own."""
    one, other = (ends[name].id if name in ends else name for name in (row["from_id"], row["to_id"]))
    return link_of(one, other, row["labels"], row["direction"])


def annotators(rows: Iterable[Row], labels: Collection[str]) -> Iterator[Version]:
    """What each annotator said of a document; a row without a layer is about the whole of it."""
    for name, drawn in sorted(grouped(rows, "annotator_id").items()):
        spans: list[Shown] = []
        links: list[Link] = []
        values: Row = {}
        for row in drawn:
            attributes = read_attributes(row["attributes"])
            if row["layer"]:
                links += drawn_links(row["annotation_id"], attributes.pop("relations", []))
                spans.append(drawn_span(row, present(attributes), labels))
            else:
                values |= present(attributes)
        yield Version(name, spans, links, values=values)


def drawn_span(row: Row, attributes: Row, labels: Collection[str]) -> Shown:
    """A region of an annotator, whose labels stand in one column."""
    found = list(split_labels(row["label"] or "", labels))
    return Shown(row["annotation_id"], row["layer"], found, row["start"], row["end"], attributes)


def drawn_links(from_id: str, outgoing: Any) -> Iterator[Link]:
    """The relations that begin at a region; several labels of one relation stand apart in its row."""
    found: dict[tuple[str, str], list[str]] = {}
    for label, direction, other in ends_of(outgoing):
        found.setdefault((other, direction), []).extend([label] if label else [])
    for (other, direction), labels in found.items():
        yield link_of(from_id, other, labels, direction)


def ends_of(outgoing: Any) -> Iterator[tuple[str, str, str]]:
    """Label, direction and end of each relation, [label, end] or [label, direction, end]; another form is none."""
    for one in outgoing if isinstance(outgoing, list) else ():
        if isinstance(one, list) and len(one) in (2, 3):
            yield str(one[0]), str(one[1]) if len(one) == 3 else "right", str(one[-1])
