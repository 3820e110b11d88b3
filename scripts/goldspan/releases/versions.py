"""Which version step a list of changes asks for at least."""

from collections.abc import Iterable
from enum import IntEnum

from goldspan.releases.changes import Change

__all__ = ["Step", "Version", "least_step", "least_version", "parse_version", "shown"]

Version = tuple[int, int, int]


class Step(IntEnum):
    """A step from one version to the next, by what users have to expect."""

    none = 0
    patch = 1
    minor = 2
    major = 3


MAJOR = {
    ("config", "removed"),
    ("config", "renamed"),
    ("column", "removed"),
    ("column", "changed"),
    ("label", "removed"),
    ("label", "renamed"),
    ("tags", "renumbered"),
    ("document", "withdrawn"),
}
MINOR = {("config", "added"), ("column", "added"), ("label", "added"), ("document", "added")}


def least_step(changes: Iterable[Change]) -> Step:
    """The least step that all changes allow; anything that is neither major nor minor is a correction."""
    return max(map(step_of, changes), default=Step.none)


def step_of(change: Change) -> Step:
    """The step that one change asks for.

    Guidelines with another first number, or without one, give the labels another meaning. A text that is withheld is
    withdrawn.
    """
    kind = (change.item, change.what)
    if change.item == "guidelines":
        old, new = ((version or "").split(".")[0] for version in change.values["version"])
        return Step.major if old and old != new else Step.patch
    if change.values.get("text_is_given") == (True, False):
        return Step.major
    return Step.major if kind in MAJOR else Step.minor if kind in MINOR else Step.patch


def parse_version(text: str) -> Version:
    """A version of three numbers, as `Corpus.version` is.

    Raises:
        ValueError: it is none.
    """
    major, minor, patch = map(int, text.split("."))
    return major, minor, patch


def least_version(last: Version, step: Step) -> Version:
    """The least version that a step leads to."""
    major, minor, patch = last
    if step is Step.major:
        return major + 1, 0, 0
    return (major, minor + 1, 0) if step is Step.minor else (major, minor, patch + (step is Step.patch))


def shown(version: Version) -> str:
    """A version as it is written."""
    return ".".join(map(str, version))
