"""Words that no hash tells, found between those that are by how long they are: likely, and no proof."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from goldspan.hydrate.anchors import Extent

__all__ = ["Sides", "by_lengths", "lines"]

Found = list[int | None]


class Sides:
    """The lengths of the words of a masked text and of a copy, and the lines that they are in."""

    def __init__(self, masked: str, old: Sequence[Extent], copy: str, new: Sequence[Extent]) -> None:
        """Measure the words, given by their extents."""
        self.old, self.new = [end - start for start, end in old], [end - start for start, end in new]
        self.old_lines, self.new_lines = list(lines(masked, old)), list(lines(copy, new))

    def gaps(self, found: Found) -> list[tuple[range, range]]:
        """The words that are not found, stretch by stretch, each with the words of the copy that they can be."""
        gaps = []
        for known, group in groupby(range(len(self.old)), lambda number: found[number] is not None):
            if not known:
                numbers = list(group)
                start, stop = numbers[0], numbers[-1] + 1
                low = (found[start - 1] or 0) + 1 if start else 0
                high = found[stop] if stop < len(self.old) else len(self.new)
                gaps.append((range(start, stop), range(low, high or 0)))
        return gaps


def by_lengths(sides: Sides, found: Found) -> None:
    """Add to what is found: whole lines first, then words next to those that are found."""
    for find in (by_lines, by_neighbours):
        for gap, window in sides.gaps(found):
            for number, place in find(sides, gap, window):
                found[number] = place


def lines(text: str, words: Sequence[Extent]) -> Iterator[range]:
    """The numbers of the words in each line that has any."""
    at = line = 0
    numbers = []
    for start, _ in words:
        line += text.count("\n", at, start)
        at = start
        numbers.append(line)
    for _, group in groupby(range(len(words)), lambda number: numbers[number]):
        every = list(group)
        yield range(every[0], every[-1] + 1)


def by_lines(sides: Sides, gap: range, window: range) -> Iterator[tuple[int, int]]:
    """The words of each line of the gap that has the lengths of only one line of the window, two words or more."""
    shapes: dict[tuple[int, ...], list[range]] = defaultdict(list)
    for line in within(sides.new_lines, window):
        shapes[tuple(sides.new[line.start : line.stop])].append(line)
    low = window.start
    for line in within(sides.old_lines, gap):
        alike = shapes[tuple(sides.old[line.start : line.stop])] if len(line) > 1 else []
        if len(alike) == 1 and alike[0].start >= low:
            yield from zip(line, alike[0], strict=True)
            low = alike[0].stop


def within(found: Sequence[range], part: range) -> list[range]:
    """The lines that lie wholly in a stretch."""
    return [line for line in found if part.start <= line.start and line.stop <= part.stop]


def by_neighbours(sides: Sides, gap: range, window: range) -> Iterator[tuple[int, int]]:
    """The words of a gap counted from both sides, as far as their lengths are those of the window's.

    Where both sides could have a word, neither does; where there are other words between, the last of each side may be
    one of them that is as long by chance, and is left. At the text's own ends, where a copy can have lost or gained
    anything, whole lines are taken only.
    """
    one, other = sides.old[gap.start : gap.stop], sides.new[window.start : window.stop]
    begins = {line.start for line in sides.old_lines} | {len(sides.old)}
    head, tail = common(one, other), common(one[::-1], other[::-1])
    at_begin, at_end = gap.start == 0, gap.stop == len(sides.old)
    if one == other:
        tail = 0
    elif at_begin or at_end:
        head = 0 if at_begin else next((count for count in range(head, 0, -1) if gap.start + count in begins), 0)
        tail = 0 if at_end else next((count for count in range(tail, 0, -1) if gap.stop - count in begins), 0)
    elif head + tail < min(len(one), len(other)):
        head, tail = max(0, head - 1), max(0, tail - 1)
    surplus = max(0, head + tail - min(len(one), len(other)))
    yield from zip(gap[: max(0, head - surplus)], window, strict=False)
    left = max(0, tail - surplus)
    yield from zip(gap[len(one) - left :], window[len(other) - left :], strict=True)


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many items two sequences have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
