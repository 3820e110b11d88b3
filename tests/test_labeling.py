"""Labeling configs of any shape: what is read, what is left out and counted, and what is refused with its reason."""

from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset

from goldspan.export.spans import read_annotations
from goldspan.faults import DataError
from goldspan.labeling import Kind, parse_labeling_config
from goldspan.labeling.source import TextSource
from goldspan.tasks import result_items
from tests.projects import Json, built, converted, held, label, link, task, validated, view, write_project
from tests.test_convert import write_tokenizer

LABELS = '<Labels name="who" toName="t"><Label value="A"/><Label value="B"/></Labels>'
TEXT = '<Text name="t" value="$text"/>'
SOLD = "Mara sold the blue kiln in Orvel."
MARA, ORVEL = label("r1", "who", "t", 0, 4, "A"), label("r2", "who", "t", 27, 32, "B")


def texts_of(rows: dict[str, list[Json]]) -> list[tuple[str, str, list[str]]]:
    """Layer, text and labels of each span."""
    return [(row["layer"], row["text"], row["labels"]) for row in rows["spans"]]


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ('<HyperTextLabels name="l" toName="d"/><HyperText name="d" value="$h"/>', "HyperTextLabels 'l' (regions of HTML"),
        ('<Labels name="l" toName="d"/><HyperText name="d" value="$h"/>', "Labels 'l' (regions of HTML"),
        ('<ParagraphLabels name="l" toName="d"/><Paragraphs name="d" value="$h"/>', "(regions of a dialogue"),
        ('<RectangleLabels name="l" toName="i"/><Image name="i" value="$i"/>', "(regions of image"),
        ('<TimelineLabels name="l" toName="v"/><Video name="v" value="$i"/>', "(regions of video"),
        ('<Labels name="l" toName="t,a"/><Audio name="a" value="$i"/>' + TEXT, "(regions of audio"),
        ('<Taxonomy name="l" toName="d" labeling="true"/><HyperText name="d" value="$h"/>', "Taxonomy 'l' (regions of HTML"),
        ('<Ranker name="l" toName="d"/><List name="d" value="$h"/>', "Ranker 'l' (it puts items in an order"),
        ('<Repeater on="$u"><Text name="t_{{idx}}" value="$u[{{idx}}].say"/></Repeater>', "Repeater (its controls"),
        ('<Sorter name="l" toName="t"/>' + TEXT, "Sorter 'l' (no control of this kind is known here)"),
    ],
)  # fmt: skip
def test_a_control_that_cannot_be_read_is_named_with_its_reason(tags: str, said: str) -> None:
    with pytest.raises(DataError, match="E011") as caught:
        parse_labeling_config(view(tags, LABELS, TEXT).encode())
    assert said in caught.value.findings[0].message


@pytest.mark.parametrize(
    "tag",
    [
        '<Filter name="f" toName="who"/>',
        '<Relations name="r" toName="t"><Relation value="x"/></Relations>',
        '<Header name="h" toName="t" value="Read"/>',
        '<Shortcut name="s" toName="t" value="x"/>',
        '<Style toName="t" name="s">.a {}</Style>',
        '<Collapse name="c" toName="t"><Panel name="p" toName="t"/></Collapse>',
        '<Markdown name="m" toName="t" value="# Read"/>',
    ],
)
def test_tags_that_write_no_result_are_no_controls(tag: str, tmp_path: Path) -> None:
    _, rows = converted(tmp_path, view(tag, LABELS, TEXT), task({"text": SOLD}, MARA))
    assert texts_of(rows) == [("who", "Mara", ["A"])]
    assert "f" not in rows["annotations"][0]


def test_tags_and_settings_are_compared_without_case(tmp_path: Path) -> None:
    xml = """<view>
      <LABELS Name="who" toname="t"><label Value="A"/></LABELS><text NAME="t" value="$text"/>
      <Textarea name="n" toName="t"/><choices name="c" TONAME="t" PERREGION="true"><choice value="x"/></choices>
    </view>"""
    items = MARA, held("z", "n", "t", "textarea", ["ok"], field="text"), held("r1", "c", "t", "choices", ["x"])
    _, rows = converted(tmp_path, xml, task({"text": SOLD}, *items))
    assert rows["annotations"][0]["n"] == ["ok"]
    assert [(row["text"], row["c"]) for row in rows["spans"]] == [("Mara", "x")]


