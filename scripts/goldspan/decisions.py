"""Written decisions about conflicts between annotators: read, applied, and held against what they speak of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import asdict

from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.picks import NO_RULE, Rule
from goldspan.sheets import read_sheet, sheet_row, unguarded

__all__ = [
    "HALF_ADJUDICATED",
    "TWICE_ADJUDICATED",
    "Conflict",
    "Decider",
    "Decision",
    "Place",
    "Values",
    "check_decisions",
    "check_texts",
    "decision_rows",
    "read_decisions",
]

UNDECIDED = fault(
    "E521",
    "The annotators differ and no decision says whose reading stands",
    "Add a row for it to the decisions; goldspan agreement --undecided writes the rows to fill in.",
)
OTHER_TEXT = fault(
    "E522",
    "A decision speaks of a text that is not the one at its place",
    "Read the place again and decide anew, or put the text back.",
)
NO_CONFLICT = fault(
    "E523",
    "A decision speaks of a conflict that does not exist",
    "Remove the decision, or correct the name of its conflict.",
)
UNFIT = fault(
    "E525",
    "A decision takes what cannot be taken there",
    "Take an annotator; of spans and relations also both or neither; of a label or attribute also a value that it has.",
)
BAD_DECISION = fault(
    "E524",
    "A decision cannot be used",
    "Begin with the line conflict,text,take,value,reason. Give each conflict one row with what to take (an annotator, "
    "both, neither, or value with a value) and the reason.",
)

TWICE_ADJUDICATED = fault(
    "E526",
    "Two adjudicators have settled the same thing",
    "Let one of them skip it in Label Studio and pull again, or take the other's export away.",
)

HALF_ADJUDICATED = fault(
    "E527",
    "What an adjudicator submitted lacks a whole layer or value that the annotators have, and would stand all the same",
    "Finish the annotation in Label Studio and pull again, or take the export away if it was not meant to stand.",
)

Values = Callable[[str], Any]


class Decision(Struct, frozen=True):
    """A row of the decisions: for one conflict, or by a pattern for all that fit it and have none of their own."""

    conflict: str
    text: str
    take: str
    value: str
    reason: str

    @property
    def is_rule(self) -> bool:
        """True if it names conflicts by a pattern."""
        return "*" in self.conflict


class Place(NamedTuple):
    """A stretch that an annotator has marked: layer, start, end."""

    layer: str
    start: int
    end: int


class Conflict(Struct, frozen=True, omit_defaults=True):
    """Something in which annotators differ, by an id that depends on nothing but its place, and the text of that.

    ``readings`` has a line for each annotator, empty for one who marked nothing. ``about`` are the stretches that the
    annotators marked there; none, if it is about a value of the whole task or a pair of claims.
    """

    id: str
    task: str
    text: str
    readings: dict[str, str]
    about: tuple[Place, ...] = ()


class Decider:
    """Finds the reading that stands.

    It keeps the conflicts met, those that a rule settles, and those that nothing does.
    """

    def __init__(self, decisions: Iterable[Decision]) -> None:
        """Index the decisions by conflict; rules keep their order."""
        decisions = list(decisions)
        self.single = {decision.conflict: decision for decision in decisions if not decision.is_rule}
        self.rules = [decision for decision in decisions if decision.is_rule]
        self.conflicts: list[Conflict] = []
        self.undecided: list[Conflict] = []
        self.picked: list[Conflict] = []
        self.unfit: list[tuple[Conflict, Decision]] = []
        self.used: set[str] = set()

    def choose(
        self, conflict: Conflict, readings: Mapping[str, Any], values: Values | None = None, rule: Rule = NO_RULE
    ) -> Any:
        """The common reading, or the one that a decision takes, or a rule; the first annotator's where none does.

        A decision of its own is heard even where all agree: they may agree on what a later guideline rules out.
        ``values``
        says which values a decision may give; without it the readings are sets (of spans, of drawn relations), of
        which it
        may take both or neither.
        """
        every = list(readings.values())
        if all(value == every[0] for value in every) and conflict.id not in self.single:
            return every[0]
        self.conflicts.append(conflict)
        decision = self.decision_for(conflict.id)
        if decision is None:
            picked = rule.pick(readings)
            (self.picked if picked else self.undecided).append(conflict)
            return [*picked, *every][0]
        self.used.add(decision.conflict)
        if decision.take in readings:
            return readings[decision.take]
        if values is None and decision.take in ("both", "neither"):
            return tuple(sorted({each for value in every for each in value})) if decision.take == "both" else ()
        value = values(decision.value) if values is not None and decision.take == "value" else None
        if value is None:
            self.unfit.append((conflict, decision))
            return every[0]
        return value

    def close(self, task: str) -> None:
        """Want no decision about the conflicts of a task any more: an adjudicator has settled it."""
        self.undecided = [conflict for conflict in self.undecided if conflict.task != task]
        self.picked = [conflict for conflict in self.picked if conflict.task != task]

    def decision_for(self, conflict: str) -> Decision | None:
        """The decision about a conflict by its name, else the first rule that fits it."""
        fitting = (rule for rule in self.rules if fnmatchcase(conflict, rule.conflict))
        return self.single.get(conflict) or next(fitting, None)


def decision_rows(conflicts: Iterable[Conflict], *, header: bool = False) -> str:
    """Rows for the decisions of some conflicts, as CSV, with what is to be filled in left empty.

    The columns beyond those of a decision have what each annotator read; they are for the person who decides. No cell
    is a formula.
    """
    rows = [
        [one.id, one.text, "", "", "", *(f"{name}: {reading}" for name, reading in one.readings.items())]
        for one in conflicts
    ]
    names = Decision.__struct_fields__
    readings = max(map(len, rows), default=0) - len(names)
    head = [*names, *(f"reading {number}" for number in range(1, readings + 1))]
    return "".join(map(sheet_row, [*([head] if header and rows else []), *rows]))


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a corpus; none where there is no file, or an empty one. Further columns are notes.

    Raises:
        DataError: it is not CSV with the columns of `Decision`, or rows lack a conflict, what to take or a reason, or
            repeat a conflict (E524, with each of these).
    """
    rows = read_sheet(path, Decision, BAD_DECISION, notes=True)
    decisions = [Decision(**{name: unguarded(cell) for name, cell in asdict(row).items()}) for row in rows]
    stop_on_errors(unusable(decisions, str(path)))
    return decisions


