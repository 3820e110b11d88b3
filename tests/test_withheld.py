"""Releases without the articles' text, and the text put back."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import load_dataset

from goldspan.build import Built, build, write_build
from goldspan.faults import DataError, Finding
from goldspan.hashes import sha256
from goldspan.hydrate.hydrate import hydrate
from goldspan.hydrate.mask import each_text, mask
from goldspan.hydrate.quotes import Quotes, restored
from goldspan.hydrate.withhold import withhold
from goldspan.schemas import OWN_WORDS, SLICES, TAKEN
from goldspan.tables import parquet
from goldspan.validate import validate
from tests.conftest import CONFIGS, ROOT, Run, fingerprint
from tests.small import OTHER_TEXT, TEXT, exported, write_export
from tests.small import annotation as small_annotation

RAW = ROOT / "dataset/raw"
RELEASE = ROOT / "dataset/release"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def masked(built: Built) -> Built:
    return withhold(built)


@pytest.fixture
def withheld(masked: Built, tmp_path: Path) -> Path:
    return write_build(masked, tmp_path / "withheld")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def strings(value: Any) -> Iterator[str]:
    """Every string in a value, also in JSON inside of it, but for the annotators' own sentences."""
    if isinstance(value, str):
        held = json.loads(value) if value.startswith("{") else None
        yield from strings(held) if isinstance(held, dict) else [value]
    for key, item in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        if key not in OWN_WORDS:
            yield from strings(item)


def stretches(text: str) -> Iterator[str]:
    """Every six words, and every 30 characters, of a text."""
    words = re.findall(r"\w+", text.casefold())
    yield from (" ".join(words[at : at + 6]) for at in range(len(words) - 5))
    plain = " ".join(text.split())
    yield from (plain[at : at + 30] for at in range(len(plain) - 29))


def test_no_sentence_of_an_article_is_left(withheld: Path) -> None:
    articles = {each for path in RAW.glob("*.txt") for each in stretches(path.read_text(encoding="utf-8"))}
    files = [
        (withheld / name).read_text(encoding="utf-8")
        for name in ("README.md", "manifest.json", "anchors.json", "croissant.json")
    ]
    tables = [
        row
        for path in sorted(withheld.rglob("*.parquet"))
        for row in pq.read_table(path, partitioning=None).to_pylist()
    ]
    found = [each for value in [*strings(tables), *files] for each in stretches(value) if each in articles]
    assert len(articles) > 20000
    assert found == []


def test_no_word_of_a_quotation_of_the_card_is_left(masked: Built) -> None:
    card = masked.files["README.md"].decode()
    section = card.split("## Five things to find")[1].split("\n## ")[0]
    assert "`002:claim:335-398` “⟦002:380-391⟧”" in section
    assert [quoted for quoted in re.findall(r"“([^”]*)”", section) if not re.fullmatch(r"⟦[\d:-]+⟧", quoted)] == []
    assert "| 000 | ⟦000:19-90⟧ |" in card


def test_every_column_that_holds_slices_of_text_is_declared(built: Built) -> None:
    articles = " ".join(row["text"] for row in built.tables["documents"].to_pylist())
    undeclared = {
        (name, column)
        for name, table in built.tables.items()
        for column in table.schema.names
        if column not in {*SLICES.get(name, ()), *TAKEN.get(name, ()), *OWN_WORDS}
        for value in strings(table[column].to_pylist())
        if len(value.split()) > 1 and value in articles
    }
    assert undeclared == set()
    for name in built.tables:
        for column in SLICES[name]:
            cut = {part for value in built.tables[name][column].to_pylist() for part in slices_of(value)}
            assert cut <= {part for part in cut if part in articles}


