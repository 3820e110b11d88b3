"""The page of ``goldspan explore`` in headless Chromium, from disk: what is shown, that nothing is run or fetched."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from goldspan.build import build, write_build
from goldspan.convert.conversion import convert
from goldspan.explore.explorer import page_of, write_page
from goldspan.explore.model import Contents, Document, Link, Shown, Version
from goldspan.explore.reading import read_contents
from goldspan.records import Measured
from goldspan.settings import Dates, Quantities, Relations, Settings
from tests.conftest import ROOT
from tests.server.browser import CHROMIUM, QUIET
from tests.wide import AGREED, RELATIONS, SETTINGS, SPANS, annotated, write_wide_corpus

pytestmark = pytest.mark.server

RELEASE = ROOT / "dataset/release"
Open = Callable[..., Page]
HIGHLIGHTED = "(nodes) => nodes.map((node) => node.textContent).join('')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def release_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_page(read_contents(RELEASE), path)
    return path


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open a page at a place; in the end nothing was said on the console and nothing asked for but the page itself."""
    noise: list[str] = []
    ours: set[str] = set()
    contexts = []

    def dismiss(dialog: Dialog) -> None:
        noise.append(dialog.message)
        dialog.dismiss()

    def open_at(path: Path, place: str = "#/", width: int = 1280, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: noise.append(request.url))
        page.on("dialog", dismiss)
        page.goto(path.as_uri() + place)
        ours.add(path.as_uri())
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert [one for one in noise if one.split("#")[0] not in ours] == []


def claims() -> dict[str, dict[str, Any]]:
    return {row["claim_id"]: row for row in pq.read_table(RELEASE / "claims").to_pylist()}


def relations() -> list[dict[str, Any]]:
    return list(pq.read_table(RELEASE / "claim_relations").to_pylist())


def words(row: dict[str, Any]) -> str:
    return "".join(part["text"] for part in row["content"])


def place(*parts: str) -> str:
    return "#/" + "/".join(quote(part, safe="") for part in parts)


def test_the_largest_contradiction_leads_to_both_sentences_highlighted_exactly(
    release_page: Path, opened: Open
) -> None:
    page = opened(release_page)
    page.get_by_role("link", name="Contradictions").click()
    page.locator(".cards .title").first.click()
    pair = page.locator(".pair").first
    assert pair.locator(".badge").inner_text().endswith("CONTRADICTS")
    known, rows = claims(), [row for row in relations() if row["relation"] == "CONTRADICTS"]
    shown = [quote.get_attribute("data-claim") or "" for quote in pair.locator(".quote").all()]
    assert shown in [[row["claim_a"], row["claim_b"]] for row in rows]
    for number, name in enumerate(shown):
        marked = pair.locator(".quote").nth(number).locator("mark").evaluate_all(HIGHLIGHTED)
        assert marked == words(known[name])
    for number, name in enumerate(shown):
        page.locator(".pair").first.get_by_role("link", name="In the article").nth(number).click()
        page.wait_for_selector(".piece.on")
        assert page.locator(".piece.on").evaluate_all(HIGHLIGHTED) == words(known[name])
        assert page.locator(".piece.on").first.is_visible()
        page.go_back()
        page.wait_for_selector(".pair")


@pytest.mark.parametrize("doc", ["000", "001", "002", "003", "004"])
def test_the_text_on_the_page_is_the_text(doc: str, release_page: Path, opened: Open) -> None:
    text = next(row["text"] for row in pq.read_table(RELEASE / "documents").to_pylist() if row["doc_id"] == doc)
    page = opened(release_page, f"#/article/{doc}?left=A1&right=A2")
    assert [one.text_content() for one in page.locator(".words").all()] == [text, text]


def test_claims_are_filtered_and_the_filter_is_in_the_address(release_page: Path, opened: Open) -> None:
    page = opened(release_page, "#/claims")
    rows = [row for row in claims().values() if row["claim_type"] == "CASUALTIES" and row["doc_id"] == "001"]
    page.get_by_label("claim_type", exact=True).select_option("CASUALTIES")
    page.get_by_label("article", exact=True).select_option("001")
    assert page.locator("p.count").inner_text() == f"{len(rows)} of 172 rows"
    shown = page.locator("tbody th a").all_inner_texts()
    assert shown == [" … ".join(part["text"] for part in row["content"]) for row in rows]
    page.reload()
    assert page.locator("tbody th a").all_inner_texts() == shown
    page.get_by_role("searchbox").fill("no such words")
    page.wait_for_function("() => document.querySelector('p.count').textContent.startsWith('0 of')")
    page.get_by_role("searchbox").fill("")
    page.wait_for_function("() => !document.querySelector('p.count').textContent.startsWith('0 of')")
    page.locator("tbody th a").first.click()
    page.wait_for_selector(".piece.on")
    assert page.locator(".piece.on").evaluate_all(HIGHLIGHTED) == words(rows[0])


