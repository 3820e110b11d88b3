"""Light models trained on this corpus without some articles, saved as ``goldspan train`` saves them."""

from collections.abc import Collection
from pathlib import Path

from msgspec.structs import replace

from goldspan.train.examples import Task
from goldspan.train.models import Setup, about, fit, save_model
from goldspan.train.reading import read_examples
from tests.conftest import ROOT

__all__ = ["train"]


def train(
    out: Path, task: Task, without: Collection[str], release: Path = ROOT / "dataset/release", layer: str = ""
) -> Path:
    """Train a model on a release without some articles, for a layer where the task is for one, and save it."""
    every = read_examples(release, task, layer=layer)
    examples = replace(
        every,
        documents=tuple(one for one in every.documents if one.doc_id not in without),
        passages=tuple(one for one in every.passages if one.doc_id not in without),
        items=tuple(one for one in every.items if not set(one.doc_ids) & set(without)),
    )
    setup = Setup()
    save_model(out, fit("light", examples, setup), about("light", examples, setup))
    return out
