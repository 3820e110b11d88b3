"""Annotations of exports -> tasks that bring them along: how a project comes back on another server."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import field

from goldspan.corpus import Corpus
from goldspan.export.reader import Identified, User, read_tasks, task_doc_id
from goldspan.export.standing import latest, standing_tasks
from goldspan.faults import fault
from goldspan.tasks import Task

__all__ = ["restored"]

NO_ADDRESS = fault(
    "E820",
    "An annotation cannot be restored: its user has no e-mail address",
    'Name an address beside the number in corpus.toml, as in completed_by = [1, "a@b.org"]: numbers differ by server.',
)

KEPT = ("completed_by", "result", "was_cancelled", "ground_truth", "lead_time")


class RawTask(Identified):
    """A task of an export, its annotations as they stand there."""

    annotations: list[dict[str, Any]] = field(default_factory=list)


def restored(tasks: Iterable[Task], exports: Iterable[Path], corpus: Corpus) -> list[Task]:
    """Tasks with the annotations that stand of them in the exports, one by each annotator.

    Raises:
        DataError: an export cannot be read (E201, E202), or a user has no address (E820).
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    wanted = {task["data"]["doc_id"] for task in tasks}
    for placed in standing_tasks(exports, lambda path: read_tasks(path, RawTask)).tasks:
        doc_id, users = task_doc_id(placed.task), corpus.users(placed.file)
        addresses = {user: address_of(one.users) for user, one in users.items()}
        for annotation in placed.task.annotations if doc_id in wanted else ():
            address = user_address(annotation.get("completed_by"), addresses)
            if address is None:
                detail = str(annotation.get("completed_by"))
                raise NO_ADDRESS.error(detail, file=str(placed.file), task=doc_id)
            one = {**annotation, "completed_by": {"email": address}}
            found[doc_id][users[address].id if address in users else address].append(one)
    return [{**task, "annotations": list(map(standing, found[task["data"]["doc_id"]].values()))} for task in tasks]


def standing(annotations: list[dict[str, Any]]) -> dict[str, Any]:
    """Of several annotations by one annotator the one that stands, as a server imports it."""
    one = latest(annotations, lambda each: each.get("updated_at"))
    return {"ground_truth": False, "result": [], **{name: one[name] for name in KEPT if one.get(name) is not None}}


def user_address(user: Any, addresses: Mapping[int | str, str | None]) -> str | None:
    """The e-mail address of a user as an export names it, by itself or by what the corpus says of its number."""
    try:
        spelled = msgspec.convert(user, User | int | str)
    except msgspec.ValidationError:
        return None
    named = spelled.email or spelled.id if isinstance(spelled, User) else spelled
    return named if isinstance(named, str) else addresses.get(named) if named is not None else None


def address_of(users: Iterable[int | str]) -> str | None:
    """The first e-mail address among the users of an annotator."""
    return next((user for user in users if isinstance(user, str)), None)
