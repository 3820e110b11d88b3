"""E64x: the spans of further layers, and the relations between spans, against what a build makes of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import starmap

from goldspan.checks.derived import by_document, has_settings, odd, zones_of
from goldspan.checks.registry import Hit, release_check
from goldspan.checks.release import is_slice, rows_of, texts
from goldspan.claims import span_id
from goldspan.further import span_rows
from goldspan.keys import keys
from goldspan.records import Article, Span
from goldspan.related import relation_id
from goldspan.released import Release
from goldspan.schemas import Row

FOLLOWING = ("span_id", "parent_span_id", "zone")
Extent = tuple[int, int]


@release_check(
    "E640",
    "A span's id, parent or zone is not what follows from its place and from the spans and zones around it",
    "Build the release again.",
)
def other_span(release: Release) -> Iterator[Hit]:
    """The rows of each further layer against the rows that its spans give."""
    documents, zones = texts(release), zones_of(release)
    for name in release.layers.further if has_settings(release) else ():
        for doc_id, rows in by_document(release, name).items():
            article = Article(doc_id, "", documents.get(doc_id, ""), "", {})
            spans = sorted(starmap(as_span, enumerate(rows)), key=lambda span: (span.start, -span.end, span.labels))
            made = span_rows(article, name, spans, zones.get(doc_id, []), multiple=False)
            for span, row in zip(spans, made, strict=True):
                there = rows[int(span.region_id)]
                expected = {column: row[column] for column in FOLLOWING}
                yield from (Hit(there["span_id"], each) for each in odd(there, expected))


def as_span(number: int, row: Row) -> Span:
    """A row of a further layer as a span, with its number as the region."""
    labels = row["labels"] if "labels" in row else [row["label"]]
    return Span(str(number), "", tuple(labels), row["start"], row["end"])


@release_check(
    "E641",
    "A relation's id is not what follows from its ends and labels, or an end is not the row or stretch that it names",
    "Build the release again.",
)
def other_end(release: Release) -> Iterator[Hit]:
    """Each end against the row of the config that it names; regions without a row of their own have their place."""
    documents, known = texts(release), extents(release)
    for row in rows_of(release, "relations"):
        if row["relation_id"] != relation_id(row["from_id"], row["to_id"], row["labels"], row["direction"]):
            yield Hit(row["relation_id"], "its place gives another id")
        for side in ("from", "to"):
            end = {name: row[f"{side}_{name}"] for name in ("config", "id", "start", "end", "text")}
            if not is_slice(documents.get(row["doc_id"], ""), end):
                yield Hit(row["relation_id"], f"{side}_text {end['text']!r}")
            elif release.manifest.text != "hydrated" and not is_end(row["doc_id"], end, known, release):
                yield Hit(row["relation_id"], f"{side}_id {end['id']}")


@release_check(
    "E642",
    "The manifest counts the regions of a layer that is left out otherwise than they stand in annotations",
    "Build the release again.",
)
def other_left_out(release: Release) -> Iterator[Hit]:
    """The layers that are left out, as the settings name them and as they are counted."""
    listed = release.manifest.left_out.regions if release.manifest.left_out else {}
    there = Counter(row["layer"] for row in rows_of(release, "annotations"))
    for name in sorted({*listed, *release.layers.left_out}) if release.manifest.text != "hydrated" else ():
        if listed.get(name) != there[name] or name not in release.layers.left_out:
            yield Hit(name, f"it counts {listed.get(name, 'none')}, and there are {there[name]}")


def is_end(doc_id: str, end: Row, known: Mapping[str, Mapping[str, Extent]], release: Release) -> bool:
    """True if the end of a relation is a row of its config at its place, or a region that has no row."""
    extent = end["start"], end["end"]
    without_row = span_id(doc_id, end["config"], Span("", "", (), *extent))
    return known.get(end["config"], {}).get(end["id"]) == extent or (
        end["config"] in release.layers.parts and end["id"] == without_row
    )


def extents(release: Release) -> dict[str, dict[str, Extent]]:
    """The extent of each row that a relation can begin or end at, by config and key; of a claim its first content's."""
    found = {
        name: {row[key]: (row["start"], row["end"]) for row in rows_of(release, name)}
        for name, key in keys(release.layers).items()
        if name == "entities" or name in release.layers.further
    }
    claims = {
        row["claim_id"]: (one["start"], one["end"])
        for row in rows_of(release, "claims")
        for one in row["content"]
        if row["claim_id"].endswith(f":{one['start']}-{one['end']}")
    }
    return {**found, "claims": claims}
