"""What is exported to other tools' formats is what those tools read: every span, or a count of what they cannot hold."""

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import argilla as rg
import cassis
import httpx
import msgspec
import pyarrow.parquet as pq
import pytest
import spacy
from argilla.records._io import JsonIO
from bratly import EntityAnnotation, RelationAnnotation
from bratly.io import read_and_load_ann_file
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from nervaluate.loaders import ListLoader
from spacy.tokens import DocBin
from spacy.training import converters

from goldspan.convert.conversion import convert
from goldspan.formats import argilla, brat, conll, gliner, jsonl, prodigy, uima
from goldspan.formats import spacy as docbin
from goldspan.formats.export import Format, export
from goldspan.formats.names import file_name, file_names
from goldspan.formats.stream import Collection, Document, Lost, Relation, Span
from goldspan.tokens import decode_bio
from tests.characters import TAILS, seen, unseen
from tests.conftest import ROOT, Run, fingerprint, hashes
from tests.exports import TASKS, annotation, region, relation, task, write_config
from tests.test_tokens import PIECES

TEXT = "👩‍👧 said “Bob left\r\nRome”.\tក្រុង เมือง e\u0301te\u0301  end 😀"
RELEASE = ROOT / "dataset/release"
VOCAB = spacy.blank("en").vocab
NOTHING_SEEN = "spans of nothing but white space or invisible characters"
Extent = tuple[int, int, str]
Write = Callable[..., Iterator[tuple[str, bytes]]]


