"""A Label Studio labeling config -> its layers, labels, relations and typed attributes, and where its text stands."""

from goldspan.labeling.joining import joined_config
from goldspan.labeling.model import Attribute, Kind, LabelingConfig, Layer, as_stored
from goldspan.labeling.reading import load_labeling_config, parse_labeling_config
from goldspan.labeling.source import TextFolder, TextSource
from goldspan.labeling.values import LARGEST, parse_value, split_values, typed_texts

__all__ = [
    "LARGEST",
    "Attribute",
    "Kind",
    "LabelingConfig",
    "Layer",
    "TextFolder",
    "TextSource",
    "as_stored",
    "joined_config",
    "load_labeling_config",
    "parse_labeling_config",
    "parse_value",
    "split_values",
    "typed_texts",
]