def unusable(decisions: Iterable[Decision], file: str) -> Iterator[Finding]:
    """Findings about rows that lack something, or are about a conflict that an earlier row decides."""
    seen: set[str] = set()
    for decision in decisions:
        lacking = [name for name in ("conflict", "take", "reason") if not getattr(decision, name).strip()]
        if lacking:
            yield BAD_DECISION.finding(f"no {' and no '.join(lacking)}", file=file, row=decision.conflict)
        if decision.conflict in seen:
            yield BAD_DECISION.finding("an earlier row decides this conflict", file=file, row=decision.conflict)
        seen.add(decision.conflict)


def check_decisions(decider: Decider, file: str, renamed: Mapping[str, str] = {}) -> Iterator[Finding]:
    """Findings about conflicts without a decision, and decisions that fit no conflict or no longer its text.

    ``renamed`` has the annotator of each name that a decision may have from before corpus.toml named its annotators.
    """
    for conflict in decider.undecided:
        readings = "; ".join(f"{name}: {reading or 'nothing'}" for name, reading in conflict.readings.items())
        place = {"file": file, "task": conflict.task, "row": conflict.id}
        yield UNDECIDED.finding(readings, context=conflict.text, **place)
    for conflict, decision in decider.unfit:
        yield UNFIT.finding(unfit(conflict, decision, renamed), file=file, task=conflict.task, row=conflict.id)
    for name in [*decider.single, *(rule.conflict for rule in decider.rules)]:
        if name not in decider.used:
            yield NO_CONFLICT.finding(file=file, row=name)
    yield from check_texts(decider, file)


def unfit(conflict: Conflict, decision: Decision, renamed: Mapping[str, str]) -> str:
    """What a decision takes that cannot be taken, and what could be instead."""
    if decision.take in renamed:
        return f"{decision.take} is called {renamed[decision.take]} now; write that"
    taken = f"{decision.take} {decision.value}".strip()
    return f"{taken}; the annotators there are {', '.join(conflict.readings)}"


def check_texts(decider: Decider, file: str) -> Iterator[Finding]:
    """Findings about decisions that speak of another text than their conflict has now."""
    for conflict in decider.conflicts:
        decision = decider.single.get(conflict.id)
        if decision is not None and decision.text != conflict.text:
            detail = f"{decision.text!r}, not {conflict.text!r}"
            yield OTHER_TEXT.finding(detail, file=file, task=conflict.task, row=conflict.id)
