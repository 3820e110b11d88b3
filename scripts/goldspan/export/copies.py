"""Annotations that are there more than once: storages repeat them, and so do exports that overlap."""

import hashlib
from collections.abc import Iterable

import msgspec

from goldspan.export.reader import Task, TaskAnnotation

__all__ = ["digest_of", "without_copies"]

FIELDS = TaskAnnotation.__struct_fields__


def digest_of(one: TaskAnnotation, doc_id: str) -> bytes:
    """16 bytes that two annotations of a document have in common only if they say the same.

    What is not taken of an annotation, such as how long ago it was made, is no part of that.
    """
    said = [doc_id, *(getattr(one, name) for name in FIELDS)]
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=16).digest()


def without_copies(tasks: Iterable[Task]) -> list[Task]:
    """The tasks of an export, each once, with the annotations of all its copies, of which each is there once, too."""
    found: dict[bytes, Task] = {}
    for number, task in enumerate(tasks):
        key = msgspec.json.encode([task.identity, task.data] if task.id is not None else number, order="deterministic")
        known = found.setdefault(key, task)
        if known is not task:
            known.annotations = [*known.annotations, *task.annotations]
            known.faults = [*known.faults, *task.faults]
            known.drafts, known.predictions = known.drafts + task.drafts, known.predictions + task.predictions
    for task in found.values():
        task.annotations = each_once(task.annotations)
    return list(found.values())


def each_once(annotations: Iterable[TaskAnnotation]) -> list[TaskAnnotation]:
    """Annotations without those that repeat another of the same id to the letter."""
    seen: set[tuple[object, bytes]] = set()
    found = []
    for one in annotations:
        key = one.id, digest_of(one, "")
        if one.id is None or key not in seen:
            found.append(one)
            seen.add(key)
    return found
