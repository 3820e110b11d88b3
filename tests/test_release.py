"""The release on disk: written in whole or not at all, loaded as users load it, and validated."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, List, Value, load_dataset
from hypothesis import given
from hypothesis import strategies as st

from goldspan.build import Built, build, check_build, write_build
from goldspan.faults import DataError
from goldspan.hashes import records_hash, sha256
from goldspan.options import open_findings
from goldspan.released import replace_folder
from goldspan.store import entries
from goldspan.validate import validate
from tests.conftest import CONFIGS, GOLDSPAN, ROOT, Run, fingerprint
from tests.damage import Damage, edit_json, edit_rows, not_utf8
from tests.fixtures import seal
from tests.small import OTHER_TEXT, TEXT

RELEASE = ROOT / "dataset/release"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RELEASE, tmp_path / "release"))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")


def test_the_committed_release_and_pages_are_what_a_build_gives(built: Built) -> None:
    check_build(built)


def test_the_same_inputs_give_the_same_bytes_anywhere(built: Built, corpus: Path) -> None:
    assert build(corpus).files == built.files


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("streaming", [False, True])
def test_load_dataset_gives_every_row(config: str, streaming: bool, built: Built) -> None:
    dataset = load_dataset(str(RELEASE), config, split="train", streaming=streaming)
    assert list(dataset) == built.tables[config].to_pylist()


def test_the_default_config_is_documents() -> None:
    assert load_dataset(str(RELEASE), split="train").column_names[:2] == ["doc_id", "text"]


def test_features() -> None:
    ner = load_dataset(str(RELEASE), "ner", split="train")
    tags = ner.features["ner_tags"].feature
    assert isinstance(tags, ClassLabel)
    assert tags.names[:3] == ["O", "B-PERSON", "I-PERSON"]
    assert len(tags.names) == 19
    claims = load_dataset(str(RELEASE), "claims", split="train")
    assert claims.features["content"] == List({"start": Value("int32"), "end": Value("int32"), "text": Value("string")})
    assert claims.features["distanced"] == Value("bool")
    assert str(claims.info.version) == "0.1.0"


def test_parquet_has_no_schema_metadata() -> None:
    for config in CONFIGS:
        schema = pq.read_schema(RELEASE / config / "train-00000-of-00001.parquet")
        assert schema.metadata is None


def test_the_release_is_clean(run: Run) -> None:
    result = run("validate", RELEASE)
    assert (result.returncode, result.stdout, result.stderr) == (
        0,
        f"{RELEASE}: 0 errors, 0 warnings\n{RELEASE}: 4 findings accepted in corpus.toml\n",
        "",
    )


def nulled(config: str, column: str) -> Damage:
    return edit_rows(config, lambda rows: rows[0].update({column: None}))


@pytest.mark.parametrize(
    "damage",
    [
        *(nulled("documents", name) for name in ("text", "doc_id", "zones")),
        *(nulled("entities", name) for name in ("start", "end", "doc_id", "label", "text")),
        *(nulled("claims", name) for name in ("content", "cue", "claim_id")),
        *(nulled("ner", name) for name in ("tokens", "token_starts", "ner_tags", "sentence_start", "sentence_text")),
        edit_rows("ner", lambda rows: rows[0]["tokens"].__setitem__(0, None)),
        edit_rows("claims", lambda rows: rows[0]["content"][0].update(start=None)),
    ],
)
def test_a_null_where_a_value_must_be_is_found(damage: Damage, release: Path) -> None:
    damage(release)
    assert {finding.code for finding in validate(release)} == {"E600"}


@pytest.mark.parametrize(
    "yaml",
    [
        "dataset_info: x", "dataset_info: [x]", "dataset_info: {a: b}", "configs: []\ndataset_info: [{config_name: ner, features: x}]",
        "configs: []\ndataset_info: [{config_name: ner, features: [x], splits: []}]",
        "configs: []\ndataset_info: [{config_name: ner, features: [], splits: {a: b}}]", "[1, 2]", "a: &a [*a]", "",
    ],
)  # fmt: skip
def test_a_card_of_another_form_is_found(yaml: str, release: Path) -> None:
    (release / "README.md").write_text(f"---\n{yaml}\n---\n# Card\n", encoding="utf-8")
    assert {finding.code for finding in validate(release)} == {"E705"}


@pytest.mark.parametrize(
    "change", [{"files": []}, {"rows": [1]}, {"rows": {"ner": []}}, {"files": {"/etc/passwd": ""}}]
)
def test_a_manifest_of_another_form_is_found(change: dict[str, Any], release: Path) -> None:
    path = release / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **change}))
    assert {finding.code for finding in validate(release)} == {"E710"}


def test_text_that_is_no_utf8_is_found(release: Path) -> None:
    not_utf8("entities", "text")(release)
    assert [finding.code for finding in validate(release)] == ["E610"]


def test_what_a_hub_or_desktop_adds_is_ignored_and_links_are_not(release: Path) -> None:
    (release / ".gitattributes").write_text("x")
    (release / "ner/.DS_Store").write_text("x")
    assert open_findings(validate(release)) == []
    (release / "etc").symlink_to("/etc")
    assert [(finding.code, finding.row) for finding in validate(release)] == [("E701", "etc")]


def test_findings_as_json(run: Run, release: Path) -> None:
    (release / "notes.txt").write_text("mine")
    result = run("validate", release, "--format", "json")
    assert result.returncode == 1
    (finding,) = json.loads(result.stdout)
    assert finding == {
        "severity": "error",
        "file": str(release),
        "row": "notes.txt",
        "code": "E701",
        "message": "A file is not the one that the manifest lists: it is not listed",
        "remedy": "Build the release again; never edit it, and move what is yours out of it.",
    }


def test_an_export_is_validated_by_itself(run: Run) -> None:
    (export,) = (ROOT / "annotations/exports").glob("articles-*.json")
    result = run("validate", export, "--config", ROOT / "annotations/labeling_config.xml")
    assert (result.returncode, result.stdout) == (0, f"{export}: 0 errors, 0 warnings\n")
    assert run("validate", export).returncode == 2


def test_build_check_names_each_stale_file(corpus: Path, run: Run) -> None:
    assert run("build", "--corpus", corpus, "--check").returncode == 0
    (corpus / "dataset/release/ner/train-00000-of-00001.parquet").unlink()
    card = corpus / "dataset_card.md"
    card.write_text(card.read_text(encoding="utf-8").replace("345 entity", "344 entity"), encoding="utf-8")
    before = fingerprint(corpus)
    result = run("build", "--corpus", corpus, "--check")
    assert result.returncode == 1
    assert result.stderr.count(" E720 ") + result.stderr.count(": E720 ") >= 2
    assert "release/ner/train-00000-of-00001.parquet" in result.stderr
    assert "dataset_card.md" in result.stderr
    assert fingerprint(corpus) == before
    assert run("build", "--corpus", corpus).returncode == 0
    assert run("build", "--corpus", corpus, "--check").returncode == 0


def test_building_again_touches_nothing(corpus: Path) -> None:
    before = fingerprint(corpus)
    write_build(build(corpus))
    assert fingerprint(corpus) == before


def test_out_leaves_the_corpus_alone(corpus: Path, run: Run, tmp_path: Path) -> None:
    before = fingerprint(corpus)
    assert run("build", "--corpus", corpus, "--out", tmp_path / "new/release").returncode == 0
    assert fingerprint(corpus) == before
    assert fingerprint(tmp_path / "new/release").keys() == fingerprint(RELEASE).keys()


def test_a_write_that_fails_leaves_the_old_release(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(release)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("goldspan.released.write_synced", full)
    with pytest.raises(OSError, match="No space left"):
        replace_folder(release, {"manifest.json": b"{}"})
    assert fingerprint(release) == before
    assert [path.name for path in release.parent.iterdir()] == ["release"]


def test_the_manifest_lists_inputs_files_and_rows(built: Built) -> None:
    manifest = json.loads(built.files["manifest.json"])
    assert manifest["rows"] == {name: table.num_rows for name, table in built.tables.items()}
    assert set(manifest["files"]) == set(built.files) - {"manifest.json"}
    assert len([name for name in manifest["inputs"] if name.startswith("dataset/raw/")]) == 6
    assert (manifest["name"], manifest["version"]) == ("border-claims", "0.1.0")


def test_the_manifest_knows_the_guidelines_and_counts_the_labels(built: Built) -> None:
    manifest = json.loads(built.files["manifest.json"])
    assert manifest["guidelines"] == "1.1"
    assert manifest["labels"]["entities/measure"] == {
        "KILLED": 4,
        "INJURED": 1,
        "DISPLACED": 4,
        "LENGTH": 4,
        "OTHER": 2,
    }
    assert manifest["labels"]["claims/distanced"] == {"true": 13, "false": 159}
    assert list(manifest["labels"]["claim_relations/relation"]) == [
        "UPDATES",
        "CONTRADICTS",
        "DISCREPANT",
        "EQUIVALENT",
        "SUPPORTS",
    ]


def test_a_label_without_use_is_counted_as_none(small_corpus: Path) -> None:
    config = small_corpus / "annotations/labeling_config.xml"
    config.write_text(
        config.read_text().replace('<Label value="HOWMANY"/>', '<Label value="HOWMANY"/><Label value="WHEN"/>')
    )
    labels = json.loads(build(small_corpus).files["manifest.json"])["labels"]
    assert labels["entities/label"] == {"WHO": 2, "WHERE": 1, "HOWMANY": 1, "WHEN": 0}
    assert labels["documents/zones"] == {"HEAD": 1, "REST": 1, "NOISE": 1}
    assert labels["annotations/label"]["WORDS"] == 2


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.text() | st.integers())), st.randoms())
def test_the_hash_of_records_depends_on_no_order_and_on_every_row(rows: list[dict[str, Any]], random: Random) -> None:
    mixed = [dict(random.sample(sorted(row.items()), len(row))) for row in random.sample(rows, len(rows))]
    assert records_hash(mixed) == records_hash(rows)
    assert records_hash([*rows, {}]) != records_hash(rows)
    assert records_hash([*rows, {}, {}]) != records_hash([*rows, {}])


def test_another_parquet_version_changes_no_hash_of_records(built: Built, tmp_path: Path) -> None:
    records = json.loads(built.files["manifest.json"])["records"]
    for name, table in built.tables.items():
        pq.write_table(table, tmp_path / "other.parquet", version="1.0", compression="none", row_group_size=7)
        assert records_hash(pq.read_table(tmp_path / "other.parquet").to_pylist()) == records[name]


def test_builds_in_two_places_and_surroundings_give_the_same_bytes(small_corpus: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(small_corpus, tmp_path / "elsewhere/deep/small"))
    made = []
    for folder, cwd, umask, more in (
        (small_corpus, small_corpus, 0o022, {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}),
        (other, tmp_path, 0o077, {"LC_ALL": "C.UTF-8", "TZ": "Asia/Bangkok", "PYTHONHASHSEED": "2"}),
    ):
        where = "." if folder == cwd else folder
        result = subprocess.run(
            [GOLDSPAN, "build", "--corpus", where], cwd=cwd, umask=umask, env={**os.environ, **more}, capture_output=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        made.append({name: path.read_bytes() for name, path in entries(folder / "dataset/release").items()})
    assert len(made[0]) == 8
    assert made[0] == made[1]


def test_a_small_corpus_of_other_labels(small_corpus: Path, run: Run) -> None:
    assert run("build", "--corpus", small_corpus).returncode == 0
    assert run("validate", small_corpus / "dataset/release").returncode == 0
    release = small_corpus / "dataset/release"
    configs = [config for config in CONFIGS if config != "claim_relations"]  # of which it has none
    assert sorted(path.name for path in release.iterdir() if path.is_dir()) == sorted(configs)
    rows = {config: list(load_dataset(str(release), config, split="train")) for config in configs}
    assert [(row["label"], row["text"], row["slug"]) for row in rows["entities"]] == [
        ("WHO", "Ann", "ann"),
        ("WHO", "Bob", "bob"),
        ("WHERE", "Rome", "rome"),
        ("HOWMANY", "40", None),
    ]
    assert [(row["tone"], row["sure"], row["speakers"]) for row in rows["claims"]] == [
        ("calm", True, ["ann"]),
        ("calm", False, []),
    ]
    assert [row["text"] for row in rows["documents"]] == [TEXT, OTHER_TEXT]
    assert rows["documents"][1]["zones"] == []
    assert {row["doc_id"] for row in rows["ner"]} == {"d1"}


def test_a_layer_that_is_not_named_is_a_further_one(small_corpus: Path) -> None:
    path = small_corpus / "corpus.toml"
    path.write_text(path.read_text().replace('attributions = "say"', ""))
    tables = build(small_corpus).tables
    assert list(tables) == ["documents", "entities", "say", "relations", "ner", "annotations"]
    assert [tables[name].num_rows for name in ("entities", "say", "relations")] == [4, 4, 2]


def test_a_corpus_without_a_layer_builds(small_corpus: Path) -> None:
    path = small_corpus / "corpus.toml"
    path.write_text(path.read_text().replace('attributions = "say"', 'left_out = ["say"]'))
    tables = build(small_corpus).tables
    assert list(tables) == ["documents", "entities", "ner", "annotations"]
    assert tables["entities"].num_rows == 4


def test_a_figure_that_the_tables_cannot_give_is_an_error(corpus: Path) -> None:
    config = corpus / "annotations/labeling_config.xml"
    config.write_text(config.read_text(encoding="utf-8").replace('"entity_id"', '"identity"'), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        build(corpus)
    assert {finding.code for finding in caught.value.findings} == {"E004"}


def where(config: str, column: str, change: Callable[[dict[str, Any]], object]) -> Damage:
    """Damage to the first row that has something in a column."""
    return edit_rows(config, lambda rows: change(next(row for row in rows if row[column])))


def other_boilerplate(row: dict[str, Any]) -> None:
    row["text"] = row["text"].replace("Asia NewsPolitics", "Asia NewsPolitica")
    row["text_sha256"] = sha256(row["text"].encode())


def one_token(row: dict[str, Any]) -> None:
    row["tokens"][:2] = ["Hun Manet"]
    del row["token_starts"][1], row["ner_tags"][1]


SEALED: dict[str, tuple[Damage, str]] = {
    "a span before the text": (where("entities", "text", lambda row: row.update(start=-9, end=-5, text="")), "E602"),
    "another text with its hash": (where("documents", "text", other_boilerplate), "E603"),
    "a mention's id": (where("entities", "text", lambda row: row.update(mention_id="000:mention:1-2")), "E604"),
    "a claim's id": (where("claims", "content", lambda row: row.update(claim_id="000:claim:1-2")), "E604"),
    "a sentence's id": (where("ner", "tokens", lambda row: row.update(id="000:sentence:1")), "E604"),
    "a relation's id": (where("claim_relations", "basis", lambda row: row.update(relation_id="x")), "E604"),
    "an annotation's id": (where("annotations", "layer", lambda row: row.update(annotator_id="A9")), "E604"),
    "a tag that continues nothing": (where("ner", "tokens", lambda row: row["ner_tags"].__setitem__(0, 2)), "E607"),
    "an attribution's id": (where("claims", "cue", lambda row: row.update(attribution_id="000:attribution:1-2")), "E609"),
    "another voice": (where("claims", "cue", lambda row: row.update(attribution="AUTHOR")), "E609"),
    "a source without a cue": (edit_rows("claims", lambda rows: rows[0].update(source=rows[0]["content"])), "E609"),
    "another parent": (where("entities", "parent_mention_id", lambda row: row.update(parent_mention_id="000:mention:19-28")), "E612"),
    "another bound": (where("entities", "lower", lambda row: row.update(lower=row["lower"] + 1)), "E612"),
    "a figure lost": (where("claims", "quantity_mention_ids", lambda row: row.update(quantity_mention_ids=[])), "E613"),
    "a cluster lost": (where("claims", "cluster_id", lambda row: row.update(cluster_id=None)), "E613"),
    "a token of two words": (where("ner", "tokens", one_token), "E614"),
    "a sentence cut": (where("ner", "tokens", lambda row: row.update(sentence_text="Hun")), "E614"),
    "another group": (where("ner", "tokens", lambda row: row.update(story_group="x")), "E614"),
    "another scope": (where("claim_relations", "basis", lambda row: row.update(scope="WITHIN_DOC")), "E615"),
    "another cluster": (where("claim_relations", "basis", lambda row: row.update(cluster_id="x")), "E615"),
    "a claim with itself": (where("claim_relations", "basis", lambda row: row.update(claim_b=row["claim_a"])), "E616"),
    "a column without counts": (edit_json("manifest.json", lambda it: it["labels"].pop("entities/label")), "E706"),
    "a nested mention's label": (where("entities", "parent_mention_id", lambda row: row.update(label="WEAPON")), "E617"),
    "another value": (where("claims", "content", lambda row: row.update(polarity="NEGATIVE")), "E617"),
    "an entity": (where("entities", "text", lambda row: row.update(entity_id="malaysia")), "E617"),
    "a relation to nowhere": (where("annotations", "layer", lambda row: row.update(attributes='{"relations": [["source", "x"]]}')), "E618"),
}  # fmt: skip


@pytest.mark.parametrize("name", SEALED)
def test_damage_is_found_though_every_hash_and_count_agrees(name: str, release: Path) -> None:
    damage, code = SEALED[name]
    damage(release)
    seal(release)
    assert code in {finding.code for finding in validate(release)}
