"""A release or a converted folder on disk -> what the page shows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from goldspan.checks import check_converted, check_release
from goldspan.convert.folder import ConvertedFolder, is_converted, read_converted
from goldspan.explore.model import Contents, Document, Row, Shown, Version, present, shown
from goldspan.faults import fault, stop_on_errors
from goldspan.releases.sides import read_attributes
from goldspan.store import Release, read_release

__all__ = ["read_contents"]

NOTHING = fault(
    "E970",
    "There is no release and no converted folder to show",
    "Name the folder of a release (it has a manifest.json) or one that goldspan convert wrote.",
)

OF_DOCUMENTS = {"doc_id", "text", "text_sha256", "n_chars", "title", "zones"}
OF_ENTITIES = {"mention_id", "doc_id", "start", "end", "text", "label"}
OF_CLAIMS = {"claim_id", "doc_id", "content", "cue", "source"}
OF_SPANS = {"span_id", "annotation_id", "doc_id", "layer", "labels", "start", "end", "text"}
OF_ANNOTATIONS = {"annotation_id", "doc_id", "annotator"}
PARTS = ("content", "cue", "source")


def read_contents(target: Path) -> Contents:
    """A release or a converted folder, checked as ``goldspan validate`` checks the form of one.

    Raises:
        DataError: it is neither (E970), or cannot be read or is wrong (the codes of `read_release`, `read_converted`
            and the checks).
    """
    if is_converted(target):
        folder = read_converted(target)
        stop_on_errors(check_converted(folder))
        return of_converted(folder)
    if not (target / "manifest.json").is_file():
        raise NOTHING.error(file=str(target))
    release = read_release(target)
    stop_on_errors(check_release(release))
    return of_release(release)


def of_release(release: Release) -> Contents:
    """A release as it is shown."""
    rows = {name: table.to_pylist() for name, table in release.tables.items()}
    by_document = {name: grouped(rows.get(name, [])) for name in ("entities", "claims", "ner", "annotations")}
    documents = [
        Document(
            id=row["doc_id"],
            text=row["text"],
            title=row["title"] or "",
            metadata=shown(row, OF_DOCUMENTS),
            zones=[[zone["start"], zone["end"], zone["zone"]] for zone in row["zones"] or ()],
            sentences=[
                [one["sentence_start"], one["sentence_start"] + len(one["sentence_text"] or "")]
                for one in by_document["ner"][row["doc_id"]]
            ],
            versions=[
                released(by_document["entities"][row["doc_id"]], by_document["claims"][row["doc_id"]]),
                *annotators(by_document["annotations"][row["doc_id"]]),
            ],
        )
        for row in rows["documents"]
    ]
    return Contents(
        name=release.manifest.name,
        version=release.manifest.version,
        documents=documents,
        claims=[claim(row) for row in rows.get("claims", [])],
        relations=[shown(row, ()) for row in rows.get("claim_relations", [])],
        settings=release.manifest.settings,
        agreement=release.manifest.agreement,
        inventories={name: list(counts) for name, counts in release.manifest.labels.items()},
    )


def grouped(rows: Iterable[Row], key: str = "doc_id") -> dict[str, list[Row]]:
    """Rows by the value of a column."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def claim(row: Row) -> Row:
    """A claim with the extents of its parts."""
    parts = {name: [[one["start"], one["end"]] for one in row[name]] for name in PARTS}
    words = {f"{name}_text": " … ".join(one["text"] or "" for one in row[name]) for name in PARTS}
    return {"id": row["claim_id"], "doc": row["doc_id"], **parts, **words, "attributes": shown(row, OF_CLAIMS)}


def released(entities: Iterable[Row], claims: Iterable[Row]) -> Version:
    """The released mentions and claims of a document."""
    spans = [
        Shown(row["mention_id"], "entities", [row["label"]], row["start"], row["end"], shown(row, OF_ENTITIES))
        for row in entities
    ]
    links: dict[tuple[str, str, str], None] = {}
    parts: dict[str, Shown] = {}
    for row in claims:
        for span in claim_spans(row):
            parts.setdefault(span.id, span)
        for kind in ("source", "content"):
            if row["cue"] and row[kind]:
                other = row["claim_id"] if kind == "content" else f"{row['attribution_id']}:source:0"
                links[f"{row['attribution_id']}:cue:0", other, kind] = None
    return Version("released", [*spans, *parts.values()], [list(link) for link in links], released=True)


def claim_spans(row: Row) -> Iterator[Shown]:
    """The spans of a claim; cue and source are the same for all claims of an attribution."""
    for kind in PARTS:
        group = row["claim_id"] if kind == "content" else f"{row['attribution_id']}:{kind}"
        attributes = shown(row, OF_CLAIMS) if kind == "content" else {}
        for number, part in enumerate(row[kind]):
            name = group if kind == "content" and number == 0 else f"{group}:{number}"
            yield Shown(name, "claims", [kind], part["start"], part["end"], attributes, group)


def annotators(rows: Iterable[Row]) -> Iterator[Version]:
    """What each annotator drew in a document."""
    for name, drawn in sorted(grouped(rows, "annotator_id").items()):
        spans, links = [], []
        for row in drawn:
            attributes = read_attributes(row["attributes"])
            outgoing = attributes.pop("relations", [])
            if row["layer"]:
                labels = row["label"].split("|") if row["label"] else []
                spans.append(
                    Shown(row["annotation_id"], row["layer"], labels, row["start"], row["end"], present(attributes))
                )
                links += [[row["annotation_id"], str(other), str(label)] for label, other in pairs(outgoing)]
        yield Version(name, spans, links)


def pairs(outgoing: Any) -> Iterator[tuple[Any, Any]]:
    """The relations that begin at a region, [label, annotation_id] each; what has another form is none."""
    for one in outgoing if isinstance(outgoing, list) else ():
        if isinstance(one, list) and len(one) == 2:
            yield one[0], one[1]


def of_converted(folder: ConvertedFolder) -> Contents:
    """A converted folder as it is shown."""
    rows = {name: whole(folder, name) for name in ("documents", "annotations", "spans", "relations")}
    annotations = grouped(rows["annotations"])
    spans, relations = (grouped(rows[name], "annotation_id") for name in ("spans", "relations"))
    documents = [
        Document(
            id=row["doc_id"],
            text=row["text"],
            title=str(row.get("title") or ""),
            metadata=shown(row, OF_DOCUMENTS),
            versions=[
                converted(one, spans[one["annotation_id"]], relations[one["annotation_id"]])
                for one in annotations[row["doc_id"]]
            ],
        )
        for row in rows["documents"]
    ]
    return Contents(folder.folder.resolve().name, "", documents)


def whole(folder: ConvertedFolder, name: str) -> list[Row]:
    """All rows of a table."""
    stored = folder.tables[name]
    rows: list[Row] = stored.columns(*stored.schemas[0].names).to_pylist()
    return rows


def converted(annotation: Row, spans: Iterable[Row], relations: Iterable[Row]) -> Version:
    """An annotation of a converted folder; a relation without labels is a link of none."""
    name = " · ".join(filter(None, (annotation["annotator"], annotation["annotation_id"])))
    return Version(
        name=name,
        spans=[
            Shown(row["span_id"], row["layer"], row["labels"], row["start"], row["end"], shown(row, OF_SPANS))
            for row in spans
        ],
        links=[[row["from_span_id"], row["to_span_id"], ", ".join(row["labels"])] for row in relations],
    )
