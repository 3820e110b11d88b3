"""What a conversion writes: its files, and the columns of the four tables."""

import re
from collections.abc import Iterable

import pyarrow as pa

from goldspan.arrow import COLUMN_TYPES, STRINGS
from goldspan.labeling import LabelingConfig

__all__ = [
    "FIXED",
    "OURS",
    "PREDICTIONS",
    "TABLES",
    "TASK_META",
    "column_names",
    "file_name",
    "predictions_schema",
    "schemas",
]

OURS = re.compile(r"README\.md|rejects\.jsonl|(?P<table>\w+)/train-\d{5}-of-\d{5}\.parquet")
TASK_META = "task_meta"  # the column of documents for what Label Studio keeps as a task's meta, where one has it
TABLES = ("documents", "annotations", "spans", "relations")
FIXED = {
    "annotations": (
        ("annotation_id", pa.string()),
        ("doc_id", pa.string()),
        ("annotator", pa.string()),
        ("ground_truth", pa.bool_()),
        ("was_cancelled", pa.bool_()),
        ("created_at", pa.string()),
        ("updated_at", pa.string()),
        ("lead_time", pa.float64()),
        ("meta", pa.string()),
    ),
    "spans": (
        ("span_id", pa.string()),
        ("annotation_id", pa.string()),
        ("doc_id", pa.string()),
        ("layer", pa.string()),
        ("labels", STRINGS),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("text", pa.string()),
        ("parent_span_id", pa.string()),
        ("origin", pa.string()),
        ("score", pa.float64()),
        ("meta", pa.string()),
    ),
    "relations": (
        ("relation_id", pa.string()),
        ("annotation_id", pa.string()),
        ("doc_id", pa.string()),
        ("from_span_id", pa.string()),
        ("to_span_id", pa.string()),
        ("direction", pa.string()),
        ("labels", STRINGS),
        ("meta", pa.string()),
    ),
    "documents": (("doc_id", pa.string()), ("text", pa.string()), ("text_sha256", pa.string())),
}
PREDICTIONS = (
    ("span_id", pa.string()),
    ("prediction_id", pa.string()),
    ("doc_id", pa.string()),
    ("model_version", pa.string()),
    ("prediction_score", pa.float64()),
    *FIXED["spans"][3:],
)


def file_name(number: int, count: int) -> str:
    """The name of one of some files of a table."""
    return f"train-{number:05}-of-{count:05}.parquet"


def column_names(names: Iterable[str], table: str) -> dict[str, str]:
    """The columns for some controls or data fields: their own names, with ``field_`` before one that is taken.

    A name's column depends on no other name, since parts of the input that know other names are put together.
    """
    taken = {name for name, _ in (PREDICTIONS if table == "predictions" else FIXED[table])} | (
        {TASK_META} if table == "documents" else set()
    )
    return {name: f"field_{name}" if re.sub(r"\A(field_)+", "", name) in taken else name for name in names}


def schemas(config: LabelingConfig, columns: Iterable[str] = ()) -> dict[str, pa.Schema]:
    """The columns of the four tables: those of controls are typed by the config, more ``columns`` of tasks are text."""
    more: dict[str, dict[str, pa.DataType]] = {
        "documents": dict.fromkeys(columns, pa.string()),
        "annotations": control_columns(config, "annotations", per_region=False),
        "spans": control_columns(config, "spans", per_region=True),
        "relations": {},
    }
    return {name: pa.schema([*FIXED[name], *more[name].items()]) for name in TABLES}


def predictions_schema(config: LabelingConfig) -> pa.Schema:
    """The columns of the table: fixed ones, then those of the controls of regions, then those of whole tasks."""
    controls = {
        **control_columns(config, "predictions", per_region=True),
        **control_columns(config, "predictions", per_region=False),
    }
    return pa.schema([*PREDICTIONS, *controls.items()])


def control_columns(config: LabelingConfig, table: str, *, per_region: bool) -> dict[str, pa.DataType]:
    """A typed column for each control that belongs to regions, or to whole tasks."""
    controls = [one for one in config.attributes.values() if one.per_region == per_region]
    names = column_names((one.name for one in controls), table)
    return {names[one.name]: COLUMN_TYPES[one.kind] for one in controls}
