"""W521 to W523, W527: quotations, dates and articles."""

from collections.abc import Iterator

from goldspan.checks.content import Content, Spot, content_check
from goldspan.claims import quotation, quotations
from goldspan.dates import is_date, is_duration
from goldspan.duplicates import joins, runs_of_words
from goldspan.schemas import Row
from goldspan.words import counted


@content_check(
    "W521",
    "A claim's content does not fit the quotation marks",
    "Draw it inside the marks, or around the whole quotation and more; accept it if the marks are no quotation's.",
)
def cut_quotation(content: Content) -> Iterator[Spot]:
    """Found where content begins inside a quotation and ends outside, or the other way round.

    Also where it holds a quotation with its marks and nothing else, or where the claim is called quoted in another way
    than its marks say.
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


@content_check(
    "W522",
    "A date is none that the calendar has",
    "Write it in ISO 8601, to the day or as exact as it is known, or as a TIMEX3 value; an interval from early "
    "to late.",
)
def no_date(content: Content) -> Iterator[Spot]:
    """Asked of [dates] in corpus.toml. A claim's date is no length of time; a mention's can be."""
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


@content_check(
    "W523",
    "A date is marked and not resolved",
    "Resolve it against the article's date or another date of the text, or accept that it cannot be.",
)
def unresolved_date(content: Content) -> Iterator[Spot]:
    """Asked of mentions with a label of [dates] in corpus.toml."""
    dates = content.settings.dates
    for row in content.rows("entities"):
        if row["label"] in dates.labels and not row.get(dates.value):
            yield Spot(row["mention_id"], repr(row["text"]), row["doc_id"], (row["start"], row["end"]))


@content_check(
    "W527",
    "Two articles of different story groups are nearly the same",
    "Give them one story_group in sources.csv, so that no evaluation has one in training and the other in test.",
)
def near_duplicate(content: Content) -> Iterator[Spot]:
    """The method is Broder's resemblance (On the resemblance and containment of documents, 1997).

    It is the part of all runs of near_duplicates.words words of either article that both have, without regard to case,
    in the zones that are annotated. An article without a group is a group of its own. Of many that are alike, so many
    pairs are found as join them all: what joins two groups is named once.
    """
    near = content.settings.near_duplicates
    runs = {
        row["doc_id"]: runs_of_words(annotated(row, content.settings.unannotated_zones), near.words)
        for row in content.rows("documents")
    }
    group = {row["doc_id"]: row["story_group"] or row["doc_id"] for row in content.rows("documents")}
    for one, other, alike in joins(runs, group, near.threshold):
        yield Spot(f"{one}|{other}", f"{alike:.0%} of their runs of {counted(near.words, 'word')}")


def annotated(document: Row, without: tuple[str, ...]) -> str:
    """The text of the annotated zones of a document; all of it where it has no zones."""
    zones = [zone for zone in document["zones"] if zone["zone"] not in without]
    parts = [document["text"][zone["start"] : zone["end"]] for zone in zones]
    return " ".join(parts) if document["zones"] else str(document["text"])
