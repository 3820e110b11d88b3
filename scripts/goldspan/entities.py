"""The list of entities: what each ``entity_id`` stands for, in every article."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from goldspan.faults import Finding, fault
from goldspan.records import Mention, Span
from goldspan.sheets import read_sheet

__all__ = ["Entity", "check_entities", "check_sources", "read_entities"]

BAD_ENTITIES = fault(
    "E502",
    "The list of entities cannot be used",
    "Give each row entity_id, name, type, aliases (parted by bars), description and wikidata, each id once.",
)
UNKNOWN_ENTITY = fault(
    "E503",
    "A mention's entity is not in the list of entities",
    "Add it to the list, or correct the mention's entity_id.",
)
OTHER_TYPE = fault(
    "E504",
    "A mention's label is not the type of its entity",
    "Correct the mention, or give the thing another entity_id.",
)
OTHER_NAME = fault(
    "W501", "A mention's text is neither name nor alias of its entity", "Add it to the aliases if it is one."
)
UNUSED_ENTITY = fault("W502", "An entity of the list is never mentioned", "Remove its row if it is not needed.")


class Entity(Struct, frozen=True):
    """A thing with a name; ``wikidata`` is empty where its id is not certain."""

    entity_id: str
    name: str
    type: str
    aliases: str
    description: str
    wikidata: str

    @property
    def names(self) -> set[str]:
        """The name and the aliases, without regard to case."""
        return {name.strip().casefold() for name in (self.name, *self.aliases.split("|"))}


def read_entities(path: Path) -> dict[str, Entity] | None:
    """The entities of a corpus by id; None where there is no list.

    Raises:
        DataError: it is not CSV with the columns of `Entity`, or an id is empty or repeated (E502).
    """
    if not path.exists():
        return None
    entities = read_sheet(path, Entity, BAD_ENTITIES)
    counts = Counter(entity.entity_id for entity in entities)
    odd = [
        f"{name!r} stands twice" if name else "an entity_id is empty" for name in counts if counts[name] > 1 or not name
    ]
    if odd:
        raise BAD_ENTITIES.error(", ".join(odd), file=str(path))
    return {entity.entity_id: entity for entity in entities}


def check_entities(
    mentions: Iterable[Mention], entities: dict[str, Entity], texts: dict[str, str], file: str
) -> Iterator[Finding]:
    """Findings about mentions that do not fit the list, and entities without mention (E503, E504, W501, W502)."""
    used = set()
    for mention in mentions:
        name = mention.attributes.get("entity_id")
        if name is None:
            continue
        used.add(name)
        words = texts[mention.doc_id][mention.start : mention.end]
        place = {"file": file, "task": mention.doc_id, "row": mention.mention_id}
        if name not in entities:
            yield UNKNOWN_ENTITY.finding(f"{name} ({words})", **place)
        elif entities[name].type != mention.label:
            yield OTHER_TYPE.finding(f"{name} is {entities[name].type}, marked {mention.label}", **place)
        elif words.casefold() not in entities[name].names:
            yield OTHER_NAME.finding(f"{words!r} for {name}", **place)
    for name in sorted(set(entities) - used):
        yield UNUSED_ENTITY.finding(name, file=file)


def check_sources(spans: Iterable[Span], entities: dict[str, Entity], file: str) -> Iterator[Finding]:
    """Findings about the ``source_entity_ids`` of spans that are not in the list of entities (E503)."""
    for span in spans:
        for name in span.attributes.get("source_entity_ids", ()):
            if name not in entities:
                yield UNKNOWN_ENTITY.finding(f"{name}, a source", file=file, region=span.region_id)
