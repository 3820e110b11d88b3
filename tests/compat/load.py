"""What a version of datasets makes of a release, in a form that all versions share; run by each of them.

Arguments: the folder of the release, then its configs.
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


def labels(feature: Any) -> list[str] | None:
    """The names of the class labels in a list, which is a list of one feature in datasets 3."""
    item = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    return getattr(item, "names", None)


def digest(rows: Any) -> str:
    """The SHA-256 of rows as canonical JSON."""
    return sha256(json.dumps(list(rows), sort_keys=True).encode()).hexdigest()


def loaded(release: str, config: str) -> dict[str, Any]:
    """Features, labels, version and rows of a config, loaded and streamed."""
    plain = datasets.load_dataset(release, config, split="train")
    streamed = datasets.load_dataset(release, config, split="train", streaming=True)
    return {
        "features": {field.name: kind(field.type) for field in plain.features.arrow_schema},
        "labels": {name: labels(feature) for name, feature in plain.features.items() if labels(feature)},
        "version": str(plain.info.version),
        "splits": list(datasets.load_dataset(release, config)),
        "rows": digest(plain),
        "streamed": digest(streamed),
    }


if __name__ == "__main__":
    release, *configs = sys.argv[1:]
    found = {config: loaded(release, config) for config in configs}
    default = datasets.load_dataset(release, split="train").column_names
    print(json.dumps({"datasets": datasets.__version__, "default": default, "configs": found}))
