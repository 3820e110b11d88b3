"""Which characters can be seen: told by their categories, apart from the code's own classes."""

import unicodedata

__all__ = ["TAILS", "seen", "unseen"]

TAILS = "\u200c\u200d\ufe0e\ufe0f"  # stay with what they follow
NOT_BY_CATEGORY = f"{TAILS}\u034f\u3164"


def unseen(char: str) -> bool:
    """True for white space, control and format characters, and some that only their properties tell."""
    return char in NOT_BY_CATEGORY or unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp")


def seen(text: str, start: int, end: int) -> tuple[int, int]:
    """What can be seen of an extent, with the joiners and selectors behind it."""
    inked = [at for at in range(start, end) if not unseen(text[at])]
    if not inked:
        return start, start
    stop = inked[-1] + 1
    while stop < end and text[stop] in TAILS:
        stop += 1
    return inked[0], stop
