"""What has to be done so that a project has what the corpus wants, and what would lose something: decided, not done."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.articles import METADATA
from goldspan.export.reader import Item, User, Value, task_doc_id
from goldspan.export.spans import attribute_value
from goldspan.faults import DataError, Finding, fault
from goldspan.labeling import LabelingConfig, parse_labeling_config
from goldspan.labeling.source import value_at
from goldspan.studio.projects import Wanted
from goldspan.studio.snapshot import Draft, Prediction, ServerTask, task_number
from goldspan.tasks import MODEL, PREANNOTATION, Task

__all__ = [
    "TWICE",
    "Plan",
    "TaskChange",
    "check_project",
    "document_of",
    "is_predicted",
    "misfit",
    "plan",
    "stranded",
    "surplus",
]

STRANDED = fault(
    "E816",
    "The labeling config would strand what is annotated on the server",
    "Keep the control and value in the config, change the annotation first, or push to a new project: --project.",
)
OTHER_TEXT = fault(
    "E817",
    "A task that is annotated on the server has another text than the article",
    "Put back the raw article that was annotated, or push to a new project: --project.",
)
TWICE = fault("E818", "Two tasks on the server are of the same document", "Delete the surplus task in Label Studio.")
SURPLUS = fault(
    "W802",
    "A task on the server is of no document of the corpus; it is left alone",
    "Delete it in Label Studio if it is not wanted.",
)


class TaskChange(Struct, frozen=True):
    """What is to change of a task that is there.

    Its data (None if it is right), and the predictions to remove and to add.
    """

    task: int
    doc_id: str
    data: dict[str, Any] | None
    remove: list[int]
    add: list[dict[str, Any]]


class Plan(Struct, frozen=True):
    """What is to be done to a project's tasks: those to import, those to change, and how many are right."""

    missing: list[Task]
    changes: list[TaskChange]
    same: int


def document_of(task: ServerTask) -> str | None:
    """The document that a task on a server is of: its number there says nothing."""
    doc_id = task.data.get("doc_id")
    return None if doc_id is None else str(doc_id)


def check_project(wanted: Wanted, xml: str | None, there: Sequence[ServerTask], url: str) -> Iterator[Finding]:
    """Findings about what a push would lose or confuse (E816 to E818), and about tasks of other documents (W802).

    ``xml`` is the labeling config that the project has now.
    """
    by_document: dict[str | None, list[ServerTask]] = defaultdict(list)
    for task in there:
        by_document[document_of(task)].append(task)
    ours = {task["data"]["doc_id"]: task["data"] for task in wanted.tasks}
    for doc_id, tasks in by_document.items():
        place = {"file": url, "task": doc_id or ""}
        if doc_id is None or doc_id not in wanted.documents:
            yield from (SURPLUS.finding(f"task {task.id}", **place) for task in tasks)
            continue
        if len(tasks) > 1:
            yield TWICE.finding(f"tasks {', '.join(str(task.id) for task in tasks)}", **place)
        for task in tasks:
            data = ours.get(doc_id, task.data)
            changed = [name for name in wanted.config.shown_fields if value_at(task.data, name) != value_at(data, name)]
            if changed and is_touched(task):
                yield OTHER_TEXT.finding(f"task {task.id}, {', '.join(changed)}", **place)
    if xml is not None and xml != wanted.xml:
        yield from stranded(there, xml, wanted.config, url)


def is_touched(task: ServerTask) -> bool:
    """True if an annotator has begun with a task."""
    return bool(task.annotations or task.drafts)


def stranded(there: Iterable[ServerTask], xml: str, config: LabelingConfig, url: str) -> Iterator[Finding]:
    """What annotators have marked, submitted or not, that fits the config of now and not the new one (E816)."""
    try:
        now = parse_labeling_config(xml.encode())
    except DataError:
        now = None
    for task in there:
        for who, items in marked(task):
            for each in items:
                item = readable(each)
                lost = misfit(item, config) if item else ""
                if item and lost and not (now and misfit(item, now)):
                    place = {"file": url, "task": task_doc_id(task), "region": item.id or item.from_id}
                    yield STRANDED.finding(f"{lost}, {who}", **place)


def marked(task: ServerTask) -> Iterator[tuple[str, list[Any]]]:
    """What annotators have marked in a task, and who."""
    for annotation in task.annotations or ():
        user = annotation.completed_by
        yield f"by {user.email or user.id if isinstance(user, User) else user}", annotation.result or []
    for draft in task.drafts or ():
        if isinstance(draft, Draft):
            yield f"in a draft by {draft.user}", draft.result or []


