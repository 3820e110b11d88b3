"""A made-up export of any size: news-like tasks with entities, attributions, relations and choices, as Label Studio 1.23
writes them. The same count gives the same bytes.

Every fiftieth text has characters outside the Basic Multilingual Plane, and every hundredth counts its offsets in UTF-16
units, as exports from before Label Studio's pull request 1559 do.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["CONFIG", "write_export"]

ENTITIES, ROLES = ("PERSON", "ORG", "PLACE", "DATE", "NUMBER"), ("CUE", "SOURCE", "CONTENT")
MODALITIES, LINKS = ("ASSERTED", "POSSIBLE", "DENIED"), ("source", "content")
WORDS = [
    "border",
    "ceasefire",
    "minister",
    "troops",
    "province",
    "said",
    "Tuesday",
    "artillery",
    "civilians",
    "fled",
    "displaced",
    "officials",
    "army",
    "village",
    "spokesman",
    "temple",
    "talks",
    "brokered",
    "clashes",
    "resumed",
    "evacuated",
    "rockets",
    "drone",
    "air",
    "force",
    "hospital",
    "river",
    "market",
    "school",
]
LENGTH, SPANS, CLAIMS, RELATIONS = 5200, 59, 17, 30
WHEN = "2026-01-02T03:04:05.678901Z"

CONFIG = f"""
<View>
  <Labels name="entity" toName="text">{"".join(f'<Label value="{one}"/>' for one in ENTITIES)}</Labels>
  <Labels name="attribution" toName="text">{"".join(f'<Label value="{one}"/>' for one in ROLES)}</Labels>
  <Relations>{"".join(f'<Relation value="{one}"/>' for one in LINKS)}</Relations>
  <Text name="text" value="$text"/>
  <Choices name="modality" toName="text" perRegion="true">
    {"".join(f'<Choice value="{one}"/>' for one in MODALITIES)}
  </Choices>
</View>
"""


def write_export(path: Path, count: int) -> None:
    """Write an export of some tasks, about 28 KB each, as one array."""
    chance = random.Random(20251208)  # noqa: S311 - to be the same each time
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, count + 1):
            file.write("[" if number == 1 else ",")
            json.dump(make_task(number, chance), file, ensure_ascii=False, separators=(",", ":"))
        file.write("]")


def make_task(number: int, chance: random.Random) -> dict[str, Any]:
    """One task with one annotation."""
    text, starts = make_text(chance, with_emoji=number % 50 == 0)
    units: Callable[[int], int] = lambda at: len(text[:at].encode("utf-16-le")) // 2  # noqa: E731
    counted = units if number % 100 == 0 else int
    items: list[dict[str, Any]] = []
    for each in range(SPANS):
        items.append(
            make_span(chance, text, starts, counted, (f"e{number}-{each}", "entity", chance.choice(ENTITIES), 4))
        )
    claims = []
    for each in range(CLAIMS):
        one = make_span(chance, text, starts, counted, (f"a{number}-{each}", "attribution", ROLES[each % 3], 20))
        held = {key: one["value"][key] for key in ("start", "end", "text")}
        choice = {**one, "from_name": "modality", "type": "choices"}
        items += [one, {**choice, "value": {**held, "choices": [chance.choice(MODALITIES)]}}]
        claims.append(one["id"])
    for _ in range(RELATIONS):
        one, other = chance.sample(claims, 2)
        link = {"from_id": one, "to_id": other, "type": "relation", "direction": "right"}
        items.append({**link, "labels": [chance.choice(LINKS)]})
    annotation = {
        "id": number + 500_000,
        "completed_by": {"id": 1, "email": f"user{number % 3}@example.org", "first_name": "", "last_name": ""},
        "result": items,
        **{"was_cancelled": False, "ground_truth": False, "created_at": WHEN, "updated_at": WHEN, "lead_time": 12.5},
        **{"draft_created_at": None, "prediction": {}, "result_count": len(items), "unique_id": f"u{number}"},
        **{
            "import_id": None,
            "last_action": None,
            "bulk_created": False,
            "task": number,
            "project": 1,
            "updated_by": 1,
        },
        **{"parent_prediction": None, "parent_annotation": None, "last_created_by": None},
    }
    return {
        "id": number,
        "annotations": [annotation],
        "drafts": [],
        "predictions": [],
        "data": {"doc_id": f"doc-{number:06}", "text": text, "title": f"Article {number}", "date": "2025-12-08"},
        **{"meta": {}, "created_at": WHEN, "updated_at": WHEN, "inner_id": number, "total_annotations": 1},
        **{"cancelled_annotations": 0, "total_predictions": 0, "comment_count": 0, "project": 1, "updated_by": 1},
    }


def make_text(chance: random.Random, *, with_emoji: bool) -> tuple[str, list[int]]:
    """A text, and where its words begin."""
    words, length = [], 0
    while length < LENGTH:
        words.append(chance.choice(WORDS))
        length += len(words[-1]) + 1
    if with_emoji:
        words[20:20], words[300:300] = ["🙂"], ["👩‍👧"]
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    return " ".join(words), starts


def make_span(
    chance: random.Random, text: str, starts: list[int], counted: Callable[[int], int], named: tuple[str, str, str, int]
) -> dict[str, Any]:
    """A region over some words."""
    name, layer, label, longest = named
    first = chance.randrange(len(starts) - 25)
    start, end = starts[first], starts[first + chance.randint(1, longest)] - 1
    value = {"start": counted(start), "end": counted(end), "text": text[start:end], "labels": [label]}
    return {"value": value, "id": name, "from_name": layer, "to_name": "text", "type": "labels", "origin": "manual"}