def test_deep_links_lead_to_their_places(release_page: Path, opened: Open) -> None:
    mention = pq.read_table(RELEASE / "entities").to_pylist()[50]
    page = opened(release_page, place("mention", mention["mention_id"]))
    assert page.locator(".piece.on").evaluate_all(HIGHLIGHTED) == mention["text"]
    for where, heading in (
        (place("cluster", "dead"), "dead"),
        (place("claim", "gone"), "Not found"),
        ("#/else", "Not found"),
    ):
        page.evaluate("(place) => { location.hash = place; }", where)
        page.wait_for_function("(text) => document.querySelector('h1').textContent === text", arg=heading)


def test_a_mark_of_a_chart_leads_to_its_sentence(release_page: Path, opened: Open) -> None:
    page = opened(release_page, "#/cluster/dead")
    mark = page.locator("figure .drawing a").first
    name = mark.get_attribute("aria-label") or ""
    assert re.match(r"\d{3}: at least \d\d, 2025-12", name)
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".piece.on")
    shown = page.locator(".piece.on").evaluate_all(HIGHLIGHTED)
    assert shown in {words(row) for row in claims().values() if row["cluster_id"] == "dead"}
    assert re.sub(r"\D", "", name.split(": ")[1].split(",")[0]) in shown


def test_spans_are_walked_through_with_the_keyboard_and_said(release_page: Path, opened: Open) -> None:
    page = opened(release_page, "#/article/000")
    page.locator(".text").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator("#says").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#says").inner_text() == first != ""
    assert page.locator(".panel h2").inner_text() != ""


def test_hovering_a_cue_shows_its_source_and_content(release_page: Path, opened: Open) -> None:
    row = next(row for row in claims().values() if row["cue"] and row["source"] and len(row["content"]) == 1)
    page = opened(release_page, place("article", row["doc_id"]))
    page.locator(".piece.marked", has_text=row["cue"][0]["text"]).first.hover()
    linked = page.locator(".piece.near").evaluate_all(HIGHLIGHTED)
    assert row["source"][0]["text"] in linked
    assert words(row) in linked
    assert set(page.locator(".arcs text").all_text_contents()) >= {"source", "content"}


def test_where_annotators_differ_is_marked_and_listed(release_page: Path, opened: Open) -> None:
    page = opened(release_page, "#/article/001?left=A1&right=A2")
    rows = [
        row for row in pq.read_table(RELEASE / "annotations").to_pylist() if row["doc_id"] == "001" and row["layer"]
    ]
    by = {
        name: {(row["layer"], row["label"], row["start"], row["end"]) for row in rows if row["annotator_id"] == name}
        for name in ("A1", "A2")
    }
    page.locator("summary", has_text="differences").click()
    listed = page.locator(".differences .badge").all_inner_texts()
    more = page.locator(".legend .more button")
    while more.count():
        more.click()
        listed = page.locator(".differences .badge").all_inner_texts()
    assert listed.count("only A1") == len(by["A1"] - by["A2"])
    assert listed.count("only A2") == len(by["A2"] - by["A1"])
    assert page.locator(".piece.differs").count() > 0


