"""Examples and folds -> the scores of a model and of the baselines, on every fold and every article."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from goldspan.scores import ALL, Score
from goldspan.train.baselines import BASELINES
from goldspan.train.examples import SPAN_TASKS, Examples, Item, Passage
from goldspan.train.folds import Fold, split_items, split_passages
from goldspan.train.models import Setup, fit
from goldspan.train.scoring import class_scores, span_scores

__all__ = ["evaluate"]


def evaluate(kind: str, examples: Examples, folds: Sequence[Fold], setup: Setup, name: str) -> Iterator[Score]:
    """Train the baselines and a model of a kind on each fold, and score them on what was held out.

    Of spans each label is scored on folds, not on articles. Nothing is chosen by what was held out: no setting, and no
    moment to stop. ``name`` is what the model is called.
    """
    group = "spans" if examples.task in SPAN_TASKS else "classes"
    for number, fold in enumerate(folds):
        setup.show(f"fold {fold.name}", number, len(folds))
        learnt, tested = halves(examples, fold)
        known: Any = learnt.layers or learnt.labels
        systems: dict[str, Any] = {
            each: baseline(examples_of(learnt), known) for each, baseline in BASELINES[group].items()
        }
        systems[name] = fit(kind, learnt, setup)
        for system, model in systems.items():
            yield from scored(system, fold, tested, model.predict(examples_of(tested)))


def halves(examples: Examples, fold: Fold) -> tuple[Examples, Examples]:
    """The examples that are learnt from, and those that are tested."""
    passages, items = split_passages(examples.passages, fold), split_items(examples.items, fold)
    learnt, tested = (
        replace(
            examples,
            passages=tuple(passages[side]),
            items=tuple(items[side]),
            documents=tuple(one for one in examples.documents if one.doc_id in chosen),
        )
        for side, chosen in enumerate((fold.train, fold.test))
    )
    return learnt, tested


def examples_of(examples: Examples) -> Sequence[Any]:
    """The passages, or the items."""
    return examples.passages or examples.items


def scored(system: str, fold: Fold, tested: Examples, found: Sequence[Any]) -> Iterator[Score]:
    """The scores of a system on a fold, then on each of its articles that has examples."""
    examples = examples_of(tested)
    for doc_id in ("", *sorted(fold.test)):
        chosen = [at for at, one in enumerate(examples) if not doc_id or doc_id in doc_ids(one)]
        if chosen:
            there, said = [examples[at] for at in chosen], [found[at] for at in chosen]
            score = span_scores if tested.layers else class_scores
            for figures in score(there, said, tested.layers or tested.labels):
                if not (doc_id and tested.layers and figures["of"] != ALL):
                    yield Score(task=tested.name, system=system, fold=fold.name, doc_id=doc_id, **figures)


def doc_ids(example: Passage | Item) -> tuple[str, ...]:
    """The documents of an example."""
    return example.doc_ids if isinstance(example, Item) else (example.doc_id,)
