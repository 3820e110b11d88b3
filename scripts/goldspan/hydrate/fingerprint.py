"""What is kept of a withheld text so that its words can be found in a copy, and how they are found.

A text is cut into blocks of some words that do not overlap and do not go on over a line's end; of each, 16 bits of a
keyed hash are kept. That is two bits a word at the most, less than words of a text have: a block fits one of 65536
guesses by chance, and only the order of all blocks tells where they are. Hashes of blocks that overlap would give the
text away word by word, long ones would confirm each guess.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from goldspan.hydrate.anchors import increasing, normal, words
from goldspan.hydrate.lengths import Sides, by_lengths, lines

__all__ = ["Block", "Match", "blocks_of", "match"]

BLOCK = 8  # words at the least
HASH_BYTES = 2
COMMON = 64  # places: what a copy has more often tells nothing

Number = Annotated[int, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1, le=8 * BLOCK)]


class Block(Struct, frozen=True, array_like=True):
    """Some words of a text that follow each other: the number of the first, how many, and their hash."""

    first: Number
    count: Count
    hash: str


class Match(Struct, frozen=True):
    """For each word of a withheld text, the word of a copy, None where there is none, and whether a hash proves it.

    ``share`` is the part of the blocks that are in the copy, in their order; None of a text without any.
    """

    words: list[int | None]
    proved: list[bool]
    share: float | None


def blocks_of(text: str, key: str) -> list[Block]:
    """The blocks of a text. ``key`` is the SHA-256 of the text, so that the same words elsewhere have other hashes."""
    found = words(text)
    names = [normal(text[start:end]) for start, end in found]
    return [
        Block(first, end - first, hashed(names[first:end], key))
        for line in lines(text, found)
        for first, end in cut(line)
    ]


def cut(line: range) -> Iterator[tuple[int, int]]:
    """A line in blocks; the last takes what is left over, and a line shorter than a block has none."""
    count = len(line) // BLOCK
    for number in range(count):
        end = line.start + (number + 1) * BLOCK if number + 1 < count else line.stop
        yield line.start + number * BLOCK, end


def hashed(names: Sequence[str], key: str) -> str:
    """The hash of some words."""
    return hashlib.blake2b("\n".join(names).encode(), key=bytes.fromhex(key), digest_size=HASH_BYTES).hexdigest()


def match(masked: str, blocks: Sequence[Block], key: str, copy: str) -> Match:
    """Find the words of a masked text in a copy: by the hashes of blocks, and between them by the words' lengths."""
    old, new = words(masked), words(copy)
    names = [normal(copy[start:end]) for start, end in new]
    chain = found_blocks([block for block in blocks if block.first + block.count <= len(old)], names, key)
    places: list[int | None] = [None] * len(old)
    for block, at in chain:
        places[block.first : block.first + block.count] = range(at, at + block.count)
    proved = [place is not None for place in places]
    by_lengths(Sides(masked, old, copy, new), places)
    return Match(places, proved, len(chain) / len(blocks) if blocks else None)


def found_blocks(blocks: Sequence[Block], names: Sequence[str], key: str) -> list[tuple[Block, int]]:
    """The most blocks that are found in the order of the text, each with the number of the word that it begins at."""
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
    for count in {block.count for block in blocks}:
        for at in range(len(names) - count + 1):
            places[count, hashed(names[at : at + count], key)].append(at)
    found = [(block, places[block.count, block.hash]) for block in blocks]
    pairs = [(block, at) for block, every in found if len(every) <= COMMON for at in reversed(every)]
    chain: list[tuple[Block, int]] = []
    for number in increasing([at for _, at in pairs]):
        block, at = pairs[number]
        if not chain or at >= chain[-1][1] + chain[-1][0].count:
            chain.append((block, at))
    return chain
