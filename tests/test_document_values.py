"""Values of the whole task: a typed column of documents, settled between annotators as any other value."""

import csv
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from goldspan.build import Built, build, write_build
from goldspan.faults import DataError
from goldspan.records import Annotation
from goldspan.validate import validate
from tests.conftest import Run
from tests.wide import SETTINGS, SPANS, VALUES, annotated, write_wide_corpus

TOPICS = "topics.all of them"
STANCE = "n1:document:stance"
BARE = """<View><Text name="t" value="$text"/>
<Choices name="stance" toName="t"><Choice value="for"/><Choice value="against"/></Choices>
<Choices name="topics.all of them" toName="t" choice="multiple"><Choice value="work"/><Choice value="war"/></Choices>
<Rating name="qualité" toName="t"/></View>"""


def valued(**values: object) -> list[Annotation]:
    """Three annotations of one article; of each, the values of the whole task that are given under its annotator."""
    return [annotated(name, "n1", *SPANS[:2], values=each) for name, each in values.items()]  # type: ignore[arg-type]


def decided(folder: Path, *rows: Sequence[str]) -> None:
    """Write decisions."""
    with (folder / "annotations/decisions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["conflict", "text", "take", "value", "reason"], *rows])


def document(built: Built, doc_id: str = "n1") -> dict[str, object]:
    """The row of a document."""
    found: dict[str, object] = next(row for row in built.tables["documents"].to_pylist() if row["doc_id"] == doc_id)
    return found


def codes(folder: Path) -> list[tuple[str, str, str]]:
    """The errors of a build: code, row and what the message says behind the fault's own words."""
    with pytest.raises(DataError) as raised:
        build(folder)
    found = [one for one in raised.value.findings if one.is_error]
    return [(one.code, one.row, one.message.partition(": ")[2]) for one in found]


def test_a_control_of_the_whole_task_is_a_typed_column(tmp_path: Path) -> None:
    built = build(write_wide_corpus(tmp_path / "corpus"))
    schema = built.tables["documents"].schema
    assert {name: schema.field(name).type for name in VALUES} == {
        "stance": pa.string(),
        TOPICS: pa.list_(pa.string()),
        "qualité": pa.float64(),
    }
    assert {name: document(built)[name] for name in VALUES} == {
        "stance": "against",
        TOPICS: ["work", "war"],
        "qualité": 4.0,
    }
    assert {name: document(built, "n2")[name] for name in VALUES} == {"stance": "for", TOPICS: [], "qualité": None}
    assert {name: document(built, "n3")[name] for name in VALUES} == {"stance": None, TOPICS: [], "qualité": None}


def test_annotators_who_differ_need_a_decision(tmp_path: Path) -> None:
    marked = valued(A={"stance": "for"}, B={"stance": "against"}, C={"stance": "for"})
    corpus = write_wide_corpus(tmp_path / "corpus", marked)
    assert codes(corpus) == [("E521", STANCE, "A: for; B: against; C: for")]
    decided(corpus, [STANCE, "", "B", "", "read again"])
    assert document(build(corpus))["stance"] == "against"
    decided(corpus, [STANCE, "", "value", "for", "read again"])
    assert document(build(corpus))["stance"] == "for"
    decided(corpus, ["*:document:*", "", "B", "", "a rule"])
    assert document(build(corpus))["stance"] == "against"


def test_a_value_that_is_left_empty_is_a_reading(tmp_path: Path) -> None:
    corpus = write_wide_corpus(tmp_path / "corpus", valued(A={"stance": "for"}, B={}))
    assert codes(corpus) == [("E521", STANCE, "A: for; B: nothing")]
    decided(corpus, [STANCE, "", "B", "", "nothing can be told"])
    built = build(corpus)
    assert document(built)["stance"] is None
    write_build(built, tmp_path / "release")
    assert validate(tmp_path / "release") == []


def test_several_values_are_decided_as_a_list_whose_order_makes_no_difference(tmp_path: Path) -> None:
    same = valued(A={TOPICS: ["war", "work"]}, B={TOPICS: ["work", "war"]})
    built = build(write_wide_corpus(tmp_path / "same", same))
    assert document(built)[TOPICS] == ["work", "war"]
    write_build(built, tmp_path / "release")
    assert validate(tmp_path / "release") == []
    corpus = write_wide_corpus(tmp_path / "corpus", valued(A={TOPICS: ["war", "work"]}, B={TOPICS: ["weather"]}))
    assert codes(corpus) == [("E521", f"n1:document:{TOPICS}", "A: work|war; B: weather")]
    decided(corpus, [f"n1:document:{TOPICS}", "", "value", "war|weather", "both"])
    assert document(build(corpus))[TOPICS] == ["war", "weather"]
    decided(corpus, [f"n1:document:{TOPICS}", "", "value", "war|rain", "both"])
    assert [code for code, *_ in codes(corpus)] == ["E525"]


def test_a_required_value_may_not_be_missing(tmp_path: Path) -> None:
    settings = SETTINGS.replace("\n[layers]", 'required = ["stance", "certainty"]\n\n[layers]', 1)
    corpus = write_wide_corpus(tmp_path / "corpus", valued(A={"qualité": 2}), settings)
    assert codes(corpus) == [("E312", "", "stance of the whole task")]


def test_an_adjudicator_who_leaves_out_a_value_is_not_done(tmp_path: Path) -> None:
    corpus = write_wide_corpus(tmp_path / "corpus", valued(A={"stance": "for"}, B={"stance": "against"}, C={}))
    toml = corpus / "corpus.toml"
    toml.write_text(toml.read_text().replace('"cleo@example.org"', '"cleo@example.org"\nadjudicates = true'))
    assert codes(corpus) == [("E527", "", "stance")]
    toml.write_text(
        toml.read_text()
        .replace("adjudicates = true", "")
        .replace('"ben@example.org"', '"ben@example.org"\nadjudicates = true')
    )
    marked = valued(A={"stance": "for"}, B={"stance": "against"}, C={"stance": "for"})
    corpus = write_wide_corpus(tmp_path / "other", marked)
    (corpus / "corpus.toml").write_text(toml.read_text())
    assert document(build(corpus))["stance"] == "against"


def test_a_corpus_of_values_alone_builds(tmp_path: Path) -> None:
    corpus = write_wide_corpus(
        tmp_path / "corpus", [annotated("A", "n1", values=VALUES)], 'name = "bare"\nversion = "1.0.0"\n'
    )
    (corpus / "annotations/labeling_config.xml").write_text(BARE, encoding="utf-8")
    built = build(corpus)
    assert list(built.tables) == ["documents", "ner", "annotations"]
    assert document(built)["stance"] == "against"
    write_build(built, tmp_path / "release")
    assert validate(tmp_path / "release") == []


def test_agreement_has_rows_for_the_values(run: Run, tmp_path: Path) -> None:
    marked = [
        *valued(
            A={"stance": "for", "qualité": 1, TOPICS: ["war"]}, B={"stance": "against", "qualité": 5, TOPICS: ["war"]}
        ),
        annotated("A", "n2", values={"stance": "against", "qualité": 2}),
        annotated("B", "n2", values={"stance": "for", "qualité": 2}),
    ]
    corpus = write_wide_corpus(tmp_path / "corpus", marked)
    shown = run("agreement", "--corpus", corpus, "--format", "json")
    rows = [one for one in msgspec.json.decode(shown.stdout)["measures"] if one["layer"] == "documents"]
    assert [(one["of"], one["measure"], one["items"]) for one in rows] == [
        ("stance", "kappa", 2), ("stance", "alpha", 2), (TOPICS, "kappa", 1), (TOPICS, "alpha", 1), ("qualité", "alpha", 2)
    ]  # fmt: skip
    assert rows[0]["value"] == pytest.approx(-1)


@pytest.mark.parametrize("name", ["title", "zones", "doc_id"])
def test_a_control_called_like_a_column_is_an_error(name: str, tmp_path: Path) -> None:
    corpus = write_wide_corpus(tmp_path / "corpus", [])
    config = corpus / "annotations/labeling_config.xml"
    config.write_text(config.read_text().replace('"stance"', f'"{name}"'))
    assert codes(corpus)[0] == ("E013", "", f"{name} in documents")
