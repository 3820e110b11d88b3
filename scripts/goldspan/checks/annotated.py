"""E617 and E618: what is released against what the annotators drew, as the config ``annotations`` has it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from goldspan.checks.registry import Hit, release_check
from goldspan.checks.release import rows_of
from goldspan.released import Release
from goldspan.schemas import Row

Place = tuple[str, str | None, int, int]


class Marked(Struct, frozen=True):
    """A region: its labels joined by bars, the values of its attributes, and the row of it."""

    label: str
    values: Mapping[str, Any]
    row: str


def attributes(row: Row) -> dict[str, Any] | None:
    """The attributes of an annotation; None if they are no JSON object."""
    try:
        found = json.loads(row["attributes"])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def drawn(release: Release) -> dict[Place, dict[str, Marked]]:
    """What each annotator drew at each place: document, layer, start, end."""
    found: dict[Place, dict[str, Marked]] = defaultdict(dict)
    for row in rows_of(release, "annotations"):
        if row["layer"]:
            place = row["doc_id"], row["layer"], row["start"], row["end"]
            found[place][row["annotator_id"]] = Marked(row["label"], attributes(row) or {}, row["annotation_id"])
    return found


def released(release: Release) -> Iterator[tuple[Place, Marked]]:
    """Each zone, mention and part of a claim, with its place."""
    layers, roles = release.manifest.settings.layers, release.manifest.settings.attributions
    for row in rows_of(release, "documents"):
        for zone in row["zones"]:
            yield (row["doc_id"], layers.zones, zone["start"], zone["end"]), Marked(zone["zone"], {}, row["doc_id"])
    for row in rows_of(release, "entities"):
        place = row["doc_id"], layers.entities, row["start"], row["end"]
        yield place, Marked(row["label"], between(row, "zone", "lower"), row["mention_id"])
    for row in rows_of(release, "claims"):
        first = row["claim_id"].rpartition(":")[2]
        of_content, of_source = (
            between(row, "attribution", "quantity_mention_ids"),
            between(row, "source", "attribution"),
        )
        for part, label in (("content", roles.content), ("cue", roles.cue), ("source", roles.source)):
            for span in row[part]:
                is_first = part == "content" and first == f"{span['start']}-{span['end']}"
                values = of_content if is_first else of_source if part == "source" else {}
                place = row["doc_id"], layers.attributions, span["start"], span["end"]
                yield place, Marked(label, values, row["claim_id"])


def between(row: Row, first: str, last: str) -> Row:
    """The columns of attributes: those that stand between two that every release has."""
    names = list(row)
    return {name: row[name] for name in names[names.index(first) + 1 : names.index(last)]}


@release_check(
    "E617",
    "What is released is not what the annotators drew: none has it, or all call it otherwise, or all have what lacks",
    "Build the release again.",
)
def other_than_drawn(release: Release) -> Iterator[Hit]:
    """Compared is what the annotators agree on, of releases that say which layers their configs are made of.

    Where the annotators of a document differ, a decision may have taken another label or value than theirs.
    """
    settings, marked = release.manifest.settings, drawn(release)
    if release.manifest.text == "hydrated":  # what could not be placed is left out
        return
    layers = {settings.layers.zones, settings.layers.entities, settings.layers.attributions} - {None}
    annotators: dict[str, set[str]] = defaultdict(set)
    for place, readings in marked.items():
        annotators[place[0]] |= set(readings)
    there = set()
    for place, one in released(release):
        there.add(place)
        readings = marked.get(place, {})
        if place[1] in layers:
            yield from (
                Hit(one.row, each) for each in unlike(one, readings, whole=set(readings) == annotators[place[0]])
            )
    lone = len(set().union(*annotators.values())) == 1
    for place in sorted(set(marked) - there, key=str):
        who = annotators[place[0]]
        if place[1] in layers and set(marked[place]) == who and (lone or len(who) > 1):
            yield Hit(next(iter(marked[place].values())).row, "not released")


def unlike(one: Marked, readings: Mapping[str, Marked], *, whole: bool) -> Iterator[str]:
    """In what a thing that is released differs from what all who drew it say; ``whole`` if none of them lacks it."""
    if not readings:
        yield "no annotator drew it"
        return
    labels = {reading.label for reading in readings.values()}
    if len(labels) == 1 and one.label not in labels:
        yield f"{one.label}, drawn as {', '.join(labels)}"
    for name, value in one.values.items() if whole else ():
        first, *others = (reading.values.get(name) for reading in readings.values())
        if all(other == first for other in others) and (value if value != [] else None) != first:
            yield f"{name} {value!r}, given as {first!r}"


@release_check(
    "E618",
    "An annotation's attributes are no JSON object, or a relation among them leads to no region of its annotator",
    "Build the release again.",
)
def other_attributes(release: Release) -> Iterator[Hit]:
    rows = rows_of(release, "annotations")
    owners = {row["annotation_id"]: (row["doc_id"], row["annotator_id"]) for row in rows}
    for row in rows:
        found = attributes(row)
        if found is None:
            yield Hit(row["annotation_id"], row["attributes"])
            continue
        relations = found.get("relations", [])
        for relation in relations if isinstance(relations, list) else [relations]:
            end = relation[-1] if isinstance(relation, list) and relation else relation
            if owners.get(str(end)) != (row["doc_id"], row["annotator_id"]):
                yield Hit(row["annotation_id"], str(relation))
