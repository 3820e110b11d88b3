"""A release, a converted folder or an export -> findings."""

from collections.abc import Sequence
from pathlib import Path

from goldspan.checks import check_annotation, check_content, check_converted, check_release, content_of
from goldspan.checks.registry import Subject
from goldspan.convert.folder import read_converted
from goldspan.corpus import Corpus, Layers
from goldspan.export.addresses import with_folders
from goldspan.export.reader import task_doc_id
from goldspan.export.spans import read_annotations
from goldspan.export.tasks import read_export
from goldspan.export.texts import text_of
from goldspan.faults import DataError, Finding
from goldspan.folders import is_converted
from goldspan.hashes import sha256
from goldspan.labeling import LabelingConfig, TextFolder, as_stored, joined_config, load_labeling_config
from goldspan.records import Article, Unit
from goldspan.released import read_release

__all__ = ["validate"]


def validate(
    target: Path,
    labeling_configs: Path | Sequence[Path] = (),
    offsets: Unit = Unit.auto,
    folders: Sequence[TextFolder] = (),
) -> list[Finding]:
    """Every finding about a release or a converted folder, or about an export, which needs its labeling config.

    With one, or with all that it was converted by, the columns of controls and the labels of a converted folder are
    checked too. ``offsets`` says what those of an export count, which otherwise is told by evidence for each document,
    ``folders`` where its texts lie if it has only their addresses.
    """
    paths = [labeling_configs] if isinstance(labeling_configs, Path) else list(labeling_configs)
    try:
        configs = [load_labeling_config(path) for path in paths]
        config = joined_config(configs, list(map(str, paths))) if configs else None
        if is_converted(target):
            return list(check_converted(read_converted(target, config and as_stored(config))))
        if config is None:
            return check_whole_release(target)
        config = with_folders(config, folders, str(paths[0]))
        return sorted(set(check_export(target, config, offsets)))
    except DataError as error:
        return error.findings


def check_whole_release(folder: Path) -> list[Finding]:
    """Every finding about a release: about its form, and if that is right about its content.

    One that withholds the articles' text has the content of the full one.
    """
    release = read_release(folder)
    findings = list(check_release(release))
    if release.manifest.text == "withheld" or any(finding.is_error for finding in findings):
        return findings
    content = content_of(release.tables, release.manifest.settings)
    return [*findings, *check_content(content, str(folder))]


def check_export(path: Path, config: LabelingConfig, offsets: Unit) -> list[Finding]:
    """Every finding about an export by itself: its text is each task's own, and no layer has a part to play.

    Raises:
        DataError: it cannot be decoded at all (E201, E202).
    """
    corpus = Corpus(name="", version="", layers=Layers())
    articles: dict[str, Article] = {}
    for task in read_export(path):
        text = text_of(task.data, config.source) if config.source else ""
        if isinstance(text, str):
            data = text.encode("utf-8", "surrogatepass")
            articles.setdefault(task_doc_id(task), Article(task_doc_id(task), path.name, text, sha256(data), {}))
    reading = read_annotations([path], articles.values(), (), config, offsets)
    subjects = [
        Subject(annotation, articles[annotation.doc_id], config, corpus)
        for annotation in reading.annotations
        if annotation.doc_id in articles
    ]
    return [*reading.findings, *(finding for subject in subjects for finding in check_annotation(subject))]
