"""What an item holds beside what has a column of its own: kept as one object."""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["as_json", "beside", "free_name"]


def beside(meta: Mapping[str, Any] | None, more: Mapping[str, Any], under: str = "item") -> dict[str, Any] | None:
    """A note with more beside it; what has a name that is taken lies under another. None if both are empty."""
    own = dict(meta or {})
    taken = {name: held for name, held in more.items() if name in own}
    whole = own | {name: held for name, held in more.items() if name not in own}
    return (whole | {free_name(under, whole): taken} if taken else whole) or None


def free_name(name: str, taken: Mapping[str, Any] | set[str]) -> str:
    """A name that is not taken: the name itself, else with as many underscores behind it as it needs."""
    while name in taken:
        name += "_"
    return name


def as_json(meta: Any) -> str:
    """A note as JSON, its keys in order."""
    return msgspec.json.encode(meta, order="sorted").decode()