@pytest.fixture(scope="module")
def wide_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a release with further layers, in which a third annotator says something else of the document."""
    folder = tmp_path_factory.mktemp("wide")
    odd = annotated("C", "n1", *SPANS, relations=RELATIONS, values={"stance": "for"})
    lines = '\n[adjudication]\npick = "majority"\n'
    write_build(build(write_wide_corpus(folder / "corpus", [*AGREED[:2], odd], SETTINGS + lines)), folder / "release")
    write_page(read_contents(folder / "release"), folder / "page.html")
    return folder / "page.html"


def test_a_span_of_a_further_layer_has_its_labels_and_its_relations_with_their_direction(
    wide_page: Path, opened: Open
) -> None:
    page = opened(wide_page, place("mention", "n1:speech_acts:40-56"))
    assert page.locator(".piece.on").evaluate_all(HIGHLIGHTED) == "warned the crowd"
    assert page.locator(".panel h2").inner_text() == "threat, claim speech_acts"
    linked = page.locator(".panel section", has_text="Linked").locator("li")
    assert linked.all_inner_texts() == ["→ causes, about PROTEST the shops closed"]
    assert page.locator(".arcs text").all_text_contents() == ["causes, about"]
    linked.get_by_role("button").click()
    assert page.locator(".panel h2").inner_text() == "PROTEST event"
    assert page.locator(".panel section", has_text="Linked").locator("li").all_inner_texts() == [
        "← causes, about threat, claim warned the crowd"
    ]
    page.evaluate("(place) => { location.hash = place; }", place("mention", "n1:event:28-33"))
    page.wait_for_function("() => document.querySelector('.panel h2')?.textContent.startsWith('TALKS')")
    assert page.locator(".panel dl").inner_text().split() == ["certainty", "unsure", "aims", "peace,", "quiet"]


def test_a_layer_is_hidden_whole_and_a_span_of_two_labels_only_with_both(wide_page: Path, opened: Open) -> None:
    page = opened(wide_page, "#/article/n1")
    marked = page.locator(".piece.marked")
    for name in ("entities", "event", "frame"):
        page.locator(".legend legend", has_text=name).get_by_role("checkbox").uncheck()
    both = "She promised talkswarned the crowd"
    assert marked.evaluate_all(HIGHLIGHTED) == both
    page.get_by_label("threat").uncheck()
    assert marked.evaluate_all(HIGHLIGHTED) == both
    page.get_by_label("claim", exact=False).first.uncheck()
    assert marked.evaluate_all(HIGHLIGHTED) == "She promised talks"


def test_what_annotators_say_of_the_whole_document_stands_side_by_side(wide_page: Path, opened: Open) -> None:
    page = opened(wide_page, "#/article/n1")
    assert page.locator("table.values thead th").all_inner_texts() == ["control", "released", "A", "B", "C"]
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator("table.values tbody tr").all()]
    assert rows[0] == ["stance annotators differ", "against", "against", "against", "for"]
    assert sorted(row[0].split(" annotators")[0] for row in rows) == ["qualité", "stance", "topics.all of them"]
    page.get_by_role("link", name="Values").click()
    page.get_by_label("value", exact=True).select_option("for")
    assert page.locator("tbody tr").all_inner_texts() == ["for\tstance\tn1\tC"]


def test_relations_are_filtered_by_label_layer_and_version(wide_page: Path, opened: Open) -> None:
    page = opened(wide_page, "#/relations")
    assert page.locator("p.count").inner_text() == "15 of 15 rows"
    page.get_by_label("version", exact=True).select_option("released")
    page.get_by_label("to layer", exact=True).select_option("event")
    page.get_by_label("label", exact=True).select_option("about")
    cells = [row.locator("th, td").all_inner_texts()[:3] for row in page.locator("tbody tr").all()]
    assert [[" ".join(cell.split()) for cell in row] for row in cells] == [
        ["Ann entities", "→ about", "talks event"],
        ["warned the crowd speech_acts", "→ causes, about", "the shops closed event"],
    ]


@pytest.mark.parametrize("where", ["#/article/n1", "#/relations", "#/values"])
def test_axe_finds_nothing_serious_in_further_layers(where: str, wide_page: Path, opened: Open) -> None:
    page = opened(wide_page, where)
    page.wait_for_timeout(300)
    serious = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in serious] == []


@pytest.mark.parametrize("where", ["#/", "#/article/001", "#/article/001?left=A1&right=A2", "#/claims", "#/map", "#/cluster/resumption", "#/spans", "#/relations", "#/figures"])  # fmt: skip
def test_a_narrow_screen_needs_no_scrolling_sideways(where: str, release_page: Path, opened: Open) -> None:
    page = opened(release_page, where, width=375)
    assert page.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("where", ["#/", place("claim", "001:claim:3216-3253"), "#/article/001?left=A1&right=A2", "#/claims", "#/map", "#/cluster/dead", "#/figures"])  # fmt: skip
def test_axe_finds_nothing_serious(where: str, dark: bool, release_page: Path, opened: Open) -> None:
    page = opened(release_page, where, dark=dark)
    assert page.evaluate("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    page.wait_for_timeout(300)  # colours fade in
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in serious] == []


def test_dark_is_a_button(release_page: Path, opened: Open) -> None:
    page = opened(release_page)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    button = page.get_by_role("button", name="Dark")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


BAD = '<img src=x onerror=ran()><script>ran()</script></style></script></template><svg onload=ran()>javascript:ran()" onmouseover="ran()\u2028`${ran()}`'


def hostile() -> Contents:
    """Contents of which every word is an attack."""
    text = f"{BAD} said {BAD}"
    made = [hostile_claim(number, len(text)) for number in range(2)]
    ends = {f"{name}_{side}": one[key] for name, key in (("claim", "id"), ("doc", "doc")) for side, one in zip("ab", made, strict=True)}  # fmt: skip
    bases = ("x", BAD)
    rows = [
        {"relation_id": one, "cluster_id": BAD, "relation": BAD, "basis": one, "scope": BAD, **ends} for one in bases
    ]
    settings = Settings(
        unannotated_zones=(BAD,),
        relations=Relations(exclusive=(BAD,)),
        quantities=Quantities(alike=("measure",)),
        dates=Dates(claims=("day",)),
    )
    agreement, inventories = [Measured(BAD, BAD, BAD, 0.5, 3)], {f"claims/claim_type{BAD}": [BAD]}
    documents = [hostile_document(number, text) for number in range(2)]
    return Contents(BAD, BAD, documents, made, rows, settings, agreement, inventories)


def hostile_claim(number: int, length: int) -> dict[str, Any]:
    attributes: dict[str, Any] = {f"claim_type{BAD}": BAD, "cluster_id": BAD, f"source_entity_ids{BAD}": [BAD]}
    attributes |= {"day": f"2025-12-0{number + 1}", "quantity_mention_ids": [f"m{number}{BAD}"]}
    parts = {
        "content": [[len(BAD) + 6, length]],
        "cue": [[len(BAD) + 1, len(BAD) + 5]],
        "source": [[0, len(BAD)]],
        "content_text": BAD,
        "cue_text": "said",
        "source_text": BAD,
    }
    return {"id": f"c{number}{BAD}", "doc": f"{number}{BAD}", **parts, "attributes": attributes}


def hostile_document(number: int, text: str) -> Document:
    name = f"c{number}{BAD}"
    figure = {"value": 3.0 + number, "comparator": BAD, "measure": BAD, "lower": 3.0, BAD: BAD}
    spans = [
        Shown(f"m{number}{BAD}", "entities", [BAD], 0, 7, figure),
        Shown(name, "claims", ["content"], len(BAD) + 6, len(text), {BAD: BAD, "cluster_id": BAD}, name),
        Shown(f"x{number}{BAD}", f"layer{BAD}", [BAD, BAD], 2, 30, {BAD: [BAD]}),
    ]
    links = [Link(name, f"m{number}{BAD}", [BAD, BAD], BAD)]
    values = {BAD: BAD, f"list{BAD}": [BAD, [BAD]]}
    versions = [Version("released", spans, links, True, values), Version(BAD, spans[2:], links, values={BAD: "x"})]
    return Document(f"{number}{BAD}", text, BAD, {BAD: BAD, "outlet": BAD}, [[0, 9, BAD]], [], versions)


def test_words_from_outside_never_run(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(page_of(hostile()), encoding="utf-8")
    page = opened(path)
    page.evaluate("() => { window.ran = () => { window.hit = true; }; }")
    contents = hostile()
    doc, claim, text = contents.documents[0].id, contents.claims[0]["id"], contents.documents[0].text
    places = [
        "#/",
        "#/claims",
        "#/map",
        "#/spans",
        "#/relations",
        "#/values",
        "#/figures",
        place("article", doc),
        place("claim", claim),
        place("cluster", BAD),
    ]
    places += [f"{place('article', doc)}?left={quote(BAD, safe='')}&right=released", f"#/map?a={quote(doc, safe='')}&b={quote(contents.documents[1].id, safe='')}", place("mention", f"x0{BAD}"), place(BAD), f"#/?q={quote('<img', safe='')}", "#/article/%E0%A4%A"]  # fmt: skip
    for where in places:
        page.evaluate("(place) => { location.hash = place; }", where)
        page.wait_for_timeout(150)
        for element in page.locator("main .piece.marked").all()[:3]:
            element.hover()
            element.click()
        bad = "[...document.querySelectorAll('main *')].filter((one) => ['SCRIPT', 'IMG', 'IFRAME', 'STYLE'].includes(one.tagName) || [...one.attributes].some((each) => each.name.startsWith('on') || (each.name.endsWith('href') && !each.value.startsWith('#')))).length"
        assert page.evaluate(bad) == 0, where
        assert page.evaluate("window.hit") is None, where
    page.evaluate("(place) => { location.hash = place; }", place("article", doc))
    page.wait_for_selector(".words")
    assert page.locator(".words").text_content() == text
    assert page.locator("h1").inner_text().startswith("<img src=x onerror=ran()>")
    page.evaluate("(place) => { location.hash = place; }", place("cluster", BAD))
    page.wait_for_selector("figure .drawing a")
    assert page.locator(".pair").first.locator("mark").first.text_content() == BAD


def test_the_policy_lets_no_other_script_run(release_page: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(release_page.as_uri())
    attempt = """async () => {
      const script = document.createElement("script");
      script.textContent = "window.hit = 1";
      const image = document.createElement("img");
      image.setAttribute("onerror", "window.hit = 2");
      image.src = "data:,";
      document.body.append(script, image);
      await new Promise((done) => setTimeout(done, 300));
      return window.hit ?? null;
    }"""
    assert page.evaluate(attempt) is None
    page.close()


def test_code_points_beyond_the_first_plane_are_marked_exactly(opened: Open, tmp_path: Path) -> None:
    text = "👩‍👧 ក្រុង\r\n\tเมือง e\u0301te\u0301 𝒳."
    spans = [Shown(word, "who", ["A"], text.index(word), text.index(word) + len(word)) for word in ("ក្រុង", "เมือง", "e\u0301te\u0301", "𝒳")]  # fmt: skip
    path = tmp_path / "page.html"
    path.write_text(page_of(Contents("x", "", [Document("d", text, "", {}, versions=[Version("a", spans)])])), "utf-8")
    for span in spans:
        page = opened(path, place("mention", span.id))
        assert page.locator(".piece.on").evaluate_all(HIGHLIGHTED) == span.id


def test_a_text_that_is_withheld_is_said_to_be(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    spans = [Shown("d:mention:0-3", "entities", ["A"], 0, 3, {"value": 1.0})]
    contents = Contents("x", "1.0.0", [Document("d", None, "", {}, versions=[Version("released", spans, [], True)])])
    path.write_text(page_of(contents), encoding="utf-8")
    page = opened(path, place("mention", "d:mention:0-3"))
    assert page.locator(".note").inner_text() == "The text is not part of this release."
    assert page.locator(".panel dd").all_inner_texts() == ["1"]


def test_nested_and_crossing_spans_lie_in_lanes_of_their_own(opened: Open, tmp_path: Path) -> None:
    spans = [Shown("out", "l", ["A"], 0, 20), Shown("in", "l", ["B"], 3, 8), Shown("cross", "m", ["C"], 6, 24)]
    path = tmp_path / "page.html"
    path.write_text(page_of(Contents("x", "", [Document("d", "abcdefghijklmnopqrstuvwxyz" * 2, "", {}, versions=[Version("a", spans)])])), "utf-8")  # fmt: skip
    page = opened(path, "#/article/d")
    piece = page.locator(".piece").nth(2)
    assert piece.text_content() == "gh"
    positions = piece.evaluate("(node) => node.style.backgroundPosition.split(', ')")
    assert len(set(positions)) == len(positions) == 3


def test_a_thousand_documents_with_sixty_thousand_spans_open(opened: Open, tmp_path: Path) -> None:
    text = "".join(f"Word{number} said something of note in a place. " for number in range(60))
    places = [text.index(f"Word{number} ") for number in range(60)]
    items = [
        {"id": f"r{number}", "from_name": "who", "to_name": "t", "type": "labels", "value": {"start": at, "end": at + 5, "text": text[at : at + 5], "labels": ["AB"[number % 2]]}}
        for number, at in enumerate(places)
    ]  # fmt: skip
    tasks = [{"id": one, "data": {"doc_id": f"doc-{one:04}", "body": text}, "annotations": [{"id": one, "completed_by": 1, "result": items}]} for one in range(1000)]  # fmt: skip
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    (tmp_path / "config.xml").write_text('<View><Labels name="who" toName="t"><Label value="A"/><Label value="B"/></Labels><Text name="t" value="$body"/></View>')  # fmt: skip
    converted = convert([str(tmp_path / "export.json")], str(tmp_path / "config.xml"), str(tmp_path / "converted"))
    assert converted.rows["spans"] == 60_000
    begun = time.perf_counter()
    size = write_page(read_contents(tmp_path / "converted"), tmp_path / "page.html")
    made = time.perf_counter() - begun
    page = opened(tmp_path / "page.html")
    page.wait_for_selector(".card")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
    open_article = """async () => { const begun = performance.now(); location.hash = '#/article/doc-0777';
      while (!document.querySelector('.words')) await new Promise(requestAnimationFrame); return performance.now() - begun; }"""
    took = page.evaluate(open_article)
    assert page.locator(".piece.marked").count() == 60
    page.evaluate("location.hash = '#/spans'")
    page.wait_for_selector("tbody tr")
    assert page.locator("p.count").inner_text() == "60,000 of 60,000 rows"
    print(f"\nmade in {made:.1f} s, {size / 1e6:.1f} MB; first paint {paint:.0f} ms; article open {took:.0f} ms")
