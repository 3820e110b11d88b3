"""Further layers, relations and values of whole documents in releases without text, and the text put back."""

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import Built, build, write_build
from goldspan.faults import Finding
from goldspan.hydrate.anchors import align
from goldspan.hydrate.hydrate import hydrate
from goldspan.hydrate.rows import Filler, Text
from goldspan.hydrate.withhold import withhold
from goldspan.released import read_release
from goldspan.schemas import Row
from goldspan.validate import validate
from tests.test_diff import edit
from tests.test_withheld import bytes_of
from tests.wide import IN_N2, RELATIONS, SPANS, TEXTS, VALUES, annotated, write_wide_corpus

OPEN = (
    '<TextArea name="note" toName="t"/><TextArea name="doc_a" toName="t" perRegion="true" whenTagName="event"/><Rating'
)
QUOTED = TEXTS["n1"][15:60]  # nine words


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus with free text of the annotators: of the whole task, and of a span."""
    one = annotated("A", "n1", *SPANS, relations=RELATIONS, values=VALUES)
    two = annotated("A", "n2", *IN_N2, values={"stance": "for"})
    folder = write_wide_corpus(tmp_path_factory.mktemp("wide") / "corpus", [one, two])
    edit("annotations/labeling_config.xml", "<Rating", OPEN)(folder)
    export = folder / "annotations/exports/articles-1.json"
    written = json.loads(export.read_text())
    result = written[0]["annotations"][0]["result"]
    base = {"to_name": "t", "type": "textarea"}
    result.append({**base, "id": "own words", "from_name": "note", "value": {"text": ["mine", f"It reads {QUOTED}"]}})
    of_a_region = {"start": 28, "end": 33, "text": [f"as in {QUOTED}!"]}
    result.append({**base, "id": "talks", "from_name": "doc_a", "value": of_a_region})
    export.write_text(json.dumps(written))
    return folder


@pytest.fixture(scope="module")
def built(wide: Path) -> Built:
    return build(wide)


@pytest.fixture(scope="module")
def masked(built: Built) -> Built:
    return withhold(built)


def rows(built: Built, config: str) -> list[Row]:
    found: list[Row] = built.tables[config].to_pylist()
    return found


def test_no_word_of_a_span_or_of_the_end_of_a_relation_is_left(built: Built, masked: Built) -> None:
    assert [row["text"] for row in rows(masked, "event")] == ["█████", "█████", "███ █████ ██████", "█████"]
    assert rows(masked, "frame")[0]["text"] == "█████ 😀 ███ ██████"
    assert [(row["from_text"], row["to_text"]) for row in rows(masked, "relations")] == [
        ("█████", "███"),
        ("██████ ███ █████", "███ █████ ██████"),
        ("███ █████ ██████", "███ █████ ██████"),
    ]
    kept = [name for name in built.tables["relations"].column_names if not name.endswith("_text")]
    assert masked.tables["relations"].select(kept) == built.tables["relations"].select(kept)


def test_what_annotators_wrote_stays_but_for_what_it_quotes(masked: Built) -> None:
    first = rows(masked, "documents")[0]
    assert (first["note"], first["stance"], first["qualité"]) == (["mine", "It reads ⟦n1:15-60⟧"], "against", 4.0)
    assert rows(masked, "event")[0]["doc_a"] == ["as in ⟦n1:15-60⟧!"]
    assert rows(masked, "event")[0]["aims"] == ["peace", "quiet"]
    whole = next(row for row in rows(masked, "annotations") if row["annotation_id"] == "n1:A")
    assert json.loads(whole["attributes"])["note"] == ["mine", "It reads ⟦n1:15-60⟧"]


def test_the_full_release_comes_back_byte_for_byte(wide: Path, built: Built, masked: Built, tmp_path: Path) -> None:
    folder = write_build(masked, tmp_path / "withheld")
    assert validate(folder) == []
    assert hydrate(folder, wide / "dataset/raw", tmp_path / "full").full
    assert bytes_of(tmp_path / "full") == built.files


def filled(built: Built, new: str) -> tuple[dict[str, list[Row]], list[Finding]]:
    """The tables filled with another text of the first article, and what there is to say of them."""
    texts = {name: Text(text) for name, text in TEXTS.items()}
    texts["n1"] = Text(new, align(TEXTS["n1"], new))
    filler = Filler(texts, ())
    tables = {name: filler.fill(name, table.to_pylist()) for name, table in built.tables.items() if name != "ner"}
    return tables, filler.findings


def test_spans_and_ends_of_relations_move_with_their_words(built: Built) -> None:
    tables, findings = filled(built, f"Yesterday {TEXTS['n1']}")
    assert [(row["start"], row["text"]) for row in tables["event"]] == [
        (38, "talks"),
        (61, "crowd"),
        (71, "the shops closed"),
        (0, "Talks"),
    ]
    assert [(row["from_start"], row["from_text"], row["to_end"], row["to_text"]) for row in tables["relations"]] == [
        (38, "talks", 13, "Ann"),
        (50, "warned the crowd", 87, "the shops closed"),
        (71, "the shops closed", 87, "the shops closed"),
    ]
    assert {one.code for one in findings} == {"W933"}
    told = [one.row for one in findings]
    assert len(told) == len(set(told)) == 12 + 13  # once of each mention and span, and of each region of the annotator


def test_a_release_of_a_copy_with_other_words_is_valid(masked: Built, tmp_path: Path) -> None:
    folder = write_build(masked, tmp_path / "withheld")
    copies = tmp_path / "copies"
    copies.mkdir()
    for name, text in TEXTS.items():
        (copies / f"{name}.txt").write_bytes(text.replace("Workers marched", "The workers marched").encode())
    done = hydrate(folder, copies, tmp_path / "other", skip=True)
    assert (done.documents, done.full) == ({"exact": 2, "restored": 0, "other": 1, "missing": 0}, False)
    assert validate(tmp_path / "other") == []
    event = read_release(tmp_path / "other").tables["event"].to_pylist()[-1]
    assert (event["doc_id"], event["start"], event["text"]) == ("n2", 0, "Talks")


def test_what_stands_on_a_lost_span_is_left_out_with_it(built: Built) -> None:
    """Without "the shops closed" its spans are lost, the span inside loses its parent, and relations their end."""
    tables, findings = filled(built, TEXTS["n1"].replace(", so the shops closed", ""))
    lost = {one.row for one in findings if one.code == "E936" and ":A:" not in one.row}
    assert [row["span_id"] for row in tables["event"]] == ["n1:event:28-33", "n1:event:51-56", "n2:event:0-5"]
    assert [row["span_id"] for row in tables["frame"]] == ["n1:frame:28-46"]
    assert [row["relation_id"] for row in tables["relations"]] == ["n1:event:28-33<n1:mention:0-3:about"]
    assert lost == {
        "n1:event:61-77",
        "n1:frame:40-77",
        "n1:frame:61-77:economy",
        "n1:frame:61-77:moral",
        "n1:frame:65-70",
    }


def test_a_span_whose_parent_is_lost_has_none(built: Built) -> None:
    tables, _ = filled(built, TEXTS["n1"].replace("closed.", "."))
    left = {row["span_id"]: (row["text"], row["parent_span_id"]) for row in tables["frame"]}
    assert left == {"n1:frame:28-46": ("talks 😀 and warned", None), "n1:frame:65-70": ("shops", None)}


def test_relations_of_regions_without_rows_are_placed_by_themselves(built: Built) -> None:
    row: dict[str, Any] = rows(built, "relations")[0]
    own = {**row, "to_config": "cues", "to_id": "n1:cues:0-3"}
    moved = Filler({"n1": Text("So Ann left Alba.", align(TEXTS["n1"], "So Ann left Alba."))}, ())
    moved.kept["event"] = {row["from_id"]}
    assert moved.fill("relations", [own]) == []
    kept = Filler({"n1": Text(f"So {TEXTS['n1']}", align(TEXTS["n1"], f"So {TEXTS['n1']}"))}, ())
    kept.kept["event"] = {row["from_id"]}
    (found,) = kept.fill("relations", [own])
    assert (found["from_start"], found["to_start"], found["to_text"]) == (31, 3, "Ann")
    assert [one.message.rpartition(": ")[2] for one in kept.findings] == ["to n1:cues:0-3 0 to 3, now 3 to 6"]


def test_a_corpus_without_entities_is_withheld_and_put_back(tmp_path: Path) -> None:
    settings = 'name = "wide"\nversion = "1.0.0"\n\n[layers.further]\nnames = "name"\nspeech_acts = "speech act"\n'
    folder = write_wide_corpus(tmp_path / "corpus", [annotated("A", "n1", *SPANS, relations=RELATIONS)], settings)
    full = build(folder)
    assert "entities" not in full.tables
    assert full.tables["names"].num_rows == 2
    withheld = write_build(withhold(full), tmp_path / "withheld")
    assert hydrate(withheld, folder / "dataset/raw", tmp_path / "full").full
    assert bytes_of(tmp_path / "full") == full.files
