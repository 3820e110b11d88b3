"""The data itself: counts pinned, known rows, offsets, ids, zones."""

from collections import Counter
from typing import Any

import pytest

from goldspan.build import Built
from goldspan.hashes import sha256
from goldspan.options import open_findings
from tests.conftest import ROOT

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def data(built: Built) -> dict[str, Rows]:
    return {name: table.to_pylist() for name, table in built.tables.items()}


def texts(data: dict[str, Rows]) -> dict[str, str]:
    return {row["doc_id"]: row["text"] for row in data["documents"]}


def test_counts(data: dict[str, Rows]) -> None:
    assert {name: len(rows) for name, rows in data.items()} == {
        "documents": 5,
        "entities": 345,
        "claims": 172,
        "claim_relations": 217,
        "ner": 117,
        "annotations": 1389,
    }
    assert Counter(row["label"] for row in data["entities"]) == {
        "GPE": 132, "PERSON": 62, "DATE": 56, "NORP": 27, "ORG": 27, "QUANTITY": 15, "WEAPON": 15, "AGREEMENT": 9, "EVENT": 2,
    }  # fmt: skip
    assert len({row["attribution_id"] for row in data["claims"]} - {None}) == 81


def test_no_warning_about_the_corpus(built: Built) -> None:
    assert open_findings(built.warnings) == []


def test_articles_are_the_raw_files_byte_for_byte(data: dict[str, Rows]) -> None:
    files = {path.name[:3]: path.read_bytes() for path in (ROOT / "dataset/raw").glob("*.txt")}
    assert {row["doc_id"]: row["text"].encode() for row in data["documents"]} == files
    assert {row["doc_id"]: row["text_sha256"] for row in data["documents"]} == {
        doc_id: sha256(raw) for doc_id, raw in files.items()
    }
    assert [row["n_chars"] for row in data["documents"]] == [2182, 5179, 3613, 4959, 2306]


def test_what_the_articles_do_not_say_is_null(data: dict[str, Rows]) -> None:
    assert [row["published_date"] for row in data["documents"]] == [None, "2025-12-12", "2025-12-22", None, None]
    assert {row["outlet"] for row in data["documents"]} == {row["byline"] for row in data["documents"]} == {None}
    assert all((row["published_date"] is None) == (row["date_basis"] is None) for row in data["documents"])


def test_story_groups(data: dict[str, Rows]) -> None:
    groups = [row["story_group"] for row in data["documents"]]
    assert groups[0] == groups[1]
    assert groups[2] == groups[4]
    assert len(set(groups)) == 3


def test_zones_cover_every_character_once(data: dict[str, Rows]) -> None:
    for row in data["documents"]:
        covered = Counter(at for zone in row["zones"] for at in range(zone["start"], zone["end"]))
        assert set(covered.values()) == {1}
        assert all(at in covered for at, char in enumerate(row["text"]) if not char.isspace())
    zones = [(zone["zone"], zone["start"], zone["end"]) for zone in data["documents"][2]["zones"]]
    assert zones == [
        ("CAPTION", 1, 199),
        ("BYLINE", 200, 209),
        ("DATELINE", 211, 225),
        ("BODY", 226, 2365),
        ("SUBHEAD", 2367, 2406),
        ("BODY", 2408, 3613),
    ]


def test_every_span_is_its_slice(data: dict[str, Rows]) -> None:
    text = texts(data)
    for row in data["entities"]:
        assert text[row["doc_id"]][row["start"] : row["end"]] == row["text"] == row["text"].strip() != ""
    for row in data["claims"]:
        for span in [*row["content"], *row["cue"], *row["source"]]:
            assert text[row["doc_id"]][span["start"] : span["end"]] == span["text"] == span["text"].strip() != ""


def test_first_middle_and_last_mention(data: dict[str, Rows]) -> None:
    rows = data["entities"]
    assert rows[0] == {
        "mention_id": "000:mention:19-28", "doc_id": "000", "start": 19, "end": 28, "text": "Hun Manet", "label": "PERSON",
        "parent_mention_id": None, "zone": "TITLE", "entity_id": "hun-manet", "normalized": None, "measure": None,
        "comparator": None, "value": None, "unit": None, "lower": None, "upper": None,
    }  # fmt: skip
    figure = next(row for row in rows if row["text"] == "close to one million")
    assert (figure["doc_id"], figure["measure"], figure["comparator"], figure["value"], figure["unit"]) == (
        "003", "DISPLACED", "NEARLY", 1_000_000, "people",
    )  # fmt: skip
    assert (figure["lower"], figure["upper"]) == (None, 1_000_000)
    bounds = {row["comparator"]: (row["lower"] is None, row["upper"] is None) for row in rows if row["comparator"]}
    assert bounds == {
        "EXACT": (False, False), "AT_LEAST": (False, True), "MORE_THAN": (False, True), "NEARLY": (True, False),
        "ABOUT": (True, True), "VAGUE": (True, True),
    }  # fmt: skip
    assert (rows[-1]["doc_id"], rows[-1]["text"], rows[-1]["label"]) == ("004", "rockets", "WEAPON")


def test_nested_mentions_have_their_parent(data: dict[str, Rows]) -> None:
    by_id = {row["mention_id"]: row for row in data["entities"]}
    nested = [
        (row["text"], by_id[row["parent_mention_id"]]["text"]) for row in by_id.values() if row["parent_mention_id"]
    ]
    assert ("Asean", "47th Asean Summit") in nested
    assert len(nested) == 13
    assert all(
        by_id[row["parent_mention_id"]]["parent_mention_id"] is None
        for row in by_id.values()
        if row["parent_mention_id"]
    )


