"""What a labeling config makes of an item by its control: words -> numbers, and values of the control's type."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from struct import pack
from typing import Any

import numpy as np
import pyarrow as pa

from goldspan.convert.columns import Ints
from goldspan.export.spans import paths_of
from goldspan.labeling import LARGEST, Attribute, Kind, LabelingConfig

__all__ = ["Readers", "Vocabulary", "as_codes", "as_offsets"]


def as_codes(numbers: list[int]) -> Ints:
    """Numbers of words as an array, of bytes as long as they are: so they are made three times as fast."""
    try:
        return np.frombuffer(bytes(numbers), np.uint8)
    except ValueError:
        return np.array(numbers, np.int32)


def as_offsets(numbers: list[int]) -> Ints:
    """Offsets or numbers of rows as an array of 32 bits: packed, they are made three times as fast as one by one.

    Raises:
        struct.error: one is no number, or too large.
    """
    return np.frombuffer(pack(f"{len(numbers)}i", *numbers), np.int32)


class Vocabulary(dict[Any, int]):
    """Words and their numbers, in the order in which they came; one that is closed takes no more. No word is 0.

    Raises:
        KeyError: a closed one is asked for a word that it does not have.
    """

    def __init__(self, words: Iterable[str] = (), *, closed: bool = False) -> None:
        """Begin with some words."""
        super().__init__((word, number) for number, word in enumerate(dict.fromkeys([None, *words])))
        self.closed = closed

    def __missing__(self, word: str) -> int:
        """A new number for a new word."""
        if self.closed:
            raise KeyError(word)
        return self.setdefault(word, len(self))

    def codes(self, words: Iterable[str | None]) -> Ints:
        """The numbers of some words."""
        return as_codes(list(map(self.__getitem__, words)))

    def column(self, codes: Ints) -> pa.Array:
        """The words of some numbers."""
        return pa.array(list(self), pa.string()).take(pa.array(codes))


class Readers:
    """How regions and relations are numbered, and how the values of controls are read, by a labeling config."""

    def __init__(self, config: LabelingConfig) -> None:
        """The readers of a config; labels that come from the tasks, and those of relations that have none, are open."""
        layers = config.layers.values()
        self.regions = frozenset(config.layers)
        self.layers = Vocabulary(config.layers, closed=True)
        self.labels = Vocabulary(
            chain.from_iterable(one.labels for one in layers), closed=not any(one.is_open for one in layers)
        )
        self.origins = Vocabulary()
        self.directions = Vocabulary(("left", "right", "bi"), closed=True)
        self.relations = Vocabulary(config.relations, closed=bool(config.relations))
        self.drawn = tuple(one.name for one in layers if one.has_paths)
        values = (one for one in config.attributes.values() if one.name not in self.drawn)
        self.controls = {one.name: (one.per_region, reader(one)) for one in values}
        self.allowed = np.zeros((len(self.layers), len(self.labels) + 1), bool)
        for one in layers:
            at = self.layers[one.name]
            self.allowed[at, [self.labels[label] for label in one.labels]] = True
            self.allowed[at] |= one.is_open

    def fit(self, layers: Ints, labels: Ints, counts: Ints) -> bool:
        """True if every region, given by its layer and how many of the labels are its own, has labels of its layer."""
        owners = layers if len(layers) == len(labels) and (counts == 1).all() else np.repeat(layers, counts)
        known = np.minimum(labels, np.int64(self.allowed.shape[1] - 1))  # the last stands for all that came later
        return bool(self.allowed[owners, known].all())


Read = Callable[[list[Any]], Sequence[Any] | None]  # values, of which any may be odd


def reader(attribute: Attribute) -> Read:
    """How the values of a control are read; None if it does not allow one of them."""
    allowed = frozenset(attribute.values)

    def choice(values: list[Any]) -> Sequence[Any] | None:
        picked = [value.choices for value in values]
        flat = list(chain.from_iterable(picked))
        "".join(flat)  # none is a path
        alone = len(flat) == len(picked) and all(picked)
        return flat if alone and (not allowed or allowed.issuperset(flat)) else None

    def choices(values: list[Any]) -> Sequence[Any] | None:
        picked = [value.choices for value in values]
        "".join(chain.from_iterable(picked))  # none is a path
        fit = all(picked) and (not allowed or allowed.issuperset(chain.from_iterable(picked)))
        return picked if fit else None

    def texts(values: list[Any]) -> Sequence[Any] | None:
        found = [[value.text] if isinstance(value.text, str) else value.text for value in values]
        return None if None in found else found

    def numbers(values: list[Any]) -> Sequence[Any] | None:
        found = [value.number if value.number is not None else value.rating for value in values]
        return found if all(number is not None and -LARGEST <= number <= LARGEST for number in found) else None

    def paths(values: list[Any]) -> Sequence[Any] | None:
        found = [paths_of(value) for value in values]
        return found if all(found) else None

    def sides(values: list[Any]) -> Sequence[Any] | None:
        found = [value.selected for value in values]
        return found if allowed.issuperset(found) else None

    def dates(values: list[Any]) -> Sequence[Any] | None:
        found = [value.datetime for value in values]
        return found if all(found) else None

    by_tag: dict[str, Read] = {
        "Choices": {Kind.STRING: choice, Kind.PATHS: paths}.get(attribute.kind, choices),
        "TextArea": texts,
        "Number": numbers,
        "Rating": numbers,
        "Taxonomy": paths,
        "DateTime": dates,
        "Pairwise": sides,
    }
    return by_tag[attribute.tag]
