"""A release with zones, attributions and a further layer that is called ``entity`` and related to all of them."""

from pathlib import Path

from goldspan.build import build, write_build
from tests.small import annotation, exported, write_export, write_small_corpus

__all__ = ["write_related_release"]

ENDS = ("HEAD-Title here", "s", "v", "w1", "WHO-Ann")  # a zone, a source, a cue, a content, a mention
LAYER = '<Labels name="entity" toName="t"><Label value="X"/></Labels><Relations><Relation value="near"/>'


def write_related_release(folder: Path) -> Path:
    """Write the small corpus with the layer, and its release."""
    corpus = write_small_corpus(folder / "corpus")
    path = corpus / "annotations/labeling_config.xml"
    path.write_text(path.read_text().replace("<Relations>", LAYER))
    one = exported(annotation())
    value = {"start": 12, "end": 25, "text": "Ann said “Bob", "labels": ["X"]}
    one["result"].append({"id": "x", "from_name": "entity", "to_name": "t", "type": "labels", "value": value})
    one["result"] += [
        {"type": "relation", "from_id": "x", "to_id": end, "direction": "right", "labels": ["near"]} for end in ENDS
    ]
    write_export(corpus, one)
    write_build(build(corpus), folder / "release")
    return folder / "release"
