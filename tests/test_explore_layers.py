"""Further layers, relations and values of whole documents in the explorer: every mark of every annotator is there."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import build, write_build
from goldspan.convert.conversion import convert
from goldspan.explore.charts import figures
from goldspan.explore.explorer import index_of, page_of
from goldspan.explore.model import Contents, Link, Version
from goldspan.explore.reading import read_contents
from goldspan.labels import split_labels
from tests.exports import RESULT, annotation, region, task, write_config
from tests.related import write_related_release
from tests.wide import AGREED, ANNOTATORS, IN_N2, RELATIONS, SPANS, TEXTS, VALUES, annotated, write_wide_corpus

ALONE = (
    annotated("A", "n1", *SPANS, relations=RELATIONS, values=VALUES),
    annotated("A", "n2", *IN_N2, values={"stance": "for"}),
)
OTHER = {"stance": "for", "qualité": 2}


def shown(folder: Path, *annotations: Any) -> Contents:
    """What the page shows of a release of the made-up corpus."""
    write_build(build(write_wide_corpus(folder / "corpus", annotations)), folder / "release")
    return read_contents(folder / "release")


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    return shown(tmp_path_factory.mktemp("wide"), *ALONE)


def version(contents: Contents, doc_id: str, name: str) -> Version:
    (found,) = [one for each in contents.documents if each.id == doc_id for one in each.versions if one.name == name]
    return found


def test_released_spans_of_every_layer_are_shown_with_their_labels_and_attributes(contents: Contents) -> None:
    released = version(contents, "n1", "released")
    marked = {(one.layer, TEXTS["n1"][one.start : one.end], label) for one in released.spans for label in one.labels}
    layer_of = {"name": "entities", "speech act": "speech_acts"}
    assert marked == {
        (layer_of.get(one.layer, one.layer), one.shown_text, label)
        for one in SPANS
        for label in one.labels
        if one.layer != "scratch"
    }
    (talks,) = [one for one in released.spans if one.id == "n1:event:28-33"]
    assert talks.attributes == {"certainty": "unsure", "aims": ["peace", "quiet"]}
    (warning,) = [one for one in released.spans if one.id == "n1:speech_acts:40-56"]
    assert warning.labels == ["threat", "claim"]


def test_released_relations_join_spans_of_any_layers(contents: Contents) -> None:
    assert version(contents, "n1", "released").links == [
        Link("n1:mention:0-3", "n1:event:28-33", ["about"]),
        Link("n1:speech_acts:40-56", "n1:event:61-77", ["causes", "about"]),
        Link("n1:frame:61-77:economy", "n1:frame:61-77:moral", [], "bi"),
    ]


def test_values_of_the_document_are_apart_from_what_is_known_of_it(contents: Contents) -> None:
    assert version(contents, "n1", "released").values == VALUES
    assert version(contents, "n1", "A").values == VALUES
    assert version(contents, "n2", "released").values == {"stance": "for"}
    assert [one.metadata for one in contents.documents] == [{}, {}, {}]


def test_every_mark_of_every_annotator_is_in_the_page(tmp_path: Path) -> None:
    annotations = [*AGREED[:2], annotated("C", "n1", *SPANS[:5], values=OTHER), AGREED[3]]
    folder = write_wide_corpus(tmp_path / "corpus", annotations)
    (folder / "corpus.toml").write_text((folder / "corpus.toml").read_text() + '\n[adjudication]\npick = "majority"\n')
    write_build(build(folder), tmp_path / "release")
    page = page_of(read_contents(tmp_path / "release"))
    found: dict[str, Counter[Any]] = {name: Counter() for name in ANNOTATORS}
    for number, doc_id in enumerate(TEXTS):
        data = json.loads(page.split(f'id="document-{number}">')[1].split("</script>")[0])
        assert data["id"] == doc_id
        for one in data["versions"]:
            if one["name"] in found:
                found[one["name"]].update(
                    (doc_id, each["layer"], each["start"], each["end"], tuple(each["labels"])) for each in one["spans"]
                )
                found[one["name"]].update((doc_id, name, str(said)) for name, said in one["values"].items())
                found[one["name"]][doc_id, "links"] += sum(len(each["labels"]) or 1 for each in one["links"])
    drawn: dict[str, Counter[Any]] = {name: Counter() for name in ANNOTATORS}
    for each in annotations:
        drawn[each.annotator].update((each.doc_id, one.layer, one.start, one.end, one.labels) for one in each.spans)
        drawn[each.annotator].update((each.doc_id, name, str(said)) for name, said in each.attributes.items())
        drawn[each.annotator][each.doc_id, "links"] += sum(len(one.labels) or 1 for one in each.relations)
    assert {name: +counts for name, counts in found.items()} == {name: +counts for name, counts in drawn.items()}


def test_relations_reach_regions_without_a_row_of_their_own(tmp_path: Path) -> None:
    contents = read_contents(write_related_release(tmp_path))
    released = version(contents, "d1", "released")
    spans = {one.id: one for one in released.spans}
    assert len(spans) == len(released.spans)
    text = contents.documents[0].text or ""
    near = [spans[link.to_id] for link in released.links if link.labels == ["near"]]
    assert sorted((one.layer, one.labels[0], text[one.start : one.end]) for one in near) == [
        ("claims", "content", "Bob left Rome"),
        ("claims", "cue", "said"),
        ("claims", "source", "Ann"),
        ("entities", "WHO", "Ann"),
        ("part", "HEAD", "Title here"),
    ]


def test_layers_of_the_page_have_every_label_and_one_for_spans_without(contents: Contents, tmp_path: Path) -> None:
    index = index_of(contents)
    found = {one["name"]: one["labels"] for one in index["layers"]}
    assert next(iter(found)) == "entities"
    assert found["event"] == ["PROTEST", "TALKS", "a:b|c"]
    assert found["speech_acts"] == found["speech act"] == ["claim", "promise", "threat"]
    assert (index["linked"], index["valued"]) == (True, True)
    assert index["documents"][0]["values"] == VALUES
    converted = read_contents(converted_folder(tmp_path))
    assert {one["name"]: one["labels"] for one in index_of(converted)["layers"]} == {
        "say": ["", "CUE"],
        "who": ["A", "bee"],
    }


def converted_folder(folder: Path) -> Path:
    tasks = [task(annotation(*RESULT), annotation(region("1", "Ann", "A"), number=12)), task(number=2)]
    (folder / "export.json").write_text(json.dumps(tasks))
    convert([folder / "export.json"], write_config(folder), folder / "converted")
    return folder / "converted"


def test_values_of_each_annotation_of_a_converted_folder_are_shown(tmp_path: Path) -> None:
    found = read_contents(converted_folder(tmp_path))
    assert [[one.values for one in each.versions] for each in found.documents] == [
        [{"stars": 4.0, "genre": "news", "topic": [["war", "truce"], ["war"]], "day": "2025-12-08"}, {}],
        [],
    ]
    links = [(link.labels, link.direction) for link in found.documents[0].versions[0].links]
    assert sorted(links) == [([], "bi"), (["by"], "right"), (["by", "of"], "right")]


def test_figures_have_a_chart_of_each_layer_and_of_the_values(contents: Contents) -> None:
    charts = {chart.name: chart for chart in figures(contents)}
    assert {"labels", "labels/event", "labels/speech_acts", "labels/frame", "values"} <= set(charts)
    assert sorted(map(tuple, charts["labels"].rows)) == [("n1", "PERSON", 1), ("n1", "PLACE", 1), ("n2", "PLACE", 1)]
    assert sorted(map(tuple, charts["labels/speech_acts"].rows)) == [
        ("n1", "claim", 1),
        ("n1", "promise", 1),
        ("n1", "threat", 1),
    ]
    assert sorted(map(tuple, charts["values"].rows)) == [
        ("stance", "against", 1),
        ("stance", "for", 1),
        ("topics.all of them", "war", 1),
        ("topics.all of them", "work", 1),
    ]
    assert charts["labels/event"].file == "labels-event"


@pytest.mark.parametrize(
    ("value", "labels", "expected"),
    [
        ("threat|claim", ["threat", "claim"], ["threat", "claim"]),
        ("a:b|c", ["a:b|c", "x"], ["a:b|c"]),
        ("x|a:b|c", ["a:b|c", "x"], ["x", "a:b|c"]),
        ("new|old", [], ["new", "old"]),
        ("", ["x"], []),
    ],
)
def test_labels_that_bars_join_are_told_apart(value: str, labels: list[str], expected: list[str]) -> None:
    assert list(split_labels(value, labels)) == expected