def test_first_middle_and_last_claim(data: dict[str, Rows]) -> None:
    rows = data["claims"]
    assert (rows[0]["doc_id"], rows[0]["attribution"], rows[0]["claim_type"]) == ("000", "AUTHOR", "DIPLOMACY")
    killed = next(row for row in rows if row["content"][0]["text"] == "At least 41 people have been killed")
    displaced = next(row for row in rows if row["content"][0]["text"].startswith("close to one million residents"))
    assert killed["attribution_id"] == displaced["attribution_id"] == "003:attribution:1875-1887"
    assert killed["source"][0]["text"] == "officials and aid agencies"
    assert (killed["cue"][0]["text"], killed["attribution"], killed["polarity"]) == (
        "according to",
        "INDIRECT",
        "POSITIVE",
    )
    assert killed["quantity_mention_ids"] == ["003:mention:1738-1749"]
    assert rows[-1]["content"][0]["text"] == (
        "Cambodia of using drones to drop bombs on bases and firing rockets at civilian areas"
    )
    assert rows[-1]["source_entity_ids"] == ["thai-army"]


def test_a_quotation_that_runs_on_has_one_attribution(data: dict[str, Rows]) -> None:
    said = [
        row for row in data["claims"] if row["source"] and row["source"][0]["text"] == "foreign minister Mohamad Hasan"
    ]
    assert [row["attribution"] for row in said] == ["DIRECT"] * 4
    assert len({row["attribution_id"] for row in said}) == 1


def test_every_claim_says_what_the_scheme_asks(data: dict[str, Rows]) -> None:
    for row in data["claims"]:
        assert row["claim_type"]
        assert row["modality"]
        assert row["polarity"]
        assert row["distanced"] is not None
        assert row["normalized_claim"].endswith(".")
        assert (row["attribution"] == "AUTHOR") == (row["cue"] == []) == (row["attribution_id"] is None)
    author_types = {row["claim_type"] for row in data["claims"] if row["attribution"] == "AUTHOR"}
    assert author_types <= {"CASUALTIES", "DISPLACEMENT", "HOSTILE_ACT", "BLAME", "AGREEMENT", "DIPLOMACY", "GEOGRAPHY"}


def test_a_claim_names_its_first_cluster(data: dict[str, Rows]) -> None:
    related = {row[side] for row in data["claim_relations"] for side in ("claim_a", "claim_b")}
    cluster = {row["claim_id"]: row["cluster_id"] for row in data["claims"]}
    assert {claim for claim, name in cluster.items() if name} == related
    assert len({row["cluster_id"] for row in data["claim_relations"]}) == 48
    assert set(cluster.values()) - {None} <= {row["cluster_id"] for row in data["claim_relations"]}


def test_modality_follows_the_guidelines(data: dict[str, Rows]) -> None:
    pairs = {(row["claim_type"], row["modality"]) for row in data["claims"]}
    assert {modality for claim_type, modality in pairs if claim_type == "DEMAND"} == {"DIRECTIVE"}
    assert {modality for claim_type, modality in pairs if claim_type == "COMMITMENT"} == {"PROSPECTIVE"}


def test_entities_are_the_same_in_every_article(data: dict[str, Rows]) -> None:
    named = {"PERSON", "ORG", "GPE", "AGREEMENT", "EVENT"}
    labels: dict[str, set[str]] = {}
    for row in data["entities"]:
        assert (row["label"] in named) == (row["entity_id"] is not None)
        if row["entity_id"]:
            labels.setdefault(row["entity_id"], set()).add(row["label"])
    assert all(len(found) == 1 for found in labels.values())
    sources = {entity for row in data["claims"] for entity in row["source_entity_ids"]}
    assert sources <= set(labels)


def test_nothing_is_marked_where_nothing_may_be(data: dict[str, Rows]) -> None:
    assert not {row["zone"] for row in data["entities"]} & {"BYLINE", "BOILERPLATE", None}
    assert not {row["zone"] for row in data["ner"]} & {"BYLINE", "BOILERPLATE", None}


def test_sentences_hold_all_of_the_annotated_text(data: dict[str, Rows]) -> None:
    first, last = data["ner"][0], data["ner"][-1]
    assert first["sentence_text"] == "Hun Manet, Malaysia and US Leaders Push for Cambodia–Thailand Ceasefire"
    assert first["tokens"] == ["Hun", "Manet", ",", "Malaysia", "and", "US", "Leaders", "Push", "for", "Cambodia", "–", "Thailand", "Ceasefire"]  # fmt: skip
    assert first["ner_tags"] == [1, 2, 0, 5, 0, 5, 0, 0, 0, 5, 0, 5, 0]
    assert last["sentence_text"].startswith("In contrast, the Thai military accused")
    text = texts(data)
    for row in data["documents"]:
        marked = [zone for zone in row["zones"] if zone["zone"] not in ("BYLINE", "BOILERPLATE")]
        words = [word for zone in marked for word in text[row["doc_id"]][zone["start"] : zone["end"]].split()]
        found = [
            word for line in data["ner"] if line["doc_id"] == row["doc_id"] for word in line["sentence_text"].split()
        ]
        assert found == words


def test_annotations_keep_what_was_drawn(data: dict[str, Rows]) -> None:
    assert Counter(row["layer"] for row in data["annotations"]) == {"entity": 690, "attribution": 647, "zone": 52}
    assert {row["annotator_id"] for row in data["annotations"]} == {"A1", "A2"}
