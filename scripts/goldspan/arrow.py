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

    ``classes`` names class labels.
    """
    return [feature(field, classes.get(field.name)) for field in schema]


def feature(field: pa.Field, names: Sequence[str] | None) -> dict[str, Any]:
    """One feature."""
    if pa.types.is_list(field.type):
        item = field.type.value_type
        if names is not None:
            return {
                "name": field.name,
                "list": {"class_label": {"names": {str(n): name for n, name in enumerate(names)}}},
            }
        if pa.types.is_struct(item):
            return {"name": field.name, "list": [feature(part, None) for part in item]}
        if pa.types.is_list(item):
            return {"name": field.name, "list": {"list": str(item.value_type)}}
        return {"name": field.name, "list": str(item)}
    return {"name": field.name, "dtype": {"double": "float64"}.get(str(field.type), str(field.type))}
