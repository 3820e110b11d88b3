"""Every string in the tables of a release that is no slice of an article, walked through or changed."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from goldspan.hydrate.quotes import in_json
from goldspan.schemas import JSON, OWN_WORDS, TAKEN, Row, text_columns

__all__ = ["changed_strings", "other_strings"]

Change = Callable[[str], str]


def other_strings(name: str, table: pa.Table) -> Iterator[str]:
    """Each string of a config that is not the annotators' own sentence."""
    found: list[str] = []

    def keep(value: str) -> str:
        found.append(value)
        return value

    columns = [column for column in table.schema.names if column not in OWN_WORDS]
    for row in table.select(columns).to_pylist():
        for column, value in row.items():
            change_value(value, keep, as_json=column in JSON.get(name, ()))
    yield from found


def changed_strings(name: str, row: Row, change: Change, taken: Callable[[str | None], str | None]) -> Row:
    """A row with each string changed that is no slice of text; ``taken`` changes those that are taken from a text."""
    kept = {*text_columns(name), *OWN_WORDS}
    return {
        column: value
        if column in kept
        else taken(value)
        if column in TAKEN.get(name, ())
        else change_value(value, change, as_json=column in JSON.get(name, ()))
        for column, value in row.items()
    }


def change_value(value: Any, change: Change, *, as_json: bool) -> Any:
    """A value with each string in it changed."""
    if isinstance(value, str):
        return in_json(value, change) if as_json else change(value)
    if isinstance(value, list):
        return [change_value(item, change, as_json=as_json) for item in value]
    if isinstance(value, dict):
        return {key: change_value(item, change, as_json=as_json) for key, item in value.items()}
    return value
