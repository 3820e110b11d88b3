"""Two versions of a text -> where a stretch of the one lies in the other."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
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
    one, other = WORDS.findall(old), WORDS.findall(new)
    head, tail = common_ends(one, other)
    changed = SequenceMatcher(None, one[head : len(one) - tail], other[head : len(other) - tail]).get_opcodes()
    edges = [
        (0, head, 0, head),
        *((head + start, head + end, head + goes, head + until) for _, start, end, goes, until in changed),
        (len(one) - tail, len(one), len(other) - tail, len(other)),
    ]
    one_at, other_at = ([*accumulate(map(len, words), initial=0)] for words in (one, other))
    return [(one_at[start], one_at[end], other_at[goes], other_at[until]) for start, end, goes, until in edges]


def common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words two texts share at their beginning, and at their end beyond that."""
    head = common_start(old, new)
    return head, common_start(old[head:][::-1], new[head:][::-1])


def common_start(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words two texts share at their beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(old), len(new)))


def changed_part(old: str, new: str) -> tuple[str, str]:
    """The words between the first and the last difference of two texts, in either."""
    one, other = WORDS.findall(old), WORDS.findall(new)
    head, tail = common_ends(one, other)
    return "".join(one[head : len(one) - tail]), "".join(other[head : len(other) - tail])
