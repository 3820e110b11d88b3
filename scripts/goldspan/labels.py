"""The labels and values that a labeling config allows, and how often the tables have each."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from goldspan.claims import claim_attributes, role_ends
from goldspan.corpus import Corpus
from goldspan.labeling import LabelingConfig

__all__ = ["count_labels", "inventories", "labels_in", "split_labels"]

Inventories = dict[str, tuple[str, ...]]


def inventories(corpus: Corpus, config: LabelingConfig, pair_config: LabelingConfig | None) -> Inventories:
    """Every label and value that may stand in a column, by ``config/column``, in the labeling config's order.

    ``annotations/label`` has the labels of all layers. Columns of free values are left out.
    """
    layers = corpus.layers
    attributes = {
        "documents": config.task_attributes,
        "entities": config.attributes_of(layers.entities) if layers.entities else [],
        "claims": [one for each in claim_attributes(corpus, config).values() for one in each],
        **{name: config.attributes_of(control) for name, control in layers.further.items()},
        "claim_relations": list(pair_config.attributes.values()) if pair_config else [],
    }
    found = {
        name: config.layers[layer].labels
        for name, layer in (("documents/zones", layers.zones), ("entities/label", layers.entities))
        if layer
    }
    for name, control in layers.further.items():
        layer = config.layers[control]
        found[f"{name}/{'labels' if layer.multiple else 'label'}"] = layer.labels
    found |= {f"{table}/{one.name}": one.values for table, each in attributes.items() for one in each if one.values}
    if pair_config:
        turned = {*corpus.relations.inverse, corpus.relations.none}
        found["claim_relations/relation"] = tuple(
            value for value in found["claim_relations/relation"] if value not in turned
        )
    parts = role_ends(corpus.attributions) if layers.attributions else {}
    if free := tuple(label for label in config.relations if label not in parts):
        found["relations/labels"] = free
    found["annotations/label"] = tuple(
        dict.fromkeys(label for layer in config.layers.values() for label in layer.labels)
    )
    return found


def count_labels(tables: Mapping[str, pa.Table], allowed: Mapping[str, Sequence[str]]) -> dict[str, dict[str, int]]:
    """How often each label stands in its column, by ``config/column``; 0 for one that is allowed and not used."""
    counted = {}
    for name, labels in allowed.items():
        table, _, column = name.partition("/")
        values = tables[table][column].to_pylist() if table in tables else []
        found = Counter(label for value in values for label in labels_in(value, labels))
        counted[name] = {**dict.fromkeys(labels, 0), **dict(sorted(found.items()))}
    return counted


def split_labels(value: str, labels: Collection[str]) -> Iterator[str]:
    """The labels that bars join; a bar may also be part of one of the ``labels`` that there are."""
    parts = value.split("|")
    longest = 1 + max((label.count("|") for label in labels), default=0) if len(parts) > 1 else 1
    while parts:
        sizes = range(min(longest, len(parts)), 1, -1)
        size = next((size for size in sizes if "|".join(parts[:size]) in labels), 1)
        yield from filter(None, ["|".join(parts[:size])])
        parts = parts[size:]


def labels_in(value: Any, labels: Sequence[str]) -> Iterator[str]:
    """The labels in a value of a column: several in a list, joined by bars, or in the structs of the zones."""
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, str):
        yield from split_labels(value, labels)
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from labels_in(part, labels)
