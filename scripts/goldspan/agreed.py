"""The figures of agreement as a corpus keeps them, with the hashes of the exports that they were measured on."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.corpus import Corpus
from goldspan.faults import Finding, fault
from goldspan.hashes import input_hashes

__all__ = ["Agreement", "Measured", "agreement_json", "check_agreement", "read_agreement"]

BAD_AGREEMENT = fault("E722", "The figures of agreement cannot be read", "Run goldspan agreement --write.")
STALE_AGREEMENT = fault(
    "E723", "The figures of agreement were measured on other exports", "Run goldspan agreement --write."
)


class Measured(Struct, frozen=True):
    """One figure: of a layer and a label or attribute, over ``items`` things compared.

    Null with a reason if undefined.
    """

    layer: str
    of: str
    measure: str
    value: float | None
    items: int
    undefined: str = ""


class Agreement(Struct, frozen=True):
    """Figures of agreement and what they were measured on."""

    inputs: dict[str, str]
    measures: list[Measured]


def measured_on(corpus: Corpus) -> dict[str, str]:
    """The hashes of what the figures depend on."""
    return input_hashes(corpus.folder, [*corpus.export_files(), *corpus.pair_export_files()])


def agreement_json(corpus: Corpus, measures: Sequence[Measured]) -> bytes:
    """Figures as a file, rounded to four places so that they are the same on every machine."""
    rounded: list[dict[str, Any]] = [
        {**msgspec.to_builtins(one), "value": None if one.value is None else round(one.value, 4)} for one in measures
    ]
    contents = {"inputs": measured_on(corpus), "measures": rounded}
    return (json.dumps(contents, indent=1, ensure_ascii=False) + "\n").encode()


def read_agreement(corpus: Corpus) -> list[Measured]:
    """The figures of a corpus; none where there is no file.

    Raises:
        DataError: the file cannot be read (E722).
    """
    return read_file(corpus).measures


def read_file(corpus: Corpus) -> Agreement:
    """The file with the figures; an empty one where there is none."""
    path = corpus.path("agreement")
    if not path.exists():
        return Agreement(measured_on(corpus), [])
    try:
        return msgspec.json.decode(path.read_bytes(), type=Agreement)
    except (OSError, msgspec.MsgspecError) as error:
        raise BAD_AGREEMENT.error(str(error), file=str(path)) from error


def check_agreement(corpus: Corpus) -> Iterator[Finding]:
    """Findings about figures that were measured on other exports (E723)."""
    if read_file(corpus).inputs != measured_on(corpus):
        yield STALE_AGREEMENT.finding(file=str(corpus.path("agreement")))
