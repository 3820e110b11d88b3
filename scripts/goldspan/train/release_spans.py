"""The spans of a release -> passages that are marked with them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from goldspan.records import Span, Zone
from goldspan.released import Release
from goldspan.schemas import Row
from goldspan.settings import Attributions
from goldspan.train.examples import Examples, Layers, Passage, Task
from goldspan.train.learnable import config_of, label_column, labels, nothing
from goldspan.train.passages import mark, passages

__all__ = ["shown", "with_passages"]


def with_passages(release: Release, examples: Examples) -> Examples:
    """The passages of a release, marked; those of documents that are not annotated are left out.

    Raises:
        DataError: the manifest has no labels of the layer (E980).
    """
    config = config_of(examples.task, examples.layer)
    rows, roles = release.tables[config].to_pylist(), release.manifest.settings.attributions
    attributed = examples.task is Task.attribution
    layers = role_layers(roles) if attributed else label_layers(release, config)
    spans: dict[str, dict[tuple[str, int, int], Span]] = defaultdict(dict)
    left_out: Counter[str] = Counter()
    for row in rows:
        drawn = role_spans(row, roles) if attributed else label_spans(row, layers, left_out)
        spans[row["doc_id"]] |= {(span.label, *span.extent): span for span in drawn}  # claims share cues: each once
    there = annotated(release)
    found: list[Passage] = []
    for document, row in zip(examples.documents, release.tables["documents"].to_pylist(), strict=True):
        if document.doc_id in there:
            zones = [Zone(one["start"], one["end"], one["zone"]) for one in row["zones"] or ()]
            bare = list(passages(document, examples.language, zones, release.manifest.settings.unannotated_zones))
            found += mark(bare, spans[document.doc_id].values(), left_out)
        else:
            left_out["documents that are not annotated"] += 1
    return replace(examples, layers=layers, passages=tuple(found), left_out=shown(left_out))


def shown(counts: Mapping[str, int]) -> dict[str, int]:
    """What there is any of, by name."""
    return {what: count for what, count in sorted(counts.items()) if count}


def annotated(release: Release) -> set[str]:
    """The documents that have a row in any other config."""
    tables = [table for name, table in release.tables.items() if name != "documents" and "doc_id" in table.column_names]
    return {doc_id for table in tables for doc_id in table["doc_id"].to_pylist()}


def label_layers(release: Release, config: str) -> Layers:
    """The spans of a layer as one sequence; as one for each label where a span may have several.

    Raises:
        DataError: the manifest has no labels of the layer (E980).
    """
    column = label_column(release, config)
    known = labels(release, config, column)
    if not known:
        raise nothing(release, f"labels of {config}/{column} in the manifest")
    if column == "labels":
        return {label: (label,) for label in known}
    controls = {"entities": release.layers.entities, **release.layers.further}
    return {controls.get(config) or config: known}


def label_spans(row: Row, layers: Layers, left_out: Counter[str]) -> Iterator[Span]:
    """A span for each label of a row; those of labels that there are not are counted."""
    sequences = {label: layer for layer, known in layers.items() for label in known}
    for label in row["labels"] if "labels" in row else [row["label"]]:
        if label in sequences:
            yield Span("", sequences[label], (label,), row["start"], row["end"])
        else:
            left_out["spans of a label that the manifest does not list"] += 1


def role_layers(roles: Attributions) -> Layers:
    """Sources, cues and contents as a sequence each."""
    return {label: (label,) for label in (roles.source, roles.cue, roles.content)}


def role_spans(row: Row, roles: Attributions) -> Iterator[Span]:
    """The contents, cues and sources of a claim.

    The contents of an article's own claims, which have no cue, are among them: annotators draw them alike.
    """
    for part, label in (("content", roles.content), ("cue", roles.cue), ("source", roles.source)):
        for one in row[part]:
            yield Span("", label, (label,), one["start"], one["end"])
