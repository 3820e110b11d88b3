"""A folder -> the scores of a model on folds, then the model, trained on everything. The whole story."""

from pathlib import Path

from msgspec import Struct

from goldspan.faults import Finding
from goldspan.scores import Kept, Score, read_scores, scores_json
from goldspan.store import replace_file
from goldspan.train.evaluation import evaluate
from goldspan.train.examples import Task
from goldspan.train.folds import Fold, folds, left_out
from goldspan.train.models import Setup, about, check_target, fit, kind_of, save_model
from goldspan.train.reading import read_examples

__all__ = ["Asked", "Trained", "train"]


class Asked(Struct, frozen=True):
    """What is asked for: a task and its layer, a model and what it is called, folds, and how the source is read.

    ``config`` is the labeling config of a converted folder.
    """

    task: Task
    model: str = "light"
    name: str = "light"
    folds: int | None = None
    by_time: bool = False
    language: str | None = None
    layer: str = ""
    config: Path | None = None


class Trained(Struct, frozen=True):
    """The scores on all folds, the folds, and the findings."""

    scores: list[Score]
    folds: list[Fold]
    findings: list[Finding]


def train(source: Path, asked: Asked, setup: Setup, out: Path | None = None, keep: Path | None = None) -> Trained:
    """Train and score a model on each fold; then train it on everything, and save it in ``out``.

    In the file ``keep`` the scores take the place of earlier ones of the same task and systems.

    Raises:
        DataError: the source cannot be read or has nothing for the task (the codes of `read_examples`), the folds
            cannot be made (E982), the kept scores cannot be read (E724), or ``out`` holds what no training has put
            there (E005).
        ModuleNotFoundError: the kind of model needs an extra that is not installed.
        OSError: something cannot be written; what was there stays.
    """
    kind = kind_of(asked.model)
    if out is not None:
        check_target(out)
    kept = read_scores(keep) if keep is not None else Kept()
    examples = read_examples(source, asked.task, asked.language, asked.layer, asked.config)
    made = folds(examples, asked.folds, by_time=asked.by_time)
    scores = list(evaluate(kind, examples, made, setup, asked.name))
    if keep is not None:
        replace_file(keep, scores_json(kept.with_task(examples.name, examples.records, scores)))
    if out is not None:
        setup.show("training on everything")
        save_model(out, fit(kind, examples, setup), about(kind, examples, setup))
    return Trained(scores, made, left_out(examples, made))
