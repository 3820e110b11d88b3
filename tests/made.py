"""Whole exports made up: strategies for valid ones, with what the tables must say of them, and for broken ones."""

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct

from goldspan.records import Unit
from tests.exports import TASKS, annotation, lines, relation, value
from tests.test_tokens import TEXTS

Json = dict[str, Any]
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(-(2.0**53), 2.0**53))
plain = st.recursive(st.one_of(st.none(), st.booleans(), numbers, words), lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)), max_leaves=5)  # fmt: skip
VALUES: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "tone": ("choices", st.sampled_from([["calm"], ["angry"]])),
    "sure": ("choices", st.sampled_from([["true"], ["false"]])),
    "kinds": ("choices", st.sampled_from([["x"], ["y"], ["y", "x"]])),
    "text": ("text", st.lists(words, min_size=1, max_size=3)),
    "much": ("number", numbers),
}
TASK_VALUES: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "stars": ("rating", st.integers(1, 5)),
    "genre": ("choices", st.just(["news"])),
    "topic": ("taxonomy", st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=2)),
    "day": ("datetime", st.just("2025-12-08")),
}


class Made(Struct, frozen=True):
    """An export, its tasks, and the unit in which its offsets count."""

    data: bytes
    tasks: list[Json]
    unit: Unit


@st.composite
def regions(draw: st.DrawFn, text: str) -> list[Json]:
    """Regions of a text, with offsets in code points; some lie under another, some show no words, some strange space."""
    places = st.integers(0, len(text))
    found: list[Json] = []
    for number in range(draw(st.integers(0, 6 if text else 0))):
        start, end = sorted(draw(st.tuples(places, places).filter(lambda pair: pair[0] != pair[1])))
        layer, labels = draw(st.sampled_from([("who", ["A"]), ("who", ["bee", "A"]), ("say", ["CUE"]), ("say", [])]))
        held: Json = {"start": start, "end": end, "labels": labels}
        shown = text[start:end]
        shows = draw(st.sampled_from([shown, " ".join(shown.replace("\n", "\\n").split()), None]))
        held |= {} if shows is None else {"text": shows}
        more = draw(st.fixed_dictionaries({}, optional={"score": numbers.map(float), "meta": st.dictionaries(words, plain, min_size=1, max_size=2), "origin": st.sampled_from(["manual", "prediction"])}))  # fmt: skip
        lies_under: bool = draw(st.booleans())
        under = {"parentID": draw(st.sampled_from(found))["id"]} if found and lies_under else {}
        item = {"id": f"r{number}", "from_name": layer, "to_name": "t", "type": "labels", "value": held}
        found.append({**item, **more, **under})
    return found


@st.composite
def results(draw: st.DrawFn, text: str) -> list[Json]:
    """The items of a result, in any order."""
    spans = draw(regions(text))
    items = list(spans)
    for span in spans:
        items += draw(values_of(VALUES, span["id"]))
    items += draw(values_of(TASK_VALUES, "task"))
    ends = st.sampled_from([span["id"] for span in spans]) if spans else st.nothing()
    for one, other in draw(st.lists(st.tuples(ends, ends), max_size=3)) if spans else []:
        labels = draw(st.sampled_from([(), ("by",), ("of", "by")]))
        items.append(relation(one, other, *labels, direction=draw(st.sampled_from(["left", "right", "bi"]))))
    return draw(st.permutations(items))


@st.composite
def values_of(draw: st.DrawFn, known: dict[str, tuple[str, st.SearchStrategy[Any]]], region: str) -> list[Json]:
    """Values of some controls, each at most once."""
    names = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=3))
    return [
        {**value(region, name, "", None), "type": "choices", "value": {known[name][0]: draw(known[name][1])}}
        for name in names
    ]


@st.composite
def valid_exports(draw: st.DrawFn) -> Made:
    """An export in any form, with offsets in either unit, of which nothing may be lost."""
    tasks: list[Json] = []
    for number in range(draw(st.integers(0, 4))):
        text = draw(TEXTS)
        data = {**draw(st.dictionaries(words, plain, max_size=3)), "body": text}
        data |= {"doc_id": f"d{number}"} if draw(st.booleans()) else {}
        data = {name: held for name, held in data.items() if name != "doc_id" or held == f"d{number}"}
        annotations = [
            annotation(*draw(results(text)), number=10 * number + at, was_cancelled=draw(st.booleans()))
            for at in range(draw(st.integers(0, 2)))
        ]
        tasks.append({"id": number, "data": data, "annotations": annotations})
    unit = draw(st.sampled_from([Unit.codepoint, Unit.utf16]))
    written = in_units(tasks) if unit is Unit.utf16 else tasks
    forms: list[Callable[[list[Json]], bytes]] = [as_array, as_indented, lines, as_completions]
    form = draw(st.sampled_from(forms if tasks else [as_array]))  # lines of nothing are an empty file
    return Made(form(written), tasks, unit)


def as_array(tasks: list[Json]) -> bytes:
    return json.dumps(tasks).encode()


def as_indented(tasks: list[Json]) -> bytes:
    return b"\xef\xbb\xbf" + json.dumps(tasks, indent=2, ensure_ascii=False).encode()


def as_completions(tasks: list[Json]) -> bytes:
    return json.dumps(
        [{"completions": one["annotations"], "id": one["id"], "data": one["data"]} for one in tasks]
    ).encode()


def in_units(tasks: list[Json]) -> list[Json]:
    """The same tasks with offsets in UTF-16 units."""
    tasks = copy.deepcopy(tasks)
    for task in tasks:
        text = task["data"]["body"]
        for item in (item for one in task["annotations"] for item in one["result"] if item["type"] == "labels"):
            for end in ("start", "end"):
                item["value"][end] = len(text[: item["value"][end]].encode("utf-16-le")) // 2
    return tasks


def get_tasks(made: Made) -> list[Json]:
    return made.tasks


JUNK: list[Any] = [
    None,
    True,
    -1,
    2**70,
    1e300,
    "",
    "x",
    "A",
    "\ud800",
    [],
    {},
    [[]],
    {"id": 1},
    "relation",
    "who",
    "r0",
]


ALIKE: dict[type, list[Any]] = {str: ["", "x", "A", "who", "say", "tone", "1", "6", "relation"], int: [-1, 0, 1, 5, 99]}


@st.composite
def broken_exports(draw: st.DrawFn) -> bytes:
    """A valid export with some nodes changed, doubled or gone; and at times some bytes."""
    tasks: Any = copy.deepcopy(draw(st.one_of(st.just(TASKS), st.just(TASKS), valid_exports().map(get_tasks))))
    for _ in range(draw(st.integers(1, 4))):
        damage(draw, tasks)
    data = (
        json.dumps(tasks).encode()
        if draw(st.booleans())
        else b"".join(json.dumps(one).encode() + b"\n" for one in tasks)
    )
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 5)) :]
    return data


def damage(draw: st.DrawFn, node: Any) -> None:
    """Go down to some node and change, double or take away one of its members."""
    while True:
        keys = sorted(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if not isinstance(node[key], (dict, list)) or not node[key] or draw(st.integers(0, 9)) == 0:
            break
        node = node[key]
    how = draw(st.sampled_from(["alike", "alike", "alike", "junk", "gone", "double"]))
    if how == "gone":
        del node[key]
    elif how == "double" and isinstance(node, list):
        node.append(copy.deepcopy(node[key]))
    else:
        others = ALIKE.get(type(node[key]), JUNK) if how == "alike" else JUNK
        node[key] = copy.deepcopy(draw(st.sampled_from(others)))  # what is put in may be damaged, too
