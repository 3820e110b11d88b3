"""A folder -> the examples of a task: of a release, or of what was converted."""

from pathlib import Path

from goldspan.checks import check_converted, check_release
from goldspan.convert.folder import read_converted
from goldspan.faults import stop_on_errors
from goldspan.folders import is_converted
from goldspan.labeling import as_stored, load_labeling_config
from goldspan.released import Release, read_release
from goldspan.train.converted import of_converted
from goldspan.train.examples import Examples, Task
from goldspan.train.release import of_release

__all__ = ["read_examples"]


def read_examples(
    folder: Path, task: Task, language: str | None = None, layer: str = "", config: Path | None = None
) -> Examples:
    """The examples that a folder has for a task, checked as ``goldspan validate`` checks its form.

    ``language`` is that of sentences; without it the first that the card of a release names, or en. ``layer`` is the
    config of the layer that the task is for, ``config`` the file of the labeling config of a converted folder.

    Raises:
        DataError: it is neither a release nor converted (E960), has nothing for the task (E980), no text (E981), or
            cannot be read or is wrong (the codes of `read_release`, `read_converted` and the checks).
    """
    if is_converted(folder):
        converted = read_converted(folder, as_stored(load_labeling_config(config)) if config else None)
        stop_on_errors(check_converted(converted))
        return of_converted(converted, task, language or "en")
    release = read_release(folder)
    stop_on_errors(check_release(release))
    return of_release(release, task, language or language_of(release), layer)


def language_of(release: Release) -> str:
    """The first language that the card of a release names; en where it names none."""
    named = release.card.language
    return (named if isinstance(named, str) else next(iter(named or ()), None)) or "en"
