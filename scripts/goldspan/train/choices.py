"""Columns of choices -> the labels of attributes that a model decides on.

A single choice is an attribute. A multiple choice is an attribute for each of its values, ``name=value``, which is true
or false.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from goldspan.train.examples import Labels

__all__ = ["Columns", "Row", "chosen", "decisions", "of_columns", "without"]

Row = Mapping[str, Any]
Columns = Mapping[str, Sequence[str]]  # the values that may stand in a column, in the order of the labeling config
BOTH = ("true", "false")


def decisions(name: str, values: Sequence[str], *, multiple: bool) -> dict[str, Sequence[str]]:
    """The attributes that stand for a choice among some values, each with its labels."""
    return {f"{name}={value}": BOTH for value in values} if multiple else {name: values}


def of_columns(columns: Columns, multiple: Iterable[str]) -> Labels:
    """The labels of the attributes that stand for some columns, of which the ``multiple`` ones hold lists."""
    lists = set(multiple)
    return {
        attribute: labels
        for name, values in columns.items()
        for attribute, labels in decisions(name, values, multiple=name in lists).items()
    }


def chosen(row: Row, columns: Columns) -> dict[str, str]:
    """The label of each attribute that stands for a column in which a row has a value, of those that there are.

    A list is empty where nobody has chosen anything.
    """
    found: dict[str, str] = {}
    for name, values in columns.items():
        held = row[name]
        if isinstance(held, list):
            found |= {f"{name}={value}": written(value in held) for value in values if held}
        elif (label := written(held)) in values:
            found[name] = label
    return found


def written(value: Any) -> str:
    """A value as the labeling config has it, which writes true and false small."""
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def without(rows: Iterable[Row], columns: Columns) -> dict[str, int]:
    """How many rows have no value in each column."""
    found = list(rows)
    return {name: sum(not chosen(row, {name: values}) for row in found) for name, values in columns.items()}
