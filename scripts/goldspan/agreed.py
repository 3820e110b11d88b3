"""The figures of agreement as a corpus keeps them, with the hashes of what they were measured on."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct

from goldspan.corpus import Corpus
from goldspan.faults import Finding, fault
from goldspan.hashes import sha256
from goldspan.inputs import Inputs
from goldspan.pairs import Judgement
from goldspan.records import Annotation, Measured
from goldspan.words import reason

__all__ = [
    "Agreement",
    "agreement_json",
    "check_agreement",
    "compared",
    "independent",
    "read_agreement",
]

BAD_AGREEMENT = fault("E722", "The figures of agreement cannot be read", "Run goldspan agreement --write.")
STALE_AGREEMENT = fault(
    "E723", "The figures of agreement were measured on other annotations", "Run goldspan agreement --write."
)


M = TypeVar("M", Annotation, Judgement)


class Agreement(Struct, frozen=True):
    """Figures of agreement and what they were measured on."""

    inputs: dict[str, str]
    measures: list[Measured]


def compared(inputs: Inputs) -> dict[str, dict[str, Annotation]]:
    """The annotations that can be compared: of each document that has two annotators or more, adjudicators left out."""
    return {doc_id: by for doc_id, by in sorted(inputs.by_document().items()) if len(by) > 1}


def independent(judgements: Iterable[Judgement], corpus: Corpus) -> list[Judgement]:
    """The judgements that can be compared: adjudicators left out."""
    return [one for one in judgements if one.annotator not in corpus.adjudicators()]


def measured_on(inputs: Inputs, judgements: Iterable[Judgement]) -> dict[str, str]:
    """The hashes of what the figures depend on, whichever exports it stands in."""
    annotations = [bare(by[name]) for by in compared(inputs).values() for name in sorted(by)]
    judged = [bare(one) for one in independent(judgements, inputs.corpus)]
    judged.sort(key=lambda one: (one.pair, one.annotator))
    return {
        name: sha256(msgspec.json.encode(records, order="deterministic"))
        for name, records in (("annotations", annotations), ("judgements", judged))
    }


def bare(one: M) -> M:
    """An annotation or judgement without what no figure depends on."""
    return msgspec.structs.replace(one, file="", saved=UNSET, ground_truth=UNSET)


def agreement_json(inputs: Inputs, judgements: Iterable[Judgement], measures: Sequence[Measured]) -> bytes:
    """Figures as a file, rounded to four places so that they are the same on every machine."""
    rounded: list[dict[str, Any]] = [
        {**msgspec.to_builtins(one), "value": None if one.value is None else round(one.value, 4)} for one in measures
    ]
    contents = {"inputs": measured_on(inputs, judgements), "measures": rounded}
    return (json.dumps(contents, indent=1, ensure_ascii=False) + "\n").encode()


def read_agreement(corpus: Corpus) -> list[Measured]:
    """The figures of a corpus; none where there is no file.

    Raises:
        DataError: the file cannot be read (E722).
    """
    kept = read_file(corpus)
    return kept.measures if kept else []


def read_file(corpus: Corpus) -> Agreement | None:
    """The file with the figures, if there is one."""
    path = corpus.path("agreement")
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Agreement)
    except (OSError, msgspec.MsgspecError) as error:
        raise BAD_AGREEMENT.error(reason(error), file=str(path)) from error


def check_agreement(inputs: Inputs, judgements: Iterable[Judgement]) -> Iterator[Finding]:
    """Findings about figures that were measured on other annotations (E723)."""
    kept = read_file(inputs.corpus)
    if kept and kept.inputs != measured_on(inputs, judgements):
        yield STALE_AGREEMENT.finding(file=str(inputs.corpus.path("agreement")))
