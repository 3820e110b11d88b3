"""Where what models find belongs: layers and attributes of the labeling config, by their labels and by corpus.toml."""

from collections.abc import Sequence

from msgspec import Struct

from goldspan.claims import role_ends
from goldspan.corpus import Corpus
from goldspan.faults import fault
from goldspan.labeling import Attribute, LabelingConfig
from goldspan.predict.values import misfits
from goldspan.train.examples import SPAN_TASKS, Task, task_name
from goldspan.train.models import About

__all__ = ["Target", "check_together", "target_of"]

NOT_TOGETHER = fault(
    "E991",
    "The models cannot predict together",
    "Give at most one for each task and layer; claims are what an attribution model finds, attributes are those of the "
    "spans that a model of their layer finds.",
)
NO_PLACE = fault(
    "E992",
    "The labeling config has no place for the labels of a model",
    "Train it on a release of this corpus, or name the layer that has its labels in corpus.toml.",
)


class Target(Struct, frozen=True):
    """A corpus, its labeling config, and by the name of each model the control whose spans it finds or describes."""

    corpus: Corpus
    config: LabelingConfig
    layers: dict[str, str]

    @property
    def links(self) -> bool:
        """True if the labeling config has the relations that join cues, sources and contents."""
        return set(role_ends(self.corpus.attributions)) <= set(self.config.relations)

    def attributes(self, said: About, *labels: str) -> list[Attribute]:
        """The controls whose values a model can give: those of whole tasks, or of the spans that it describes.

        Only of spans of these labels, if given.
        """
        if said.task is Task.documents:
            return self.config.task_attributes
        asked = (self.corpus.attributions.content,) if said.task is Task.claims else labels
        return self.config.attributes_of(self.layers[said.name], *asked)


def finder(said: About) -> str | None:
    """The name of the model that finds what a model describes; None of one that describes nothing that is found."""
    if said.task is Task.claims:
        return task_name(Task.attribution)
    if said.task is Task.attributes:
        return task_name(Task.ner) if said.layer == "entities" else task_name(Task.spans, said.layer)
    return None


def check_together(models: Sequence[tuple[str, About]]) -> None:
    """See that models, by their paths, can share an article.

    Raises:
        DataError: two are for the same task and layer, one is for what articles have not, or none finds what another
            describes (E991).
    """
    seen: dict[str, str] = {}
    for path, said in models:
        if said.name in seen:
            raise NOT_TOGETHER.error(f"{seen[said.name]} and {path} are both for {said.name}")
        if said.task in (Task.relations, Task.span_relations):
            raise NOT_TOGETHER.error("relations are of pairs that are known, not of an article", file=path)
        seen[said.name] = path
    for path, said in models:
        wanted = finder(said)
        if wanted and wanted not in seen:
            raise NOT_TOGETHER.error(f"{said.name} without {wanted}", file=path)


def target_of(corpus: Corpus, config: LabelingConfig, models: Sequence[tuple[str, About]]) -> Target:
    """Where the labels of models, by their paths, belong.

    The layer is the one that corpus.toml names for the task; without one, the only one that has all the labels.

    Raises:
        DataError: there is no such layer or attribute (E992).
    """
    layers = {said.name: layer_of(corpus, config, path, said) for path, said in models if said.task in SPAN_TASKS}
    layers |= {said.name: layers[wanted] for _, said in models if (wanted := finder(said))}
    target = Target(corpus, config, layers)
    for path, said in models:
        strange = misfits(said.labels, target.attributes(said)) if said.labels else []
        if strange:
            raise NO_PLACE.error(strange[0], file=path)
    return target


def layer_of(corpus: Corpus, config: LabelingConfig, path: str, said: About) -> str:
    """The layer that a model's spans are of.

    Raises:
        DataError: none has all its labels, or several have and none is named (E992).
    """
    own = {Task.ner: corpus.layers.entities, Task.attribution: corpus.layers.attributions}
    named = own[said.task] if said.task in own else corpus.layers.further.get(said.layer)
    labels = [label for each in said.layers.values() for label in each]
    fits = [layer.name for layer in config.layers.values() if not layer.strange(labels)]
    if named is None and len(fits) == 1:
        return fits[0]
    if named not in fits:
        raise NO_PLACE.error(", ".join(labels), file=path)
    return named
