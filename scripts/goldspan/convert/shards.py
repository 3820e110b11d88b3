"""A shard of the input -> its part of the output: four Parquet files, what was left out, and a count of it all.

Shards know nothing of each other; what two of them share is looked for when they are put together.
"""

import gc
import hashlib
import json
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from goldspan.arrow import INTEGERS
from goldspan.convert.batches import Batch
from goldspan.convert.bio import BIO_SCHEMA, bio_table
from goldspan.convert.columns import writer
from goldspan.convert.layout import FIXED, TABLES, schemas
from goldspan.convert.rejects import Reject, as_plain
from goldspan.convert.rows import Marked
from goldspan.convert.subwords import as_subwords, load_tokenizer
from goldspan.export.narrow import entry_type
from goldspan.export.offsets import WHICH_UNIT, count_in_codepoints
from goldspan.export.reader import Entry, Task, TaskAnnotation, task_of
from goldspan.export.spans import NO_TEXT, task_doc_id
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
    "Give each document a doc_id of its own, or convert the exports apart.",
)
SAME_ID = fault(
    "E216",
    "Two annotations have the same id",
    "Give each annotation once; convert exports of different servers apart.",
)

KEEP = 10_000  # spans that are made columns at once
ROWS = 32768  # spans in a row group, about 8 MB
SHOWN = 10_000  # findings of a shard that are shown


class Options(Struct, frozen=True):
    """What is asked: the config, the unit of offsets, and a layer to tag, if any.

    ``tokenizer`` is the path of a Hugging Face tokenizer; without one, tokens are those of `goldspan.tokens`.
    """

    config: LabelingConfig
    offsets: Unit = Unit.auto
    bio: str | None = None
    tokenizer: str | None = None

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
    """A stretch of a file that can be read by itself; ``name`` is how findings call the file."""

    file: str
    name: str
    form: Form
    bounds: Bounds


class Shard(Struct, frozen=True):
    """The part of the input that one worker takes."""

    number: int
    pieces: list[Piece]


class Counts(Struct):
    """How many there were of something, and what became of them; ``merged`` are documents that were there already."""

    read: int = 0
    written: int = 0
    rejected: int = 0
    merged: int = 0


class Outcome(Struct):
    """What became of a shard.

    ``documents`` are digests by id, ``fields`` the columns of data fields of each file of documents, ``apart`` counts
    what are no annotations, and ``untagged`` the spans that have no tags, by why. ``findings`` are the faults of what
    was left out, and warnings; of ``unshown`` more nothing is said.
    """

    tasks: Counts = msgspec.field(default_factory=Counts)
    annotations: Counts = msgspec.field(default_factory=Counts)
    items: Counts = msgspec.field(default_factory=Counts)
    apart: dict[str, int] = {}
    untagged: dict[str, int] = {}
    documents: dict[str, str] = {}
    annotation_ids: dict[str, str] = {}
    fields: list[list[str]] = []
    rows: dict[str, int] = {}
    findings: list[Finding] = []
    unshown: int = 0


