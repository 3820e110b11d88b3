"""The predictions of exports -> one table in the form of spans.

They are read as annotations are, with the same checks: each export is written once more with its predictions in the
place of annotations, the model in that of the annotator, and converted.
"""

import shutil
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from goldspan.convert.columns import writer
from goldspan.convert.layout import column_names, file_name, predictions_schema, schemas
from goldspan.convert.running import plan, run_all
from goldspan.convert.shards import Outcome, Shard
from goldspan.convert.together import put_together
from goldspan.convert.workers import Job
from goldspan.disk import sync_file
from goldspan.export.rejects import UNFIT
from goldspan.export.windows import Bounds, form_of, windows
from goldspan.labeling import LabelingConfig
from goldspan.progress import Show
from goldspan.remote import Place, shown, size_of

__all__ = ["add_predictions", "convert_predictions"]

Json = dict[str, Any]
AS_ANNOTATION = {"model_version": "completed_by", "score": "lead_time"}  # where these go, which annotations lack


class Written(Struct, frozen=True):
    """How many tasks were written, and how many predictions were left out since only their ids are in the export."""

    tasks: int
    ids_only: int


def convert_predictions(exports: Sequence[Place], job: Job, prefixes: Sequence[str], new: Path, show: Show) -> Outcome:
    """Write the table of predictions, and tell what became of them; ``apart`` counts what is not in the table.

    Raises:
        DataError: a file is broken (E201).
        OSError: the table cannot be written.
    """
    folder = new.parent / "predictions"
    (folder / "tables").mkdir(parents=True)
    options = msgspec.structs.replace(job.options, bio=None, tokenizer=None, beside=False)
    lines = [folder / f"{number:05}.jsonl" for number in range(len(exports))]
    written = [write_as_annotations(export, path) for export, path in zip(exports, lines, strict=True)]
    some = [number for number, each in enumerate(written) if each.tasks]
    shards = plan([lines[number] for number in some], job.workers, [prefixes[number] for number in some if prefixes])
    pieces = [
        [
            msgspec.structs.replace(piece, export=some[piece.export], name=shown(exports[some[piece.export]]))
            for piece in shard.pieces
        ]
        for shard in shards
    ]
    local = Job([Shard(number, each) for number, each in enumerate(pieces)], options, job.workers)
    whole = put_together(run_all(local, folder, folder / "parts", show), options, folder / "parts", folder / "tables")
    annotations, spans = (read_rows(folder / "tables" / name) for name in ("annotations", "spans"))
    table = predictions_table(annotations, spans, options.config)
    (new / "predictions").mkdir()
    with writer(new / "predictions" / file_name(0, 1), table.schema) as sink:
        sink.write_table(table)
    sync_file(new / "predictions" / file_name(0, 1))
    whole.rows = {"predictions": table.num_rows, "relations": whole.rows["relations"]}
    whole.apart = {"ids only": sum(each.ids_only for each in written)}
    with (
        (folder / "tables/rejects.jsonl").open("rb")
        if (folder / "tables/rejects.jsonl").exists()
        else BytesIO() as found
    ):
        add_rejects(new / "rejects.jsonl", found)
    shutil.rmtree(folder)
    return whole


def add_rejects(path: Path, found: BinaryIO) -> None:
    """Add lines to what was left out, but those that stand there."""
    known = set(path.read_bytes().splitlines(keepends=True)) if path.exists() else set()
    more = [line for line in found if line not in known]
    if more:
        with path.open("ab") as rejects:
            rejects.writelines(more)


def add_predictions(together: Outcome, predicted: Outcome) -> None:
    """Say of predictions what was said of all else; what was said of their tasks already is not said again."""
    together.findings += [finding for finding in predicted.findings if finding not in together.findings]
    together.unshown = {**predicted.unshown, **together.unshown}
    together.rows["predictions"] = predicted.rows["predictions"]
    del together.apart["predictions"]
    together.apart["prediction ids"] = predicted.apart["ids only"]
    if predicted.rows["relations"]:
        together.apart["their relations"] = predicted.rows["relations"]


