"""A release or an export -> findings."""

from pathlib import Path

from goldspan.checks import check_annotation, check_release
from goldspan.checks.registry import Subject
from goldspan.corpus import Corpus, Layers
from goldspan.export.reader import read_export
from goldspan.export.spans import read_annotations, task_doc_id
from goldspan.faults import DataError, Finding, fault
from goldspan.hashes import sha256
from goldspan.labeling import load_labeling_config
from goldspan.records import Article
from goldspan.store import read_release

__all__ = ["validate"]

NO_TARGET = fault("E006", "There is nothing to validate", "Name the folder of a release, or a JSON export.")
NO_CONFIG = fault("E007", "An export needs its labeling config", "Name it with --config.")


def validate(target: Path, labeling_config: Path | None = None) -> list[Finding]:
    """Every finding about a release (a folder) or an export (a file, which needs its labeling config)."""
    try:
        if target.is_dir():
            return list(check_release(read_release(target)))
        if not target.is_file():
            raise NO_TARGET.error(file=str(target))
        if labeling_config is None:
            raise NO_CONFIG.error(file=str(target))
        return validate_export(target, labeling_config)
    except DataError as error:
        return error.findings


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
    reading = read_annotations([path], articles.values(), (), config)
    subjects = [Subject(annotation, articles[annotation.doc_id], config, corpus) for annotation in reading.annotations]
    return sorted({*reading.findings, *(finding for subject in subjects for finding in check_annotation(subject))})
