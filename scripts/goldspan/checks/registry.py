"""How a check is declared and run. A check gets a subject and yields hits; its docstring says what a hit means."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from goldspan.corpus import Corpus
from goldspan.faults import FAULTS, DataError, Finding, fault
from goldspan.labeling import LabelingConfig
from goldspan.records import Annotation, Article, Span
from goldspan.store import Release

__all__ = ["Hit", "Subject", "annotation_check", "check_annotation", "check_release", "hit", "release_check"]


class Subject(Struct, frozen=True):
    """One annotation with all that it is checked against."""

    annotation: Annotation
    article: Article
    config: LabelingConfig
    corpus: Corpus


class Hit(Struct, frozen=True):
    """Where a check found its fault: a region or row, and the detail of this case."""

    region: str = ""
    detail: str = ""
    extent: tuple[int, int] | None = None


AnnotationCheck = Callable[[Subject], Iterator[Hit]]
ReleaseCheck = Callable[[Release], Iterator[Hit]]

ANNOTATION_CHECKS: dict[str, AnnotationCheck] = {}
RELEASE_CHECKS: dict[str, ReleaseCheck] = {}
FIRST_CHECKS: list[str] = []


def hit(span: Span, detail: str = "") -> Hit:
    """A hit on a span."""
    return Hit(span.region_id, detail, span.extent)


def annotation_check(code: str) -> Callable[[AnnotationCheck], AnnotationCheck]:
    """Declare a check of one annotation."""
    return declare(code, ANNOTATION_CHECKS)


def release_check(code: str, *, first: bool = False) -> Callable[[ReleaseCheck], ReleaseCheck]:
    """Declare a check of a whole release; ``first`` if the others rely on what it checks."""
    FIRST_CHECKS.extend([code] if first else [])
    return declare(code, RELEASE_CHECKS)


def declare(code: str, checks: dict[str, Any]) -> Callable[[Any], Any]:
    """Register a function under a code; the first paragraph of its docstring is the message, the second the remedy.

    What follows says what the check asks exactly.
    """

    def register(function: Any) -> Any:
        message, remedy, *_ = inspect.cleandoc(function.__doc__).split("\n\n")
        fault(code, " ".join(message.split()).rstrip("."), " ".join(remedy.split()))
        checks[code] = function
        return function

    return register


def check_annotation(subject: Subject) -> Iterator[Finding]:
    """Every finding about one annotation, by all checks of annotations in the order of their codes."""
    annotation, text = subject.annotation, subject.article.text
    for code, check in sorted(ANNOTATION_CHECKS.items()):
        for found in check(subject):
            yield FAULTS[code].finding(
                found.detail,
                file=annotation.file,
                task=annotation.doc_id,
                region=found.region,
                context=around(text, found.extent) if found.extent else "",
            )


def check_release(release: Release) -> Iterator[Finding]:
    """Every finding about a release that could be read, by all checks of releases in the order of their codes.

    Those that are declared as ``first`` ask for what the others read; if one finds anything, the others do not run.
    """
    for codes in (FIRST_CHECKS, sorted(set(RELEASE_CHECKS) - set(FIRST_CHECKS))):
        findings = [finding for code in codes for finding in run_release_check(code, release)]
        yield from findings
        if findings and codes is FIRST_CHECKS:
            return


def run_release_check(code: str, release: Release) -> list[Finding]:
    """The findings of one check; a file that it cannot read is a finding too."""
    try:
        hits = list(RELEASE_CHECKS[code](release))
    except DataError as error:
        return error.findings
    return [FAULTS[code].finding(one.detail, file=str(release.folder), row=one.region) for one in hits]


def around(text: str, extent: tuple[int, int], margin: int = 30) -> str:
    """A span in its text, between brackets, with a margin of code points on both sides."""
    start, end = (min(max(at, 0), len(text)) for at in extent)
    shown = (
        text[start:end] if end - start <= 3 * margin else f"{text[start : start + margin]}…{text[end - margin : end]}"
    )
    return f"{text[max(start - margin, 0) : start]}[{shown}]{text[end : end + margin]}"
