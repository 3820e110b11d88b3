"""What a version of datasets makes of a folder, in a form that all versions share; run by each of them.

Arguments: the folder of a release or a conversion, then its configs.
"""

import json
import sys
from hashlib import sha256
from typing import Any

import datasets
import pyarrow as pa


def kind(data_type: pa.DataType) -> Any:
    """A type without the names that versions of pyarrow give to the items of lists."""
    if pa.types.is_list(data_type):
        return [kind(data_type.value_type)]
    if pa.types.is_struct(data_type):
        return {field.name: kind(field.type) for field in data_type}
    return str(data_type)


def named(feature: Any) -> Any:
    """A feature by the names of its parts. In datasets 3 a list of structs is a list; any other has an item.

    Raises:
        AttributeError: a list of plain values has none.
    """
    if isinstance(feature, dict):
        return {name: named(part) for name, part in feature.items()}
    if isinstance(feature, datasets.ClassLabel):
        return list(feature.names)
    if isinstance(feature, datasets.Value):
        return feature.dtype
    return [named(feature[0] if isinstance(feature, list) and isinstance(feature[0], dict) else feature.feature)]


def digest(rows: Any) -> str:
    """The SHA-256 of rows as canonical JSON."""
    return sha256(json.dumps(list(rows), sort_keys=True).encode()).hexdigest()


def loaded(folder: str, config: str) -> dict[str, Any]:
    """Features as columns and by name, version and rows of a config, loaded and streamed."""
    plain = datasets.load_dataset(folder, config, split="train")
    streamed = datasets.load_dataset(folder, config, split="train", streaming=True)
    return {
        "features": {field.name: kind(field.type) for field in plain.features.arrow_schema},
        "named": named(dict(plain.features)),
        "version": str(plain.info.version),
        "splits": list(datasets.load_dataset(folder, config)),
        "rows": digest(plain),
        "streamed": digest(streamed),
    }


if __name__ == "__main__":
    folder, *configs = sys.argv[1:]
    found = {config: loaded(folder, config) for config in configs}
    default = datasets.load_dataset(folder, split="train").column_names
    print(json.dumps({"datasets": datasets.__version__, "default": default, "configs": found}))
