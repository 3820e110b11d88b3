"""Many findings of one kind: a person sees the first of each code and how many more there are, a program all."""

import csv
import json
from hashlib import sha256
from pathlib import Path

import pytest

from goldspan.export.spans import SKIPPED, UNKNOWN_CONTROL
from goldspan.hydrate.cli import moved_together
from goldspan.hydrate.rows import LOST, MOVED
from goldspan.report import as_github, as_json, as_lines, totals
from goldspan.words import counted
from tests import exports
from tests.conftest import Run

WARNINGS = [SKIPPED.finding(task=f"d{number:04}") for number in range(25)]
ERRORS = [UNKNOWN_CONTROL.finding(task=f"d{number:04}") for number in range(1002)]


def test_of_a_code_twenty_warnings_and_a_thousand_errors_are_shown() -> None:
    lines = list(as_lines([*WARNINGS, *ERRORS], {"W201": 3, "W302": 1}))
    assert sum(": W201 " in line for line in lines) == 20
    assert sum(": E209 " in line for line in lines) == 1000
    assert lines[-3:] == ["and 2 more E209", "and 8 more W201", "and 1 more W302"]
    assert list(as_lines(WARNINGS[:20])) == [str(one) for one in WARNINGS[:20]]


def test_github_sees_as_many_and_json_has_all() -> None:
    lines = list(as_github(WARNINGS))
    assert (len(lines), lines[-1]) == (21, "::notice::and 5 more W201")
    assert len(json.loads(as_json([*WARNINGS, *ERRORS]))) == 1027


def test_validate_shows_the_first_of_each_code(run: Run, tmp_path: Path) -> None:
    skipped = [exports.task(exports.annotation(number=one, was_cancelled=True), number=one) for one in range(1, 26)]
    (tmp_path / "export.json").write_bytes(exports.lines(skipped))
    call = ("validate", tmp_path / "export.json", "--config", exports.write_config(tmp_path))
    lines = run(*call).stdout.splitlines()
    assert sum(": W201 " in line for line in lines) == 20
    assert lines[-5:] == [
        "    mend: Annotate it, or accept that it is left out.",
        "and 5 more W201",
        "W201     25  An annotator skipped this task",
        "W202      1  An article has no annotation",
        f"{tmp_path / 'export.json'}: 0 errors, 26 warnings",
    ]
    assert len(json.loads(run(*call, "--format", "json").stdout)) == 26


def test_articles_without_an_annotation_are_one_warning(run: Run, small_corpus: Path) -> None:
    with (small_corpus / "dataset/raw/sources.csv").open("a", newline="", encoding="utf-8") as file:
        for number in range(600):
            text = f"Article {number}.".encode()
            (small_corpus / f"dataset/raw/n{number:03}.txt").write_bytes(text)
            csv.writer(file).writerow([f"n{number:03}", f"n{number:03}.txt", sha256(text).hexdigest(), ""])
    lines = run("build", "--corpus", small_corpus).stderr.splitlines()
    found = [line for line in lines if "W202" in line]
    assert found == ["W202 An article has no annotation: 601 of 602 have none: d2, n000, n001, n002, n003, …"]


def test_spans_that_only_moved_are_counted_for_each_document() -> None:
    moved = [MOVED.finding("1-2", task=task, row=f"{task}:{number}") for task in ("d1", "d2") for number in range(19)]
    lost = LOST.finding("1-2", task="d1", row="d1:20")
    shown = moved_together([*moved[:20], lost])
    assert [str(one).splitlines()[0] for one in shown] == [
        "document d1: W933 A span is at another place than in the full release: 19 spans",
        f"document d1 row d1:20: {LOST.code} {LOST.message}: 1-2",
        "document d2 row d2:0: W933 A span is at another place than in the full release: 1-2",
    ]


@pytest.mark.parametrize(("number", "said"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors")])
def test_one_thing_is_one_thing(number: int, said: str) -> None:
    assert counted(number, "error") == said
    assert totals(ERRORS[:number]) == f"{said}, 0 warnings"


def test_a_plural_that_is_no_added_s() -> None:
    assert [counted(number, "is lost", "are lost") for number in (1, 2)] == ["1 is lost", "2 are lost"]
