"""The scores of models as a corpus keeps them, with the hashes of the records that they were measured on."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.faults import Finding, fault
from goldspan.words import reason

__all__ = [
    "ALL",
    "BASELINES",
    "Kept",
    "Score",
    "article_rows",
    "check_scores",
    "fold_rows",
    "fresh",
    "read_scores",
    "scores_json",
]

BAD_SCORES = fault("E724", "The scores of models cannot be read", "Remove the file, and run make baselines.")
STALE_SCORES = fault(
    "W724",
    "The scores of models were measured on other records, and are left out of the card",
    "Run make baselines; then build again.",
)
ALL = "all"
BASELINES = ("majority", "gazetteer", "by heart")
OF_SPANS = ("precision", "recall", "f1", "exact", "partial", "type")
OF_CLASSES = ("f1", "accuracy")
Records = Mapping[str, str]


class Score(Struct, frozen=True, omit_defaults=True):
    """How well a system did on what a fold held out; on one of its articles, where ``doc_id`` names it.

    Each figure is from 0 to 1, and null where there was nothing to find and nothing found. ``of`` is all spans, those
    of a label, or an attribute; ``items`` is how many spans or items there are. Of spans (SemEval 2013, task 9.1):
    precision, recall and ``f1`` of what is right in extent and label, as conlleval counts; F1 of ``exact`` extents
    whatever the label, of ``partial`` ones, which count half, and of the ``type`` of spans that overlap. Of classes:
    the means over the labels that are there or were chosen (macro), and ``accuracy``.
    """

    task: str
    system: str
    fold: str
    of: str
    items: int
    doc_id: str = ""
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    exact: float | None = None
    partial: float | None = None
    type: float | None = None
    accuracy: float | None = None


class Kept(Struct, frozen=True):
    """Scores, and of each task the hash of the records of each config that they were measured on."""

    records: dict[str, dict[str, str]] = {}
    scores: list[Score] = []

    def with_task(self, task: str, records: Records, scores: Sequence[Score]) -> "Kept":
        """These, with new scores of the systems of a task; what was measured on other records or folds is dropped."""
        systems, folds = ({getattr(score, name) for score in scores} for name in ("system", "fold"))
        same = self.records.get(task) == dict(records)
        same = same and {one.fold for one in self.scores if one.task == task} == folds
        old = [one for one in self.scores if one.task != task or (same and one.system not in systems)]
        return Kept({**self.records, task: dict(records)}, [*old, *scores])


def scores_json(kept: Kept) -> bytes:
    """Scores as a file, rounded to four places, in an order that no run changes."""
    contents = msgspec.to_builtins(kept)
    rows = [{name: rounded(value) for name, value in row.items()} for row in contents["scores"]]
    rows.sort(key=lambda row: (row["task"], row["system"], row["fold"], row.get("doc_id", "")))
    whole = {"records": dict(sorted(contents["records"].items())), "scores": rows}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def rounded(value: Any) -> Any:
    """A figure with four places; anything else as it is."""
    return round(value, 4) if isinstance(value, float) else value


def read_scores(path: Path) -> Kept:
    """The scores in a file; none where there is no file.

    Raises:
        DataError: it cannot be read (E724).
    """
    if not path.exists():
        return Kept()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BAD_SCORES.error(reason(error), file=str(path)) from error


def fresh(kept: Kept, records: Records) -> list[Score]:
    """The scores that were measured on these records."""
    return [score for score in kept.scores if is_fresh(kept, score.task, records)]


def is_fresh(kept: Kept, task: str, records: Records) -> bool:
    """True if the scores of a task were measured on these records, of the configs that it takes."""
    return all(records.get(name) == found for name, found in kept.records.get(task, {"": ""}).items())


def check_scores(kept: Kept, records: Records, path: Path) -> Iterator[Finding]:
    """Findings about tasks whose scores were measured on other records (W724)."""
    for task in sorted({score.task for score in kept.scores}):
        if not is_fresh(kept, task, records):
            yield STALE_SCORES.finding(task, file=str(path))


def fold_rows(scores: Sequence[Score], *, whole: bool = False) -> tuple[list[str], list[list[str]]]:
    """A head, and a row for each figure on each fold, with a column for each system.

    Of single labels only the F1; and of all spans precision and recall too, if the table is to be ``whole``.
    """
    chosen = [score for score in scores if not score.doc_id]
    figures = OF_SPANS if whole else OF_SPANS[2:]

    def asked(score: Score) -> tuple[str, ...]:
        if score.accuracy is not None:
            return OF_CLASSES
        return figures if score.of == ALL else ("f1",)

    return table(chosen, "fold", asked)


def article_rows(scores: Sequence[Score]) -> tuple[list[str], list[list[str]]]:
    """A head, and a row for the F1 on each article, with a column for each system."""
    return table([score for score in scores if score.doc_id], "doc_id", lambda _: ("f1",))


def table(scores: Sequence[Score], place: str, asked: Any) -> tuple[list[str], list[list[str]]]:
    """A head and rows: task, what of, fold or article, how many items, figure, then a column for each system."""
    systems = list(dict.fromkeys(score.system for score in sorted(scores, key=rank)))
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for score in sorted(scores, key=lambda one: (one.task, getattr(one, place))):
        for figure in asked(score):
            key = (score.task, score.of, getattr(score, place), str(score.items), figure)
            found.setdefault(key, {})[score.system] = shown(getattr(score, figure))
    rows = [[*key, *(by.get(system, "") for system in systems)] for key, by in found.items()]
    return ["task", "of", "article" if place == "doc_id" else place, "items", "figure", *systems], rows


def rank(score: Score) -> tuple[int, str]:
    """The order of systems: baselines first, then the light model."""
    first = (*BASELINES, "light")
    return (first.index(score.system) if score.system in first else len(first), score.system)


def shown(figure: float | None) -> str:
    """A figure with three places; nothing where it is undefined."""
    return "" if figure is None else f"{figure:.3f}"
