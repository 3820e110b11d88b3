"""Rows -> items: what a row says, in words that do not depend on where its text has moved since."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from goldspan.releases.alignment import Move, stay
from goldspan.releases.sides import BESIDE, Row, Side
from goldspan.releases.terms import Terms

__all__ = ["Extents", "Item", "Known", "items_of"]

Extents = tuple[tuple[int, int], ...]
Known = Mapping[str, Mapping[str, str]]

LABELS = ("label", "labels")  # of a span, by whether its layer allows several


class Item(Struct, frozen=True):
    """A row as an annotation.

    ``extents`` are where it stands, ``place`` where that is in the newer text; a row that is known by its ends has no
    place of its own. ``labels`` are sorted. ``values`` are what is compared, and ``follows`` what is compared only
    where nothing else has changed.
    """

    terms: Terms
    id: str
    articles: tuple[str, ...]
    group: tuple[str, ...]
    extents: Extents
    place: Extents
    labels: tuple[str, ...]
    text: str
    values: Row
    follows: Row

    @property
    def label(self) -> str:
        """The label; several are parted by bars, as in ``annotations``."""
        return "|".join(self.labels)

    @property
    def order(self) -> tuple[Any, ...]:
        """What items are sorted by, whatever the order of rows."""
        return self.articles, self.place, self.group, self.labels, self.id


def items_of(side: Side, terms: Terms, columns: Collection[str], moves: Mapping[str, Move], known: Known) -> list[Item]:
    """The items of a config, sorted; ``columns`` are those to compare.

    ``moves`` say how stretches of each article move into the newer text; ``known`` has the newer id of rows of other
    configs, by config and id.
    """
    texts, asked = side.texts(), compared(terms, columns)
    items = []
    places = region_places(side, moves) if terms.config == "annotations" else {}
    for row in side.rows.get(terms.config, ()):
        articles = tuple(dict.fromkeys(str(row[name]) for name in terms.articles))
        move = moves.get(articles[0], stay)
        extents = extents_of(row, terms)
        items.append(
            Item(
                terms=terms,
                id=key_of(row, terms),
                articles=articles,
                group=group_of(row, terms, known, move),
                extents=extents,
                place=() if terms.ends else tuple(move(*extent) for extent in extents),
                labels=labels_of(row, terms),
                text=words_of(row, terms, extents, texts.get(articles[0], "")),
                values={**{name: moved(row[name], move) for name in asked}, **attributes_of(row, places)},
                follows={name: row[name] for name in terms.follows if name in columns},
            )
        )
    return sorted(items, key=lambda item: item.order)


def compared(terms: Terms, columns: Iterable[str]) -> list[str]:
    """The columns of a config that say something of their own."""
    said = {terms.key, terms.extent, terms.label, *terms.articles, *terms.follows, *terms.said}
    said |= {"end"} if terms.extent == "start" else set()
    said |= set() if terms.unordered else set(terms.group)
    return [name for name in columns if name not in said]


def key_of(row: Row, terms: Terms) -> str:
    """The id of a row; of a zone, which has none, one that is made as others are."""
    return str(row[terms.key] if terms.key else "{doc_id}:zone:{start}-{end}:{zone}".format_map(row))


def labels_of(row: Row, terms: Terms) -> tuple[str, ...]:
    """The labels of a row, in order; also where its layer allowed one and now allows several, or the other way."""
    if terms.label is None:
        return ()
    held: object = row.get(terms.label) or next((row[name] for name in LABELS if row.get(name)), [])
    return tuple(sorted(map(str, held))) if isinstance(held, list) else (str(held),)


def extents_of(row: Row, terms: Terms) -> Extents:
    """Where a row stands in its article; nowhere, if it belongs to all of it."""
    if terms.ends:
        return tuple((row[f"{end}_start"], row[f"{end}_end"]) for end in terms.ends)
    if terms.extent is None:
        return ()
    if terms.extent == "start":
        return () if None in (row["start"], row["end"]) else ((row["start"], row["end"]),)
    return tuple((part["start"], part["end"]) for part in row[terms.extent])


def group_of(row: Row, terms: Terms, known: Known, move: Move) -> tuple[str, ...]:
    """What another row must share to be the same thing; what has no newer id is marked so that nothing shares it."""
    values = [
        newer(row[name], known[terms.references[name]]) if name in terms.references else str(row[name] or "")
        for name in terms.group
    ]
    values += [end_of(row, end, known, move) for end in terms.ends]
    return tuple(sorted(values) if terms.unordered else values)


def end_of(row: Row, end: str, known: Known, move: Move) -> str:
    """What an end of a row is: a row of another config by its newer id, or a stretch that has no row by its place."""
    config = row[f"{end}_config"]
    place = "{}-{}".format(*move(row[f"{end}_start"], row[f"{end}_end"]))
    return f"{config} {newer(row[f'{end}_id'], known[config]) if config in known else place}"


def newer(key: str, known: Mapping[str, str]) -> str:
    """The newer id of a row; the old one, marked, where there is none."""
    return known.get(key, f"-{key}")


def words_of(row: Row, terms: Terms, extents: Extents, text: str) -> str:
    """The words that a row is about: those of its ends, else what stands at its extents."""
    if terms.words:
        return " / ".join(str(row.get(name) or "") for name in terms.words)
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
    """What a row says beside its columns, each by itself; relations lead to places, for ids may be new."""
    attributes: Row = row.get(BESIDE, {})
    links = attributes.get("relations")
    if not isinstance(links, list) or not all(isinstance(link, list) for link in links):
        return attributes
    return {**attributes, "relations": sorted([places.get(str(part), str(part)) for part in link] for link in links)}
