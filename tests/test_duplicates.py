"""Near duplicates: which texts they join, held against the comparison of each two."""

import time
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from goldspan.duplicates import Runs, joins, resemblance, runs_of_words

RUNS = st.sets(st.sampled_from([(letter,) for letter in "abcdefgh"]), max_size=6)


def components(names: list[str], pairs: list[tuple[str, str]]) -> set[frozenset[str]]:
    """What some pairs join."""
    joined = {name: frozenset([name]) for name in names}
    for one, other in pairs:
        both = joined[one] | joined[other]
        joined |= dict.fromkeys(both, both)
    return set(joined.values())


@given(st.lists(RUNS, max_size=7), st.lists(st.sampled_from("xyz"), min_size=7), st.sampled_from([0.1, 0.2, 0.5, 1.0]))
def test_joined_is_what_comparing_each_two_joins(texts: list[Runs], groups: list[str], threshold: float) -> None:
    runs = {str(number): found for number, found in enumerate(texts)}
    group = {name: groups[int(name)] + (name if groups[int(name)] == "z" else "") for name in runs}
    alike = [pair for pair in combinations(runs, 2) if resemblance(*map(runs.__getitem__, pair)) >= threshold]
    found = list(joins(runs, group, threshold))
    assert all(runs[one] and value == resemblance(runs[one], runs[other]) >= threshold for one, other, value in found)
    within = [pair for pair in combinations(runs, 2) if group[pair[0]] == group[pair[1]]]
    names, pairs = list(runs), [(one, other) for one, other, _ in found]
    assert components(names, [*within, *pairs]) == components(names, [*within, *alike])
    assert len(components(names, within)) - len(pairs) == len(components(names, [*within, *alike]))


def test_resemblance_is_the_part_of_all_runs_that_both_have() -> None:
    one, other = (runs_of_words(text, 2) for text in ("Ann left Rome today", "ann left Rome. Bob stayed"))
    assert resemblance(one, other) == 2 / 5
    assert resemblance(one, set()) == resemblance(set(), set()) == 0


def test_many_articles_with_the_same_words_are_compared_in_no_time() -> None:
    page = " ".join(f"page{number}" for number in range(40))
    stories = {
        f"{story}-{copy}": f"{page} " + " ".join(f"s{story}w{number}" for number in range(200)) + f" copy{copy}"
        for story in range(5)
        for copy in range(120)
    }
    runs = {name: runs_of_words(text, 5) for name, text in stories.items()}
    begun = time.process_time()
    found = list(joins(runs, {name: name for name in runs}, 0.2))
    assert len(found) == 5 * 119
    assert {one.split("-")[0] == other.split("-")[0] for one, other, _ in found} == {True}
    assert time.process_time() - begun < 20
