"""What goes back into Label Studio: spans of every layer, all relations, values of the whole task, and any text."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.export.reader import Item
from goldspan.export.spans import read_annotation
from goldspan.export.storing import data_showing
from goldspan.export.texts import text_of
from goldspan.faults import DataError
from goldspan.labeling import LabelingConfig, TextSource, parse_labeling_config
from goldspan.labeling.source import Encoding
from goldspan.records import Annotation, Span
from goldspan.studio.plan import misfit
from goldspan.tasks import Proposal, adjudication_tasks, article_tasks, result_items
from tests.test_diff import edit
from tests.wide import AGREED, CONFIG, RELATIONS, SPANS, VALUES, annotated, mark, write_wide_corpus

CONFLICT = "n1:document:stance"


def read(result: list[dict[str, Any]], config: LabelingConfig = CONFIG) -> Annotation:
    """A result as it is read from an export; everything in it has a place in the labeling config."""
    items = msgspec.convert(json.loads(json.dumps(result)), list[Item])
    assert [misfit(item, config) for item in items] == [""] * len(items)
    found, findings = read_annotation(items, "n1", "A", "", config)
    assert findings == []
    return found


def as_marked(one: Annotation) -> tuple[Any, ...]:
    """What an annotation says, whatever its regions are called."""
    places = {span.region_id: (span.layer, span.extent, span.labels) for span in one.spans}
    spans = sorted((*places[span.region_id], sorted(span.attributes.items())) for span in one.spans)
    relations = sorted(
        (places[each.from_id], places[each.to_id], each.labels, each.direction) for each in one.relations
    )
    return spans, relations, one.attributes


def test_an_annotation_as_items_is_read_as_the_same_annotation() -> None:
    one = annotated("A", "n1", *SPANS, relations=RELATIONS, values=VALUES)
    assert as_marked(read(result_items(one, CONFIG))) == as_marked(one)


def test_a_task_is_pre_annotated_with_all_that_is_released(tmp_path: Path) -> None:
    """Of three who agree: their spans but for the layer that is left out, with the relations between them."""
    tasks = article_tasks(write_wide_corpus(tmp_path / "corpus", AGREED), Proposal.released)
    released = read(tasks[0]["predictions"][0]["result"])
    kept = annotated("A", "n1", *SPANS[:-1], relations=RELATIONS[:-1], values=VALUES)
    spans, relations, values = as_marked(kept)
    found = as_marked(released)
    assert [(one[:2], set(one[2]), one[3]) for one in found[0]] == [(one[:2], set(one[2]), one[3]) for one in spans]
    assert {(one[0][1], one[1][1], frozenset(one[2]), one[3]) for one in found[1]} == {
        (one[0][1], one[1][1], frozenset(one[2]), one[3]) for one in relations
    }
    assert found[2] == values
    assert tasks[2]["predictions"] == []


def test_what_annotators_differ_on_of_the_whole_task_is_shown(tmp_path: Path) -> None:
    """The stance is a conflict, the topics are none; the spans that all have are shown in what stands alone."""
    readings = {"A": "for", "B": "against"}
    found = [annotated(who, "n1", *SPANS[:1], values={**VALUES, "stance": each}) for who, each in readings.items()]
    (task,) = adjudication_tasks(write_wide_corpus(tmp_path / "corpus", found))
    assert task["data"]["conflicts"] == CONFLICT
    shown = {one["model_version"]: read(one["result"]) for one in task["predictions"]}
    assert [(name, one.spans, one.attributes) for name, one in shown.items() if name in readings] == [
        (name, (), {"stance": value}) for name, value in readings.items()
    ]
    assert (len(shown["goldspan"].spans), shown["goldspan"].attributes) == (1, {**VALUES, "stance": "for"})


def test_a_conflict_about_a_label_with_a_colon_or_several_labels_is_shown(tmp_path: Path) -> None:
    crowd, warning = mark("n1", "event", "a:b|c", "crowd"), mark("n1", "speech act", "threat,claim", "warned the crowd")
    other = mark("n1", "event", "PROTEST", "crowd")
    found = [annotated("A", "n1", crowd, warning), annotated("B", "n1", other)]
    (task,) = adjudication_tasks(write_wide_corpus(tmp_path / "corpus", found))
    shown = {one["model_version"]: read(one["result"]).spans for one in task["predictions"]}
    assert {(span.layer, span.labels) for span in shown["A"]} == {
        ("event", ("a:b|c",)),
        ("speech act", ("threat", "claim")),
    }
    assert [(span.layer, span.labels) for span in shown["B"]] == [("event", ("PROTEST",))]


def test_values_go_to_what_their_control_is_for() -> None:
    config = parse_labeling_config(
        b"""<View><Text name="t" value="$text"/><HyperText name="h" value="$html"/>
        <Labels name="l" toName="t"><Label value="A"/></Labels>
        <Choices name="c" toName="h"><Choice value="x"/></Choices><Rating name="r" toName="t"/></View>"""
    )
    one = Annotation("n1", "A", "", (Span("1", "l", ("A",), 0, 3),), (), {"c": "x", "r": 3})
    result = result_items(one, config)
    assert [(item["from_name"], item["to_name"], item["value"]) for item in result] == [
        ("l", "t", {"start": 0, "end": 3, "labels": ["A"]}),
        ("c", "h", {"choices": ["x"]}),
        ("r", "t", {"rating": 3}),
    ]
    assert as_marked(read(result, config)) == as_marked(one)


def test_every_kind_of_value_is_stored_as_it_is_read() -> None:
    config = parse_labeling_config(
        b"""<View><Text name="t" value="$text"/>
        <Choices name="one" toName="t"><Choice value="a"/></Choices>
        <Choices name="yes" toName="t"><Choice value="true"/><Choice value="false"/></Choices>
        <Choices name="many" toName="t" choice="multiple"><Choice value="a"/><Choice value="b"/></Choices>
        <Choices name="nested" toName="t" allowNested="true"><Choice value="a"><Choice value="b"/></Choice></Choices>
        <TextArea name="words" toName="t"/><TextArea name="line" toName="t" maxSubmissions="1"/>
        <Number name="number" toName="t"/><Rating name="stars" toName="t"/><DateTime name="day" toName="t"/>
        <Taxonomy name="tree" toName="t"><Choice value="a"><Choice value="b"/></Choice></Taxonomy></View>"""
    )
    values = {
        "one": "a",
        "yes": False,
        "many": ["a", "b"],
        "nested": [["a", "b"]],
        "words": ["x", "y z"],
        "line": "x",
        "number": 2.5,
        "stars": 3,
        "day": "2026-01-31",
        "tree": [["a"], ["a", "b"]],
    }
    assert read(result_items(Annotation("n1", "A", "", (), (), values), config), config).attributes == values


def test_a_region_that_a_taxonomy_draws_is_drawn_by_it_again() -> None:
    config = parse_labeling_config(
        b"""<View><Text name="t" value="$text"/>
        <Taxonomy name="tree" toName="t" labeling="true"><Choice value="a"><Choice value="b"/></Choice></Taxonomy></View>"""
    )
    span = Span("1", "tree", ("a/b",), 0, 3, {"tree": [["a", "b"]]})
    (item,) = result_items(Annotation("n1", "A", "", (span,), ()), config)
    assert item == {
        "id": "1",
        "from_name": "tree",
        "to_name": "t",
        "type": "taxonomy",
        "value": {"start": 0, "end": 3, "taxonomy": [["a", "b"]]},
    }


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ('value="$body.full"', {"body.full": "Ann left.\n"}),
        ('value="Note: $text"', {"text": "left.\n"}),
        ('value="$text" encoding="base64unicode"', {"text": "QW5uIGxlZnQuCg=="}),
    ],
)
def test_the_data_of_a_task_is_what_its_text_is_shown_of(value: str, data: dict[str, str]) -> None:
    xml = f'<View><Text name="t" {value}/><Labels name="l" toName="t"><Label value="A"/></Labels></View>'
    source = parse_labeling_config(xml.encode()).source
    assert source is not None
    text = "Note: left.\n" if "Note" in value else "Ann left.\n"
    assert data_showing(text, source, {"doc_id": "n1"}) == {"doc_id": "n1", **data}
    assert text_of({"doc_id": "n1", **data}, source) == text


def test_a_text_that_lies_deep_in_the_data_is_changed_there() -> None:
    data = {"a": [{"text": "old", "more": 1}, {"text": "other"}], "b": 2}
    made = data_showing("new", TextSource("$a[0].text"), data)
    assert made == {"a": [{"text": "new", "more": 1}, {"text": "other"}], "b": 2}
    assert data["a"] == [{"text": "old", "more": 1}, {"text": "other"}]


@given(st.text(), st.sampled_from(["$t", "$a.b", "> $t <"]))
def test_a_text_is_shown_of_the_data_that_are_made_for_it(text: str, template: str) -> None:
    source = TextSource(template)
    shown = template.replace("$t", text) if " " in template else text
    assert text_of(data_showing(shown, source, {}), source) == shown


@given(
    st.one_of(
        st.tuples(st.just(Encoding.base64unicode), st.text()),
        st.tuples(st.just(Encoding.base64), st.text(st.characters(max_codepoint=127))),
    )
)
def test_an_encoded_text_is_shown_too(each: tuple[Encoding, str]) -> None:
    source = TextSource("$t", each[0])
    assert text_of(data_showing(each[1], source, {}), source) == each[1]


@pytest.mark.parametrize("value", ['value="$url" valueType="url"', 'value="$title: $text"', 'value="Note: $text"'])
def test_a_text_that_no_task_can_show_is_an_error(value: str, tmp_path: Path) -> None:
    folder = write_wide_corpus(tmp_path / "corpus", AGREED)
    edit("annotations/labeling_config.xml", 'value="$text"', value)(folder)
    with pytest.raises(DataError) as caught:
        article_tasks(folder)
    assert [one.code for one in caught.value.findings] == ["E906"]
