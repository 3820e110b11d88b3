"""White space and invisible characters are no tokens and no entities; what is trimmed of a span is counted."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
import spacy
from hypothesis import given
from spacy.tokens import DocBin

from goldspan.convert.conversion import Converted, convert
from goldspan.convert.tagging import ALONE, AT_EDGES
from goldspan.formats import conll, gliner
from goldspan.formats import spacy as docbin
from goldspan.formats.export import Format, export
from goldspan.formats.stream import Document
from tests.characters import seen, unseen
from tests.conftest import Run
from tests.exports import annotation, region, task, write_config
from tests.test_convert import rows_of, write_tokenizer
from tests.test_formats import NOTHING_SEEN, documents, gathered

TEXT = (
    "The film stars Frida Holm as \u200dlead\u200d in \u200bOslo \u200fHaifa\u200e café👨\u200d👩 \n\n می\u200cخواهم."
)
MARKED = (" Frida Holm ", "\u200dlead\u200d", "\u200bOslo", "\u200fHaifa\u200e", "👨\u200d👩", " \n\n ", "\u200cخواهم")
FOUND = ["Frida Holm", "lead\u200d", "Oslo", "Haifa", "👨\u200d👩", "خواهم"]
BROKEN = [
    "The",
    "film",
    "stars",
    "Frida",
    "Holm",
    "as",
    "lead\u200d",
    "in",
    "Oslo",
    "Haifa",
    "café",
    "👨\u200d👩",
    "می\u200c",
    "خواهم",
    ".",
]


def converted(folder: Path, **options: Any) -> Converted:
    """What a conversion of a text says in which every span but the last has something invisible at its edges."""
    regions = [region(str(at), words, "A", text=TEXT) for at, words in enumerate(MARKED)]
    tasks = [task(annotation(*regions), annotation(number=12), text=TEXT), task(number=2, text="\u200b \ufeff")]
    (folder / "export.json").write_text(json.dumps(tasks))
    return convert([folder / "export.json"], write_config(folder), folder / "out", bio="who", **options)


def test_tags_of_a_conversion_begin_with_what_can_be_seen(tmp_path: Path) -> None:
    said = converted(tmp_path)
    marked, bare = rows_of(tmp_path / "out")["bio"]
    assert marked["tokens"] == BROKEN
    assert [TEXT[start:].startswith(token) for start, token in zip(marked["token_starts"], BROKEN, strict=True)] == [
        True
    ] * len(BROKEN)
    tags = dict(zip(BROKEN, marked["ner_tags"], strict=True))
    assert [token for token in BROKEN if tags[token] == 1] == [
        "Frida",
        "lead\u200d",
        "Oslo",
        "Haifa",
        "👨\u200d👩",
        "خواهم",
    ]
    assert [token for token in BROKEN if tags[token] == 2] == ["Holm"]
    assert bare["ner_tags"] == [0] * len(bare["tokens"])
    assert said.untagged == {ALONE: 1, AT_EDGES: 5}


def test_sub_words_begin_with_the_same(tmp_path: Path) -> None:
    converted(tmp_path, tokenizer=write_tokenizer(tmp_path / "tokenizer.json"))
    row = rows_of(tmp_path / "out")["bio"][0]
    assert sum(tag == 1 for tag in row["ner_tags"]) == len(FOUND)
    assert sum(tag == 2 for tag in row["ner_tags"]) == 1


def test_the_summary_counts_what_is_not_tagged(tmp_path: Path, run: Run) -> None:
    converted(tmp_path)
    said = run(
        "convert",
        tmp_path / "export.json",
        "--config",
        tmp_path / "config.xml",
        "--out",
        tmp_path / "out",
        "--bio",
        "who",
    )
    assert said.stdout.splitlines()[-4:] == [
        "relations               0 rows, so it has no config",
        "bio                     2 rows",
        "not tagged              1 white space or invisible characters alone",
        "not tagged              5 white space or invisible characters at the edges",
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_counts_do_not_depend_on_workers(tmp_path: Path, workers: int) -> None:
    assert converted(tmp_path, workers=workers).untagged == {ALONE: 1, AT_EDGES: 5}


@pytest.mark.parametrize("form", [Format.conll, Format.gliner])
def test_no_token_of_a_format_is_invisible(tmp_path: Path, form: Format) -> None:
    converted(tmp_path)
    summary = export(tmp_path / "out", form, tmp_path / "new").summary
    assert summary.cannot_hold[NOTHING_SEEN] == 1
    assert summary.cannot_hold["white space or invisible characters at the edges of spans"] == 5
    if form is Format.gliner:
        sentences = json.loads((tmp_path / "new/who.json").read_text())
        found = [" ".join(one["tokenized_text"][start : end + 1]) for one in sentences for start, end, _ in one["ner"]]
        assert found == FOUND
        tokens = [token for one in sentences for token in one["tokenized_text"]]
    else:
        lines = (tmp_path / "new/who.conll").read_text().splitlines()
        tokens = [line.split(" ")[0] for line in lines if line and "DOCSTART" not in line]
    assert tokens[: len(BROKEN)] == BROKEN
    assert not any(unseen(token[0]) for token in tokens)


def test_no_entity_of_spacy_is_white_space_and_its_spans_are_whole(tmp_path: Path) -> None:
    converted(tmp_path)
    summary = export(tmp_path / "out", Format.spacy, tmp_path / "new").summary
    doc, *_ = DocBin().from_disk(tmp_path / "new/train.spacy").get_docs(spacy.blank("en").vocab)
    assert doc.text == TEXT
    assert [one.text for one in doc.spans["who"]] == list(MARKED)
    assert [one.text for one in doc.ents] == [
        "Frida Holm",
        "\u200dlead\u200d",
        "\u200bOslo",
        "\u200fHaifa\u200e",
        "👨\u200d👩",
        "\u200cخواهم",
    ]
    assert summary.cannot_hold == {
        "entities of nothing but white space or invisible characters": 1,
        "white space or invisible characters at the edges of entities": 1,
    }


@given(documents())
def test_formats_of_tokens_have_no_invisible_ones(document: Document) -> None:
    for write, name in ((conll.write, "conll"), (gliner.write, "gliner")):
        files, _ = gathered(write, document)
        for data in (data for file, data in files.items() if file.endswith(name) or file.startswith("who")):
            tokens = (
                [token for one in json.loads(data) for token in one["tokenized_text"]]
                if name == "gliner"
                else [line.split(" ")[0] for line in data.decode().split("\n") if line]
            )
            assert not any(unseen(token[0]) for token in tokens)
    files, lost = gathered(docbin.write, document, main="who")
    (doc,) = DocBin().from_bytes(files["train.spacy"]).get_docs(spacy.blank("en").vocab)
    assert doc.text == document.text
    assert not any(all(map(unseen, one.text)) for ent in doc.ents for one in (ent[0], ent[-1]))
    one = msgspec.structs.replace(document, spans=tuple(span for span in document.spans if span.layer == "who"))
    empty = [part for span in one.spans for part in span.fragments if seen(one.text, *part) == (part[0], part[0])]
    assert Counter(lost)["entities of nothing but white space or invisible characters"] == len(empty)
