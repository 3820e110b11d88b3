"""E617 and E618: what is released against what the annotators drew, as the config ``annotations`` has it."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from goldspan.checks.registry import Hit, release_check
from goldspan.checks.release import rows_of
from goldspan.released import Release
from goldspan.schemas import Row


class Place(NamedTuple):
    """Where a region stands. Its label, if an annotator has marked the stretch twice; no stretch: of the whole task."""

    doc_id: str
    layer: str | None = None
    start: int | None = None
    end: int | None = None
    label: str = ""


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
    """What each annotator drew at each place."""
    rows = rows_of(release, "annotations")
    counted = Counter((row["annotator_id"], stretch(row)) for row in rows)
    twice = {place for (_, place), count in counted.items() if count > 1}
    found: dict[Place, dict[str, Marked]] = defaultdict(dict)
    for row in rows:
        label, place = in_order((row["label"] or "").split("|")), stretch(row)
        place = place._replace(label=label) if place in twice else place
        found[place][row["annotator_id"]] = Marked(label, attributes(row) or {}, row["annotation_id"])
    return found


def stretch(row: Row) -> Place:
    """Where a row of annotations stands."""
    return Place(row["doc_id"], row["layer"], row["start"], row["end"]) if row["layer"] else Place(row["doc_id"])


def in_order(labels: Iterable[str]) -> str:
    """Labels joined by bars, in one order."""
    return "|".join(sorted(labels))


def released(release: Release, places: Collection[Place]) -> Iterator[tuple[Place, Marked]]:
    """Each document, zone, mention, part of a claim and span of a further layer, with its place.

    Of the span of a further layer that is the one among ``places`` that has its label, if there is such a place.
    """
    layers = release.layers
    for row in rows_of(release, "documents"):
        yield Place(row["doc_id"]), Marked("", after(row, "zones"), row["doc_id"])
        for zone in row["zones"]:
            yield Place(row["doc_id"], layers.zones, *extent(zone)), Marked(in_order([zone["zone"]]), {}, row["doc_id"])
    for row in rows_of(release, "entities"):
        place = Place(row["doc_id"], layers.entities, *extent(row))
        yield place, Marked(in_order([row["label"]]), between(row, "zone", "lower"), row["mention_id"])
    yield from (part for row in rows_of(release, "claims") for part in parts(row, release))
    for name, control in layers.further.items():
        for row in rows_of(release, name):
            label = in_order(row["labels"] if "labels" in row else [row["label"]])
            place = Place(row["doc_id"], control, *extent(row))
            labelled = place._replace(label=label)
            yield labelled if labelled in places else place, Marked(label, after(row, "zone"), row["span_id"])


def parts(row: Row, release: Release) -> Iterator[tuple[Place, Marked]]:
    """Each part of a claim, with its place; of cues the values are no more told apart."""
    layer, roles = release.layers.attributions, release.manifest.settings.attributions
    first = row["claim_id"].rpartition(":")[2]
    of_content, of_source = between(row, "attribution", "quantity_mention_ids"), between(row, "source", "attribution")
    for part, label in (("content", roles.content), ("cue", roles.cue), ("source", roles.source)):
        for span in row[part]:
            is_first = part == "content" and first == f"{span['start']}-{span['end']}"
            values = of_content if is_first else of_source if part == "source" else {}
            yield Place(row["doc_id"], layer, *extent(span)), Marked(in_order([label]), values, row["claim_id"])


def extent(row: Row) -> tuple[int, int]:
    """The stretch of a row."""
    return row["start"], row["end"]


def after(row: Row, last: str) -> Row:
    """The columns of attributes that stand behind the last one that every release has."""
    names = list(row)
    return {name: row[name] for name in names[names.index(last) + 1 :]}


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
    marked, layers = drawn(release), release.layers.released
    if release.manifest.text == "hydrated":  # what could not be placed is left out
        return
    annotators: dict[str, set[str]] = defaultdict(set)
    for place, readings in marked.items():
        annotators[place.doc_id] |= set(readings)
    there = set()
    for place, one in released(release, marked):
        there.add(place)
        who, readings = annotators[place.doc_id], marked.get(place, {})
        if place.start is None:
            readings = {name: readings.get(name, Marked("", {}, "")) for name in who}
        said = place.layer in layers or (place.start is None and (readings or any(map(plain, one.values.values()))))
        yield from (Hit(one.row, each) for each in unlike(one, readings, whole=set(readings) == who) if said)
    lone = len(set().union(*annotators.values())) == 1
    for place in sorted(set(marked) - there, key=str):
        who = annotators[place.doc_id]
        if plays_a_part(place, marked[place], release) and set(marked[place]) == who and (lone or len(who) > 1):
            yield Hit(next(iter(marked[place].values())).row, "not released")


def plays_a_part(place: Place, readings: Mapping[str, Marked], release: Release) -> bool:
    """True if what was drawn at a place becomes something of a release."""
    layers, roles = release.layers, release.manifest.settings.attributions
    labels = {reading.label for reading in readings.values()}
    named = {in_order([label]) for label in (roles.cue, roles.source, roles.content)}
    return place.layer in layers.released and (place.layer != layers.attributions or labels <= named)


def unlike(one: Marked, readings: Mapping[str, Marked], *, whole: bool) -> Iterator[str]:
    """In what a thing that is released differs from what all who drew it say; ``whole`` if none of them lacks it."""
    if not readings:
        yield "no annotator drew it"
        return
    labels = {reading.label for reading in readings.values()}
    if len(labels) == 1 and one.label not in labels:
        yield f"{one.label}, drawn as {', '.join(labels)}"
    for name, value in one.values.items() if whole else ():
        first, *others = (plain(reading.values.get(name)) for reading in readings.values())
        if all(other == first for other in others) and plain(value) != first:
            yield f"{name} {value!r}, given as {first!r}"


def plain(value: Any) -> Any:
    """A value so that the order of a list makes no difference, and an empty one is none."""
    return sorted(value, key=str) or None if isinstance(value, list) else value


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
