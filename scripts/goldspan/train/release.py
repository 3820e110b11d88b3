"""A release -> the examples of a task."""

from goldspan.faults import fault
from goldspan.hashes import records_hash
from goldspan.released import Release
from goldspan.schemas import Row
from goldspan.train.examples import SPAN_TASKS, Described, Examples, Task
from goldspan.train.learnable import config_of, layers_of, nothing
from goldspan.train.release_items import with_items
from goldspan.train.release_spans import with_passages

__all__ = ["described", "of_release"]

NO_TEXT = fault("E981", "The release is without the articles' text", "Put it back with goldspan hydrate.")


def of_release(release: Release, task: Task, language: str, layer: str = "") -> Examples:
    """The examples of a release whose form is right; ``layer`` is the config of the layer that the task is for.

    Raises:
        DataError: it has nothing for the task (E980), or no text (E981).
    """
    config = config_of(task, layer)
    if layer and layer not in layers_of(release, task):
        raise nothing(release, f"layer {layer}")
    if config not in release.tables:
        raise nothing(release, config)
    if release.manifest.text == "withheld":
        raise NO_TEXT.error(file=str(release.folder))
    tables = {name: release.tables[name].to_pylist() for name in dict.fromkeys(("documents", config))}
    bare = Examples(
        task=task,
        source=f"{release.manifest.name} {release.manifest.version}",
        records={name: records_hash(rows) for name, rows in tables.items()},
        language=language,
        documents=tuple(map(described, tables["documents"])),
        near=release.manifest.settings.near_duplicates,
        layer=layer,
    )
    return with_passages(release, bare) if task in SPAN_TASKS else with_items(release, bare)


def described(row: Row) -> Described:
    """A document as folds see it; columns that it lacks say nothing."""
    group, date = row.get("story_group"), row.get("published_date")
    return Described(row["doc_id"], str(group or row["doc_id"]), None if date is None else str(date), row["text"])
