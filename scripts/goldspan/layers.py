"""The Labels controls of a labeling config -> which part each of them plays in a corpus."""

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from goldspan.faults import Finding, fault
from goldspan.keys import configs
from goldspan.settings import Layers

__all__ = ["check_names", "check_parts", "with_further"]

NO_CONFIG = fault(
    "E030",
    "A layer cannot give a config its name",
    "Name its config in corpus.toml, under [layers.further], by letters, digits, hyphens and underscores: "
    'events = "the control". Or list the control in layers.left_out.',
)
TWO_PARTS = fault(
    "E031",
    "corpus.toml gives a Labels control two parts, or two of them one name",
    "Leave each control one part, and give each config a name of its own.",
)

NAME = re.compile(r"(?!(?i:con|prn|aux|nul|com\d|lpt\d)$)[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")  # of folders on any system
IDS = {"mention", "claim", "attribution", "sentence"}  # as which ids have them
OWN = {*configs(), *IDS, "zones", "ner_tags", "figures"}  # of configs, and of what else stands beside them


def with_further(layers: Layers, controls: list[str]) -> Layers:
    """The layers with a config for each Labels control that has no part yet, called as the control is."""
    named = {*layers.parts, *layers.left_out, *layers.further.values()}
    by_themselves = {name: name for name in controls if name not in named}
    order = {name: number for number, name in enumerate(controls)}
    further = {**by_themselves, **layers.further}
    return msgspec.structs.replace(layers, further=dict(sorted(further.items(), key=lambda item: order[item[1]])))


def check_parts(layers: Layers, file: str) -> Iterator[Finding]:
    """Findings about controls that have two parts, as settings name them (E031)."""
    counted = Counter([*layers.parts, *layers.further.values(), *layers.left_out])
    twice = sorted(name for name, count in counted.items() if count > 1)
    if twice:
        yield TWO_PARTS.finding(", ".join(f"{name!r} has two parts" for name in twice), file=file)


def check_names(layers: Layers, file: str) -> Iterator[Finding]:
    """Findings about names of further layers that cannot be the names of configs (E030, E031)."""
    for name, control in layers.further.items():
        taken = name.lower() in OWN or name in layers.parts
        if taken or not NAME.fullmatch(name):
            why = "is taken" if taken else "is no name for a config"
            yield NO_CONFIG.finding(f"{name!r} {why}, for the control {control!r}", file=file)
    counted = Counter(name.lower() for name in layers.further)
    for name in sorted(name for name, count in counted.items() if count > 1):
        yield TWO_PARTS.finding(f"{name!r} is the name of two configs", file=file)
