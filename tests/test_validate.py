"""What validate takes, what it shows and how it ends; converted folders of every kind and damage in further forms."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.build import build
from goldspan.convert.conversion import convert
from goldspan.faults import DataError, Finding
from goldspan.records import Unit
from goldspan.report import as_github, chosen, prefixes
from goldspan.tables import parquet
from goldspan.validate import validate
from tests.conftest import ROOT, Run
from tests.damage import Damage, double_column, edit_json, edit_rows, not_utf8, replace, unlink, write
from tests.exports import RESULT, annotation, region, relation, task, write_config
from tests.fixtures import converted_files, settings, write_corpus, write_files
from tests.test_convert import DRAWN, EMOJI, UNITS, without_text, write_tokenizer


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export with two errors of one code, one of another, and a warning."""
    faulty = [region("1", "Ann", "C"), region("2", "Bob", "D"), relation("1", "9")]
    skipped = annotation(number=12, completed_by=2, was_cancelled=True)
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task(annotation(*faulty), skipped)]))
    write_config(tmp_path)
    return path


SHOWN = """
W201      1  An annotator skipped this task
E302      2  A region has a label that its control does not have in the labeling config
E401      1  A relation begins or ends at a region that does not exist
{}: 3 errors, 1 warning
"""


def test_findings_end_with_how_many_there_are_of_each_code(export: Path, run: Run) -> None:
    result = run("validate", export, "--config", export.parent / "config.xml")
    lines = sorted(SHOWN.strip().splitlines()[:-1])
    assert (result.returncode, result.stdout.splitlines()[-4:-1]) == (1, lines)
    assert result.stdout.endswith(f"\n{export}: 3 errors, 1 warning\n")
    assert result.stdout.startswith(
        f"{export} document d1: W201 An annotator skipped this task: user-2\n    mend: Annotate"
    )


@pytest.mark.parametrize(
    ("options", "codes", "status"),
    [
        (["--select", "E3"], ["E302", "E302"], 1),
        (["--select", "E401,W"], ["W201", "E401"], 1),
        (["--select", "E401", "--select", "W2"], ["W201", "E401"], 1),
        (["--ignore", "E302"], ["W201", "E401"], 1),
        (["--ignore", "E3, E4"], ["W201"], 0),
        (["--select", "E3", "--ignore", "E302"], [], 0),
        (["--select", "W"], ["W201"], 0),
    ],
)
def test_codes_are_chosen_and_the_status_is_that_of_what_is_left(
    options: list[str], codes: list[str], status: int, export: Path, run: Run
) -> None:
    result = run("validate", export, "--config", export.parent / "config.xml", "--format", "json", *options)
    assert result.returncode == status
    assert [one["code"] for one in json.loads(result.stdout)] == codes
    assert {one["severity"] for one in json.loads(result.stdout) if one["code"] == "W201"} <= {"warning"}


def test_a_code_that_does_not_exist_is_a_wrong_call(export: Path, run: Run) -> None:
    for option in ("--select", "--ignore"):
        for codes in ("E999", "E3,", "X"):
            result = run("validate", export, "--config", export.parent / "config.xml", option, codes)
            assert (result.returncode, result.stdout) == (2, "")
            assert "no code that is found here begins with" in result.stderr


def test_prefixes_are_parted_by_commas_and_what_is_ignored_is_not_chosen() -> None:
    assert prefixes(["E3,W301", " E401 "]) == ("E3", "W301", "E401")
    found = [Finding(code=code) for code in ("E301", "E401", "W301")]
    assert chosen(found) == found
    assert chosen(found, ("E",), ("E4",)) == found[:1]