def test_words_in_a_tag_are_its_value_and_a_single_object_is_what_a_control_is_for() -> None:
    config = parse_labeling_config(b'<View><Text name="t">$x</Text><Labels name="a"><Label> A </Label></Labels></View>')
    assert (config.source, config.layers["a"].labels) == (TextSource("$x"), ("A",))


VALUES = """<Choices name="c" toName="{0}"><Choice value="x"/></Choices><TextArea name="n" toName="{0}"/>
    <Rating name="r" toName="{0}"/><Number name="m" toName="{0}"/>"""
ANSWERS = [("c", "choices", ["x"]), ("n", "textarea", ["one", "two"]), ("r", "rating", 4), ("m", "number", 2.5)]
OBJECTS = {
    "hypertext": '<HyperText name="h" value="$html"/>',
    "image": '<Image name="h" value="$html"/>',
    "dialogue": '<Paragraphs name="h" value="$html"/>',
    "chat": '<Chat name="h" value="$html"/>',
    "fixed words": '<Text name="h" value="Read first."/>',
    "several": '<HyperText name="g" value="$html"/><Image name="h" value="$i"/>',
}


def answers(to: str) -> list[Json]:
    """Values of the whole task, each with an id of its own."""
    fields = {"textarea": "text"}
    return [held(f"v-{name}", name, to, kind, value, field=fields.get(kind, "")) for name, kind, value in ANSWERS]


@pytest.mark.parametrize("name", OBJECTS)
def test_values_of_the_whole_task_need_no_text(name: str, tmp_path: Path) -> None:
    to = "g,h" if name == "several" else "h"
    xml = view(OBJECTS[name], VALUES.format(to))
    tasks = [task({"html": "<p>Hi</p>", "doc_id": "d"}, *answers("h")), task({"html": "<p>Ho</p>"}, number=2)]
    said, rows = converted(tmp_path, xml, *tasks)
    assert [(row["doc_id"], row["text"], row["text_sha256"]) for row in rows["documents"]] == [("d", None, None), ("2", None, None)]  # fmt: skip
    assert [row["html"] for row in rows["documents"]] == ["<p>Hi</p>", "<p>Ho</p>"]
    assert [(row["c"], row["n"], row["r"], row["m"]) for row in rows["annotations"]] == [("x", ["one", "two"], 4, 2.5), (None,) * 4]  # fmt: skip
    assert said.counts["items"].written == len(ANSWERS)
    assert validated(tmp_path, xml, *tasks) == []


@pytest.mark.parametrize("name", OBJECTS)
def test_values_of_another_object_stand_beside_the_spans_of_a_text(name: str, tmp_path: Path) -> None:
    xml = view(OBJECTS[name], VALUES.format("h"), LABELS, TEXT)
    one = task({"text": SOLD, "html": "<p>Hi</p>", "i": None}, *answers("h"), MARA)
    said, rows = converted(tmp_path, xml, one)
    assert texts_of(rows) == [("who", "Mara", ["A"])]
    assert [(row["c"], row["r"]) for row in rows["annotations"]] == [("x", 4)]
    assert (said.apart, said.findings) == ({"drafts": 0, "predictions": 0}, [])
    assert validated(tmp_path, xml, one) == []


def test_two_documents_without_text_are_one_only_if_their_data_are_the_same(tmp_path: Path) -> None:
    xml = view(OBJECTS["image"], VALUES.format("h"))
    one, other = task({"doc_id": "d", "html": "a"}), task({"doc_id": "d", "html": "b"}, number=2)
    said, rows = converted(tmp_path, xml, one, {**one, "annotations": []})
    assert (said.counts["tasks"].merged, len(rows["documents"])) == (1, 1)
    with pytest.raises(DataError, match="document d: E215"):
        converted(tmp_path, xml, one, other)


