"""Where what models find belongs: layers and attributes of the labeling config, by their labels and by corpus.toml."""

from collections.abc import Iterable

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


def target_of(corpus: Corpus, config: LabelingConfig, models: Iterable[tuple[str, About]]) -> Target:
    """Where the labels of models, by their names, belong.

    The layer is the one that corpus.toml names for the task; without one, the only one that has all the labels.

    Raises:
        DataError: there is no such layer or attribute (E992).
    """
    named = {Task.ner: corpus.layers.entities, Task.attribution: corpus.layers.attributions}
    layers: dict[Task, str] = {}
    for name, said in models:
        if said.task is Task.claims:
            check_values(corpus, config, name, said)
        else:
            layers[said.task] = layer_of(named.get(said.task), config, name, said)
    return Target(corpus, config, layers)


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


def check_values(corpus: Corpus, config: LabelingConfig, model: str, said: About) -> None:
    """See that every attribute of a model of claims is one that contents are asked for, with its labels.

    Raises:
        DataError: one is not (E992).
    """
    for name, labels in said.labels.items():
        attribute = config.attributes.get(name)
        asked = (
            attribute is not None
            and attribute.per_region
            and (not attribute.labels or corpus.attributions.content in attribute.labels)
        )
        strange = [label for label in labels if attribute is None or parse_value(attribute, label) is None]
        if not asked or strange:
            raise NO_PLACE.error(f"{name}: {', '.join(strange or labels)}", file=model)
