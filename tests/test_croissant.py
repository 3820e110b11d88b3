"""The description in Croissant: valid for its own library, which loads every row by it; and never stale."""

import json
import shutil
from pathlib import Path
from typing import Any

import mlcroissant
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.build import Built, build
from goldspan.card import sections
from goldspan.croissant import field
from goldspan.faults import DataError
from goldspan.hashes import sha256
from goldspan.tables import group_rows, parquet
from goldspan.validate import validate
from tests.conftest import CONFIGS, ROOT

RELEASE = ROOT / "dataset/release"


@pytest.fixture(scope="module")
def described() -> mlcroissant.Dataset:
    return mlcroissant.Dataset(jsonld=str(RELEASE / "croissant.json"))


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RELEASE, tmp_path / "release"))


def plain(value: Any) -> Any:
    """A record of mlcroissant with the names of columns for ids, and text for bytes."""
    if isinstance(value, dict):
        return {name.rpartition("/")[2]: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value


def test_mlcroissant_finds_no_fault_but_that_date_and_citation_are_unknown(described: mlcroissant.Dataset) -> None:
    issues = described.metadata.ctx.issues
    assert issues.errors == set()
    assert sorted(issue.split('"')[1].rpartition("/")[2] for issue in issues.warnings) == ["citeAs", "datePublished"]
    assert (described.metadata.name, described.metadata.version) == ("border-claims", "0.1.0")


@pytest.mark.parametrize("config", CONFIGS)
def test_mlcroissant_loads_every_row(config: str, built: Built, described: mlcroissant.Dataset) -> None:
    assert [plain(record) for record in described.records(config)] == built.tables[config].to_pylist()


def test_the_names_of_the_tags_are_a_record_set(described: mlcroissant.Dataset) -> None:
    tags = [plain(record) for record in described.records("ner_tags")]
    assert tags[:3] == [{"number": n, "name": name} for n, name in enumerate(("O", "B-PERSON", "I-PERSON"))]
    assert len(tags) == 19


def test_every_file_is_listed_with_its_size_and_hash(built: Built) -> None:
    listed = {one["@id"]: one for one in json.loads(built.files["croissant.json"])["distribution"]}
    assert set(listed) == set(built.files) - {"croissant.json", "manifest.json"}
    for name, one in listed.items():
        data = built.files[name]
        assert (one["contentUrl"], one["contentSize"], one["sha256"]) == (name, f"{len(data)} B", sha256(data))


def test_what_is_said_of_responsible_use_is_what_the_card_says(described: mlcroissant.Dataset) -> None:
    said, card = described.metadata, sections((RELEASE / "README.md").read_text(encoding="utf-8"))
    assert said.annotations_per_item == "2"
    (protocol,) = said.data_annotation_protocol
    assert protocol.startswith("All annotation was done by a language model")
    assert said.data_limitations == [card["Not fit for"], card["Known limits"]]
    assert said.data_use_cases == [card["Fit for"]]
    assert said.data_collection == card["Source data"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"cr:Int32"', '"cr:Int64"'), ('"0.1.0"', '"0.2.0"'), ("No human has", "Humans have"),
        ('"rai:annotationsPerItem": "2"', '"rai:annotationsPerItem": "3"'), ("{", "["),
    ],
)  # fmt: skip
def test_an_edited_description_is_found_also_if_the_manifest_is_edited_too(old: str, new: str, release: Path) -> None:
    path, manifest = release / "croissant.json", release / "manifest.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(old.encode(), new.encode(), 1))
    assert {finding.code for finding in validate(release)} == {"E701", "E730"}
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(sha256(before), sha256(path.read_bytes())), encoding="utf-8")
    assert [(finding.code, finding.row) for finding in validate(release)] == [("E730", "croissant.json")]


def test_a_description_of_another_table_is_stale(release: Path) -> None:
    path, manifest = release / "entities/train-00000-of-00001.parquet", release / "manifest.json"
    before, table = path.read_bytes(), pq.read_table(path, partitioning=None)
    path.write_bytes(parquet(table.set_column(0, "mention_id", table["mention_id"])))  # the same again
    assert path.read_bytes() == before
    pq.write_table(table, path)
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(sha256(before), sha256(path.read_bytes())))
    assert [(finding.code, finding.row) for finding in validate(release)] == [("E730", "croissant.json")]


def test_a_small_corpus_is_described_without_texts_of_its_own(small_corpus: Path) -> None:
    described = json.loads(build(small_corpus).files["croissant.json"])
    assert described["description"] == "small"
    assert described["license"] == "mit"
    assert [name for name in described if name.startswith("rai:")] == ["rai:annotationsPerItem"]
    assert described["rai:annotationsPerItem"] == "1"


def test_half_a_character_in_the_card_is_kept(small_corpus: Path) -> None:
    (small_corpus / "dataset_card.md").write_text('---\ntags: ["\\ud83d"]\n---\n')
    assert json.loads(build(small_corpus).files["croissant.json"])["keywords"] == ["\ud83d"]


def test_a_section_that_the_card_lacks_is_an_error(small_corpus: Path) -> None:
    with (small_corpus / "corpus.toml").open("a") as file:
        file.write('\n[rai]\ndataUseCases = ["Small", "Uses"]\n')
    (small_corpus / "dataset_card.md").write_text("---\nlicense: mit\n---\n# Small\n\nSome words.\n")
    with pytest.raises(DataError, match=r"E731 .*: Uses"):
        build(small_corpus)


def test_lists_of_lists_are_arrays() -> None:
    made = field("spans", "spans/file.parquet", pa.field("place", pa.list_(pa.list_(pa.string()))))
    assert (made["isArray"], made["arrayShape"], made["dataType"]) == (True, "-1,-1", "sc:Text")


def test_sections_of_a_card() -> None:
    prose = "# A\none\n```\n# no heading\n```\n## B\n<!-- goldspan:begin configs -->\n| x |\n<!-- goldspan:end -->\ntwo\n\nC\n-\n# A\nx\n"
    assert sections(prose) == {"A": "one\n```\n# no heading\n```", "B": "two", "C": ""}


def test_parquet_has_a_page_index_and_row_groups_that_the_viewer_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    for config in CONFIGS:
        column = pq.ParquetFile(RELEASE / config / "train-00000-of-00001.parquet").metadata.row_group(0).column(0)
        assert column.has_offset_index
        assert column.has_column_index
    table = pa.table({"text": ["x" * 96] * 1000})  # 100 bytes a row in memory
    assert group_rows(table) == 1 << 20
    monkeypatch.setattr("goldspan.tables.GROUP_BYTES", 25_000)
    read = pq.ParquetFile(pa.BufferReader(parquet(table))).metadata
    assert [read.row_group(number).num_rows for number in range(read.num_row_groups)] == [250] * 4
