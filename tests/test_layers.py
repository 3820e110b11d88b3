"""Further layers and relations between spans: a config each, and nothing that an annotator marked is lost."""

from pathlib import Path

import pytest

from goldspan.build import Built, build, write_build
from goldspan.corpus import check_settings, load_corpus
from goldspan.faults import DataError
from goldspan.schemas import Row
from goldspan.validate import validate
from tests.wide import CONFIG, SETTINGS, TEXTS, write_wide_corpus


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(write_wide_corpus(tmp_path_factory.mktemp("wide") / "corpus"))


def rows(built: Built, config: str) -> list[Row]:
    found: list[Row] = built.tables[config].to_pylist()
    return found


def test_each_layer_without_a_part_is_a_config(built: Built, tmp_path: Path) -> None:
    assert list(built.tables) == [
        "documents", "entities", "event", "speech_acts", "frame", "relations", "ner", "annotations"
    ]  # fmt: skip
    assert [finding.code for finding in built.warnings] == ["W202"]
    write_build(built, tmp_path / "release")
    assert validate(tmp_path / "release") == []


def test_a_layer_has_its_spans_with_label_and_attributes(built: Built) -> None:
    columns = ("span_id", "start", "end", "text", "label", "parent_span_id", "zone", "certainty", "aims")
    assert [tuple(row[name] for name in columns) for row in rows(built, "event")] == [
        ("n1:event:28-33", 28, 33, "talks", "TALKS", None, None, "unsure", ["peace", "quiet"]),
        ("n1:event:51-56", 51, 56, "crowd", "a:b|c", None, None, None, []),
        ("n1:event:61-77", 61, 77, "the shops closed", "PROTEST", None, None, None, []),
        ("n2:event:0-5", 0, 5, "Talks", "TALKS", None, None, None, []),
    ]
    assert all(row["text"] == TEXTS[row["doc_id"]][row["start"] : row["end"]] for row in rows(built, "frame"))


def test_a_layer_of_several_labels_has_lists_of_them(built: Built) -> None:
    assert [(row["span_id"], row["labels"]) for row in rows(built, "speech_acts")] == [
        ("n1:speech_acts:15-33", ["promise"]),
        ("n1:speech_acts:40-56", ["threat", "claim"]),
    ]


CONTROLS = ["name", "event", "speech act", "frame", "scratch"]


@pytest.mark.parametrize(
    ("lines", "further"),
    [
        ('further = { speech_acts = "speech act" }', {"event", "speech_acts", "frame", "scratch"}),
        ('left_out = ["speech act", "frame", "scratch", "event"]', set()),
        ('left_out = ["scratch"]\nfurther = { acts = "speech act", occurrences = "event" }', {"acts", "occurrences", "frame"}),
    ],
)  # fmt: skip
def test_a_control_without_a_part_is_a_layer_by_itself(lines: str, further: set[str], tmp_path: Path) -> None:
    folder = write_wide_corpus(
        tmp_path / "corpus", settings=f'name = "w"\nversion = "1.0.0"\n[layers]\nentities = "name"\n{lines}\n'
    )
    layers = check_settings(load_corpus(folder), CONFIG).layers
    assert set(layers.further) == further
    assert sorted({*layers.released, *layers.left_out}) == sorted(CONTROLS)


@pytest.mark.parametrize(
    ("lines", "code", "detail"),
    [
        ("", "E030", "'speech act' is no name for a config, for the control 'speech act'"),
        ('Documents = "speech act"', "E030", "'Documents' is taken"),
        ('name = "speech act"', "E030", "'name' is taken"),
        ('aux = "speech act"', "E030", "'aux' is no name"),
        ('"../up" = "speech act"', "E030", "'../up' is no name"),
        ('EVENT = "speech act"', "E031", "'event' is the name of two configs"),
        ('acts = "name"', "E031", "'name'"),
        ('acts = "scratch"', "E031", "'scratch'"),
        ('acts = "speech act"\nsays = "speech act"', "E031", "'speech act'"),
        ('acts = "no such"', "E004", "'no such'"),
    ],
)
def test_a_name_that_cannot_be_a_config_is_an_error(lines: str, code: str, detail: str, tmp_path: Path) -> None:
    settings = SETTINGS.replace('speech_acts = "speech act"', lines)
    with pytest.raises(DataError) as raised:
        build(write_wide_corpus(tmp_path / "corpus", settings=settings))
    assert {finding.code for finding in raised.value.findings} == {code}
    assert detail in str(raised.value)
