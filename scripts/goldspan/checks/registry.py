"""How a check is declared and run. A check gets a subject and yields hits; its message says what a hit means."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from msgspec import Struct

from goldspan.convert.folder import ConvertedFolder
from goldspan.corpus import Corpus
from goldspan.faults import FAULTS, DataError, Fault, Finding, fault
from goldspan.labeling import LabelingConfig
from goldspan.records import Annotation, Article, Span
from goldspan.released import Release

__all__ = [
    "Hit",
    "Subject",
    "annotation_check",
    "check_annotation",
    "check_converted",
    "check_release",
    "converted_check",
    "hit",
    "release_check",
]

T = TypeVar("T", Release, ConvertedFolder)
Check = TypeVar("Check", bound=Callable[..., Any])


class Subject(Struct, frozen=True):
    """One annotation with all that it is checked against."""

    annotation: Annotation
    article: Article
    config: LabelingConfig
    corpus: Corpus


class Hit(Struct, frozen=True):
    """Where a check found its fault: a region or row, and the detail of this case.

    ``extent`` is a stretch of the annotation's text, or of ``text`` where a row is checked.
    """

    region: str = ""
    detail: str = ""
    extent: tuple[int, int] | None = None
    text: str = ""


AnnotationCheck = Callable[[Subject], Iterator[Hit]]
ReleaseCheck = Callable[[Release], Iterator[Hit]]
ConvertedCheck = Callable[[ConvertedFolder], Iterator[Hit]]

ANNOTATION_CHECKS: dict[str, AnnotationCheck] = {}
RELEASE_CHECKS: dict[str, ReleaseCheck] = {}
CONVERTED_CHECKS: dict[str, ConvertedCheck] = {}
FIRST_CHECKS: set[str] = set()


def hit(span: Span, detail: str = "") -> Hit:
    """A hit on a span."""
    return Hit(span.region_id, detail, span.extent)


def annotation_check(code: str, message: str, remedy: str) -> Callable[[AnnotationCheck], AnnotationCheck]:
    """Declare a check of one annotation."""
    return declare(fault(code, message, remedy), ANNOTATION_CHECKS)


def release_check(
    code: str, message: str, remedy: str, *, first: bool = False
) -> Callable[[ReleaseCheck], ReleaseCheck]:
    """Declare a check of a whole release; ``first`` if the others rely on what it checks."""
    FIRST_CHECKS.update([code] if first else [])
    return declare(fault(code, message, remedy), RELEASE_CHECKS)


def converted_check(
    code: str, message: str, remedy: str, *, first: bool = False
) -> Callable[[ConvertedCheck], ConvertedCheck]:
    """Declare a check of a converted folder; ``first`` if the others rely on what it checks."""
    FIRST_CHECKS.update([code] if first else [])
    return declare(fault(code, message, remedy), CONVERTED_CHECKS)


def declare(kind: Fault, checks: dict[str, Check]) -> Callable[[Check], Check]:
    """Register the function that finds a fault. Its docstring, if it has one, says what it asks exactly."""

    def register(check: Check) -> Check:
        checks[kind.code] = check
        return check

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
    """Every finding about a release that could be read, by all checks of releases in the order of their codes."""
    return check_folder(release, RELEASE_CHECKS)


def check_converted(converted: ConvertedFolder) -> Iterator[Finding]:
    """Every finding about a converted folder that could be read, by all checks of such in the order of their codes."""
    return check_folder(converted, CONVERTED_CHECKS)


def check_folder(target: T, checks: dict[str, Callable[[T], Iterator[Hit]]]) -> Iterator[Finding]:
    """Every finding of some checks about what a folder holds.

    Those that are declared as ``first`` ask for what the others read; if one finds anything, the others do not run.
    """
    first = sorted(FIRST_CHECKS & set(checks))
    for codes in (first, sorted(set(checks) - set(first))):
        findings = [finding for code in codes for finding in run_check(code, checks[code], target)]
        yield from findings
        if findings and codes is first:
            return


def run_check(code: str, check: Callable[[T], Iterator[Hit]], target: T) -> list[Finding]:
    """The findings of one check; a file that it cannot read is a finding too."""
    try:
        hits = list(check(target))
    except DataError as error:
        return error.findings
    place = {"file": str(target.folder)}
    return [
        FAULTS[code].finding(
            one.detail, row=one.region, context=around(one.text, one.extent) if one.extent else "", **place
        )
        for one in hits
    ]


def around(text: str, extent: tuple[int, int], margin: int = 30) -> str:
    """A span in its text, between brackets, with a margin of code points on both sides."""
    start, end = (min(max(at, 0), len(text)) for at in extent)
    shown = (
        text[start:end] if end - start <= 3 * margin else f"{text[start : start + margin]}…{text[end - margin : end]}"
    )
    return f"{text[max(start - margin, 0) : start]}[{shown}]{text[end : end + margin]}"
