"""A masked text + a copy -> the text again.

The words are the copy's, what is between them is the withheld text's own, so that other quotation marks, spaces, line
ends and added matter do not count. Where a copy lacks words or has others, its own stand there; what it lacks at its
ends is cut off.
"""

import re
from itertools import groupby

from goldspan.hydrate.anchors import Alignment, Extent, words
from goldspan.hydrate.fingerprint import Match

__all__ = ["refill"]


def refill(masked: str, copy: str, match: Match) -> Alignment:
    """The masked text filled with the words of a copy, aligned with it."""
    return Filling(masked, copy, match).filled()


class Filling:
    """The new text as it grows, with its words."""

    def __init__(self, masked: str, copy: str, match: Match) -> None:
        """Begin with nothing filled in."""
        self.masked, self.copy, self.match = masked, copy, match
        self.old, self.source = words(masked), words(copy)
        self.parts: list[str] = []
        self.length = 0
        self.new: list[Extent] = []
        self.targets: list[int | None] = [None] * len(self.old)

    def filled(self) -> Alignment:
        """Go through the words of the masked text, those that are found and those that are not in turns."""
        for known, group in groupby(range(len(self.old)), lambda number: self.match.words[number] is not None):
            numbers = list(group)
            if known:
                self.fill(numbers)
            else:
                self.patch(numbers[0], numbers[-1] + 1)
        if not self.old or self.match.words[-1] is not None:
            self.add(self.masked[self.end_of(len(self.old) - 1) :])
        proved = self.match.proved
        return Alignment(self.masked, "".join(self.parts), self.old, self.new, self.targets, self.targets, proved)

    def fill(self, numbers: list[int]) -> None:
        """Put in words that were found, with what the masked text has between them."""
        for number in numbers:
            if number > numbers[0] or number == 0:
                self.add(self.masked[self.end_of(number - 1) : self.old[number][0]])
            self.targets[number] = len(self.new)
            self.add_word(self.place(number))

    def patch(self, first: int, stop: int) -> None:
        """Put in what the copy has in the place of words that were not found; as many words stand for each other.

        At an end of the text there is no such place: what closes or opens at the words that are found is kept.
        """
        if first and stop < len(self.old):
            begin, end = self.place(first - 1) + 1, self.place(stop)
            if end - begin == stop - first:
                self.targets[first:stop] = range(len(self.new), len(self.new) + stop - first)
            self.add(self.copy[self.source[begin - 1][1] : self.source[begin][0]])
            for number in range(begin, end):
                self.add_word(number)
                self.add(self.copy[self.source[number][1] : self.source[number + 1][0]])
        elif first:
            self.add("".join(re.findall(r"\A\S+", self.masked[self.end_of(first - 1) : self.old[first][0]])))
        elif stop < len(self.old):
            self.add("".join(re.findall(r"\S+\Z", self.masked[self.end_of(stop - 1) : self.old[stop][0]])))

    def add(self, text: str) -> None:
        """Put in text without words."""
        self.parts.append(text)
        self.length += len(text)

    def add_word(self, number: int) -> None:
        """Put in a word of the copy."""
        start, end = self.source[number]
        self.new.append((self.length, self.length + end - start))
        self.add(self.copy[start:end])

    def place(self, number: int) -> int:
        """The word of the copy that was found for a word."""
        return self.match.words[number] or 0

    def end_of(self, number: int) -> int:
        """Where a word of the masked text ends; the text's beginning in front of the first."""
        return self.old[number][1] if number >= 0 else 0
