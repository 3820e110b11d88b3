"""Values of whole documents in other tools' formats: every one is read back, or counted as what a format cannot hold."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import argilla as rg
import cassis
import httpx
import pytest
import spacy
from argilla.records._io import JsonIO
from spacy.tokens import DocBin

from goldspan.convert.conversion import convert
from goldspan.formats.export import Exported, Format, export
from goldspan.formats.names import file_name
from tests.conftest import Run
from tests.exports import annotation, region, task, value

XML = """
<View>
  <Labels name="who" toName="t"><Label value="A"/></Labels>
  <Text name="t" value="$body"/>
  <Choices name="stance" toName="t"><Choice value="for"/><Choice value="against"/></Choices>
  <Choices name="ท่าที" toName="t" choice="multiple"><Choice value="war"/><Choice value="a=b"/><Choice value="none"/></Choices>
  <Choices name="only" toName="t"><Choice value="one"/></Choices>
  <Choices name="sure" toName="t"><Choice value="true"/><Choice value="false"/></Choices>
  <TextArea name="text" toName="t"/>
  <Rating name="stars" toName="t"/>
  <Taxonomy name="place" toName="t"><Choice value="Asia"><Choice value="Siem Reap"/></Choice></Taxonomy>
  <DateTime name="day" toName="t"/>
</View>
"""
SAID: list[dict[str, Any]] = [
    value("s", "stance", "choices", ["against"]),
    value("t", "ท่าที", "choices", ["war", "a=b"]),
    value("o", "only", "choices", ["one"]),
    value("b", "sure", "choices", ["false"]),
    {**value("n", "text", "textarea", None), "value": {"text": ["two\nlines", "<b>"]}},
    value("r", "stars", "rating", 4),
    value("p", "place", "taxonomy", [["Asia", "Siem Reap"], ["Asia"]]),
    value("d", "day", "datetime", "2025-12-08"),
]
VALUES = {
    "stance": "against",
    "ท่าที": ["war", "a=b"],
    "only": "one",
    "sure": "false",
    "text": ["two\nlines", "<b>"],
    "stars": 4.0,
    "place": [["Asia", "Siem Reap"], ["Asia"]],
    "day": "2025-12-08",
}
VOCAB = spacy.blank("en").vocab


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A converted folder: a document with all values by one annotator and another's one, and a document with none."""
    tasks = [
        task(
            annotation(region("1", "Ann", "A"), *SAID), annotation(value("s", "stance", "choices", ["for"]), number=12)
        ),
        task(annotation(number=13), number=2),
    ]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    (tmp_path / "config.xml").write_text(XML, encoding="utf-8")
    convert([tmp_path / "export.json"], tmp_path / "config.xml", tmp_path / "converted")
    return tmp_path / "converted"


def exported(folder: Path, form: Format, *, known: bool = True) -> tuple[Exported, Path]:
    """An export beside the folder, made with its labeling config or without."""
    out = folder.parent / "out"
    return export(folder, form, out, config=folder.parent / "config.xml" if known else None), out


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_jsonl_has_the_values_of_each_annotation_apart_from_its_attributes(folder: Path) -> None:
    done, out = exported(folder, Format.jsonl)
    first, second, empty = lines(out / "documents.jsonl")
    assert first["values"] == VALUES
    assert first["attributes"]["annotator"] == "ann@example.org"
    assert set(first["attributes"]).isdisjoint(VALUES)
    assert (second["values"], empty["values"]) == ({"stance": "for"}, {})
    assert (done.summary.values, done.summary.cannot_hold) == (len(VALUES) + 1, {})


def test_spacy_reads_choices_as_categories_and_all_values_in_user_data(folder: Path) -> None:
    _, out = exported(folder, Format.spacy)
    first, second, empty = DocBin().from_disk(out / "train.spacy").get_docs(VOCAB)
    assert first.cats == {
        "stance=for": 0,
        "stance=against": 1,
        "ท่าที=war": 1,
        "ท่าที=a=b": 1,
        "ท่าที=none": 0,
        "only=one": 1,
        "sure=true": 0,
        "sure=false": 1,
    }
    assert json.loads(json.dumps(first.user_data["values"])) == VALUES  # spaCy reads lists as tuples
    assert (second.cats, empty.cats) == ({"stance=for": 1, "stance=against": 0}, {})


def test_prodigy_has_choices_as_options_that_are_accepted_and_the_rest_as_meta(folder: Path) -> None:
    _, out = exported(folder, Format.prodigy)
    first, second, empty = lines(out / "documents.jsonl")
    assert [(one["id"], one["text"]) for one in first["options"]] == [
        ("stance=for", "stance: for"),
        ("stance=against", "stance: against"),
        ("ท่าที=war", "ท่าที: war"),
        ("ท่าที=a=b", "ท่าที: a=b"),
        ("ท่าที=none", "ท่าที: none"),
        ("only=one", "only: one"),
        ("sure=true", "sure: true"),
        ("sure=false", "sure: false"),
    ]
    assert first["options"] == second["options"] == empty["options"]
    assert first["accept"] == ["stance=against", "ท่าที=war", "ท่าที=a=b", "only=one", "sure=false"]
    assert (second["accept"], empty["accept"]) == (["stance=for"], [])
    assert first["meta"] == {
        "doc_id": "d1",
        "annotation_id": "11",
        **{name: VALUES[name] for name in ("text", "stars", "place", "day")},
    }


