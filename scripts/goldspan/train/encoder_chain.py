"""Tags as a Markov chain: how often one follows another, and the likeliest sequence of them.

What an encoder says of a sub-word is held against how common its tags are, and joined with how they follow each other
(Bourlard and Morgan 1994, Connectionist Speech Recognition, chapter 7: likelihoods in proportion to posteriors over
priors). Alone, an encoder that has seen little breaks long spans into pieces.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = ["Chain", "Scores", "count", "softmax"]

HALF = 0.5  # added to each count, so that what was never seen may be (Krichevsky and Trofimov 1981)
Scores = np.ndarray[Any, np.dtype[np.float64]]


class Chain:
    """The tags of a layer, and counts: a row for what begins a passage, then one for what follows each tag.

    Raises:
        ValueError: the counts are not of these tags.
    """

    def __init__(self, names: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Turn counts into the logarithms of probabilities. An I- only continues a span of its label."""
        self.names = list(names)
        smooth = np.array(counts, dtype=np.float64).reshape(len(names) + 1, len(names)) + HALF
        self.priors = np.log(smooth.sum(axis=0) / smooth.sum())
        ways = np.log(smooth / smooth.sum(axis=1, keepdims=True))
        for row, before in enumerate(["O", *names]):
            ways[row, [name[0] == "I" and name[1:] != before[1:] for name in names]] = -np.inf
        self.begins, self.follows = ways[0], ways[1:]

    def path(self, chances: Scores) -> list[int]:
        """The likeliest tags by the probabilities that an encoder gives each sub-word (Viterbi 1967)."""
        scores = np.log(np.maximum(chances, np.finfo(np.float32).tiny)) - self.priors
        best, back = scores[0] + self.begins, []
        for row in scores[1:]:
            ways = best[:, None] + self.follows
            back.append(ways.argmax(axis=0))
            best = ways.max(axis=0) + row
        path = [int(best.argmax())]
        for step in reversed(back):
            path.append(int(step[path[-1]]))
        return path[::-1]

    def spans(self, chances: Scores) -> Iterator[tuple[int, int, str, float]]:
        """Where each span begins and ends (half-open), its label, and the mean of the probabilities of its tags."""
        path = self.path(chances)
        edges = [at for at, tag in enumerate(path) if self.names[tag][0] != "I"]
        for begin, end in pairwise([*edges, len(path)]):
            name = self.names[path[begin]]
            if name != "O":
                yield begin, end, name[2:], float(chances[range(begin, end), path[begin:end]].mean())


def count(sequences: Iterable[Sequence[int]], tags: int) -> list[list[int]]:
    """How often sequences begin with each tag, and how often each follows each."""
    counts = [[0] * tags for _ in range(tags + 1)]
    for sequence in sequences:
        for before, tag in pairwise([-1, *sequence]):
            counts[before + 1][tag] += 1
    return counts


def softmax(logits: Any) -> Scores:
    """Probabilities over the last axis."""
    powers = np.exp(np.asarray(logits, dtype=np.float64) - np.max(logits, axis=-1, keepdims=True))
    chances: Scores = powers / powers.sum(axis=-1, keepdims=True)
    return chances
