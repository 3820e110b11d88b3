"""A made-up corpus of another shape than this one's: values of the whole task, three further layers, three annotators.

Layers: ``name`` is the layer of entities. ``event`` is a further layer with attributes. ``speech act`` is one whose
spans may have several labels; its config is called ``speech_acts``. ``frame`` is one whose spans nest and cross, and
may mark one stretch twice with different labels. ``scratch`` is left out. Relations join spans of any layers.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from goldspan.labeling import LabelingConfig, parse_labeling_config
from goldspan.records import Annotation, Relation, Span
from goldspan.tasks import result_items

XML = """
<View>
  <Labels name="name" toName="t"><Label value="PERSON"/><Label value="PLACE"/></Labels>
  <Labels name="event" toName="t"><Label value="PROTEST"/><Label value="TALKS"/><Label value="a:b|c"/></Labels>
  <Labels name="speech act" toName="t" choice="multiple">
    <Label value="promise"/><Label value="threat"/><Label value="claim"/>
  </Labels>
  <Labels name="frame" toName="t"><Label value="conflict"/><Label value="economy"/><Label value="moral"/></Labels>
  <Labels name="scratch" toName="t"><Label value="?"/></Labels>
  <Relations><Relation value="causes"/><Relation value="about"/></Relations>
  <Text name="t" value="$text"/>
  <Choices name="stance" toName="t"><Choice value="for"/><Choice value="against"/></Choices>
  <Choices name="topics.all of them" toName="t" choice="multiple">
    <Choice value="work"/><Choice value="war"/><Choice value="weather"/>
  </Choices>
  <Rating name="qualité" toName="t"/>
  <Choices name="certainty" toName="t" perRegion="true" visibleWhen="region-selected" whenTagName="event">
    <Choice value="sure"/><Choice value="unsure"/>
  </Choices>
  <TextArea name="aims" toName="t" perRegion="true" visibleWhen="region-selected" whenTagName="event"/>
</View>
"""
CONFIG: LabelingConfig = parse_labeling_config(XML.encode())
SETTINGS = """
name = "wide"
version = "1.0.0"

[layers]
entities = "name"
left_out = ["scratch"]

[layers.further]
speech_acts = "speech act"
"""
ANNOTATORS = {"A": "ann@example.org", "B": "ben@example.org", "C": "cleo@example.org"}
USERS = {name: number for number, name in enumerate(ANNOTATORS, 1)}
NAMED = "".join(f'\n[[annotators]]\nid = "{name}"\ncompleted_by = "{user}"\n' for name, user in ANNOTATORS.items())

TEXTS = {
    "n1": "Ann left Alba. She promised talks 😀 and warned the crowd, so the shops closed.",
    "n2": "Talks failed in Alba.\r\n\r\nWorkers marched.",
    "n3": "Nobody has read this.",
}


def mark(doc_id: str, layer: str, labels: str, words: str, region: str = "", **attributes: Any) -> Span:
    """A span over the first occurrence of some words; several labels are parted by commas."""
    start = TEXTS[doc_id].index(words)
    region = region or f"{layer}-{labels}-{start}-{start + len(words)}"
    return Span(region, layer, tuple(labels.split(",")), start, start + len(words), attributes, words)


def annotated(
    annotator: str, doc_id: str, *spans: Span, relations: Iterable[Relation] = (), values: Mapping[str, Any] = {}
) -> Annotation:
    """What an annotator marked in an article."""
    return Annotation(doc_id, annotator, "", spans, tuple(relations), dict(values))


SPANS = (
    mark("n1", "name", "PERSON", "Ann", "ann"),
    mark("n1", "name", "PLACE", "Alba", "alba"),
    mark("n1", "event", "TALKS", "talks", "talks", certainty="unsure", aims=["peace", "quiet"]),
    mark("n1", "event", "PROTEST", "the shops closed", "closing"),
    mark("n1", "event", "a:b|c", "crowd", "crowd"),
    mark("n1", "speech act", "promise", "She promised talks", "promise"),
    mark("n1", "speech act", "threat,claim", "warned the crowd", "warning"),
    mark("n1", "frame", "conflict", "warned the crowd, so the shops closed", "wide frame"),
    mark("n1", "frame", "economy", "the shops closed", "shops"),
    mark("n1", "frame", "moral", "the shops closed", "shops again"),
    mark("n1", "frame", "economy", "shops", "inside"),
    mark("n1", "frame", "moral", "talks 😀 and warned", "crossing"),
    mark("n1", "scratch", "?", "so", "note"),
)
RELATIONS = (
    Relation("warning", "closing", ("causes", "about")),
    Relation("talks", "ann", ("about",), "left"),
    Relation("shops", "shops again", (), "bi"),
    Relation("note", "ann", ("about",)),
)
VALUES = {"stance": "against", "topics.all of them": ["work", "war"], "qualité": 4}
IN_N2 = (mark("n2", "event", "TALKS", "Talks", "talks"), mark("n2", "name", "PLACE", "Alba", "alba"))
AGREED = (
    *(annotated(name, "n1", *SPANS, relations=RELATIONS, values=VALUES) for name in ANNOTATORS),
    annotated("A", "n2", *IN_N2, values={"stance": "for"}),
)


def items(one: Annotation) -> list[dict[str, Any]]:
    """An annotation as the items of a result, with what the browser showed."""
    found = result_items(one, CONFIG)
    shown = {span.region_id: span.shown_text for span in one.spans}
    for item in found:
        if item["type"] == "labels":
            item["value"]["text"] = shown[item["id"]]
    return found


def tasks(annotations: Iterable[Annotation]) -> list[dict[str, Any]]:
    """The tasks of an export; annotations that say when they were ``saved`` or are ``ground_truth`` have that, too."""
    found = []
    annotations = list(annotations)
    for number, (doc_id, text) in enumerate(TEXTS.items(), 1):
        of_task = [
            {
                "id": 100 * number + at,
                "completed_by": {"id": USERS[one.annotator], "email": ANNOTATORS[one.annotator]},
                "result": items(one),
                "updated_at": one.saved or None,
                "ground_truth": one.ground_truth or False,
            }
            for at, one in enumerate((one for one in annotations if one.doc_id == doc_id), 1)
        ]
        data = {"doc_id": doc_id, "text": text}
        found.append({"id": number, "created_at": "2026-11-01T00:00:00Z", "data": data, "annotations": of_task})
    return found


def write_wide_corpus(folder: Path, annotations: Iterable[Annotation] = AGREED, settings: str = SETTINGS) -> Path:
    """Write the corpus into a new folder, with these annotations."""
    for part in ("dataset/raw", "annotations/exports"):
        (folder / part).mkdir(parents=True)
    with (folder / "dataset/raw/sources.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["doc_id", "file", "sha256"])
        for name, text in TEXTS.items():
            (folder / f"dataset/raw/{name}.txt").write_bytes(text.encode())
            writer.writerow([name, f"{name}.txt", sha256(text.encode()).hexdigest()])
    (folder / "corpus.toml").write_text(settings + NAMED, encoding="utf-8")
    (folder / "annotations/labeling_config.xml").write_text(XML, encoding="utf-8")
    (folder / "annotations/guidelines.md").write_text("# Guidelines\n")
    (folder / "dataset_card.md").write_text(
        "---\nlicense: mit\n---\n# Wide\n<!-- goldspan:begin summary -->\n<!-- goldspan:end -->\n"
        "<!-- goldspan:begin documents -->\n<!-- goldspan:end -->\n"
    )
    export = folder / "annotations/exports/articles-1.json"
    export.write_text(json.dumps(tasks(annotations)), encoding="utf-8")
    return folder
