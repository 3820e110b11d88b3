"""Rows -> items: what a row says, in words that do not depend on where its text has moved since."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from goldspan.keys import keys
from goldspan.releases.alignment import Move, stay
from goldspan.releases.sides import Row, Side
from goldspan.releases.terms import REFERENCES, TERMS, Terms

__all__ = ["Extents", "Item", "Known", "items_of"]

Extents = tuple[tuple[int, int], ...]
Known = Mapping[str, Mapping[str, str]]

KEYS = keys()
SAID_ELSEWHERE = {"start", "end", "text", "n_chars", "text_sha256", "zones", "attributes"}


class Item(Struct, frozen=True):
    """A row as an annotation.

    ``extents`` are where it stands, ``place`` where that is in the newer text. ``values`` are what is compared, and
    ``follows`` what is compared only where nothing else has changed.
    """

    config: str
    id: str
    articles: tuple[str, ...]
    group: tuple[str, ...]
    extents: Extents
    place: Extents
    label: str
    text: str
    values: Row
    follows: Row

    @property
    def order(self) -> tuple[Any, ...]:
        """What items are sorted by, whatever the order of rows."""
        return self.articles, self.place, self.group, self.label, self.id


def items_of(side: Side, config: str, columns: Collection[str], moves: Mapping[str, Move], known: Known) -> list[Item]:
    """The items of a config, sorted; ``columns`` are those to compare.

    ``moves`` say how stretches of each article move into the newer text; ``known`` has the newer id of rows of other
    configs, by config and id.
    """
    terms, texts = TERMS[config], side.texts()
    asked = compared(config, columns)
    items = []
    places = region_places(side, moves) if config == "annotations" else {}
    for row in side.rows.get(config, ()):
        articles = tuple(dict.fromkeys(str(row[name]) for name in terms.articles))
        move = moves.get(articles[0], stay)
        extents = extents_of(row, terms)
        place = tuple(move(*extent) for extent in extents)
        items.append(
            Item(
                config=config,
                id=key_of(row, config),
                articles=articles,
                group=group_of(row, config, known),
                extents=extents,
                place=place,
                label=str(row.get(terms.label) or "") if terms.label else "",
                text=words_of(row, terms, extents, texts.get(articles[0], "")),
                values={**{name: moved(row[name], move) for name in asked}, **attributes_of(row, places)},
                follows={name: row[name] for name in terms.follows if name in columns},
            )
        )
    return sorted(items, key=lambda item: item.order)


def compared(config: str, columns: Iterable[str]) -> list[str]:
    """The columns of a config that say something of their own."""
    terms = TERMS[config]
    said = {*SAID_ELSEWHERE, *terms.articles, terms.extent, terms.label, *terms.follows, KEYS.get(config)}
    said |= set() if terms.unordered else set(terms.group)
    return [name for name in columns if name not in said]


def key_of(row: Row, config: str) -> str:
    """The id of a row; of a zone, which has none, one that is made as others are."""
    return str(row[KEYS[config]] if config in KEYS else "{doc_id}:zone:{start}-{end}:{zone}".format_map(row))


def extents_of(row: Row, terms: Terms) -> Extents:
    """Where a row stands in its article; nowhere, if it belongs to all of it."""
    if terms.extent is None:
        return ()
    if terms.extent == "start":
        return () if None in (row["start"], row["end"]) else ((row["start"], row["end"]),)
    return tuple((part["start"], part["end"]) for part in row[terms.extent])


def group_of(row: Row, config: str, known: Known) -> tuple[str, ...]:
    """What another row must share to be the same thing; what has no newer id is marked so that nothing shares it."""
    terms = TERMS[config]
    values = [
        known[REFERENCES[config, name]].get(row[name], f"-{row[name]}")
        if (config, name) in REFERENCES
        else str(row[name] or "")
        for name in terms.group
    ]
    return tuple(sorted(values) if terms.unordered else values)


def words_of(row: Row, terms: Terms, extents: Extents, text: str) -> str:
    """The words that a row is about: of a pair its two texts, else what stands at its extents."""
    if terms.unordered:
        return " / ".join(str(row.get(name) or "") for name in terms.follows if name.startswith("text"))
    return " … ".join(text[start:end] for start, end in extents)


def moved(value: Any, move: Move) -> Any:
    """A value with the stretches of text in it moved."""
    if isinstance(value, list):
        return [moved(part, move) for part in value]
    if isinstance(value, dict) and isinstance(value.get("start"), int) and isinstance(value.get("end"), int):
        start, end = move(value["start"], value["end"])
        return {**value, "start": start, "end": end}
    return value


def region_places(side: Side, moves: Mapping[str, Move]) -> dict[str, str]:
    """Layer and place of each annotator's region, by its id."""
    return {
        row["annotation_id"]: "{} {}–{}".format(row["layer"], *moves.get(row["doc_id"], stay)(row["start"], row["end"]))
        for row in side.rows.get("annotations", ())
        if None not in (row["start"], row["end"])
    }


def attributes_of(row: Row, places: Mapping[str, str]) -> Row:
    """The attributes of an annotator's region, each by itself; relations lead to places, for ids may be new."""
    attributes = row.get("attributes")
    if not isinstance(attributes, dict):
        return {}
    links = attributes.get("relations")
    if not isinstance(links, list) or not all(isinstance(link, list) for link in links):
        return attributes
    return {**attributes, "relations": sorted([places.get(str(part), str(part)) for part in link] for link in links)}
