"""Where the words of one text stand in another, and where its spans go. Offsets are code points, half-open."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import regex
from msgspec import Struct

__all__ = ["MASK", "Alignment", "Extent", "Placed", "align", "increasing", "normal", "words"]

MASK = "█"  # stands for one character of a word that is withheld
WORD = regex.compile(rf"[\w\p{{M}}\u200c\u200d{MASK}]+")
SYMBOL = regex.compile(rf"[^\s\w\p{{M}}\u200c\u200d{MASK}]")
MARKS = str.maketrans(
    {
        **dict.fromkeys('‘’‚‛“”„‟«»‹›`´′″「」『』"', "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)

Extent = tuple[int, int]
Places = Sequence[int | None]


def words(text: str) -> list[Extent]:
    """The extents of the words of a text: runs of letters, digits, marks and joiners, or of what masks them."""
    return [match.span() for match in WORD.finditer(text)]


def normal(word: str) -> str:
    """A word as it is compared: without regard to case and to how its characters are composed."""
    return unicodedata.normalize("NFKC", word).casefold()


def symbols(text: str) -> list[int]:
    """The places of what is neither white space nor in a word."""
    return [match.start() for match in SYMBOL.finditer(text)]


def signs(text: str) -> str:
    """The symbols of a text as they are compared: one kind of quotation mark and of dash."""
    return "".join(SYMBOL.findall(text)).translate(MARKS)


class Placed(Struct, frozen=True):
    """The extent of a span in the new text. ``same`` if its words are known to be the same, and none is between."""

    start: int
    end: int
    same: bool = True

    @property
    def extent(self) -> Extent:
        """(start, end)."""
        return self.start, self.end


class Alignment(Struct, frozen=True):
    """Two texts with their words, and where a span of the old one begins and ends in the new one.

    For each old word, ``first`` is the new word that a span begins with if it begins with this one, ``last`` the one
    that it ends with; None where the word is gone. ``same`` says of which words it is known that they did not change.
    """

    old: str
    new: str
    old_words: list[Extent]
    new_words: list[Extent]
    first: Places
    last: Places
    same: Sequence[bool]

    def place(self, start: int, end: int) -> Placed | None:
        """Where a span went; None if a word that it begins or ends with is gone."""
        begin = bisect_right(self.old_words, start, key=lambda word: word[1])
        stop = bisect_left(self.old_words, end, key=lambda word: word[0])
        if begin >= stop:
            return self.between(start, end, stop)
        one, other = self.first[begin], self.last[stop - 1]
        if one is None or other is None or other < one:
            return None
        left, right = self.left_edge(start, begin, one), self.right_edge(end, stop - 1, other)
        if left is None or right is None or left >= right:
            return None
        whole = other - one == stop - 1 - begin and all(self.same[begin:stop])
        return Placed(left, right, whole and signs(self.old[start:end]) == signs(self.new[left:right]))

    def left_edge(self, start: int, number: int, place: int) -> int | None:
        """Where a span begins that begins in an old word, or among the symbols in front of it."""
        old, new = self.old_words[number], self.new_words[place]
        if start > old[0]:
            return inner_edge(start - old[0], old, new)
        lead, gap = self.old[start : old[0]], self.new[self.new_words[place - 1][1] if place else 0 : new[0]]
        if gap.endswith(lead):
            return new[0] - len(lead)
        found = symbols(gap)[-len(symbols(lead)) :] if symbols(lead) else []
        return new[0] - len(gap) + found[0] if found else new[0]

    def right_edge(self, end: int, number: int, place: int) -> int | None:
        """Where a span ends that ends in an old word, or among the symbols behind it."""
        old, new = self.old_words[number], self.new_words[place]
        if end < old[1]:
            return inner_edge(end - old[0], old, new)
        trail, gap = self.old[old[1] : end], self.new[new[1] : self.gap_end(place)]
        if gap.startswith(trail):
            return new[1] + len(trail)
        found = symbols(gap)[: len(symbols(trail))]
        return new[1] + found[-1] + 1 if found else new[1]

    def gap_end(self, place: int) -> int:
        """Where the new word after one begins, or the text ends."""
        return self.new_words[place + 1][0] if place + 1 < len(self.new_words) else len(self.new)

    def beside(self, start: int, end: int) -> bool:
        """True if the words next to a span are still next to it, so that its edges need no second look."""
        begin = bisect_right(self.old_words, start, key=lambda word: word[1])
        stop = bisect_left(self.old_words, end, key=lambda word: word[0])
        if begin >= stop:
            return True
        return self.joined(begin - 1, begin) and self.joined(stop - 1, stop)

    def joined(self, one: int, other: int) -> bool:
        """True if two old words, or an end of the text, still follow each other, and the one beside the span is the
        same.
        """
        left = self.last[one] if one >= 0 else -1
        right = self.first[other] if other < len(self.old_words) else len(self.new_words)
        known = (self.same[one] if one >= 0 else True) and (self.same[other] if other < len(self.old_words) else True)
        return left is not None and right == left + 1 and known

    def between(self, start: int, end: int, number: int) -> Placed | None:
        """Where a span without words went, in front of the old word of this number; None unless the place is known."""
        before = self.last[number - 1] if number else -1
        after = self.first[number] if number < len(self.old_words) else len(self.new_words)
        if before is None or after != before + 1:
            return None
        old_at = self.old_words[number - 1][1] if number else 0
        old_end = self.old_words[number][0] if number < len(self.old_words) else len(self.old)
        new_at = self.new_words[before][1] if before >= 0 else 0
        old, new = self.old[old_at:old_end], self.new[new_at : self.gap_end(before)]
        if old == new:
            return Placed(start - old_at + new_at, end - old_at + new_at)
        inside = [n for n, at in enumerate(symbols(old)) if start - old_at <= at < end - old_at]
        if not inside or signs(old) != signs(new):
            return None
        found = symbols(new)
        return Placed(new_at + found[inside[0]], new_at + found[inside[-1]] + 1)


def inner_edge(offset: int, old: Extent, new: Extent) -> int | None:
    """An edge inside a word, in a word of the same length."""
    return new[0] + offset if old[1] - old[0] == new[1] - new[0] else None


def align(old: str, new: str) -> Alignment:
    """Two versions of a text, word by word; words that both have once are found first, as in a patience diff.

    As many words as are replaced by others stand for each other, one by one; of another number only the first and the
    last do, so that a span of all of them keeps its place. Neither is the ``same``.
    """
    old_words, new_words = words(old), words(new)
    names = [normal(old[start:end]) for start, end in old_words]
    others = [normal(new[start:end]) for start, end in new_words]
    first: list[int | None] = [None] * len(names)
    last: list[int | None] = [None] * len(names)
    same = [False] * len(names)
    for tag, begin, end, at, stop in changes(names, others):
        if end - begin == stop - at:
            first[begin:end] = last[begin:end] = range(at, stop)
            same[begin:end] = [tag == "equal"] * (end - begin)
        elif tag == "replace":
            first[begin], last[end - 1] = at, stop - 1
    return Alignment(old, new, old_words, new_words, first, last, same)


def changes(names: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """What became of stretches of words, as `difflib` says it, between the words that both sides have once."""
    there = once(others)
    pairs = [(at, there[name]) for name, at in once(names).items() if name in there]
    anchors = [pairs[number] for number in increasing([at for _, at in pairs])]
    begin = at = 0
    for end, stop in [*anchors, (len(names), len(others))]:
        for tag, *places in SequenceMatcher(None, names[begin:end], others[at:stop], autojunk=False).get_opcodes():
            yield tag, begin + places[0], begin + places[1], at + places[2], at + places[3]
        if end < len(names):
            yield "equal", end, end + 1, stop, stop + 1
        begin, at = end + 1, stop + 1


def once(names: Sequence[str]) -> dict[str, int]:
    """The words that are there once, with their numbers."""
    counts = Counter(names)
    return {name: number for number, name in enumerate(names) if counts[name] == 1}


def increasing(values: Sequence[int]) -> list[int]:
    """The numbers of a longest strictly increasing run of values, by patience sorting."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, value in enumerate(values):
        pile = bisect_left(tops, value)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [value]
        piles[pile : pile + 1] = [number]
    run = []
    at = piles[-1] if piles else -1
    while at >= 0:
        run.append(at)
        at = before[at]
    return run[::-1]
