"""What a release was made from and what it holds, as ``manifest.json``."""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from goldspan.card import Source
from goldspan.corpus import Corpus
from goldspan.hashes import records_hash, sha256
from goldspan.labels import count_labels
from goldspan.records import Measured
from goldspan.scores import Score
from goldspan.settings import Settings

__all__ = ["TOOLS", "Basis", "Counted", "LeftOut", "Manifest", "Picked", "TextState", "manifest_json"]

TOOLS = ("goldspan", "pyarrow", "sentencex")


TextState = Literal["full", "withheld", "hydrated"]


class LeftOut(Struct, frozen=True):
    """What stands in ``annotations`` alone: the regions of each layer that is left out, and relations with these."""

    regions: dict[str, int]
    relations: int = 0


class Picked(Struct, frozen=True):
    """How many conflicts between annotators are settled by the rule of a corpus, and which rule that is."""

    pick: str
    conflicts: int


class Counted(Struct, frozen=True):
    """What the settings of a corpus leave out, and what they settle; nothing, where they do not say so."""

    left_out: LeftOut | UnsetType = UNSET
    adjudication: Picked | UnsetType = UNSET


class Basis(Struct, frozen=True):
    """What a manifest has that is not seen from the files of its release.

    The corpus, the hash of each input by path, the labels that each column may have, and what was counted.
    """

    corpus: Corpus
    inputs: Mapping[str, str]
    allowed: Mapping[str, Sequence[str]]
    counted: Counted = Counted()


class Manifest(Struct, frozen=True):
    """What a release was made from and what it holds.

    Name and version; the version of the guidelines, if they have one; the SHA-256 of inputs and files by path; of each
    config the rows and the hash of its records, which no order and no Parquet version changes; how often each label
    stands in its column; agreement; versions of tools; the settings that checking the release takes; the scores of
    models on these records. Earlier releases lack what has a default here.

    ``text`` is not written where it is full; it is ``withheld`` of a release without the
    articles' text, ``hydrated`` of one whose text was put back from copies that are not quite the articles.
    ``figures`` has what each figure of the card shows in words, and is not written where there is none. Neither are
    ``left_out`` and ``adjudication`` where the settings say nothing of that.
    """

    name: str
    version: str
    inputs: dict[str, str]
    files: dict[str, str]
    rows: dict[str, int]
    agreement: list[Measured]
    tools: dict[str, str]
    guidelines: str | None = None
    records: dict[str, str] = {}
    labels: dict[str, dict[str, int]] = {}
    settings: Settings = Settings()
    scores: list[Score] = []
    text: TextState | UnsetType = UNSET
    figures: dict[str, str] | UnsetType = UNSET
    left_out: LeftOut | UnsetType = UNSET
    adjudication: Picked | UnsetType = UNSET


def manifest_json(basis: Basis, source: Source, files: Mapping[str, bytes]) -> bytes:
    """The manifest of a release as the bytes of its file."""
    corpus = basis.corpus
    manifest = Manifest(
        name=corpus.name,
        version=corpus.version,
        inputs=dict(sorted(basis.inputs.items())),
        files={name: sha256(data) for name, data in sorted(files.items())},
        rows={name: table.num_rows for name, table in source.tables.items()},
        agreement=list(source.agreement),
        tools={tool: version(tool) for tool in TOOLS},
        guidelines=guidelines_version(corpus.path("guidelines")),
        records={name: records_hash(table.to_pylist()) for name, table in source.tables.items()},
        labels=count_labels(source.tables, basis.allowed),
        settings=corpus.settings(),
        scores=list(source.scores),
        figures=dict(sorted(source.figures.items())) or UNSET,
        left_out=basis.counted.left_out,
        adjudication=basis.counted.adjudication,
    )
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def guidelines_version(path: Path) -> str | None:
    """The version that guidelines give themselves: the number in their first line that begins with "Version"."""
    match = re.search(r"^Version (\d+(?:\.\d+)*)", path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return match[1] if match else None
