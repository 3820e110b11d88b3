"""What stands where annotators differ and no decision is written: by ``[adjudication]`` in corpus.toml."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol

from msgspec import Meta, Struct

from goldspan.export.standing import moment

__all__ = ["BY_ANNOTATOR", "NO_RULE", "Pick", "Rule", "rule_of"]

BY_ANNOTATOR = "annotator="
Pick = Annotated[str, Meta(pattern=r"\A(majority|newest|ground-truth|annotator=.+)\Z")]


class Made(Protocol):
    """An annotation of an article, or a judgement of a pair: by whom, when it was saved, and if it is ground truth."""

    @property
    def annotator(self) -> str:
        """The annotator's id."""

    @property
    def saved(self) -> Any:
        """When it was saved, as an export writes it; nothing where it does not."""

    @property
    def ground_truth(self) -> Any:
        """True if Label Studio has it as ground truth."""


class Rule(Struct, frozen=True):
    """What stands of one article: what more than half of ``majority_of`` annotators have, or what ``annotator`` has.

    Without either, nothing that is not decided.
    """

    majority_of: int = 0
    annotator: str | None = None

    def pick(self, readings: Mapping[str, Any]) -> list[Any]:
        """The reading that stands, alone in a list; an empty one where the rule picks none."""
        if self.annotator is not None:
            return [readings[self.annotator]] if self.annotator in readings else []
        every = list(readings.values()) if self.majority_of else []
        return next(([one] for one in every if 2 * every.count(one) > self.majority_of), [])


NO_RULE = Rule()


def rule_of(pick: str | None, made: Sequence[Made]) -> Rule:
    """The rule for one article, or pair, of which there are these annotations; none where it fits none, or several."""
    if pick == "majority":
        return Rule(majority_of=len(made))
    if pick == "ground-truth":
        found = [one.annotator for one in made if one.ground_truth is True]
    elif pick == "newest":
        found = newest(made)
    else:
        wanted = (pick or "").removeprefix(BY_ANNOTATOR)
        found = [one.annotator for one in made if pick is not None and one.annotator == wanted]
    return Rule(annotator=found[0]) if len(found) == 1 else NO_RULE


def newest(made: Sequence[Made]) -> list[str]:
    """The annotators of those that were saved last; nobody unless every one says when it was saved."""
    saved = {one.annotator: moment(one.saved or None) for one in made}
    dated = [at for at in saved.values() if at is not None]
    return [who for who, at in saved.items() if len(dated) == len(saved) and at == max(dated)]
