"""A project's annotations -> a new export in the corpus, dated and never changed again, if there is anything new."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from goldspan.corpus import Corpus
from goldspan.export.naming import export_name
from goldspan.export.reader import read_tasks, task_doc_id
from goldspan.export.spans import user_shown
from goldspan.faults import Finding, fault
from goldspan.progress import Show
from goldspan.store import write_new
from goldspan.studio.connection import Studio, named_errors
from goldspan.studio.projects import Kind
from goldspan.studio.push import find_project
from goldspan.studio.snapshot import ServerAnnotation, ServerTask, snapshot

__all__ = ["Change", "Pulled", "changes", "exports_of", "pull"]

NO_PROJECT = fault("E821", "The server has no project with this title", "Push it first, or name another (--project).")
NO_TASKS = fault("W803", "The project has no tasks; what was pulled from it before still counts", "Push it anew.")


class Change(Struct, frozen=True, order=True):
    """What became of an annotation since the last pull: ``new``, ``changed``, ``skipped`` or ``gone``."""

    doc_id: str
    what: str
    user: str


class Pulled(Struct, frozen=True):
    """What a pull gave: the new export (None if nothing changed) and the changes since the last one.

    ``drafts`` counts by document what is not submitted; it is not taken.
    """

    file: Path | None
    changes: list[Change]
    drafts: dict[str, int]
    since: Path | None
    warnings: list[Finding]


class Exports(Struct, frozen=True):
    """The exports of one kind of project in a corpus, the patterns of their names first."""

    corpus: Corpus
    patterns: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.corpus.path("exports")

    def known(self) -> list[Path]:
        """Those that are there, in the order in which they add up."""
        return self.corpus.fitting(self.patterns)


def exports_of(corpus: Corpus, kind: Kind) -> Exports:
    """Where the exports of a kind of project belong. What is adjudicated are annotations of articles."""
    return Exports(corpus, corpus.pair_exports if kind is Kind.pairs else corpus.exports)


def pull(studio: Studio, title: str, exports: Exports, today: date, show: Show) -> Pulled:
    """Export a project if anything changed since the last export of it.

    Raises:
        DataError: the server cannot be used (E806 to E812), has no such project (E821), or no export can be named
            (E822).
        OSError: the export cannot be written; nothing is left of it.
    """
    warnings: list[Finding] = []
    with named_errors(studio.url):
        project = find_project(studio, title)
        if project is None:
            raise NO_PROJECT.error(repr(title), file=studio.url)
        with snapshot(studio, project.id, show, spelled_out=False) as path:
            tasks = read_tasks(path, ServerTask, studio.url)
            if not tasks:
                warnings.append(NO_TASKS.finding(repr(title), file=studio.url))
            drafts = {task_doc_id(task): len(task.drafts) for task in tasks if task.drafts}
            while True:
                known = exports.known()
                since, before = last_of(known, tasks)
                found = sorted(changes(before, tasks))
                if not found:
                    return Pulled(None, [], drafts, since, warnings)
                target = exports.folder / export_name(exports.patterns, today, [each.name for each in known])
                if write_new(target, path):
                    return Pulled(target, found, drafts, since, warnings)


def last_of(exports: Sequence[Path], tasks: Sequence[ServerTask]) -> tuple[Path | None, list[ServerTask]]:
    """The last export that holds a task of this very project, and its tasks; none if there was no pull yet."""
    identities = {task.identity for task in tasks}
    for path in reversed(exports):
        earlier = read_tasks(path, ServerTask)
        if any(task.identity in identities for task in earlier):
            return path, earlier
    return None, []


def changes(before: Sequence[ServerTask], now: Sequence[ServerTask]) -> Iterator[Change]:
    """What became of annotations between two exports of a project."""
    earlier, later = by_place(before), by_place(now)
    for place, one in later.items():
        if place not in earlier or content(earlier[place]) != content(one):
            what = "skipped" if one.was_cancelled else "changed" if place in earlier else "new"
            yield Change(place[0], what, user_shown(one.completed_by))
    for place in earlier.keys() - later.keys():
        yield Change(place[0], "gone", user_shown(earlier[place].completed_by))


def by_place(tasks: Sequence[ServerTask]) -> Mapping[tuple[str, str], ServerAnnotation]:
    """Every annotation by its document and its number."""
    return {(task_doc_id(task), str(one.id)): one for task in tasks for one in task.annotations or ()}


def content(one: ServerAnnotation) -> bytes:
    """What an annotation says, whatever the order of its items; when it was saved is not part of it."""
    items = sorted(msgspec.json.encode(item, order="deterministic") for item in one.result or [])
    return msgspec.json.encode([user_shown(one.completed_by), bool(one.was_cancelled), items])
