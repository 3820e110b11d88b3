"""A task that is not written as Label Studio writes one today -> the same in the shapes of `reader`, as far as it can.

Slow, and only for what a strict decoder refuses. A fault takes away no more than it spoils: a field that an item or an
annotation can do without, an item, an annotation, and the task only where its data are spoilt.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.export.fields import ALIASES
from goldspan.export.fieldwise import FieldReader
from goldspan.export.forms import BAD_FIELD, UnfitError, fields_of, short
from goldspan.export.lenient import leniently, unwritable
from goldspan.export.meta import beside
from goldspan.export.reader import Apart, Entry, Identified, Item, TaskAnnotation, Value, task_doc_id
from goldspan.export.rejects import UNFIT, Reject, as_plain
from goldspan.export.windows import WRONG_FORM

__all__ = ["NO_TASK", "Mended", "mended"]

Json = dict[str, Any]
Place = dict[str, str]
NO_TASK = "neither data nor a task with data"
APART = ("drafts", "predictions")
LISTS = ("annotations", "completions", *APART)


class Mended(Struct, frozen=True):
    """What a file holds one of, as far as it can be read; what was left out of it; and the names of unknown fields."""

    entry: Entry | None
    rejects: list[Reject]
    unknown: list[str]


def mended(raw: bytes, file: str, number: int) -> Mended:
    """Read one of what a file holds; ``file`` and its ``number`` there are for the findings."""
    mender = Mender(file, number)
    entry = mender.entry(raw)
    return Mended(entry, mender.fields.rejects, mender.fields.unknown)


class Mender:
    """Reads an entry, and keeps what cannot be read."""

    def __init__(self, file: str, number: int) -> None:
        """Begin with nothing read; ``file`` and the ``number`` of the task there are for the findings."""
        self.number = number
        self.fields = FieldReader({"file": file, "task": f"number {number}"})

    def entry(self, raw: bytes) -> Entry | None:
        """What a file holds one of; None if nothing of it is left."""
        try:
            loose = self.plain(raw)
            if not isinstance(loose, dict):
                raise UnfitError(WRONG_FORM, f"a task is an object, not {short(loose)}")
            self.name_task(loose if loose.get("data") is not None else loose.get("task"))
            if loose.get("data") is not None:
                return self.task(loose)
            if isinstance(loose.get("task"), dict):
                return self.stored(loose)
            raise UnfitError(WRONG_FORM, NO_TASK)
        except UnfitError as error:
            where = UnfitError(error.kind, f"{error.detail}, in task number {self.number}")
            self.fields.reject("task", as_plain(raw), where, {})
        return None

    def name_task(self, loose: Any) -> None:
        """Call the task by its document from now on, if it can be told."""
        if isinstance(loose, dict):
            data = loose.get("data")
            task = Identified(data if isinstance(data, dict) else {}, loose.get("id"))
            known = task.data.get("doc_id") if task.data.get("doc_id") is not None else task.id
            if isinstance(known, str | int) and not unwritable(known):
                self.fields.place["task"] = task_doc_id(task)

    def plain(self, raw: bytes) -> Any:
        """An entry as plain data.

        Raises:
            UnfitError: it is nested too deep, or no JSON (E202).
        """
        try:
            return msgspec.json.decode(raw)
        except UNFIT:
            self.fields.is_suspect = True
        try:
            return leniently(raw)
        except (ValueError, RecursionError) as error:
            raise UnfitError(WRONG_FORM, str(error)) from error

    def task(self, loose: Json) -> Entry:
        """A task with its annotations.

        Raises:
            UnfitError: its data cannot be read.
        """
        own = self.task_fields({name: held for name, held in loose.items() if name not in LISTS})
        found = loose.get("annotations") if loose.get("annotations") is not None else loose.get("completions")
        drafts, predictions = (apart(loose.get(name)) for name in APART)
        return Entry(**own, annotations=list(self.annotations(found)), drafts=drafts, predictions=predictions)

    def stored(self, loose: Json) -> Entry | None:
        """An annotation with its task, as a storage keeps it; None if the annotation cannot be read.

        Raises:
            UnfitError: the task's data cannot be read.
        """
        task = Identified(**self.task_fields({name: one for name, one in loose["task"].items() if name not in LISTS}))
        kept = list(self.annotations([{name: held for name, held in loose.items() if name != "task"}]))
        return Entry(**as_fields(kept[0]), task=task) if kept else Entry(**as_fields(task), annotations=[])

    def task_fields(self, loose: Json) -> Json:
        """The fields of a task beside its lists.

        Raises:
            UnfitError: its data cannot be read.
        """
        held = self.fields.read(Identified, "task", loose, {})
        if "data" not in held:
            raise UnfitError(WRONG_FORM, NO_TASK)
        return held

    def annotations(self, found: Any) -> Iterator[TaskAnnotation]:
        """The annotations that can be read."""
        if found is not None and not isinstance(found, list):
            error = UnfitError(BAD_FIELD, f"annotations is {short(found)}: a list belongs there")
            self.fields.reject("annotation", found, error, {})
            return
        for loose in found or ():
            place = {"annotation": str(loose.get("id", ""))} if isinstance(loose, dict) else {}
            try:
                yield self.annotation(loose, place)
            except UnfitError as error:
                self.fields.reject("annotation", loose, error, place)

    def annotation(self, loose: Any, place: Place) -> TaskAnnotation:
        """An annotation with those of its items that can be read.

        Raises:
            UnfitError: it cannot be read.
        """
        if not isinstance(loose, dict):
            raise UnfitError(BAD_FIELD, f"an annotation is an object, not {short(loose)}")
        result = loose.get("result")
        if result is not None and not isinstance(result, list):
            raise UnfitError(BAD_FIELD, f"result is {short(result)}: a list belongs there")
        own = renamed({name: held for name, held in loose.items() if name != "result"})
        one = TaskAnnotation(**self.fields.read(TaskAnnotation, "annotation", own, place))
        one.result = None if result is None else list(self.items(result, place))
        return one

    def items(self, result: Iterable[Any], place: Place) -> Iterator[Item]:
        """The items of a result that can be read."""
        for loose in result:
            at = {**place, "region": str(loose.get("id") or "")} if isinstance(loose, dict) else place
            try:
                yield self.item(loose, at)
            except UnfitError as error:
                self.fields.reject(kind_of(loose), [loose], error, at)

    def item(self, loose: Any, place: Place) -> Item:
        """An item of a result; what it holds beside what is known is kept in its note.

        Raises:
            UnfitError: it cannot be read.
        """
        if not isinstance(loose, dict):
            raise UnfitError(BAD_FIELD, f"an item of a result is an object, not {short(loose)}")
        known, more = parted(loose, Item)
        value = known.pop("value", None)
        if value is not None and not isinstance(value, dict):
            raise UnfitError(BAD_FIELD, f"value is {short(value)}: an object belongs there")
        held, further = parted(value or {}, Value)
        if "startOffset" in further:  # it lies in HTML or a dialogue, where start and end count no text
            further |= {name: held.pop(name) for name in ("start", "end") if name in held}
        if known.get("type") is None:
            known["type"] = "relation" if "from_id" in loose and "from_name" not in loose else ""
        item = Item(**self.fields.read(Item, "item", known, place))
        item.value = None if value is None else Value(**self.fields.read(Value, "value", held, place))
        more |= {"value": further} if further else {}
        item.meta = beside(item.meta, self.fields.kept(more, place))
        return item


def parted(loose: Json, kind: type[Struct]) -> tuple[Json, Json]:
    """The fields of an object that a struct has, and the others."""
    known = {name: held for name, held in loose.items() if name in fields_of(kind)}
    return known, {name: held for name, held in loose.items() if name not in known}


def renamed(loose: Json) -> Json:
    """The fields of an annotation by their names of today; what one of two names of the same says holds."""
    own = {name: held for name, held in loose.items() if name not in ALIASES}
    for old, name in ALIASES.items():
        own |= {name: own.get(name) or loose[old]} if loose.get(old) is not None else {}
    return own


def as_fields(one: Struct) -> Json:
    """The fields of a struct, as they are."""
    return {name: getattr(one, name) for name in one.__struct_fields__}


def apart(found: Any) -> list[int | Apart]:
    """As many as there are of what is no annotation, whatever they look like."""
    return [Apart() for _ in found] if isinstance(found, list) else [Apart()] if found else []


def kind_of(loose: Any) -> str:
    """What an item that cannot be read is counted as."""
    return "relation" if isinstance(loose, dict) and loose.get("type") == "relation" else "region"
