"""Claims with figures and days -> charts over time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from goldspan.explore.charts import Chart
from goldspan.explore.model import Row
from goldspan.explore.palette import shades

__all__ = ["over_time", "which_day"]

SHAPES = {"exact": "circle", "at least": "triangle-up", "at most": "triangle-down", "about": "diamond"}
SIGNS = {"at least": "≥ ", "at most": "≤ ", "about": "≈ "}
REACH = {"at least": 1, "at most": -1}
WIDE = 20  # times the least figure: from there on the scale is logarithmic
MARK = {"type": "point", "filled": True, "size": 170, "opacity": 1}
LINK = {"href": {"field": "place"}, "description": {"field": "words"}}
ROOM = 34  # letters of a claim beside its line


def over_time(name: str, rows: Iterable[Row]) -> Chart | None:
    """Figures by the days that they speak for: lower bounds reach up, upper bounds down; None if no two have a day."""
    known = sorted((row for row in rows if row["begin"]), key=lambda row: (row["begin"], row["value"], row["claim"]))
    if len(known) < 2:
        return None
    kind, wide = known[0]["kind"] or name, is_wide(known)
    values = list(placed(known, wide))
    scale = (
        {"type": "log"}
        if wide
        else {"zero": min(row["value"] for row in known) < max(row["value"] for row in known) / 3}
    )
    y = {"field": "value", "type": "quantitative", "title": kind, "scale": scale, "axis": {"format": ",~r"}}
    x, color = day_axis(known, "middle"), colours(known)
    shape = {"field": "bound", "title": "the figure is", "scale": named(SHAPES)}
    spec = {
        "width": 440,
        "height": 230,
        "data": {"values": values},
        "encoding": {"x": x, "y": y, "color": color},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2, "strokeDash": [4, 3]}, "encoding": {"y2": {"field": "open"}}},
            stretch(day_axis(known, "begin"), 3),
            {"mark": MARK, "encoding": {"shape": shape, **LINK}},
            *labels(values),
        ],
    }
    says = f"{kind} over time. " + "; ".join(row["words"] for row in values) + "."
    table = [(row["document"], row["bound"], f"{row['value']:,.15g}", when(row), row["said"]) for row in known]
    return Chart(f"cluster/{name}", f"{kind} over time", says, spec, ("document", "is", "value", "day", "claim"), table)


def is_wide(rows: Sequence[Row]) -> bool:
    """True if figures lie so far apart that only a logarithmic scale shows them."""
    low, high = (pick(row["value"] for row in rows) for pick in (min, max))
    return bool(low > 0 and high / low > WIDE)


def placed(rows: Sequence[Row], wide: bool) -> Iterator[Row]:
    """Rows with where their bounds reach to, and with labels, of which those of like figures keep out of their way."""
    high = max(abs(row["value"]) for row in rows) or 1
    for group in alike(rows, high * 0.08):
        for number, row in enumerate(group):
            step = REACH.get(row["bound"], 0)
            reach = row["value"] * 1.6**step if wide else max(row["value"] + step * high * 0.2, 0)
            value = f"{SIGNS.get(row['bound'], '')}{row['value']:,.15g}"
            left = number < len(group) // 2
            words = f"{row['document']}: {row['bound']} {row['value']:,.15g}, {when(row)}"
            place = {"side": "left" if left else "right", "level": number if left else len(group) - 1 - number}
            yield {**row, "open": reach, "label": f"{row['document']}: {value}", "words": words, **place}


def alike(rows: Iterable[Row], near: float) -> Iterator[list[Row]]:
    """Rows whose figures lie near each other, from left to right."""
    group: list[Row] = []
    for row in sorted(rows, key=lambda row: (row["value"], row["middle"], row["claim"])):
        if group and row["value"] - group[-1]["value"] > near:
            yield sorted(group, key=lambda row: (row["middle"], row["value"], row["claim"]))
            group = []
        group.append(row)
    yield sorted(group, key=lambda row: (row["middle"], row["value"], row["claim"]))


def labels(rows: Sequence[Row]) -> Iterator[Row]:
    """The labels beside their marks, a layer for each place."""
    for side, level in sorted({(row["side"], row["level"]) for row in rows}):
        shown = [row for row in rows if (row["side"], row["level"]) == (side, level)]
        aside = {"align": "right", "dx": -11} if side == "left" else {"align": "left", "dx": 11}
        encoding = {"text": {"field": "label"}, "color": {"value": "currentColor"}}
        yield {"data": {"values": shown}, "mark": {"type": "text", **aside, "dy": 14 * level - 8}, "encoding": encoding}


def which_day(name: str, rows: Sequence[Row]) -> Chart | None:
    """The days that claims give, a line for each claim; None if there are none."""
    if not rows:
        return None
    ordered = sorted(rows, key=lambda row: (row["begin"], row["end"], row["claim"]))
    twice = Counter(brief(row) for row in ordered)
    names = {row["claim"]: brief(row) if twice[brief(row)] == 1 else row["claim"] for row in ordered}
    values = [{**row, "name": names[row["claim"]], "words": f"{row['document']}: {when(row)}"} for row in ordered]
    y = {"field": "name", "type": "nominal", "sort": [row["name"] for row in values], "title": None}
    spec = {
        "width": 280,
        "height": {"step": 26},
        "data": {"values": values},
        "encoding": {"y": {**y, "axis": {"grid": True, "labelLimit": 260}}, "color": colours(values)},
        "layer": [
            stretch(day_axis(values, "begin"), 6),
            {"mark": MARK, "encoding": {"x": day_axis(values, "middle"), **LINK}},
        ],
    }
    says = "Which day. " + "; ".join(row["words"] for row in values) + "."
    table = [(row["document"], when(row), row["said"]) for row in values]
    return Chart(f"cluster/{name}", "Which day", says, spec, ("document", "day", "claim"), table, quotes=True)


def brief(row: Row) -> str:
    """A claim in so many letters as have room beside its line."""
    said = " ".join(row["said"].split())
    return f"{row['document']}: {said if len(said) <= ROOM else said[:ROOM] + '…'}"


def stretch(x: Row, width: int) -> Row:
    """The days of a date that is no single day, as a bar."""
    mark = {"type": "rule", "strokeWidth": width, "opacity": 0.45}
    return {"mark": mark, "encoding": {"x": x, "x2": {"field": "end"}}}


def when(row: Row) -> str:
    """The days of a row in words."""
    return str(row["begin"]) if row["begin"] == row["end"] else f"{row['begin']} to {row['end']}"


def day_axis(rows: Sequence[Row], field: str) -> Row:
    """Days from left to right, ticks at whole days."""
    ends = [date.fromisoformat(row[name]) for row in rows for name in ("begin", "end")]
    length = (max(ends) - min(ends)).days
    ticks = {"interval": "day", "step": max(1, length // 4)} if length <= 14 else 4
    axis = {"format": "%-d %b %Y", "tickCount": ticks, "labelOverlap": True}
    scale = {"type": "utc", "padding": 50}
    return {"field": field, "type": "temporal", "scale": scale, "title": None, "axis": axis}


def colours(rows: Iterable[Row]) -> Row:
    """Colours by document."""
    names = sorted({row["document"] for row in rows})
    scale = {"domain": names, "range": shades(len(names))}
    return {"field": "document", "type": "nominal", "title": "document", "scale": scale}


def named(shapes: dict[str, str]) -> Row:
    """A scale of names and what stands for each."""
    return {"domain": list(shapes), "range": list(shapes.values())}
