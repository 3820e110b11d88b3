"""An annotator's day from end to end: push, annotate in a browser, pull, build. The spans are the ones that were drawn."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT
from tests.server.browser import annotator
from tests.server.conftest import Studio
from tests.server.scripts_corpus import TEXTS, write_scripts_corpus

pytestmark = pytest.mark.server


def test_what_is_drawn_in_a_browser_is_what_a_build_has(studio: Studio, tmp_path: Path) -> None:
    corpus = write_scripts_corpus(tmp_path / "scripts")
    studio.studio("push", "--corpus", corpus)
    tasks = studio.tasks("scripts")
    with annotator(studio) as one:
        for name, (_, words) in TEXTS.items():
            one.open(tasks[name])
            one.draw("w", words)
            if name == "emoji":
                one.draw("p", "Ann Lee")
                one.select("PERSON")
                one.write("entity_id", "ann-lee")
                one.draw("s", "Ann Lee")
                one.select("SOURCE")
                one.write("source_entity_ids", "ann-lee")
                one.draw("c", "said")
                one.draw("t", "Bob Ray left Rome")
                one.select("CONTENT")
                one.page.keyboard.press("Shift+H")
                one.choose("ASSERTED", "POSITIVE", "false")
                one.write("normalized_claim", "Bob Ray left Rome.")
                one.link("CUE", "SOURCE")
                one.link("CUE", "CONTENT")
            one.submit()

    pulled = studio.studio("pull", "--corpus", corpus)
    assert "7 new, 0 changed, 0 skipped, 0 gone" in pulled.stdout
    built = studio.goldspan("build", "--corpus", corpus)
    assert built.returncode == 0, built.stderr
    entities = pq.read_table(corpus / "dataset/release/entities").to_pylist()
    drawn = {(row["doc_id"], row["label"], row["start"], row["end"], row["text"]) for row in entities}
    expected = {(name, "WEAPON", *place(text, words), words) for name, (text, words) in TEXTS.items()}
    emoji = TEXTS["emoji"][0]
    assert drawn == expected | {("emoji", "PERSON", *place(emoji, "Ann Lee"), "Ann Lee")}
    (claim,) = pq.read_table(corpus / "dataset/release/claims").to_pylist()
    (content,) = claim["content"]
    assert (content["start"], content["end"], content["text"]) == (
        *place(emoji, "Bob Ray left Rome"),
        "Bob Ray left Rome",
    )
    assert [claim["source"][0]["text"], claim["cue"][0]["text"]] == ["Ann Lee", "said"]
    values = ("claim_type", "modality", "polarity", "distanced", "normalized_claim", "source_entity_ids")
    assert [claim[name] for name in values] == [
        "HOSTILE_ACT",
        "ASSERTED",
        "POSITIVE",
        False,
        "Bob Ray left Rome.",
        ["ann-lee"],
    ]
    texts = {row["doc_id"]: row["text"] for row in pq.read_table(corpus / "dataset/release/documents").to_pylist()}
    assert texts == {name: text for name, (text, _) in TEXTS.items()}


def place(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def test_what_is_not_submitted_is_a_draft(studio: Studio, named: Path) -> None:
    studio.studio("push", "--corpus", named, "004")
    title = studio.studio("push", "--corpus", named, "004").stdout.split(":")[0]
    with annotator(studio) as one:
        one.open(studio.tasks(title)["004"])
        with one.page.expect_response(
            lambda answer: "/drafts" in answer.url and answer.request.method in ("POST", "PATCH")
        ):
            one.draw("w", "serious")
    pulled = studio.studio("pull", "--corpus", named)
    assert pulled.stdout == f"draft   004: 1 not submitted, not taken\n{title}: nothing new\n"


def test_the_picture_of_the_interface_is_of_the_config_that_is_there(studio: Studio, named: Path) -> None:
    """The screenshot in annotations/README.md is made here; the labels, fields and pre-annotation on it are there."""
    title = studio.studio("push", "--corpus", named, "004").stdout.split(":")[0]
    with annotator(studio) as one:
        one.open(studio.tasks(title)["004"])
        assert "press a label's key" in one.page.locator(".gs-help").inner_text()
        one.page.locator(".lsf-outliner-item", has_text="CONTENT").nth(2).click()
        shown = one.page.locator(".gs-panel").inner_text()
        assert "The claim as one sentence that stands alone" in shown
        assert one.page.locator(".gs-panel input:checked:visible").count() == 4
        picture = one.page.screenshot(path=studio.home / "interface.png")
    assert len(picture) > 50_000
    assert (ROOT / "annotations/interface.png").stat().st_size > 50_000
