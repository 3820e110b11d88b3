"""Annotations of exports -> tasks that bring them along: how a project comes back on another server."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.corpus import Corpus
from goldspan.export.reader import User, read_tasks
from goldspan.faults import fault
from goldspan.tasks import Task

__all__ = ["restored"]

NO_ADDRESS = fault(
    "E820",
    "An annotation cannot be restored: its user has no e-mail address",
    'Name an address beside the number in corpus.toml, as in completed_by = [1, "a@b.org"]: numbers differ by server.',
)

KEPT = ("result", "was_cancelled", "ground_truth", "lead_time")


class RawTask(Struct):
    """A task of an export, its annotations as they stand there."""

    data: dict[str, Any]
    id: int | str | None = None
    annotations: list[dict[str, Any]] = []


def restored(tasks: Iterable[Task], exports: Iterable[Path], corpus: Corpus) -> list[Task]:
    """Tasks with the annotations that the exports hold of them; of two by one user that of the later export stands.

    Raises:
        DataError: an export cannot be read (E201, E202), or a user has no address (E820).
    """
    standing: dict[str, dict[str, dict[str, Any]]] = {}
    addresses = {user: address_of(one.users) for one in corpus.annotators for user in one.users}
    for path in exports:
        for task in read_tasks(path, RawTask):
            doc_id = str(task.data.get("doc_id", task.id))
            for annotation in task.annotations:
                address = user_address(annotation.get("completed_by"), addresses)
                if address is None:
                    raise NO_ADDRESS.error(str(annotation.get("completed_by")), file=str(path), task=doc_id)
                kept = {name: annotation[name] for name in KEPT if annotation.get(name) is not None}
                one = {"ground_truth": False, "result": [], **kept, "completed_by": {"email": address}}
                standing.setdefault(doc_id, {})[address] = one
    return [{**task, "annotations": list(standing.get(task["data"]["doc_id"], {}).values())} for task in tasks]


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
