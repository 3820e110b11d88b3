"""What a release was made from and what it holds, as ``manifest.json``."""

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from goldspan.articles import sha256
from goldspan.corpus import Corpus

__all__ = ["input_hashes", "manifest_json"]

TOOLS = ("goldspan", "pyarrow", "sentencex")


def input_hashes(corpus: Corpus, files: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of each input file, by its path in the corpus folder."""
    return {path.relative_to(corpus.folder).as_posix(): sha256(path.read_bytes()) for path in sorted(set(files))}


def manifest_json(
    corpus: Corpus, inputs: Mapping[str, str], tables: Mapping[str, pa.Table], files: Mapping[str, bytes]
) -> bytes:
    """The manifest.

    Name and version, hashes of inputs and files, rows of each config, versions of the tools that matter.
    """
    contents = {
        "name": corpus.name,
        "version": corpus.version,
        "inputs": dict(inputs),
        "files": {name: sha256(data) for name, data in files.items()},
        "rows": {name: table.num_rows for name, table in tables.items()},
        "tools": {tool: version(tool) for tool in TOOLS},
    }
    return (json.dumps(contents, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
