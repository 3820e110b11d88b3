"""The documents, spans and claims of a release, and pairs of them -> items with their labels."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
from msgspec.structs import replace

from goldspan.keys import keys
from goldspan.released import Release
from goldspan.schemas import Row, structure
from goldspan.settings import Relations
from goldspan.train.choices import Columns, of_columns, without
from goldspan.train.examples import Examples, Item, Labels, Task
from goldspan.train.items import claim_items, document_items, joined_items, relation_items, span_items
from goldspan.train.learnable import LABELS, choice_columns, config_of, nothing
from goldspan.train.release_spans import shown

__all__ = ["with_items"]


def with_items(release: Release, examples: Examples) -> Examples:
    """The items of a release that a task labels, each with the labels that it has.

    Raises:
        DataError: they have no column of choices whose labels are in the manifest (E980).
    """
    config = config_of(examples.task, examples.layer)
    table, columns = release.tables[config], choice_columns(release, config)
    if not columns:
        raise nothing(release, f"choices in {config}")
    rows, settings = table.to_pylist(), release.manifest.settings.relations
    items = tuple(items_of(rows, examples, columns, settings, keys(release.layers)[config]))
    known = of_columns(columns, [name for name in columns if pa.types.is_list(table.schema.field(name).type)])
    if examples.task is Task.relations:
        known = with_inverses(known, settings)
    if examples.task in (Task.claims, Task.relations):
        left_out = {"claims, or pairs of them, without words": len(rows) - len(items)}
    else:
        fixed = {*structure(release.layers)[config].names, *LABELS}
        left_out = not_learnt(config, rows, columns, [name for name in table.column_names if name not in fixed])
    return replace(examples, labels=known, items=items, left_out=shown(left_out))


def items_of(
    rows: Sequence[Row], examples: Examples, columns: Columns, settings: Relations, key: str
) -> Iterable[Item]:
    """The items of a task, in the order of their rows."""
    documents = {one.doc_id: one for one in examples.documents}
    match examples.task:
        case Task.documents:
            return document_items(rows, documents, columns)
        case Task.attributes:
            return span_items(rows, documents, columns, key)
        case Task.span_relations:
            return joined_items(rows, documents, columns)
        case Task.claims:
            return claim_items(rows, documents, columns)
        case _:
            return relation_items(rows, documents, columns, settings)


def not_learnt(config: str, rows: Iterable[Row], columns: Columns, attributes: Iterable[str]) -> dict[str, int]:
    """How many rows have no value in a column, and how many attributes are no choices, so that none is learnt."""
    others = sorted(set(attributes) - set(columns))
    ones = config if config in ("documents", "relations") else f"spans of {config}"
    counts = {f"{ones} without {name}": count for name, count in without(rows, columns).items()}
    return {**counts, f"columns of {config} that are no choices ({', '.join(others)})": len(others)}


def with_inverses(known: Labels, settings: Relations) -> Labels:
    """The labels, and the inverses of those that have one."""
    return {
        name: (*each, *(inverse for inverse, forward in settings.inverse.items() if forward in each))
        for name, each in known.items()
    }
