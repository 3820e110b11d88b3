"""Values as people and controls write them -> values in the type of their attribute."""

from collections.abc import Collection, Iterable
from typing import Any

from goldspan.labeling.model import Attribute, Kind

__all__ = ["LARGEST", "parse_value", "split_values", "typed_texts"]

LARGEST = 2**53  # beyond it a number is not stored exactly


def parse_value(attribute: Attribute, text: str) -> Any:
    """A value of an attribute as a person writes it (a list parted by bars, a path by slashes).

    None where the control does not allow it.
    """
    if attribute.kind is Kind.NUMBER:
        try:
            number = float(text)
        except ValueError:
            return None
        return number if abs(number) <= LARGEST else None
    if attribute.kind is Kind.PATHS:
        return [path.split("/") for path in text.split("|")] if text else None
    return typed_texts(attribute, split_values(text, attribute.values) if attribute.kind is Kind.STRINGS else [text])


def split_values(text: str, known: Collection[str]) -> list[str]:
    """Values that a person has joined by bars. One with a bar of its own is told by those that are known."""
    parts = text.split("|")
    return known_values(parts, known) or parts


def known_values(parts: list[str], known: Collection[str]) -> list[str] | None:
    """Parts put together again so that each is a known value; None if that cannot be."""
    for number in range(1, len(parts) + 1):
        value = "|".join(parts[:number])
        rest = known_values(parts[number:], known) if value in known else None
        if rest is not None:
            return [value, *rest]
    return None if parts else []


def typed_texts(attribute: Attribute, texts: Iterable[str]) -> Any:
    """The texts or choices of a control in the type of its attribute.

    None where there is none, or it does not allow them.
    """
    kept = [text for text in texts if text.strip()]
    if not kept or (attribute.values and not set(kept) <= set(attribute.values)):
        return None
    if attribute.kind is Kind.STRINGS:
        return kept
    if len(kept) > 1:
        return None
    return kept[0] == "true" if attribute.kind is Kind.BOOLEAN else kept[0]
