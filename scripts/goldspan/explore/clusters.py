"""Charts of clusters of claims: figures over time with their bounds, and the days that claims differ on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from goldspan.explore.charts import Chart, figures
from goldspan.explore.extent import days
from goldspan.explore.model import Contents, Row
from goldspan.explore.timelines import over_time, which_day

__all__ = ["cluster_charts", "standalone"]

MOST = 40  # charts; drawing takes its time


def standalone(contents: Contents) -> dict[str, Chart]:
    """The charts that can stand alone as files, by the names of these: figures of the whole, and clusters over time."""
    return {one.file: one for one in (*figures(contents), *cluster_charts(contents)) if one.file}


def cluster_charts(contents: Contents) -> list[Chart]:
    """A chart for each cluster whose claims give two figures of a kind, or exclude each other and give two dates.

    Those of figures come first, and of each kind those with the most relations that exclude each other; no more than
    `MOST` of all.
    """
    claims = {claim["id"]: claim for claim in contents.claims}
    mentions, timelines, dates = mentioned(contents), [], []
    for name, (members, conflicts) in clusters(contents).items():
        found = [claims[one] for one in members if one in claims]
        rows = figure_rows(found, mentions, contents)
        if made := over_time(name, rows):
            timelines.append(made)
        elif conflicts and (made := which_day(name, day_rows(found, contents.settings.dates.claims))):
            dates.append(made)
    return [*timelines, *dates][:MOST]


def clusters(contents: Contents) -> dict[str, tuple[dict[str, None], int]]:
    """The claims of each cluster, and how many of its relations exclude each other; those with the most come first."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    conflicts: Counter[str] = Counter()
    for row in contents.relations:
        found[row["cluster_id"]] |= dict.fromkeys((row["claim_a"], row["claim_b"]))
        conflicts[row["cluster_id"]] += row["relation"] in contents.settings.relations.exclusive
    order = sorted(found, key=lambda one: (-conflicts[one], -len(found[one]), one))
    return {name: (found[name], conflicts[name]) for name in order}


def mentioned(contents: Contents) -> dict[str, Row]:
    """The attributes of each released mention."""
    released = (version for one in contents.documents for version in one.versions if version.released)
    return {span.id: span.attributes for version in released for span in version.spans if span.layer == "entities"}


def figure_rows(claims: Iterable[Row], mentions: Mapping[str, Row], contents: Contents) -> list[Row]:
    """The figures of claims, of the kind that the most of them have, with what bounds them and their days."""
    settings = contents.settings.quantities
    published = {one.id: one.metadata.get("published_date") for one in contents.documents}
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for claim in claims:
        for mention in claim["attributes"].get("quantity_mention_ids", ()):
            figure = mentions.get(mention, {})
            value = figure.get(settings.value)
            if isinstance(value, int | float) and not isinstance(value, bool):
                kind = tuple(str(figure.get(name, "")) for name in settings.alike)
                row = {"kind": " ".join(filter(None, kind)), "value": value, "bound": bound(figure)}
                extent = dated(claim, contents.settings.dates.claims, published.get(claim["doc"]))
                found[kind].append({**row, **claim_row(claim, extent)})
    kinds = sorted(found, key=lambda kind: (-len(found[kind]), kind))
    return found[kinds[0]] if kinds else []


def bound(figure: Row) -> str:
    """What the bounds of a figure say of its value."""
    lower, upper = figure.get("lower") is not None, figure.get("upper") is not None
    return "exact" if lower and upper else "at least" if lower else "at most" if upper else "about"


def dated(claim: Row, names: Sequence[str], published: Any) -> tuple[date, date] | None:
    """The days that a claim speaks for: the last of its attributes that is a date, else the day of its document."""
    values = [claim["attributes"].get(name) for name in reversed(names)]
    return next(filter(None, map(days, [*values, published])), None)


def claim_row(claim: Row, extent: tuple[date, date] | None) -> Row:
    """What a mark says of a claim: its document, its place in the page, its words and its days."""
    begin, end = extent or (None, None)
    middle = begin + timedelta(days=(end - begin).days // 2) if begin and end else None
    return {
        "document": claim["doc"],
        "claim": claim["id"],
        "place": f"#/claim/{quote(claim['id'], safe='')}",
        "said": claim["content_text"],
        **{name: day and day.isoformat() for name, day in (("begin", begin), ("middle", middle), ("end", end))},
    }


def day_rows(claims: Sequence[Row], names: Iterable[str]) -> list[Row]:
    """The dates of claims by the first attribute in which they give two; none if there is no such."""
    for name in names:
        found = [(claim, days(claim["attributes"].get(name))) for claim in claims]
        rows = [claim_row(claim, extent) for claim, extent in found if extent]
        if len({(row["begin"], row["end"]) for row in rows}) > 1:
            return rows
    return []