TWO_TEXTS = view(
    '<Labels name="la" toName="ta"><Label value="A"/></Labels><Text name="ta" value="$a"/>',
    '<Labels name="lb" toName="tb"><Label value="B"/></Labels><Text name="tb" value="$b"/>',
    '<Labels name="both" toName="ta, tb"><Label value="C"/></Labels>',
    '<Choices name="cb" toName="tb" perRegion="true"><Choice value="x"/></Choices>',
    '<Choices name="c" toName="tb"><Choice value="x"/></Choices>',
)
IN_BOTH = [
    label("1", "la", "ta", 0, 4, "A"),
    label("2", "lb", "tb", 0, 5, "B"),
    held("2", "cb", "tb", "choices", ["x"]),
    label("3", "both", "ta", 27, 32, "C"),
    label("4", "both", "tb", 6, 99, "C"),
    held("5", "c", "tb", "choices", ["x"]),
    link("1", "3"),
    link("1", "2"),
    link("2", "4"),
]


def test_regions_in_another_text_are_left_out_with_all_that_hangs_on_them_and_counted(tmp_path: Path) -> None:
    one = task({"a": SOLD, "b": "Orvel is wet."}, *IN_BOTH)
    said, rows = converted(tmp_path, TWO_TEXTS, one)
    assert texts_of(rows) == [("la", "Mara", ["A"]), ("both", "Orvel", ["C"])]
    assert [(row["from_span_id"], row["to_span_id"]) for row in rows["relations"]] == [("11:1", "11:3")]
    assert (rows["documents"][0]["b"], rows["annotations"][0]["c"]) == ("Orvel is wet.", "x")
    assert (said.apart["elsewhere"], said.counts["items"].read, said.counts["items"].written) == (5, 4, 4)
    details = ["both on tb, 1 item", "cb on tb, 1 item", "lb on tb, 1 item", "relations, 2 items"]
    assert [finding.message.rpartition(": ")[2] for finding in said.findings] == details
    assert [finding.message.rpartition(": ")[2] for finding in validated(tmp_path, TWO_TEXTS, one)] == details


def test_the_text_is_the_first_that_labels_are_for(tmp_path: Path) -> None:
    xml = TWO_TEXTS.replace(
        '<Labels name="la"', '<Labels name="lb2" toName="tb"><Label value="B"/></Labels><Labels name="la"'
    )
    _, rows = converted(tmp_path, xml, task({"a": SOLD, "b": "Orvel is wet."}, label("2", "lb", "tb", 0, 5, "B")))
    assert (rows["documents"][0]["text"], texts_of(rows)) == ("Orvel is wet.", [("lb", "Orvel", ["B"])])


@pytest.mark.parametrize(
    "config",
    [
        view('<Labels name="la" toName="ta"><Label value="A"/></Labels><Text name="ta" value="$a"/><Text name="tb" value="$b"/>'),
        view('<Labels name="la" toName="ta"><Label value="A"/></Labels><Text name="ta" value="$a"/><Image name="tb" value="$b"/>'),
    ],
)  # fmt: skip
def test_regions_of_a_control_that_was_taken_out_are_left_out_and_counted(config: str, tmp_path: Path) -> None:
    place = {
        "start": "/p[1]/text()[1]",
        "end": "/p[2]/text()[1]",
        "startOffset": 0,
        "endOffset": 2,
        "hypertextlabels": ["B"],
    }
    html = {"id": "4", "from_name": "html", "to_name": "tb", "type": "hypertextlabels", "value": place}
    image = {"id": "3", "from_name": "box", "to_name": "tb", "type": "rectangle", "value": {"x": 1, "y": 2, "width": 3}}
    own = held("2", "note", "tb", "choices", ["x"], start=0, end=5)
    one = task({"a": SOLD, "b": "Orvel is wet."}, *IN_BOTH[:2], own, image, html)
    said, rows = converted(tmp_path, config, one)
    assert (texts_of(rows), said.apart["elsewhere"]) == ([("la", "Mara", ["A"])], 4)
    assert {finding.code for finding in said.findings} == {"W204"}
    assert {finding.code for finding in validated(tmp_path, config, one)} == {"W204"}
    with pytest.raises(DataError, match=r"E209 .*'c'"):
        converted(tmp_path, config, task({"a": SOLD, "b": "x"}, held("5", "c", "tb", "choices", ["x"])))


