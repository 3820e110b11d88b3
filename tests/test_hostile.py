"""What strangers send: paths, names, markup, formulas and numbers that are to do harm, and do none."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import load_dataset
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from goldspan.articles import DOC_ID
from goldspan.build import build, write_build
from goldspan.convert.conversion import convert
from goldspan.convert.layout import FIXED, TABLES, column_names
from goldspan.decisions import Conflict, decision_rows, read_decisions
from goldspan.faults import DataError, printable, printable_json
from goldspan.markdown import cell
from goldspan.sheets import FORMULA, guarded, unguarded
from tests.conftest import Run, fingerprint
from tests.exports import XML, annotation, region, task, write_config
from tests.small import TEXT, exported, write_export
from tests.small import annotation as small_annotation
from tests.test_convert import rows_of

ESCAPE = "\x1b[31m\x1b]0;mine\x07\x9b31m"
BIDI = "\u202egnp.\u2066"
HTML = "<script>alert(1)</script>"
MARKUP = f"{HTML}<img src=x onerror=alert(1)>![x](http://x.example/y) | [a](javascript:alert(1)) `b` --> <!-- goldspan:begin summary -->"
Damage = Callable[[Path], object]


def setting(line: str, table: str = "") -> Damage:
    """Damage that puts a line into corpus.toml, at its head or in a table of its own."""

    def damage(corpus: Path) -> None:
        path = corpus / "corpus.toml"
        path.write_text(f"{path.read_text()}\n[{table}]\n{line}\n" if table else f"{line}\n{path.read_text()}")

    return damage


def pipe(name: str) -> Damage:
    """Damage that puts a named pipe in a file's place, which would be waited for."""

    def damage(corpus: Path) -> None:
        (corpus / name).unlink(missing_ok=True)
        os.mkfifo(corpus / name)

    return damage


def link(name: str) -> Damage:
    """Damage that puts a link to a file outside in a file's place."""

    def damage(corpus: Path) -> None:
        (corpus.parent / "secret").write_text("secret")
        (corpus / name).unlink(missing_ok=True)
        (corpus / name).symlink_to(corpus.parent / "secret")

    return damage


def with_figures(then: Damage) -> Damage:
    """Damage to a corpus that has a folder for figures."""

    def damage(corpus: Path) -> None:
        (corpus / "annotations/figures").mkdir()
        then(corpus)

    return damage


def listed(old: str, new: str) -> Damage:
    """Damage to sources.csv."""

    def damage(corpus: Path) -> None:
        path = corpus / "dataset/raw/sources.csv"
        path.write_text(path.read_text().replace(old, new))

    return damage


def undecodable(corpus: Path) -> None:
    folder = os.fsencode(corpus / "annotations/exports")
    os.rename(folder + b"/articles-1.json", folder + b"/\xff.json")  # noqa: PTH104


def card(head: str) -> Damage:
    return lambda corpus: (corpus / "dataset_card.md").write_text(f"---\n{head}\n---\n# Small\n")


PARTS = ("sources", "labeling_config", "guidelines", "exports", "decisions", "entities", "clusters", "pair_config", "agreement", "scores", "figures", "card", "release")  # fmt: skip
FILES = ("corpus.toml", "dataset_card.md", "dataset/raw/d1.txt", "dataset/raw/sources.csv", "annotations/labeling_config.xml", "annotations/guidelines.md", "annotations/exports/a.json", "annotations/decisions.csv", "annotations/entities.csv", "annotations/clusters.csv", "annotations/agreement.json", "annotations/baselines.json")  # fmt: skip
CORPORA: dict[str, tuple[Damage, str]] = {
    **{f"{part} above": (setting(f'{part} = "../../etc/passwd"', "files"), "E002") for part in PARTS},
    **{f"{part} absolute": (setting(f'{part} = "/etc/passwd"', "files"), "E002") for part in PARTS},
    **{f"{name} is a pipe": (pipe(name), "E006") for name in FILES},
    **{f"{name} leads outside": (link(name), "E002") for name in FILES},
    "page above": (setting('pages = ["../page.md"]', "files"), "E002"),
    "release leads outside": (link("dataset/release"), "E002"),
    "release in place of the corpus": (setting('release = "."', "files"), "E005"),
    "release in place of the annotations": (setting('release = "annotations"', "files"), "E005"),
    "article absolute": (listed("d1.txt", "/etc/passwd"), "E002"),
    "article with a zero": (listed("d1.txt", "d1\0.txt"), "E002"),
    "article of a long name": (listed("d1.txt", "d" * 5000), "E103"),
    "article of no name": (listed("d1.txt", ""), "E103"),
    "an export's name is no text": (undecodable, "E006"),
    "deep settings": (setting(f"language = {'[' * 5000}"), "E001"),
    "a huge number in the settings": (setting(f"max_nesting = {'9' * 10_000}"), "E001"),
    "a negative number in the settings": (setting("max_nesting = -1"), "E001"),
    "deep card": (card(f"a: {'[' * 5000}"), "E705"),
    "a huge number in the card": (card(f"a: {'9' * 10_000}"), "E705"),
    "a card that runs": (card('a: !!python/object/apply:os.system ["false"]'), "E705"),
    "deep scores": (lambda corpus: (corpus / "annotations/baselines.json").write_text("[" * 100_000), "E724"),
    "deep agreement": (lambda corpus: (corpus / "annotations/agreement.json").write_text("[" * 100_000), "E722"),
    "figures lead outside": (link("annotations/figures"), "E002"),
    "a figure leads outside": (with_figures(link("annotations/figures/a.svg")), "E002"),
    "the list of figures is a pipe": (with_figures(pipe("annotations/figures/figures.json")), "E006"),
    "a cell too large": (listed("d1.txt", "d" * 200_000), "E101"),
}  # fmt: skip


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_that_reaches_out_is_refused(name: str, small_corpus: Path) -> None:
    damage, code = CORPORA[name]
    damage(small_corpus)
    before = fingerprint(small_corpus.parent) if "pipe" not in name else {}
    with pytest.raises(DataError) as caught:
        write_build(build(small_corpus))
    assert code in {finding.code for finding in caught.value.findings}
    assert "secret" not in str(caught.value).replace("/secret", "")
    assert "pipe" in name or fingerprint(small_corpus.parent) == before


