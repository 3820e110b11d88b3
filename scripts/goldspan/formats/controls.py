"""Columns with values of whole documents -> what their controls are."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from goldspan.arrow import COLUMN_TYPES
from goldspan.convert.layout import column_names
from goldspan.dates import is_date
from goldspan.formats.stream import Control, chosen
from goldspan.labeling import Kind, LabelingConfig

__all__ = ["choices_of", "controls_of", "likely_choices", "unsure_columns"]


def controls_of(table: pa.Table, columns: Iterable[str], choices: Mapping[str, Sequence[str]]) -> dict[str, Control]:
    """The control of each of some columns; ``choices`` has the labels of those that are choices.

    A choice has the labels that stand in its column, too.
    """
    found = {}
    for name in columns:
        used = chosen_in(table[name]) if name in choices else ()
        found[name] = Control(kind_of(table[name].type), tuple(dict.fromkeys([*choices.get(name, ()), *used])))
    return found


def kind_of(column: pa.DataType) -> Kind:
    """The kind of the values in a column of a type; text for one that no control has."""
    return next((kind for kind, known in COLUMN_TYPES.items() if known == column), Kind.STRING)


def chosen_in(column: pa.ChunkedArray) -> list[str]:
    """The labels in a column, each once."""
    return sorted({label for value in column.to_pylist() for label in chosen(value)})


def choices_of(config: LabelingConfig) -> dict[str, Sequence[str]]:
    """The labels of each choice of whole tasks in a labeling config, by the column that a conversion has for it."""
    controls = [one for one in config.attributes.values() if not one.per_region]
    columns = column_names((one.name for one in controls), "annotations")
    return {columns[one.name]: one.values for one in controls if one.tag == "Choices"}


def likely_choices(table: pa.Table, columns: Iterable[str]) -> dict[str, Sequence[str]]:
    """The columns that hold single choices: of a conversion's columns of text all but those of nothing but dates."""
    texts = [name for name in columns if kind_of(table[name].type) is Kind.STRING]
    return {name: () for name in texts if not all(map(is_date, chosen_in(table[name])))}


def unsure_columns(table: pa.Table, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that hold either several choices or texts."""
    return tuple(name for name in columns if kind_of(table[name].type) is Kind.STRINGS and chosen_in(table[name]))