def test_a_region_of_the_text_stays_whatever_id_another_has(tmp_path: Path) -> None:
    one = task({"a": SOLD, "b": "Orvel is wet."}, label("1", "la", "ta", 0, 4, "A"), label("1", "lb", "tb", 0, 5, "B"))
    said, rows = converted(tmp_path, TWO_TEXTS, one)
    assert (texts_of(rows), said.apart["elsewhere"]) == ([("la", "Mara", ["A"])], 1)


def test_two_tags_that_show_the_same_field_are_one_text(tmp_path: Path) -> None:
    other = '<Text name="u" value="$text"/><Labels name="say" toName="u"><Label value="C"/></Labels>'
    said, rows = converted(
        tmp_path, view(LABELS, TEXT, other), task({"text": SOLD}, MARA, label("9", "say", "u", 5, 9, "C"))
    )
    assert texts_of(rows) == [("who", "Mara", ["A"]), ("say", "sold", ["C"])]
    assert said.findings == []


NESTED = view(LABELS, TEXT, '<Choices name="topic" toName="t" value="$opts" allowNested="true" choice="multiple"/>')


@pytest.mark.parametrize(
    ("choices", "paths"),
    [
        ([["Economy", "Banks"], ["Sport"]], [["Economy", "Banks"], ["Sport"]]),
        (["Sport", ["Economy", "Banks", "Small"]], [["Sport"], ["Economy", "Banks", "Small"]]),
        (["Sport"], [["Sport"]]),
    ],
)
def test_nested_choices_are_paths(choices: list[Any], paths: list[list[str]], tmp_path: Path) -> None:
    _, rows = converted(tmp_path, NESTED, task({"text": SOLD}, MARA, held("c", "topic", "t", "choices", choices)))
    assert rows["annotations"][0]["topic"] == paths
    per_region = NESTED.replace("allowNested", 'perRegion="true" allowNested')
    _, rows = converted(tmp_path, per_region, task({"text": SOLD}, MARA, held("r1", "topic", "t", "choices", choices)))
    assert rows["spans"][0]["topic"] == paths


@pytest.mark.parametrize("multiple", ["", 'choice="multiple"'])
@pytest.mark.parametrize("listed", ["", '<Choice value="Sport"/>'])
def test_a_path_of_a_control_that_is_not_nested_is_no_value(multiple: str, listed: str, tmp_path: Path) -> None:
    xml = view(TEXT, f'<Choices name="topic" toName="t" value="$opts" {multiple}>{listed}</Choices>')
    with pytest.raises(DataError, match=r'E212 .*topic is \[\["Sport", "Ball"\]\]'):
        converted(tmp_path, xml, task({"text": SOLD}, held("c", "topic", "t", "choices", [["Sport", "Ball"]])))


@pytest.mark.parametrize(("side", "to"), [("left", "a"), ("right", "pw"), ("left", "a,b")])
def test_the_better_of_a_pair_is_a_value_of_the_task(side: str, to: str, tmp_path: Path) -> None:
    xml = view('<Pairwise name="pw" toName="a,b"/><Text name="a" value="$a"/><Text name="b" value="$b"/>')
    one = task({"a": "One.", "b": "Other."}, held("p", "pw", to, "pairwise", side, field="selected"))
    _, rows = converted(tmp_path, xml, one)
    assert (rows["documents"][0]["text"], rows["documents"][0]["b"]) == ("One.", "Other.")
    assert rows["annotations"][0]["pw"] == side
    with pytest.raises(DataError, match=r'E212 .*pw is "both"'):
        converted(tmp_path, xml, task({"a": "", "b": ""}, held("p", "pw", to, "pairwise", "both", field="selected")))


