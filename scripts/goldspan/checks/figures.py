"""W524 to W526: figures against the sentences, claims and relations that they stand in."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from math import inf

import regex

from goldspan.checks.content import Content, Spot, content_check
from goldspan.schemas import Row
from goldspan.settings import Quantities, Relations
from goldspan.tokens import TOKEN

NUMBER = regex.compile(r"\d+(?:[.,'’\u00a0\u202f]\d+)*")

Figure = tuple[str, ...]


def figures(content: Content) -> dict[str, list[Row]]:
    """The mentions of figures that each claim is about, by the claim's id.

    One that lies in several claims, one inside the other, is of the narrowest.
    """
    mentions = {row["mention_id"]: row for row in content.rows("entities")}
    holding: dict[str, list[Row]] = defaultdict(list)
    for claim in content.rows("claims"):
        for mention in claim["quantity_mention_ids"]:
            holding[mention].append(claim)
    found: dict[str, list[Row]] = defaultdict(list)
    for mention, claims in holding.items():
        least = min(map(width, claims))
        for claim in claims:
            if width(claim) == least:
                found[claim["claim_id"]].append(mentions[mention])
    return found


def width(claim: Row) -> int:
    """How many code points the content of a claim has."""
    return sum(span["end"] - span["start"] for span in claim["content"])


def by_id(content: Content) -> dict[str, Row]:
    """The claims by their id."""
    return {row["claim_id"]: row for row in content.rows("claims")}


@content_check(
    "W524",
    "A claim's sentence does not give its figure",
    "Say the figure in normalized_claim, in its own words or in digits.",
)
def lost_figure(content: Content) -> Iterator[Spot]:
    """A figure in several claims, one inside the other, is asked of the narrowest.

    The sentence gives it if it has all of its words in any case, or a number of its value, however the digits are
    grouped.
    """
    quantities, claims = content.settings.quantities, by_id(content)
    for claim_id, found in figures(content).items():
        claim = claims[claim_id]
        sentence = claim.get("normalized_claim")
        for figure in found:
            if isinstance(sentence, str) and not gives(sentence, figure["text"], figure.get(quantities.value)):
                yield Spot(claim_id, f"{figure['text']!r} not in {sentence!r}", claim["doc_id"])


def gives(sentence: str, words: str, value: object) -> bool:
    """True if a sentence has some words, or a number of a value."""
    lacking = set(TOKEN.findall(words.casefold())) - set(TOKEN.findall(sentence.casefold()))
    given = isinstance(value, float) and any(value in readings(number) for number in NUMBER.findall(sentence))
    return not lacking or given


def readings(number: str) -> set[float]:
    """What digits with separators can mean: all group, or the last one begins a fraction."""
    parts = regex.split(r"\D", number)
    whole = {float("".join(parts))}
    return whole | ({float(f"{''.join(parts[:-1])}.{parts[-1]}")} if len(parts) > 1 else set())


@content_check(
    "W525",
    "Two claims give the same figure of the same thing, and no relation joins them",
    "Put them into one cluster and judge the pair, or accept it if they speak of different things.",
)
def same_figure(content: Content) -> Iterator[Spot]:
    """Asked of all claims, in one cluster or none, within and across articles.

    Figures are the same if their value and the attributes quantities.alike in corpus.toml are.
    """
    quantities = content.settings.quantities
    joined = {frozenset((row["claim_a"], row["claim_b"])) for row in content.rows("claim_relations")}
    claims: dict[tuple[Figure, float], list[str]] = defaultdict(list)
    for claim_id, having in figures(content).items():
        for figure in having:
            value = figure.get(quantities.value)
            if quantities.alike and isinstance(value, float):
                claims[kind(figure, quantities), value].append(claim_id)
    for (alike, value), found in claims.items():
        for one, other in combinations(sorted(set(found)), 2):
            if frozenset((one, other)) not in joined:
                yield Spot(f"{one}|{other}", " ".join([*alike, f"{value:g}"]))


def kind(figure: Row, quantities: Quantities) -> Figure:
    """What a figure is of: figures of one kind can be compared."""
    return tuple(str(figure.get(name)) for name in quantities.alike)


@content_check(
    "W526",
    "The figures of two claims contradict their relation",
    "Judge the pair again, or correct a figure's value or comparator; accept it if the figures are of different "
    "things.",
)
def against_figures(content: Content) -> Iterator[Spot]:
    """Compared are figures of one kind (quantities.alike in corpus.toml), of which each claim has one.

    They are compared as the ranges between their bounds, ends included. A relation that relations.exclusive names wants
    ranges that do not meet, where it turns on figures (relations.by_figures); one of relations.compatible wants ranges
    that meet; one of relations.equal the same value. Claims that differ in an attribute of relations.alike are not
    compared.
    """
    roles, quantities = content.settings.relations, content.settings.quantities
    claims, having = by_id(content), figures(content)
    for row in content.rows("claim_relations"):
        one, other = row["claim_a"], row["claim_b"]
        if all(claims[one].get(name) == claims[other].get(name) for name in roles.alike):
            pairs = comparable(having.get(one, []), having.get(other, []), quantities)
            if contradicts(row, pairs, roles, quantities.value):
                shown = "; ".join(f"{first['text']!r} and {second['text']!r}" for first, second in pairs)
                yield Spot(row["relation_id"], f"{row['relation']}: {shown}")


def comparable(one: list[Row], other: list[Row], quantities: Quantities) -> list[tuple[Row, Row]]:
    """The figures of two claims that can be compared: of one kind, of which each claim has a single one."""
    first, second = single(one, quantities), single(other, quantities)
    return [(first[name], second[name]) for name in first if name in second] if quantities.alike else []


def single(found: list[Row], quantities: Quantities) -> dict[Figure, Row]:
    """The figures of a claim by their kind, of kinds that it has one of."""
    counts = Counter(kind(figure, quantities) for figure in found)
    return {name: figure for figure in found if counts[name := kind(figure, quantities)] == 1}


def contradicts(row: Row, pairs: list[tuple[Row, Row]], roles: Relations, value: str) -> bool:
    """True if a relation cannot be between claims that have these figures."""
    meeting = [meet(*pair) for pair in pairs]
    relation, by_figures = row["relation"], row["basis"] in roles.by_figures
    return (
        (relation in roles.exclusive and by_figures and bool(pairs) and all(meeting))
        or (relation in roles.compatible and not all(meeting))
        or (relation in roles.equal and any(one.get(value) != other.get(value) for one, other in pairs))
    )


def meet(one: Row, other: Row) -> bool:
    """True if the ranges of two figures have a value in common."""
    lower = max(-inf if row["lower"] is None else row["lower"] for row in (one, other))
    upper = min(inf if row["upper"] is None else row["upper"] for row in (one, other))
    return bool(lower <= upper)
