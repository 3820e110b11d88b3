"""Objects of an export, field by field: what can be read, what cannot, and what is not known."""

import json
from typing import Any

from msgspec import Struct

from goldspan.export.fields import KNOWN
from goldspan.export.forms import UnfitError, as_field, fields_of
from goldspan.export.lenient import SPOILT, unwritable
from goldspan.export.rejects import Reject
from goldspan.faults import printable

__all__ = ["FieldReader"]

Json = dict[str, Any]
Place = dict[str, str]
OPTIONAL = {  # what a thing can do without; its other fields take it with them
    "task": {"created_at", "meta"},
    "annotation": {"completed_by", "ground_truth", "created_at", "updated_at", "lead_time"},
    "item": {"origin", "score", "parentID"},
    "value": set[str](),
}


class FieldReader:
    """Reads objects as structs, and keeps what of them cannot be read.

    ``place`` names file and task for the findings; ``is_suspect`` if what is read may hold what no table can.
    """

    def __init__(self, place: Place) -> None:
        """Begin with nothing read."""
        self.place = place
        self.rejects: list[Reject] = []
        self.unknown: list[str] = []
        self.is_suspect = False

    def read(self, kind: type[Struct], of: str, loose: Json, place: Place) -> Json:
        """The fields of a struct, by their names there; what is not taken of a task or an annotation is passed over.

        Raises:
            UnfitError: one that it cannot do without cannot be read.
        """
        held: Json = {}
        for name, value in loose.items():
            if name not in fields_of(kind):
                self.unknown += [f"{of}.{printable(name)}"] if name not in KNOWN[of] else []
                continue
            try:
                self.check(name, value)
                held[fields_of(kind)[name].name] = as_field(kind, name, value)
            except UnfitError as error:
                if name not in OPTIONAL[of]:
                    raise
                self.reject("field", {name: value}, error, place)
        return held

    def kept(self, loose: Json, place: Place) -> Json:
        """The fields that no struct has, as far as they can be written."""
        held: Json = {}
        for name, value in loose.items():
            try:
                self.check(name, value)
                held[name] = value
            except UnfitError as error:
                self.reject("field", {name: value}, error, place)
        return held

    def check(self, name: str, value: Any) -> None:
        """See that a field holds nothing that no table can.

        Raises:
            UnfitError: it does (E225).
        """
        spoilt = unwritable({name: value}) if self.is_suspect else ""
        if spoilt:
            raise UnfitError(SPOILT, spoilt)

    def reject(self, kind: str, loose: Any, error: UnfitError, place: Place) -> None:
        """Keep what cannot be read, and why."""
        finding = error.kind.finding(error.detail, **self.place, **place)
        self.rejects.append(Reject(kind, written(loose) if self.is_suspect else loose, [finding]))


def written(loose: Any) -> Any:
    """What is left out, as text that can be written, whatever it holds."""
    return [json.dumps(one) for one in loose] if isinstance(loose, list) else json.dumps(loose)