TAXONOMY = view(
    '<Taxonomy name="kind" toName="t" labeling="true"><Choice value="X"><Choice value="Y/Z"/></Choice></Taxonomy>',
    TEXT,
    '<Choices name="sure" toName="t" perRegion="true" visibleWhen="region-selected" whenTagName="kind">'
    '<Choice value="yes"/></Choices><Taxonomy name="whole" toName="t"><Choice value="W"/></Taxonomy>',
)
DRAWN = [
    held("1", "kind", "t", "taxonomy", [["X", "Y/Z"], ["X"]], start=0, end=4, text="Mara"),
    held("1", "sure", "t", "choices", ["yes"], start=0, end=4, text="Mara"),
    held("2", "kind", "t", "taxonomy", [["X"]], start=0, end=23),
    held("3", "whole", "t", "taxonomy", [["W"]]),
    link("1", "2"),
]


def test_a_taxonomy_that_draws_regions_is_a_layer_of_paths(tmp_path: Path) -> None:
    one = task({"text": SOLD}, *DRAWN)
    said, rows = converted(tmp_path, TAXONOMY, one)
    columns = ("layer", "start", "end", "labels", "kind", "sure", "parent_span_id")
    assert [tuple(row[name] for name in columns) for row in rows["spans"]] == [
        ("kind", 0, 4, ["X/Y/Z", "X"], [["X", "Y/Z"], ["X"]], "yes", "11:2"),
        ("kind", 0, 23, ["X"], [["X"]], None, None),
    ]
    assert (rows["annotations"][0]["whole"], len(rows["relations"])) == ([["W"]], 1)
    assert (said.counts["items"].read, said.counts["items"].written) == (len(DRAWN), len(DRAWN))
    assert validated(tmp_path, TAXONOMY, one) == []


def test_what_a_taxonomy_has_drawn_is_written_back_as_it_was(tmp_path: Path) -> None:
    export, _ = write_project(tmp_path, TAXONOMY, task({"text": SOLD}, *DRAWN[:2]))
    config = parse_labeling_config(TAXONOMY.encode())
    (annotation,) = read_annotations([export], [], (), config).annotations
    found = result_items(annotation, config)
    assert [(item["from_name"], item["type"]) for item in found] == [("kind", "taxonomy"), ("sure", "choices")]
    assert found[0]["value"] == {"start": 0, "end": 4, "taxonomy": [["X", "Y/Z"], ["X"]]}


def test_regions_that_are_wrong_are_named_as_those_of_labels_are(tmp_path: Path) -> None:
    wrong = held("1", "kind", "t", "taxonomy", [["X"]], start=0, end=99)
    said, rows = converted(tmp_path, TAXONOMY, task({"text": SOLD}, wrong, *DRAWN[2:4]), skip=True)
    assert [(finding.code, finding.region) for finding in said.findings] == [("E301", "1")]
    assert [(row["start"], row["kind"]) for row in rows["spans"]] == [(0, [["X"]])]


OF_TASK = view(LABELS, TEXT, '<Choices name="c" toName="t"><Choice value="x"/></Choices><Rating name="r" toName="t"/>')


@pytest.mark.parametrize(
    "value", [held("r1", "c", "t", "choices", ["x"]), held("9", "c", "t", "choices", ["x"], start=0, end=4)]
)
def test_the_value_of_a_region_is_never_one_of_the_task(value: Json, tmp_path: Path) -> None:
    one = task({"text": SOLD}, value, MARA, held("9", "r", "t", "rating", 3))
    with pytest.raises(DataError, match=f"document 1 annotation 11 region {value['id']}: E223 .*: c\n.*perRegion"):
        converted(tmp_path, OF_TASK, one)
    assert [(one.code, one.region) for one in validated(tmp_path, OF_TASK, one)] == [("E223", value["id"])]
    said, rows = converted(tmp_path, OF_TASK, one, skip=True)
    assert (rows["annotations"][0]["c"], rows["annotations"][0]["r"], len(rows["spans"])) == (None, 3, 1)
    assert said.counts["items"].rejected == 1


