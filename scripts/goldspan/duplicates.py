"""How much alike texts are: Broder's resemblance of runs of words.

The part of all runs of so many words of either text that both have (On the resemblance and containment of documents,
1997), without regard to case.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from math import ceil

import regex

__all__ = ["Runs", "joins", "resemblance", "runs_of_words"]

WORDS = regex.compile(r"[\w\p{M}\u200c\u200d]+")
ROUNDING = 1e-9
Run = tuple[str, ...]
Runs = set[Run]
Having = defaultdict[Run, dict[str, list[str]]]  # the texts that have a run, by their group


def runs_of_words(text: str, words: int) -> Runs:
    """The runs of so many words in a text."""
    found = WORDS.findall(text.casefold())
    return {tuple(found[at : at + words]) for at in range(len(found) - words + 1)}


def resemblance(one: Runs, other: Runs) -> float:
    """The resemblance of two texts, from 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def joins(runs: Mapping[str, Runs], groups: Mapping[str, str], threshold: float) -> Iterator[tuple[str, str, float]]:
    """The near duplicates that join groups of texts, each pair with its resemblance, in the order of the texts.

    ``groups`` has the group of each text. After these pairs, all texts that resemble each other by the threshold or
    more are of one group; a pair of which that is true already is not among them. Two such texts share one of the rarer
    runs of each (Chaudhuri, Ganti and Kaushik, A primitive operator for similarity joins, 2006): only texts that do are
    compared, and of each group only until one is found.
    """
    often = Counter(run for found in runs.values() for run in found)
    joined = Joined(groups)
    having: Having = defaultdict(dict)
    for name, found in runs.items():
        rarer = rarest(found, often, threshold)
        for other in others(rarer, having, partial(joined.apart, groups[name])):
            alike = resemblance(runs[other], found)
            if alike >= threshold:
                joined.join(groups[other], groups[name])
                yield other, name, alike
        for run in rarer:
            having[run].setdefault(joined.root(groups[name]), []).append(name)


class Joined:
    """Groups of which some are joined: each has another of its own above it, or is itself the root of them all."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        """Begin with none joined."""
        self.above = {group: group for group in groups.values()}

    def root(self, group: str) -> str:
        """The group that stands for all that are joined with one."""
        while self.above[group] != group:
            self.above[group] = self.above[self.above[group]]
            group = self.above[group]
        return group

    def apart(self, one: str, other: str) -> bool:
        """True if two groups are not joined."""
        return self.root(one) != self.root(other)

    def join(self, one: str, other: str) -> None:
        """Join two groups."""
        self.above[self.root(other)] = self.root(one)


def rarest(found: Runs, often: Mapping[Run, int], threshold: float) -> list[Run]:
    """The rarest runs of a text, of which it shares one with each text that resembles it by the threshold or more."""
    shared = ceil(threshold * len(found) - ROUNDING)  # at least
    return sorted(found, key=lambda run: (often[run], run))[: len(found) - shared + 1]


def others(rarer: Iterable[Run], having: Having, apart: Callable[[str], bool]) -> Iterator[str]:
    """The texts that have one of some runs, each once, as long as their group is apart."""
    seen: set[str] = set()
    for run in rarer:
        for group, texts in having[run].items():
            for text in texts:
                if not apart(group):
                    break
                if text not in seen:
                    seen.add(text)
                    yield text
