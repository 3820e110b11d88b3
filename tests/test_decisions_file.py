"""The file of decisions: begun and added to as a person does it, with the shell, and read back."""

import shlex
import subprocess
from pathlib import Path

import pytest

from goldspan.build import build
from goldspan.decisions import read_decisions
from goldspan.faults import DataError
from tests.conftest import GOLDSPAN, Run
from tests.fixtures import ANNOTATORS, annotated, drawn, write_corpus
from tests.small import ENTITIES, SAYING, annotation

HEAD = "conflict,text,take,value,reason"
ANN, BOB = "d1:name:12-15:WHO,Ann,,,,A: Ann,B: ", "d1:name:22-25:WHO,Bob,,,,A: Bob,B: "


@pytest.fixture
def differing(tmp_path: Path) -> Path:
    """A corpus of two annotators, of whom the second has not marked two names."""
    corpus = write_corpus(tmp_path / "small")
    annotated(drawn(annotation()), drawn(annotation(*ENTITIES[2:], *SAYING), 2))(corpus)
    with (corpus / "corpus.toml").open("a") as file:
        file.write(ANNOTATORS)
    return corpus


def shell(line: str, corpus: Path) -> None:
    """A line of the shell, in the folder of the corpus."""
    line = line.replace("goldspan", shlex.quote(str(GOLDSPAN)), 1)
    subprocess.run(["bash", "-c", line], cwd=corpus, check=True)


def said(corpus: Path) -> list[str]:
    with pytest.raises(DataError) as raised:
        build(corpus)
    return [str(one).splitlines()[0].removeprefix(f"{corpus}/annotations/") for one in raised.value.findings]


def test_the_shell_begins_the_file_that_the_build_reads(differing: Path) -> None:
    decisions = differing / "annotations/decisions.csv"
    shell("goldspan agreement --undecided > annotations/decisions.csv", differing)
    assert decisions.read_text().splitlines() == [f"{HEAD},reading 1,reading 2", ANN, BOB]
    unusable = "E524 A decision cannot be used"
    assert said(differing) == [
        f"decisions.csv row d1:name:12-15:WHO: {unusable}: no take and no reason",
        f"decisions.csv row d1:name:22-25:WHO: {unusable}: no take and no reason",
    ]
    decisions.write_text(decisions.read_text().replace("Ann,,,,", "Ann,A,,so it is,").replace("Bob,,,,", "Bob,B,,,"))
    assert said(differing) == [f"decisions.csv row d1:name:22-25:WHO: {unusable}: no reason"]
    decisions.write_text(decisions.read_text().replace("Bob,B,,,", "Bob,B,,not he,"))
    assert [row["text"] for row in build(differing).tables["entities"].to_pylist()] == ["Ann", "Rome", "40"]


@pytest.mark.parametrize("line", ["--undecided >> annotations/decisions.csv", "--undecided --write"])
@pytest.mark.parametrize("kept", ["", f"{HEAD}\nd1:name:12-15:WHO,Ann,A,,so it is\n"])
def test_rows_are_added_below_those_that_are_there(line: str, kept: str, differing: Path) -> None:
    decisions = differing / "annotations/decisions.csv"
    decisions.write_text(kept)
    shell(f"goldspan agreement {line}", differing)
    added = [BOB] if kept else [f"{HEAD},reading 1,reading 2", ANN, BOB]
    assert decisions.read_text().splitlines() == [*kept.splitlines(), *added]
    decisions.write_text(decisions.read_text().replace("Ann,,,,", "Ann,A,,so,").replace("Bob,,,,", "Bob,A,,so it is,"))
    assert build(differing).tables["entities"].num_rows == 4


def test_rows_begin_on_a_line_of_their_own_and_are_counted(differing: Path, run: Run) -> None:
    decisions = differing / "annotations/decisions.csv"
    decisions.write_text(f"{HEAD}\nd1:name:12-15:WHO,Ann,A,,so it is")
    result = run("agreement", "--undecided", "--write", "--corpus", differing)
    assert (result.stdout, result.stderr) == ("", f"1 row to fill in, at the end of {decisions}\n")
    assert decisions.read_text().splitlines()[2:] == [BOB]


def test_a_terminal_is_shown_rows_without_a_header_where_the_file_has_one(differing: Path, run: Run) -> None:
    (differing / "annotations/decisions.csv").write_text(f"{HEAD}\n")
    assert run("agreement", "--undecided", "--corpus", differing).stdout.splitlines() == [ANN, BOB]


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("conflict,text\nx,y\n", ["the first line names no column take, value, reason"]),
        (f"{ANN}\n", ["the first line names no column conflict, text, take, value, reason"]),
        (f"{HEAD}\nx,y\nz,,A,,\n,,A,,why\n", ["no conflict", "no take and no reason", "no reason"]),
        (f"{HEAD}\nx,,A,,r\nx,,B,,r,a note\n", ["an earlier row decides this conflict"]),
        (f"{HEAD},take\n", ["the column take stands twice"]),
    ],
)
def test_what_is_wrong_in_the_file_is_said_row_by_row(text: str, details: list[str], tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        read_decisions(tmp_path / "d.csv")
    assert [one.message for one in caught.value.findings] == [f"A decision cannot be used: {each}" for each in details]


def test_columns_that_are_notes_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(f"mine,{HEAD},,\nlater,x,,A,,because,,\n")
    (found,) = read_decisions(tmp_path / "d.csv")
    assert (found.conflict, found.take, found.reason) == ("x", "A", "because")
