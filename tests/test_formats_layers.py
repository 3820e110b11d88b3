"""Further layers, relations between spans and values of a release in other tools' formats, as those tools read them."""

import json
import shutil
from pathlib import Path
from typing import Any

import cassis
import pytest
import spacy
from bratly import EntityAnnotation, RelationAnnotation
from bratly.io import read_and_load_ann_file
from spacy.tokens import DocBin

from goldspan.build import build, write_build
from goldspan.faults import DataError
from goldspan.formats.export import Format, export
from goldspan.formats.release import layer_names
from goldspan.settings import Layers
from goldspan.tokens import decode_bio
from tests.damage import edit_rows
from tests.related import write_related_release
from tests.wide import IN_N2, RELATIONS, SPANS, TEXTS, VALUES, annotated, write_wide_corpus

VOCAB = spacy.blank("en").vocab
Extent = tuple[int, int, str]
MARKED: dict[str, set[Extent]] = {  # in n1, by layer
    "entity": {(0, 3, "PERSON"), (9, 13, "PLACE")},
    "event": {(28, 33, "TALKS"), (51, 56, "a:b|c"), (61, 77, "PROTEST")},
    "speech_acts": {(15, 33, "promise"), (40, 56, "threat"), (40, 56, "claim")},
    "frame": {
        (28, 46, "moral"),
        (40, 77, "conflict"),
        (61, 77, "economy"),
        (61, 77, "moral"),
        (65, 70, "economy"),
    },
}
LINKS = {  # (from, to, labels, direction), where what was drawn to the left is turned round
    ("n1:mention:0-3", "n1:event:28-33", ("about",), "right"),
    ("n1:speech_acts:40-56", "n1:event:61-77", ("causes", "about"), "right"),
    ("n1:frame:61-77:economy", "n1:frame:61-77:moral", (), "bi"),
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of what one annotator marked."""
    folder = tmp_path_factory.mktemp("wide")
    marked = [
        annotated("A", "n1", *SPANS, relations=RELATIONS, values=VALUES),
        annotated("A", "n2", *IN_N2, values={"stance": "for"}),
    ]
    write_build(build(write_wide_corpus(folder / "corpus", marked)), folder / "release")
    return folder / "release"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_jsonl_has_every_layer_relation_and_value(release: Path, tmp_path: Path) -> None:
    done = export(release, Format.jsonl, tmp_path / "out")
    first, second, third = lines(tmp_path / "out/documents.jsonl")
    found: dict[str, set[Extent]] = {}
    for one in first["spans"]:
        assert one["text"] == TEXTS["n1"][one["start"] : one["end"]]
        found.setdefault(one["layer"], set()).update((one["start"], one["end"], label) for label in one["labels"])
    assert found == MARKED
    said = {one["id"]: one["attributes"] for one in first["spans"]}
    assert said["n1:event:28-33"] == {"certainty": "unsure", "aims": ["peace", "quiet"]}
    assert said["n1:frame:65-70"]["parent_span_id"].startswith("n1:frame:61-77:")
    links = {(one["from"], one["to"], tuple(one["labels"]), one["direction"]) for one in first["relations"]}
    assert links == LINKS
    assert (first["values"], second["values"], third["values"]) == (VALUES, {"stance": "for"}, {})
    assert (first["attributes"], done.summary.cannot_hold) == ({}, {})
    assert (done.summary.spans, done.summary.relations, done.summary.values) == (14, 3, 4)


def test_spacy_reads_each_layer_as_a_group_and_choices_as_categories(release: Path, tmp_path: Path) -> None:
    export(release, Format.spacy, tmp_path / "out")
    first, second, _ = DocBin().from_disk(tmp_path / "out/train.spacy").get_docs(VOCAB)
    assert first.text == TEXTS["n1"]
    groups = {
        name: {(one.start_char, one.end_char, one.label_) for one in spans} for name, spans in first.spans.items()
    }
    assert groups == MARKED
    assert [(one.text, one.label_) for one in first.ents] == [("Ann", "PERSON"), ("Alba", "PLACE")]
    assert first.cats == {
        "stance=for": 0,
        "stance=against": 1,
        "topics.all of them=work": 1,
        "topics.all of them=war": 1,
        "topics.all of them=weather": 0,
    }
    assert second.cats == {"stance=for": 1, "stance=against": 0}
    assert first.user_data["values"]["qualité"] == 4
    assert {one["id"].split(":")[1] for one in first.user_data["relations"]} == {"event", "speech_acts", "frame"}


def test_prodigy_relates_spans_of_different_layers(release: Path, tmp_path: Path) -> None:
    export(release, Format.prodigy, tmp_path / "out")
    first, *_ = lines(tmp_path / "out/documents.jsonl")
    ends = [
        (first["text"][one["head_span"]["start"] : one["head_span"]["end"]], one["child_span"]["label"], one["label"])
        for one in first["relations"]
    ]
    assert sorted(ends) == [
        ("Ann", "TALKS", "about"),
        ("the shops closed", "moral", ""),
        ("warned the crowd", "PROTEST", "about"),
        ("warned the crowd", "PROTEST", "causes"),
    ]
    assert first["accept"] == ["stance=against", "topics.all of them=work", "topics.all of them=war"]
    assert first["meta"] == {"doc_id": "n1", "qualité": 4}


def test_brat_has_a_type_for_each_label_of_every_layer(release: Path, tmp_path: Path) -> None:
    done = export(release, Format.brat, tmp_path / "out")
    found = read_and_load_ann_file(str(tmp_path / "out/n1.ann"), no_duplicates=False, sorting=False, renumerotize=False)
    assert found is not None
    entities = [one for one in found.annotations if isinstance(one, EntityAnnotation)]
    marked = sorted((one.fragments[0].start, one.fragments[0].end, one.label) for one in entities)
    expected = sorted(one for extents in MARKED.values() for one in extents)
    assert marked == [(start, end, label.replace(":", "-3A").replace("|", "-7C")) for start, end, label in expected]
    relations = [one for one in found.annotations if isinstance(one, RelationAnnotation)]
    assert sorted((one.argument1[1].content, one.label, one.argument2[1].content) for one in relations) == [
        ("Ann", "about", "talks"),
        ("the shops closed", "UNLABELLED", "the shops closed"),
        ("warned the crowd", "about", "the shops closed"),
        ("warned the crowd", "causes", "the shops closed"),
    ]
    assert done.summary.cannot_hold == {"documents' values": 4, "relations without a direction or with both": 1}


def test_conll_and_gliner_have_a_file_for_each_layer(release: Path, tmp_path: Path) -> None:
    done = export(release, Format.conll, tmp_path / "conll")
    assert {path.stem for path in (tmp_path / "conll").glob("*.conll")} == set(MARKED)
    rows = [line.split(" ") for line in (tmp_path / "conll/event.conll").read_text().split("\n") if line]
    tokens = [token for token, *_ in rows]
    spans = decode_bio([(at, at + 1) for at in range(len(rows))], [row[3] for row in rows])
    assert [(tokens[start:end], label) for start, end, label in spans] == [
        (["talks"], "TALKS"),
        (["crowd"], "a:b|c"),
        (["the", "shops", "closed"], "PROTEST"),
        (["Talks"], "TALKS"),
    ]
    assert done.summary.cannot_hold["relations"] == 3
    assert done.summary.cannot_hold["documents' values"] == 4
    done = export(release, Format.gliner, tmp_path / "gliner")
    sentences = json.loads((tmp_path / "gliner/frame.json").read_text(encoding="utf-8"))
    assert [len(one["ner"]) for one in sentences if one["doc_id"] == "n1"] == [0, 5]
    assert done.summary.cannot_hold["relations between sentences or layers, or without a label"] == 4


def test_uima_has_the_layer_of_each_span(release: Path, tmp_path: Path) -> None:
    export(release, Format.uima, tmp_path / "out")
    types = cassis.load_typesystem((tmp_path / "out/TypeSystem.xml").read_text(encoding="utf-8"))
    cas = cassis.load_cas_from_xmi((tmp_path / "out/n1.xmi").read_text(encoding="utf-8"), typesystem=types)
    found: dict[str, set[Extent]] = {}
    for one in cas.select("goldspan.Span"):
        found.setdefault(one.layer, set()).update((one.begin, one.end, label) for label in one.labels.elements)
    assert found == MARKED
    links = {
        (one.source.spanId, one.target.spanId, tuple(one.labels.elements or ()), one.direction)
        for one in cas.select("goldspan.Relation")
    }
    assert links == LINKS
    (document,) = cas.select("goldspan.Document")
    assert json.loads(document.values) == VALUES


def test_argilla_asks_about_each_layer_and_choice(release: Path, tmp_path: Path) -> None:
    export(release, Format.argilla, tmp_path / "out")
    settings = json.loads((tmp_path / "out/.argilla/settings.json").read_text(encoding="utf-8"))
    asked = {one["name"]: (one["settings"]["type"], len(one["settings"]["options"])) for one in settings["questions"]}
    assert asked == {
        "entity": ("span", 2),
        "event": ("span", 3),
        "speech_acts": ("span", 3),
        "frame": ("span", 3),
        "stance": ("label_selection", 2),
        "topics_all_of_them": ("multi_label_selection", 3),
    }
    first, *_ = json.loads((tmp_path / "out/records.json").read_text(encoding="utf-8"))
    assert first["suggestions"]["topics_all_of_them"]["value"] == ["work", "war"]
    assert first["metadata"] == {"doc_id": "n1", "qualit": 4}


def test_one_further_layer_is_exported_alone_with_its_relations(release: Path, tmp_path: Path) -> None:
    done = export(release, Format.jsonl, tmp_path / "out", layers=["frame"])
    first, *_ = lines(tmp_path / "out/documents.jsonl")
    assert {one["layer"] for one in first["spans"]} == {"frame"}
    assert [one["id"] for one in first["relations"]] == ["n1:frame:61-77:economy<>n1:frame:61-77:moral:"]
    assert done.summary.left_out == {"spans of other layers": 9, "relations of other layers": 2}
    assert first["values"] == VALUES


def test_relations_reach_regions_without_a_row_of_their_own(tmp_path: Path) -> None:
    export(write_related_release(tmp_path), Format.jsonl, tmp_path / "out")
    first, _ = lines(tmp_path / "out/documents.jsonl")
    spans = {one["id"]: (one["layer"], tuple(one["labels"]), one["text"]) for one in first["spans"]}
    near = [one for one in first["relations"] if one["labels"] == ["near"]]
    assert {spans[one["from"]] for one in near} == {("entity", ("X",), "Ann said “Bob")}
    assert sorted(spans[one["to"]] for one in near) == [
        ("claim", ("content",), "Bob left Rome"),
        ("claim", ("cue",), "said"),
        ("claim", ("source",), "Ann"),
        ("entities", ("WHO",), "Ann"),
        ("zone", ("HEAD",), "Title here"),
    ]


def test_layers_keep_their_names_apart() -> None:
    assert layer_names(Layers(entities="name", further={"entity": "entity", "event": "event"})) == {
        "zones": "zone",
        "entities": "entities",
        "claims": "claim",
        "entity": "entity",
        "event": "event",
    }


@pytest.mark.parametrize(
    ("config", "change", "message"),
    [
        ("event", {"text": "other"}, "E962 A span or relation does not fit its document: 28 to 33 is not 'other'"),
        ("event", {"doc_id": "n9"}, "there is no row of documents 'n9'"),
        ("frame", {"parent_span_id": "n1:frame:0-1"}, "there is no row of frame 'n1:frame:0-1'"),
        ("frame", {"label": None}, "null where a value must be: label is null"),
        ("relations", {"to_id": "n1:event:0-1"}, "there is no span 'n1:event:0-1'"),
    ],
)
def test_what_does_not_fit_stops_the_export(
    config: str, change: dict[str, Any], message: str, release: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "release"
    shutil.copytree(release, damaged)
    edit_rows(config, lambda rows: rows[0].update(change))(damaged)
    with pytest.raises(DataError) as raised:
        export(damaged, Format.jsonl, tmp_path / "out")
    assert message in str(raised.value)
    assert not (tmp_path / "out").exists()
