"""The Arrow types of columns, and what a card calls them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from goldspan.labeling import Kind

__all__ = ["COLUMN_TYPES", "INTEGERS", "STRINGS", "features"]

STRINGS = pa.list_(pa.string())
INTEGERS = pa.list_(pa.int32())
COLUMN_TYPES = {
    Kind.STRING: pa.string(),
    Kind.STRINGS: STRINGS,
    Kind.PATHS: pa.list_(STRINGS),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
}


def features(schema: pa.Schema, classes: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """A schema as the ``features`` of a card, in the form that datasets 3 to 5 read alike.

    A list of plain values is a ``sequence``, as which datasets 3 gives a feature with an item of its own; a list of
    structs is a ``list``, since datasets 3 would turn a ``sequence`` of them into a struct of lists. ``classes`` names
    class labels.
    """
    return [feature(field, classes.get(field.name)) for field in schema]


def feature(field: pa.Field, names: Sequence[str] | None) -> dict[str, Any]:
    """One feature."""
    if names is not None:
        return {
            "name": field.name,
            "sequence": {"class_label": {"names": {str(n): name for n, name in enumerate(names)}}},
        }
    if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
        return {"name": field.name, "list": [feature(part, None) for part in field.type.value_type]}
    kind = plain(field.type)
    return {"name": field.name, **(kind if isinstance(kind, dict) else {"dtype": kind})}


def plain(kind: pa.DataType) -> Any:
    """The type of a plain value, or of lists of them."""
    if pa.types.is_list(kind):
        return {"sequence": plain(kind.value_type)}
    return {"double": "float64"}.get(str(kind), str(kind))
