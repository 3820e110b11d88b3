"""What spans of a layer were called before: a list of names, as a baseline and as a feature."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from goldspan.train.examples import Passage

__all__ = ["Gazetteer", "memorise"]

Words = tuple[str, ...]


class Gazetteer(Struct, frozen=True):
    """The label of each run of words, by layer; words are joined by spaces, as no token has one."""

    entries: Mapping[str, Mapping[str, str]]

    def find(self, words: Sequence[str], layer: str) -> Iterator[tuple[int, int, str]]:
        """The (first, last + 1, label) of the longest names from left to right, as numbers of words."""
        entries = self.entries.get(layer, {})
        longest, at = max((name.count(" ") + 1 for name in entries), default=0), 0
        while at < len(words):
            ends = range(min(at + longest, len(words)), at, -1)
            end = next((end for end in ends if " ".join(words[at:end]) in entries), None)
            if end is not None:
                yield at, end, entries[" ".join(words[at:end])]
            at = end or at + 1

    def names(self, words: Sequence[str]) -> list[list[tuple[str, str]]]:
        """The (layer, label) of the names that each word stands in."""
        found: list[list[tuple[str, str]]] = [[] for _ in words]
        for layer in self.entries:
            for first, end, label in self.find(words, layer):
                for at in range(first, end):
                    found[at].append((layer, label))
        return found


def memorise(passages: Sequence[Passage]) -> Gazetteer:
    """The names in marked passages.

    Each has the label that it has most often (of two, the first in the alphabet), if it is marked at least every other
    time that its words stand somewhere.
    """
    marked: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for passage in passages:
        for span in passage.spans:
            inside = [at for at, (start, end) in enumerate(passage.tokens) if span.covers(start, end)]
            if inside:
                name = " ".join(passage.words()[inside[0] : inside[-1] + 1])
                marked[span.layer][name][span.label] += 1
    seen = occurrences(passages, {name for names in marked.values() for name in names})
    return Gazetteer(
        {
            layer: {
                name: min(labels, key=lambda label: (-labels[label], label))
                for name, labels in sorted(names.items())
                if 2 * labels.total() >= seen[name]
            }
            for layer, names in sorted(marked.items())
        }
    )


def occurrences(passages: Sequence[Passage], names: set[str]) -> Counter[str]:
    """How often the words of each name stand somewhere."""
    lengths = sorted({name.count(" ") + 1 for name in names})
    found: Counter[str] = Counter()
    for passage in passages:
        words = passage.words()
        runs = (" ".join(words[at : at + length]) for length in lengths for at in range(len(words) - length + 1))
        found.update(run for run in runs if run in names)
    return found
