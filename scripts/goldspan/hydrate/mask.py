"""Text -> the same text without its words: white space and signs stay, so that every offset and length does."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from goldspan.hydrate.anchors import MASK, WORD
from goldspan.schemas import text_columns

__all__ = ["each_text", "holds_words", "is_masked", "mask", "masked_table"]


def mask(text: str) -> str:
    """A text with each character of a word replaced."""
    return str(WORD.sub(lambda match: MASK * len(match[0]), text))


def holds_words(text: str) -> bool:
    """True if a text has a character of a word that is not masked."""
    return mask(text) != text


def is_masked(text: str) -> bool:
    """True if a text is withheld, at least in part."""
    return MASK in text


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The value of a column that holds slices of text, with each of them changed: a string, strings, or fragments."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    return None if value is None else {**value, "text": change(value["text"])}


def slices(value: Any) -> Iterator[str]:
    """The slices of text in the value of a column."""
    found: list[str] = []
    each_text(value, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    yield from found


def masked_table(name: str, table: pa.Table) -> pa.Table:
    """The table of a config with every slice of text masked."""
    columns = text_columns(name)
    rows = [{**row, **{column: each_text(row[column], mask) for column in columns}} for row in table.to_pylist()]
    return pa.Table.from_pylist(rows, schema=table.schema)
