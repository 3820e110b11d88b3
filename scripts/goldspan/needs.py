"""What the parts of a corpus need of its labeling config: controls of a name, with values of a kind."""

from collections.abc import Iterator

from msgspec import Struct

from goldspan.corpus import Corpus
from goldspan.faults import fault, stop_on_errors
from goldspan.labeling import Kind, LabelingConfig

__all__ = ["check_needs"]

NEEDED = fault(
    "E540",
    "A part of the corpus needs a control that the labeling config does not have, or has with other values",
    "Add or change the control as docs/own-corpus.md says, or take away what needs it.",
)
MAKES = {
    Kind.STRING: 'a TextArea with maxSubmissions="1" or a single Choices',
    Kind.STRINGS: "a TextArea without maxSubmissions or a multiple Choices",
    Kind.NUMBER: "a Number or a Rating",
}


class Need(Struct, frozen=True):
    """A control that something needs, of a layer and with values of a kind; ``missing`` if it has to be there."""

    by: str
    control: str
    layer: str | None
    kind: Kind
    missing: bool = False


def check_needs(corpus: Corpus, config: LabelingConfig, *, entities: bool, clusters: bool) -> None:
    """Hold the controls against what is made of their values; ``entities`` and ``clusters`` if there are such lists.

    Raises:
        DataError: one is not there, or has values of another kind (E540).
    """
    file = str(corpus.path("labeling_config"))
    stop_on_errors(
        NEEDED.finding(f"{need.by} needs {need.control!r} to be {MAKES[need.kind]}; {wrong}", file=file)
        for need in needs(corpus, entities=entities, clusters=clusters)
        if (wrong := unmet(need, config))
    )


def needs(corpus: Corpus, *, entities: bool, clusters: bool) -> Iterator[Need]:
    """What a corpus needs."""
    of_entities, of_claims = corpus.layers.entities, corpus.layers.attributions
    quantities, dates = corpus.quantities, corpus.dates
    if entities:
        by = corpus.files.entities
        yield Need(by, "entity_id", of_entities, Kind.STRING)
        yield Need(by, "source_entity_ids", of_claims, Kind.STRINGS)
    if clusters:
        yield Need(corpus.files.clusters, "normalized_claim", of_claims, Kind.STRING, missing=True)
    if quantities.lower or quantities.upper or quantities.alike:
        yield Need("quantities in corpus.toml", quantities.value, of_entities, Kind.NUMBER)
    if quantities.lower or quantities.upper:
        yield Need("quantities in corpus.toml", quantities.comparator, of_entities, Kind.STRING)
    if dates.labels:
        yield Need("dates in corpus.toml", dates.value, of_entities, Kind.STRING)
    for name in dates.claims:
        yield Need("dates in corpus.toml", name, of_claims, Kind.STRING)


def unmet(need: Need, config: LabelingConfig) -> str:
    """In what a config does not have what is needed; empty if it has it."""
    if need.layer is None:
        return "corpus.toml names no layer for it" if need.missing else ""
    found = next((one for one in config.attributes_of(need.layer) if one.name == need.control), None)
    if found is None:
        return f"{need.layer!r} has no such control" if need.missing else ""
    return f"it holds a {found.kind.value}" if found.kind is not need.kind else ""
