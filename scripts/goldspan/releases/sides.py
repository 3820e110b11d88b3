"""A release -> one side of a comparison: plain rows, with their keys checked."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.checks.release import OF_REGIONS, has_null, unlike
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.hashes import sha256
from goldspan.labels import labels_in
from goldspan.released import Release
from goldspan.releases.terms import ENDS, OF_AN_END, Terms, terms_of
from goldspan.schemas import structure

__all__ = ["BESIDE", "Row", "Side", "read_attributes", "side_of"]

NO_KEY = fault(
    "E904",
    "The rows of a config cannot be told apart: a column is missing, of another type or null, or a key stands twice",
    "Validate the release (goldspan validate), and build it again.",
)

Row = dict[str, Any]

BESIDE = "\0beside"  # under it stands what a row says beside its columns; no column can be called so
ALSO_READ = {"documents": ("text", "text_sha256", "zones"), "ner": ("ner_tags",), "annotations": ("attributes",)}
MAY_BE_NULL = {("documents", "text"), *(("annotations", name) for name in OF_REGIONS)}


class Side(Struct, frozen=True):
    """One of two releases that are compared: the rows and the types of the columns of each config.

    Beside them the labels that each column may have, the names of the NER tags, the guidelines' version, and the
    control of each further layer by the name of its config. Zones have rows of their own here; tags are names, labels
    and attributes of annotators' regions are read, and relations have their ends in the order of the text. A document
    has the attribute ``text_is_given``: false where its text is not the one that its hash is of, but withheld.
    """

    rows: dict[str, list[Row]]
    columns: dict[str, dict[str, str]]
    labels: dict[str, list[str]]
    tags: list[str]
    guidelines: str | None
    further: dict[str, str] = {}

    @property
    def label_columns(self) -> dict[str, str]:
        """The column with the label or labels of each further layer that has spans."""
        return {
            name: "labels" if "labels" in self.columns[name] else "label"
            for name in self.further
            if name in self.columns
        }

    def texts(self) -> dict[str, str]:
        """The text of each document; of one whose text is withheld what stands in its place."""
        return {row["doc_id"]: row["text"] or "" for row in self.rows.get("documents", [])}


def side_of(release: Release) -> Side:
    """A release as one side of a comparison.

    Raises:
        DataError: the rows of a config cannot be told apart (E904).
    """
    side = Side(
        rows={},
        columns={
            name: {field.name: str(field.type) for field in table.schema} for name, table in release.tables.items()
        },
        labels={name: list(counts) for name, counts in release.manifest.labels.items()},
        tags=release.tags,
        guidelines=release.manifest.guidelines,
        further=release.layers.further,
    )
    stop_on_errors(check_keys(release, side.label_columns))
    return msgspec.structs.replace(side, rows=read_rows(release, side))


def read_rows(release: Release, side: Side) -> dict[str, list[Row]]:
    """The rows of each config as they are compared."""
    tags, labels = side.tags, side.labels.get("annotations/label", [])
    rows: dict[str, list[Row]] = {name: table.to_pylist() for name, table in release.tables.items()}
    rows["zones"] = [
        {"doc_id": row["doc_id"], **zone} for row in rows.get("documents", ()) for zone in row["zones"] or () if zone
    ]
    for row in rows.get("documents", ()):
        row[BESIDE] = {"text_is_given": sha256((row["text"] or "").encode()) == row["text_sha256"]}
    for row in rows.get("ner", ()):
        row["ner_tags"] = [tags[tag] if tag in range(len(tags)) else tag for tag in row["ner_tags"] or ()]
    for row in rows.get("annotations", ()):
        row[BESIDE] = read_attributes(row["attributes"] or "{}")
        row["label"] = list(labels_in(row["label"], labels))
    if "relations" in rows:
        rows["relations"] = [in_text_order(row) for row in rows["relations"]]
    return rows


def in_text_order(row: Row) -> Row:
    """A relation with the end first that stands first in the text, so that it reads alike however it was drawn."""
    if (row["from_start"], row["from_end"]) <= (row["to_start"], row["to_end"]):
        return row
    ends = {f"{one}_{name}": row[f"{other}_{name}"] for one, other in (ENDS, ENDS[::-1]) for name in OF_AN_END}
    direction = {"right": "left", "left": "right"}.get(row["direction"], row["direction"])
    return {**row, **ends, "direction": direction}


def read_attributes(text: str) -> Row:
    """The attributes of an annotator's region, which stand in their column as JSON; as text if they are none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    return read if isinstance(read, dict) else {"attributes": text}


def check_keys(release: Release, label_columns: Mapping[str, str]) -> Iterator[Finding]:
    """Findings about tables that lack a column of `Terms`, or have a key that is empty or stands twice (E904)."""
    terms = terms_of(label_columns)
    schemas = structure(release.layers, [name for name, column in label_columns.items() if column == "labels"])
    for config, table in release.tables.items():
        for name in needed_columns(config, terms[config]):
            if name not in table.column_names or table.schema.field(name).type != schemas[config].field(name).type:
                odd = unlike(schemas[config].field(name), table.schema)
                yield NO_KEY.finding(odd, file=str(release.folder), row=config)
            elif (config, name) not in MAY_BE_NULL and has_null(table[name]):
                yield NO_KEY.finding(f"{name} is null", file=str(release.folder), row=config)
        key = terms[config].key
        found = table[key].to_pylist() if key in table.column_names else []
        for twice in sorted(str(value) for value, count in Counter(found).items() if count > 1):
            yield NO_KEY.finding(f"{twice} stands twice", file=str(release.folder), row=config)


def needed_columns(config: str, terms: Terms) -> list[str]:
    """The columns without which the rows of a config cannot be told apart."""
    ends = [f"{end}_{name}" for end in terms.ends for name in OF_AN_END]
    extent = {terms.extent, *(["end"] if terms.extent == "start" else [])}
    named = {terms.key, terms.label, *extent, *ends, *terms.articles, *terms.group, *ALSO_READ.get(config, ())}
    return sorted(filter(None, named))
