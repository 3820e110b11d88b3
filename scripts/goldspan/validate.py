"""A release or an export -> findings."""

from pathlib import Path

from goldspan.checks import check_annotation, check_content, check_release, content_of
from goldspan.checks.registry import Subject
from goldspan.corpus import Corpus, Layers
from goldspan.export.reader import read_export
from goldspan.export.spans import read_annotations, task_doc_id
from goldspan.faults import DataError, Finding
from goldspan.hashes import sha256
from goldspan.labeling import load_labeling_config
from goldspan.records import Article
from goldspan.store import read_release

__all__ = ["validate"]


def validate(target: Path, labeling_config: Path | None = None) -> list[Finding]:
    """Every finding about a release (a folder), or an export (a file, given with its labeling config)."""
    try:
        if labeling_config is None:
            return validate_release(target)
        return validate_export(target, labeling_config)
    except DataError as error:
        return error.findings


def validate_release(folder: Path) -> list[Finding]:
    """Every finding about a release: about its form, and if that is right about its content."""
    release = read_release(folder)
    findings = list(check_release(release))
    if any(finding.is_error for finding in findings):
        return findings
    content = content_of(release.tables, release.manifest.settings)
    return [*findings, *check_content(content, str(folder))]


def validate_export(path: Path, labeling_config: Path) -> list[Finding]:
    """Every finding about an export by itself: its text is each task's own, and no layer has a part to play."""
    config = load_labeling_config(labeling_config)
    corpus = Corpus(name="", version="", layers=Layers())
    articles: dict[str, Article] = {}
    for task in read_export(path):
        text = task.data.get(config.text_field)
        if isinstance(text, str):
            data = text.encode("utf-8", "surrogatepass")
            articles.setdefault(task_doc_id(task), Article(task_doc_id(task), path.name, text, sha256(data), {}))
    reading = read_annotations([path], articles.values(), {}, config)
    subjects = [
        Subject(annotation, articles[annotation.doc_id], config, corpus)
        for annotation in reading.annotations
        if annotation.doc_id in articles
    ]
    return sorted({*reading.findings, *(finding for subject in subjects for finding in check_annotation(subject))})