def test_findings_as_commands_of_github(export: Path, run: Run) -> None:
    finding = Finding(file="a:b,c%.json", code="E302", message="100%: x\r\ny", remedy="Mend it.")
    assert list(as_github([finding])) == [
        "::error file=a%3Ab%2Cc%25.json,title=E302 A region has a label that its control does not have in the labeling "
        "config::a:b,c%25.json: E302 100%25: x%0D%0Ay%0A    mend: Mend it."
    ]
    assert [line.split(" ")[0] for line in as_github([Finding(code="W502")])] == ["::warning"]
    assert next(as_github([Finding(code="W502")])).startswith("::warning title=W502 An entity")
    result = run("validate", export, "--config", export.parent / "config.xml", "--format", "github")
    assert result.returncode == 1
    assert [line.split(" ")[0] for line in result.stdout.splitlines()] == ["::warning", "::error", "::error", "::error"]


def test_a_wrong_call_has_status_2(export: Path, run: Run) -> None:
    release = ROOT / "dataset/release"
    for call in ((release, "--offsets", "utf16"), (release, "--config", export.parent / "config.xml"), (export,)):
        assert run("validate", *call).returncode == 2


# In which unit offsets count


def units(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return [task(annotation(*items), text=EMOJI)]


@pytest.mark.parametrize(
    ("items", "offsets", "codes"),
    [
        (DRAWN, Unit.auto, []),
        (UNITS, Unit.auto, ["W302"]),
        (UNITS, Unit.utf16, ["W302"]),
        ([*DRAWN[:2], UNITS[3]], Unit.auto, ["E313"]),
        ([without_text(UNITS[1])], Unit.auto, ["E313"]),
        ([without_text(UNITS[1])], Unit.utf16, ["W302"]),
        ([without_text(UNITS[1])], Unit.codepoint, []),
        (UNITS, Unit.codepoint, ["E301"]),
    ],
)
def test_an_export_is_checked_in_the_unit_of_its_offsets(
    items: list[dict[str, Any]], offsets: Unit, codes: list[str], tmp_path: Path
) -> None:
    (tmp_path / "export.json").write_text(json.dumps(units(*items)))
    assert [one.code for one in validate(tmp_path / "export.json", write_config(tmp_path), offsets)] == codes


def test_the_command_takes_the_unit(tmp_path: Path, run: Run) -> None:
    (tmp_path / "export.json").write_text(json.dumps(units(without_text(UNITS[1]))))
    call = "validate", tmp_path / "export.json", "--config", write_config(tmp_path)
    assert "document d1: E313 It cannot be told whether" in run(*call).stdout
    assert run(*call, "--offsets", "utf16").returncode == 0


SECOND = "annotations/exports/articles-1.json"


def edit_second(change: Callable[[dict[str, Any]], object]) -> Damage:
    """Damage to the value of the one region of the second article, which has an emoji."""
    return edit_json(SECOND, lambda tasks: change(tasks[1]["annotations"][0]["result"][0]["value"]))


def test_a_build_counts_in_code_points_too(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    whole = build(corpus)
    edit_second(lambda held: held.update(end=held["end"] + 2))(corpus)
    built = build(corpus)
    assert [(one.code, one.task) for one in built.warnings] == [("W302", "d2")]
    assert built.tables == whole.tables


def test_a_build_is_told_the_unit_where_there_is_no_evidence(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    whole = build(corpus)
    edit_second(lambda held: held.pop("text"))(corpus)
    with pytest.raises(DataError, match="document d2: E313"):
        build(corpus)
    settings('offsets = "codepoint"')(corpus)
    assert build(corpus).tables == whole.tables
    replace("corpus.toml", '"codepoint"', '"miles"')(corpus)
    with pytest.raises(DataError, match=r"E001 .*, at offsets"):
        build(corpus)


# Converted folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A converted folder with tags."""
    return write_files(tmp_path / "out", converted_files())


def test_the_command_takes_a_converted_folder(folder: Path, tmp_path: Path, run: Run) -> None:
    clean = f"{folder}: 0 errors, 0 warnings\n"
    result = run("validate", folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, clean, "")
    assert run("validate", folder, "--config", write_config(tmp_path)).stdout == clean
    edit_rows("spans", lambda rows: rows[1].update(end=23))(folder)
    result = run("validate", folder)
    assert result.returncode == 1
    assert result.stdout.splitlines()[:3] == [
        f"{folder} row 11:2: E625 A converted span is empty or lies outside its document, or its text is not the text "
        "there: 'Bob left\\r\\nRome' at 10 to 23",
        "    text: Ann said “[Bob left\\r\\nRom]e”.\\tក្រុង été  end",
        "    mend: Convert the exports again.",
    ]


@pytest.mark.parametrize("options", [{}, {"workers": 3}, {"bio": "say"}, {"bio": "who", "workers": 2}, {"bio": "who", "tokenizer": True}])  # fmt: skip
@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_was_converted_is_clean(count: int, options: dict[str, Any], tmp_path: Path) -> None:
    tasks = [task(annotation(*RESULT, number=n), number=n, title=f"T{n}") for n in range(count)]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    if "tokenizer" in options:
        options = {**options, "tokenizer": write_tokenizer(tmp_path / "tokenizer.json")}
    config = write_config(tmp_path)
    convert([tmp_path / "export.json"], config, tmp_path / "out", **options)
    assert validate(tmp_path / "out") == validate(tmp_path / "out", config) == []


def test_row_groups_and_files_are_read_one_after_another(tmp_path: Path) -> None:
    tasks = [task(annotation(*RESULT, number=n), number=n) for n in range(9)]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    convert([tmp_path / "export.json"], write_config(tmp_path), tmp_path / "out", workers=2)
    for path in sorted((tmp_path / "out").glob("*/*.parquet")):
        pq.write_table(pq.read_table(path, partitioning=None), path, row_group_size=3)
    assert validate(tmp_path / "out") == []
    last = sorted((tmp_path / "out/spans").iterdir())[-1]
    rows = pq.read_table(last, partitioning=None)
    starts = [*rows["start"].to_pylist()[:-1], 32]
    pq.write_table(rows.set_column(5, "start", pa.array(starts, pa.int32())), last, row_group_size=3)
    assert [(one.code, one.row) for one in validate(tmp_path / "out")] == [("E625", "8:8")]


def to_type(table: str, column: str, kind: pa.DataType) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / table / "train-00000-of-00001.parquet"
        rows = pq.read_table(path, partitioning=None)
        at = rows.column_names.index(column)
        path.write_bytes(parquet(rows.set_column(at, column, rows[column].cast(kind))))

    return damage


def broken_page(folder: Path) -> None:
    """Bytes amid the columns of a table turned, while its head stays."""
    path = folder / "spans/train-00000-of-00001.parquet"
    data = path.read_bytes()
    path.write_bytes(data[:4] + bytes(byte ^ 0xFF for byte in data[4:400]) + data[400:])


def linked(folder: Path) -> None:
    (folder / "spans/train-00000-of-00001.parquet").rename(folder.parent / "elsewhere.parquet")
    (folder / "spans/train-00000-of-00001.parquet").symlink_to(folder.parent / "elsewhere.parquet")


def second_file(folder: Path) -> None:
    (folder / "bio/train-00000-of-00001.parquet").rename(folder / "bio/train-00000-of-00002.parquet")


def bio(change: Callable[[dict[str, Any]], object]) -> Damage:
    return edit_rows("bio", lambda rows: change(rows[0]))


def spans(number: int, **values: Any) -> Damage:
    return edit_rows("spans", lambda rows: rows[number].update(values))


DAMAGED: dict[str, tuple[Damage, list[str]]] = {
    "no table": (unlink("relations/train-00000-of-00001.parquet"), ["E620"]),
    "a link for a table": (linked, ["E620"]),
    "a page of a table": (broken_page, ["E620"]),
    "text that is no UTF-8": (not_utf8("spans", "text"), ["E620"]),
    "no page": (unlink("README.md"), ["E705"]),
    "a page without a head": (write("README.md", "# Converted"), ["E705"]),
    "text for numbers": (to_type("spans", "start", pa.string()), ["E621"]),
    "long numbers": (to_type("bio", "token_starts", pa.list_(pa.int64())), ["E621"]),
    "numbers for data": (to_type("documents", "year", pa.int32()), ["E621"]),
    "a column twice": (double_column("spans", "text"), ["E621"]),
    "null for a text": (edit_rows("documents", lambda rows: rows[1].update(text=None)), ["E626"]),
    "null for an id": (edit_rows("documents", lambda rows: rows[1].update(doc_id=None)), ["E621"]),
    "null in a list": (spans(0, labels=[None]), ["E621"]),
    "a document twice": (edit_rows("documents", lambda rows: rows.append({**rows[0], "doc_id": "d2"})), ["E622", "E629"]),
    "no id": (edit_rows("relations", lambda rows: rows[0].update(relation_id="")), ["E622"]),
    "no document": (edit_rows("annotations", lambda rows: rows[1].update(doc_id="d9")), ["E623"]),
    "no annotation": (bio(lambda row: row.update(annotation_id="9")), ["E623"]),
    "no parent": (spans(2, parent_span_id="11:9"), ["E623"]),
    "a parent of another annotation": (spans(2, parent_span_id="13:1"), ["E624"]),
    "an end of another annotation": (edit_rows("relations", lambda rows: rows[0].update(to_span_id="13:1")), ["E624"]),
    "tags of another document": (bio(lambda row: row.update(doc_id="d3")), ["E624"]),
    "an empty span": (spans(0, end=0, text=""), ["E625"]),
    "a span from the end": (spans(7, start=-10, end=-5), ["E625"]),
    "a span behind the end": (spans(7, end=99), ["E625"]),
    "a start too few": (bio(lambda row: row["token_starts"].pop()), ["E627"]),
    "an empty token": (bio(lambda row: row["tokens"].__setitem__(1, "")), ["E627"]),
    "tokens in another order": (bio(lambda row: [row[name].reverse() for name in ("tokens", "token_starts", "ner_tags")]), ["E627", "E628"]),
    "another token": (bio(lambda row: row["tokens"].__setitem__(1, "sold")), ["E627"]),
    "a tag without a name": (bio(lambda row: row["ner_tags"].__setitem__(1, 5)), ["E628"]),
    "a tag below zero": (bio(lambda row: row["ner_tags"].__setitem__(1, -100)), ["E628"]),
    "a tag of another label": (bio(lambda row: row["ner_tags"].__setitem__(4, 4)), ["E628"]),
    "a config too few": (replace("README.md", "- config_name: spans\n  data_files:", "- config_name: span\n  data_files:"), ["E629", "E629"]),
    "other files": (replace("README.md", "spans/train-*", "spans/*"), ["E629"]),
    "other features": (replace("README.md", "dtype: float64", "dtype: int64"), ["E629"]),
    "a file too few": (second_file, ["E630"]),
    "a table too many": (write("more/train-00000-of-00001.parquet", "x"), ["E630"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_to_a_converted_folder_is_found(name: str, folder: Path) -> None:
    damage, codes = DAMAGED[name]
    damage(folder)
    assert [finding.code for finding in validate(folder)] == codes


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (('<Rating name="stars"', '<Rating name="star"'), ["E621", "E621"]),
        (('<Number name="much"', '<TextArea name="much"'), ["E621"]),
        (('value="by"', 'value="bye"'), ["E631", "E631"]),
        (('name="say"', 'name="says"'), ["E631", "E631"]),
    ],
)
def test_a_labeling_config_of_another_project_is_found(change: tuple[str, str], codes: list[str], folder: Path) -> None:
    config = write_config(folder.parent)
    replace("config.xml", *change)(folder.parent)
    assert [finding.code for finding in validate(folder, config)] == codes
