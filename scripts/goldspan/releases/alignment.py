"""Two versions of a text -> where a stretch of the one lies in the other."""

import re
from bisect import bisect_right
from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import accumulate

__all__ = ["Move", "aligned", "changed_part", "stay"]

Move = Callable[[int, int], tuple[int, int]]
Stretch = tuple[int, int, int, int]

WORDS = re.compile(r"\w+|\W")


def stay(start: int, end: int) -> tuple[int, int]:
    """The move between equal texts."""
    return start, end


def aligned(old: str, new: str) -> Move:
    """How a stretch of the old text (code points, half-open) moves into the new one.

    Words are kept together; a stretch whose words were replaced goes where the new words are.
    """
    found = [stretch for stretch in stretches(old, new) if stretch[0] < stretch[1]]
    starts = [stretch[0] for stretch in found]

    def move(start: int, end: int) -> tuple[int, int]:
        if not 0 <= start < end <= len(old):
            return start, end
        begins, _, goes, until = found[bisect_right(starts, start) - 1]
        first = min(goes + start - begins, until)
        begins, ends, goes, until = found[bisect_right(starts, end - 1) - 1]
        return first, until if end == ends else min(goes + end - begins, until)

    return move


def stretches(old: str, new: str) -> list[Stretch]:
    """Both texts cut at the same places: (start, end) in the old, (start, end) in the new, equal or replaced."""
    head, tail = common_ends(old, new)
    one, other = (WORDS.findall(text[head : len(text) - tail]) for text in (old, new))
    one_at, other_at = ([*accumulate(map(len, words), initial=head)] for words in (one, other))
    changed = [
        (one_at[start], one_at[end], other_at[goes], other_at[until])
        for _, start, end, goes, until in SequenceMatcher(None, one, other).get_opcodes()
    ]
    return [(0, head, 0, head), *changed, (len(old) - tail, len(old), len(new) - tail, len(new))]


def common_ends(old: str, new: str) -> tuple[int, int]:
    """How many code points two texts share at their beginning, and at their end beyond that."""
    head = common_start(old, new)
    return head, common_start(old[head:][::-1], new[head:][::-1])


def common_start(old: str, new: str) -> int:
    """How many code points two texts share at their beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(old), len(new)))


def changed_part(old: str, new: str) -> tuple[str, str]:
    """The stretch in which two texts differ, in either."""
    head, tail = common_ends(old, new)
    return old[head : len(old) - tail], new[head : len(new) - tail]