def write_as_annotations(export: Place, target: Path) -> Written:
    """Write the tasks of an export as lines, with their predictions as annotations.

    What cannot be read as JSON is passed over: whoever reads the annotations names it.

    Raises:
        DataError: the file is broken (E201), or none of an export (E202).
        OSError: the target cannot be written.
    """
    form, tasks, ids_only = form_of(export), 0, 0
    with target.open("wb") as file:
        for window in windows(export, msgspec.Raw, form, Bounds(form.start, size_of(export), True), shown(export)):
            for raw in (*window.tasks, *window.raw):
                task = task_in(bytes(raw))
                if task is not None:
                    found = task.get("predictions")
                    predictions = found if isinstance(found, list) else []
                    objects = [each for each in predictions if isinstance(each, dict)]
                    ids_only += len(predictions) - len(objects)
                    tasks += 1
                    file.write(msgspec.json.encode(with_annotations(task, objects)) + b"\n")
    return Written(tasks, ids_only)


def task_in(raw: bytes) -> Json | None:
    """A task, or that of an annotation that a storage keeps; None if it is none, or cannot be read."""
    try:
        found = msgspec.json.decode(raw)
    except UNFIT:
        return None
    if isinstance(found, dict) and found.get("data") is None:
        found = found.get("task")
    return found if isinstance(found, dict) and isinstance(found.get("data"), dict) else None


def with_annotations(task: Json, predictions: list[Json]) -> Json:
    """A task whose annotations are predictions."""
    kept = {name: task[name] for name in ("id", "created_at", "meta", "data") if task.get(name) is not None}
    return {**kept, "annotations": [dict(as_annotation(each)) for each in predictions]}


def as_annotation(prediction: Json) -> Iterator[tuple[str, Any]]:
    """The fields of a prediction by the names that annotations have for them."""
    for name, held in prediction.items():
        if name in ("id", "result", "created_at", "updated_at"):
            yield name, held
        elif name in AS_ANNOTATION and held is not None:
            yield AS_ANNOTATION[name], str(held) if name == "model_version" else held


def predictions_table(annotations: pa.Table, spans: pa.Table, config: LabelingConfig) -> pa.Table:
    """The rows of predictions, from what was converted of them as annotations.

    A row a span. A prediction with values of the whole task, or without a span, has one row more, without layer and
    extent, whose ``span_id`` is the prediction's id.
    """
    schema, plain = predictions_schema(config), schemas(config)
    owners = annotations.take(pc.index_in(spans["annotation_id"], annotations["annotation_id"].combine_chunks()))
    values = [each for each in plain["annotations"].names if each not in ("annotation_id", "doc_id", "annotator")]
    own = values[values.index("meta") + 1 :]
    told = pc.invert(pc.is_in(annotations["annotation_id"], spans["annotation_id"].combine_chunks()))
    for name in own:
        told = pc.or_(told, pc.is_valid(annotations[name]))
    whole = annotations.filter(told)
    regions = {**dict(zip(spans.column_names, spans.columns, strict=True)), **of_prediction(owners)}
    tasks = {
        "span_id": whole["annotation_id"],
        "doc_id": whole["doc_id"],
        **of_prediction(whole),
        "meta": whole["meta"],
    }
    for one in config.attributes.values():
        (target,), table = (
            column_names([one.name], "predictions").values(),
            "spans" if one.per_region else "annotations",
        )
        (source,) = column_names([one.name], table).values()
        if one.per_region:
            regions[target] = spans[source]
        else:
            tasks[target] = whole[source]
    rows = [as_rows(regions, spans.num_rows, schema), as_rows(tasks, whole.num_rows, schema)]
    joined = pa.concat_tables(rows)
    order = pc.index_in(joined["prediction_id"], annotations["annotation_id"].combine_chunks())
    return joined.take(pc.sort_indices(pa.table({"at": order}), sort_keys=[("at", "ascending")]))


def of_prediction(annotations: pa.Table) -> dict[str, Any]:
    """What is said of the predictions that annotations stand for."""
    return {
        "prediction_id": annotations["annotation_id"],
        "model_version": annotations["annotator"],
        "prediction_score": annotations["lead_time"],
    }


def as_rows(columns: Json, count: int, schema: pa.Schema) -> pa.Table:
    """Columns as a table; those that lack are null."""
    held = [columns.get(field.name, pa.nulls(count, field.type)) for field in schema]
    return pa.Table.from_arrays(
        [pc.cast(each, field.type) for each, field in zip(held, schema, strict=True)], schema=schema
    )


def read_rows(folder: Path) -> pa.Table:
    """All files of a table."""
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.iterdir())])
