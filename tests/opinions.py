"""A made-up corpus without entities and claims that can be learnt: each value and label has words that tell it.

Twelve articles of four story groups by one annotator. Values of whole tasks: ``stance``, ``urgent``, ``topics`` (of
which several may be chosen), a rating and a note. Layers: ``event``, whose spans have values, and ``emotion``, whose
spans may have several labels.
"""

import csv
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from goldspan.build import build, write_build

__all__ = ["TEXTS", "XML", "build_opinions", "tasks"]

XML = """
<View>
  <Labels name="event" toName="t"><Label value="STRIKE"/><Label value="MEETING"/></Labels>
  <Labels name="emotion" toName="t" choice="multiple"><Label value="fear"/><Label value="hope"/></Labels>
  <Relations><Relation value="about"/><Relation value="before"/></Relations>
  <Text name="t" value="$text"/>
  <Choices name="stance" toName="t"><Choice value="for"/><Choice value="against"/></Choices>
  <Choices name="urgent" toName="t"><Choice value="true"/><Choice value="false"/></Choices>
  <Choices name="topics" toName="t" choice="multiple">
    <Choice value="trade"/><Choice value="war"/><Choice value="art"/>
  </Choices>
  <Rating name="quality" toName="t"/>
  <TextArea name="note" toName="t"/>
  <Choices name="certain" toName="t" perRegion="true" visibleWhen="region-selected" whenTagName="event">
    <Choice value="yes"/><Choice value="no"/>
  </Choices>
  <Choices name="who" toName="t" perRegion="true" visibleWhen="region-selected" whenTagName="event"
           whenLabelValue="STRIKE" choice="multiple"><Choice value="sailors"/><Choice value="teachers"/></Choices>
</View>
"""
SETTINGS = """
name = "opinions"
version = "1.0.0"
"""
WORDS = {"trade": "ships cargo tariffs customs", "war": "soldiers tanks trenches generals"}
VERBS = {"for": "welcome, praise and support", "against": "reject, blame and oppose"}
SURE = {"yes": "Surely", "no": "Perhaps"}


def article(number: int) -> tuple[str, list[dict[str, Any]]]:
    """The text of an article, and what was marked in it as the items of a result."""
    stance, urgent = ("for", "against")[number % 2], ("true", "false")[number // 2 % 2]
    topics = ["trade", "war"] if number == 5 else [["trade"], ["war"], ["trade"]][number % 3]
    sure, who = ("yes", "no")[number // 4 % 2], [["sailors"], ["teachers"], ["sailors", "teachers"]][number // 2 % 3]
    feelings = {"panic": ["fear"], "joy": ["hope"], "suspense": ["fear", "hope"]}
    about = " and ".join(WORDS[topic] for topic in topics)
    text = (
        f"Letter {number} 🙂 กรุงเทพ. We {VERBS[stance]} bridge {number}. "
        f"{'Act today' if urgent == 'true' else 'Nobody hurries'}, reader {number}.\n"
        f"Page {number} is {number} about {about}. "
        f"{SURE[sure]} {number} a strike {number} of {' and '.join(who)} {number} began.\n"
        f"{SURE[sure]} {number} the meeting {number} failed. Town {number} had panic, {number} joy, {number} suspense."
    )
    items = [
        *region(text, "event", ["STRIKE"], "strike", certain=[sure], who=who),
        *region(text, "event", ["MEETING"], "meeting", **({"certain": [sure]} if number else {})),
        *(item for words, labels in feelings.items() for item in region(text, "emotion", labels, words)),
        value("stance", "choices", [stance]),
        *([value("urgent", "choices", [urgent])] if number else []),
        *([value("topics", "choices", topics)] if number > 1 else []),
        value("quality", "rating", number % 5 + 1),
        value("note", "text", ["read twice"]),
        relation("panic", "strike", "about"),
        relation("strike", "meeting", *(["before"] if number else [])),
    ]
    return text, items


def region(text: str, layer: str, labels: list[str], words: str, **choices: list[str]) -> Iterator[dict[str, Any]]:
    """A region over the first occurrence of some words, called after them, with its choices."""
    start = text.index(words)
    base = {"id": words, "to_name": "t"}
    extent = {"start": start, "end": start + len(words), "text": words}
    yield {**base, "from_name": layer, "type": "labels", "value": {**extent, "labels": labels}}
    for name, chosen in choices.items():
        yield {**base, "from_name": name, "type": "choices", "value": {**extent, "choices": chosen}}


def relation(one: str, other: str, *labels: str) -> dict[str, Any]:
    """A relation between two regions."""
    return {"type": "relation", "from_id": one, "to_id": other, "direction": "right", "labels": [*labels]}


def value(name: str, field: str, held: Any) -> dict[str, Any]:
    """A value of the whole task."""
    kind = {"text": "textarea"}.get(field, field)
    return {"id": f"task-{name}", "from_name": name, "to_name": "t", "type": kind, "value": {field: held}}


NAMES = [f"d{number:02}" for number in range(12)]
TEXTS = {name: article(number)[0] for number, name in enumerate(NAMES)}


def tasks() -> list[dict[str, Any]]:
    """The tasks of an export, each with an annotation."""
    return [
        {
            "id": number + 1,
            "created_at": "2026-11-01T00:00:00Z",
            "data": {"doc_id": name, "text": TEXTS[name], "story_group": f"g{number // 3}"},
            "annotations": [{"id": 100 + number, "completed_by": 1, "result": article(number)[1]}],
        }
        for number, name in enumerate(NAMES)
    ]


def build_opinions(folder: Path) -> Path:
    """Write the corpus into a new folder, and its release."""
    write_build(build(write_opinions(folder)), folder / "dataset/release")
    return folder


def write_opinions(folder: Path) -> Path:
    """Write the corpus into a new folder; a thirteenth article has no annotation."""
    for part in ("dataset/raw", "annotations/exports"):
        (folder / part).mkdir(parents=True)
    texts = {**TEXTS, "d12": article(12)[0]}
    with (folder / "dataset/raw/sources.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["doc_id", "file", "sha256", "story_group"])
        for number, (name, text) in enumerate(texts.items()):
            (folder / f"dataset/raw/{name}.txt").write_bytes(text.encode())
            writer.writerow([name, f"{name}.txt", sha256(text.encode()).hexdigest(), f"g{number // 3}"])
    (folder / "corpus.toml").write_text(SETTINGS)
    (folder / "annotations/labeling_config.xml").write_text(XML, encoding="utf-8")
    (folder / "annotations/guidelines.md").write_text("# Guidelines\n")
    (folder / "dataset_card.md").write_text(
        "---\nlicense: mit\n---\n# Opinions\n\n<!-- goldspan:begin scores -->\n<!-- goldspan:end -->\n"
    )
    (folder / "annotations/exports/articles-1.json").write_text(json.dumps(tasks()), encoding="utf-8")
    return folder
