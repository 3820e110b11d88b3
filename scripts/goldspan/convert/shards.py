"""A shard of the input -> its part of the output: four Parquet files, what was left out, and a count of it all.

Shards know nothing of each other; what two of them share is looked for when they are put together.
"""

import gc
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any, TextIO

import msgspec
import pyarrow as pa
from msgspec import Struct

from goldspan.arrow import INTEGERS
from goldspan.convert.batches import Batch
from goldspan.convert.bio import BIO_SCHEMA, bio_table, labels_of
from goldspan.convert.layout import TABLES, schemas
from goldspan.convert.parts import PartFiles
from goldspan.convert.rows import Marked
from goldspan.convert.subwords import as_subwords, load_tokenizer
from goldspan.export.addresses import NoText
from goldspan.export.copies import digest_of
from goldspan.export.narrow import entry_type
from goldspan.export.offsets import WHICH_UNIT, count_in_codepoints
from goldspan.export.reader import Entry, Task, TaskAnnotation, task_doc_id, task_of
from goldspan.export.rejects import Reject, as_plain
from goldspan.export.settled import settled
from goldspan.export.shaping import shape
from goldspan.export.tasks import read_entry
from goldspan.export.texts import text_of
from goldspan.export.windows import WRONG_FORM, Bounds, Form, Window, windows
from goldspan.faults import Finding, fault
from goldspan.labeling import LabelingConfig
from goldspan.records import Unit

__all__ = ["Options", "Outcome", "Piece", "Shard", "run_shard"]

NO_ID = fault(
    "E214", "A task has neither a doc_id nor an id", "Export it from Label Studio, or give its data a doc_id."
)
OTHER_TEXT = fault(
    "E215",
    "Two tasks have the same doc_id and another text",
    "Give each document a doc_id of its own. If the exports are of several projects, --prefix tells them apart.",
)
SAME_ID = fault(
    "E216",
    "Two annotations have the same id and do not say the same",
    "Give the one that holds, such as that of the later export. If the exports are of several projects, --prefix tells "
    "them apart.",
)

KEEP = 10_000  # spans that are made columns at once,
KEPT_BYTES = 1 << 23  # or bytes of an export with fewer
SHOWN = 10_000  # errors, and warnings, of a shard that are shown


