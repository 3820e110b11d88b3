"""Annotations carried over to articles that were corrected."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import build
from goldspan.faults import DataError
from goldspan.hashes import sha256
from goldspan.hydrate.rebase import Rebased, rebase, write_rebased
from tests.conftest import ROOT, Run, fingerprint
from tests.small import TEXT, write_export

TODAY = date(2026, 12, 24)


def correct(folder: Path, doc_id: str, change: Callable[[str], str]) -> None:
    """Change a raw article, and its hash in sources.csv."""
    sources = folder / "dataset/raw/sources.csv"
    with sources.open(encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["doc_id"] == doc_id]
    path = sources.parent / row["file"]
    path.write_bytes(change(path.read_bytes().decode()).encode())
    listed = sources.read_bytes().replace(row["sha256"].encode(), sha256(path.read_bytes()).encode())
    sources.write_bytes(listed)


def carried(folder: Path) -> Rebased:
    rebased = rebase(folder, TODAY)
    write_rebased(rebased)
    return rebased


def moves(rebased: Rebased, text: str) -> dict[tuple[str, str], tuple[int, int] | None]:
    """Where the regions of the small corpus went, by layer and words."""
    return {(one.layer, text[slice(*one.was)]): one.now for one in rebased.moves}


NEW = "A title here\n\nAnn Lee said 'Bob left Rome', and 41 cheered.\n\nSubscribe now"


def test_regions_move_with_their_words(small_corpus: Path) -> None:
    correct(small_corpus, "d1", lambda text: NEW)
    rebased = carried(small_corpus)
    assert [path.name for path in rebased.files] == ["pulled-2026-12-24.json"]
    went = moves(rebased, TEXT)
    assert {words: NEW[slice(*now)] if now else None for (_, words), now in went.items()} == {
        "Title here": "title here",
        "Ann said “Bob left Rome”, and 40 cheered.": "Ann Lee said 'Bob left Rome', and 41 cheered.",
        "Subscribe now": "Subscribe now",
        "Ann": "Ann",
        "Bob": "Bob",
        "Rome": "Rome",
        "40": "41",
        "said": "said",
        "Bob left Rome": "Bob left Rome",
        "40 cheered": "41 cheered",
    }
    assert {(one.code, one.region) for one in rebased.findings} == {
        ("W941", "HEAD-Title here"),
        ("W941", "REST-Ann said “Bob left Rome”, and 40 cheered."),
        ("W941", "HOWMANY-40"),
        ("W941", "w2"),
        ("W942", "WHO-Ann"),
        ("W942", "s"),
        ("W942", "v"),
    }
    assert next(one for one in rebased.findings if one.region == "w2").context == "40 cheered -> 41 cheered"


def test_offsets_move_however_they_are_written(small_corpus: Path) -> None:
    def rewritten(form: Callable[[int], object]) -> dict[tuple[str, str], tuple[int, int] | None]:
        path = small_corpus / "annotations/exports/articles-1.json"
        tasks = json.loads(path.read_bytes())
        for item in tasks[0]["annotations"][0]["result"]:
            if "start" in item.get("value", {}):
                item["value"] |= {name: form(int(float(item["value"][name]))) for name in ("start", "end")}
        path.write_text(json.dumps(tasks), encoding="utf-8")
        (small_corpus / "annotations/exports/pulled-2026-12-24.json").unlink(missing_ok=True)
        return moves(carried(small_corpus), TEXT)

    correct(small_corpus, "d1", lambda text: NEW)
    assert rewritten(int) == rewritten(float) == rewritten(str)


def test_the_new_export_holds_the_new_text_and_the_old_ones_are_not_touched(small_corpus: Path) -> None:
    old = fingerprint(small_corpus / "annotations")
    correct(small_corpus, "d1", lambda text: NEW.replace("A title", "Title"))
    carried(small_corpus)
    new = fingerprint(small_corpus / "annotations")
    assert {name: new[name] for name in old} == old
    (task,) = json.loads((small_corpus / "annotations/exports/pulled-2026-12-24.json").read_bytes())
    assert (task["data"], task["id"], task["created_at"]) == (
        {"doc_id": "d1", "body": NEW.replace("A title", "Title")},
        1,
        "2026-11-01T00:00:00Z",
    )
    claims = build(small_corpus).tables["claims"].to_pylist()
    assert [span["text"] for row in claims for span in row["content"]] == ["Bob left Rome", "41 cheered"]
    assert [row["speakers"] for row in claims] == [["ann"], []]
    assert carried(small_corpus) == Rebased({}, [], [])


def test_a_lost_region_goes_with_its_values_and_relations_and_is_named(small_corpus: Path) -> None:
    correct(small_corpus, "d1", lambda text: text.replace("Ann said “Bob left Rome”, and ", "“Bob left Rome”, and "))
    rebased = carried(small_corpus)
    lost = [one for one in rebased.findings if one.code == "W940"]
    assert {(one.region, one.context) for one in lost} == {
        ("WHO-Ann", "Ann"),
        ("s", "Ann"),
        ("v", "said"),
        ("REST-Ann said “Bob left Rome”, and 40 cheered.", TEXT[12:53]),
    }
    (task,) = json.loads(next(iter(rebased.files.values())))
    items = task["annotations"][0]["result"]
    assert {str(item.get("id")) for item in items} & {one.region for one in lost} == set()
    assert [item for item in items if item["type"] == "relation"] == []


def test_offsets_are_code_points_and_what_was_shown_is_shown_anew(small_corpus: Path) -> None:
    path = small_corpus / "annotations/exports/articles-1.json"
    tasks = json.loads(path.read_bytes())
    value = tasks[0]["annotations"][0]["result"][0]["value"]
    value["text"] = TEXT[value["start"] : value["end"]]
    path.write_text(json.dumps(tasks))
    correct(small_corpus, "d1", lambda text: text.replace("Title", "👩‍👧 e\u0301 Title"))
    rebased = carried(small_corpus)
    (task,) = json.loads(next(iter(rebased.files.values())))
    assert task["annotations"][0]["result"][0]["value"] == {
        "start": 7,
        "end": 17,
        "text": "Title here",
        "labels": ["HEAD"],
    }
    assert moves(rebased, TEXT)["name", "Rome"] == (TEXT.index("Rome") + 7, TEXT.index("Rome") + 11)


def test_a_task_that_no_later_export_can_replace_stops_it(small_corpus: Path) -> None:
    (small_corpus / "annotations/exports/articles-1.json").unlink()
    write_export(small_corpus, {"id": 1, "completed_by": 1, "result": []}, made=None)
    correct(small_corpus, "d1", lambda text: NEW)
    before = fingerprint(small_corpus)
    with pytest.raises(DataError) as caught:
        rebase(small_corpus, TODAY)
    assert [(one.code, one.task) for one in caught.value.findings] == [("E940", "d1")]
    assert fingerprint(small_corpus) == before


def test_an_article_that_sources_do_not_list_anew_says_what_to_do(small_corpus: Path, run: Run) -> None:
    (small_corpus / "dataset/raw/d1.txt").write_text(NEW)
    result = run("rebase", "--corpus", small_corpus)
    assert result.returncode == 1
    assert " E104 " in result.stderr
    assert "put the hash into sources.csv and run goldspan rebase" in result.stderr


def names(folder: Path, part: str, column: str) -> list[str]:
    with (folder / "annotations" / part).open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def test_decisions_clusters_and_pairs_go_with_the_places_that_they_name(corpus: Path, run: Run) -> None:
    correct(corpus, "003", lambda text: text.replace("By The White House", "By The US White House"))
    listed = run("rebase", "--corpus", corpus, "--dry-run")
    assert listed.returncode == 0
    assert listed.stdout.splitlines()[-1] == "003: 0 regions stay, 371 move, 0 are lost"
    assert "003 zone 0-18 -> 0-21 18:966bf07eb5" in listed.stdout
    assert not [one for one in corpus.rglob("*") if "2026-12-24" in one.name]
    rebased = carried(corpus)
    assert sorted(path.relative_to(corpus).as_posix() for path in rebased.files) == [
        "annotations/clusters.csv",
        "annotations/decisions.csv",
        "annotations/exports/articles-2026-12-24.json",
        "annotations/exports/pairs-2026-12-24.json",
        "annotations/exports/pairs-2026-12-24b.json",
    ]
    assert {one.code for one in rebased.findings} == {"W941"}
    old, new = (names(folder, "decisions.csv", "conflict") for folder in (ROOT, corpus))
    assert (
        dict(zip(old, new, strict=True))["003:attribution:1030-1130:claim_type"]
        == "003:attribution:1033-1133:claim_type"
    )
    assert [name for name in new if name not in old and "003:" not in name] == []
    assert run("agreement", "--corpus", corpus, "--write").returncode == 0
    tables, before = build(corpus).tables, build(ROOT).tables
    for config, column in (("entities", "text"), ("claims", "normalized_claim"), ("claim_relations", "relation")):
        assert tables[config][column].to_pylist() == before[config][column].to_pylist()


def test_a_decision_whose_text_changed_is_named_by_the_build(corpus: Path) -> None:
    correct(corpus, "002", lambda text: text.replace("killed at least 60 people", "killed at least 65 people"))
    carried(corpus)
    with pytest.raises(DataError) as caught:
        build(corpus)
    named = {(one.code, one.row) for one in caught.value.findings}
    assert ("E522", "002:attribution:335-398:normalized_claim") in named
    assert {code for code, _ in named} <= {"E522", "E723"}


def test_a_decision_whose_place_is_gone_is_named(corpus: Path) -> None:
    correct(corpus, "002", lambda text: text.replace("that has killed at least 60 people ", ""))
    rebased = carried(corpus)
    gone: dict[str, Any] = {one.row: one for one in rebased.findings if one.code == "W943"}
    assert "002:attribution:335-398:normalized_claim" in gone
    assert "002:claim:335-398" in gone
    assert "002:attribution:335-398:normalized_claim" in names(corpus, "decisions.csv", "conflict")
