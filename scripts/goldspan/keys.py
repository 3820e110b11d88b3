"""How the rows of a release are known: its configs, the key of each, and the columns that name rows of others."""

from goldspan.settings import NO_LAYERS, Layers

__all__ = ["configs", "foreign_keys", "keys"]

SPANS = {"documents": "doc_id", "entities": "mention_id", "claims": "claim_id", "claim_relations": "relation_id"}
OTHERS = {"relations": "relation_id", "ner": "id", "annotations": "annotation_id"}
FOREIGN_KEYS = [
    ("entities", "doc_id", "documents"),
    ("entities", "parent_mention_id", "entities"),
    ("claims", "doc_id", "documents"),
    ("claims", "quantity_mention_ids", "entities"),
    ("claim_relations", "claim_a", "claims"),
    ("claim_relations", "claim_b", "claims"),
    ("claim_relations", "doc_a", "documents"),
    ("claim_relations", "doc_b", "documents"),
    ("relations", "doc_id", "documents"),
    ("ner", "doc_id", "documents"),
    ("annotations", "doc_id", "documents"),
]


def keys(layers: Layers = NO_LAYERS) -> dict[str, str]:
    """The key of each config that a release of these layers can have, in the order of the configs."""
    return {**SPANS, **dict.fromkeys(layers.further, "span_id"), **OTHERS}


def configs(layers: Layers = NO_LAYERS) -> tuple[str, ...]:
    """The configs that a release of these layers can have. One without a row is left out of it."""
    return tuple(keys(layers))


def foreign_keys(layers: Layers = NO_LAYERS) -> list[tuple[str, str, str]]:
    """Each column that names rows, as (config, column, config that it names).

    The ends of ``relations`` are none of them: each row says itself which config they are rows of.
    """
    own = [(name, *named) for name in layers.further for named in (("doc_id", "documents"), ("parent_span_id", name))]
    return [*FOREIGN_KEYS, *own]