def test_a_dynamic_control_may_be_shown_for_labels_that_the_config_does_not_list() -> None:
    config = parse_labeling_config(
        view(TEXT, '<Labels name="l" toName="t" value="$labs"/><Choices name="c" toName="t" perRegion="true" '
        'visibleWhen="region-selected" whenTagName="l" whenLabelValue="any"><Choice value="x"/></Choices>').encode()
    )  # fmt: skip
    assert (config.layers["l"].is_open, config.attributes["c"].labels) == (True, ("any",))


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ('<Labels name="l" toName="u"/>', "E019 .*: Labels 'l' has toName='u'"),
        ('<Labels name="l" toName="t,u"/>', "E019 .*: Labels 'l' has toName='u'"),
        ('<Image name="i" value="$i"/><Labels name="l"/>', "E019 .*: Labels 'l' has toName=''"),
        ('<Labels name="who" toName="t"/><Labels name="who" toName="t"/>', "E018 .*: Labels 'who'"),
        ('<Choices toName="t"/>', "E018 .*: a Choices without one"),
        ('<Choices name="c" toName="t" perRegion="true" visibleWhen="region-selected" whenTagName="x"/>', "E019 .*: Choices 'c' has whenTagName='x'"),
    ],
)  # fmt: skip
def test_what_a_control_names_wrongly_is_said(tags: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        parse_labeling_config(view(TEXT, tags).encode())


def test_a_control_may_be_shown_for_the_regions_of_a_text() -> None:
    tag = '<Choices name="c" toName="t" perRegion="true" visibleWhen="region-selected" whenTagName="t"/>'
    assert parse_labeling_config(view(TEXT, LABELS, tag).encode()).attributes["c"].layer is None


def test_kinds_follow_the_controls() -> None:
    config = parse_labeling_config(
        view(TEXT, '<Choices name="a" toName="t" allowNested="true"/><Taxonomy name="b" toName="t"/>'
        '<Pairwise name="c" toName="t,t"/><Choices name="d" toName="t" choice="multiple" value="$x"/>').encode()
    )  # fmt: skip
    kinds = {name: one.kind for name, one in config.attributes.items()}
    assert kinds == {"a": Kind.PATHS, "b": Kind.PATHS, "c": Kind.STRING, "d": Kind.STRINGS}


BUILT: dict[str, tuple[str, Json, str, list[Json]]] = {
    "path": (view(LABELS, '<Text name="t" value="$a[0].b"/>'), {"a": [{"b": SOLD}]}, SOLD, [MARA, ORVEL]),
    "template": (view(LABELS, '<Text name="t" value="$x: $y"/>'), {"x": "Mara", "y": "sold"}, "Mara: sold", [MARA]),
    "base64": (view(LABELS, '<Text name="t" value="$x" encoding="base64"/>'), {"x": "TWFyYSBzb2xkLg=="}, "Mara sold.", [MARA]),
    "address": (view(LABELS, '<Text name="t" value="$x" valueType="url"/>'), {"x": "https://example.org/a.txt"}, SOLD, [MARA]),
    "no text": (view(OBJECTS["hypertext"], VALUES.format("h")), {"html": "<p>"}, SOLD, answers("h")),
    "other object": (view(OBJECTS["image"], VALUES.format("h"), LABELS, TEXT), {"text": SOLD}, SOLD, [*answers("h"), MARA]),
    "two texts": (TWO_TEXTS.replace('"la"', '"who"'), {"a": SOLD, "b": "Orvel is wet."}, SOLD, [{**IN_BOTH[0], "from_name": "who"}, *IN_BOTH[1:]]),
    "nested choices": (NESTED, {"text": SOLD}, SOLD, [MARA, held("c", "topic", "t", "choices", [["Economy", "Banks"]])]),
    "taxonomy": (TAXONOMY, {"text": SOLD}, SOLD, [DRAWN[2], DRAWN[3]]),
    "pair": (view('<Pairwise name="pw" toName="a,b"/><Text name="a" value="$a"/><Text name="b" value="$b"/>'), {"a": SOLD, "b": "x"}, SOLD, [held("p", "pw", "a", "pairwise", "left", field="selected")]),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_a_corpus_may_have_any_of_these_configs(name: str, tmp_path: Path) -> None:
    xml, data, text, items = BUILT[name]
    made = built(tmp_path, xml, {"d1": text}, task({**data, "doc_id": "d1"}, *items))
    assert {finding.code for finding in made.warnings} == ({"W204"} if name == "two texts" else set())
    assert made.tables["documents"]["text"].to_pylist() == [text]
    found = made.tables["annotations"].to_pylist()
    assert sorted((row["start"], row["end"]) for row in found if row["layer"]) == sorted(
        (item["value"]["start"], item["value"]["end"])
        for item in items
        if "start" in item.get("value", {}) and item["to_name"] not in ("tb",)
    )


DYNAMIC = view(
    '<Labels name="kind" toName="t" value="$meta.labels"/>',
    '<Labels name="who" toName="t"><Label value="zz"/></Labels>',
    TEXT,
)


def dynamic_tasks(count: int) -> list[Json]:
    """Tasks with labels that only their data list, each with spans of its own labels, one inside another."""
    return [
        task(
            {"text": SOLD, "meta": {"labels": [{"value": f"K{n}"}, {"value": "long", "alias": "short"}, "plain", 5]}},
            label("1", "kind", "t", 0, 4, f"K{n}"),
            label("2", "kind", "t", 5, 23, f"M{n % 3}"),
            label("3", "kind", "t", 14, 18, "inner"),
            label("4", "who", "t", 27, 32, "zz"),
            number=n,
        )
        for n in range(count, 0, -1)
    ]


@pytest.mark.parametrize("shards", [1, 3])
@pytest.mark.parametrize("tokenized", [False, True])
def test_tags_of_labels_that_come_from_the_tasks(shards: int, tokenized: bool, tmp_path: Path) -> None:
    tokenizer = write_tokenizer(tmp_path / "tokenizer.json") if tokenized else None
    converted(tmp_path, DYNAMIC, *dynamic_tasks(12), bio="kind", shards=shards, tokenizer=tokenizer)
    found = load_dataset(str(tmp_path / "out"), "bio", split="train", cache_dir=str(tmp_path / "cache"))
    names = found.features["ner_tags"].feature.names
    labels = sorted([*(f"K{n}" for n in range(1, 13)), "M0", "M1", "M2", "inner", "plain", "short"])
    assert names == ["O", *(f"{tag}-{label}" for label in labels for tag in "BI")]
    for row in found:
        tags = [names[tag] for tag in row["ner_tags"] if tag != -100]
        number = int(row["doc_id"])
        assert tags == [f"B-K{number}", f"B-M{number % 3}", *[f"I-M{number % 3}"] * 3, "O", "O", "O"]


def test_tags_of_a_taxonomy_are_its_paths(tmp_path: Path) -> None:
    _, rows = converted(tmp_path, TAXONOMY, task({"text": SOLD}, *DRAWN), bio="kind")
    assert "B-X/Y/Z" in (tmp_path / "out/README.md").read_text()
    assert rows["bio"][0]["ner_tags"][:6] == [1, 2, 2, 2, 2, 0]


def test_a_layer_without_labels_has_no_tag_but_o(tmp_path: Path) -> None:
    _, rows = converted(tmp_path, DYNAMIC, task({"text": SOLD, "meta": None}), bio="kind")
    assert set(rows["bio"][0]["ner_tags"]) == {0}
    with pytest.raises(DataError, match=r"E015 .*: 'none', not one of 'kind', 'who'"):
        converted(tmp_path, DYNAMIC, task({"text": SOLD}), bio="none")
