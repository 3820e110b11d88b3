"""E612 to E616: what follows from other rows and columns of a release, held against what a build makes of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

import regex

from goldspan.characters import HIDDEN, visible
from goldspan.checks.registry import Hit, release_check
from goldspan.checks.release import rows_of, texts
from goldspan.further import zone_at
from goldspan.pairs import check_relations, relation_row
from goldspan.records import Annotation, Article, Span, Zone
from goldspan.released import Release
from goldspan.schemas import Row
from goldspan.settings import Settings
from goldspan.tables import entity_rows, mentions

SPACE = regex.compile(HIDDEN, regex.V1)


def has_settings(release: Release) -> bool:
    """True if the manifest says what a release was built by, and nothing has moved since as where it is hydrated."""
    return release.manifest.settings != Settings() and release.manifest.text != "hydrated"


def zones_of(release: Release) -> dict[str, list[Zone]]:
    """The zones of each document."""
    return {row["doc_id"]: [Zone(**zone) for zone in row["zones"]] for row in rows_of(release, "documents")}


def odd(row: Row, expected: Mapping[str, object]) -> Iterator[str]:
    """What a row should hold in each column in which it holds something else."""
    return (f"{name} {shown(row[name])}, not {shown(value)}" for name, value in expected.items() if row[name] != value)


def shown(value: object) -> str:
    """A value of a column as a finding shows it."""
    return "null" if value is None else repr(value)


def by_document(release: Release, config: str) -> dict[str, list[Row]]:
    """The rows of a config by their document."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(release, config):
        found[row["doc_id"]].append(row)
    return found


@release_check(
    "E612",
    "A mention's zone, parent or bounds do not follow from the zones, the other mentions, its value and comparator",
    "Build the release again.",
)
def other_mention(release: Release) -> Iterator[Hit]:
    documents, zones = texts(release), zones_of(release)
    for doc_id, rows in by_document(release, "entities").items() if has_settings(release) else ():
        spans = [Span(row["mention_id"], "", (row["label"],), row["start"], row["end"], row) for row in rows]
        found = mentions(Annotation(doc_id, "", "", tuple(spans), ()), zones.get(doc_id, []), "")
        article = Article(doc_id, "", documents.get(doc_id, ""), "", {})
        made = {
            (one.start, one.end): {
                "zone": one.zone,
                "parent_mention_id": one.parent_mention_id,
                "lower": each["lower"],
                "upper": each["upper"],
            }
            for one, each in zip(found, entity_rows(article, found, release.manifest.settings.quantities), strict=True)
        }
        for row in rows:
            yield from (Hit(row["mention_id"], each) for each in odd(row, made[row["start"], row["end"]]))


@release_check(
    "E613",
    "A claim's quantities are not the figures marked in its content, or its cluster is none that its relations are in",
    "Build the release again.",
)
def other_claim(release: Release) -> Iterator[Hit]:
    labels = release.manifest.settings.quantities.labels
    known = {row["mention_id"] for row in rows_of(release, "entities")}
    clusters, mentioned = clusters_of(release), by_document(release, "entities")
    for row in rows_of(release, "claims") if has_settings(release) else ():
        figures = [one for one in mentioned[row["doc_id"]] if one["label"] in labels]
        inside = {one["mention_id"] for one in figures if lies_in(one, row["content"])}
        named = set(row["quantity_mention_ids"])
        if named <= known and named != inside:
            yield Hit(row["claim_id"], f"quantity_mention_ids {', '.join(sorted(named ^ inside))}")
        if row["cluster_id"] not in clusters.get(row["claim_id"], {None}):
            yield Hit(row["claim_id"], f"cluster_id {shown(row['cluster_id'])}")


def lies_in(span: Row, content: list[Row]) -> bool:
    """True if a span lies inside one of some others."""
    return any(one["start"] <= span["start"] and span["end"] <= one["end"] for one in content)


