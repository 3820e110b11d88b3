"""Several annotations of an article -> the one that is released."""

from collections.abc import Iterable, Iterator

from goldspan.faults import Finding, fault
from goldspan.records import Annotation

__all__ = ["check_settled", "settled"]

NOT_SETTLED = fault(
    "E220",
    "An article has annotations by several annotators and none is settled on",
    "Leave one annotator in the exports that corpus.toml names.",
)


def check_settled(annotations: Iterable[Annotation]) -> Iterator[Finding]:
    """Findings about articles for which no single annotation stands (E220)."""
    first: dict[str, Annotation] = {}
    for annotation in annotations:
        other = first.setdefault(annotation.doc_id, annotation)
        if other is not annotation:
            yield NOT_SETTLED.finding(
                f"{other.annotator}, {annotation.annotator}", file=annotation.file, task=annotation.doc_id
            )


def settled(annotations: Iterable[Annotation]) -> dict[str, Annotation]:
    """The annotation of each article, by its id, where `check_settled` finds nothing."""
    return {annotation.doc_id: annotation for annotation in annotations}
