"""W52x: claims, dates, figures and relations against each other, and articles against each other."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from math import inf

import regex

from goldspan.checks.content import Content, Spot, content_check
from goldspan.claims import quotation, quotations
from goldspan.dates import is_date, is_duration
from goldspan.settings import Quantities
from goldspan.tables import Row
from goldspan.tokens import TOKEN

NUMBER = regex.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d+)*")
WORDS = regex.compile(r"[\w\p{M}\u200c\u200d]+")

Figure = tuple[str, ...]


@content_check("W521")
def cut_quotation(content: Content) -> Iterator[Spot]:
    """A claim's content does not fit the quotation marks.

    Draw it inside the marks, or around the whole quotation and more; accept it if the marks are no quotation's.

    It begins inside a quotation and ends outside, or the other way round, or holds a quotation with its marks and
    nothing else, or the claim is called quoted in another way than its marks say.
    """
    marks = content.settings.quotation_marks
    quoted = {doc_id: quotations(text, marks) for doc_id, text in content.texts.items()}
    for claim in content.rows("claims"):
        extents = [(span["start"], span["end"]) for span in claim["content"]]
        passages = quoted[claim["doc_id"]]
        for extent in extents:
            if any(is_cut(*extent, *passage) for passage in passages):
                yield Spot(claim["claim_id"], "", claim["doc_id"], extent)
        if marks and claim["cue"] and claim["attribution"] != quotation(passages, extents):
            yield Spot(claim["claim_id"], f"{claim['attribution']}, not {quotation(passages, extents)}")


def is_cut(start: int, end: int, first: int, last: int) -> bool:
    """True if an extent is neither clear of a quotation (with its marks), nor inside it, nor more than it."""
    inside = first < start and end < last
    more = start <= first and last <= end and (start, end) != (first, last)
    return start < last and first < end and not (inside or more)


@content_check("W522")
def no_date(content: Content) -> Iterator[Spot]:
    """A date is none that the calendar has.

    Write it in ISO 8601, to the day or as exact as it is known, or as a TIMEX3 value; an interval from early to late.

    Asked of [dates] in corpus.toml. A claim's date is no length of time; a mention's can be.
    """
    dates = content.settings.dates
    for row in content.rows("entities"):
        value = row.get(dates.value)
        if row["label"] in dates.labels and isinstance(value, str) and not (is_date(value) or is_duration(value)):
            yield Spot(row["mention_id"], f"{value!r} for {row['text']!r}", row["doc_id"], (row["start"], row["end"]))
    for row in content.rows("claims"):
        for name in dates.claims:
            value = row.get(name)
            if isinstance(value, str) and not is_date(value):
                yield Spot(row["claim_id"], f"{name} {value!r}", row["doc_id"])


@content_check("W523")
def unresolved_date(content: Content) -> Iterator[Spot]:
    """A date is marked and not resolved.

    Resolve it against the article's date or another date of the text, or accept that it cannot be.

    Asked of mentions with a label of [dates] in corpus.toml.
    """
    dates = content.settings.dates
    for row in content.rows("entities"):
        if row["label"] in dates.labels and not row.get(dates.value):
            yield Spot(row["mention_id"], repr(row["text"]), row["doc_id"], (row["start"], row["end"]))


@content_check("W524")
def lost_figure(content: Content) -> Iterator[Spot]:
    """A claim's sentence does not give its figure.

    Say the figure in normalized_claim, in its own words or in digits.

    A figure in several claims, one inside the other, is asked of the narrowest. The sentence gives it if it has all of
    its words in any case, or a number of its value, however the digits are grouped.
    """
    quantities = content.settings.quantities
    for claim_id, figures in content.figures.items():
        claim = content.claims[claim_id]
        sentence = claim.get("normalized_claim")
        for figure in figures:
            if isinstance(sentence, str) and not gives(sentence, figure["text"], figure.get(quantities.value)):
                yield Spot(claim_id, f"{figure['text']!r} not in {sentence!r}", claim["doc_id"])


def gives(sentence: str, words: str, value: object) -> bool:
    """True if a sentence has some words, or a number of a value."""
    lacking = set(TOKEN.findall(words.casefold())) - set(TOKEN.findall(sentence.casefold()))
    return not lacking or any(value in readings(number) for number in NUMBER.findall(sentence))


def readings(number: str) -> set[float]:
    """What digits with separators can mean: all group, or the last one begins a fraction."""
    parts = regex.split(r"\D", number)
    whole = {float("".join(parts))}
    return whole | ({float(f"{''.join(parts[:-1])}.{parts[-1]}")} if len(parts) > 1 else set())


@content_check("W525")
def same_figure(content: Content) -> Iterator[Spot]:
    """Two claims give the same figure of the same thing, and no relation joins them.

    Put them into one cluster and judge the pair, or accept it if they speak of different things.

    Asked of all claims, in one cluster or none, within and across articles: figures are the same if their value and the
    attributes quantities.alike in corpus.toml are.
    """
    quantities = content.settings.quantities
    joined = {frozenset((row["claim_a"], row["claim_b"])) for row in content.rows("claim_relations")}
    claims: dict[tuple[Figure, float], list[str]] = defaultdict(list)
    for claim_id, figures in content.figures.items():
        for figure in figures:
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


@content_check("W526")
def near_duplicate(content: Content) -> Iterator[Spot]:
    """Two articles of different story groups are nearly the same.

    Give them one story_group in sources.csv, so that no evaluation has one in training and the other in test.

    The method is Broder's resemblance (On the resemblance and containment of documents, 1997): of all runs of
    near_duplicates.words words that one of the two has, the part that both have, without regard to case, in the zones
    that are annotated. An article without a group is a group of its own.
    """
    near = content.settings.near_duplicates
    runs = {
        row["doc_id"]: shingles(row, content.settings.unannotated_zones, near.words)
        for row in content.rows("documents")
    }
    group = {row["doc_id"]: row["story_group"] or row["doc_id"] for row in content.rows("documents")}
    having: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for doc_id, found in runs.items():
        for run in found:
            having[run].append(doc_id)
    shared = Counter(pair for doc_ids in having.values() for pair in combinations(doc_ids, 2))
    for (one, other), count in sorted(shared.items()):
        resemblance = count / (len(runs[one]) + len(runs[other]) - count)
        if group[one] != group[other] and resemblance >= near.threshold:
            yield Spot(f"{one}|{other}", f"{resemblance:.0%} of their runs of {near.words} words")


def shingles(document: Row, without: tuple[str, ...], words: int) -> set[tuple[str, ...]]:
    """The runs of so many words in the annotated zones of a document; in all of it where it has no zones."""
    zones = [zone for zone in document["zones"] if zone["zone"] not in without]
    parts = [document["text"][zone["start"] : zone["end"]] for zone in zones]
    found = WORDS.findall(" ".join(parts if document["zones"] else [document["text"]]).casefold())
    return {tuple(found[at : at + words]) for at in range(len(found) - words + 1)}


@content_check("W527")
def against_figures(content: Content) -> Iterator[Spot]:
    """The figures of two claims contradict their relation.

    Judge the pair again, or correct a figure's value or comparator; accept it if the figures are of different things.

    Compared are figures of one kind (quantities.alike in corpus.toml), of which each claim has one, as the ranges
    between their bounds, ends included. A relation that relations.exclusive names wants ranges that do not meet, where
    it turns on figures (relations.by_figures); one of relations.compatible wants ranges that meet; one of
    relations.equal the same value. Claims that differ in an attribute of relations.alike are not compared.
    """
    roles = content.settings.relations
    for row in content.rows("claim_relations"):
        one, other = (content.claims[row[side]] for side in ("claim_a", "claim_b"))
        if any(one.get(name) != other.get(name) for name in roles.alike):
            continue
        pairs = comparable(content, row["claim_a"], row["claim_b"])
        meeting = [meet(*pair) for pair in pairs]
        excluded = row["relation"] in roles.exclusive and row["basis"] in roles.by_figures and pairs and all(meeting)
        apart = row["relation"] in roles.compatible and not all(meeting)
        unequal = row["relation"] in roles.equal and any(not same_value(content, *pair) for pair in pairs)
        if excluded or apart or unequal:
            figures = "; ".join(f"{first['text']!r} and {second['text']!r}" for first, second in pairs)
            yield Spot(row["relation_id"], f"{row['relation']}: {figures}")


def comparable(content: Content, one: str, other: str) -> list[tuple[Row, Row]]:
    """The figures of two claims that can be compared: of one kind, of which each claim has a single one."""
    single: list[dict[Figure, Row]] = []
    for claim_id in (one, other):
        found: dict[Figure, list[Row]] = defaultdict(list)
        for figure in content.figures.get(claim_id, ()):
            found[kind(figure, content.settings.quantities)].append(figure)
        single.append({name: figures[0] for name, figures in found.items() if len(figures) == 1})
    both = [name for name in single[0] if name in single[1]] if content.settings.quantities.alike else []
    return [(single[0][name], single[1][name]) for name in both]


def meet(one: Row, other: Row) -> bool:
    """True if the ranges of two figures have a value in common."""
    lower = max(-inf if row["lower"] is None else row["lower"] for row in (one, other))
    upper = min(inf if row["upper"] is None else row["upper"] for row in (one, other))
    return lower <= upper


def same_value(content: Content, one: Row, other: Row) -> bool:
    """True if two figures have the same value, or one has none."""
    first, second = (row.get(content.settings.quantities.value) for row in (one, other))
    return first is None or second is None or first == second
