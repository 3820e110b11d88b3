"""A labeling config with every kind of control, and exports in the forms that Label Studio and its storages write."""

import json
from pathlib import Path
from typing import Any

XML = """
<View>
  <Labels name="who" toName="t" choice="multiple"><Label value="A"/><Label value="B" alias="bee"/></Labels>
  <Labels name="say" toName="t"><Label value="CUE"/></Labels>
  <Relations><Relation value="by"/><Relation value="of"/></Relations>
  <Text name="t" value="$body"/>
  <Choices name="tone" toName="t" perRegion="true"><Choice value="calm"/><Choice value="angry"/></Choices>
  <Choices name="sure" toName="t" perRegion="true"><Choice value="true"/><Choice value="false"/></Choices>
  <Choices name="kinds" toName="t" choice="multiple" perRegion="true"><Choice value="x"/><Choice value="y"/></Choices>
  <TextArea name="text" toName="t" perRegion="true" maxSubmissions="1"/>
  <Number name="much" toName="t" perRegion="true"/>
  <Rating name="stars" toName="t"/>
  <Choices name="genre" toName="t"><Choice value="news"/></Choices>
  <Taxonomy name="topic" toName="t"><Choice value="war"><Choice value="truce"/></Choice></Taxonomy>
  <DateTime name="day" toName="t"/>
</View>
"""
TEXT = "Ann said “Bob left\r\nRome”.\tក្រុង e\u0301te\u0301  end"


def region(name: str, words: str, *labels: str, layer: str = "who", text: str = TEXT, **more: Any) -> dict[str, Any]:
    """A region over the first occurrence of some words, as Label Studio shows it."""
    start = text.index(words)
    shown = " ".join(words.replace("\n", "\\n").split())
    value = {"start": start, "end": start + len(words), "text": shown, "labels": list(labels)}
    return {
        "id": name,
        "from_name": layer,
        "to_name": "t",
        "type": "labels",
        "value": value,
        "origin": "manual",
        **more,
    }


def value(name: str, control: str, kind: str, held: object) -> dict[str, Any]:
    """The value of a control: of a region that has this id, or of the task."""
    return {"id": name, "from_name": control, "to_name": "t", "type": kind, "value": {kind: held}}


def relation(one: str, other: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    """A relation between two regions."""
    named = {"labels": list(labels)} if labels else {}
    return {"type": "relation", "from_id": one, "to_id": other, "direction": direction, **named}


RESULT = [
    value("1", "tone", "choices", ["calm"]),  # before its region, as Label Studio writes it at times
    region("1", "Ann", "A", "bee", score=0.5, meta={"text": ["a note"]}),
    value("1", "sure", "choices", ["true"]),
    value("1", "kinds", "choices", ["x", "y"]),
    {**value("1", "text", "textarea", None), "value": {"text": ["one", ""]}},
    region("2", "Bob left\r\nRome", "A"),
    region("3", "Bob", "bee", parentID="1"),
    region("4", "left", "A", origin="prediction"),
    region("5", "left", layer="say"),
    region("6", "said", "CUE", layer="say"),
    region("7", "left", "A"),
    region("8", "e\u0301te\u0301", "A"),
    value("6", "much", "number", 2.5),
    value("x", "stars", "rating", 4),
    value("y", "genre", "choices", ["news"]),
    value("z", "topic", "taxonomy", [["war", "truce"], ["war"]]),
    value("w", "day", "datetime", "2025-12-08"),
    relation("6", "1", "by"),
    relation("6", "2", direction="bi"),
    relation("2", "6", "by", "of", direction="left"),
]
ITEMS = len(RESULT)


def annotation(*items: dict[str, Any], number: int = 11, **more: Any) -> dict[str, Any]:
    """An annotation as Label Studio exports it."""
    user = {"id": 1, "email": "ann@example.org", "first_name": "", "last_name": "", "avatar": None}
    times = {"created_at": "2026-11-22T19:36:19.6Z", "updated_at": "2026-11-23T19:36:19.6Z", "lead_time": 12.5}
    return {"id": number, "completed_by": user, "result": list(items), "was_cancelled": False, **times, **more}


def task(*annotations: dict[str, Any], number: int = 1, text: str = TEXT, **data: Any) -> dict[str, Any]:
    """A task as Label Studio exports it."""
    return {
        "id": number,
        "annotations": list(annotations),
        "drafts": [3],
        "predictions": [{"id": 5, "result": []}],
        "data": {"doc_id": f"d{number}", "body": text} | data,
        "created_at": "2026-11-22T19:36:19.5Z",
    }


TASKS = [
    task(annotation(*RESULT), annotation(number=12, completed_by=2, result=None, was_cancelled=True), title="One"),
    task(number=2, text="", year=1999),
    task(annotation(region("1", "Ann", "A"), number=13, ground_truth=True), number=3),
]


def lines(tasks: list[dict[str, Any]], end: str = "\n") -> bytes:
    """Tasks, one in each line."""
    return "".join(json.dumps(one, ensure_ascii=False) + end for one in tasks).encode()


FORMS = {
    "array": json.dumps(TASKS).encode(),
    "array in UTF-8 with a mark": b"\xef\xbb\xbf" + json.dumps(TASKS, ensure_ascii=False).encode(),
    "indented array": json.dumps(TASKS, indent=2).encode(),
    "keys in another order": json.dumps([dict(reversed(one.items())) for one in TASKS]).encode(),
    "lines": lines(TASKS),
    "lines that Windows ends, some empty": lines(TASKS, "\r\n\r\n"),
    "completions": json.dumps(
        [{"completions" if key == "annotations" else key: held for key, held in one.items()} for one in TASKS]
    ).encode(),
}


def write_config(folder: Path) -> Path:
    """Write the labeling config."""
    path = folder / "config.xml"
    path.write_text(XML)
    return path
