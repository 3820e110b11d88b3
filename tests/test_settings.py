"""Labeling configs, zone rules and tasks."""

import json
from pathlib import Path

import pytest

from goldspan.corpus import ZoneRule, load_corpus
from goldspan.faults import DataError
from goldspan.labeling import Kind, load_labeling_config, parse_labeling_config
from goldspan.zones import Rules, propose_zones
from tests.conftest import ROOT, Run
from tests.small import CONFIG

CONFIG_FILE = ROOT / "annotations/labeling_config.xml"


def test_layers_labels_and_attributes_come_from_the_config() -> None:
    assert (CONFIG.text_name, CONFIG.text_field) == ("t", "body")
    assert CONFIG.layers["name"].labels == ("WHO", "WHERE", "HOWMANY")
    assert CONFIG.relations == ("by", "that", "more")
    kinds = {name: attribute.kind for name, attribute in CONFIG.attributes.items()}
    assert kinds == {"slug": Kind.STRING, "speakers": Kind.STRINGS, "tone": Kind.STRING, "sure": Kind.BOOLEAN}
    assert [attribute.name for attribute in CONFIG.attributes_of("say")] == ["speakers", "tone", "sure"]
    assert [attribute.name for attribute in CONFIG.attributes_of("say", "WORDS")] == ["tone", "sure"]


def test_multiple_choices_aliases_numbers_and_task_level_controls() -> None:
    config = parse_labeling_config(
        b'<View><Text name="t" value="$x"/><Choices name="a" toName="t" choice="multiple"><Choice value="One" alias="1"/>'
        b'<Choice value="Two"/></Choices><Number name="n" toName="t" perRegion="true"/><Rating name="r" toName="t"/></View>'
    )
    assert config.attributes["a"].kind is Kind.STRINGS
    assert config.attributes["a"].values == ("1", "Two")
    assert not config.attributes["a"].per_region
    assert config.attributes["n"].kind is config.attributes["r"].kind is Kind.NUMBER


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "E003"),
        (b"<View>", "E003"),
        (b"\xff\xfe", "E003"),
        (b"<View/>", "E017"),
        (b'<View><Text name="t" value="fixed"/></View>', "E017"),
        (b'<View><Text name="t" value="$x"/><Labels toName="t"/></View>', "E018"),
        (b'<View><Text name="t" value="$x"/><Labels name="a" toName="u"/></View>', "E019"),
        (b'<View><Text name="t" value="$x"/><Labels name="a"/><Choices name="a"/></View>', "E018"),
        (b'<!DOCTYPE v [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><View><Text name="t" value="$x"/></View>', "E003"),
        (b'<!DOCTYPE v SYSTEM "file:///etc/passwd"><View><Text name="t" value="$x"/></View>', "E003"),
        (b'<?xml version="1.0" encoding="nonsense"?><View/>', "E003"),
    ],
)
def test_a_config_that_cannot_be_used_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_labeling_config(xml, "config.xml")
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == (code, "config.xml")


def test_hotkeys_and_colours_are_unique() -> None:
    labels = CONFIG_FILE.read_text(encoding="utf-8").split("<Label ")[1:]
    hotkeys = [label.split('hotkey="')[1].split('"')[0] for label in labels]
    colours = [label.split('background="')[1].split('"')[0] for label in labels]
    assert len(hotkeys) == len(set(hotkeys)) == len(set(colours)) == 19


RULES = Rules(
    (
        ZoneRule("NOISE", r"Menu|Comments?"),
        ZoneRule("CREDIT", r".*(?P<zone>\(\w+ pic\))|By \w+"),
        ZoneRule("PLACE", r"(?P<zone>[A-Z]+ –) .*"),
        ZoneRule("HEAD", r"[^.]+", after="NOISE"),
    ),
    default="TEXT",
)


def zones(text: str) -> list[tuple[str, str]]:
    return [(zone.zone, text[zone.start : zone.end]) for zone in propose_zones(text, RULES)]


def test_zone_rules_take_paragraphs_or_parts_of_them_and_runs_are_one() -> None:
    assert zones("Menu\n\nThe head\nROME – One.\n\n  Two. \nBy Me\nThree. (AP pic)\nComment") == [
        ("NOISE", "Menu"),
        ("HEAD", "The head"),
        ("PLACE", "ROME –"),
        ("TEXT", "One.\n\n  Two."),
        ("CREDIT", "By Me"),
        ("TEXT", "Three."),
        ("CREDIT", "(AP pic)"),
        ("NOISE", "Comment"),
    ]
    assert zones("(AP pic)" * 3000)[-1] == ("CREDIT", "(AP pic)" * 3000)
    assert zones(" " * 100_000) == []
    assert zones("") == zones(" \n\t\n") == []


def test_tasks_hold_the_articles_and_propose_their_zones(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "tasks.json"
    printed = run("tasks", "--corpus", ROOT)
    assert run("tasks", "--corpus", ROOT, "--out", out).stdout == ""
    assert printed.stdout == out.read_text(encoding="utf-8")
    tasks = json.loads(printed.stdout)
    assert [task["data"]["doc_id"] for task in tasks] == ["000", "001", "002", "003", "004"]
    assert tasks[1]["data"]["published_date"] == "2025-12-12"
    assert "outlet" not in tasks[1]["data"]
    corpus = load_corpus(ROOT)
    config = load_labeling_config(CONFIG_FILE)
    (export,) = corpus.export_files()
    annotated = json.loads(export.read_bytes())
    for task, other in zip(tasks, annotated, strict=True):
        assert task["data"][config.text_field] == other["data"][config.text_field]
        proposed = {tuple(map(str, region["value"].values())) for region in task["predictions"][0]["result"]}
        drawn = other["annotations"][0]["result"]
        assert proposed == {
            tuple(map(str, item["value"].values())) for item in drawn if item.get("from_name") == corpus.layers.zones
        }
