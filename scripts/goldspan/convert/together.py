"""The parts of all shards -> one set of files, without what two shards have both."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goldspan.convert.columns import writer
from goldspan.convert.layout import FIXED, TABLES, file_name
from goldspan.convert.shards import OTHER_TEXT, SAME_ID, Counts, Options, Outcome
from goldspan.disk import sync_file
from goldspan.faults import Finding

__all__ = ["put_together"]


def put_together(outcomes: Sequence[Outcome], options: Options, parts: Path, new: Path) -> Outcome:
    """Move the parts of the shards into a folder by table, and add up what became of everything.

    A document that an earlier shard has too stays there only; an annotation whose id, or a document whose text, does
    not go with an earlier shard's is left out. ``parts`` has a folder for each outcome, in their order.

    Raises:
        OSError: a file cannot be written.
    """
    fields = sorted({name for outcome in outcomes for names in outcome.fields for name in names})
    whole = Outcome(rows=dict.fromkeys(options.tables, 0), fields=[fields])
    types = options.schemas
    types["documents"] = pa.schema([*FIXED["documents"], *((name, pa.string()) for name in fields)])
    rejects = (new / "rejects.jsonl").open("wb")
    with rejects:
        for number, (outcome, folder) in enumerate(zip(outcomes, sorted(parts.iterdir()), strict=True)):
            before = len(outcome.findings)
            drop = clashes(whole, outcome)
            rejects.writelines(map(clash_line, outcome.findings[before:]))
            for name in options.tables:
                target = new / name / file_name(number, len(outcomes))
                target.parent.mkdir(exist_ok=True)
                place(sorted(folder.glob(f"{name}-*.parquet")), target, types[name], outcome, drop.get(name, {}))
                whole.rows[name] += outcome.rows[name]
            rejects.write((folder / "rejects.jsonl").read_bytes())
            add_up(whole, outcome)
    sync_file(new / "rejects.jsonl")
    if not (new / "rejects.jsonl").stat().st_size:
        (new / "rejects.jsonl").unlink()
    return whole


Drop = dict[str, dict[str, set[str]]]


def clashes(whole: Outcome, outcome: Outcome) -> Drop:
    """The rows of a shard to leave out, by table, column and value, since earlier shards have what they speak of."""
    known = {doc_id for doc_id in outcome.documents if doc_id in whole.documents}
    other = {doc_id for doc_id in known if whole.documents[doc_id] != outcome.documents[doc_id]}
    again = {name for name in outcome.annotation_ids if name in whole.annotation_ids} - {
        name for name, doc_id in outcome.annotation_ids.items() if doc_id in other
    }
    outcome.tasks.rejected += len(other)
    outcome.tasks.merged -= len(other)
    outcome.findings += [OTHER_TEXT.finding(task=doc_id) for doc_id in sorted(other)]
    outcome.findings += [SAME_ID.finding(task=outcome.annotation_ids[one], annotation=one) for one in sorted(again)]
    rest = {"doc_id": other, "annotation_id": again}
    drop: Drop = {"documents": {"doc_id": known}, **dict.fromkeys((*TABLES[1:], "bio"), rest)}
    return {name: {column: values for column, values in each.items() if values} for name, each in drop.items()}


def clash_line(finding: Finding) -> bytes:
    """A line of rejects.jsonl about what does not go with an earlier shard; the rows are gone, their ids are named."""
    kind = "annotation" if finding.annotation else "task"
    left_out = {"doc_id": finding.task, **({"annotation_id": finding.annotation} if finding.annotation else {})}
    line = {"kind": kind, "findings": [msgspec.to_builtins(finding)], "left_out": left_out}
    return json.dumps(line, sort_keys=True).encode() + b"\n"


def place(parts: Sequence[Path], target: Path, schema: pa.Schema, outcome: Outcome, drop: dict[str, set[str]]) -> None:
    """Move the parts of a table to where they belong; written anew if they lack a column or are to lose rows."""
    if len(parts) == 1 and not drop and pq.read_schema(parts[0]).names == schema.names:
        parts[0].rename(target)
    else:
        with writer(target, schema) as sink:
            for part in parts:
                for batch in pq.ParquetFile(part).iter_batches():
                    contents = pa.Table.from_batches([batch])
                    kept = without(contents, drop)
                    count_lost(target.parent.name, contents, kept, outcome)
                    sink.write_table(widened(kept, schema))
    sync_file(target)


def without(contents: pa.Table, drop: dict[str, set[str]]) -> pa.Table:
    """The rows of a table that have none of some values."""
    for column, values in drop.items():
        contents = contents.filter(pc.invert(pc.is_in(contents[column], pa.array(sorted(values), pa.string()))))
    return contents


def widened(contents: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table with the columns of a schema; those that it lacks are null."""
    columns = [
        contents[field.name] if field.name in contents.column_names else pa.nulls(contents.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def count_lost(name: str, contents: pa.Table, kept: pa.Table, outcome: Outcome) -> None:
    """Count the rows that a table has lost, and the items that they held."""
    lost = contents.num_rows - kept.num_rows
    outcome.rows[name] -= lost
    if name == "documents":  # that of those some have another text is counted where they are found
        outcome.tasks.written -= lost
        outcome.tasks.merged += lost
        return
    if name == "annotations":
        outcome.annotations.written -= lost
        outcome.annotations.rejected += lost
    items = held(contents, name) - held(kept, name) if name in FIXED else 0
    outcome.items.written -= items
    outcome.items.rejected += items


def held(contents: pa.Table, name: str) -> int:
    """How many items of results the rows of a table hold."""
    fixed = [column for column, _ in FIXED[name]]
    values: int = sum(
        contents.num_rows - contents[column].null_count for column in contents.column_names if column not in fixed
    )
    return values + (contents.num_rows if name != "annotations" else 0)


def add_up(whole: Outcome, outcome: Outcome) -> None:
    """Add what became of a shard to what became of all."""
    for name in ("tasks", "annotations", "items"):
        total, part = getattr(whole, name), getattr(outcome, name)
        for field in Counts.__struct_fields__:
            setattr(total, field, getattr(total, field) + getattr(part, field))
    whole.apart = {name: whole.apart[name] + count for name, count in outcome.apart.items()}
    whole.elsewhere = dict(Counter(whole.elsewhere) + Counter(outcome.elsewhere))
    whole.untagged = {why: whole.untagged.get(why, 0) + count for why, count in outcome.untagged.items()}
    whole.documents = {**outcome.documents, **whole.documents}
    whole.annotation_ids |= outcome.annotation_ids
    whole.findings += outcome.findings
    whole.unshown = dict(Counter(whole.unshown) + Counter(outcome.unshown))