def at(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def span(name: str, words: str, *labels: str, layer: str = "who", **attributes: Any) -> Span:
    return Span(name, layer, labels, (at(words),), attributes)


SPANS = (
    span("family", "👩‍👧", "A", "B C"),
    span("long", "Bob left\r\nRome", "A", sure=True, kind="city", note="two words", much=2.5),
    span("nested", "Bob", "B C"),
    span("crossing", "Rome”.\tក្រុង", "A"),
    span("same", "Bob left\r\nRome", "A"),
    span("bare", "said"),
    span("cut", "มือ", "A"),
    span("marks", "e\u0301te\u0301", "A", layer="say"),
    span("smile", "😀", "CUE", layer="say"),
    Span("parts", "say", ("CUE",), (at("said"), at("left"), at("end"))),
)
RELATIONS = (
    Relation("1", "marks", "smile", ("by", "of")),
    Relation("2", "long", "nested", ()),
    Relation("3", "bare", "marks", ("by",), "bi"),
)
DOCUMENT = Document("d1", TEXT, "d1", SPANS, RELATIONS, "a1", {"title": "One"})
EXTENTS = sorted((*fragment, label) for one in SPANS for fragment in one.fragments for label in one.labels)
BARE = sorted([*EXTENTS, (*at("said"), "")])


def collection(*documents: Document, main: str | None = None) -> Collection:
    across = (Relation("x", "1", "2", ("UPDATES",)),)
    layers = sorted({span.layer for document in documents for span in document.spans})
    return Collection(tuple(layers), main, "en", list(documents), across)


def gathered(write: Write, *documents: Document, main: str | None = None, **more: Any) -> tuple[dict[str, bytes], Lost]:
    """The files that are written, and what could not be held."""
    lost, files = Lost(), dict[str, bytes]()
    for name, data in write(collection(*documents, main=main), lost, **more):
        files[name] = files.get(name, b"") + data
    return files, Lost({what: count for what, count in lost.items() if count})


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of two layers, whose spans nest, cross, are the same, discontinuous, without or with several labels."""
    text = "".join(draw(st.lists(st.one_of(PIECES, st.sampled_from("\x1c\u2028\u200b\u200d\x85%")), max_size=20)))
    cuts = st.lists(st.integers(0, len(text)), min_size=2, max_size=4, unique=True).map(sorted)
    spans = []
    for number in range(draw(st.integers(0, 6)) if len(text) > 1 else 0):
        edges = draw(cuts)
        fragments = tuple(list(pairwise(edges))[::2])
        labels = draw(st.lists(st.sampled_from(["A", "B C", "é|\n"]), max_size=2, unique=True))
        spans.append(Span(str(number), draw(st.sampled_from(["who", "say it"])), tuple(labels), fragments))
    spans.sort(key=lambda one: (one.start, -one.end, one.layer, one.id))
    ids = st.sampled_from([one.id for one in spans]) if spans else st.nothing()
    ends = draw(st.lists(st.tuples(ids, ids), max_size=3)) if spans else []
    links = [Relation(f"r{number}", *pair, ("by",)) for number, pair in enumerate(ends)]
    return Document("d", text, "d", tuple(spans), tuple(links))


def extents(document: Document, layer: str | None = None, bare: bool = True) -> list[Extent]:
    """Each fragment of each span, once for each label."""
    return sorted(
        (*fragment, label)
        for one in document.spans
        if layer in (None, one.layer)
        for fragment in one.fragments
        for label in one.labels or (("",) if bare else ())
    )


def shown(text: str, found: list[Extent]) -> list[Extent]:
    """What can be seen of extents; what is nothing else is gone."""
    return sorted((*seen(text, *one[:2]), one[2]) for one in found if seen(text, *one[:2]) != (one[0], one[0]))


def bare(text: str, found: list[Extent]) -> list[Extent]:
    """Extents without the joiners and selectors behind them, which another span may cut off."""
    return sorted((start, start + len(text[start:end].rstrip(TAILS)), label) for start, end, label in found)


def placed(text: str, tokens: list[str]) -> list[tuple[int, int]]:
    """Where tokens are that have nothing between them that can be seen."""
    found, start = [], 0
    for token in tokens:
        while not text.startswith(token, start):
            assert unseen(text[start]), (token, text[start])
            start += 1
        found.append((start, start + len(token)))
        start += len(token)
    assert all(map(unseen, text[start:]))
    return found


# spaCy


def docs(data: bytes) -> list[Any]:
    return list(DocBin().from_bytes(data).get_docs(VOCAB))


def in_groups(doc: Any) -> list[Extent]:
    return sorted((one.start_char, one.end_char, one.label_) for group in doc.spans.values() for one in group)


def test_spacy_reads_every_span_and_the_outermost_as_entities() -> None:
    files, lost = gathered(docbin.write, DOCUMENT, main="who")
    (doc,) = docs(files["train.spacy"])
    assert doc.text == TEXT
    assert in_groups(doc) == BARE
    assert [(one.text, one.label_, one.id_) for one in doc.ents] == [
        ("👩‍👧", "A", "family"),
        ("Bob left\r\nRome", "A", "long"),
        ("มือ", "A", "cut"),
    ]
    assert {one.id_ for one in doc.spans["say"]} == {"marks", "smile", "parts"}
    assert doc.user_data["spans"] == {"long": {"sure": True, "kind": "city", "note": "two words", "much": 2.5}}
    assert [(one["from"], one["to"], list(one["labels"])) for one in doc.user_data["relations"]] == [
        ("marks", "smile", ["by", "of"]),
        ("long", "nested", []),
        ("bare", "marks", ["by"]),
    ]
    assert lost == {"discontinuous spans, written as their fragments": 1, "relations between documents": 1}


@given(documents())
def test_spacy_holds_any_span(document: Document) -> None:
    (doc,) = docs(gathered(docbin.write, document, main="who")[0]["train.spacy"])
    assert doc.text == document.text
    assert in_groups(doc) == extents(document)
    assert all(left.end_char <= right.start_char for left, right in pairwise(doc.ents))


# CoNLL


def read_conll(text: str, data: bytes) -> list[Extent]:
    """The spans that tags in one file give, decoded by the repository's own reader."""
    head, *blocks = data.decode().split("\n\n")
    assert head == "-DOCSTART- -X- O O"
    rows = [line.split(" ") for block in blocks for line in block.split("\n") if line]
    assert all(row[1:3] == ["-X-", "O"] and len(row) == 4 for row in rows)
    tokens = placed(text, [row[0] for row in rows])
    return [(start, end, unquote(label)) for start, end, label in decode_bio(tokens, [row[3] for row in rows])]


def test_conll_has_a_file_for_each_layer_and_counts_what_does_not_fit() -> None:
    files, lost = gathered(conll.write, DOCUMENT)
    assert list(files) == ["say.conll", "who.conll", "documents.json"]
    assert read_conll(TEXT, files["who.conll"]) == [
        (*at("👩‍👧"), "A"),
        (*at("Bob left\r\nRome"), "A"),
        (*at("มือ"), "A"),
    ]
    assert read_conll(TEXT, files["say.conll"]) == sorted(
        [
            (*at("said"), "CUE"),
            (*at("left"), "CUE"),
            (*at("e\u0301te\u0301"), "A"),
            (*at("end"), "CUE"),
            (*at("😀"), "CUE"),
        ]
    )
    assert json.loads(files["documents.json"]) == [{"doc_id": "d1", "annotation_id": "a1"}]
    assert lost == {
        "nested spans": 2,
        "crossing spans": 1,
        "further labels of spans": 1,
        "spans without a label": 1,
        "discontinuous spans, written as their fragments": 1,
        "relations": 3,
        "relations between documents": 1,
        "documents' attributes": 1,
        "spans' attributes": 1,
    }


NAMES = Document(
    "d",
    "Bob Ray left Rome.\nNo one. Ann",
    "d",
    tuple(Span(str(n), "who", ("B C",), (extent,)) for n, extent in enumerate([(0, 7), (13, 17), (27, 30)])),
)


def test_conll_is_read_by_nervaluate() -> None:
    files, _ = gathered(conll.write, Document("d", "Bob left Rome.\n\nNo one.", "d", ()), main=None)
    assert list(files) == ["documents.json"]
    files, _ = gathered(conll.write, NAMES, NAMES)
    sentences = files["who.conll"].decode().removesuffix("\n\n").split("\n\n")
    found = ListLoader().load([[line.split(" ")[3] for line in sentence.split("\n")] for sentence in sentences])
    assert [[(entity.label, entity.start, entity.end) for entity in sentence] for sentence in found] == 2 * [
        [],
        [("B%20C", 0, 1), ("B%20C", 3, 3)],
        [],
        [("B%20C", 0, 0)],
    ]


@pytest.mark.parametrize("scheme", ["BIO", "BILOU"])
def test_conll_is_read_by_spacys_converter(scheme: str) -> None:
    files, _ = gathered(conll.write, NAMES, DOCUMENT, NAMES, scheme=scheme)
    read: Any = converters
    found = list(read.conll_ner_to_docs(files["who.conll"].decode(), no_print=True))
    assert len(found) == 3
    assert [[str(token) for token in doc] for doc in (found[0], found[2])] == 2 * [
        ["Bob", "Ray", "left", "Rome", ".", "No", "one", ".", "Ann"]
    ]
    assert [[(one.text, one.label_) for one in doc.ents] for doc in (found[0], found[2])] == 2 * [
        [("Bob Ray", "B%20C"), ("Rome", "B%20C"), ("Ann", "B%20C")]
    ]
    assert [one.text for one in found[0].sents] == ["Bob Ray left Rome .", "No one .", "Ann"]
    assert [one.text for one in found[1].ents] == ["👩‍👧", "Bob left Rome", "มือ"]


def test_conll_in_bilou_marks_the_last_and_the_only_token() -> None:
    spans = (
        Span("1", "who", ("X",), ((0, 9),)),
        Span("2", "who", ("X",), ((10, 14),)),
        Span("3", "who", ("Y",), ((14, 21),)),
    )
    files, _ = gathered(conll.write, Document("d", "one two x fourfive six", "d", spans), scheme="BILOU")
    assert files["who.conll"].decode() == (
        "-DOCSTART- -X- O O\n\none -X- O B-X\ntwo -X- O I-X\nx -X- O L-X\nfour -X- O U-X\nfive -X- O B-Y\n"
        "si -X- O L-Y\nx -X- O O\n\n"
    )


@given(documents())
def test_conll_decodes_to_the_outermost_spans(document: Document) -> None:
    files, lost = gathered(conll.write, document)
    for layer in {one.layer for one in document.spans}:
        expected: list[Extent] = []
        first = Document("", document.text, "", tuple(one for one in document.spans if one.labels))
        labels = {one.labels[0] for one in first.spans}
        for start, end, _ in sorted(shown(document.text, extents(first, layer)), key=lambda one: (one[0], -one[1])):
            if not expected or start >= expected[-1][1]:
                expected.append((start, end, ""))
        found = read_conll(document.text, files[f"{file_name(layer)}.conll"])
        assert [(start, end, "") for start, end, _ in found] == expected
        assert {label for _, _, label in found} <= labels
    kept = sum(
        len(read_conll(document.text, files[f"{file_name(one)}.conll"])) for one in {s.layer for s in document.spans}
    )
    gone = ("nested spans", "crossing spans", "spans without a label", NOTHING_SEEN)
    assert kept + sum(lost[what] for what in gone) == sum(len(one.fragments) for one in document.spans)


# GLiNER


def test_gliner_numbers_the_first_and_the_last_token_and_relates_entries() -> None:
    files, lost = gathered(gliner.write, DOCUMENT)
    assert list(files) == ["say.json", "who.json"]
    (sentence,) = [one for one in json.loads(files["say.json"]) if one["relations"]]
    words, entries = sentence["tokenized_text"], sentence["ner"]
    assert [("".join(words[start : end + 1]), label) for start, end, label in entries] == [
        ("e\u0301te\u0301", "A"),
        ("end", "CUE"),
        ("😀", "CUE"),
    ]
    assert sentence["relations"] == [[0, 2, "by"], [0, 2, "of"]]
    assert lost["relations between sentences or layers, or without a label"] == 2
    assert lost["spans without a label"] == 1


@given(documents())
def test_gliner_holds_nested_and_crossing_spans(document: Document) -> None:
    files, _ = gathered(gliner.write, document)
    for layer in {one.layer for one in document.spans}:
        found: list[Extent] = []
        tokens: list[str] = []
        for sentence in json.loads(files[f"{file_name(layer)}.json"]):
            found += [(len(tokens) + start, len(tokens) + end, label) for start, end, label in sentence["ner"]]
            assert all(0 <= end < len(sentence["ner"]) for one in sentence["relations"] for end in one[:2])
            tokens += sentence["tokenized_text"]
        places = placed(document.text, tokens)
        got = sorted((places[start][0], places[end][1], label) for start, end, label in found)
        whole = shown(document.text, extents(document, layer, bare=False))
        assert bare(document.text, got) == bare(document.text, whole)


# Prodigy


def read_prodigy(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def test_prodigy_has_spans_by_characters_and_tokens_and_relations_between_tokens() -> None:
    files, lost = gathered(prodigy.write, DOCUMENT)
    (row,) = read_prodigy(files["documents.jsonl"])
    assert row["meta"] == {"doc_id": "d1", "annotation_id": "a1"}
    assert sorted((one["start"], one["end"], one["label"]) for one in row["spans"]) == BARE
    ends = [(one["head_span"], one["child_span"], one["label"]) for one in row["relations"]]
    assert [
        (TEXT[head["start"] : head["end"]], TEXT[child["start"] : child["end"]], label) for head, child, label in ends
    ] == [
        ("e\u0301te\u0301", "😀", "by"),
        ("e\u0301te\u0301", "😀", "of"),
        ("Bob left\r\nRome", "Bob", ""),
        ("said", "e\u0301te\u0301", "by"),
    ]
    assert [one["head"] for one in row["relations"]] == [head["token_end"] for head, _, _ in ends]
    assert lost["relations without a direction or with both"] == 1


@given(documents())
def test_prodigy_tokens_are_the_text_and_spans_are_of_whole_tokens(document: Document) -> None:
    (row,) = read_prodigy(gathered(prodigy.write, document)[0]["documents.jsonl"])
    tokens = row["tokens"]
    assert "".join(one["text"] + " " * one["ws"] for one in tokens) == document.text == row["text"]
    assert [one["id"] for one in tokens] == list(range(len(tokens)))
    assert sorted((one["start"], one["end"], one["label"]) for one in row["spans"]) == extents(document)
    for one in row["spans"]:
        assert (tokens[one["token_start"]]["start"], tokens[one["token_end"]]["end"]) == (one["start"], one["end"])
        assert one["text"] == document.text[one["start"] : one["end"]]


# brat


def decoded(name: str) -> str:
    return re.sub("(?:-[0-9A-F]{2})+", lambda found: bytes.fromhex(found[0].replace("-", "")).decode(), name)


def read_brat(files: dict[str, bytes]) -> tuple[str, list[Span], list[Relation]]:
    """A document by the rules of brat's standoff format, checking what brat checks; labels come from types."""
    text = files["d1.txt"].decode() if "d1.txt" in files else files["d.txt"].decode()
    lines = (files["d1.ann"] if "d1.ann" in files else files["d.ann"]).decode().splitlines()
    bound: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {}
    links: dict[str, tuple[str, str, str]] = {}
    attributes: dict[str, dict[str, Any]] = {}
    notes: dict[str, Any] = {}
    assert len({line.split("\t")[0] for line in lines}) == len(lines)
    for line in lines:
        name, said, *rest = line.split("\t", 2)
        if name[0] == "T":
            type_, where = said.split(" ", 1)
            fragments = tuple((int(one.split()[0]), int(one.split()[1])) for one in where.split(";"))
            assert rest == [" ".join(text[start:end] for start, end in fragments)]
            bound[name] = decoded(type_), fragments
        elif name[0] == "A":
            key, target, *value = said.split(" ")
            attributes.setdefault(target, {})[decoded(key)] = value[0] if value else True
        elif name[0] == "R":
            type_, one, other = said.split(" ")
            links[name] = decoded(type_), one.removeprefix("Arg1:"), other.removeprefix("Arg2:")
        else:
            assert name[0] == "#"
            notes[said.removeprefix("AnnotatorNotes ")] = json.loads(rest[0])
    spans: dict[str, Span] = {}
    for name, (type_, fragments) in bound.items():
        told = notes[name]
        assert type_ in (told["labels"] or [brat.UNLABELLED])
        more = told.get("attributes", {}) | attributes.get(name, {})
        spans.setdefault(
            told["id"], Span(told["id"], told["layer"], tuple(told["labels"]), joined(text, fragments), more)
        )
    relations: dict[str, Relation] = {}
    for name, (type_, one, other) in links.items():
        told = notes[name]
        assert type_ in (told["labels"] or [brat.UNLABELLED])
        ends = notes[one]["id"], notes[other]["id"]
        relations[told["id"]] = Relation(told["id"], *ends, tuple(told["labels"]), told["direction"])
    return text, list(spans.values()), list(relations.values())


def joined(text: str, fragments: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Fragments that only line breaks part, as one."""
    found = list(fragments[:1])
    for start, end in fragments[1:]:
        if brat.LINE.search(text, found[-1][1], start):
            found.append((start, end))
        else:
            found[-1] = found[-1][0], end
    return tuple(found)


def test_brat_gives_back_every_span_relation_and_attribute() -> None:
    files, lost = gathered(brat.write, DOCUMENT)
    text, spans, relations = read_brat(files)
    assert text == TEXT
    assert spans == list(SPANS)
    assert relations == list(RELATIONS)
    assert lost == {
        "documents' attributes": 1,
        "relations between documents": 1,
        "relations without a direction or with both": 1,
    }
    assert files["annotation.conf"].decode() == (
        "[entities]\nA\nB-20C\nCUE\nUNLABELLED\n\n"
        "[relations]\n<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n"
        "UNLABELLED Arg1:<ENTITY>, Arg2:<ENTITY>\nby Arg1:<ENTITY>, Arg2:<ENTITY>\nof Arg1:<ENTITY>, Arg2:<ENTITY>\n\n"
        "[events]\n\n"
        "[attributes]\nkind Arg:<ENTITY>, Value:city\nsure Arg:<ENTITY>\n"
    )
    assert files["visual.conf"].decode() == "[labels]\nB-20C | B C\n\n[drawing]\n"


def test_brat_is_read_by_bratly(tmp_path: Path) -> None:
    files, _ = gathered(brat.write, DOCUMENT)
    (tmp_path / "d1.ann").write_bytes(files["d1.ann"])
    found = read_and_load_ann_file(str(tmp_path / "d1.ann"), no_duplicates=False, sorting=False, renumerotize=False)
    assert found is not None
    entities = [one for one in found.annotations if isinstance(one, EntityAnnotation)]
    extents = sorted((one.fragments[0].start, one.fragments[-1].end, decoded(one.label)) for one in entities)
    assert extents == sorted((one.start, one.end, label) for one in SPANS for label in one.labels or (brat.UNLABELLED,))
    relations = [one for one in found.annotations if isinstance(one, RelationAnnotation)]
    assert [(one.label, one.argument1[1].content, one.argument2[1].content) for one in relations] == [
        ("by", "e\u0301te\u0301", "😀"),
        ("of", "e\u0301te\u0301", "😀"),
        ("UNLABELLED", "Bob left Rome", "Bob"),
        ("by", "said", "e\u0301te\u0301"),
    ]


@given(st.text(st.one_of(st.sampled_from("-2D_aé "), st.characters(exclude_categories=["Cs"])), min_size=1))
def test_a_type_of_brat_gives_its_label_back(label: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", brat.quoted(label))
    assert decoded(brat.quoted(label)) == label


@given(documents())
def test_brat_holds_any_span_of_more_than_line_breaks(document: Document) -> None:
    files, lost = gathered(brat.write, document)
    text, spans, relations = read_brat(files)
    assert text == document.text
    inked = {one.id: one for one in document.spans if any(brat.LINE.search(text, *part) for part in one.fragments)}
    assert {one.id: (one.layer, one.labels) for one in spans} == {
        name: (one.layer, one.labels) for name, one in inked.items()
    }
    for one in spans:
        marked = {place for start, end in inked[one.id].fragments for place in range(start, end)}
        assert {place for start, end in one.fragments for place in range(start, end)} >= {
            place for place in marked if brat.LINE.match(text[place])
        }
    if not lost["line breaks and tabs at the edges of spans"]:
        wanted = {name: joined(text, one.fragments) for name, one in inked.items()}
        assert {one.id: one.fragments for one in spans} == wanted
    assert lost["spans of nothing but line breaks and tabs"] == len(document.spans) - len(inked)
    assert len(relations) + lost["relations of spans that are left out"] == len(document.relations)


# Argilla


def test_argilla_reads_settings_and_records(tmp_path: Path) -> None:
    files, lost = gathered(argilla.write, DOCUMENT)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    user = {"id": str(UUID(int=1)), "username": "a", "first_name": "a", "role": "owner"}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=user))
    rg.Argilla(api_url="http://localhost", api_key="none", mounts={"all://": answer})
    settings = rg.Settings.from_json(tmp_path / ".argilla/settings.json")
    settings.validate()
    assert [(one.name, one.title, one.field, one.labels, one.allow_overlapping) for one in settings.questions] == [
        ("say", "say", "text", ["A", "CUE"], True),
        ("who", "who", "text", ["A", "B C"], True),
    ]
    (record,) = JsonIO._records_from_json(tmp_path / "records.json")
    assert (record.id, record.fields["text"], record.metadata["doc_id"]) == ("d1", TEXT, "d1")
    suggested = {one.question_name: one.value for one in record.suggestions}
    assert sorted(tuple(one.values()) for value in suggested.values() for one in value) == EXTENTS
    assert lost["relations"] == 3
    assert lost["spans without a label"] == 1


def test_argilla_names_questions_as_its_server_allows() -> None:
    names = argilla.safe_names(["Who", "who", "WHO!", "ใคร", "say it", "text", "doc_id"])
    assert names == ["who", "who-2", "who-3", "unnamed", "say_it", "text-2", "doc_id-2"]


@given(documents())
def test_argilla_suggests_every_span_that_has_a_label(document: Document) -> None:
    files, _ = gathered(argilla.write, document)
    (record,) = json.loads(files["records.json"])
    (text,) = record["fields"].values()
    found = [one for each in record["suggestions"].values() for one in each["value"]]
    assert sorted((one["start"], one["end"], one["label"]) for one in found) == extents(document, bare=False)
    assert all(0 <= one["start"] < one["end"] <= len(text) for one in found)
    asked = {
        one["name"]: one["settings"]["options"] for one in json.loads(files[".argilla/settings.json"])["questions"]
    }
    for name, each in record["suggestions"].items():
        assert {one["label"] for one in each["value"]} <= {option["value"] for option in asked[name]}


# UIMA


def read_uima(files: dict[str, bytes], name: str) -> tuple[Any, Any]:
    types = cassis.load_typesystem(files["TypeSystem.xml"].decode())
    return cassis.load_cas_from_xmi(files[name].decode(), typesystem=types), ElementTree.fromstring(files[name])


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_uima_covers_the_same_text_with_offsets_in_utf16_units() -> None:
    files, lost = gathered(uima.write, DOCUMENT)
    cas, xml = read_uima(files, "d1.xmi")
    assert cas.sofa_string == TEXT
    expected = [(one, fragment) for one in SPANS for fragment in one.fragments]
    found = cas.select("goldspan.Span")
    assert sorted((one.spanId, one.begin, one.end, one.get_covered_text()) for one in found) == sorted(
        (one.id, start, end, TEXT[start:end]) for one, (start, end) in expected
    )
    raw = {(one.get("spanId"), int(one.get("begin")), int(one.get("end"))) for one in xml.findall("{*}Span")}
    assert raw == {(one.id, utf16(TEXT[:start]), utf16(TEXT[:end])) for one, (start, end) in expected}
    assert ("smile", utf16(TEXT) - 2, utf16(TEXT)) in raw
    labels = {one.spanId: list(one.labels.elements or []) for one in found}
    assert labels == {one.id: list(one.labels) for one in SPANS}
    (told,) = [json.loads(one.attributes) for one in found if one.attributes]
    assert told == {"sure": True, "kind": "city", "note": "two words", "much": 2.5}
    links = [(one.source.spanId, one.target.spanId, one.direction) for one in cas.select("goldspan.Relation")]
    assert sorted(links) == sorted((one.from_id, one.to_id, one.direction) for one in RELATIONS)
    assert lost == {"discontinuous spans, written as their fragments": 1, "relations between documents": 1}


def test_uima_replaces_what_xml_cannot_hold_and_says_so() -> None:
    text = "a\x00b\x0b\uffffc"
    files, lost = gathered(uima.write, Document("d", text, "d", (Span("1", "who", ("X",), ((5, 6),)),)))
    cas, _ = read_uima(files, "d.xmi")
    assert cas.sofa_string == "a\ufffdb\ufffd\ufffdc"
    assert [one.get_covered_text() for one in cas.select("goldspan.Span")] == ["c"]
    assert lost["characters that XML has no place for"] == 3


@given(documents())
def test_uima_holds_any_span(document: Document) -> None:
    cas, xml = read_uima(gathered(uima.write, document)[0], "d.xmi")
    cleaned = "".join("\ufffd" if char in "\x1c\x1f" else char for char in document.text)
    assert cas.sofa_string == cleaned
    found = [
        (one.begin, one.end, label) for one in cas.select("goldspan.Span") for label in one.labels.elements or ("",)
    ]
    assert sorted(found) == extents(document)
    assert len(xml.findall("{*}Relation")) == len(document.relations)


# JSON lines, file names, the command


@given(documents())
def test_jsonl_holds_everything(document: Document) -> None:
    files, lost = gathered(jsonl.write, document)
    (row,) = read_prodigy(files["documents.jsonl"])
    spans = [
        Span(one["id"], one["layer"], tuple(one["labels"]), tuple(map(tuple, one["fragments"])), one["attributes"])
        for one in row["spans"]
    ]
    links = [
        Relation(one["id"], one["from"], one["to"], tuple(one["labels"]), one["direction"], one["attributes"])
        for one in row["relations"]
    ]
    assert (row["text"], tuple(spans), tuple(links)) == (document.text, document.spans, document.relations)
    assert all(one["text"] == row["text"][one["start"] : one["end"]] for one in row["spans"])
    assert json.loads(files["relations.jsonl"])["id"] == "x"
    assert not lost


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15))
def test_a_file_name_is_safe_and_gives_its_id_back(name: str) -> None:
    for capitals in (True, False):
        found = file_name(name, capitals)
        assert re.fullmatch(r"[A-Za-z0-9_%-]+", found)
        assert unquote(found) == name
        assert not re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", found)
        assert capitals or re.sub("%..", "", found) == re.sub("%..", "", found).lower()


def test_file_names_differ_where_file_systems_have_no_case() -> None:
    names = file_names([("a",), ("A",), ("../x",), ("nul",), ("a", "1"), ("b.c",), ("d",)])
    assert names == ["a", "%41", "%2E%2E%2Fx", "%6Eul", "a@1", "b%2Ec", "d"]


def test_a_file_name_that_would_be_too_long_ends_in_a_hash() -> None:
    first, second = file_name("ក" * 300), file_name("ក" * 301)
    assert len(first) < 200
    assert re.fullmatch(r"[A-F0-9%E]+~[0-9a-f]{16}", first)
    assert first != second
    assert file_name("") == "~e3b0c44298fc1c14"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A converted folder: a document annotated twice, one skipped, one not annotated, and ids that are paths."""
    tasks = [
        task(annotation(region("1", "Ann", "A"), region("2", "Bob", "bee"), relation("1", "2", direction="left"))),
        task(annotation(number=12, was_cancelled=True), number=2),
        task(number=3, doc_id="../../up"),
        task(annotation(region("1", "Ann", "A"), number=13), annotation(number=14), number=4, doc_id="CON"),
    ]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    convert([tmp_path / "export.json"], write_config(tmp_path), tmp_path / "converted")
    return tmp_path / "converted"


@pytest.mark.parametrize("form", Format)
def test_a_release_is_written_in_every_format_twice_the_same(form: Format, run: Run, tmp_path: Path) -> None:
    result = run("export", RELEASE, "--format", form, "--out", tmp_path / "a")
    assert result.returncode == 0, result.stderr
    export(RELEASE, form, tmp_path / "b")
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    figures = json.loads(result.stdout)
    rows = {one: pq.read_table(RELEASE / one).num_rows for one in ("documents", "entities", "claims")}
    assert figures["documents"] == rows["documents"]
    assert figures["cannot_hold"] == json.loads((tmp_path / "a/goldspan.summary.json").read_text())["cannot_hold"]
    for what, count in figures["cannot_hold"].items():
        assert f"W960 Not all is written: {form} cannot hold {what}: {count}\n" in result.stderr


def test_the_entities_of_the_release_are_those_that_spacy_reads_from_disk(run: Run, tmp_path: Path) -> None:
    run("export", RELEASE, "--format", "spacy", "--out", tmp_path / "out")
    read = list(DocBin().from_disk(tmp_path / "out/train.spacy").get_docs(spacy.blank("en").vocab))
    entities = pq.read_table(RELEASE / "entities").to_pylist()
    outer = {one["mention_id"]: one["text"] for one in entities if one["parent_mention_id"] is None}
    assert {one.id_: one.text for doc in read for one in doc.ents} == outer
    claims = pq.read_table(RELEASE / "claims").to_pylist()
    contents = sorted((one["claim_id"], part["text"]) for one in claims for part in one["content"])
    found = [one for doc in read for one in doc.spans["claim"] if one.label_ == "content"]
    assert sorted((one.id_, one.text) for one in found) == contents


def test_relations_of_the_release_lead_from_cues_and_between_claims(run: Run, tmp_path: Path) -> None:
    run("export", RELEASE, "--format", "jsonl", "--out", tmp_path / "out")
    read = read_prodigy((tmp_path / "out/documents.jsonl").read_bytes())
    across = read_prodigy((tmp_path / "out/relations.jsonl").read_bytes())
    links = [link for one in read for link in one["relations"]]
    between = pq.read_table(RELEASE / "claim_relations").to_pylist()
    cued = sorted(
        (one["attribution_id"], one["claim_id"]) for one in pq.read_table(RELEASE / "claims").to_pylist() if one["cue"]
    )
    assert sorted((one["from"], one["to"]) for one in links if one["labels"] == ["content"]) == cued
    found = [(one["id"], one["labels"]) for one in [*links, *across] if one["labels"] not in (["content"], ["source"])]
    assert sorted(found) == sorted((one["relation_id"], [one["relation"]]) for one in between)
    assert len(across) == sum(one["scope"] == "CROSS_DOC" for one in between)


def test_a_converted_folder_has_a_document_for_each_annotation_and_safe_names(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    result = run("export", folder, "--format", "brat", "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    names = {path.name for path in (tmp_path / "out").glob("*.ann")}
    assert names == {"d1.ann", "d2.ann", "%2E%2E%2F%2E%2E%2Fup.ann", "%43ON@13.ann", "%43ON@14.ann"}
    assert "W960 Not all is written: what is left out, annotations that were skipped: 1\n" in result.stderr
    assert "R1\tUNLABELLED Arg1:T2 Arg2:T1\n" in (tmp_path / "out/d1.ann").read_text()
    assert json.loads(result.stdout)["left_out"] == {"annotations that were skipped": 1}


def test_every_span_of_an_export_goes_through(run: Run, tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(json.dumps(TASKS))
    convert([tmp_path / "export.json"], write_config(tmp_path), tmp_path / "converted")
    result = run("export", tmp_path / "converted", "--format", "spacy", "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "W961 Which layer is that of entities is not known; doc.ents is left empty: 'say', 'who'\n" in result.stderr
    rows = pq.read_table(tmp_path / "converted/spans").to_pylist()
    found = [
        one for doc in docs((tmp_path / "out/train.spacy").read_bytes()) for each in doc.spans.values() for one in each
    ]
    assert sorted((one.id_, one.text, one.label_) for one in found) == sorted(
        (row["span_id"], row["text"], label) for row in rows for label in row["labels"] or [""]
    )
    assert all(unicodedata.is_normalized("NFC", one.id_) for one in found)


def test_only_the_layers_asked_for_are_written(run: Run, tmp_path: Path) -> None:
    result = run("export", RELEASE, "--format", "conll", "--layer", "entity", "--out", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "entity.conll",
        "documents.json",
        "goldspan.summary.json",
    }
    figures = json.loads(result.stdout)
    assert figures["spans"] == pq.read_table(RELEASE / "entities").num_rows
    assert figures["left_out"]["relations of other layers"] == 382
    wrong = run("export", RELEASE, "--format", "conll", "--layer", "name", "--out", tmp_path / "new")
    assert wrong.returncode == 1
    assert "E963 The folder has no layer of this name: 'name', not one of 'zone', 'entity', 'claim'" in wrong.stderr
    assert not (tmp_path / "new").exists()


def test_an_earlier_export_is_replaced_and_nothing_else(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("export", RELEASE, "--format", "brat", "--out", out).returncode == 0
    assert run("export", RELEASE, "--format", "argilla", "--out", out).returncode == 0
    assert run("export", RELEASE, "--format", "jsonl", "--out", out).returncode == 0
    assert {path.name for path in out.iterdir()} == {"documents.jsonl", "relations.jsonl", "goldspan.summary.json"}
    (out / "mine.txt").write_text("")
    before = fingerprint(out)
    result = run("export", RELEASE, "--format", "jsonl", "--out", out)
    assert (result.returncode, fingerprint(out)) == (1, before)
    assert "E005" in result.stderr
    assert "mine.txt" in result.stderr


def test_a_folder_of_neither_kind_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    result = run("export", tmp_path / "some", "--format", "jsonl", "--out", tmp_path / "out")
    assert result.returncode == 1
    assert (
        "E960 The folder is neither a release nor anything else that this command reads: it has no manifest.json"
        in result.stderr
    )
    assert run("export", tmp_path / "none", "--format", "jsonl", "--out", tmp_path / "out").returncode == 2
    assert not (tmp_path / "out").exists()


DAMAGE: dict[str, tuple[str, Callable[[list[dict[str, Any]]], None], str]] = {
    "another text": (
        "spans",
        lambda rows: rows[0].update(text="Bob"),
        "E962 A span or relation does not fit its document: 0 to 3 is not 'Bob'",
    ),
    "an end behind the text": (
        "spans",
        lambda rows: rows[0].update(end=9999),
        "E962 A span or relation does not fit its document: 0 to 9999",
    ),
    "an id twice": ("spans", lambda rows: rows[1].update(span_id=rows[0]["span_id"]), "its id stands twice"),
    "no such annotation": ("spans", lambda rows: rows[0].update(annotation_id="99"), "there is no annotation '99'"),
    "another document": ("spans", lambda rows: rows[0].update(doc_id="d2"), "it is of another document"),
    "an end that is none": ("relations", lambda rows: rows[0].update(to_span_id="x"), "there is no span 'x'"),
    "a document twice": ("documents", lambda rows: rows[0].update(doc_id="d2"), "it stands twice"),
    "no such document": ("annotations", lambda rows: rows[0].update(doc_id="d9"), "there is no document 'd9'"),
    "no text": (
        "documents",
        lambda rows: rows[0].update(text=None),
        "row documents: E621 A converted table lacks a column, has one of another type or one too many, or null where a value must be: text is null",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_does_not_fit_stops_the_export(damage: str, folder: Path, run: Run, tmp_path: Path) -> None:
    name, change, message = DAMAGE[damage]
    (path,) = (folder / name).iterdir()
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)
    result = run("export", folder, "--format", "jsonl", "--out", tmp_path / "out")
    assert result.returncode == 1
    assert message in result.stderr
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.glob(".out*")) == []


def test_a_table_that_is_none_is_named(folder: Path, run: Run, tmp_path: Path) -> None:
    (path,) = (folder / "spans").iterdir()
    path.write_bytes(b"no table")
    result = run("export", folder, "--format", "jsonl", "--out", tmp_path / "out")
    assert (result.returncode, f"{path}: E620" in result.stderr, "Traceback" in result.stderr) == (1, True, False)


def test_without_its_extra_a_format_says_which_one_is_missing(tmp_path: Path) -> None:
    code = "import sys; sys.modules['spacy'] = None; from goldspan.cli import main; main()"
    arguments = ["export", RELEASE, "--format", "spacy", "--out", tmp_path / "out"]
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "install goldspan[formats] for this command" in result.stderr
    assert not (tmp_path / "out").exists()


WRITERS = {form: import_module(f"goldspan.formats.{form}").write for form in Format}


@pytest.mark.parametrize("form", Format)
def test_the_docs_say_what_a_format_cannot_hold(form: Format) -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{form}` \|.*$", page, re.MULTILINE)
    blank = Span("blank", "who", ("A",), (at("\r\n"),))
    edge = Span("edge", "who", ("A",), (at("said "),))
    said = {"text": TEXT + "\x00", "spans": (*SPANS, blank, edge), "values": {"stance": "for"}}
    lost = gathered(WRITERS[form], msgspec.structs.replace(DOCUMENT, **said))[1]
    assert [what for what in lost if what not in row] == []