def clusters_of(release: Release) -> dict[str, set[str]]:
    """The clusters that the relations of each claim are in."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(release, "claim_relations"):
        for claim in (row["claim_a"], row["claim_b"]):
            found[claim].add(row["cluster_id"])
    return found


@release_check(
    "E614",
    "Sentences or their tokens overlap or leave text out, or a sentence's zone or story group is not its place's",
    "Build the release again.",
)
def other_sentence(release: Release) -> Iterator[Hit]:
    documents = {row["doc_id"]: row for row in rows_of(release, "documents")}
    zones, sentences = zones_of(release), by_document(release, "ner")
    for doc_id in [name for name in sentences if name in documents and has_settings(release)]:
        document, rows = documents[doc_id], sorted(sentences[doc_id], key=lambda row: row["sentence_start"])
        text, without = document["text"], release.manifest.settings.unannotated_zones
        for row in rows:
            place = {"zone": zone_at(zones[doc_id], row["sentence_start"]), "story_group": document["story_group"]}
            yield from (Hit(row["id"], each) for each in odd(row, place))
            tokens = [
                (start, start + len(token)) for start, token in zip(row["token_starts"], row["tokens"], strict=False)
            ]
            yield from (Hit(row["id"], "tokens", each, text) for each in gaps(text, extent(row), tokens))
            yield from (Hit(row["id"], repr(token)) for token in row["tokens"] if SPACE.search(token))
        for zone in zones[doc_id] or [Zone(0, len(text), "")]:
            if zone.zone not in without:
                inside = [extent(row) for row in rows if zone.start <= row["sentence_start"] < zone.end]
                yield from (Hit(doc_id, "sentences", each, text) for each in gaps(text, (zone.start, zone.end), inside))


def extent(sentence: Row) -> tuple[int, int]:
    """Where a sentence stands."""
    return sentence["sentence_start"], sentence["sentence_start"] + len(sentence["sentence_text"])


def gaps(text: str, whole: tuple[int, int], parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where some parts, in text order, overlap, or leave out of a stretch anything that can be seen."""
    at, last = whole
    for start, end in [*parts, (last, last)]:
        left, right = visible(text, at, start)
        if start < at or left < right:
            yield (min(at, start), max(at, start))
        at = end


@release_check(
    "E615",
    "What a relation repeats of its two claims is not theirs, or it has the name of an inverse",
    "Build the release again.",
)
def other_relation(release: Release) -> Iterator[Hit]:
    claims = {row["claim_id"]: {"normalized_claim": None, **row} for row in rows_of(release, "claims")}
    for row in rows_of(release, "claim_relations"):
        pair = row["claim_a"], row["claim_b"]
        if set(pair) <= set(claims):
            shared = {claims[claim]["cluster_id"] for claim in pair}
            cluster = shared.pop() if len(shared) == 1 else row["cluster_id"]
            values = {"relation": row["relation"], "basis": row["basis"]}
            made = relation_row(pair, cluster, values, claims, release.manifest.settings.relations)
            yield from (Hit(row["relation_id"], each) for each in odd(row, {**made, "relation_id": row["relation_id"]}))


@release_check(
    "E616",
    "The relations of a cluster are not one for each pair of its claims, or do not fit together",
    "Build the release again.",
)
def other_cluster(release: Release) -> Iterator[Hit]:
    """What corpus.toml calls transitive must carry over, what it calls acyclic must not turn in a circle."""
    rows = rows_of(release, "claim_relations") if has_settings(release) else []
    related = Counter(frozenset((row["claim_a"], row["claim_b"])) for row in rows)
    for row in rows:
        pair = frozenset((row["claim_a"], row["claim_b"]))
        if len(pair) < 2 or related[pair] > 1:
            yield Hit(row["relation_id"], "the pair stands twice" if len(pair) > 1 else "a claim with itself")
    members: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        members[row["cluster_id"]] |= {row["claim_a"], row["claim_b"]}
    for cluster, claims in members.items():
        for one, other in combinations(sorted(claims), 2):
            if frozenset((one, other)) not in related:
                yield Hit(f"{one}|{other}", f"not related in {cluster}")
    for finding in check_relations(rows, release.manifest.settings.relations):
        yield Hit(finding.task or finding.row, finding.message)
