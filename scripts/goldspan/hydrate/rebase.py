"""Raw articles that were corrected -> their annotations carried over to the new text. The whole story.

Exports are never changed: what is carried over becomes a new export, which says all for its tasks. Names of places in
the decisions and clusters are made anew; what no longer fits there, the build names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.articles import load_articles
from goldspan.corpus import Corpus, check_settings, load_corpus
from goldspan.decisions import read_decisions
from goldspan.export.naming import export_name
from goldspan.export.reader import read_tasks, task_doc_id
from goldspan.export.standing import Placed, standing_tasks
from goldspan.export.storing import data_showing
from goldspan.export.tasks import read_export
from goldspan.export.texts import text_of
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.hydrate.anchors import Alignment, align
from goldspan.hydrate.carry import Carried, Json, Move, Written, carry
from goldspan.hydrate.names import renamed_pair, renamed_sheet
from goldspan.labeling import TextSource, load_labeling_config
from goldspan.pairs import read_clusters
from goldspan.records import Article
from goldspan.store import staged

__all__ = ["Rebased", "rebase", "write_rebased"]

NOT_REPLACED = fault(
    "E940",
    "A task has no time of its making, so that no later export can take its place",
    "Export the project again from Label Studio, which writes created_at, and put that in the place of this export.",
)

Tasks = Iterable[tuple[Placed[Written], Json]]


class Rebased(Struct, frozen=True):
    """What is to be written, by path, the moves of every region, and what a person must look at."""

    files: dict[Path, bytes]
    moves: list[Move]
    findings: list[Finding]


def rebase(folder: Path, today: date) -> Rebased:
    """Carry the annotations of a corpus over to the texts of its articles, where those differ.

    Raises:
        DataError: settings, articles, exports, decisions or clusters cannot be used, or a later export could not take
            the place of a task (E940).
    """
    corpus = load_corpus(folder)
    config = load_labeling_config(corpus.path("labeling_config"))
    corpus = check_settings(corpus, config)
    articles, findings = load_articles(corpus)
    stop_on_errors(findings)
    standing = standing_tasks(corpus.export_files(), read_written).tasks
    alignments: dict[str, Alignment] = {}
    by_id = {one.doc_id: one for one in articles}
    carried = list(carry_all(standing, by_id, config.source, alignments)) if config.source else []
    pairs = list(carry_pairs(corpus, alignments)) if alignments else []
    stop_on_errors(unreplaced(placed for placed, _ in (*carried, *pairs)))
    place = corpus.path("exports")
    files = new_exports(place, corpus.exports, corpus.export_files(), [(at, one.entry) for at, one in carried], today)
    if pairs:
        files |= new_exports(place, corpus.pair_exports, corpus.pair_export_files(), pairs, today)
    looks = [finding for _, one in carried for finding in one.findings]
    read_decisions(corpus.path("decisions"))
    read_clusters(corpus.path("clusters"))
    for path, column in ((corpus.path("decisions"), "conflict"), (corpus.path("clusters"), "claim_id")):
        if path.exists():
            sheet, gone = renamed_sheet(path, column, alignments)
            looks += gone
            files |= {path: sheet} if sheet != path.read_bytes() else {}
    return Rebased(files, sorted(move for _, one in carried for move in one.moves), sorted(set(looks)))


def write_rebased(rebased: Rebased) -> None:
    """Write the new exports and lists.

    Raises:
        OSError: one cannot be written; no file is touched.
    """
    with staged(rebased.files) as put_in_place:
        put_in_place()


def read_written(path: Path) -> list[Written]:
    """Every task of an export as it is written.

    Raises:
        DataError: the file cannot be read or is not JSON (E201), does not hold tasks (E202), or a task
            cannot be read (E225 to E227).
    """
    stop_on_errors(fault for task in read_export(path) for fault in task.faults)
    tasks = []
    for entry in read_tasks(path, dict[str, Any]):
        part = entry if entry.get("data") is not None else entry["task"]
        tasks.append(Written(data=part["data"], id=part.get("id"), created_at=part.get("created_at"), entry=entry))
    return tasks


def carry_all(
    standing: Iterable[Placed[Written]],
    articles: Mapping[str, Article],
    source: TextSource,
    alignments: dict[str, Alignment],
) -> Iterator[tuple[Placed[Written], Carried]]:
    """Each task that was annotated on another text than its article has, carried over; keeps the alignments.

    A task that has no more than the address of its text does not say on which text it was annotated, and stays.
    """
    for placed in standing if not source.is_address else ():
        doc_id, old = task_doc_id(placed.task), text_of(placed.task.data, source)
        article = articles.get(doc_id)
        if article is not None and isinstance(old, str) and old != article.text:
            if doc_id not in alignments or alignments[doc_id].old != old:
                alignments[doc_id] = align(old, article.text)
            hashed = {"text_sha256": article.sha256} if "text_sha256" in placed.task.data else {}
            data = data_showing(article.text, source, {**placed.task.data, **hashed})
            place = {"file": str(placed.file), "task": doc_id}
            yield placed, carry(msgspec.structs.replace(placed.task, data=data), doc_id, alignments[doc_id], place)


def carry_pairs(corpus: Corpus, alignments: Mapping[str, Alignment]) -> Iterator[tuple[Placed[Written], Json]]:
    """Each task of a pair of claims of which one has another name now, with that name."""
    for placed in standing_tasks(corpus.pair_export_files(), read_written).tasks:
        entry = renamed_pair(placed.task, alignments)
        if entry is not None:
            yield placed, entry


def unreplaced(tasks: Iterable[Placed[Written]]) -> Iterator[Finding]:
    """Findings about tasks whose place no later export can take (E940)."""
    for placed in tasks:
        if not placed.task.created_at:
            yield NOT_REPLACED.finding(file=str(placed.file), task=task_doc_id(placed.task))


def new_exports(
    folder: Path,
    patterns: Sequence[str],
    known: Sequence[Path],
    tasks: Iterable[tuple[Placed[Written], Json]],
    today: date,
) -> dict[Path, bytes]:
    """A new export for each that has tasks to be carried over, in the same order, so that the same ones stand."""
    by_file: dict[Path, list[Json]] = {}
    for placed, entry in tasks:
        by_file.setdefault(placed.file, []).append(entry)
    names = [path.name for path in known]
    files = {}
    for file in sorted(by_file, key=lambda path: path.name):
        names.append(export_name(patterns, today, names))
        files[folder / names[-1]] = msgspec.json.encode(by_file[file]) + b"\n"
    return files
