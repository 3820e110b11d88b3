"""Where what models find belongs: layers and attributes of the labeling config, by their labels and by corpus.toml."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from goldspan.claims import role_ends
from goldspan.corpus import Corpus
from goldspan.faults import fault
from goldspan.labeling import LabelingConfig, parse_value
from goldspan.train.examples import Task
from goldspan.train.models import About

__all__ = ["Target", "check_together", "target_of"]

NOT_TOGETHER = fault(
    "E991",
    "The models cannot predict together",
    "Give one for each of ner, attribution and claims at most; claims are what an attribution model finds.",
)
NO_PLACE = fault(
    "E992",
    "The labeling config has no place for the labels of a model",
    "Train it on a release of this corpus, or name the layer that has its labels in corpus.toml.",
)


class Target(Struct, frozen=True):
    """A corpus, its labeling config, and the name of the layer that the spans of each task are of."""

    corpus: Corpus
    config: LabelingConfig
    layers: dict[Task, str]

    @property
    def links(self) -> bool:
        """True if the labeling config has the relations that join cues, sources and contents."""
        return set(role_ends(self.corpus.attributions)) <= set(self.config.relations)


def check_together(models: Iterable[tuple[str, About]]) -> None:
    """See that models, by their names, can share an article.

    Raises:
        DataError: two are for the same task, one is for what articles have not, or claims have no contents (E991).
    """
    seen: dict[Task, str] = {}
    for name, said in models:
        if said.task in seen:
            raise NOT_TOGETHER.error(f"{seen[said.task]} and {name} are both for {said.task}")
        if said.task is Task.relations:
            raise NOT_TOGETHER.error("relations are of pairs of claims, not of an article", file=name)
        seen[said.task] = name
    if Task.claims in seen and Task.attribution not in seen:
        raise NOT_TOGETHER.error("claims without attribution", file=seen[Task.claims])


def target_of(corpus: Corpus, config: LabelingConfig, models: Sequence[tuple[str, About]]) -> Target:
    """Where the labels of models, by their names, belong.

    The layer is the one that corpus.toml names for the task; without one, the only one that has all the labels.

    Raises:
        DataError: there is no such layer or attribute (E992).
    """
    named = {Task.ner: corpus.layers.entities, Task.attribution: corpus.layers.attributions}
    layers = {said.task: layer_of(named[said.task], config, name, said) for name, said in models if said.task in named}
    target = Target(corpus, config, layers)
    for name, said in models:
        if said.task is Task.claims:
            check_values(target, name, said)
    return target


def layer_of(named: str | None, config: LabelingConfig, model: str, said: About) -> str:
    """The layer that a model's spans are of.

    Raises:
        DataError: none has all its labels, or several have and none is named (E992).
    """
    labels = [label for each in said.layers.values() for label in each]
    fits = [layer.name for layer in config.layers.values() if not layer.strange(labels)]
    if named is None and len(fits) == 1:
        return fits[0]
    if named not in fits:
        raise NO_PLACE.error(", ".join(labels), file=model)
    return named


def check_values(target: Target, model: str, said: About) -> None:
    """See that every attribute of a model of claims is one that contents are asked for, with its labels.

    Raises:
        DataError: one is not (E992).
    """
    layer, content = target.layers[Task.attribution], target.corpus.attributions.content
    asked = {one.name: one for one in target.config.attributes_of(layer, content)}
    for name, labels in said.labels.items():
        attribute = asked.get(name)
        strange = [label for label in labels if attribute is None or parse_value(attribute, label) is None]
        if attribute is None or strange:
            raise NO_PLACE.error(f"{name}: {', '.join(strange)}", file=model)