def readable(item: Any) -> Item | None:
    """An item of a result, if it has the form of one: what has not fits no config, and strands with none."""
    try:
        return msgspec.convert(item, Item)
    except msgspec.ValidationError:
        return None


def misfit(item: Item, config: LabelingConfig) -> str:
    """What of an item of a result a labeling config has no place for; empty if it fits."""
    name, value = item.from_name or "", item.value or Value()
    if item.type == "relation":
        unknown = set(item.labels or ()) - set(config.relations)
        return f"relation {', '.join(sorted(unknown))}" if unknown else ""
    if name in config.layers:
        layer = config.layers[name]
        if item.to_name not in (None, layer.to_name):
            return f"{name} on {item.to_name}"
        strange = layer.strange(value.labels or ())
        return f"{name} {', '.join(sorted(strange))}" if strange else ""
    if name in config.attributes:
        fits = attribute_value(config.attributes[name], value) is not None
        return "" if fits else f"{name} {', '.join(map(str, value.choices or []))}".strip()
    return "" if name in config.elsewhere else f"control {name}"


def plan(tasks: Iterable[Task], there: Iterable[ServerTask], *, keep: bool = False) -> Plan:
    """What has to be done so that the server has the tasks.

    With ``keep``, predictions of a task in which models have predicted stay as they are.
    """
    by_document = {document_of(task): task for task in there}
    missing, changes, same = [], [], 0
    for task in tasks:
        found = by_document.get(task["data"]["doc_id"])
        if found is None:
            missing.append(task)
            continue
        change = compare(task, found, keep=keep and is_predicted(found))
        if change.data is None and not change.remove and not change.add:
            same += 1
        else:
            changes.append(change)
    return Plan(missing, changes, same)


def surplus(there: Iterable[ServerTask], before: Collection[int]) -> list[int]:
    """The numbers of tasks that came twice, since two pushes met: of each document all but the first.

    Only those that were not there ``before`` and that nobody has begun with.
    """
    first: set[str | None] = set()
    found = []
    for task in sorted(there, key=lambda task: (not is_touched(task), task_number(task))):
        doc_id = document_of(task)
        if doc_id is not None and doc_id in first and not is_touched(task) and task_number(task) not in before:
            found.append(task_number(task))
        first.add(doc_id)
    return sorted(found)


def is_predicted(task: ServerTask) -> bool:
    """True if models have predicted a task, for us."""
    return any(is_ours(one) and one.model_version != PREANNOTATION for one in spelled_out(task))


def spelled_out(task: ServerTask) -> list[Prediction]:
    """The predictions of a task, where the snapshot spells them out."""
    return [one for one in task.predictions or () if isinstance(one, Prediction)]


def is_ours(one: Prediction) -> bool:
    """True if a prediction is what a corpus proposes, or its models."""
    return one.model_version == PREANNOTATION or (one.model_version or "").startswith(MODEL)


def compare(task: Task, found: ServerTask, *, keep: bool) -> TaskChange:
    """What is to change of a task.

    Predictions that are not ours stay, and data that no corpus has; with ``keep``, all predictions.
    """
    theirs = {name: value for name, value in found.data.items() if name not in METADATA}
    data = {**theirs, **task["data"]}
    wanted = {} if keep else {one["model_version"]: one for one in task.get("predictions", ())}
    remove, right = [], set()
    for one in () if keep else spelled_out(found):
        name = one.model_version
        if is_ours(one) or name in wanted:
            if name in wanted and name not in right and same(wanted[name], one):
                right.add(name)
            else:
                remove.append(one.id)
    add = [one for name, one in wanted.items() if name not in right]
    return TaskChange(task_number(found), task["data"]["doc_id"], None if data == found.data else data, remove, add)


def same(wanted: dict[str, Any], found: Prediction) -> bool:
    """True if a prediction on the server has the score and the result that it is to have, in any order."""
    return wanted.get("score") in (None, found.score) and in_order(wanted["result"]) == in_order(found.result)


def in_order(result: Any) -> list[str]:
    """The items of a result in an order that depends on nothing but them."""
    return sorted(json.dumps(item, sort_keys=True) for item in (result if isinstance(result, list) else []))