def slices_of(value: Any) -> list[str]:
    found: list[str] = []
    each_text(value, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    return found


def test_everything_but_the_text_stays(built: Built, masked: Built) -> None:
    for name, table in built.tables.items():
        for column in table.schema.names:
            expected = table[column].to_pylist()
            if column in SLICES.get(name, ()):
                expected = [each_text(value, mask) for value in expected]
            if column not in TAKEN.get(name, ()):
                assert masked.tables[name][column].to_pylist() == expected, (name, column)
    assert [row["title"] for row in masked.tables["documents"].to_pylist()][:2] == ["⟦000:19-90⟧", "⟦001:19-94⟧"]


def test_it_is_valid_and_loads_with_the_same_features(withheld: Path, run: Run, tmp_path: Path) -> None:
    result = run("validate", withheld)
    assert (result.returncode, result.stdout) == (0, f"{withheld}: 0 errors, 0 warnings\n")
    heads = [
        yaml.safe_load((folder / "README.md").read_text("utf-8").split("---")[1]) for folder in (withheld, RELEASE)
    ]
    features = [{info["config_name"]: info["features"] for info in head["dataset_info"]} for head in heads]
    assert features[0] == features[1]
    entities = load_dataset(str(withheld), "entities", split="train", cache_dir=str(tmp_path / "cache"))
    assert entities[0]["text"] == "███ █████"
    assert json.loads((withheld / "manifest.json").read_bytes())["text"] == "withheld"


def test_the_card_says_so(masked: Built) -> None:
    prose = masked.files["README.md"].decode().split("\n---\n", 1)[1]
    assert prose.startswith("<!-- goldspan:text -->\n> **The text of the articles is withheld")
    assert "`goldspan hydrate THIS_FOLDER COPIES --out FULL`" in prose
    assert "114 of 171 have six words or 30\n> characters in a row that an article has too" in prose
    assert [one.message for one in masked.warnings if one.code == "W930"] == [
        "Normalized claims stay, and some have six words or 30 characters in a row that an article has too: 114 of 171"
    ]


def test_the_full_release_comes_back_byte_for_byte(run: Run, tmp_path: Path) -> None:
    assert run("build", "--corpus", ROOT, "--withhold-text", "--out", tmp_path / "withheld").returncode == 0
    result = run("hydrate", tmp_path / "withheld", RAW, "--out", tmp_path / "full")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "exact           5 documents",
        "restored        0 documents",
        "other           0 documents",
        "missing         0 documents",
        "every file is that of the full release",
    ]
    assert bytes_of(tmp_path / "full") == bytes_of(RELEASE)


def copies(folder: Path, change: Callable[[str], str], names: str = "{name}") -> Path:
    """Copies of the articles, each changed, under other names if wanted."""
    folder.mkdir()
    for number, path in enumerate(sorted(RAW.glob("*.txt"))):
        name = names.format(name=path.name, number=number)
        (folder / name).write_text(change(path.read_bytes().decode()), encoding="utf-8", newline="")
    return folder


def straight(text: str) -> str:
    """A text with straight quotes, plain hyphens, other spaces and line ends."""
    other = text.translate(str.maketrans("“”‘’–‑", "\"\"''--"))
    return re.sub(r"\n+", "\r\n", other).replace(". ", ".  ")


def advertised(text: str) -> str:
    """A text with lines of the site before, between and after those of the article."""
    return "Home | News\n" + text.replace("\n", "\nADVERTISEMENT Buy now\n") + "\nRelated: more news of the day\n"


def without_form(text: str) -> str:
    """A text without the comment form and the navigation."""
    return straight(text.split("Leave a Reply", maxsplit=1)[0]).replace("Asia NewsPolitics\r\n", "")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (straight, "{name}"),
        (straight, "copy-{number}.txt"),
        (advertised, "{name}"),
        (lambda text: f"\ufeff{text}\n", "{number}"),
    ],
)
def test_copies_that_differ_in_signs_spaces_and_added_lines_give_every_byte_back(
    change: Callable[[str], str], names: str, withheld: Path, tmp_path: Path
) -> None:
    hydrated = hydrate(withheld, copies(tmp_path / "copies", change, names), tmp_path / "full")
    assert hydrated.documents == {"exact": 0, "restored": 5, "other": 0, "missing": 0}
    assert {one.code for one in hydrated.findings} == {"W931"}
    assert hydrated.full
    assert bytes_of(tmp_path / "full") == bytes_of(RELEASE)


