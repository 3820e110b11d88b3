"""The schema of each config of a release; attribute columns come from the labeling config."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from goldspan.arrow import COLUMN_TYPES, INTEGERS, STRINGS
from goldspan.articles import METADATA
from goldspan.claims import claim_attributes
from goldspan.corpus import Corpus
from goldspan.keys import configs
from goldspan.labeling import Attribute, LabelingConfig
from goldspan.settings import NO_LAYERS, Layers

__all__ = ["JSON", "OWN_WORDS", "SLICES", "TAKEN", "Row", "schemas", "structure", "text_columns", "with_columns"]

Row = dict[str, Any]
Field = tuple[str, pa.DataType]

STRING, INTEGER = pa.string(), pa.int32()
EXTENT = [("start", INTEGER), ("end", INTEGER)]
FRAGMENTS = pa.list_(pa.struct([*EXTENT, ("text", STRING)]))
ZONES = pa.list_(pa.struct([*EXTENT, ("zone", STRING)]))

# Where article text stands, for releases that withhold it: columns that are slices of it (strings, lists of them, or
# fragments with their text; of a further layer `text`), columns that are taken from it as a rule, and what the
# annotators wrote themselves, also inside columns of JSON. Any other string is none of the article's, or quotes it.
SLICES = {
    "documents": ("text",),
    "entities": ("text",),
    "claims": ("content", "cue", "source"),
    "claim_relations": (),
    "relations": ("from_text", "to_text"),
    "ner": ("tokens", "sentence_text"),
    "annotations": (),
}
TAKEN = {"documents": ("title", "byline", "dateline_place")}
OWN_WORDS = frozenset({"normalized_claim", "text_a", "text_b"})
JSON = {"annotations": ("attributes",)}


def schemas(corpus: Corpus, config: LabelingConfig) -> dict[str, pa.Schema]:
    """The schema of each config that a release of a corpus can have, in their order."""
    layers, part = corpus.layers, claim_attributes(corpus, config)
    attributes = {
        "documents": config.task_attributes,
        "entities": config.attributes_of(layers.entities) if layers.entities else [],
        "attributions": [*part["cue"], *part["source"]],
        "claims": part["content"],
        **{name: config.attributes_of(control) for name, control in layers.further.items()},
    }
    multiple = {name for name, control in layers.further.items() if config.layers[control].multiple}
    return with_attributes(layers, attributes, multiple)


def structure(layers: Layers = NO_LAYERS, multiple: Collection[str] = ()) -> dict[str, pa.Schema]:
    """The columns that every release of some layers has, whatever its labeling config.

    ``multiple`` are the further layers whose spans can have several labels.
    """
    return with_attributes(layers, {}, multiple)


def with_attributes(
    layers: Layers, attributes: Mapping[str, Iterable[Attribute]], multiple: Collection[str]
) -> dict[str, pa.Schema]:
    """The schema of each config with the attributes that it has; those of cues and sources under ``attributions``."""
    columns = {name: list(typed(each)) for name, each in attributes.items()}
    further = {name: span_fields(columns.get(name, []), multiple=name in multiple) for name in layers.further}
    fields = {**own_fields(columns), **further}
    return {name: pa.schema(fields[name]) for name in configs(layers)}


def with_columns(schema: pa.Schema, attributes: Iterable[Attribute]) -> pa.Schema:
    """A schema with a column for each attribute that it has none for, behind its own."""
    return pa.schema([*schema, *(pa.field(*one) for one in typed(attributes) if one[0] not in schema.names)])


def text_columns(config: str) -> tuple[str, ...]:
    """The columns of a config, one of a release's own or a further layer, that are slices of text."""
    return SLICES.get(config, ("text",))


def typed(attributes: Iterable[Attribute]) -> Iterator[Field]:
    """A column for each attribute, typed by its control."""
    return ((attribute.name, COLUMN_TYPES[attribute.kind]) for attribute in attributes)


def span_fields(attributes: Iterable[Field], *, multiple: bool) -> list[Field]:
    """The columns of a further layer."""
    return [
        ("span_id", STRING),
        ("doc_id", STRING),
        *EXTENT,
        ("text", STRING),
        ("labels", STRINGS) if multiple else ("label", STRING),
        ("parent_span_id", STRING),
        ("zone", STRING),
        *attributes,
    ]


def own_fields(attributes: Mapping[str, Iterable[Field]]) -> dict[str, list[Field]]:
    """The columns of the configs that are no further layers."""
    return {
        "documents": [
            ("doc_id", STRING),
            ("text", STRING),
            ("text_sha256", STRING),
            ("n_chars", INTEGER),
            *((name, STRING) for name in METADATA),
            ("zones", ZONES),
            *attributes.get("documents", ()),
        ],
        "entities": [
            ("mention_id", STRING),
            ("doc_id", STRING),
            *EXTENT,
            ("text", STRING),
            ("label", STRING),
            ("parent_mention_id", STRING),
            ("zone", STRING),
            *attributes.get("entities", ()),
            ("lower", pa.float64()),
            ("upper", pa.float64()),
        ],
        "claims": [
            ("claim_id", STRING),
            ("doc_id", STRING),
            ("attribution_id", STRING),
            ("content", FRAGMENTS),
            ("cue", FRAGMENTS),
            ("source", FRAGMENTS),
            *attributes.get("attributions", ()),
            ("attribution", STRING),
            *attributes.get("claims", ()),
            ("quantity_mention_ids", STRINGS),
            ("cluster_id", STRING),
        ],
        "claim_relations": [
            ("relation_id", STRING),
            ("cluster_id", STRING),
            ("claim_a", STRING),
            ("claim_b", STRING),
            ("doc_a", STRING),
            ("doc_b", STRING),
            ("text_a", STRING),
            ("text_b", STRING),
            ("relation", STRING),
            ("basis", STRING),
            ("scope", STRING),
        ],
        "relations": [
            ("relation_id", STRING),
            ("doc_id", STRING),
            *end_fields("from"),
            *end_fields("to"),
            ("labels", STRINGS),
            ("direction", STRING),
        ],
        "ner": [
            ("id", STRING),
            ("doc_id", STRING),
            ("story_group", STRING),
            ("zone", STRING),
            ("tokens", STRINGS),
            ("token_starts", INTEGERS),
            ("ner_tags", INTEGERS),
            ("sentence_start", INTEGER),
            ("sentence_text", STRING),
        ],
        "annotations": [
            ("annotation_id", STRING),
            ("doc_id", STRING),
            ("annotator_id", STRING),
            ("layer", STRING),
            *EXTENT,
            ("label", STRING),
            ("attributes", STRING),
        ],
    }


def end_fields(end: str) -> list[Field]:
    """The columns of an end of a relation."""
    types = {"config": STRING, "id": STRING, "start": INTEGER, "end": INTEGER, "text": STRING}
    return [(f"{end}_{name}", kind) for name, kind in types.items()]
