"""What is said where a command is called in the wrong place, or a fault looks like another: to the letter."""

import shutil
from pathlib import Path

import pytest

from goldspan.build import build
from goldspan.checks.spans import in_form_only
from goldspan.convert.conversion import convert
from goldspan.faults import FAULTS, DataError
from goldspan.formats.export import Format, export
from goldspan.released import read_release
from goldspan.releases.git import revision
from goldspan.validate import validate
from goldspan.words import reason
from tests import exports
from tests.conftest import ROOT
from tests.damage import Damage, append, replace, steps, unlink, write
from tests.fixtures import CONFIG, EXPORT, FIXTURES, SOURCES, one, settings, validating, write_corpus

NOTHING = "E960 The folder is neither a release nor anything else that this command reads"


def first_lines(error: DataError) -> list[str]:
    return [str(one).splitlines()[0] for one in error.findings]


@pytest.fixture
def converted(tmp_path: Path) -> Path:
    (tmp_path / "e.json").write_bytes(exports.lines(exports.TASKS))
    convert([tmp_path / "e.json"], exports.write_config(tmp_path), tmp_path / "out")
    return tmp_path / "out"


def test_a_folder_that_is_no_release_is_called_what_it_is(converted: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = {
        converted: "goldspan convert has written it",
        write_corpus(
            tmp_path / "small"
        ): "it is a corpus, whose release goldspan build writes into dataset/release or where corpus.toml says",
        tmp_path / "empty": "it has no manifest.json",
        tmp_path / "none": "there is no such folder",
    }
    for folder, detail in said.items():
        with pytest.raises(DataError) as raised:
            read_release(folder)
        assert first_lines(raised.value) == [f"{folder}: {NOTHING}: {detail}"]


@pytest.mark.parametrize("name", ["annotations", "spans"])
def test_a_broken_folder_has_one_code_in_every_command(name: str, converted: Path, tmp_path: Path) -> None:
    shutil.rmtree(converted / name)
    with pytest.raises(DataError) as raised:
        export(converted, Format.jsonl, tmp_path / "to")
    assert first_lines(raised.value) == [str(one).splitlines()[0] for one in validate(converted)]
    assert first_lines(raised.value) == [
        f"{converted}: E620 A table of a converted folder cannot be read: there is no {name}"
    ]


def test_every_missing_part_is_named_at_once(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    parts = (
        "annotations/guidelines.md",
        "annotations/labeling_config.xml",
        "dataset/raw/sources.csv",
        "dataset_card.md",
    )
    for part in parts:
        unlink(part)(corpus)
    with pytest.raises(DataError) as raised:
        build(corpus)
    assert first_lines(raised.value) == [f"{corpus / part}: E012 A part of the corpus is missing" for part in parts]


def test_an_article_that_cannot_be_decoded_is_not_also_unknown(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    write("dataset/raw/d1.txt", b"\xff")(corpus)
    with pytest.raises(DataError) as raised:
        build(corpus)
    assert [(one.code, one.task) for one in raised.value.findings if one.is_error] == [("E105", "d1")]


def test_two_texts_that_look_the_same_show_their_code_points() -> None:
    assert in_form_only("e\u0301t", "\u00e9t") == (
        ", the same characters in another normal form: U+0065 U+0301 U+0074 (NFD), not U+00E9 U+0074 (NFC)"
    )
    assert in_form_only("Ann", "Bob") == ""


def test_outside_of_git_it_is_said_that_there_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        revision(tmp_path, "v1.0.0")
    (found,) = raised.value.findings
    assert (found.code, found.message) == (
        "E542",
        "The folder lies in no repository of git, so that no tag or revision can be looked up: v1.0.0",
    )
    assert revision(ROOT, "no-such-tag") is None


SAID = {  # by the fixture of a code, what stands behind its message: what is there
    "E003": "it is not well-formed XML (unclosed token: line 1, column 0)",
    "E004": "the control 'parts'",
    "E009": "an id is empty",
    "E031": "'say' has two parts",
    "E105": "it is not UTF-8 (byte 0xff at 0)",
    "E210": "a region of 'who' has no start",
    "E212": 'tone is ["loud"]',
    "E304": "'40 '",
    "E311": "it crosses region x",
    "E402": "label 'with', to w2",
    "E406": "2 relations lead to it",
    "E502": "'ann' stands twice",
    "E513": "alone in 'two'",
    "E515": "by user-1, twice",
    "E600": "label is missing",
    "E601": "sure",
    "E602": "'Anna' at 12 to 15",
    "E603": "text_sha256 0",
    "E606": "'Tutle' at 0",
    "E607": "WHERE is tagged, and no mention",
    "E611": "Couldn't cast … because column names don't match",
    "E621": "origin is missing",
    "E630": "no conversion has written it",
    "E640": "parent_span_id null, not 'n1:frame:61-77:moral'",
    "E642": "it counts 1, and there are 3",
    "E701": "it is not listed",
    "E702": "the table has 12, the card 12, the manifest 99",
    "E703": "summary",
    "E705": "No such file or directory",
    "E706": "'WHO' 9, not 2",
    "E721": "No such file or directory",
    "E727": "it has other contents than figures.json lists",
    "E729": "'label', not one of labels, sources",
    "W206": "task.agreement, 1 time",
}


@pytest.mark.parametrize("code", SAID)
def test_a_finding_says_what_is_there(code: str, tmp_path: Path) -> None:
    messages = [found.message for found in FIXTURES[code].run(tmp_path)]
    assert f"{FAULTS[code].message}: {SAID[code]}" in messages


DAMAGED: dict[str, tuple[Damage, str]] = {
    "a setting of another type": (
        replace("corpus.toml", 'name = "small"', "name = 3"),
        "E001 corpus.toml cannot be used: text belongs there, not a whole number, at name",
    ),
    "a setting that there is not": (
        settings("colour = 1"),
        "E001 corpus.toml cannot be used: colour is not known",
    ),
    "a document type": (
        write(CONFIG, "<!DOCTYPE x [<!ENTITY a 'b'>]><View/>"),
        "E003 The labeling config cannot be read: it declares a document type or entities, which are not read",
    ),
    "no export for two patterns": (
        settings('exports = ["a-*", "b-*"]'),
        "E008 No export fits a pattern: a-*.json, b-*.json",
    ),
    "a user of two annotators": (
        append("corpus.toml", '[[annotators]]\nid = "A"\ncompleted_by = 1\n[[annotators]]\nid = "B"\ncompleted_by = 1'),
        "E009 Two annotators have the same id or user, or one has none: 2 annotators have completed_by = 1",
    ),
    "an article in two rows": (
        append(SOURCES, "d1,d1.txt,,"),
        "E102 A doc_id or file stands twice, or the id cannot name a file on every system: "
        "'d1' stands twice, 'd1.txt' stands twice",
    ),
    "an export that cannot be read": (
        steps(unlink(EXPORT), lambda corpus: (corpus / EXPORT).mkdir()),
        "E201 The export cannot be read, or is not JSON: Is a directory",
    ),
    "a card whose head is no YAML": (
        write("dataset_card.md", "---\na: b: c\n---\n"),
        'E705 The card cannot be used: mapping values are not allowed here in "<unicode string>", line 1, column 5: '
        "a: b: c ^",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_refusal_says_which_of_several_things_is_wrong(name: str, tmp_path: Path) -> None:
    damage, message = DAMAGED[name]
    corpus = write_corpus(tmp_path / "small")
    damage(corpus)
    with pytest.raises(DataError) as raised:
        build(corpus)
    assert message in [f"{found.code} {found.message}" for found in raised.value.findings]


def test_a_value_of_a_region_that_is_not_there_is_called_so(tmp_path: Path) -> None:
    (found,) = validating(one(exports.value("7", "tone", "choices", ["calm"])), "").run(tmp_path)
    assert found.message == (
        "A value has no region, or a region has no id or no offsets: the region of a value of 'tone' is not there"
    )


def test_a_target_with_something_else_is_not_called_a_release(converted: Path, tmp_path: Path) -> None:
    write("thesis.txt", "mine")(converted)
    with pytest.raises(DataError) as raised:
        convert([tmp_path / "e.json"], tmp_path / "config.xml", converted)
    assert str(raised.value) == (
        f"{converted}: E005 The target is no folder, or holds something that this command has not written: thesis.txt\n"
        "    mend: Name a new or empty folder, or one that the same command has written; move what is yours out of it."
    )


def test_a_reason_is_one_line_without_number_and_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        (tmp_path / "none").read_bytes()
    assert reason(raised.value) == "No such file or directory"
    assert reason(ValueError("one\n  two")) == "one two"
