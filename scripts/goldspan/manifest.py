"""What a release was made from and what it holds, as ``manifest.json``."""

from collections.abc import Mapping
from importlib.metadata import version

import msgspec
from msgspec import Struct

from goldspan.agreed import Measured
from goldspan.card import Source
from goldspan.corpus import Corpus
from goldspan.hashes import sha256
from goldspan.settings import Settings

__all__ = ["Manifest", "manifest_json"]

TOOLS = ("goldspan", "pyarrow", "sentencex")


class Manifest(Struct, frozen=True):
    """Name and version, the SHA-256 of inputs and files by path, rows of each config, agreement, versions of tools.

    ``settings`` are those that checking the release takes.
    """

    name: str
    version: str
    inputs: dict[str, str]
    files: dict[str, str]
    rows: dict[str, int]
    agreement: list[Measured]
    tools: dict[str, str]
    settings: Settings = Settings()


def manifest_json(corpus: Corpus, inputs: Mapping[str, str], source: Source, files: Mapping[str, bytes]) -> bytes:
    """The manifest of a release as the bytes of its file."""
    manifest = Manifest(
        name=corpus.name,
        version=corpus.version,
        inputs=dict(sorted(inputs.items())),
        files={name: sha256(data) for name, data in sorted(files.items())},
        rows={name: table.num_rows for name, table in source.tables.items()},
        agreement=list(source.agreement),
        tools={tool: version(tool) for tool in TOOLS},
        settings=corpus.settings(),
    )
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
