"""How much alike texts are: Broder's resemblance of runs of words.

The part of all runs of so many words of either text that both have (On the resemblance and containment of documents,
1997), without regard to case.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations

import regex

__all__ = ["Runs", "resemblances", "runs_of_words"]

WORDS = regex.compile(r"[\w\p{M}\u200c\u200d]+")
Runs = set[tuple[str, ...]]


def runs_of_words(text: str, words: int) -> Runs:
    """The runs of so many words in a text."""
    found = WORDS.findall(text.casefold())
    return {tuple(found[at : at + words]) for at in range(len(found) - words + 1)}


def resemblances(runs: Mapping[str, Runs]) -> dict[tuple[str, str], float]:
    """The resemblance, above 0 and up to 1, of each two texts that share a run, by their ids."""
    having: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, found in runs.items():
        for run in found:
            having[run].append(name)
    shared = Counter(pair for names in having.values() for pair in combinations(names, 2))
    return {
        (one, other): count / (len(runs[one]) + len(runs[other]) - count)
        for (one, other), count in sorted(shared.items())
    }