def test_an_alias_that_doubles_itself_costs_nothing(small_corpus: Path) -> None:
    lines = "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(20))
    card(f"a: &a [x]\n{lines}")(small_corpus)
    assert len(build(small_corpus).files["README.md"]) < 10_000


@pytest.mark.parametrize("doc_id", ["CON", "nul", "aux.txt", "Com1", "lpt9.x", "a.", "..", ".a", "-a", "a/b", "a\\b", "a\n", "", "é", "a" * 101, "a:b"])  # fmt: skip
def test_a_doc_id_could_be_a_file_on_any_system(doc_id: str, small_corpus: Path) -> None:
    listed("\nd2,", f'\n"{doc_id}",')(small_corpus)
    with pytest.raises(DataError, match="E102 A doc_id or file stands twice, or the id cannot name a file on every"):
        build(small_corpus)


@pytest.mark.parametrize("doc_id", ["a", "console", "nul1", "com", "a.b", "0-_", "a" * 100])
def test_other_doc_ids_can_be_one(doc_id: str) -> None:
    assert DOC_ID.fullmatch(doc_id)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def with_field(held: str) -> bytes:
    return f'[{{"id": 1, "data": {{"body": "x", "v": {held}}}}}, {{"id": 2, "data": {{"body": "y"}}}}]'.encode()


@pytest.mark.parametrize(
    ("held", "code"),
    [(nested(1000), "E201"), ('{"a":' * 1000 + "1" + "}" * 1000, "E201"), ("9" * 10_000, "E225"), ("1e999", "E225")],
)
@pytest.mark.parametrize("skip", [False, True])
def test_depths_and_huge_numbers_are_named(held: str, code: str, skip: bool, tmp_path: Path) -> None:
    export = tmp_path / "e.json"
    export.write_bytes(with_field(held))
    if skip and code == "E225":
        said = convert([export], write_config(tmp_path), tmp_path / "out", skip=True)
        assert [finding.code for finding in said.findings] == [code]
        assert [row["doc_id"] for row in rows_of(tmp_path / "out")["documents"]] == ["2"]
    else:
        with pytest.raises(DataError, match=f"{code} "):
            convert([export], write_config(tmp_path), tmp_path / "out", skip=skip)
        assert not (tmp_path / "out").exists()


def test_what_is_deep_but_not_too_deep_is_kept(tmp_path: Path) -> None:
    (tmp_path / "e.json").write_bytes(with_field(nested(500)))
    convert([tmp_path / "e.json"], write_config(tmp_path), tmp_path / "out")
    assert rows_of(tmp_path / "out")["documents"][0]["v"] == nested(500)


XMLS = {
    "bomb": '<!DOCTYPE v [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><View>&b;</View>',
    "file": '<!DOCTYPE v [<!ENTITY a SYSTEM "file:///etc/passwd">]><View>&a;</View>',
    "parameter": '<!DOCTYPE v [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd">%a;]><View/>',
    "external": '<!DOCTYPE v PUBLIC "a" "http://127.0.0.1:9/x.dtd"><View/>',
    "UTF-16": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE v [<!ENTITY a "ha">]><View>&a;</View>',
}


