"""What became of each item from one release to another, before anything is left out."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from goldspan.releases.alignment import aligned, changed_part
from goldspan.releases.items import Item, Known, items_of
from goldspan.releases.matching import Pair, match
from goldspan.releases.sides import Row, Side
from goldspan.releases.terms import Terms, terms_of

__all__ = ["PLACE", "Event", "Values", "compare"]

Values = dict[str, tuple[Any, Any]]
Texts = Mapping[str, tuple[str, str]]

PLACE = "\0place"  # where an item stands; no column can be called so


class Event(Struct, frozen=True):
    """An item in the older and in the newer release, None where it is not.

    ``values`` are the old and the new value of whatever differs, label and place included; ``follows`` those of columns
    that follow from others.
    """

    config: str
    old: Item | None
    new: Item | None
    values: Values = {}
    follows: Values = {}

    @property
    def item(self) -> Item:
        """The item as it is now, or was last."""
        item = self.new or self.old
        if item is None:
            raise ValueError("an event has an item")
        return item

    @property
    def terms(self) -> Terms:
        """What a row of its config is."""
        return self.item.terms

    @property
    def is_pair(self) -> bool:
        """True if both releases have it."""
        return self.old is not None and self.new is not None

    @property
    def is_new(self) -> bool:
        """True if anything of its own changed."""
        return not self.is_pair or bool(self.values)


def compare(old: Side, new: Side) -> list[Event]:
    """An event for each item, changed or not, config by config."""
    texts = changed_texts(old, new)
    moves = {doc_id: aligned(*both) for doc_id, both in texts.items()}
    known: dict[str, dict[str, str]] = {}
    own: dict[str, dict[str, str]] = {}
    events: list[Event] = []
    for config, terms in terms_of({**old.label_columns, **new.label_columns}).items():
        columns = [name for name in new.columns.get(config, ()) if name in old.columns.get(config, ())]
        olds = items_of(old, terms, columns, moves, known)
        news = items_of(new, terms, columns, {}, own)
        pairs = match(olds, news)
        known[config] = {one.id: other.id for one, other in pairs}
        own[config] = {item.id: item.id for item in news}
        events += [Event(config, *pair, differences(pair, known, texts), consequences(pair, known)) for pair in pairs]
        matched = set(known[config].values())
        events += [Event(config, item, None) for item in olds if item.id not in known[config]]
        events += [Event(config, None, item) for item in news if item.id not in matched]
    return events


def changed_texts(old: Side, new: Side) -> Texts:
    """Both texts of each document whose text changed, as its hash says."""
    hashes = {row["doc_id"]: row["text_sha256"] for row in old.rows.get("documents", ())}
    olds, news = old.texts(), new.texts()
    return {
        row["doc_id"]: (olds[row["doc_id"]], news[row["doc_id"]])
        for row in new.rows.get("documents", ())
        if hashes.get(row["doc_id"], row["text_sha256"]) != row["text_sha256"]
    }


def differences(pair: Pair, known: Known, texts: Texts) -> Values:
    """Whatever differs between two items that are the same thing."""
    old, new = pair
    label = new.terms.label
    found: Values = {label: (label_value(old), label_value(new))} if label and old.labels != new.labels else {}
    if new.terms.config == "documents" and new.id in texts:
        found["text"] = changed_part(*texts[new.id])
    if old.place != new.place:
        found[PLACE] = (old.extents, new.extents)
    return found | changed(old.values, new.values, new.terms, known)


def consequences(pair: Pair, known: Known) -> Values:
    """The columns that differ and follow from others."""
    old, new = pair
    return changed(old.follows, new.follows, new.terms, known)


def changed(old: Row, new: Row, terms: Terms, known: Known) -> Values:
    """The values that differ. What refers to a row that was added or removed does not differ by that."""
    found = {}
    for name in dict.fromkeys((*old, *new)):
        values = old.get(name), new.get(name)
        target = known.get(terms.references.get(name, ""))
        if differ(*values) if target is None else renewed(values[0], target) != among(values[1], target):
            found[name] = values
    return found


def label_value(item: Item) -> str | list[str]:
    """What stands in the column with the label or labels."""
    return list(item.labels) if item.terms.label == "labels" else item.label


def renewed(value: Any, known: Mapping[str, str]) -> Any:
    """References by their newer ids, without those that have none."""
    return [known[one] for one in value if one in known] if isinstance(value, list) else known.get(value)


def among(value: Any, known: Mapping[str, str]) -> Any:
    """References without those to rows that only the newer release has."""
    ids = set(known.values())
    return [one for one in value if one in ids] if isinstance(value, list) else value if value in ids else None


def differ(old: Any, new: Any) -> bool:
    """True if two values differ; of stretches of text only their place counts, for it says the words too."""
    return bool(bare(old) != bare(new))


def bare(value: Any) -> Any:
    """A value without the words of the stretches of text in it."""
    if isinstance(value, list):
        return [bare(part) for part in value]
    if isinstance(value, dict) and "start" in value:
        return {name: part for name, part in value.items() if name != "text"}
    return value
