"""Documents -> folds: what is learnt from, and what is tested. What belongs together is never on both sides."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from goldspan.dates import is_date
from goldspan.duplicates import joins, runs_of_words
from goldspan.faults import Finding, fault
from goldspan.settings import NearDuplicates
from goldspan.train.examples import Described, Examples, Item, Passage
from goldspan.words import counted

__all__ = ["Fold", "folds", "left_out", "split_items", "split_passages"]

TOO_FEW = fault(
    "E982",
    "There are too few groups of documents for these folds",
    "Ask for fewer (--folds N); documents of one story_group, and near duplicates, are one group.",
)
NOT_LEARNT = fault("W980", "Not all can be learnt or scored", "docs/training.md says what each task takes.")
MOST = 10  # folds, where nobody says how many
DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


class Fold(Struct, frozen=True):
    """The ids of the documents that are learnt from, and of those that are tested."""

    name: str
    train: frozenset[str]
    test: frozenset[str]


class Group(Struct, frozen=True):
    """Documents that belong together; ``name`` has their groups."""

    name: str
    documents: tuple[Described, ...]

    @property
    def first(self) -> str:
        """The earliest date."""
        return min(one.date or "" for one in self.documents)

    @property
    def last(self) -> str:
        """A string after the latest date, as strings are ordered, and before the next day, month or year."""
        return max(f"{one.date}~" for one in self.documents)


def folds(examples: Examples, count: int | None = None, *, by_time: bool = False) -> list[Fold]:
    """The folds of what has examples.

    One for each group, or so many; without a count at most ten. ``by_time`` each is learnt from what is older than all
    that is tested, and documents without a date are in none.

    Raises:
        DataError: there are too few groups (E982).
    """
    there = used(examples)
    documents = [one for one in examples.documents if one.doc_id in there and (not by_time or dated(one))]
    groups = together(documents, examples.near)
    least = count + by_time if count else 2
    if len(groups) < least:
        raise TOO_FEW.error(f"{counted(len(groups), 'group')}, and {least} are needed")
    made = in_time(groups, count or min(len(groups) - 1, MOST)) if by_time else apart(groups, count)
    whole = [fold for fold in made if is_whole(examples, fold)]
    if not whole:
        raise TOO_FEW.error("no fold has something to learn from and something to test")
    return whole


def is_whole(examples: Examples, fold: Fold) -> bool:
    """True if there are examples on both sides of a fold."""
    sides = split_passages(examples.passages, fold) if examples.passages else split_items(examples.items, fold)
    return all(sides)


def dated(document: Described) -> bool:
    """True if a document has a year, month or day."""
    return document.date is not None and bool(DAY.fullmatch(document.date)) and is_date(document.date)


def together(documents: Sequence[Described], near: NearDuplicates) -> list[Group]:
    """The documents of a story group, and near duplicates, as one group each, in the order of the names."""
    name = {one.doc_id: one.group for one in documents}
    runs = {one.doc_id: runs_of_words(one.text, near.words) for one in documents}
    joined = {one.group: {one.group} for one in documents}
    for one, other, _ in joins(runs, name, near.threshold):
        both = joined[name[one]] | joined[name[other]]
        joined |= dict.fromkeys(both, both)
    groups = {id(names): sorted(names) for names in joined.values()}
    return sorted(
        (Group(" + ".join(names), tuple(one for one in documents if one.group in names)) for names in groups.values()),
        key=lambda group: group.name,
    )


def apart(groups: Sequence[Group], count: int | None) -> Iterator[Fold]:
    """A fold for each group, or so many of about as many documents each."""
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - an extra

    single = count is None and len(groups) <= MOST
    parts = len(groups) if single else count or MOST
    owners = [group for group in groups for _ in group.documents]
    names = [group.name for group in owners]
    tests = [{names[at] for at in test} for _, test in GroupKFold(parts).split(owners, groups=names)]
    for number, chosen in enumerate(sorted(tests, key=min), 1):
        tested = [group for group in groups if group.name in chosen]
        rest = [group for group in groups if group.name not in chosen]
        yield Fold(tested[0].name if single else str(number).zfill(len(str(parts))), ids(rest), ids(tested))


def in_time(groups: Sequence[Group], count: int) -> Iterator[Fold]:
    """Folds in the order of time, of about as many groups each: what one tests, the next learns from if it is older.

    The groups before those that the first tests are only learnt from.
    """
    ordered = sorted(groups, key=lambda group: (group.first, group.last, group.name))
    size = len(ordered) // (count + 1)
    names: Counter[str] = Counter()
    for at in range(len(ordered) - count * size, len(ordered), size):
        tested, begins = ordered[at : at + size], ordered[at].first
        older = [group for group in ordered[:at] if group.last < begins]
        if older:
            names[begins] += 1
            name = f"from {begins}" if names[begins] == 1 else f"from {begins} ({names[begins]})"
            yield Fold(name, ids(older), ids(tested))


def ids(groups: Iterable[Group]) -> frozenset[str]:
    """The ids of the documents of groups."""
    return frozenset(one.doc_id for group in groups for one in group.documents)


def split_passages(passages: Iterable[Passage], fold: Fold) -> tuple[list[Passage], list[Passage]]:
    """The passages that are learnt from, and those that are tested."""
    found = list(passages)
    return [one for one in found if one.doc_id in fold.train], [one for one in found if one.doc_id in fold.test]


def split_items(items: Iterable[Item], fold: Fold) -> tuple[list[Item], list[Item]]:
    """The items that are learnt from, all of whose documents are, and those of which a document is tested.

    Two claims of two groups are tested in the folds of both.
    """
    found = list(items)
    known = fold.train | fold.test
    learnt = [one for one in found if fold.train.issuperset(one.doc_ids)]
    return learnt, [one for one in found if known.issuperset(one.doc_ids) and fold.test.intersection(one.doc_ids)]


def left_out(examples: Examples, made: Iterable[Fold]) -> list[Finding]:
    """What of the data is no part of the scores (W980)."""
    apart = sorted(used(examples) - {doc_id for fold in made for doc_id in fold.train | fold.test})
    counts = {**examples.left_out, **({"documents that are in no fold": len(apart)} if apart else {})}
    return [NOT_LEARNT.finding(f"{what}: {count}") for what, count in counts.items()]


def used(examples: Examples) -> set[str]:
    """The ids of the documents that have examples."""
    passages = {passage.doc_id for passage in examples.passages}
    return passages | {doc_id for item in examples.items for doc_id in item.doc_ids}
