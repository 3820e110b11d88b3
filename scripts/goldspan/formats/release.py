"""A release -> the stream: zones, entities, and claims with their cues and sources, each a layer."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from goldspan.formats.checked import Row, attributes, by_id, check, fragment, in_order, need, once, refer
from goldspan.formats.controls import controls_of
from goldspan.formats.names import file_names
from goldspan.formats.stream import Collection, Document, Relation, Span
from goldspan.released import Release, read_release
from goldspan.schemas import structure

__all__ = ["read_release_folder"]

PARTS = ("content", "cue", "source")  # labels in the layer of claims, and the columns that have them
DOCUMENT = ("doc_id", "text", "text_sha256", "n_chars", "zones")
ENTITY = ("mention_id", "doc_id", "start", "end", "text", "label")
CLAIM = ("claim_id", "doc_id", *PARTS)
RELATION = ("relation_id", "claim_a", "claim_b", "doc_a", "doc_b", "text_a", "text_b", "relation")
NEEDED = {  # what may not be null
    "documents": ("doc_id", "text", "zones"),
    "entities": ("mention_id", "doc_id", "label"),
    "claims": ("claim_id", "doc_id", *PARTS),
    "claim_relations": ("relation_id", "claim_a", "claim_b", "doc_a", "doc_b", "relation"),
}
Rows = Callable[[str], list[Row]]


def read_release_folder(folder: Path, language: str) -> Collection:
    """What a release says of its documents. Its raw ``annotations`` are no part of it.

    Raises:
        DataError: it cannot be read (E610, E705, E710), or lacks a column (E961).
    """
    release = read_release(folder)
    known = structure()
    for name, table in release.tables.items():
        need(table, known[name].names if name in known else (), NEEDED.get(name, ()), str(folder / name))
    check_keys(release)
    linked = rows(release, "claim_relations")
    return Collection(
        layers=tuple(layers_of(release)),
        main="entity" if "entities" in release.tables else None,
        language=language,
        documents=documents(release, [row for row in linked if row["doc_a"] == row["doc_b"]]),
        across=by_id([claim_relation(row) for row in linked if row["doc_a"] != row["doc_b"]]),
        controls=controls_of(release.tables["documents"], value_columns(release), choices(release)),
    )


def value_columns(release: Release) -> list[str]:
    """The columns of documents that have the values of controls of whole tasks."""
    fixed = structure()["documents"].names
    return [name for name in release.tables["documents"].column_names if name not in fixed]


def choices(release: Release) -> dict[str, Sequence[str]]:
    """The labels of each choice of whole tasks, as the manifest has them."""
    found = {name.partition("/"): list(labels) for name, labels in release.manifest.labels.items()}
    return {column: labels for (config, _, column), labels in found.items() if config == "documents"}


def check_keys(release: Release) -> None:
    """See that rows are of documents that there are, and relations between claims that there are.

    Raises:
        DataError: one is not, or a document stands twice (E962).
    """
    documents = release.tables["documents"]["doc_id"].to_pylist()
    once(documents, str(release.folder))
    claims = [row["claim_id"] for row in rows(release, "claims")]
    for name, column in (("entities", "doc_id"), ("claims", "doc_id"), ("claim_relations", "doc_a")):
        refer((row[column] for row in rows(release, name)), documents, "document", str(release.folder / name))
    for column in ("claim_a", "claim_b"):
        named = (row[column] for row in rows(release, "claim_relations"))
        refer(named, claims, "claim", str(release.folder / "claim_relations"))


def layers_of(release: Release) -> Iterator[str]:
    """The layers that a release has."""
    if any(release.tables["documents"]["zones"].to_pylist()):
        yield "zone"
    yield from (layer for layer, name in (("entity", "entities"), ("claim", "claims")) if name in release.tables)


def rows(release: Release, name: str) -> list[Row]:
    """The rows of a config; none where the release has none."""
    return list(release.tables[name].to_pylist()) if name in release.tables else []


def grouped(found: list[Row], key: str) -> Rows:
    """Rows by the value of a column."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        groups[row[key]].append(row)
    return lambda value: groups.get(value, [])


def documents(release: Release, linked: list[Row]) -> Iterator[Document]:
    """Each document with its spans and relations."""
    found = rows(release, "documents")
    entities, claims = (grouped(rows(release, name), "doc_id") for name in ("entities", "claims"))
    relations = grouped(linked, "doc_a")
    files = file_names((row["doc_id"],) for row in found)
    values = value_columns(release)
    for row, name in zip(found, files, strict=True):
        doc_id, text = row["doc_id"], row["text"]
        spans = [*zones(row), *(entity(one, text) for one in entities(doc_id))]
        parts: dict[str, Span] = {}
        links: dict[str, Relation] = {}
        for one in claims(doc_id):
            parts |= {span.id: span for span in claim_spans(one, text)}
            links |= {link.id: link for link in claim_links(one)}
        document = Document(
            doc_id=doc_id,
            text=text,
            file=name,
            spans=in_order([*spans, *parts.values()]),
            relations=by_id([*links.values(), *map(claim_relation, relations(doc_id))]),
            attributes=attributes(row, (*DOCUMENT, *values)),
            values={name: value for name, value in attributes(row, ()).items() if name in values},
        )
        yield check(document, str(release.folder))


def zones(row: Row) -> Iterator[Span]:
    """The zones of a document."""
    text = row["text"]
    for zone in row["zones"]:
        start, end = fragment({**zone, "text": text[zone["start"] : zone["end"]]}, text, row=row["doc_id"])
        yield Span(f"{row['doc_id']}:zone:{start}-{end}", "zone", (zone["zone"],), ((start, end),))


def entity(row: Row, text: str) -> Span:
    """An entity mention."""
    extent = fragment(row, text, row=row["mention_id"])
    return Span(row["mention_id"], "entity", (row["label"],), (extent,), attributes(row, ENTITY))


def claim_spans(row: Row, text: str) -> Iterator[Span]:
    """The content of a claim, which has its attributes and id, its cue and its source."""
    ids = part_ids(row)
    for part in PARTS:
        if row[part]:
            extents = tuple(sorted(fragment(one, text, row=row["claim_id"]) for one in row[part]))
            yield Span(ids[part], "claim", (part,), extents, attributes(row, CLAIM) if part == "content" else {})


def part_ids(row: Row) -> dict[str, str]:
    """The ids of a claim's parts; claims of one attribution share its cue, and attributions may share a source."""
    source = "".join(f"{one['start']}-{one['end']}" for one in row["source"][:1])
    return {"content": row["claim_id"], "cue": row["attribution_id"], "source": f"{row['doc_id']}:source:{source}"}


def claim_links(row: Row) -> Iterator[Relation]:
    """The links from a claim's cue to its content and its source."""
    ids = part_ids(row)
    for part in ("content", "source"):
        if row["cue"] and row[part]:
            yield Relation(f"{ids['cue']}|{ids[part]}", ids["cue"], ids[part], (part,))


def claim_relation(row: Row) -> Relation:
    """A relation between claims, as one between their contents."""
    said = attributes(row, RELATION)
    return Relation(row["relation_id"], row["claim_a"], row["claim_b"], (row["relation"],), attributes=said)
