"""Tokens and items -> the features of the light models, as strings."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

import regex

from goldspan.train.examples import Item, Passage
from goldspan.train.gazetteer import Gazetteer
from goldspan.train.items import GAP

__all__ = ["item_features", "token_features"]

WORD = regex.compile(r"[\w\p{M}]+")
QUOTES = {"“": 1, "”": -1, "«": 1, "»": -1, "„": 1}  # what opens and closes; a straight one turns the state round
NEAR = 3  # how many tokens to each side are looked at
LEAD = 8  # how many words before a claim, where its cue often stands


def shape(word: str) -> str:
    """The form of a word: a letter for each run of upper case, lower case, digits and others."""
    kinds = ("X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char for char in word)
    return "".join(kind for kind, _ in groupby(kinds))[:6]


def token_features(passage: Passage, known: Gazetteer) -> list[list[str]]:
    """The features of each token of a passage.

    Of the token its word, affixes, shape and what the gazetteer calls it; of its neighbours word, shape and that name;
    whether it is inside a quotation; and of the passage its zone, and whether it opens a paragraph.
    """
    words = passage.words()
    named = known.names(words)
    quoted = inside_quotation(words)
    about = [f"zone={passage.zone}", f"opens={passage.opens}"]
    return [
        [
            "bias",
            *about,
            *of_word(words[at]),
            *(f"gazetteer={layer}:{name}" for layer, name in named[at]),
            *around(words, named, at),
            f"quoted={quoted[at]}",
            f"place={'first' if at == 0 else 'last' if at == len(words) - 1 else 'inside'}",
            f"third={3 * at // len(words)}",
        ]
        for at in range(len(words))
    ]


def of_word(word: str) -> Iterator[str]:
    """What a word looks like."""
    low = word.lower()
    yield f"word={low}"
    yield f"exact={word}"
    yield f"shape={shape(word)}"
    for length in (1, 2, 3, 4):
        if len(low) > length:
            yield f"prefix={low[:length]}"
            yield f"suffix={low[-length:]}"


def around(words: Sequence[str], named: Sequence[Sequence[tuple[str, str]]], at: int) -> Iterator[str]:
    """What stands near a token."""
    for step in range(-NEAR, NEAR + 1):
        if step and 0 <= at + step < len(words):
            word = words[at + step]
            yield f"{step:+d}:word={word.lower()}"
            yield f"{step:+d}:shape={shape(word)}"
            yield from (f"{step:+d}:gazetteer={layer}:{name}" for layer, name in named[at + step])
    for step in (-1, 0):
        if at + step >= 0 and at + step + 1 < len(words):
            yield f"{step:+d}:pair={words[at + step].lower()} {words[at + step + 1].lower()}"


def inside_quotation(words: Sequence[str]) -> list[bool]:
    """Whether each token stands in a quotation, its marks included, as far as the passage tells."""
    states, open_ = [], False
    for word in words:
        before = open_
        if word == '"':
            open_ = not open_
        elif word in QUOTES:
            open_ = QUOTES[word] > 0
        states.append(before or open_)
    return states


def item_features(item: Item) -> Mapping[str, float]:
    """The features of an item: what a document says, or a claim or span and where it stands.

    Of two of them what each says and what they share.
    """
    texts = [words_of(text) for text in item.texts]
    if len(item.texts) == 1:
        return bag("text", texts[0])
    if len(item.doc_ids) == 2:
        return {**bag("0", texts[0]), **bag("1", texts[1]), **compared(*map(set, texts))}
    content, context = item.texts
    before, _, after = context.partition(content.split(GAP)[0])
    return {
        **{f"context:{word}": 0.3 for word in texts[1]},
        **bag("content", texts[0]),
        **{f"before:{word}": 1.0 for word in words_of(before)[-LEAD:]},
        **{f"after:{word}": 1.0 for word in words_of(after)[:NEAR]},
        **{f"mark:{char}": 1.0 for char in content if not char.isalnum() and not char.isspace()},
    }


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def bag(name: str, words: Sequence[str]) -> dict[str, float]:
    """Words, pairs of words and stems, as far as four letters tell them."""
    found = [*words, *(f"{one} {other}" for one, other in pairwise(words)), *(f"{word[:4]}*" for word in words)]
    return {f"{name}:{each}": 1.0 for each in [*found, f"^{' '.join(words[:1])}"]}


def compared(one: set[str], other: set[str]) -> dict[str, float]:
    """What two sets of words share, and what only one of them has."""
    numbers = [{word for word in words if word.isdigit()} for words in (one, other)]
    return {
        **{f"both:{word}": 1.0 for word in sorted(one & other)},
        **{f"only 0:{word}": 1.0 for word in sorted(one - other)},
        **{f"only 1:{word}": 1.0 for word in sorted(other - one)},
        "shared": len(one & other) / max(len(one | other), 1),
        "in 0": len(one & other) / max(len(one), 1),
        "in 1": len(one & other) / max(len(other), 1),
        f"numbers={'none' if not any(numbers) else 'same' if numbers[0] == numbers[1] else 'other'}": 1.0,
    }
