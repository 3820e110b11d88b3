"""A small corpus of other labels than this one's: nothing in the code may depend on a label."""

import csv
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from goldspan.checks import check_annotation
from goldspan.checks.registry import Subject
from goldspan.corpus import Attributions, Corpus, Layers, Quantities
from goldspan.faults import Finding
from goldspan.labeling import LabelingConfig, parse_labeling_config
from goldspan.records import Annotation, Article, Relation, Span
from goldspan.tasks import result_items

XML = """
<View>
  <Labels name="part" toName="t"><Label value="HEAD"/><Label value="REST"/><Label value="NOISE"/></Labels>
  <Labels name="name" toName="t"><Label value="WHO"/><Label value="WHERE"/><Label value="HOWMANY"/></Labels>
  <Labels name="say" toName="t"><Label value="SPEAKER"/><Label value="VERB"/><Label value="WORDS"/></Labels>
  <Relations><Relation value="by"/><Relation value="that"/><Relation value="more"/></Relations>
  <Text name="t" value="$body"/>
  <View visibleWhen="region-selected" whenTagName="name" whenLabelValue="WHO,WHERE">
    <TextArea name="slug" toName="t" perRegion="true" maxSubmissions="1"/>
  </View>
  <View visibleWhen="region-selected" whenTagName="say" whenLabelValue="SPEAKER">
    <TextArea name="speakers" toName="t" perRegion="true"/>
  </View>
  <View visibleWhen="region-selected" whenTagName="say" whenLabelValue="WORDS">
    <Choices name="tone" toName="t" perRegion="true"><Choice value="calm"/><Choice value="angry"/></Choices>
    <Choices name="sure" toName="t" perRegion="true"><Choice value="true"/><Choice value="false"/></Choices>
  </View>
</View>
"""

TEXT = "Title here\n\nAnn said “Bob left Rome”, and 40 cheered.\n\nSubscribe now"

CORPUS = Corpus(
    name="small",
    version="1.0.0",
    layers=Layers(zones="part", entities="name", attributions="say"),
    attributions=Attributions("VERB", "SPEAKER", "WORDS", "by", "that", "more"),
    unannotated_zones=("NOISE",),
    quantities=Quantities(labels=("HOWMANY",)),
    required=("slug", "tone"),
)

CONFIG: LabelingConfig = parse_labeling_config(XML.encode())
ARTICLE = Article("d1", "d1.txt", TEXT, "", {"story_group": "one"})


def span(layer: str, label: str, words: str, region: str = "", **attributes: object) -> Span:
    """A span over the first occurrence of some words."""
    start = TEXT.index(words)
    return Span(region or f"{label}-{words}", layer, (label,), start, start + len(words), attributes, words)


ZONES = (
    span("part", "HEAD", "Title here"),
    span("part", "REST", "Ann said “Bob left Rome”, and 40 cheered."),
    span("part", "NOISE", "Subscribe now"),
)
ENTITIES = (
    span("name", "WHO", "Ann", slug="ann"),
    span("name", "WHO", "Bob", slug="bob"),
    span("name", "WHERE", "Rome", slug="rome"),
    span("name", "HOWMANY", "40"),
)
SPEAKER = span("say", "SPEAKER", "Ann", "s", speakers=["ann"])
VERB = span("say", "VERB", "said", "v")
QUOTED = span("say", "WORDS", "Bob left Rome", "w1", tone="calm", sure=True)
CHEERED = span("say", "WORDS", "40 cheered", "w2", tone="calm", sure=False)
SAYING = (SPEAKER, VERB, QUOTED, CHEERED)
RELATIONS = (Relation("v", "s", ("by",)), Relation("v", "w1", ("that",)))


def annotation(
    *spans: Span, relations: tuple[Relation, ...] = RELATIONS, zones: tuple[Span, ...] = ZONES
) -> Annotation:
    """An annotation of the small article; without spans, the faultless one."""
    return Annotation("d1", "A", "export.json", (*zones, *(spans or (*ENTITIES, *SAYING))), relations)


def findings(subject: Annotation) -> list[Finding]:
    """What the checks find in an annotation of the small article."""
    return list(check_annotation(Subject(subject, ARTICLE, CONFIG, CORPUS)))


SETTINGS = """
name = "small"
version = "1.0.0"
unannotated_zones = ["NOISE"]
required = ["slug", "tone"]

[layers]
zones = "part"
entities = "name"
attributions = "say"

[attributions]
cue = "VERB"
source = "SPEAKER"
content = "WORDS"
source_relation = "by"
content_relation = "that"
continues_relation = "more"

[quantities]
labels = ["HOWMANY"]
"""
OTHER_TEXT = "👩‍👧 ក្រុង\r\n\tเมือง e\u0301te\u0301.\n"


def exported(one: Annotation, completed_by: object = 1, **more: object) -> dict[str, Any]:
    """An annotation as Label Studio exports it."""
    return {"id": 1, "completed_by": completed_by, "result": result_items(one, CONFIG), **more}


def write_export(
    folder: Path,
    *annotations: dict[str, Any],
    name: str = "articles-1",
    made: str | None = "2026-11-01T00:00:00Z",
    others: Sequence[dict[str, Any]] = (),
) -> None:
    """Write an export with annotations of the first article, and ``others`` of the second.

    Exports whose tasks were ``made`` at the same time are of the same project.
    """
    data = [{"doc_id": "d1", "body": TEXT}, {"doc_id": "d2", "body": OTHER_TEXT}]
    tasks = [
        {"id": number, "created_at": made, "data": one, "annotations": each}
        for number, (one, each) in enumerate(zip(data, (annotations, others), strict=True), 1)
    ]
    (folder / f"annotations/exports/{name}.json").write_text(json.dumps(tasks), encoding="utf-8")


def write_small_corpus(folder: Path) -> Path:
    """Write the small corpus into a new folder."""
    for part in ("dataset/raw", "annotations/exports"):
        (folder / part).mkdir(parents=True)
    with (folder / "dataset/raw/sources.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["doc_id", "file", "sha256", "story_group"])
        for name, text in (("d1", TEXT), ("d2", OTHER_TEXT)):
            (folder / f"dataset/raw/{name}.txt").write_bytes(text.encode())
            writer.writerow([name, f"{name}.txt", sha256(text.encode()).hexdigest(), "one"])
    (folder / "corpus.toml").write_text(SETTINGS)
    (folder / "annotations/labeling_config.xml").write_text(XML)
    (folder / "annotations/guidelines.md").write_text("# Guidelines\n")
    (folder / "dataset_card.md").write_text("---\nlicense: mit\n---\n# Small\n")
    write_export(folder, exported(annotation()))
    return folder