def test_a_copy_that_lacks_words_stops_with_every_span_on_them(withheld: Path, run: Run, tmp_path: Path) -> None:
    folder = copies(tmp_path / "copies", without_form)
    result = run("hydrate", withheld, folder, "--out", tmp_path / "full")
    assert result.returncode == 1
    assert result.stderr.count(" E936 ") == 12
    assert "document 001 row 001:A1:" in result.stderr
    assert "zone BOILERPLATE 5094 to 5179" in result.stderr
    assert "12 errors; nothing was written" in result.stderr
    assert not (tmp_path / "full").exists()


def test_what_cannot_be_placed_is_left_out_and_all_else_finds_its_place(
    withheld: Path, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "full"
    result = run("hydrate", withheld, copies(tmp_path / "copies", without_form), "--out", out, "--on-error", "skip")
    assert result.returncode == 0, result.stderr
    assert f"each span stands in {out / 'hydration.jsonl'}" in result.stderr
    assert mistakes(out) == []
    assert json.loads((out / "manifest.json").read_bytes())["text"] == "hydrated"
    report = msgspec.json.Decoder(Finding).decode_lines((out / "hydration.jsonl").read_bytes())
    assert {one.code for one in report} == {"W931", "W932", "W933", "W934", "E936"}
    tables = {config: rows(out, config) for config in CONFIGS}
    full = {config: {next(iter(row.values())): row for row in rows(RELEASE, config)} for config in CONFIGS}
    assert [len(tables[config]) for config in CONFIGS] == [5, 345, 172, 217, 117, 1381]
    assert [row["text"] for row in tables["entities"]] == [row["text"] for row in full["entities"].values()]
    assert [row["tokens"] for row in tables["ner"]] == [row["tokens"] for row in full["ner"].values()]
    for claim in tables["claims"]:
        for part in ("content", "cue", "source"):
            assert [span["text"] for span in claim[part]] == [
                span["text"] for span in full["claims"][claim["claim_id"]][part]
            ]
    moved = {one.row: one.message for one in report if one.code == "W933"}
    assert "mention 63 to 71, now 44 to 52" in moved["000:mention:63-71"]
    (document,) = [row for row in tables["documents"] if row["doc_id"] == "000"]
    assert [zone["zone"] for zone in document["zones"]] == ["TITLE", "BODY"]
    assert document["title"] == document["text"].split("\n")[0]
    assert "**This is not the full release: the copies of 000, 001 have other words" in (out / "README.md").read_text(
        "utf-8"
    )


def mistakes(folder: Path) -> list[Finding]:
    return [one for one in validate(folder) if one.is_error]


def rows(folder: Path, config: str) -> Rows:
    found: Rows = pq.read_table(folder / config / "train-00000-of-00001.parquet", partitioning=None).to_pylist()
    return found


def test_words_that_changed_are_told_of_and_stand_as_in_the_copy(withheld: Path, tmp_path: Path) -> None:
    folder = copies(
        tmp_path / "copies",
        lambda text: text.replace("at least 60", "at least 65").replace("Monday to try", "Monday, the 22nd, to try"),
    )
    hydrated = hydrate(withheld, folder, tmp_path / "full", skip=True)
    assert hydrated.documents == {"exact": 4, "restored": 0, "other": 1, "missing": 0}
    told = {one.row: one for one in hydrated.findings if one.code == "W934"}
    assert told["002:mention:380-391"].context == "at least 65"
    assert mistakes(tmp_path / "full") == []
    (figure,) = [row for row in rows(tmp_path / "full", "entities") if row["mention_id"] == "002:mention:380-391"]
    assert (figure["text"], figure["value"]) == ("at least 65", 60.0)


def test_an_article_without_a_copy_stops_or_is_left_out(withheld: Path, tmp_path: Path) -> None:
    folder = copies(tmp_path / "copies", str)
    (folder / "004_370c05daa2c68e05.txt").write_bytes(b"\xff")
    (folder / "003_da671e4b22ae2ccc.txt").write_text("Another text altogether, of some more words than eight.")
    with pytest.raises(DataError) as caught:
        hydrate(withheld, folder, tmp_path / "full")
    assert [(one.code, one.task, one.message.split(": ")[1]) for one in caught.value.findings] == [
        ("E935", "003", "003_da671e4b22ae2ccc.txt is another text"),
        ("E935", "004", "004_370c05daa2c68e05.txt is not UTF-8"),
    ]
    assert not (tmp_path / "full").exists()
    hydrated = hydrate(withheld, folder, tmp_path / "full", skip=True)
    assert hydrated.documents == {"exact": 3, "restored": 0, "other": 0, "missing": 2}
    assert mistakes(tmp_path / "full") == []
    assert {row["doc_id"] for config in ("documents", "claims", "ner") for row in rows(tmp_path / "full", config)} == {
        "000",
        "001",
        "002",
    }
    assert all("003:" not in row["relation_id"] for row in rows(tmp_path / "full", "claim_relations"))
    report = msgspec.json.Decoder(Finding).decode_lines((tmp_path / "full/hydration.jsonl").read_bytes())
    assert ("W935", "README.md") in {(one.code, one.file) for one in report}


def edit(folder: Path, config: str, change: Callable[[Rows], object]) -> None:
    path = folder / config / "train-00000-of-00001.parquet"
    table = pq.read_table(path, partitioning=None)
    found = table.to_pylist()
    change(found)
    path.write_bytes(parquet(pa.Table.from_pylist(found, schema=table.schema)))


@pytest.mark.parametrize(
    ("config", "change", "row"),
    [
        ("documents", lambda rows: rows[0].update(text=rows[0]["text"].replace("████ ", "Asia ", 1)), "000"),
        ("entities", lambda rows: rows[0].update(text="Hun Manet"), "000:mention:19-28"),
        ("claims", lambda rows: rows[0]["content"][0].update(text="Hun"), "000:claim:19-90"),
        ("ner", lambda rows: rows[0]["tokens"].__setitem__(0, "Hun"), "000:sentence:19"),
    ],
)
def test_a_withheld_release_that_holds_text_is_found(config: str, change: Any, row: str, withheld: Path) -> None:
    edit(withheld, config, change)
    assert ("E932", row) in {(one.code, one.row) for one in validate(withheld)}


def test_a_full_release_without_text_is_found(withheld: Path, tmp_path: Path) -> None:
    manifest = json.loads((withheld / "manifest.json").read_bytes())
    del manifest["text"]
    (withheld / "manifest.json").write_text(json.dumps(manifest))
    found = {(one.code, one.row) for one in validate(withheld)}
    assert {("E933", "000"), ("E933", "000:mention:19-28"), ("E603", "000")} <= found


@pytest.mark.parametrize("name", ["anchors.json", "full"])
def test_only_a_withheld_release_can_be_hydrated(name: str, withheld: Path, tmp_path: Path) -> None:
    if name == "full":
        withheld = RELEASE
    else:
        (withheld / name).write_text('{"full_manifest": "", "documents": {"000": 1}}')
    with pytest.raises(DataError) as caught:
        hydrate(withheld, RAW, tmp_path / "out")
    assert {one.code for one in caught.value.findings} == {"E934"}


def test_a_target_of_ones_own_is_not_written_over(withheld: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("keep me")
    before = fingerprint(tmp_path)
    assert " E005 " in run("hydrate", withheld, RAW, "--out", tmp_path / "mine").stderr
    assert run("hydrate", withheld, RAW, "--out", withheld).returncode == 2
    assert run("hydrate", withheld, tmp_path / "none", "--out", tmp_path / "x").returncode == 2
    assert fingerprint(tmp_path) == before


def test_a_small_corpus_of_other_scripts_and_labels(small_corpus: Path, tmp_path: Path) -> None:
    built = build(small_corpus)
    masked = withhold(built)
    assert [row["text"] for row in masked.tables["documents"].to_pylist()][
        1
    ] == "👩\u200d👧 █████\r\n\t█████ █████.\n".replace("\u200d", "█")
    folder = write_build(masked, tmp_path / "withheld")
    assert hydrate(folder, small_corpus / "dataset/raw", tmp_path / "full").full
    assert bytes_of(tmp_path / "full") == built.files


def test_what_other_strings_quote_is_withheld_too(small_corpus: Path) -> None:
    card = small_corpus / "dataset_card.md"
    quoting = "It says “Ann said” and so on:\nANN SAID BOB LEFT ROME AND.\n"
    card.write_text(
        "---\nlicense: mit\n---\n# Small\n\nIt says “Ann said” and `Ann said`, Ann said “Bob left Rome”, and 40.\n"
    )
    masked = withhold(build(small_corpus)).files["README.md"].decode()
    assert masked.endswith("It says “⟦d1:12-20⟧” and `Ann said`, ⟦d1:12-44⟧.\n")
    card.write_text(f"---\nlicense: mit\n---\n# Small\n\n{quoting}")
    with pytest.raises(DataError) as caught:
        withhold(build(small_corpus))
    assert [(one.code, one.file) for one in caught.value.findings] == [("E930", "README.md")]


def test_a_value_that_quotes_is_withheld_too(small_corpus: Path, tmp_path: Path) -> None:
    one = small_annotation()
    spans = [
        msgspec.structs.replace(span, attributes={"slug": TEXT[12:44]})
        if span.attributes.get("slug") == "ann"
        else span
        for span in one.spans
    ]
    write_export(small_corpus, exported(msgspec.structs.replace(one, spans=tuple(spans))))
    built = build(small_corpus)
    masked = withhold(built)
    assert masked.tables["entities"].to_pylist()[0]["slug"] == "⟦d1:12-44⟧"
    assert '{"slug": "⟦d1:12-44⟧"}' in masked.tables["annotations"]["attributes"].to_pylist()
    hydrate(write_build(masked, tmp_path / "withheld"), small_corpus / "dataset/raw", tmp_path / "full")
    assert bytes_of(tmp_path / "full") == built.files


def test_an_article_with_the_mask_in_it_cannot_be_withheld(small_corpus: Path) -> None:
    path = small_corpus / "dataset/raw/sources.csv"
    (small_corpus / "dataset/raw/d3.txt").write_text("A █ b")
    path.write_text(path.read_text() + "d3,d3.txt,b4f7,one\n")
    path.write_text(path.read_text().replace("b4f7", sha256("A █ b".encode())))
    assert [(one.code, one.task) for one in errors(lambda: withhold(build(small_corpus)))] == [("E931", "d3")]


def errors(call: Callable[[], object]) -> list[Finding]:
    with pytest.raises(DataError) as caught:
        call()
    return caught.value.findings


def test_references_are_what_they_stand_for() -> None:
    texts = {"a": "One two three four five six — seven eight.", "b": "no"}
    quotes = Quotes(texts)
    value = "so: One two three four five  six — seven!"
    referred = quotes.referred(value)
    assert referred == "so: ⟦a:0-23⟧  ⟦a:24-35⟧!"
    assert restored(referred, lambda doc_id, start, end: texts[doc_id][start:end]) == (value, [])
    assert quotes.referred("One two three four five") == "One two three four five"
    assert quotes.leaks("ONE two: three four-five six") == "ONE two: three four-five six"


def test_check_compares_a_withheld_release_too(run: Run, tmp_path: Path, withheld: Path) -> None:
    arguments = ("build", "--corpus", ROOT, "--withhold-text", "--out", withheld, "--check")
    assert run(*arguments).returncode == 0
    shutil.rmtree(withheld / "ner")
    assert run(*arguments).returncode == 1


def test_a_text_too_short_for_blocks_is_known_by_its_name_or_when_it_comes_back(
    small_corpus: Path, tmp_path: Path
) -> None:
    folder = write_build(withhold(build(small_corpus)), tmp_path / "withheld")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "one").write_text(f"{TEXT}\n")
    (raw / "two").write_text(OTHER_TEXT.replace("\r\n\t", "  ").rstrip(".\n"))
    assert hydrate(folder, raw, tmp_path / "full").documents == {"exact": 0, "restored": 2, "other": 0, "missing": 0}
    (raw / "two").write_text(OTHER_TEXT.split("\r")[0])
    assert {one.code for one in errors(lambda: hydrate(folder, raw, tmp_path / "full"))} == {"E935", "W931"}
    (raw / "two").rename(raw / "d2.md")
    other = hydrate(folder, raw, tmp_path / "full", skip=True)
    assert other.documents == {"exact": 0, "restored": 1, "other": 1, "missing": 0}
    assert rows(tmp_path / "full", "documents")[1]["text"] == OTHER_TEXT.split("\r")[0]
