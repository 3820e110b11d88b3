"""A file that ``goldspan predict`` has written -> the tasks of a push, held against the corpus as it is now."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from goldspan.checks import check_annotation
from goldspan.checks.registry import Subject
from goldspan.convert.sift import ANY_CORPUS
from goldspan.export.reader import Item
from goldspan.export.spans import read_annotation
from goldspan.export.texts import text_of
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.labeling import LabelingConfig
from goldspan.records import Article
from goldspan.tasks import MODEL, Task
from goldspan.words import counted, reason

__all__ = ["predicted"]

NO_PREDICTIONS = fault(
    "E993", "The file holds no predictions that can be used", "Name one that goldspan predict has written: --out FILE."
)
NO_FIT = fault(
    "E994",
    "A prediction does not fit the corpus: it is of another text, or by another labeling config",
    "Predict again (goldspan predict), with models that were trained for this labeling config.",
)


class Prediction(Struct):
    """A prediction, its result as it stands."""

    model_version: Annotated[str, Meta(pattern=f"^{MODEL}")]
    score: Annotated[float, Meta(ge=0, le=1)]
    result: list[dict[str, Any]]


class Predicted(Struct):
    """A task with its predictions."""

    data: dict[str, Any]
    predictions: Annotated[list[Prediction], Meta(min_length=1, max_length=1)]


def predicted(path: Path, tasks: Sequence[Task], config: LabelingConfig) -> tuple[list[Task], str]:
    """Those of a corpus's tasks that a file has predictions of, with these, in the file's order; the model version.

    Raises:
        DataError: the file is not what ``goldspan predict`` writes (E993), or a prediction does not fit the task of its
            document (E994).
    """
    found = read_predicted(path)
    versions = {one.predictions[0].model_version for one in found}
    if len(versions) != 1:
        raise NO_PREDICTIONS.error(f"they are by {counted(len(versions), 'version')} of models", file=str(path))
    if len({str(one.data.get("doc_id")) for one in found}) < len(found):
        raise NO_PREDICTIONS.error("two are of one document", file=str(path))
    ours = {task["data"]["doc_id"]: task for task in tasks}
    stop_on_errors(misfit for one in found for misfit in misfits(one, ours, config, str(path)))
    made = [{**ours[one.data["doc_id"]], "predictions": msgspec.to_builtins(one.predictions)} for one in found]
    return made, versions.pop()


def read_predicted(path: Path) -> list[Predicted]:
    """The tasks of a file.

    Raises:
        DataError: it cannot be read, or has another form (E993).
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Predicted])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NO_PREDICTIONS.error(reason(error), file=str(path)) from error


def shown(data: dict[str, Any], config: LabelingConfig) -> str:
    """The text that is shown of a task's data; nothing where it has none."""
    text = text_of(data, config.source) if config.source else ""
    return text if isinstance(text, str) else ""


def misfits(one: Predicted, ours: dict[str, Task], config: LabelingConfig, file: str) -> Iterator[Finding]:
    """Findings of E994: another document or text, or a result with what the config or the text has no place for."""
    doc_id = one.data.get("doc_id")
    task = ours.get(doc_id) if isinstance(doc_id, str) else None
    place = {"file": file, "task": doc_id or ""}
    if task is None:
        yield NO_FIT.finding("the corpus has no such document", **place)
        return
    text, other = (shown(data, config) for data in (task["data"], one.data))
    if text != other:
        yield NO_FIT.finding("it is of another text", **place)
        return
    try:
        items = msgspec.convert(one.predictions[0].result, list[Item])
    except msgspec.ValidationError as error:
        yield NO_FIT.finding(reason(error), **place)
        return
    article = Article(str(doc_id), "", text, "", {})
    annotation, findings = read_annotation(items, article.doc_id, "", file, config)
    findings += check_annotation(Subject(annotation, article, config, ANY_CORPUS))
    for finding in findings:
        yield NO_FIT.finding(f"{finding.code} {finding.message}", region=finding.region, **place)
