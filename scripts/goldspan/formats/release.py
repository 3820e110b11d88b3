"""A release -> the stream: zones, entities, claims with their cues and sources, and further layers, each a layer."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from goldspan.faults import FAULTS
from goldspan.formats.checked import Row, attributes, by_id, check, in_order, need, once, refer
from goldspan.formats.controls import controls_of
from goldspan.formats.marked import (
    claim_links,
    claim_relation,
    claim_spans,
    entity,
    further_span,
    places_of,
    relation,
    zones,
)
from goldspan.formats.names import file_names
from goldspan.formats.stream import Collection, Document, Relation, Span
from goldspan.keys import foreign_keys, keys
from goldspan.released import Release, read_release
from goldspan.schemas import structure
from goldspan.settings import Layers

__all__ = ["read_release_folder"]

OWN = {"zones": "zone", "entities": "entity", "claims": "claim"}  # names of the layers that are no further ones
DOCUMENT = ("doc_id", "text", "text_sha256", "n_chars", "zones")
NEEDED = {  # what may not be null
    "documents": ("doc_id", "text", "zones"),
    "entities": ("mention_id", "doc_id", "label"),
    "claims": ("claim_id", "doc_id", "content", "cue", "source"),
    "claim_relations": ("relation_id", "claim_a", "claim_b", "doc_a", "doc_b", "relation"),
    "relations": ("relation_id", "doc_id", "from_config", "from_id", "to_config", "to_id", "labels"),
}
NEEDED_OF_FURTHER = ("span_id", "doc_id", "label", "labels")
Rows = Callable[[str], list[Row]]


def read_release_folder(folder: Path, language: str) -> Collection:
    """What a release says of its documents. Its raw ``annotations`` are no part of it.

    Raises:
        DataError: it cannot be read (E610, E705, E710), or lacks a column (E600).
    """
    release = read_release(folder)
    check_columns(release)
    check_keys(release)
    names = layer_names(release.layers)
    linked = rows(release, "claim_relations")
    return Collection(
        layers=tuple(names[config] for config in names if has_spans(release, config)),
        main=names["entities"] if "entities" in release.tables else None,
        language=language,
        documents=documents(release, names, [row for row in linked if row["doc_a"] == row["doc_b"]]),
        across=by_id([claim_relation(row) for row in linked if row["doc_a"] != row["doc_b"]]),
        claims=names["claims"],
        controls=controls_of(release.tables["documents"], value_columns(release), choices(release)),
    )


def check_columns(release: Release) -> None:
    """See that each config has the columns that one of its name has, and no nulls in some.

    Raises:
        DataError: one has not (E600).
    """
    if "documents" not in release.tables:
        raise FAULTS["E600"].error("the config itself is missing", file=str(release.folder), row="documents")
    multiple = {name for name, table in release.tables.items() if "labels" in table.column_names}
    columns = structure(release.layers, multiple)
    for name, table in release.tables.items():
        needed = NEEDED_OF_FURTHER if name in release.layers.further else NEEDED.get(name, ())
        filled = [column for column in columns[name].names if column in needed]
        need(table, columns[name].names, filled, FAULTS["E600"], file=str(release.folder), row=name)


def check_keys(release: Release) -> None:
    """See that no document stands twice, and that the rows that others name are there.

    Raises:
        DataError: a row is not there, or a document stands twice (E962).
    """
    key = keys(release.layers)
    known = {name: table[key[name]].to_pylist() for name, table in release.tables.items()}
    once(known["documents"], str(release.folder))
    for name, column, named in foreign_keys(release.layers):
        values = release.tables[name][column].to_pylist() if name in release.tables else []
        refer(each(values), known.get(named, ()), f"row of {named}", str(release.folder / name))


def each(values: Iterable[Any]) -> Iterator[str]:
    """The keys in a column, whose values are keys or lists of them."""
    for value in values:
        yield from value if isinstance(value, list) else () if value is None else [value]


def layer_names(layers: Layers) -> dict[str, str]:
    """The name of each layer by its config, and of zones; one that a further layer has is left to that one."""
    own = {config: config if name in layers.further else name for config, name in OWN.items()}
    return {**own, **dict(zip(layers.further, layers.further, strict=True))}


def has_spans(release: Release, config: str) -> bool:
    """True if a release has rows of a config, or zones."""
    return any(release.tables["documents"]["zones"].to_pylist()) if config == "zones" else config in release.tables


def value_columns(release: Release) -> list[str]:
    """The columns of documents that have the values of controls of whole tasks."""
    fixed = structure()["documents"].names
    return [name for name in release.tables["documents"].column_names if name not in fixed]


def choices(release: Release) -> dict[str, Sequence[str]]:
    """The labels of each choice of whole tasks, as the manifest has them."""
    found = {name.partition("/"): list(labels) for name, labels in release.manifest.labels.items()}
    return {column: labels for (config, _, column), labels in found.items() if config == "documents"}


def rows(release: Release, name: str) -> list[Row]:
    """The rows of a config; none where the release has none."""
    return list(release.tables[name].to_pylist()) if name in release.tables else []


def grouped(found: list[Row], key: str) -> Rows:
    """Rows by the value of a column."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        groups[row[key]].append(row)
    return lambda value: groups.get(value, [])


def documents(release: Release, names: Mapping[str, str], linked: list[Row]) -> Iterator[Document]:
    """Each document with its spans, its relations and its values."""
    found, values = rows(release, "documents"), value_columns(release)
    configs = ("entities", "claims", "relations", *release.layers.further)
    by_document = {name: grouped(rows(release, name), "doc_id") for name in configs}
    by_document["claim_relations"] = grouped(linked, "doc_a")
    for row, file in zip(found, file_names((row["doc_id"],) for row in found), strict=True):
        marked = {name: of(row["doc_id"]) for name, of in by_document.items()}
        spans, relations = marked_in(row, marked, names, release.layers)
        document = Document(
            doc_id=row["doc_id"],
            text=row["text"],
            file=file,
            spans=in_order(spans),
            relations=by_id(relations),
            attributes=attributes(row, (*DOCUMENT, *values)),
            values={name: value for name, value in attributes(row, ()).items() if name in values},
        )
        yield check(document, str(release.folder))


def marked_in(
    row: Row, of: Mapping[str, list[Row]], names: Mapping[str, str], layers: Layers
) -> tuple[list[Span], list[Relation]]:
    """The spans and relations of a document, from its rows of each config; ``names`` are those of the layers."""
    text = row["text"]
    zoned = list(zones(row, names["zones"]))
    claimed = {span.id: span for claim in of["claims"] for span in claim_spans(claim, text, names["claims"])}
    entities = [entity(one, text, names["entities"]) for one in of["entities"]]
    further = [further_span(one, text, name) for name in layers.further for one in of[name]]
    places = places_of(layers.zones, zoned) | places_of(layers.attributions, claimed.values())
    links = {link.id: link for claim in of["claims"] for link in claim_links(claim)}
    between = [*map(claim_relation, of["claim_relations"]), *(relation(one, places) for one in of["relations"])]
    return [*zoned, *entities, *claimed.values(), *further], [*links.values(), *between]
