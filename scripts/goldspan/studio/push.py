"""A project on a server made what the corpus wants it to be: nothing twice, and no annotation touched.

What would lose something is looked for first, and nothing is changed on the server if any is found. Every step can be
broken off: the same push afterwards goes on from what is there.
"""

from functools import partial
from itertools import count
from typing import Any

import tenacity
from label_studio_sdk.core.api_error import ApiError
from msgspec import Struct

from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.progress import Show
from goldspan.studio.connection import Known, Studio, ask, named_errors, patiently
from goldspan.studio.plan import TWICE, Plan, TaskChange, check_project, document_of, is_predicted, plan, surplus
from goldspan.studio.projects import Wanted
from goldspan.studio.snapshot import ServerTask, task_number, tasks_of

__all__ = ["Pushed", "find_project", "push"]

SAME_TITLE = fault(
    "E815", "Two projects on the server have this title", "Rename one of them, or name another (--project)."
)
NOT_TAKEN = fault(
    "E824", "The server did not take all that was pushed", "Look at the server's log, then run the same command again."
)
UNKNOWN_USER = fault(
    "E825",
    "An annotation cannot be restored: the server has no such user",
    "Make the user in Label Studio, or name an address beside it in corpus.toml that the server has.",
)

AT_ONCE = 500  # tasks in one import
PAGE = 100  # projects in one answer
LOOKS = 6  # at the list of projects, a second apart, until two of one title count as two


class Pushed(Struct, frozen=True):
    """What was done: the project's address, its tasks by what happened to them, and what a person should look at."""

    url: str
    new: int
    changed: int
    same: int
    warnings: list[Finding]


class Named(Known):
    """A project in the list of all."""

    title: str | None = None


class User(Known):
    """A user of the server."""

    email: str | None = None


class Project(Known):
    """A project as the server has it."""

    label_config: str | None = None


def push(studio: Studio, wanted: Wanted, show: Show, overlap: int | None = None) -> Pushed:
    """Create or update a project by its title. ``overlap`` is how many annotators each task is to have, if given.

    Raises:
        DataError: the server cannot be used (E806 to E812), or what is on it would lose something (E815 to E818), it
            lacks a user (E825), or does not take everything (E824).
    """
    with named_errors(studio.url):
        check_users(studio, wanted)
        project = find_project(studio, wanted.title)
        there = [] if project is None else tasks_of(studio, project.id, show)
        xml = None if project is None else project.label_config
        warnings = stop_on_errors(check_project(wanted, xml, there, studio.url))
    steps = plan(wanted.tasks, there, keep=wanted.keep)
    with named_errors(studio.url, outcome="what was pushed stays, and the same command goes on from there"):
        number = set_up(studio, wanted, project, overlap)
        if steps.missing or steps.changes:
            bring(studio, number, wanted, there, show)
        if any(task.get("predictions") for task in wanted.tasks) and not (
            wanted.keep and any(map(is_predicted, there))
        ):
            shown = {"model_version": wanted.shown, "show_collab_predictions": True}
            ask(studio, partial(studio.client.projects.update, number, **shown), Any)
    url = f"{studio.url}/projects/{number}/data"
    return Pushed(url, len(steps.missing), len(steps.changes), steps.same, warnings)


def check_users(studio: Studio, wanted: Wanted) -> None:
    """Look for the users of the annotations that tasks bring along.

    Raises:
        DataError: the server does not have one (E825).
    """
    needed = {one["completed_by"]["email"] for task in wanted.tasks for one in task.get("annotations", ())}
    if needed:
        users = ask(studio, studio.client.users.list, list[User])
        unknown = sorted(needed - {one.email for one in users})
        stop_on_errors(UNKNOWN_USER.finding(one, file=studio.url) for one in unknown)


def find_project(studio: Studio, title: str) -> Project | None:
    """The project with a title; None if there is none.

    Two pushes that meet have made two for a moment (see ``create``): two are looked for again before they count.

    Raises:
        DataError: there are two (E815).
    """
    looks = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda found: len(found) > 1),
        wait=tenacity.wait_fixed(1),
        stop=tenacity.stop_after_attempt(LOOKS),
        retry_error_callback=lambda last: last.outcome and last.outcome.result(),
    )
    found: list[int] = looks(projects_of, studio, title)
    if len(found) > 1:
        raise SAME_TITLE.error(f"{title!r}, projects {', '.join(map(str, found))}", file=studio.url)
    return ask(studio, partial(studio.client.projects.get, found[0]), Project) if found else None


