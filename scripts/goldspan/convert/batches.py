"""The rows of some documents and annotations -> tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from goldspan.convert.columns import as_table, filled, lists, numbered, repeated
from goldspan.convert.layout import TASK_META, column_names, schemas
from goldspan.convert.nesting import innermost_around
from goldspan.convert.rows import Cells, Firsts, Marked, Rows, joined, rows_of
from goldspan.convert.vocabulary import Readers
from goldspan.export.meta import as_json
from goldspan.export.reader import Identified
from goldspan.export.spans import user_shown
from goldspan.labeling import LabelingConfig

__all__ = ["Batch"]


class Batch:
    """The documents and annotations that become tables together, and their rows run by run."""

    def __init__(self, config: LabelingConfig) -> None:
        """Begin without rows."""
        self.config = config
        self.readers = Readers(config)
        self.clear()

    def clear(self) -> None:
        """Begin anew without rows."""
        self.documents: list[tuple[str, str | None, str | None]] = []
        self.fields: dict[str, Cells] = {}
        self.metas: Cells = {}
        self.annotations: list[tuple[Any, ...]] = []
        self.texts: list[str] = []  # of each annotation's document
        self.spans = self.relations = 0
        self.runs = [rows_of((), self.readers)]

    def add_document(self, doc_id: str, text: str | None, digest: str, task: Identified, skip: Sequence[str]) -> None:
        """A row for a document, which may have no text: its data but some fields, each as text or as JSON, and meta."""
        row = len(self.documents)
        self.documents.append((doc_id, text, None if text is None else digest))
        for name, value in task.data.items():
            if name not in skip and value is not None:
                self.fields.setdefault(name, {})[row] = value if isinstance(value, str) else as_json(value)
        if task.meta:
            self.metas[row] = as_json(task.meta)

    def add(self, run: Sequence[Marked]) -> bool:
        """Rows for some annotations and all that they hold; False, and no row, if anything in them is odd."""
        rows = rows_of(run, self.readers, Firsts(self.spans, self.relations, len(self.annotations)))
        if rows is None:
            return False
        self.runs.append(rows)
        self.spans += len(rows.spans.starts)
        self.relations += len(rows.relations.sources)
        self.texts += [each.text for each in run]
        self.annotations += map(annotation_row, run)
        return True

    def rows(self) -> Rows:
        """The rows of all runs."""
        rows: Rows = joined(self.runs)
        return rows

    def tables(self, rows: Rows) -> dict[str, pa.Table]:
        """The rows as tables; the documents have a column for each data field that one of them has."""
        names = column_names(self.fields, "documents")
        of_tasks = {names[name]: cells for name, cells in self.fields.items()}
        of_tasks |= {TASK_META: self.metas} if self.metas else {}
        documents = list(zip(*self.documents, strict=True)) or [()] * 3
        annotations = list(zip(*self.annotations, strict=True)) or [()] * 8
        ids = pa.array(annotations[0], pa.string()), pa.array(annotations[1], pa.string())
        span_ids = pc.binary_join_element_wise(
            repeated(ids[0], rows.spans.of_each), pa.array(rows.spans.regions, pa.string()), ":"
        )
        columns: dict[str, list[Any]] = {
            "documents": [*documents, *(filled(cells, len(self.documents)) for _, cells in sorted(of_tasks.items()))],
            "annotations": [
                *annotations,
                filled(rows.metas, len(self.annotations)),
                *self.cells(rows, len(self.annotations), per_region=False),
            ],
            "spans": self.span_columns(rows, ids, span_ids),
            "relations": self.relation_columns(rows, ids, span_ids),
        }
        return {
            name: as_table(columns[name], schema) for name, schema in schemas(self.config, sorted(of_tasks)).items()
        }

    def span_columns(self, rows: Rows, ids: tuple[pa.Array, pa.Array], span_ids: pa.Array) -> list[Any]:
        """The columns of spans, as the schema has them."""
        spans, readers = rows.spans, self.readers
        count = len(spans.starts)
        owners = np.repeat(np.arange(len(spans.of_each)), spans.of_each)
        around = innermost_around(owners * len(readers.layers) + spans.layers, spans.starts, spans.ends)
        around[list(spans.parents)] = list(spans.parents.values())
        return [
            span_ids,
            *(repeated(column, spans.of_each) for column in ids),
            readers.layers.column(spans.layers),
            lists(readers.labels.column(spans.labels), spans.label_counts),
            pa.array(spans.starts),
            pa.array(spans.ends),
            spans.texts,
            span_ids.take(pa.array(around, mask=around < 0)),
            readers.origins.column(spans.origins),
            filled(spans.scores, count),
            filled(spans.metas, count),
            *self.cells(rows, count, per_region=True),
        ]

    def relation_columns(self, rows: Rows, ids: tuple[pa.Array, pa.Array], span_ids: pa.Array) -> list[Any]:
        """The columns of relations, as the schema has them."""
        relations, readers = rows.relations, self.readers
        of_relations = [repeated(column, relations.of_each) for column in ids]
        return [
            pc.binary_join_element_wise(of_relations[0], numbered(relations.of_each), ":r"),
            *of_relations,
            span_ids.take(pa.array(relations.sources)),
            span_ids.take(pa.array(relations.targets)),
            readers.directions.column(relations.directions),
            lists(readers.relations.column(relations.labels), relations.label_counts),
            filled(relations.metas, len(relations.sources)),
        ]

    def cells(self, rows: Rows, count: int, *, per_region: bool) -> list[list[Any] | None]:
        """The columns of the controls that belong to regions, or to tasks."""
        controls = [one for one in self.config.attributes.values() if one.per_region == per_region]
        return [filled(rows.spans.paths.get(one.name) or rows.values.get(one.name, {}), count) for one in controls]


def annotation_row(each: Marked) -> tuple[Any, ...]:
    """The row of an annotation, but for the values of controls."""
    one = each.one
    user = None if one.completed_by is None else user_shown(one.completed_by)
    flags = bool(one.ground_truth), bool(one.was_cancelled)
    return each.annotation_id, each.doc_id, user, *flags, one.created_at, one.updated_at, one.lead_time
