"""The record of one change between two releases. Imports no sibling."""

from typing import Any

from msgspec import Struct

__all__ = ["Change"]


class Change(Struct, frozen=True, omit_defaults=True):
    """One thing that changed: what it is (a mention, a label, a column …) and what became of it.

    ``articles`` are the documents that it belongs to, none for what belongs to the corpus; ``by`` is the annotator.
    ``old`` and ``new`` are where it stood and stands, as code points of the old and the new text, half-open; ``values``
    are the old and the new value of each column that changed. Label and text are the new ones, of what was removed the
    old ones.
    """

    item: str
    what: str
    articles: tuple[str, ...] = ()
    id: str = ""
    label: str = ""
    text: str = ""
    by: str = ""
    old: tuple[tuple[int, int], ...] = ()
    new: tuple[tuple[int, int], ...] = ()
    values: dict[str, tuple[Any, Any]] = {}
