"""Passages -> windows of sub-words that fit into an encoder, and what it says of each sub-word -> spans."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any

import numpy as np
import regex
from msgspec import Struct

from goldspan.records import Span
from goldspan.tokens import trimmed
from goldspan.train.encoder_chain import Chain, Scores, softmax
from goldspan.train.encoder_head import IGNORED, Head
from goldspan.train.examples import Passage
from goldspan.train.models import Scored

__all__ = ["Window", "Word", "classes", "found", "sequences", "windows"]

BETWEEN = " "  # passages of a document are read one after the other
TAIL = regex.compile(r"[\p{M}\u200c\u200d\ufe0f]*")  # what belongs to the character before it


class Word(Struct, frozen=True):
    """A sub-word: the number of its passage, its offsets in the document. Special ones have no passage."""

    passage: int
    start: int
    end: int


class Window(Struct, frozen=True):
    """What the encoder reads at once."""

    ids: Sequence[int]
    words: Sequence[Word | None]


def windows(tokenizer: Any, passages: Sequence[Passage], size: int, overlap: int = 0) -> Iterator[Window]:
    """The windows of each document: its passages one after the other, ``size`` sub-words at a time.

    Two windows that follow each other share ``overlap`` sub-words.
    """
    for _, numbers in groupby(range(len(passages)), key=lambda number: passages[number].doc_id):
        chosen = list(numbers)
        texts = [passages[number].text for number in chosen]
        begins = [0, *accumulate(len(text) + len(BETWEEN) for text in texts)][:-1]
        read = tokenizer(
            BETWEEN.join(texts),
            truncation=True,
            max_length=size,
            stride=overlap,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            verbose=False,
        )
        for ids, offsets in zip(read["input_ids"], read["offset_mapping"], strict=True):
            yield Window(ids, [placed(start, end, chosen, begins, passages) for start, end in offsets])


def placed(
    start: int, end: int, numbers: Sequence[int], begins: Sequence[int], passages: Sequence[Passage]
) -> Word | None:
    """A sub-word of joined passages in its document; None if it has no text, as special ones."""
    if start == end:
        return None
    at = bisect_right(begins, start) - 1
    passage = passages[numbers[at]]
    shift = passage.start - begins[at]
    return Word(numbers[at], start + shift, end + shift)


def classes(window: Window, passages: Sequence[Passage], head: Head) -> list[list[int]]:
    """The class of each sub-word in each layer, as a number in the layer's group. A span has those that touch it."""
    return [
        [IGNORED] * len(head.groups)
        if word is None
        else [tag(word, passages[word.passage].spans, layer, head) for layer in head.groups]
        for word in window.words
    ]


def tag(word: Word, spans: Sequence[Span], layer: str, head: Head) -> int:
    """The class of a sub-word in a layer."""
    for span in spans:
        if span.layer == layer and word.start < span.end and span.start < word.end:
            return list(head.groups[layer]).index(f"{'B' if word.start <= span.start else 'I'}-{span.label}")
    return 0


def sequences(read: Sequence[Window], tagged: Sequence[Sequence[Sequence[int]]], layer: int) -> Iterator[list[int]]:
    """The classes of each passage, or what a window has of it, in a layer (by its place in the head)."""
    for window, rows in zip(read, tagged, strict=True):
        pairs = [(word.passage, row[layer]) for word, row in zip(window.words, rows, strict=True) if word is not None]
        for _, group in groupby(pairs, key=lambda pair: pair[0]):
            yield [tag for _, tag in group]


def merged(read: Sequence[tuple[Window, Scores]]) -> dict[int, dict[tuple[int, int], Scores]]:
    """By passage and offsets, the scores of each sub-word; of one in two windows, where it stands further inside."""
    best: dict[int, dict[tuple[int, int], tuple[int, Scores]]] = {}
    for window, scores in read:
        for at, word in enumerate(window.words):
            if word is not None:
                inside = min(at, len(window.words) - 1 - at)
                there = best.setdefault(word.passage, {})
                place = word.start, word.end
                if place not in there or there[place][0] < inside:
                    there[place] = inside, scores[at]
    return {number: {place: one for place, (_, one) in sorted(there.items())} for number, there in best.items()}


def found(
    read: Sequence[tuple[Window, Scores]], passages: Sequence[Passage], head: Head, chains: Mapping[str, Chain]
) -> list[list[Scored]]:
    """The spans of each passage, from windows and the logits of their sub-words."""
    scores = merged(read)
    return [
        sorted(of_passage(passage, scores.get(number, {}), head, chains), key=lambda one: (one.start, -one.end))
        for number, passage in enumerate(passages)
    ]


def of_passage(
    passage: Passage, scores: Mapping[tuple[int, int], Scores], head: Head, chains: Mapping[str, Chain]
) -> Iterator[Scored]:
    """The spans of a passage in every layer."""
    if not scores:
        return
    places, logits = list(scores), np.array(list(scores.values()))
    for layer, group in head.groups.items():
        for first, last, label, score in chains[layer].spans(softmax(logits[:, [*group.values()]])):
            yield Scored(*whole(passage, places[first][0], places[last - 1][1]), label, score)


def whole(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """A span with the marks of its last character, which tokenisers may drop, and without the space they may add."""
    begin, stop = trimmed(passage.text, start - passage.start, end - passage.start)
    tail = TAIL.match(passage.text, stop)
    return passage.start + begin, passage.start + (tail.end() if tail else stop)