def run_shard(shard: Shard, options: Options, folder: Path) -> Outcome:
    """Convert a shard into a folder of its own, which must not hold anything.

    Raises:
        DataError: a file is broken (E201), so that nothing behind the place can be read.
        OSError: the output cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    gc.disable()  # nothing that is read forms circles, and collecting takes most of the time
    try:
        with ExitStack() as stack:
            work = Work(options, folder, stack)
            kept: Window[Entry] | None = (
                None  # until the next is decoded: its memory need not be given back and asked for
            )
            kind = entry_type(options.config)
            try:
                for piece in shard.pieces:
                    for window in windows(piece.file, kind, piece.form, piece.bounds, piece.name):
                        work.take(window, piece.name)
                        kept = window
                del kept
                work.flush()
                work.wait()
            finally:
                wait(work.writing)  # no file is closed while it is written
        work.outcome.untagged = dict(work.untagged)
        return work.outcome
    finally:
        gc.enable()


class Work:
    """The state of a shard under way."""

    def __init__(self, options: Options, folder: Path, stack: ExitStack) -> None:
        """Begin; files that are opened are closed by the stack."""
        self.options = options
        self.folder = folder
        self.stack = stack
        self.batch = Batch(options.config)
        self.outcome = Outcome()
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.waiting: dict[str, list[pa.Table]] = {name: [] for name in options.tables}
        self.tokenizer = load_tokenizer(Path(options.tokenizer)) if options.tokenizer else None
        self.writer = stack.enter_context(ThreadPoolExecutor(1))  # writing goes on while the next tasks are read
        self.writing: list[Future[None]] = []
        self.run: list[Marked] = []  # annotations that have no rows yet
        self.seen: set[str] = set()
        self.untagged: Counter[str] = Counter()
        self.rejects = stack.enter_context((folder / "rejects.jsonl").open("w", encoding="utf-8"))

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
        self.add_run()
        if self.batch.spans < KEEP and len(self.batch.documents) < KEEP:
            return
        self.keep()
        if sum(contents.num_rows for contents in self.waiting["spans"]) >= ROWS:
            self.flush()

    def take_raw(self, raw: bytes, file: str, number: int) -> None:
        """Take what can be kept of a task that does not have its form."""
        from goldspan.convert.sift import sift_task  # noqa: PLC0415 - brings along all checks

        entry, rejects = sift_task(raw, file, number)
        self.count_left_out(rejects)
        task = task_of(entry) if entry else None
        if task is not None:
            self.take_task(task, file)
        elif entry is not None:
            self.not_a_task(as_plain(raw), file)

    def not_a_task(self, loose: Any, file: str) -> None:
        """Leave out what is no task."""
        self.outcome.tasks.read += 1
        finding = WRONG_FORM.finding("neither data nor a task with data", file=file)
        self.leave_out(Reject("task", loose, [finding]))

    def take_task(self, task: Task, file: str) -> None:
        """Rows for a task and its annotations, or rejects."""
        outcome, config = self.outcome, self.options.config
        outcome.tasks.read += 1
        outcome.annotations.read += len(task.annotations)
        outcome.items.read += sum(len(one.result or ()) for one in task.annotations)
        for name, count in (("drafts", task.drafts), ("predictions", task.predictions)):
            outcome.apart[name] = outcome.apart.get(name, 0) + count
        doc_id, text = task_doc_id(task), task.data.get(config.text_field)
        place = {"file": file, "task": doc_id}
        if task.id is None and task.data.get("doc_id") is None:
            self.leave_out_task(task, NO_ID.finding(file=file))
        elif not isinstance(text, str):
            self.leave_out_task(task, NO_TEXT.finding(config.text_field, **place))
        else:
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            known = outcome.documents.setdefault(doc_id, digest)
            if known != digest:
                self.leave_out_task(task, OTHER_TEXT.finding(**place))
                return
            self.add_document(task, doc_id, text, digest)
            self.take_annotations(task, text, place)

    def add_document(self, task: Task, doc_id: str, text: str, digest: str) -> None:
        """A row for a document, if it has none yet."""
        if doc_id in self.seen:
            self.outcome.tasks.merged += 1
            return
        self.seen.add(doc_id)
        self.outcome.tasks.written += 1
        self.batch.add_document(doc_id, text, digest, task.data, ("doc_id", self.options.config.text_field))

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
            name = f"{place['task']}:{number}" if one.id is None else str(one.id)
            if name in self.outcome.annotation_ids:
                self.leave_out_annotation(one, SAME_ID.finding(annotation=name, **place))
                continue
            self.outcome.annotation_ids[name] = place["task"]
            self.outcome.annotations.written += 1
            self.run.append(Marked(name, place["file"], place["task"], text, one))

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
        from goldspan.convert.sift import sift  # noqa: PLC0415 - brings along all checks

        one, place = each.one, {"file": each.file, "task": each.doc_id, "annotation": each.annotation_id}
        sifted = sift(one.result or (), each.text, self.options.config, place)
        one.result = sifted.kept
        if not self.batch.add([each]):  # not seen to happen: lose it with its place
            one.result = []
            sifted.rejects.append(Reject("value", sifted.kept, [WRONG_FORM.finding(**place)]))
            self.batch.add([each])
        for reject in sifted.rejects:
            self.outcome.items.rejected += len(reject.item)
            self.leave_out(reject)

    def count_left_out(self, rejects: list[Reject]) -> None:
        """Leave out what did not have the form of a task, an annotation or an item, and count it."""
        for reject in rejects:
            count = {"task": self.outcome.tasks, "annotation": self.outcome.annotations}.get(
                reject.kind, self.outcome.items
            )
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
        """Keep findings to be shown; of very many only the first, and how many there were."""
        self.add_run()
        room = max(0, SHOWN - len(self.outcome.findings))
        self.outcome.findings += findings[:room]
        self.outcome.unshown += len(findings[room:])

    def keep(self) -> None:
        """Make tables of the rows that are there, while they are at hand."""
        rows = self.batch.rows()
        self.outcome.items.written += rows.items
        tables = self.batch.tables(rows)
        if self.options.bio is not None:
            tables["bio"] = bio_table(self.batch, rows.spans, self.options.bio, self.untagged)
            if self.tokenizer is not None:
                tables["bio"] = as_subwords(tables["bio"], self.tokenizer)
        for name, contents in tables.items():
            self.waiting[name].append(contents)
            self.outcome.rows[name] = self.outcome.rows.get(name, 0) + contents.num_rows
        self.batch.clear()

    def flush(self) -> None:
        """Write the tables that are there as a row group; documents with a field that none had before begin a file."""
        self.keep()
        self.wait()
        for name, waiting in self.waiting.items():
            contents = pa.concat_tables(waiting, promote_options="default")
            fields = contents.column_names
            if name not in self.writers or self.writers[name].schema.names != fields:
                path = self.folder / f"{name}-{len(self.outcome.fields):03}.parquet"
                self.writers[name] = self.stack.enter_context(writer(path, contents.schema))
                self.outcome.fields += [fields[len(FIXED[name]) :]] if name == "documents" else []
            if contents.num_rows:
                self.writing.append(self.writer.submit(self.writers[name].write_table, contents))
            waiting.clear()

    def wait(self) -> None:
        """Wait until all that was flushed is written.

        Raises:
            OSError: it cannot be written.
        """
        for job in self.writing:
            job.result()
        self.writing.clear()
