"""Attributions and claims from spans and relations."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.build import build
from goldspan.claims import assemble, quotation, quotations
from goldspan.records import Annotation, Claim, Relation
from goldspan.tables import claim_rows, mentions
from tests.small import (
    ARTICLE,
    CONFIG,
    CORPUS,
    RELATIONS,
    SAYING,
    TEXT,
    annotation,
    exported,
    span,
    write_export,
)


def claims_of(subject: Annotation) -> list[Claim]:
    return list(assemble(subject, ARTICLE, CORPUS))


def test_a_cue_governs_its_contents_and_the_rest_is_the_authors() -> None:
    quoted, cheered = claims_of(annotation())
    assert quoted.claim_id == "d1:claim:22-35"
    assert quoted.attribution is not None
    assert quoted.attribution.attribution_id == "d1:attribution:16-20"
    assert TEXT[quoted.attribution.cue.start : quoted.attribution.cue.end] == "said"
    assert quoted.attributes == {"tone": "calm", "sure": True}
    assert (quoted.quotation, cheered.quotation) == ("DIRECT", "AUTHOR")
    assert cheered.attribution is None


def test_one_cue_can_govern_several_claims() -> None:
    both = claims_of(annotation(relations=(*RELATIONS, Relation("v", "w2", ("that",)))))
    assert [claim.attribution.attribution_id if claim.attribution else None for claim in both] == [
        "d1:attribution:16-20"
    ] * 2


def test_fragments_are_in_text_order_and_the_id_is_the_firsts() -> None:
    before = span("say", "WORDS", "Title", "w0")
    (claim,) = claims_of(annotation(SAYING[3], before, relations=(Relation("w2", "w0", ("more",)),)))
    assert claim.claim_id == "d1:claim:42-52"
    assert [TEXT[part.start : part.end] for part in claim.content] == ["Title", "40 cheered"]


def test_ids_stay_when_something_is_added_elsewhere() -> None:
    more = annotation(*annotation().spans[3:], span("say", "WORDS", "Title here", "w0", tone="angry", sure=True))
    assert {claim.claim_id for claim in claims_of(annotation())} < {claim.claim_id for claim in claims_of(more)}


def test_quantities_of_a_claim_are_the_mentions_inside_it() -> None:
    found = mentions(annotation(), [], "name")
    rows = list(claim_rows(ARTICLE, claims_of(annotation()), found, CORPUS, CONFIG))
    assert [row["quantity_mention_ids"] for row in rows] == [[], ["d1:mention:42-44"]]
    assert rows[0]["source"] == [{"start": 12, "end": 15, "text": "Ann"}]
    assert rows[1]["cue"] == rows[1]["source"] == []
    assert [(row.get("speakers"), row["tone"]) for row in rows] == [(["ann"], "calm"), (None, "calm")]


def test_a_value_on_a_source_is_not_the_claims() -> None:
    speaker = msgspec.structs.replace(SAYING[0], attributes={"speakers": ["ann"], "tone": "angry"})
    one = annotation(speaker, SAYING[1], msgspec.structs.replace(SAYING[2], attributes={"sure": True}))
    (row,) = claim_rows(ARTICLE, claims_of(one), [], CORPUS, CONFIG)
    assert (row["speakers"], row.get("tone"), row["sure"]) == (["ann"], None, True)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("He said “we go”.", ["we go"], "DIRECT"),
        ("He said we “go”.", ["we “go”"], "MIXED"),
        ("He said we go.", ["we go"], "INDIRECT"),
        ('He said "we go" now', ["we go"], "DIRECT"),
        ("Er sagte „wir gehen“.", ["wir gehen"], "DIRECT"),
        ("« non », dit-il", ["non"], "DIRECT"),
        ("«non», dit-il", ["non"], "DIRECT"),
        ("“We go,” he said, “and come.”", ["We go", "and come"], "DIRECT"),
        ("“We go,” he said, and came.", ["We go", "came"], "MIXED"),
    ],
)
def test_quotation(text: str, words: list[str], expected: str) -> None:
    content = [(text.index(word), text.index(word) + len(word)) for word in words]
    assert quotation(quotations(text, CORPUS.quotation_marks), content) == expected


def test_a_region_that_is_a_mention_too_keeps_its_part_of_the_attribution(small_corpus: Path) -> None:
    def built() -> dict[str, list[dict[str, Any]]]:
        tables = build(small_corpus).tables
        return {name: tables[name].to_pylist() for name in ("entities", "claims", "relations") if name in tables}

    write_export(small_corpus, exported(annotation()))
    apart = built()
    assert [one["text"] for one in apart["claims"][0]["source"]] == ["Ann"]
    one_region = json.dumps(exported(annotation())).replace('"s"', '"WHO-Ann"')
    write_export(small_corpus, json.loads(one_region))
    assert built() == apart
