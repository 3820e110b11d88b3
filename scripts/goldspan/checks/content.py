"""How a check of content is declared and run: what the tables say, not their form. Its findings can be accepted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

import msgspec
import pyarrow as pa
from msgspec import Struct

from goldspan.checks.registry import around, declare
from goldspan.faults import FAULTS, Finding, fault
from goldspan.schemas import Row
from goldspan.settings import Accepted, Settings

__all__ = ["CONTENT_CHECKS", "Content", "Spot", "check_content", "content_check", "content_of"]

STALE = fault(
    "W500",
    "A finding that corpus.toml accepts is not there",
    "Remove its code or row from [[accepted]] in corpus.toml; then build again.",
)


class Content(Struct, frozen=True, dict=True):
    """The rows of each config of a release whose form is right, and the settings that say what they are for."""

    tables: Mapping[str, Sequence[Row]]
    settings: Settings

    def rows(self, config: str) -> Sequence[Row]:
        """The rows of a config; none where the release has none."""
        return self.tables.get(config, ())

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each document."""
        return {row["doc_id"]: row["text"] for row in self.rows("documents")}


class Spot(Struct, frozen=True):
    """Where a check found something: a row, the detail, and the place in a document where there is one."""

    row: str
    detail: str = ""
    doc_id: str = ""
    extent: tuple[int, int] | None = None


ContentCheck = Callable[[Content], Iterator[Spot]]

CONTENT_CHECKS: dict[str, ContentCheck] = {}


def content_check(code: str, message: str, remedy: str) -> Callable[[ContentCheck], ContentCheck]:
    """Declare a check of content."""
    return declare(fault(code, message, remedy), CONTENT_CHECKS)


def content_of(tables: Mapping[str, pa.Table], settings: Settings) -> Content:
    """The content of a release from its tables."""
    return Content({name: table.to_pylist() for name, table in tables.items()}, settings)


def check_content(content: Content, file: str = "") -> Iterator[Finding]:
    """Every finding about content, by all checks in the order of their codes.

    What the settings accept has the reason with it; what they accept and no check finds is a finding too (W500).
    """
    found = [
        FAULTS[code].finding(
            spot.detail,
            file=file,
            task=spot.doc_id,
            row=spot.row,
            context=around(content.texts[spot.doc_id], spot.extent) if spot.extent else "",
        )
        for code, check in sorted(CONTENT_CHECKS.items())
        for spot in check(content)
    ]
    yield from (accept(finding, content.settings.accepted) for finding in found)
    yield from stale(found, content.settings.accepted, file)


def accept(finding: Finding, accepted: Iterable[Accepted]) -> Finding:
    """The finding with the reason of the first entry that accepts it, if there is one."""
    reason = next((one.reason for one in accepted if accepts(one, finding)), "")
    return msgspec.structs.replace(finding, accepted=reason)


def accepts(one: Accepted, finding: Finding) -> bool:
    """True if an entry is about a finding."""
    about = not one.rows or finding.row in one.rows
    return one.code == finding.code and about and fnmatchcase(finding.message, one.match)


def stale(found: Sequence[Finding], accepted: Iterable[Accepted], file: str) -> Iterator[Finding]:
    """Findings about entries, and rows of entries, that accept nothing."""
    for one in accepted:
        rows = {finding.row for finding in found if accepts(one, finding)}
        for row in one.rows or ([] if rows else [""]):
            if row not in rows:
                yield STALE.finding(f"{one.code}, {one.reason}", file=file, row=row)
