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
from goldspan.export.fields import unknown_fields
from goldspan.faults import Finding

__all__ = ["put_together"]


def put_together(outcomes: Sequence[Outcome], options: Options, parts: Path, new: Path) -> Outcome:
    """Move the parts of the shards into a folder by table, and add up what became of everything.

    A document or an annotation that an earlier shard has too stays there only; one whose text, or what it says, does
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
                place(sorted(folder.glob(f"{name}-*.parquet")), target, types[name], outcome, drop)
                whole.rows[name] += outcome.rows[name]
            rejects.write((folder / "rejects.jsonl").read_bytes())
            add_up(whole, outcome)
    whole.findings += unknown_fields(whole.unknown)
    sync_file(new / "rejects.jsonl")
    if not (new / "rejects.jsonl").stat().st_size:
        (new / "rejects.jsonl").unlink()
    return whole


Drop = dict[str, dict[str, set[str]]]


def clashes(whole: Outcome, outcome: Outcome) -> dict[str, Drop]:
    """The rows of a shard to leave out, since earlier shards have what they speak of: merged, and rejected.

    Each by table, column and value.
    """
    known = {doc_id for doc_id in outcome.documents if doc_id in whole.documents}
    other = {doc_id for doc_id in known if whole.documents[doc_id] != outcome.documents[doc_id]}
    again = {
        name: one
        for name, one in outcome.annotation_ids.items()
        if name in whole.annotation_ids and one.doc_id not in other
    }
    same = {name for name, one in again.items() if one == whole.annotation_ids[name]}
    outcome.tasks.rejected += len(other)
    outcome.tasks.merged -= len(other)
    outcome.findings += [OTHER_TEXT.finding(task=doc_id) for doc_id in sorted(other)]
    unlike = sorted(set(again) - same)
    outcome.findings += [SAME_ID.finding(task=again[one].doc_id, annotation=one) for one in unlike]
    for name, added in outcome.added.items():
        if name in again or outcome.annotation_ids[name].doc_id in other:
            count(outcome.items, "merged" if name in same else "rejected", -added)
    merged = {"documents": {"doc_id": known}, **drops({"annotation_id": same})}
    return {"merged": merged, "rejected": drops({"doc_id": other, "annotation_id": set(unlike)})}


def drops(values: dict[str, set[str]]) -> Drop:
    """Values that no row of the tables of annotations may have."""
    return dict.fromkeys((*TABLES[1:], "bio"), values)


def clash_line(finding: Finding) -> bytes:
    """A line of rejects.jsonl about what does not go with an earlier shard; the rows are gone, their ids are named."""
    kind = "annotation" if finding.annotation else "task"
    left_out = {"doc_id": finding.task, **({"annotation_id": finding.annotation} if finding.annotation else {})}
    line = {"kind": kind, "findings": [msgspec.to_builtins(finding)], "left_out": left_out}
    return json.dumps(line, sort_keys=True).encode() + b"\n"


def place(parts: Sequence[Path], target: Path, schema: pa.Schema, outcome: Outcome, drop: dict[str, Drop]) -> None:
    """Move the parts of a table to where they belong; written anew if they lack a column or are to lose rows."""
    name = target.parent.name
    lost = {how: each.get(name, {}) for how, each in drop.items()}
    whole = not any(values for each in lost.values() for values in each.values())
    if len(parts) == 1 and whole and pq.read_schema(parts[0]).names == schema.names:
        parts[0].rename(target)
    else:
        with writer(target, schema) as sink:
            for part in parts:
                for batch in pq.ParquetFile(part).iter_batches():
                    kept = pa.Table.from_batches([batch])
                    for how, values in lost.items():
                        kept = without(kept, values, name, outcome, how)
                    sink.write_table(widened(kept, schema))
    sync_file(target)


def without(contents: pa.Table, values: dict[str, set[str]], name: str, outcome: Outcome, how: str) -> pa.Table:
    """The rows of a table that have none of some values; the others are counted as merged or rejected."""
    kept = contents
    for column, each in values.items():
        kept = kept.filter(pc.invert(pc.is_in(kept[column], pa.array(sorted(each), pa.string()))))
    count_lost(name, contents, kept, outcome, how)
    return kept


def widened(contents: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table with the columns of a schema; those that it lacks are null."""
    columns = [
        contents[field.name] if field.name in contents.column_names else pa.nulls(contents.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def count_lost(name: str, contents: pa.Table, kept: pa.Table, outcome: Outcome, how: str) -> None:
    """Count the rows that a table has lost, and the items that they held."""
    lost = contents.num_rows - kept.num_rows
    outcome.rows[name] -= lost
    if name == "documents":  # that of those some have another text is counted where they are found
        count(outcome.tasks, how, lost)
        return
    if name == "annotations":
        count(outcome.annotations, how, lost)
    if name in FIXED:
        count(outcome.items, how, held(contents, name) - held(kept, name))


def count(counts: Counts, how: str, lost: int) -> None:
    """Count what was written as merged or rejected."""
    counts.written -= lost
    setattr(counts, how, getattr(counts, how) + lost)


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
    whole.untagged = dict(Counter(whole.untagged) + Counter(outcome.untagged))
    whole.documents = {**outcome.documents, **whole.documents}
    whole.annotation_ids |= outcome.annotation_ids
    whole.findings += outcome.findings
    whole.unshown = dict(Counter(whole.unshown) + Counter(outcome.unshown))
    whole.unknown = dict(Counter(whole.unknown) + Counter(outcome.unknown))
