"""What can be learnt from a release: the config that a task takes, and the columns and labels in it."""

from collections.abc import Iterator

import pyarrow as pa

from goldspan.arrow import STRINGS
from goldspan.faults import DataError, fault
from goldspan.released import Release
from goldspan.train.choices import Columns
from goldspan.train.examples import SPAN_TASKS, Task

__all__ = [
    "LABELS",
    "NOTHING",
    "choice_columns",
    "config_of",
    "label_column",
    "labels",
    "layers_of",
    "learnable",
    "nothing",
]

NOTHING = fault(
    "E980",
    "There is nothing to learn the task from",
    "Name a task that the folder has examples of, or a folder that has what docs/training.md says of the task.",
)
CONFIGS = {  # what a task is learnt from, beside the documents; of a layer it is the layer's own config
    Task.ner: "entities",
    Task.attribution: "claims",
    Task.claims: "claims",
    Task.relations: "claim_relations",
    Task.documents: "documents",
    Task.span_relations: "relations",
}
LABELS = ("label", "labels")  # a layer has one of these columns
CHOICES = (pa.string(), pa.bool_(), STRINGS)


def config_of(task: Task, layer: str = "") -> str:
    """The config that a task is learnt from; ``layer`` is the config of the layer that it is for."""
    return CONFIGS.get(task, layer)


def layers_of(release: Release, task: Task) -> tuple[str, ...]:
    """The configs of the layers that a task can be for: of entities the spans are found by ner."""
    return (*(("entities",) if task is Task.attributes else ()), *release.layers.further)


def label_column(release: Release, config: str) -> str:
    """The column that has the label of each span of a layer, or its labels."""
    names = release.tables[config].column_names
    return next(name for name in LABELS if name in names)


def choice_columns(release: Release, config: str) -> Columns:
    """The columns of a config with choices of annotators, each with the labels that it may have.

    The labels of spans are none of them: these are found with the spans.
    """
    schema = release.tables[config].schema
    own = LABELS if "start" in schema.names else ()
    named = (name.partition("/") for name in release.manifest.labels)
    columns = [column for table, _, column in named if table == config and column not in own]
    there = [name for name in columns if name in schema.names and schema.field(name).type in CHOICES]
    return {name: labels(release, config, name) for name in there}


def labels(release: Release, config: str, column: str) -> tuple[str, ...]:
    """The labels of a column, in the order of the labeling config; none where the manifest has none."""
    return tuple(release.manifest.labels.get(f"{config}/{column}", ()))


def nothing(release: Release, lacking: str) -> DataError:
    """The error that a release has nothing for a task, with the tasks that it has something for (E980)."""
    tasks = ", ".join(learnable(release)) or "no task"
    return NOTHING.error(f"no {lacking}; it has examples of {tasks}", file=str(release.folder))


def learnable(release: Release) -> Iterator[str]:
    """The tasks that a release has something for, as they are asked for: ``ner``, ``spans --layer event``."""
    asked = [(task, config, str(task)) for task, config in CONFIGS.items()]
    for task in (Task.spans, Task.attributes):
        asked += [(task, layer, f"{task} --layer {layer}") for layer in layers_of(release, task)]
    for task, config, name in asked:
        if config in release.tables and (choice_columns(release, config) or task in SPAN_TASKS):
            yield name