class Options(Struct, frozen=True):
    """What is asked: the config, the unit of offsets, and a layer to tag, if any.

    ``tokenizer`` is the path of a Hugging Face tokenizer; without one, tokens are those of `goldspan.tokens`.
    ``beside`` lets tables be written while the next are made (see `PartFiles`). ``digests`` tells annotations of the
    same id apart by what they say, which takes a tenth of the time. ``configs`` are those of each export, by which its
    tasks are read, where they are several; ``config`` has the controls of all of them.
    """

    config: LabelingConfig
    offsets: Unit = Unit.auto
    bio: str | None = None
    tokenizer: str | None = None
    beside: bool = False
    digests: bool = False
    configs: tuple[LabelingConfig, ...] = ()

    @property
    def schemas(self) -> dict[str, pa.Schema]:
        """The columns of every table; documents have one for each data field, too."""
        subwords = [("input_ids", INTEGERS)] if self.tokenizer else []
        return {**schemas(self.config), "bio": pa.schema([*BIO_SCHEMA, *subwords])}

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that are asked for."""
        return (*TABLES, "bio") if self.bio else TABLES


class Piece(Struct, frozen=True):
    """A stretch of a file that can be read by itself; ``name`` is how findings call the file.

    ``export`` is the number of the file among those that were given, ``prefix`` what its ids begin with.
    """

    file: str
    name: str
    form: Form
    bounds: Bounds
    export: int = 0
    prefix: str = ""


class Shard(Struct, frozen=True):
    """The part of the input that one worker takes."""

    number: int
    pieces: list[Piece]


class Seen(Struct, frozen=True, gc=False):
    """An annotation: its document, and a digest of what it says, if those are made."""

    doc_id: str
    digest: bytes


class Counts(Struct):
    """How many there were of something, and what became of them; ``merged`` is what was there already."""

    read: int = 0
    written: int = 0
    rejected: int = 0
    merged: int = 0


class Outcome(Struct):
    """What became of a shard.

    ``documents`` are digests by id, ``annotation_ids`` what is known of each annotation; ``has_repeats`` if an id came
    again. ``added`` counts by annotation the values that stand with more than one span. ``fields`` are the columns of
    data fields of each file of documents, ``apart`` counts what are no annotations, ``elsewhere`` the items of regions
    in other texts, by control, ``untagged`` the spans that have no tags, by why, and ``labels`` those that tags are
    numbered by. ``findings`` are the faults of what was left out, and warnings; of ``unshown`` more only the number is
    known, by code. ``unknown`` counts fields that are not known, by name.
    """

    tasks: Counts = msgspec.field(default_factory=Counts)
    annotations: Counts = msgspec.field(default_factory=Counts)
    items: Counts = msgspec.field(default_factory=Counts)
    apart: dict[str, int] = msgspec.field(default_factory=lambda: {"drafts": 0, "predictions": 0})
    elsewhere: dict[str, int] = {}
    untagged: dict[str, int] = {}
    labels: list[str] = []
    documents: dict[str, str] = {}
    annotation_ids: dict[str, Seen] = {}
    added: dict[str, int] = {}
    has_repeats: bool = False
    fields: list[list[str]] = []
    rows: dict[str, int] = {}
    findings: list[Finding] = []
    unshown: dict[str, int] = {}
    unknown: dict[str, int] = {}


def run_shard(shard: Shard, options: Options, folder: Path) -> Outcome:
    """Convert a shard into a folder of its own, which must not hold anything.

    Raises:
        DataError: a file is broken (E201), so that nothing behind the place can be read.
        OSError: the output cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    gc.disable()  # nothing that is read forms circles, and collecting takes most of the time
    try:
        with (
            PartFiles(folder, options.tables, beside=options.beside) as files,
            (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects,
        ):
            work = Work(options, files, rejects)
            kept: Window[Entry] | None = None  # until the next is decoded: its memory need not be asked for again
            for piece in shard.pieces:
                work.begin(piece)
                kind = entry_type(work.config)
                for window in windows(piece.file, kind, piece.form, piece.bounds, piece.name):
                    work.take(window, piece.name)
                    kept = window
            del kept
            work.keep()
            files.flush()
            files.wait()
        outcome = work.outcome
        outcome.rows, outcome.fields, outcome.untagged = files.rows, files.fields, dict(work.untagged)
        outcome.elsewhere = dict(work.elsewhere)
        outcome.labels = list(labels_of(work.batch, options.bio)) if options.bio else []
        return outcome
    finally:
        gc.enable()


class Work:
    """The state of a shard under way."""

    def __init__(self, options: Options, files: PartFiles, rejects: TextIO) -> None:
        """Begin: tables go to files, what is left out to rejects."""
        self.options = options
        self.files = files
        self.rejects = rejects
        self.batch = Batch(options.config)
        self.outcome = Outcome()
        self.tokenizer = load_tokenizer(Path(options.tokenizer)) if options.tokenizer else None
        self.run: list[Marked] = []  # annotations that have no rows yet
        self.untagged: Counter[str] = Counter()
        self.elsewhere: Counter[str] = Counter()
        self.reported: Counter[str] = Counter()  # findings of each severity
        self.bytes = 0  # of the windows that are no tables yet
        self.config = options.config
        self.prefix = ""

    def begin(self, piece: Piece) -> None:
        """Go on with a piece of an export, by its config and with its prefix before ids."""
        self.config = self.options.configs[piece.export] if self.options.configs else self.options.config
        self.prefix = f"{piece.prefix}-" if piece.prefix else ""

    def take(self, window: Window[Entry], file: str) -> None:
        """Take the tasks of a window."""
        for entry in window.tasks:
            task = task_of(entry)
            if task is None:
                self.not_a_task(msgspec.to_builtins(entry), file)
            else:
                self.take_task(task, file)
        for number, raw in enumerate(window.raw, window.first):
            self.take_raw(raw, file, number)
        for line, finding in window.broken:
            self.outcome.tasks.read += 1
            self.leave_out(Reject("task", as_plain(line), [finding]))
        self.add_run()
        self.bytes += window.size
        if self.batch.spans >= KEEP or self.bytes >= KEPT_BYTES:
            self.keep()

    def take_raw(self, raw: bytes, file: str, number: int) -> None:
        """Take what can be kept of a task that does not have its form."""
        found = read_entry(raw, file, number)
        self.count_left_out(found.rejects)
        for name in found.unknown:
            self.outcome.unknown[name] = self.outcome.unknown.get(name, 0) + 1
        task = task_of(found.entry) if found.entry else None
        if task is not None:
            self.take_task(task, file)
        elif found.entry is not None:
            self.not_a_task(as_plain(raw), file)

    def not_a_task(self, loose: Any, file: str) -> None:
        """Leave out what is no task."""
        self.outcome.tasks.read += 1
        finding = WRONG_FORM.finding("neither data nor a task with data", file=file)
        self.leave_out(Reject("task", loose, [finding]))

    def take_task(self, task: Task, file: str) -> None:
        """Rows for a task and its annotations, or rejects."""
        outcome, config = self.outcome, self.config
        self.elsewhere += shape(task.annotations, config)
        outcome.tasks.read += 1
        outcome.annotations.read += len(task.annotations)
        outcome.items.read += sum(len(one.result or ()) for one in task.annotations)
        outcome.apart["drafts"] += task.drafts
        outcome.apart["predictions"] += task.predictions
        doc_id = self.prefix + task_doc_id(task)
        text = text_of(task.data, config.source) if config.source else None
        place = {"file": file, "task": doc_id}
        if task.id is None and task.data.get("doc_id") is None:
            self.leave_out_task(task, NO_ID.finding(file=file, context=text[:60] if isinstance(text, str) else ""))
        elif isinstance(text, NoText):
            self.leave_out_task(task, text.fault.finding(text.detail, **place))
        else:
            known_by = msgspec.json.encode(task.data) if text is None else text.encode("utf-8", "surrogatepass")
            digest = hashlib.sha256(known_by).hexdigest()
            known = outcome.documents.get(doc_id)
            if known is None:
                outcome.documents[doc_id] = digest
                outcome.tasks.written += 1
                self.batch.add_document(doc_id, text, digest, task, ("doc_id", config.text_field))
            elif known == digest:
                outcome.tasks.merged += 1
            else:
                self.leave_out_task(task, OTHER_TEXT.finding(**place))
                return
            self.take_annotations(task, text or "", place)

    def take_annotations(self, task: Task, text: str, place: dict[str, str]) -> None:
        """Rows for the annotations of a task, their offsets in code points."""
        said = count_in_codepoints(text, task.annotations, self.options.offsets)
        if said is WHICH_UNIT:
            for one in task.annotations:
                self.leave_out_annotation(one, said.finding(annotation=str(one.id), **place))
            return
        if said:
            self.report(said.finding(**place))
        for number, one in enumerate(task.annotations):
            name = f"{place['task']}:{number}" if one.id is None else f"{self.prefix}{one.id}"
            seen = Seen(place["task"], digest_of(one, place["task"]) if self.options.digests else b"")
            known = self.outcome.annotation_ids.setdefault(name, seen)
            if known is seen:
                self.outcome.annotations.written += 1
                self.run.append(Marked(name, place["file"], place["task"], text, one))
            elif self.options.digests and known == seen:
                self.outcome.annotations.merged += 1
                self.outcome.items.merged += len(one.result or ())
            else:
                self.leave_out_annotation(one, SAME_ID.finding(annotation=name, **place))
            self.outcome.has_repeats |= known is not seen

    def add_run(self) -> None:
        """Rows for the annotations that have none yet: before anything behind them is reported, to keep the order."""
        run, self.run = self.run, []
        self.add_all(run)

    def add_all(self, run: list[Marked]) -> None:
        """Rows for some annotations; of a single one that is odd, for what can be kept of it."""
        if not run or self.batch.add(run):
            return
        if len(run) == 1:
            self.add_sifted(run[0])
        else:
            self.add_all(run[: len(run) // 2])
            self.add_all(run[len(run) // 2 :])

    def add_sifted(self, each: Marked) -> None:
        """Rows for what can be kept of an annotation."""
        one, place = each.one, {"file": each.file, "task": each.doc_id, "annotation": each.annotation_id}
        found = settled(one.result or (), self.options.config)
        self.outcome.items.merged += found.merged
        if found.added:
            self.outcome.items.written -= found.added
            self.outcome.added[each.annotation_id] = found.added
        one.result = found.items
        if self.batch.add([each]):
            return
        from goldspan.convert.sift import sift  # noqa: PLC0415 - brings along all checks

        sifted = sift(found.items, each.text, self.options.config, place)
        one.result = sifted.kept
        if not self.batch.add([each]):  # not seen to happen: lose it with its place
            one.result = []
            sifted.rejects.append(
                Reject("value", sifted.kept, [WRONG_FORM.finding("its values fit no column", **place)])
            )
            self.batch.add([each])
        for reject in sifted.rejects:
            self.outcome.items.rejected += len(reject.item)
            self.leave_out(reject)

    def count_left_out(self, rejects: list[Reject]) -> None:
        """Leave out what did not have the form of a task, an annotation or an item, and count it."""
        for reject in rejects:
            kinds = {"task": self.outcome.tasks, "annotation": self.outcome.annotations, "field": Counts()}
            count = kinds.get(reject.kind, self.outcome.items)
            count.read += 1
            count.rejected += 1 if reject.kind != "task" else 0
            self.leave_out(reject)

    def leave_out_task(self, task: Task, finding: Finding) -> None:
        """Leave out a task with all its annotations."""
        for one in task.annotations:
            self.outcome.annotations.rejected += 1
            self.outcome.items.rejected += len(one.result or ())
        self.leave_out(Reject("task", msgspec.to_builtins(task), [finding]))

    def leave_out_annotation(self, one: TaskAnnotation, finding: Finding) -> None:
        """Leave out an annotation with all that it holds."""
        self.outcome.annotations.rejected += 1
        self.outcome.items.rejected += len(one.result or ())
        self.leave_out(Reject("annotation", msgspec.to_builtins(one), [finding]))

    def leave_out(self, reject: Reject) -> None:
        """Write down what is left out, with why."""
        self.outcome.tasks.rejected += reject.kind == "task"
        self.report(*reject.findings)
        words = [msgspec.to_builtins(finding) for finding in reject.findings]
        line = {"kind": reject.kind, "findings": words, "left_out": msgspec.to_builtins(reject.item)}
        self.rejects.write(json.dumps(line, ensure_ascii=True, sort_keys=True) + "\n")

    def report(self, *findings: Finding) -> None:
        """Keep findings to be shown; of very many errors or warnings only the first, and how many there were."""
        self.add_run()
        for finding in findings:
            self.reported[finding.severity] += 1
            if self.reported[finding.severity] <= SHOWN:
                self.outcome.findings.append(finding)
            else:
                self.outcome.unshown[finding.code] = self.outcome.unshown.get(finding.code, 0) + 1

    def keep(self) -> None:
        """Make tables of the rows that are there, while they are at hand."""
        rows = self.batch.rows()
        self.outcome.items.written += rows.items
        tables = self.batch.tables(rows)
        if self.options.bio is not None:
            tables["bio"] = bio_table(self.batch, rows.spans, self.options.bio, self.untagged)
            if self.tokenizer is not None:
                tables["bio"] = as_subwords(tables["bio"], self.tokenizer)
        self.files.add(tables)
        self.batch.clear()
        self.bytes = 0