@pytest.mark.parametrize("name", XMLS)
def test_a_config_with_entities_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "c.xml").write_bytes(XMLS[name].encode("utf-16" if name == "UTF-16" else "utf-8"))
    (tmp_path / "e.json").write_text("[]")
    with pytest.raises(DataError, match=r"E003 .*it declares a document type or entities"):
        convert([tmp_path / "e.json"], tmp_path / "c.xml", tmp_path / "out")


def test_an_inclusion_is_not_followed(tmp_path: Path) -> None:
    include = '<View xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/>'
    (tmp_path / "c.xml").write_text(XML.replace("<View>", include, 1))
    (tmp_path / "e.json").write_text(json.dumps([task()]))
    convert([tmp_path / "e.json"], tmp_path / "c.xml", tmp_path / "out")
    assert not any(b"root:" in path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())


def seen(text: str) -> bool:
    """True if a terminal shows a text as it is, and does nothing else."""
    return all(char.isprintable() or char in "\n" for char in text)


def test_a_terminal_does_nothing_that_names_say(tmp_path: Path, run: Run) -> None:
    name = f"{ESCAPE}{BIDI}[/b]"
    hostile = annotation(region(name, "Ann", name), region("2", "Ann", "A", parentID=name), number=name)  # type: ignore[arg-type]
    path = tmp_path / f"{BIDI}{ESCAPE}.json"
    path.write_text(json.dumps([task(hostile, doc_id=name)]))
    for how in ("stop", "skip"):
        result = run("convert", path, "--config", write_config(tmp_path), "--out", tmp_path / "out", "--on-error", how)
        assert result.returncode == (how == "stop")
        assert "E302" in result.stderr
        assert seen(result.stdout + result.stderr)
    for form in ("text", "json"):
        result = run("validate", path, "--config", tmp_path / "config.xml", "--format", form)
        assert result.returncode == 1
        assert "E302" in result.stdout
        assert form == "text" or seen(result.stdout)


def test_agreement_shows_names_as_they_are(small_corpus: Path, run: Run) -> None:
    label = f"WHO{BIDI}[/b]"
    config = small_corpus / "annotations/labeling_config.xml"
    config.write_text(config.read_text().replace("WHO", label).replace(f"{label},WHERE", "WHERE"))
    settings = small_corpus / "corpus.toml"
    settings.write_text(settings.read_text().replace('required = ["slug", "tone"]', ""))
    one = json.loads(json.dumps(exported(small_annotation())).replace('"WHO"', json.dumps(label)))
    write_export(small_corpus, one, {**one, "id": 2, "completed_by": 2, "result": one["result"][:4]})
    for form in ("text", "json"):
        result = run("agreement", "--corpus", small_corpus, "--format", form)
        assert result.returncode == 0, result.stderr
        assert "[/b]" in result.stdout
        assert seen(result.stdout)


@given(st.text())
def test_json_for_a_terminal_reads_back_the_same(text: str) -> None:
    assert json.loads(printable_json({text: [text]})) == {text: [text]}
    assert seen(printable_json([text]))
    assert seen(printable(text))


odd_cells = st.text(st.sampled_from("'=+-@\t\r\n＝a,\""), max_size=5)


@given(odd_cells)
def test_no_cell_is_a_formula_and_each_reads_back_the_same(cell_text: str) -> None:
    assert not guarded(cell_text).startswith(FORMULA)
    assert unguarded(guarded(cell_text)) == cell_text


@given(st.lists(st.tuples(odd_cells, odd_cells), min_size=1, max_size=4))
def test_rows_for_decisions_read_back_the_same(cells: list[tuple[str, str]]) -> None:
    rows = decision_rows(Conflict(str(n), "d", text, {name: text}) for n, (text, name) in enumerate(cells))
    found = list(csv.reader(io.StringIO(rows, newline="")))
    assert [unguarded(row[1]) for row in found] == [text for text, _ in cells]
    assert not any(each.startswith(FORMULA) for row in found for each in row)


def test_a_formula_in_an_article_is_decided_like_any_text(small_corpus: Path, run: Run) -> None:
    text = TEXT.replace("Ann", "=1+")
    (small_corpus / "dataset/raw/d1.txt").write_text(text)
    listed(sha256(TEXT.encode()).hexdigest(), sha256(text.encode()).hexdigest())(small_corpus)
    write_export(
        small_corpus, exported(small_annotation()), exported(small_annotation(*small_annotation().spans[4:]), 2)
    )
    export = small_corpus / "annotations/exports/articles-1.json"
    export.write_text(export.read_text().replace("Ann said", "=1+ said"))
    rows = run("agreement", "--undecided", "--corpus", small_corpus).stdout
    assert rows.splitlines()[1:] == ["d1:name:12-15:WHO,'=1+,,,,user-1: =1+,user-2: "]
    filled = "d1:name:12-15:WHO,'=1+,user-1,,because\n"
    decisions = small_corpus / "annotations/decisions.csv"
    decisions.write_text(f"conflict,text,take,value,reason\n{filled}")
    assert read_decisions(decisions)[0].text == "=1+"
    assert run("build", "--corpus", small_corpus).returncode == 0


