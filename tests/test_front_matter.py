"""The head of a page gives back every string, to this package's reader and to others'."""

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
import yaml
from datasets import load_dataset
from huggingface_hub import DatasetCard
from hypothesis import given
from hypothesis import strategies as st

from goldspan.convert.conversion import convert
from goldspan.convert.folder import read_converted
from goldspan.front_matter import render_front_matter
from tests.exports import annotation, region, task

ODD = [
    "No", "yes", "null", "1.0", "~", "on", "2024-01-01", "#x", "'q", '"', "@x", "%x", "*x", "&x", "!x", "|", ">", "{}",
    "[x]", "1e3", "0x1F", ": ", "- a", "?", "=", "true", ".inf", " u ", "1_000", "a: b #c", "é", "🙂", "x" * 300,
    "two  spaces " * 30, "a\u0085b", "\u0085", "\u2028", "a\u2029 b", "\ufeffx", "\u00ad", "\u200b", "\x7f", "\x9f",
    "\u061c\u202e", "a\tb", "a\nb", "\n", "a\n---\nb", "a\r\nb", "\r", "\\n", "\ufffd", "\ue000", "\U000e0001",
]  # fmt: skip


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=20), max_size=4))
def test_any_string_comes_back(texts: list[str]) -> None:
    settings = {"names": dict(enumerate(texts)), "list": texts, "deep": [{"a": [texts]}]}
    page = render_front_matter(settings)
    assert yaml.safe_load(page.split("---\n")[1]) == settings


def test_other_readers_take_the_same_lines_for_the_head() -> None:
    page = render_front_matter({"names": ODD})
    data: Any = DatasetCard(f"{page}# Title\n").data
    assert data.to_dict()["names"] == ODD
    assert page.splitlines() == page.split("\n")[:-1]


def test_any_label_comes_back_from_a_conversion(tmp_path: Path) -> None:
    labels = "".join(f"<Label value={quoteattr(label, {chr(0x85): '&#133;'})}/>" for label in ODD)
    (tmp_path / "config.xml").write_text(
        f'<View><Labels name="who" toName="t">{labels}</Labels><Text name="t" value="$body"/></View>', encoding="utf-8"
    )
    text = "x" * len(ODD)
    regions = [
        {**region(str(at), "x", label, text=text), "value": {"start": at, "end": at + 1, "labels": [label]}}
        for at, label in enumerate(ODD)
    ]
    (tmp_path / "export.json").write_text(json.dumps([task(annotation(*regions), text=text)]))
    convert([tmp_path / "export.json"], tmp_path / "config.xml", tmp_path / "out", bio="who")
    names = ["O", *(f"{mark}-{label}" for label in ODD for mark in "BI")]
    loaded = load_dataset(str(tmp_path / "out"), "bio", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.features["ner_tags"].feature.names == names
    assert [names[number] for number in loaded["ner_tags"][0]] == [f"B-{label}" for label in ODD]
    assert read_converted(tmp_path / "out").page.info("bio").class_names("ner_tags") == names


def test_a_table_without_rows_is_said_to_have_no_config(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(
        '<View><Labels name="who" toName="t"><Label value="A"/></Labels><Text name="t" value="$body"/></View>'
    )
    (tmp_path / "export.json").write_text(json.dumps([task(annotation(region("1", "Ann", "A")))]))
    convert([tmp_path / "export.json"], tmp_path / "config.xml", tmp_path / "out")
    page = (tmp_path / "out/README.md").read_text()
    assert "The table `relations` has no rows, so `load_dataset` knows no config of its name." in page
    assert "The table `spans`" not in page
    with pytest.raises(ValueError, match="'relations' not found"):
        load_dataset(str(tmp_path / "out"), "relations", cache_dir=str(tmp_path / "cache"))
