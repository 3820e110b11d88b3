"""Whole corpora made up: articles in several scripts, what annotators marked in them, and settings that fit or do not.

Most of what is marked is right, so that a build goes on to the end; a few marks are spoilt.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.labeling import parse_labeling_config
from goldspan.records import Annotation, Relation, Span
from goldspan.tasks import result_items

NAMES = ["Ann", "Ann Lee", "Lee", "Rome", "Peace in Rome", "ភ្នំពេញ", "ประเทศไทย", "泰国", "👩‍👧", "e\u0301te\u0301"]
PIECES = [*NAMES, "الرياض", "60", "1,000.5", "said", "“go on”", "2025-12", "so:", "’s", ".", "\u200b"]
GAPS = [" ", " ", " ", ", ", ". ", "\n", "\n\n", "\r\n", "\u00a0", "\u2028", "\x1c", ""]
LABELS = {"part": ("HEAD", "REST", "NOISE"), "name": ("WHO", "AT:B", "HOWMANY"), "say": ("CUE", "SOURCE", "CONTENT")}
PARTS = {"part": "zones", "name": "entities", "say": "attributions"}
ROLES = {"source": ("CUE", "SOURCE"), "content": ("CUE", "CONTENT"), "continues": ("CONTENT", "CONTENT")}
KINDS: dict[str, tuple[str, list[Any]]] = {  # of a control: the tag with its settings, and values that it can hold
    "text": ('TextArea maxSubmissions="1"', ["ann", "rome", "60", "2025-12", "One."]),
    "texts": ("TextArea", [["ann"], ["rome", "ann"]]),
    "choice": ("Choices", ["ann", "rome"]),
    "choices": ('Choices choice="multiple"', [["ann"], ["rome", "ann"]]),
    "boolean": ("Choices", [True, False]),
    "number": ("Number", [60.0, 1000.5, -1.0]),
    "rating": ("Rating", [1.0, 4.0]),
    "taxonomy": ("Taxonomy", [[["ann"]], [["rome", "ann"], ["ann"]]]),
    "datetime": ("DateTime", ["2025-12-08"]),
}
CHOICES = {"choice": ("ann", "rome"), "choices": ("ann", "rome"), "boolean": ("true", "false")}
CONTROLS = {  # names that goldspan or corpus.toml knows, and the layer and kind that each is meant to have
    "entity_id": ("name", "text"),
    "value": ("name", "number"),
    "comparator": ("name", "choice"),
    "normalized": ("name", "text"),
    "normalized_claim": ("say", "text"),
    "source_entity_ids": ("say", "texts"),
    "event_date": ("say", "text"),
    "distanced": ("say", "boolean"),
}
RELATIONS = ("OTHER", "OTHER", "OTHER", "OTHER", "SAME", "BEFORE", "AFTER", "NONE")
Place = tuple[int, int]


class Project(Struct, frozen=True):
    """A labeling config: the layers it has, the kind of each control, the names of relations."""

    layers: tuple[str, ...]
    controls: dict[str, str]
    relations: tuple[str, ...]

    @property
    def xml(self) -> str:
        """The labeling config as XML."""
        layers = "".join(
            f'<Labels name="{name}" toName="t">{tags("Label", LABELS[name])}</Labels>' for name in self.layers
        )
        controls = "".join(control(name, kind) for name, kind in self.controls.items())
        return f'<View><Text name="t" value="$body"/>{layers}<Relations>{tags("Relation", self.relations)}</Relations>{controls}</View>'


class Text(Struct, frozen=True):
    """The text of an article, where its pieces stand, and which of them are of one zone (from, to)."""

    text: str
    places: list[Place]
    zones: list[Place]

    def extent(self, first: int, last: int) -> Place:
        """Where some pieces stand."""
        return self.places[first][0], self.places[last][1]


class Made(Struct, frozen=True):
    """A corpus: its labeling config, settings, articles, what was marked in each, and if it has a list of entities."""

    project: Project
    settings: dict[str, Any]
    articles: dict[str, Text]
    annotations: dict[str, list[Annotation]]
    entities: bool


def tags(tag: str, values: Sequence[str]) -> str:
    return "".join(f'<{tag} value="{value}"/>' for value in values)


def control(name: str, kind: str) -> str:
    tag = KINDS[kind][0]
    choices = tags("Choice", CHOICES.get(kind, ()))
    shown = f'<{tag} name="{name}" toName="t" perRegion="true">{choices}</{tag.split()[0]}>'
    return f'<View visibleWhen="region-selected" whenTagName="{CONTROLS[name][0]}">{shown}</View>'


def one_in(random: Random, cases: int) -> bool:
    """True in one case of some."""
    return random.randrange(cases) == 0


def some(random: Random, names: Sequence[str]) -> list[str]:
    """Some of these names, or none."""
    return random.sample(names, random.randint(0, len(names)))


def make_project(random: Random) -> Project:
    """A labeling config that may lack what a corpus can have; few have a control of another kind than is meant."""
    layers = tuple(random.sample(sorted(LABELS), 3 if random.random() < 0.8 else random.randint(1, 2)))
    names = [name for name, (layer, _) in CONTROLS.items() if layer in layers and not one_in(random, 5)]
    controls = {name: CONTROLS[name][1] for name in names}
    if names and one_in(random, 4):
        controls[random.choice(names)] = random.choice(sorted(KINDS))
    return Project(layers, controls, () if one_in(random, 10) else tuple(ROLES))


def make_text(random: Random) -> Text:
    """An article, of which some pieces stand twice and more."""
    pieces = random.choices(PIECES, k=random.randint(1, 30))
    text, places = random.choice(["", "", "\n", " "]), []
    for piece in pieces:
        places.append((len(text), len(text) + len(piece)))
        text += piece + random.choice(GAPS)
    cuts = {0, len(pieces), *(random.randint(0, len(pieces)) for _ in range(random.randint(0, 3)))}
    return Text(text, places, list(pairwise(sorted(cuts))))


class Marking:
    """What one annotator marks in a text: mostly what the checks let pass."""

    def __init__(self, random: Random, text: Text, project: Project, who: str) -> None:
        """Begin with nothing marked."""
        self.random, self.text, self.project, self.who = random, text, project, who
        self.spans: list[Span] = []
        self.relations: list[Relation] = []

    def mark(self, layer: str, label: str, start: int, end: int, *, bare: bool = False) -> str:
        """A region, with values of some of the controls of its layer, or none."""
        asked = [name for name in self.project.controls if CONTROLS[name][0] == layer and not bare]
        own = [name for name in asked if name == "normalized_claim" or not one_in(self.random, 4)]
        values = {name: self.random.choice(KINDS[self.project.controls[name]][1]) for name in own}
        self.spans.append(Span(f"{self.who}{len(self.spans)}", layer, (label,), start, end, values))
        return self.spans[-1].region_id

    def mark_zones(self) -> list[str]:
        """A zone over each run of pieces; their labels."""
        edges = [self.text.places[first][0] for first, _ in self.text.zones] + [len(self.text.text)]
        labels = self.random.choices(LABELS["part"], k=len(self.text.zones))
        for label, (start, end) in zip(labels, pairwise(edges), strict=True):
            self.mark("part", label, start, start + len(self.text.text[start:end].rstrip()))
        return labels

    def stretches(self, first: int, end: int) -> list[Place]:
        """Runs of one to three pieces that do not overlap, in text order."""
        edges = [first]
        while edges[-1] < end:
            edges.append(min(edges[-1] + self.random.randint(1, 3), end))
        return [(start, stop - 1) for start, stop in pairwise(edges) if not one_in(self.random, 3)]

    def mark_names(self, first: int, end: int) -> None:
        """Names, some with another inside."""
        for one, last in self.stretches(first, end):
            self.mark("name", self.random.choice(LABELS["name"]), *self.text.extent(one, last))
            if one < last and one_in(self.random, 3):
                self.mark("name", self.random.choice(LABELS["name"]), *self.text.extent(one, one))

    def mark_claims(self, first: int, end: int) -> None:
        """Claims of one or two pieces, with a cue and source or without."""
        places = self.stretches(first, end)
        self.random.shuffle(places)
        while places:
            content = self.mark("say", "CONTENT", *self.text.extent(*places.pop()))
            for label, name in (("CUE", "content"), ("SOURCE", "source"), ("CONTENT", "continues")):
                if not places or one_in(self.random, 3):
                    break
                part = self.mark("say", label, *self.text.extent(*places.pop()), bare=name == "continues")
                if label == "CUE":
                    cue, other = part, content
                else:
                    other = part
                self.relations.append(Relation(content if name == "continues" else cue, other, (name,)))

    def made(self, doc_id: str) -> Annotation:
        """All of it; in zones of noise mostly nothing."""
        zoned = "part" in self.project.layers and not one_in(self.random, 40)
        labels = self.mark_zones() if zoned else [""] * len(self.text.zones)
        for label, (first, end) in zip(labels, self.text.zones, strict=True):
            if label != "NOISE" or one_in(self.random, 20):
                if "name" in self.project.layers:
                    self.mark_names(first, end)
                if "say" in self.project.layers:
                    self.mark_claims(first, end)
        return Annotation(doc_id, self.who, "", tuple(self.spans), tuple(self.relations))


def spoilt(random: Random, one: Annotation) -> Annotation:
    """An annotation with one mark that is not right."""
    change = msgspec.structs.replace
    spans, relations = list(one.spans), list(one.relations)
    at = random.randrange(len(spans))
    span = spans[at]
    ends = ["gone", span.region_id, spans[0].region_id]
    labels: list[tuple[str, ...]] = [(), ("source",), ("content", "continues"), ("new",)]
    match random.randrange(6):
        case 0:
            spans[at] = change(span, end=span.end + random.randint(1, 99))
        case 1:
            spans[at] = change(span, labels=random.choice([(), ("HEAD", "REST"), ("NEW",)]))
        case 2:
            relations.append(Relation(span.region_id, random.choice(ends), random.choice(labels)))
        case 3:
            relations = [change(relation, direction="left") for relation in relations]
        case 4:
            spans.append(change(span, region_id="twin"))
        case _:
            spans[at] = change(span, start=span.end)
    return change(one, spans=tuple(spans), relations=tuple(relations))


def otherwise(random: Random, one: Annotation, who: str) -> Annotation:
    """What another annotator marked almost the same: a region lacks, or has another label or no values."""
    change = msgspec.structs.replace
    span = random.choice([each for each in one.spans if each.layer != "part"] or one.spans)
    label = random.choice(LABELS[span.layer]) if span.layer != "say" else span.label
    read = random.choice([None, change(span, attributes={}), change(span, labels=(label,))])
    spans = [read if each is span else each for each in one.spans]
    ids = {each.region_id for each in spans if each}
    relations = tuple(each for each in one.relations if {each.from_id, each.to_id} <= ids)
    return change(one, annotator=who, spans=tuple(filter(None, spans)), relations=relations)


def make_annotations(random: Random, text: Text, project: Project, doc_id: str) -> list[Annotation]:
    """What nobody, one or two people marked; the second mostly what the first did, but for one mark."""
    people = random.choice(["", "A", "A", "A", "AB", "AB", "AJ"])
    marked = [Marking(random, text, project, who).made(doc_id) for who in people]
    if len(marked) == 2 and marked[0].spans and not one_in(random, 6):
        marked[1] = otherwise(random, marked[0], people[1])
    return [spoilt(random, one) if one.spans and one_in(random, 15) else one for one in marked]


def make_settings(random: Random, project: Project) -> dict[str, Any]:
    """What corpus.toml says; few names in it are not in the labeling config."""
    known = sorted(CONTROLS) if one_in(random, 20) else sorted(project.controls)
    layers = {PARTS[layer]: layer for layer in project.layers if not one_in(random, 8)}
    if not project.relations:
        layers.pop("attributions", None)
    labels = some(random, ["HOWMANY", "WHO"]) if "entities" in layers else []
    users = [{"id": name, "completed_by": number, "adjudicates": name == "J"} for number, name in enumerate("ABJ", 1)]
    found: dict[str, Any] = {
        "name": "made",
        "version": "1.0.0",
        "offsets": random.choice(["auto", "codepoint", "codepoint", "codepoint"]),
        "required": some(random, known) if one_in(random, 20) else [],
        "exports": ["articles*"],
        "max_nesting": random.randint(1, 2),
        "unannotated_zones": ["NOISE"] if "zones" in layers and one_in(random, 3) else [],
        "quotation_marks": random.choice([["“”"], ["[]"], []]),
        "layers": layers,
        "quantities": {"labels": labels, "lower": ["ann"], "upper": ["rome", "ann"], "alike": some(random, known)},
        "dates": {"labels": labels if "normalized" in known else [], "claims": some(random, [name for name in known if name == "event_date"])},
        "near_duplicates": {"words": random.randint(1, 3), "threshold": 0.2},
        "relations": {
            "none": "NONE", "transitive": ["SAME"], "acyclic": ["BEFORE"], "inverse": {"AFTER": "BEFORE"},
            "exclusive": ["BEFORE"], "compatible": ["SAME"], "equal": ["SAME"], "by_figures": ["DATE"], "alike": some(random, known),
        },
    }  # fmt: skip
    if one_in(random, 3):
        found["accepted"] = [{"code": "W512", "reason": "so it is", "match": "*[Ann*"}]
    return found | ({} if one_in(random, 3) else {"annotators": users})


def make_corpus(random: Random) -> Made:
    """A corpus of one to three articles, of which some are annotated, by up to two people."""
    project = make_project(random)
    articles = {f"d{number}": make_text(random) for number in range(random.randint(1, 3))}
    marked = {doc_id: make_annotations(random, text, project, doc_id) for doc_id, text in articles.items()}
    return Made(project, make_settings(random, project), articles, marked, one_in(random, 6))


def as_toml(held: Mapping[str, Any]) -> str:
    """Settings as TOML: plain values first, then tables and arrays of tables."""
    lines = [f"{name} = {in_line(value)}" for name, value in held.items() if not tables_of(value)]
    for name, value in held.items():
        for table in tables_of(value):
            lines.append(f"[[{name}]]" if isinstance(value, list) else f"[{name}]")
            lines += [f"{key} = {in_line(each)}" for key, each in table.items()]
    return "\n".join(lines) + "\n"


def tables_of(value: Any) -> list[dict[str, Any]]:
    """The tables that a value is made of."""
    if isinstance(value, list):
        return [each for each in value if isinstance(each, dict)]
    return [value] if isinstance(value, dict) else []


def in_line(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {in_line(each)}" for key, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def write_corpus(folder: Path, made: Made) -> Path:
    """Write a corpus into a folder, which may hold another one of these."""
    for part in ("dataset/raw", "annotations/exports"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        for path in (folder / part).iterdir():
            path.unlink()
    for name in ("decisions", "clusters", "entities"):
        (folder / f"annotations/{name}.csv").unlink(missing_ok=True)
    rows = []
    for name, article in made.articles.items():
        data = article.text.encode()
        (folder / f"dataset/raw/{name}.txt").write_bytes(data)
        rows.append((name, f"{name}.txt", sha256(data).hexdigest()))
    write_csv(folder / "dataset/raw/sources.csv", ("doc_id", "file", "sha256"), rows)
    if made.entities:
        header = ("entity_id", "name", "type", "aliases", "description", "wikidata")
        listed = [(name, name, "WHO", "", "", "") for name in ("ann", "rome", "60", "2025-12", "One.")]
        write_csv(folder / "annotations/entities.csv", header, listed)
    (folder / "corpus.toml").write_text(as_toml(made.settings), encoding="utf-8")
    (folder / "annotations/labeling_config.xml").write_text(made.project.xml, encoding="utf-8")
    (folder / "annotations/guidelines.md").write_text("# Guidelines\n", encoding="utf-8")
    (folder / "dataset_card.md").write_text("---\nlicense: mit\n---\n# Made\n", encoding="utf-8")
    (folder / "annotations/exports/articles.json").write_text(json.dumps(tasks_of(made)), encoding="utf-8")
    return folder


def write_clusters(random: Random, folder: Path, made: Made, claims: Sequence[Mapping[str, Any]]) -> None:
    """Put some claims of a corpus into clusters, of which most pairs are judged."""
    worded = [row for row in claims if row.get("normalized_claim") or one_in(random, 10)]
    chosen = random.sample(worded, min(len(worded), random.randint(2, 4)))
    rows = [("one", row["claim_id"], str(row.get("normalized_claim") or "")) for row in chosen]
    rows += [("two", *row[1:]) for row in rows[:2] * one_in(random, 8)]
    write_csv(folder / "annotations/clusters.csv", ("cluster_id", "claim_id", "text"), rows)
    multiple = ' choice="multiple"' if one_in(random, 15) else ""
    basis = "basis" if not one_in(random, 15) else random.choice(["reason", "text_a"])
    controls = (("relation", RELATIONS, multiple), (basis, ("DATE", "SENSE"), ""))
    choices = "".join(f'<Choices name="{name}" toName="a"{more}>{tags("Choice", sorted(set(values)))}</Choices>' for name, values, more in controls)  # fmt: skip
    (folder / "annotations/pair_config.xml").write_text(f'<View><Text name="a" value="$text_a"/>{choices}</View>')
    tasks = [
        judged(random, number, one, other, basis)
        for number, (one, other) in enumerate(combinations(rows, 2))
        if one[0] == other[0] and not one_in(random, 20)
    ]
    (folder / "annotations/exports/pairs.json").write_text(json.dumps(tasks), encoding="utf-8")
    (folder / "corpus.toml").write_text(as_toml({"pair_exports": ["pairs*"], **made.settings}), encoding="utf-8")


def judged(random: Random, number: int, one: Sequence[str], other: Sequence[str], basis: str) -> dict[str, Any]:
    """A task of a pair of claims, judged by one annotator or two."""
    data = {"claim_a": one[1], "claim_b": other[1], "text_a": one[2], "text_b": other[2]}
    judgements = [
        {
            "id": 1000 + 10 * number + user,
            "completed_by": user,
            "result": [
                {"from_name": name, "to_name": "a", "type": "choices", "value": {"choices": [random.choice(values)]}}
                for name, values in (("relation", RELATIONS), (basis, ("DATE", "SENSE")))
            ],
        }
        for user in range(1, 3 if one_in(random, 4) else 2)
    ]
    return {"id": 1000 + number, "data": data, "annotations": judgements}


def tasks_of(made: Made) -> list[dict[str, Any]]:
    """The tasks of the articles as Label Studio exports them."""
    config = parse_labeling_config(made.project.xml.encode())
    return [
        {
            "id": number,
            "data": {"doc_id": name, "body": article.text},
            "annotations": [
                {"id": 10 * number + at, "completed_by": "ABJ".index(one.annotator) + 1, "result": result_items(one, config)}
                for at, one in enumerate(made.annotations[name])
            ],
        }
        for number, (name, article) in enumerate(made.articles.items())
    ]  # fmt: skip


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