FIELDS = [MARKUP, "---\n# A\n---\n", "a: b", "- a", "'\"", "", "..", "CON", "text", "field_text", "doc_id ", BIDI, "=1+1", "# A", "&a", "*a", "!!x", "null", "1"]  # fmt: skip


def test_the_page_of_a_conversion_has_names_as_they_are_and_no_markup(tmp_path: Path) -> None:
    fields = {name: f"{number}{MARKUP}" for number, name in enumerate(FIELDS)}
    one = task(annotation(region("1", "Ann", MARKUP)))
    one["data"] |= fields
    (tmp_path / "e.json").write_text(json.dumps([one]))
    (tmp_path / "c.xml").write_text(XML.replace('value="A"', f'value="{MARKUP.replace("<", "&lt;")}"'))
    convert([tmp_path / "e.json"], tmp_path / "c.xml", tmp_path / "out", bio="who")
    _, head, prose = re.split(r"^---$", (tmp_path / "out/README.md").read_text(), maxsplit=2, flags=re.MULTILINE)
    info = {one["config_name"]: one["features"] for one in yaml.safe_load(head)["dataset_info"]}
    (row,) = rows_of(tmp_path / "out")["documents"]
    assert [one["name"] for one in info["documents"]] == list(row)
    assert {name: row[column] for name, column in column_names(FIELDS, "documents").items()} == fields
    assert info["bio"][5]["sequence"]["class_label"]["names"]["1"] == f"B-{MARKUP}"
    assert "script" not in prose
    loaded = load_dataset(str(tmp_path / "out"), "documents", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.to_list() == [row]


def test_no_name_of_a_stranger_names_a_file(tmp_path: Path) -> None:
    odd = ["../../x", "/etc/passwd", "CON", "nul.txt", "a.", "a\0b", "C:\\x", "~", "."]
    tasks = [task(annotation(region(name, "Ann", "A"), number=name), doc_id=name, **{name: name}) for name in odd]  # type: ignore[arg-type]
    (tmp_path / "e.json").write_text(json.dumps(tasks))
    convert([tmp_path / "e.json"], write_config(tmp_path), tmp_path / "out")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == [
        "config.xml",
        "e.json",
        "out/README.md",
        *(f"out/{name}/train-00000-of-00001.parquet" for name in sorted(TABLES)),
    ]
    assert [row["doc_id"] for row in rows_of(tmp_path / "out")["documents"]] == odd


@given(st.sets(st.sampled_from(["text", "field_text", "field_field_text", "field_", "field_x", "x", "doc_id"])))
def test_every_field_has_a_column_of_its_own_whatever_others_there_are(names: set[str]) -> None:
    columns = column_names(names, "documents")
    assert len(set(columns.values())) == len(names)
    assert not set(columns.values()) & {name for name, _ in FIXED["documents"]}
    assert columns == {name: column_names([name], "documents")[name] for name in names}


@given(st.one_of(st.just(MARKUP), st.text(st.sampled_from("<>|\\`*_~[]()!&#;$\n\r\u202e\x1b a-"), max_size=30)))
def test_a_cell_of_a_page_is_text_and_nothing_else(text: str) -> None:
    page = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .parse(f"| a | b |\n| --- | --- |\n| {cell(text)} | c |\n")
    )
    kinds = {part.type for token in page for part in (token.children or [])}
    assert kinds <= {"text", "text_special", "softbreak"}
    assert sum(token.type == "td_open" for token in page) == 2
    assert "<!-- goldspan:" not in cell(text)


def test_a_title_of_markup_is_built_over_and_over(small_corpus: Path) -> None:
    path = small_corpus / "dataset/raw/sources.csv"
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(path.read_text(), newline="")))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "title"])
        writer.writeheader()
        writer.writerows({**row, "title": f"{MARKUP}{BIDI}"} for row in rows)
    page = small_corpus / "dataset_card.md"
    page.write_text(f"{page.read_text()}\n<!-- goldspan:begin documents -->\n<!-- goldspan:end -->\n")
    for _ in range(2):
        write_build(build(small_corpus))
    text = page.read_text()
    assert HTML not in text
    assert "\u202e" not in text
    assert text.count("<!-- goldspan:begin") == 1
