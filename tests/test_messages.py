"""What is said where a command is called in the wrong place, or a fault looks like another: to the letter."""

import shutil
from pathlib import Path

import pytest

from goldspan.build import build
from goldspan.checks.spans import in_form_only
from goldspan.convert.conversion import convert
from goldspan.faults import DataError
from goldspan.formats.export import Format, export
from goldspan.released import read_release
from goldspan.releases.git import revision
from goldspan.validate import validate
from tests import exports
from tests.conftest import ROOT
from tests.damage import unlink, write
from tests.fixtures import write_corpus

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
