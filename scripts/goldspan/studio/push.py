"""A project on a server made what the corpus wants it to be: nothing twice, and no annotation touched.

What would lose something is looked for first, and nothing is changed on the server if any is found. Every step can be
broken off: the same push afterwards goes on from what is there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from label_studio_sdk._extensions.pager_ext import SyncPagerExt
from msgspec import Struct

from goldspan.export.spans import task_doc_id
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.progress import Show
from goldspan.studio.connection import Studio, named_errors, patiently
from goldspan.studio.plan import TWICE, Change, check_project, plan
from goldspan.studio.projects import Wanted
from goldspan.studio.snapshot import ServerTask, tasks_of
from goldspan.tasks import PREANNOTATION, Task

__all__ = ["Pushed", "find_project", "push"]

SAME_TITLE = fault(
    "E815", "Two projects on the server have this title", "Rename one of them, or name another (--project)."
)

AT_ONCE = 500  # tasks in one import


class Pushed(Struct, frozen=True):
    """What was done: the project's address, its tasks by what happened to them, and what a person should look at."""

    url: str
    created: bool
    new: int
    changed: int
    same: int
    warnings: list[Finding]


def push(studio: Studio, wanted: Wanted, show: Show, overlap: int | None = None) -> Pushed:
    """Create or update a project by its title. ``overlap`` is how many annotators each task is to have, if given.

    Raises:
        DataError: the server cannot be used (E806 to E812), or what is on it would lose something (E815 to E818).
    """
    with named_errors(studio.url):
        project = find_project(studio, wanted.title)
        there = [] if project is None else tasks_of(studio, project.id, show)
        xml = None if project is None else project.label_config
        warnings = stop_on_errors(check_project(wanted, xml, there, studio.url))
    steps = plan(wanted.tasks, there)
    with named_errors(studio.url, outcome="what was pushed stays, and the same command goes on from there"):
        number = set_up(studio, wanted, project, overlap)
        bring(studio, number, steps.missing, show)
        for done, change in enumerate(steps.changes):
            show("updating tasks", done, len(steps.changes))
            carry_out(studio, change)
        if any(task["predictions"] for task in wanted.tasks if "predictions" in task):
            studio.client.projects.update(number, model_version=PREANNOTATION, show_collab_predictions=True)
    url = f"{studio.url}/projects/{number}/data"
    return Pushed(url, project is None, len(steps.missing), len(steps.changes), steps.same, warnings)


def find_project(studio: Studio, title: str) -> Any:
    """The project with a title, as the SDK gives it; None if there is none.

    Raises:
        DataError: there are two (E815).
    """
    for attempt in patiently(studio):
        with attempt:
            projects: Iterable[Any] = SyncPagerExt.from_sync_pager(studio.client.projects.list(include="id,title"))
            found = [one.id for one in projects if one.title == title]
    if len(found) > 1:
        raise SAME_TITLE.error(f"{title!r}, projects {', '.join(map(str, sorted(found)))}", file=studio.url)
    return studio.client.projects.get(found[0]) if found else None


def set_up(studio: Studio, wanted: Wanted, project: Any, overlap: int | None) -> int:
    """Create the project, or bring its settings up to date; its number."""
    settings: dict[str, Any] = {"expert_instruction": wanted.instructions}
    if overlap is not None:
        settings["maximum_annotations"] = overlap
    if project is None:
        made = studio.client.projects.create(title=wanted.title, label_config=wanted.xml, **settings)
        return int(made.id)
    if project.label_config != wanted.xml:
        settings["label_config"] = wanted.xml
    studio.client.projects.update(project.id, **settings)
    return int(project.id)


def bring(studio: Studio, project: int, missing: Sequence[Task], show: Show) -> None:
    """Import tasks. After a call that failed in passing, look at what is there before anything is sent again.

    Raises:
        DataError: a document has two tasks after all, since somebody else pushed it too (E818).
    """
    if not missing:
        return
    there: list[ServerTask] = []
    for attempt in patiently(studio):
        with attempt:
            if attempt.retry_state.attempt_number > 1:
                there = tasks_of(studio, project, show)
            left = plan(missing, there).missing
            for at in range(0, len(left), AT_ONCE):
                show("importing tasks", len(missing) - len(left) + at, len(missing))
                studio.client.projects.import_tasks(project, request=left[at : at + AT_ONCE])
    counts = Counter(task_doc_id(task) for task in tasks_of(studio, project, show))
    twice = sorted(doc_id for doc_id, count in counts.items() if count > 1)
    stop_on_errors(TWICE.finding(file=studio.url, task=doc_id) for doc_id in twice)


def carry_out(studio: Studio, change: Change) -> None:
    """Change a task. The new predictions come before the old ones go, so that there is always one."""
    client = studio.client
    for attempt in patiently(studio):
        with attempt:
            if change.data is not None:
                client.tasks.update(change.task, data=change.data)
    for one in change.add:
        client.predictions.create(task=change.task, model_version=one["model_version"], result=one["result"])
    for number in change.remove:
        client.predictions.delete(number)
