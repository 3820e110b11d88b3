"""A corpus -> Label Studio tasks: articles with proposed zones, pairs of claims, or what annotators differ on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldspan.adjudicate import settle
from goldspan.articles import load_articles
from goldspan.build import claims_by_id, make_tables, settled_annotations
from goldspan.corpus import Corpus, check_settings, load_corpus
from goldspan.decisions import Conflict, Decider
from goldspan.faults import stop_on_errors
from goldspan.inputs import Inputs, read_inputs
from goldspan.labeling import Kind, LabelingConfig, load_labeling_config
from goldspan.pairs import check_clusters, pair_tasks
from goldspan.records import Annotation, Article, Span
from goldspan.zones import Rules, propose_zones

__all__ = ["adjudication_tasks_json", "pair_tasks_json", "tasks_json"]

MODEL = "zone-rules"
VALUE_FIELDS = {
    "Choices": ("choices", "choices"),
    "TextArea": ("textarea", "text"),
    "Number": ("number", "number"),
    "Rating": ("rating", "rating"),
}


def tasks_json(folder: Path) -> str:
    """The tasks of a corpus folder, as JSON that Label Studio imports.

    Raises:
        DataError: with every fault of the corpus's settings or articles.
    """
    corpus = load_corpus(folder)
    config = load_labeling_config(corpus.path("labeling_config"))
    check_settings(corpus, config)
    articles, findings = load_articles(corpus)
    stop_on_errors(findings)
    tasks = [task(article, corpus, config) for article in articles]
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def task(article: Article, corpus: Corpus, config: LabelingConfig) -> dict[str, Any]:
    """One task: the text, the document's id, what is known of it, and its zones as a prediction."""
    known = {key: value for key, value in article.metadata.items() if value is not None}
    data = {**known, "doc_id": article.doc_id, "text_sha256": article.sha256, config.text_field: article.text}
    result = zone_regions(article, corpus, config)
    return {"data": data, "predictions": [{"model_version": MODEL, "result": result}] if result else []}


def zone_regions(article: Article, corpus: Corpus, config: LabelingConfig) -> list[dict[str, Any]]:
    """The proposed zones as regions of a result; none where the corpus has no zones or no zone for plain text."""
    layer = corpus.layers.zones
    if layer is None or corpus.default_zone is None:
        return []
    return [
        {
            "id": f"zone-{zone.start}-{zone.end}",
            "from_name": layer,
            "to_name": config.text_name,
            "type": "labels",
            "value": {
                "start": zone.start,
                "end": zone.end,
                "text": article.text[zone.start : zone.end],
                "labels": [zone.zone],
            },
        }
        for zone in propose_zones(article.text, Rules(corpus.zone_rules, corpus.default_zone))
    ]


def pair_tasks_json(folder: Path) -> str:
    """The pairs of claims of each cluster, as JSON that Label Studio imports.

    Raises:
        DataError: the corpus cannot be read, or a cluster does not fit the claims.
    """
    inputs = read_inputs(folder)
    stop_on_errors(inputs.findings)
    tables = make_tables(inputs, settled_annotations(inputs, Decider(inputs.decisions)))
    claims = claims_by_id(tables)
    documents = {row["doc_id"]: row for row in tables["documents"].to_pylist()}
    stop_on_errors(check_clusters(inputs.clusters, claims, str(inputs.corpus.path("clusters"))))
    return pair_tasks(inputs.clusters, claims, documents)


def adjudication_tasks_json(folder: Path) -> str:
    """The places on which annotators differ, as JSON that Label Studio imports: a prediction for each reading.

    Raises:
        DataError: the corpus cannot be read.
    """
    inputs = read_inputs(folder)
    stop_on_errors(inputs.findings)
    found = inputs.by_document()
    tasks = []
    for article in inputs.articles:
        decider = Decider(())
        by = found.get(article.doc_id, {})
        if len(by) > 1:
            settle([by[name] for name in sorted(by)], article, decider, inputs.config)
        if decider.conflicts:
            data = {"doc_id": article.doc_id, inputs.config.text_field: article.text}
            data["conflicts"] = "\n".join(conflict.id for conflict in decider.conflicts)
            predictions = [
                {"model_version": name, "result": differing_regions(one, decider.conflicts, inputs)}
                for name, one in sorted(by.items())
            ]
            tasks.append({"data": data, "predictions": predictions})
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def differing_regions(annotation: Annotation, conflicts: list[Conflict], inputs: Inputs) -> list[dict[str, Any]]:
    """The regions of an annotator that a conflict is about, with their values and the relations between them."""
    places = [conflict.id.removeprefix(f"{annotation.doc_id}:").split(":") for conflict in conflicts]
    spans = {span.region_id: span for span in annotation.spans if any(concerns(place, span) for place in places)}
    items = [item for span in spans.values() for item in region_items(span, inputs.config)]
    return items + [
        {
            "type": "relation",
            "from_id": relation.from_id,
            "to_id": relation.to_id,
            "direction": relation.direction,
            "labels": list(relation.labels),
        }
        for relation in annotation.relations
        if relation.from_id in spans and relation.to_id in spans
    ]


def concerns(place: list[str], span: Span) -> bool:
    """True if a conflict (layer, extent, what) is about a span, by its extent or label, or as the end of a relation."""
    layer, extent, what = place
    start, end = map(int, extent.split("-"))
    inside = start <= span.start and span.end <= end
    about = span.extent == (start, end) or (inside and span.label == what)
    return span.layer == layer and (about or what.endswith(f">{span.start}-{span.end}"))


def region_items(span: Span, config: LabelingConfig) -> Iterator[dict[str, Any]]:
    """A span and its values as the items of a result."""
    base = {"id": span.region_id, "to_name": config.text_name}
    extent = {"start": span.start, "end": span.end}
    yield {**base, "from_name": span.layer, "type": "labels", "value": {**extent, "labels": list(span.labels)}}
    for name, value in span.attributes.items():
        attribute = config.attributes[name]
        kind, field = VALUE_FIELDS[attribute.tag]
        plain = str(value).lower() if isinstance(value, bool) else value
        stored = plain if attribute.kind is Kind.NUMBER else [plain] if isinstance(plain, str) else plain
        yield {**base, "from_name": name, "type": kind, "value": {**extent, field: stored}}
