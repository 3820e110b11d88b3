"""What changed in the configs, columns, labels and guidelines of a release."""

from collections.abc import Iterator, Mapping

from goldspan.releases.changes import Change
from goldspan.releases.sides import Side

__all__ = ["config_changes", "gained", "lost", "schema_changes"]

Renamed = Mapping[str, Mapping[str, str]]

ALL_LAYERS = "annotations/label"  # has every layer's labels; what another column says is not said again


def config_changes(renamed: Mapping[str, str]) -> Iterator[Change]:
    """Changes of the names of configs."""
    for old, new in renamed.items():
        yield Change("config", "renamed", id=new, values={"name": (old, new)})


def schema_changes(old: Side, new: Side, renamed: Renamed) -> Iterator[Change]:
    """Changes of configs, columns, labels and tags, and of the guidelines.

    ``renamed`` has the new name of labels that became others everywhere, by ``config/column``.
    """
    if old.guidelines not in (None, new.guidelines):
        yield Change("guidelines", "changed", values={"version": (old.guidelines, new.guidelines)})
    yield from (Change("config", "removed", id=name) for name in old.columns if name not in new.columns)
    yield from (Change("config", "added", id=name) for name in new.columns if name not in old.columns)
    for config in old.columns:
        if config in new.columns:
            yield from column_changes(config, old.columns[config], new.columns[config])
    said = set()
    for change in label_changes(old, new, renamed):
        words = (change.what, change.label, *change.values.get("label", ()))
        if change.id != ALL_LAYERS or words not in said:
            yield change
        said.add(words)
    numbers = {tag: number for number, tag in enumerate(new.tags)}
    if any(numbers.get(tag, number) != number for number, tag in enumerate(old.tags)):
        yield Change("tags", "renumbered", id="ner/ner_tags")


def column_changes(config: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    """Changes of the columns of a config, by name and type."""
    for name in dict.fromkeys((*old, *new)):
        types = (old.get(name), new.get(name))
        if types[0] != types[1]:
            what = "added" if types[0] is None else "removed" if types[1] is None else "changed"
            yield Change("column", what, id=f"{config}/{name}", values={"type": types})


def label_changes(old: Side, new: Side, renamed: Renamed) -> Iterator[Change]:
    """Changes of the labels that each column may have; those of all layers last."""
    columns = [name for name in old.labels if name in new.labels]
    for column in sorted(columns, key=lambda name: name == ALL_LAYERS):
        names = renamed.get(column, {})
        for label in lost(old, new, column):
            if label in names:
                yield Change("label", "renamed", id=column, label=names[label], values={"label": (label, names[label])})
            else:
                yield Change("label", "removed", id=column, label=label)
        for label in gained(old, new, column):
            if label not in names.values():
                yield Change("label", "added", id=column, label=label)


def lost(old: Side, new: Side, column: str) -> list[str]:
    """The labels that a column may no longer have."""
    return [label for label in old.labels.get(column, ()) if label not in new.labels.get(column, ())]


def gained(old: Side, new: Side, column: str) -> list[str]:
    """The labels that a column may have now."""
    return lost(new, old, column)
