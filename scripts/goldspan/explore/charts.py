"""The charts of the page as Vega-Lite specifications, each with its data and what it shows in words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from goldspan.explore.model import Contents, Row
from goldspan.explore.palette import shades

__all__ = ["NAME", "Chart", "bars", "figures"]

NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")  # of a file on any system
MOST = 30  # the values of one side that a chart has room for


class Chart(Struct, frozen=True):
    """A chart: its name in the page, the specification, what it shows in words, and its data as a table.

    ``quotes`` is true of one that has words of the documents in its drawing.
    """

    name: str
    title: str
    says: str
    spec: dict[str, Any]
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    quotes: bool = False

    @property
    def file(self) -> str:
        """The name of its file, without an ending; empty if it must not stand alone, or its name can be no file's."""
        name = self.name.replace("/", "-")
        return name if NAME.fullmatch(name) and not self.quotes else ""


def figures(contents: Contents) -> Iterator[Chart]:
    """The figures about a whole release or folder, of which each is left out that its tables cannot give."""
    yield from labels_by_document(contents)
    yield from values_of_documents(contents)
    yield from agreement_by_layer(contents)
    yield from values_by_source(contents)


def labels_by_document(contents: Contents) -> Iterator[Chart]:
    """How often each label stands in each document: a chart of the mentions of a release and one of each further layer.

    Of a converted folder one of all spans.
    """
    if not any(version.released for one in contents.documents for version in one.versions):
        yield from bars("labels", "Labels of spans by document", ("document", "label", "spans"), marked(contents))
        return
    head = ("document", "label", "mentions")
    yield from bars("labels", "Labels of mentions by document", head, marked(contents, "entities"))
    for layer in contents.settings.layers.further:
        head = ("document", "label", "spans")
        yield from bars(f"labels/{layer}", f"Labels of {layer} by document", head, marked(contents, layer))


def marked(contents: Contents, layer: str | None = None) -> Counter[tuple[str, str]]:
    """How often each label stands in each document, of a released layer or of all spans."""
    return Counter(
        (one.id, label)
        for one in contents.documents
        for version in one.versions
        for span in version.spans
        if layer is None or (version.released and span.layer == layer)
        for label in span.labels
    )


def values_of_documents(contents: Contents) -> Iterator[Chart]:
    """How many documents have each value of each choice about whole documents."""
    choices = {name.removeprefix("documents/") for name in contents.inventories if name.startswith("documents/")}
    counts = Counter(
        (name, str(one))
        for document in contents.documents
        for version in document.versions
        if version.released
        for name, value in version.values.items()
        if name in choices
        for one in (value if isinstance(value, list) else [value])
    )
    yield from bars("values", "Values of documents", ("control", "value", "documents"), counts)


def values_by_source(contents: Contents) -> Iterator[Chart]:
    """How often each value of the first category of claims goes with each source, where claims name sources."""
    categories = [name.removeprefix("claims/") for name in contents.inventories if name.startswith("claims/")]
    rows: list[Row] = [claim["attributes"] for claim in contents.claims]
    lists = {name for row in rows for name, value in row.items() if is_names(value)} - {"quantity_mention_ids"}
    if not categories or not lists:
        return
    category, source = categories[0], min(lists)
    counts = Counter(
        (str(who), str(row[category])) for row in rows if category in row for who in row.get(source) or ["(none)"]
    )
    yield from bars("sources", f"Claims by {source} and {category}", (source, category, "claims"), counts)


def is_names(value: Any) -> bool:
    """True for a list of words."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def bars(name: str, title: str, head: tuple[str, str, str], counts: Counter[tuple[str, str]]) -> Iterator[Chart]:
    """Stacked bars, the longest first; with a hint on what had no room. None if there is nothing to count."""
    totals: Counter[str] = Counter()
    for (bar, _), count in counts.items():
        totals[bar] += count
    order = sorted(totals, key=lambda bar: (-totals[bar], bar))[:MOST]
    parts = sorted({part for _, part in counts})
    rows = [(bar, part, counts[bar, part]) for bar in order for part in parts if counts[bar, part]]
    if not rows:
        return
    shown = "; ".join(f"{bar} {totals[bar]}, {largest(bar, parts, counts)}" for bar in order)
    more = f" The {len(totals) - MOST} with the fewest are left out." if len(totals) > MOST else ""
    says = f"{title}; of each the most frequent {head[1]}: {shown}.{more}"
    spec = {
        "width": 460,
        "height": {"step": 22},
        "data": {"values": [dict(zip(("bar", "part", "count"), row, strict=True)) for row in rows]},
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.5},
        "encoding": {
            "y": {"field": "bar", "type": "nominal", "sort": order, "title": None},
            "x": {"field": "count", "type": "quantitative", "title": head[2]},
            "color": {
                "field": "part",
                "type": "nominal",
                "title": head[1],
                "sort": parts,
                "scale": {"domain": parts, "range": shades(len(parts))},
            },
            "order": {"field": "part", "sort": "ascending"},
        },
    }
    yield Chart(name, title, says, spec, head, rows)


def largest(bar: str, parts: Sequence[str], counts: Mapping[tuple[str, str], int]) -> str:
    """The largest part of a bar, with how much it is; of parts alike the first."""
    part = max(parts, key=lambda part: counts[bar, part])
    return f"{part} {counts[bar, part]}"


def agreement_by_layer(contents: Contents) -> Iterator[Chart]:
    """The figures of agreement of whole layers and attributes, where a release has them."""
    rows = [
        (f"{one.layer} {one.of}" if one.of != "all" else one.layer, one.measure, one.value, one.items)
        for one in contents.agreement
        if one.value is not None and (one.of == "all" or one.measure not in ("exact F1", "overlap F1"))
    ]
    if not rows:
        return
    names, measures = list(dict.fromkeys(row[0] for row in rows)), sorted({row[1] for row in rows})
    colour = {"field": "measure", "type": "nominal", "title": "measure"}
    low = min(rows, key=lambda row: row[2])
    spread = {name: sorted(f"{row[2]:.2f}" for row in rows if row[0] == name) for name in names}
    shown = "; ".join(f"{name} {' to '.join(sorted({found[0], found[-1]}))}" for name, found in spread.items())
    says = f"Agreement of annotators by layer and attribute: {shown}. The lowest is that of {low[0]}."
    values = [{"name": name, "measure": measure, "value": value} for name, measure, value, _ in rows]
    spec = {
        "width": 460,
        "height": {"step": 20},
        "data": {"values": values},
        "mark": {"type": "point", "filled": False, "size": 90, "strokeWidth": 2, "opacity": 1},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": names, "title": None, "axis": {"grid": True}},
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": "agreement",
                "scale": {"domain": [min(0, low[2]), 1]},
            },
            "color": {**colour, "scale": {"domain": measures, "range": shades(len(measures))}},
            "shape": {**colour, "scale": {"domain": measures}},
        },
    }
    table = [(name, measure, f"{value:.3f}", items) for name, measure, value, items in rows]
    yield Chart("agreement", "Agreement by layer", says, spec, ("of", "measure", "value", "items"), table)
