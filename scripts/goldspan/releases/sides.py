"""A release -> one side of a comparison: plain rows, with their keys checked."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from msgspec import Struct

from goldspan.checks.release import OF_TASKS, has_null
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.hashes import sha256
from goldspan.keys import keys
from goldspan.released import Release
from goldspan.releases.terms import TERMS, Terms
from goldspan.schemas import structure

__all__ = ["Row", "Side", "side_of"]

NO_KEY = fault(
    "E904",
    "The rows of a config cannot be told apart: a column is missing or of another type, or a key stands twice",
    "Validate the release (goldspan validate), and build it again.",
)

Row = dict[str, Any]

ALSO_READ = {"documents": ("text", "text_sha256", "zones"), "ner": ("ner_tags",), "annotations": ("attributes",)}
MAY_BE_NULL = {("documents", "text"), *(("annotations", name) for name in OF_TASKS["annotations"])}


class Side(Struct, frozen=True):
    """One of two releases that are compared: the rows and the types of the columns of each config.

    Beside them the labels that each column may have, the names of the NER tags and the guidelines' version. Zones have
    rows of their own here; tags are names, and attributes of annotators' regions are read. A document has the attribute
    ``text_is_given``: false where its text is not the one that its hash is of, but withheld.
    """

    rows: dict[str, list[Row]]
    columns: dict[str, dict[str, str]]
    labels: dict[str, list[str]]
    tags: list[str]
    guidelines: str | None

    def texts(self) -> dict[str, str]:
        """The text of each document; of one whose text is withheld what stands in its place."""
        return {row["doc_id"]: row["text"] or "" for row in self.rows.get("documents", [])}


def side_of(release: Release) -> Side:
    """A release as one side of a comparison.

    Raises:
        DataError: the rows of a config cannot be told apart (E904).
    """
    tables, tags = {name: table for name, table in release.tables.items() if name in TERMS}, release.tags
    stop_on_errors(finding for name in tables for finding in check_keys(name, tables[name], str(release.folder)))
    rows: dict[str, list[Row]] = {name: table.to_pylist() for name, table in tables.items()}
    rows["zones"] = [
        {"doc_id": row["doc_id"], **zone} for row in rows.get("documents", ()) for zone in row["zones"] or () if zone
    ]
    for row in rows.get("documents", ()):
        row["attributes"] = {"text_is_given": sha256((row["text"] or "").encode()) == row["text_sha256"]}
    for row in rows.get("ner", ()):
        row["ner_tags"] = [tags[tag] if tag in range(len(tags)) else tag for tag in row["ner_tags"] or ()]
    for row in rows.get("annotations", ()):
        row["attributes"] = read_attributes(row["attributes"] or "{}")
    return Side(
        rows=rows,
        columns={name: {field.name: str(field.type) for field in table.schema} for name, table in tables.items()},
        labels={name: list(counts) for name, counts in release.manifest.labels.items()},
        tags=tags,
        guidelines=release.manifest.guidelines,
    )


def read_attributes(text: str) -> Row:
    """The attributes of an annotator's region, which stand in their column as JSON; as text if they are none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    return read if isinstance(read, dict) else {"attributes": text}


def check_keys(config: str, table: pa.Table, file: str) -> Iterator[Finding]:
    """Findings about a table without the columns of `TERMS`, or with a key that is empty or stands twice (E904)."""
    terms, schema = TERMS.get(config, Terms(config)), structure()[config]
    key = keys()[config]
    needed = {key, *terms.articles, *terms.group, *ALSO_READ.get(config, ())}
    needed |= {*filter(None, (terms.extent, terms.label)), *(["end"] if terms.extent == "start" else [])}
    for name in sorted(needed):
        if name not in table.column_names or table.schema.field(name).type != schema.field(name).type:
            yield NO_KEY.finding(name, file=file, row=config)
        elif (config, name) not in MAY_BE_NULL and has_null(table[name]):
            yield NO_KEY.finding(f"{name}: null", file=file, row=config)
    found = table[key].to_pylist() if key in table.column_names else []
    for twice in sorted(str(value) for value, count in Counter(found).items() if count > 1):
        yield NO_KEY.finding(twice, file=file, row=config)
