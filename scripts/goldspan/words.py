"""English for what is shown. Imports no sibling."""

__all__ = ["counted"]


def counted(number: int, what: str, more: str | None = None) -> str:
    """A number with what it counts, as ``1 error`` or ``2 errors``; ``more`` is the plural, if it is no added s."""
    return f"{number} {what if number == 1 else more or f'{what}s'}"
