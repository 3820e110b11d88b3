"""Text that stands in other strings, such as a title or the card's prose -> references to where it is in the articles.

``⟦002:335-345⟧`` stands for the code points 335 to 345 of document 002.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from goldspan.hydrate.anchors import normal, words
from goldspan.schemas import OWN_WORDS

__all__ = ["Quotes", "Resolve", "in_json", "restored"]

LEAST_WORDS = 6
LEAST_CHARS = 30
QUOTED_WORDS = 2
REFERENCE = re.compile(r"⟦([A-Za-z0-9][A-Za-z0-9._-]*):([0-9]{1,9})-([0-9]{1,9})⟧")
CODE = re.compile(r"(```.*?```|`[^`\n]*`|<!--.*?-->)", re.DOTALL)

Run = tuple[int, int, str, int]  # number of the first word, how many, the document, the number of the word there
Resolve = Callable[[str, int, int], str | None]


class Quotes:
    """Finds the words of articles in other strings."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Index every pair of words that follow each other, in the articles by their id."""
        self.texts = texts
        self.words = {doc_id: words(text) for doc_id, text in texts.items()}
        self.names = {doc_id: names(texts[doc_id], found) for doc_id, found in self.words.items()}
        self.pairs: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for doc_id, found in self.names.items():
            for at in range(len(found) - 1):
                self.pairs[found[at], found[at + 1]].append((doc_id, at))

    def runs(self, value: str, least: int = LEAST_WORDS) -> Iterator[Run]:
        """Stretches of a string that are in an article: so many words, whatever the signs, or 30 characters with them.

        Neither regards case and white space.
        """
        extents = words(value)
        found = names(value, extents)
        at = 0
        while at < len(found) - 1:
            count, doc_id, there = max(self.reach(found, at), default=(0, "", 0))
            here = value[extents[at][0] : extents[at + count - 1][1]] if count else ""
            if count >= least or (len(here) >= LEAST_CHARS and plain(here) == plain(self.slice(doc_id, there, count))):
                yield at, count, doc_id, there
                at += count
            else:
                at += 1

    def slice(self, doc_id: str, first: int, count: int) -> str:
        """Some words of an article, with what is between them."""
        found = self.words[doc_id]
        return self.texts[doc_id][found[first][0] : found[first + count - 1][1]]

    def reach(self, found: Sequence[str], at: int) -> Iterator[tuple[int, str, int]]:
        """How many words from one on are at each place of the articles that begins with the same two."""
        for doc_id, there in self.pairs.get((found[at], found[at + 1]), ()):
            known = self.names[doc_id]
            count = 2
            while at + count < len(found) and there + count < len(known) and found[at + count] == known[there + count]:
                count += 1
            yield count, doc_id, there

    def leaks(self, value: str) -> str:
        """The first stretch of an article that a string holds; empty if there is none."""
        extents = words(value)
        return next((value[extents[at][0] : extents[at + count - 1][1]] for at, count, _, _ in self.runs(value)), "")

    def referred(self, value: str, least: int = LEAST_WORDS) -> str:
        """A string with references for its stretches of articles, as far as they are there to the letter."""
        extents = words(value)
        done, parts = 0, []
        for run in self.runs(value, least):
            for start, end, reference in self.pieces(value, extents, run):
                parts += [value[done:start], reference]
                done = end
        return "".join([*parts, value[done:]])

    def pieces(self, value: str, extents: Sequence[tuple[int, int]], run: Run) -> Iterator[tuple[int, int, str]]:
        """A stretch in pieces, each to the letter a slice of the article: its extent and its reference."""
        at, count, doc_id, there = run
        text, known = self.texts[doc_id], self.words[doc_id]
        begin: int | None = None
        for number in range(count):
            here, place = extents[at + number], known[there + number]
            if value[slice(*here)] != text[slice(*place)]:
                begin = None
                continue
            begin = number if begin is None else begin
            start, source = extents[at + begin][0], known[there + begin][0]
            more = (
                value[start : extents[at + number + 1][1]] == text[source : known[there + number + 1][1]]
                if number + 1 < count
                else False
            )
            if not more:
                yield start, here[1], f"⟦{doc_id}:{source}-{place[1]}⟧"
                begin = None

    def title(self, value: str | None, doc_id: str) -> str | None:
        """A value that is taken from its own article, as a title is: one reference if it is there to the letter."""
        at = self.texts[doc_id].find(value) if value else -1
        if value and at >= 0:
            return f"⟦{doc_id}:{at}-{at + len(value)}⟧"
        return self.referred(value) if value else value

    def page(self, text: str, marks: Sequence[str]) -> str:
        """A page with references for what it quotes (two words or more) and for other stretches; code stays."""
        parts = CODE.split(text)
        for number in range(0, len(parts), 2):
            parts[number] = self.referred(parts[number])
            for opening, closing in map(tuple, marks):
                quoted = rf"{re.escape(opening)}(?:(?!\n\n)[^{re.escape(opening + closing)}])+{re.escape(closing)}"
                parts[number] = re.sub(quoted, lambda match: self.referred(match[0], QUOTED_WORDS), parts[number])
        return "".join(parts)


def plain(text: str) -> str:
    """A text without regard to case and white space."""
    return " ".join(text.split()).casefold()


def names(text: str, found: Sequence[tuple[int, int]]) -> list[str]:
    """The words of a text as they are compared."""
    return [normal(text[start:end]) for start, end in found]


def restored(value: str, resolve: Resolve) -> tuple[str, list[str]]:
    """A string with the words of its references put back, and the references that cannot be resolved."""
    lost: list[str] = []

    def words_of(match: re.Match[str]) -> str:
        found = resolve(match[1], int(match[2]), int(match[3]))
        if found is None:
            lost.append(match[0])
        return match[0] if found is None else found

    return REFERENCE.sub(words_of, value), lost


def in_json(value: str, change: Callable[[str], str]) -> str:
    """JSON with each string in it changed, but for the annotators' own sentences; what is no JSON is one string."""
    try:
        held = json.loads(value)
    except (ValueError, RecursionError):
        return change(value)
    found = changed(held, change)
    return value if found == held else json.dumps(found, ensure_ascii=False, sort_keys=True)


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """A value of JSON with each string in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [changed(item, change) for item in value]
    if isinstance(value, dict):
        return {key: item if key in OWN_WORDS else changed(item, change) for key, item in value.items()}
    return value
