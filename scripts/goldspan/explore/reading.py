"""A release or a converted folder on disk -> what the page shows."""

from collections.abc import Iterable
from pathlib import Path

from goldspan.checks import check_converted, check_release
from goldspan.convert.folder import ConvertedFolder, read_converted
from goldspan.convert.layout import FIXED
from goldspan.explore.model import Contents, Document, Row, Shown, Version, grouped, link_of, shown
from goldspan.explore.released import OF_DOCUMENTS, released_contents
from goldspan.faults import stop_on_errors
from goldspan.folders import is_converted
from goldspan.released import read_release

__all__ = ["read_contents"]

OF_ANNOTATIONS = {name for name, _ in FIXED["annotations"]}
OF_SPANS = {"span_id", "annotation_id", "doc_id", "layer", "labels", "start", "end", "text"}


def read_contents(target: Path) -> Contents:
    """A release or a converted folder, checked as ``goldspan validate`` checks the form of one.

    Raises:
        DataError: it is neither (E960), or cannot be read or is wrong (the codes of `read_release`, `read_converted`
            and the checks).
    """
    if is_converted(target):
        folder = read_converted(target)
        stop_on_errors(check_converted(folder))
        return of_converted(folder)
    release = read_release(target)
    stop_on_errors(check_release(release))
    manifest = release.manifest
    labels = {name: list(counts) for name, counts in manifest.labels.items()}
    base = Contents(manifest.name, manifest.version, [], [], [], manifest.settings, manifest.agreement, labels)
    return released_contents(release.tables, base)


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
    """An annotation of a converted folder."""
    name = " · ".join(filter(None, (annotation["annotator"], annotation["annotation_id"])))
    return Version(
        name=name,
        spans=[
            Shown(row["span_id"], row["layer"], row["labels"], row["start"], row["end"], shown(row, OF_SPANS))
            for row in spans
        ],
        links=[link_of(row["from_span_id"], row["to_span_id"], row["labels"], row["direction"]) for row in relations],
        values=shown(annotation, OF_ANNOTATIONS),
    )