def projects_of(studio: Studio, title: str) -> list[int]:
    """The numbers of all projects with a title."""
    titles: dict[int, str | None] = {}
    for page in count(1):
        here = partial(list_projects, studio, page)
        new = {one.id: one.title for one in ask(studio, here, list[Named]) if one.id not in titles}
        titles.update(new)
        if not new:
            break
    return sorted(number for number, each in titles.items() if each == title)


def list_projects(studio: Studio, page: int) -> Any:
    """A page of the list of projects; Label Studio answers 404 behind the last one."""
    try:
        return studio.client.projects.list(include="id,title", page=page, page_size=PAGE).items or []
    except ApiError as error:
        if error.status_code == 404 and page > 1:
            return []
        raise


def set_up(studio: Studio, wanted: Wanted, project: Project | None, overlap: int | None) -> int:
    """Create the project, or bring its settings up to date; its number."""
    settings: dict[str, Any] = {"expert_instruction": wanted.instructions}
    if overlap is not None:
        settings["maximum_annotations"] = overlap
    if project is None:
        return create(studio, {"title": wanted.title, "label_config": wanted.xml, **settings})
    if project.label_config != wanted.xml:
        settings["label_config"] = wanted.xml
    ask(studio, partial(studio.client.projects.update, project.id, **settings), Any)
    return project.id


def create(studio: Studio, settings: dict[str, Any]) -> int:
    """Create a project; if its title is there by now, since another push met this one or an answer was lost, that one.

    Of some that were made at the same time the first stays; so it does of those that the server made before it said
    that it could not. The others are still empty.
    """
    projects = studio.client.projects

    def once() -> Any:
        found = projects_of(studio, settings["title"])
        return Known(found[0]) if found else projects.create(**settings)

    ask(studio, once, Known)
    first, *others = projects_of(studio, settings["title"])
    for number in others:
        ask(studio, partial(delete, partial(delete_empty, studio), number), Any)
    return first


def delete_empty(studio: Studio, number: int) -> None:
    """Delete a project that has no tasks."""
    if not studio.client.projects.get(number).task_number:
        studio.client.projects.delete(number)


def bring(studio: Studio, project: int, wanted: Wanted, there: list[ServerTask], show: Show) -> None:
    """Import and change tasks until the server has what is wanted.

    After a call that failed in passing, what is there is looked at before anything is sent again; so it is in the end.

    Raises:
        DataError: the server does not have all of it (E824), or a document has two tasks (E818).
    """
    before = {task_number(task) for task in there}
    for attempt in patiently(studio):
        with attempt:
            if attempt.retry_state.attempt_number > 1:
                there = tasks_of(studio, project, show)
            carry_out(studio, project, plan(wanted.tasks, there, keep=wanted.keep), show)
            there = tasks_of(studio, project, show)
            for number in surplus(there, before):
                delete(studio.client.tasks.delete, number)
    gone = set(surplus(there, before))
    kept = [task for task in there if task_number(task) not in gone]
    documents = [document_of(task) for task in kept]
    ours = {task["data"]["doc_id"] for task in wanted.tasks}
    stop_on_errors(TWICE.finding(file=studio.url, task=one) for one in sorted(ours) if documents.count(one) > 1)
    left = plan(wanted.tasks, kept, keep=wanted.keep)
    stop_on_errors(
        NOT_TAKEN.finding(file=studio.url, task=one)
        for one in (*(task["data"]["doc_id"] for task in left.missing), *(change.doc_id for change in left.changes))
    )


def carry_out(studio: Studio, project: int, steps: Plan, show: Show) -> None:
    """Import what is missing and change what differs."""
    for at in range(0, len(steps.missing), AT_ONCE):
        show("importing tasks", at, len(steps.missing))
        studio.client.projects.import_tasks(project, request=steps.missing[at : at + AT_ONCE])
    for done, change in enumerate(steps.changes):
        show("updating tasks", done, len(steps.changes))
        update(studio, change)


def update(studio: Studio, change: TaskChange) -> None:
    """Change a task. The new predictions come before the old ones go, so that there is always one."""
    client = studio.client
    if change.data is not None:
        client.tasks.update(change.task, data=change.data)
    for one in change.add:
        client.predictions.create(task=change.task, **one)
    for number in change.remove:
        delete(client.predictions.delete, number)


def delete(call: Any, number: int) -> None:
    """Delete what may be gone already."""
    try:
        call(number)
    except ApiError as error:
        if error.status_code != 404:
            raise
