"""The page that shows a release or a converted folder, as far as it is made here: its bytes, its data, its charts."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.convert.conversion import convert
from goldspan.explore.charts import Chart, figures
from goldspan.explore.clusters import cluster_charts, standalone
from goldspan.explore.explorer import SCRIPTS, write_page
from goldspan.explore.extent import days
from goldspan.explore.model import Contents, Link, as_json
from goldspan.explore.palette import shades
from goldspan.explore.reading import read_contents
from goldspan.explore.svg import drawn, inlined
from tests.conftest import ROOT, Run, fingerprint
from tests.exports import FORMS, write_config

RELEASE = ROOT / "dataset/release"


def data_of(page: str, name: str) -> Any:
    """What stands in a script element with data."""
    (found,) = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


@pytest.fixture(scope="module")
def contents() -> Contents:
    return read_contents(RELEASE)


@pytest.fixture
def converted(tmp_path: Path) -> Path:
    export = tmp_path / "export.json"
    export.write_bytes(FORMS["array"])
    convert([str(export)], str(write_config(tmp_path)), str(tmp_path / "converted"))
    return tmp_path / "converted"


def test_the_page_of_the_release_is_small_the_same_each_time_and_holds_every_row(run: Run, tmp_path: Path) -> None:
    first = run("explore", RELEASE, "--out", tmp_path / "a.html")
    assert first.returncode == 0, first.stderr
    assert first.stdout == ""
    run("explore", RELEASE, "--out", tmp_path / "b.html")
    data = (tmp_path / "a.html").read_bytes()
    assert data == (tmp_path / "b.html").read_bytes()
    assert len(data) < 2_000_000
    page = data.decode()
    assert [one["id"] for one in data_of(page, "claims")] == pq.read_table(RELEASE / "claims")["claim_id"].to_pylist()
    assert len(data_of(page, "index")["relations"]) == pq.read_table(RELEASE / "claim_relations").num_rows
    texts = [data_of(page, f"document-{number}")["text"] for number in range(5)]
    assert texts == pq.read_table(RELEASE / "documents")["text"].to_pylist()
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*", page) == []


def test_spans_of_a_release_are_those_of_its_tables(contents: Contents) -> None:
    texts = {one.id: one.text or "" for one in contents.documents}
    released = [(one.id, one.versions[0]) for one in contents.documents]
    shown = {(doc, span.id): texts[doc][span.start : span.end] for doc, version in released for span in version.spans}
    for row in pq.read_table(RELEASE / "entities").to_pylist():
        assert shown[row["doc_id"], row["mention_id"]] == row["text"]
    for row in pq.read_table(RELEASE / "claims").to_pylist():
        assert shown[row["doc_id"], row["claim_id"]] == row["content"][0]["text"]
        if row["cue"]:
            assert shown[row["doc_id"], f"{row['attribution_id']}:cue:0"] == row["cue"][0]["text"]
    assert [version.name for version in contents.documents[0].versions] == ["released", "A1", "A2"]
    drawn = sum(len(version.spans) for one in contents.documents for version in one.versions[1:])
    assert drawn == pq.read_table(RELEASE / "annotations").num_rows


def test_links_join_cue_source_and_content(contents: Contents) -> None:
    row = next(row for row in pq.read_table(RELEASE / "claims").to_pylist() if row["cue"] and row["source"])
    links = next(one for one in contents.documents if one.id == row["doc_id"]).versions[0].links
    cue = f"{row['attribution_id']}:cue:0"
    assert Link(cue, row["claim_id"], ["content"]) in links
    assert Link(cue, f"{row['attribution_id']}:source:0", ["source"]) in links


def test_a_converted_folder_has_every_span_and_relation(converted: Path) -> None:
    found = read_contents(converted)
    spans = pq.read_table(converted / "spans").to_pylist()
    shown = {span.id: span for one in found.documents for version in one.versions for span in version.spans}
    assert {name: (span.layer, span.labels, span.start, span.end) for name, span in shown.items()} == {
        row["span_id"]: (row["layer"], row["labels"], row["start"], row["end"]) for row in spans
    }
    links = [link for one in found.documents for version in one.versions for link in version.links]
    rows = [
        {**row, "from_span_id": row["to_span_id"], "to_span_id": row["from_span_id"], "direction": "right"}
        if row["direction"] == "left"
        else row
        for row in pq.read_table(converted / "relations").to_pylist()
    ]
    assert sorted((link.from_id, link.to_id, link.labels, link.direction) for link in links) == sorted(
        (row["from_span_id"], row["to_span_id"], row["labels"], row["direction"]) for row in rows
    )
    assert shown[spans[0]["span_id"]].attributes["tone"] == spans[0]["tone"] == "calm"


def test_figures_of_a_converted_folder_are_of_its_spans_alone(converted: Path) -> None:
    assert [(chart.name, chart.head) for chart in figures(read_contents(converted))] == [
        ("labels", ("document", "label", "spans"))
    ]


def test_a_release_has_three_figures_and_charts_of_figures_with_their_bounds(contents: Contents) -> None:
    assert [chart.name for chart in figures(contents)] == ["labels", "agreement", "sources"]
    charts = {chart.name: chart for chart in cluster_charts(contents)}
    dead = charts["cluster/dead"]
    assert dead.title == "KILLED people over time"
    assert sorted(tuple(row[:4]) for row in dead.rows) == [
        ("001", "at least", "11", "2025-12-12"),
        ("002", "at least", "60", "2025-12-22"),
        ("003", "at least", "41", "2025-12-01 to 2025-12-31"),
        ("004", "at least", "40", "2025-12-01 to 2025-12-31"),
    ]
    displaced = {row[0]: row[1:3] for row in charts["cluster/displaced"].rows}
    assert displaced["003"] == ("at most", "1,000,000")
    assert {row[1] for row in charts["cluster/resumption"].rows} >= {"2025-12-07", "2025-12-08"}


def test_a_drawing_has_only_what_draws_and_links_into_the_page(contents: Contents) -> None:
    chart = next(iter(cluster_charts(contents)))
    drawing = inlined(chart.spec, chart.says)
    assert set(re.findall(r"<(\w+)", drawing)) <= {"svg", "g", "path", "line", "rect", "text", "tspan", "a"}
    links = re.findall(r'href="([^"]*)"', drawing)
    assert len(links) == len(chart.rows)
    assert all(link.startswith("#/claim/") for link in links)
    assert re.findall(r"\s(?:on\w+|style|id|xlink:href)=", drawing) == []


def test_words_from_outside_stay_words_in_a_drawing() -> None:
    bad = "</text><script>alert(1)</script>"
    spec = {"data": {"values": [{"x": bad, "y": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x"}, "y": {"field": "y", "type": "quantitative"}}}  # fmt: skip
    drawing = inlined(spec, f'" onload="{bad}')
    assert "<script" not in drawing
    assert " onload=" not in drawing.replace("&quot; onload=", "")


def test_a_drawing_that_stands_alone_has_no_links_and_says_what_it_shows(contents: Contents) -> None:
    chart = standalone(contents)["cluster-dead"]
    drawing = drawn(chart.spec, chart.says + '"\u202e<script>')
    assert set(re.findall(r"<(\w+)", drawing)) == {"svg", "g", "path", "rect", "text"} | (
        {"line"} if "<line" in drawing else set()
    )
    assert re.findall(r"\s(?:on\w+|style|id|href)=", drawing) == []
    assert "002: at least 60, 2025-12-22.&quot;\\u202e&lt;script&gt;" in drawing


def test_charts_that_quote_the_articles_are_of_the_page_alone(contents: Contents) -> None:
    quoting = {chart.name for chart in cluster_charts(contents) if chart.quotes}
    assert "cluster/resumption" in quoting
    assert quoting.isdisjoint(chart.name for chart in standalone(contents).values())
    texts = [one.text or "" for one in contents.documents]
    claims = [claim["content_text"] for claim in contents.claims]
    for chart in standalone(contents).values():
        shown = re.findall(r"<text[^>]*>([^<]*)", drawn(chart.spec, chart.says))
        assert shown != []
        assert [words for words in shown if len(words.split()) > 2 and any(words in text for text in texts)] == []
        assert set(shown).isdisjoint(claims)


@pytest.mark.parametrize("name", ["cluster/../x", "a b", "", "cluster/x.y", "é", "a" * 101, "a\n"])
def test_a_name_that_could_lead_elsewhere_names_no_file(name: str) -> None:
    assert Chart(name, "", "", {}, (), ()).file == ""


def test_twelve_colours_are_told_apart() -> None:
    assert len(set(shades(12))) == 12
    assert shades(24)[12:] == [f"{colour}99" for colour in shades(12)]


def test_what_a_figure_shows_is_said_in_words(contents: Contents) -> None:
    charts = standalone(contents)
    assert charts["sources"].says.startswith(
        "Claims by source_entity_ids and claim_type; of each the most frequent claim_type: (none) 91, HOSTILE_ACT 28; hun-manet 19, DEMAND 7; "
    )
    assert "claims normalized_claim 0.15; " in charts["agreement"].says
    assert "; claims 0.97 to 0.99; " in charts["agreement"].says


@given(st.text())
def test_json_in_a_script_element_reads_back_and_ends_no_element(text: str) -> None:
    written = as_json({"text": text})
    assert json.loads(written) == {"text": text}
    assert not set(written) & set("<>&\u2028\u2029")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-12-08", (date(2025, 12, 8), date(2025, 12, 8))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2025", (date(2025, 1, 1), date(2025, 12, 31))),
        ("2025-12-11/2025-12-12", (date(2025, 12, 11), date(2025, 12, 12))),
        ("2025-W50", (date(2025, 12, 8), date(2025, 12, 14))),
        ("P2W", None),
        ("", None),
        (None, None),
        (3, None),
    ],
)
def test_a_date_is_a_stretch_of_days(value: object, expected: object) -> None:
    assert days(value) == expected


def test_figures_are_written_as_files(run: Run, tmp_path: Path) -> None:
    result = run("explore", RELEASE, "--figures", tmp_path / "figures")
    assert result.returncode == 0, result.stderr
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    stems = ["agreement", "cluster-clashes-along-border", "cluster-dead", "cluster-displaced", "labels", "sources"]
    assert names == sorted(f"{stem}.{kind}" for stem in stems for kind in ("png", "svg"))
    assert (tmp_path / "figures/agreement.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "figures/agreement.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_what_is_neither_is_refused_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    result = run("explore", tmp_path / "else", "--out", tmp_path / "page.html")
    assert (result.returncode, result.stdout) == (1, "")
    assert (
        "E960 The folder is neither a release nor anything else that this command reads: it has no manifest.json"
        in result.stderr
    )
    assert not (tmp_path / "page.html").exists()


def test_a_damaged_release_is_refused_and_an_older_page_stays(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    out.write_text("before")
    before = fingerprint(tmp_path)[out.name]
    path = corpus / "dataset/release/entities/train-00000-of-00001.parquet"
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.drop_columns(["start"]), path)
    result = run("explore", corpus / "dataset/release", "--out", out)
    assert result.returncode == 1
    assert "E600" in result.stderr
    assert fingerprint(tmp_path)[out.name] == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((RELEASE,), "name a page (--out)"),
        (("nowhere", "--out", "x.html"), "there is no folder nowhere"),
        ((RELEASE, "--out", ROOT), "--out is a file"),
    ],
)
def test_a_wrong_call_is_told_so(run: Run, arguments: tuple[object, ...], says: str) -> None:
    result = run("explore", *arguments)
    assert result.returncode == 2
    assert says in " ".join(result.stderr.split())


def test_the_scripts_never_make_markup_or_code_of_words() -> None:
    folder = ROOT / "scripts/goldspan/explore/page"
    assert {path.stem for path in folder.glob("*.js")} == set(SCRIPTS)
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.js"))
    names = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc", "</")
    assert [name for name in names if name in text] == []


def test_a_small_corpus_of_other_labels_is_shown(small_corpus: Path, run: Run, tmp_path: Path) -> None:
    assert run("build", "--corpus", small_corpus).returncode == 0
    assert write_page(read_contents(small_corpus / "dataset/release"), tmp_path / "page.html") > 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    layers = {layer["name"]: layer["labels"] for layer in data_of(page, "index")["layers"]}
    assert layers["entities"] == ["HOWMANY", "WHERE", "WHO"]
    assert layers["claims"] == ["content", "cue", "source"]
