"""A release -> the examples of a task."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from msgspec.structs import replace

from goldspan.faults import fault
from goldspan.hashes import records_hash
from goldspan.records import Span, Zone
from goldspan.released import Release
from goldspan.settings import Attributions, Relations
from goldspan.train.examples import SPAN_TASKS, Described, Examples, Labels, Passage, Task
from goldspan.train.items import claim_items, relation_items
from goldspan.train.passages import mark, passages

__all__ = ["NOTHING", "TABLES", "described", "of_release"]

NOTHING = fault(
    "E980",
    "There is nothing to learn the task from",
    "Name a release that has what docs/training.md says of the task, or for ner a folder converted with --bio.",
)
NO_TEXT = fault("E981", "The release is without the articles' text", "Put it back with goldspan hydrate.")
TABLES = {  # what is read for a task, and hashed
    Task.ner: ("documents", "entities"),
    Task.attribution: ("documents", "claims"),
    Task.claims: ("documents", "claims"),
    Task.relations: ("documents", "claim_relations"),
}
Row = dict[str, Any]
Spans = Mapping[str, Iterable[Span]]


def of_release(release: Release, task: Task, language: str) -> Examples:
    """The examples of a release whose form is right.

    Raises:
        DataError: it has nothing for the task (E980), or no text (E981).
    """
    missing = [name for name in TABLES[task] if name not in release.tables]
    if missing:
        raise NOTHING.error(f"no {missing[0]}", file=str(release.folder))
    if release.manifest.text == "withheld":
        raise NO_TEXT.error(file=str(release.folder))
    tables = {name: release.tables[name].to_pylist() for name in TABLES[task]}
    bare = Examples(
        task=task,
        source=f"{release.manifest.name} {release.manifest.version}",
        records={name: records_hash(rows) for name, rows in tables.items()},
        language=language,
        documents=tuple(map(described, tables["documents"])),
        near=release.manifest.settings.near_duplicates,
    )
    return with_passages(release, bare) if task in SPAN_TASKS else with_items(release, bare)


def described(row: Row) -> Described:
    """A document as folds see it; columns that it lacks say nothing."""
    group, date = row.get("story_group"), row.get("published_date")
    return Described(row["doc_id"], str(group or row["doc_id"]), None if date is None else str(date), row["text"])


def with_passages(release: Release, examples: Examples) -> Examples:
    """The passages of a release, marked; those that are not annotated have none."""
    settings, rows = release.manifest.settings, release.tables[TABLES[examples.task][1]].to_pylist()
    left_out: Counter[str] = Counter()
    if examples.task is Task.ner:
        layer = settings.layers.entities or "entity"
        layers = {layer: labels(release, "entities", "label")}
        known = [row for row in rows if row["label"] in layers[layer]]
        left_out["spans of a label that the manifest does not list"] += len(rows) - len(known)
        spans: Spans = entity_spans(known, layer)
    else:
        roles = settings.attributions
        layers = {label: (label,) for label in (roles.source, roles.cue, roles.content)}
        spans = claim_spans(rows, roles)
    annotated = {*spans, *(release.tables["ner"]["doc_id"].to_pylist() if "ner" in release.tables else ())}
    found: list[Passage] = []
    for document, row in zip(examples.documents, release.tables["documents"].to_pylist(), strict=True):
        if document.doc_id in annotated:
            zones = [Zone(one["start"], one["end"], one["zone"]) for one in row["zones"] or ()]
            bare = list(passages(document, examples.language, zones, settings.unannotated_zones))
            found += mark(bare, spans.get(document.doc_id, ()), left_out)
        else:
            left_out["documents that are not annotated"] += 1
    return replace(examples, layers=layers, passages=tuple(found), left_out=shown(left_out))


def shown(counts: Counter[str]) -> dict[str, int]:
    """What there is any of, by name."""
    return {what: count for what, count in sorted(counts.items()) if count}


def entity_spans(rows: Iterable[Row], layer: str) -> Spans:
    """The entity mentions of each document."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        spans[row["doc_id"]].append(Span("", layer, (row["label"],), row["start"], row["end"]))
    return spans


def claim_spans(rows: Iterable[Row], roles: Attributions) -> Spans:
    """The contents, cues and sources of each document, each once; each of the three is a layer.

    The contents of an article's own claims, which have no cue, are among them: annotators draw them alike.
    """
    labels = {"content": roles.content, "cue": roles.cue, "source": roles.source}
    spans: dict[str, set[tuple[int, int, str]]] = defaultdict(set)
    for row in rows:
        for part, label in labels.items():
            spans[row["doc_id"]] |= {(one["start"], one["end"], label) for one in row[part]}
    return {
        doc_id: [Span("", label, (label,), start, end) for start, end, label in sorted(found)]
        for doc_id, found in spans.items()
    }


def with_items(release: Release, examples: Examples) -> Examples:
    """The claims, or pairs of claims, of a release with their labels."""
    name = TABLES[examples.task][1]
    rows, documents = release.tables[name].to_pylist(), {one.doc_id: one for one in examples.documents}
    known = attributes(release, name)
    settings = release.manifest.settings.relations
    if examples.task is Task.claims:
        items = tuple(claim_items(rows, documents, known))
    else:
        items = tuple(relation_items(rows, documents, known, settings))
        known = with_inverses(known, settings)
    counted = shown(Counter({"claims, or pairs of them, without words": len(rows) - len(items)}))
    return replace(examples, labels=known, items=items, left_out=counted)


def attributes(release: Release, config: str) -> Labels:
    """The columns of a config that have one label a row, of those that the labeling config allows, by their name.

    Raises:
        DataError: there is none (E980).
    """
    columns = (name.split("/")[1] for name in release.manifest.labels if name.startswith(f"{config}/"))
    types = {field.name: field.type for field in release.tables[config].schema}
    single = [name for name in columns if types.get(name) in (pa.string(), pa.bool_())]
    if not single:
        raise NOTHING.error(f"no labels of {config} in the manifest", file=str(release.folder))
    return {name: labels(release, config, name) for name in single}


def labels(release: Release, config: str, column: str) -> tuple[str, ...]:
    """The labels of a column, in the order of the labeling config.

    Raises:
        DataError: the manifest has none (E980).
    """
    counts = release.manifest.labels.get(f"{config}/{column}")
    if not counts:
        raise NOTHING.error(f"no labels of {config}/{column} in the manifest", file=str(release.folder))
    return tuple(counts)


def with_inverses(known: Labels, settings: Relations) -> Labels:
    """The labels, and the inverses of those that have one."""
    return {
        name: (*each, *(inverse for inverse, forward in settings.inverse.items() if forward in each))
        for name, each in known.items()
    }