def test_argilla_reads_choices_as_questions_and_the_rest_as_metadata(folder: Path) -> None:
    done, out = exported(folder, Format.argilla)
    user = {"id": str(UUID(int=1)), "username": "a", "first_name": "a", "role": "owner"}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=user))
    rg.Argilla(api_url="http://localhost", api_key="none", mounts={"all://": answer})
    settings = rg.Settings.from_json(out / ".argilla/settings.json")
    settings.validate()
    assert [
        (type(one).__name__, one.name, one.title, list(one.labels), one.required) for one in settings.questions
    ] == [
        ("SpanQuestion", "who", "who", ["A"], True),
        ("LabelQuestion", "stance", "stance", ["for", "against"], False),
        ("MultiLabelQuestion", "unnamed", "ท่าที", ["war", "a=b", "none"], False),
        ("LabelQuestion", "sure", "sure", ["true", "false"], False),
    ]
    assert {(type(one).__name__, one.name, one.title) for one in settings.metadata} == {
        ("TermsMetadataProperty", "doc_id", "doc_id"),
        ("TermsMetadataProperty", "only", "only"),
        ("TermsMetadataProperty", "text-2", "text"),
        ("FloatMetadataProperty", "stars", "stars"),
        ("TermsMetadataProperty", "place", "place"),
        ("TermsMetadataProperty", "day", "day"),
    }
    first, second, empty = JsonIO._records_from_json(out / "records.json")
    suggested = {one.question_name: one.value for one in first.suggestions}
    assert suggested == {
        "who": [{"start": 0, "end": 3, "label": "A"}],
        "stance": "against",
        "unnamed": ["war", "a=b"],
        "sure": "false",
    }
    assert dict(first.metadata) == {
        "doc_id": "d1",
        "only": ["one"],
        "text-2": ["two\nlines", "<b>"],
        "stars": 4.0,
        "place": ['["Asia", "Siem Reap"]', '["Asia"]'],
        "day": ["2025-12-08"],
    }
    assert [(one.question_name, one.value) for one in second.suggestions] == [("stance", "for")]
    assert (dict(empty.metadata), list(empty.suggestions)) == ({"doc_id": "d2"}, [])
    assert "documents' values" not in done.summary.cannot_hold


def test_uima_has_the_values_as_json_at_the_document(folder: Path) -> None:
    _, out = exported(folder, Format.uima)
    types = cassis.load_typesystem((out / "TypeSystem.xml").read_text(encoding="utf-8"))
    found = {}
    for name in (file_name("d1") + "@11", file_name("d1") + "@12", file_name("d2")):
        cas = cassis.load_cas_from_xmi((out / f"{name}.xmi").read_text(encoding="utf-8"), typesystem=types)
        (document,) = cas.select("goldspan.Document")
        found[name] = document.values and json.loads(document.values)
    assert found == {"d1@11": VALUES, "d1@12": {"stance": "for"}, "d2": None}


@pytest.mark.parametrize("form", [Format.brat, Format.conll, Format.gliner])
def test_formats_of_spans_alone_count_the_values_that_they_cannot_hold(form: Format, folder: Path) -> None:
    done, _ = exported(folder, form)
    assert done.summary.cannot_hold["documents' values"] == done.summary.values == len(VALUES) + 1


def test_without_the_config_texts_are_choices_and_lists_are_named_as_unsure(folder: Path, run: Run) -> None:
    result = run("export", folder, "--format", "spacy", "--out", folder.parent / "out")
    assert result.returncode == 0, result.stderr
    assert (
        "W962 Whether what was said of whole documents is a choice or a text is not known; it is written as text: "
        "'ท่าที', 'text'\n" in result.stderr
    )
    first, *_ = DocBin().from_disk(folder.parent / "out/train.spacy").get_docs(VOCAB)
    assert first.cats == {"stance=against": 1, "stance=for": 0, "only=one": 1, "sure=false": 1}
    assert json.loads(json.dumps(first.user_data["values"])) == VALUES  # spaCy reads lists as tuples
    told = run(
        "export",
        folder,
        "--format",
        "spacy",
        "--out",
        folder.parent / "out",
        "--config",
        folder.parent / "config.xml",
    )
    assert (told.returncode, "W962" in told.stderr) == (0, False)


def test_a_config_that_is_none_is_refused(folder: Path, run: Run) -> None:
    (folder.parent / "bad.xml").write_text("<View>")
    out = folder.parent / "out"
    for name, code in (("bad.xml", "E003"), ("none.xml", "E003")):
        result = run("export", folder, "--format", "spacy", "--out", out, "--config", folder.parent / name)
        assert (result.returncode, code in result.stderr, out.exists()) == (1, True, False)
