"""A corpus -> Label Studio tasks: articles with a proposal, pairs of claims, or what annotators differ on."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from goldspan.adjudicate import DOCUMENT, settle
from goldspan.articles import load_articles
from goldspan.build import settled_annotations, settled_claims
from goldspan.corpus import Corpus, check_settings, load_corpus
from goldspan.decisions import Conflict, Decider, Place
from goldspan.export.storing import data_showing
from goldspan.faults import printable_json, stop_on_errors
from goldspan.inputs import Inputs, read_inputs
from goldspan.labeling import Attribute, LabelingConfig, load_labeling_config
from goldspan.pairs import check_clusters, pair_tasks
from goldspan.records import Annotation, Article, Relation, Span, Zone
from goldspan.zones import Rules, propose_zones

__all__ = [
    "MODEL",
    "PREANNOTATION",
    "Items",
    "Proposal",
    "Task",
    "adjudication_tasks",
    "article_data",
    "article_tasks",
    "as_items",
    "claim_pair_tasks",
    "document_items",
    "predictions",
    "proposed_zones",
    "region_items",
    "result_items",
    "tasks_json",
    "zone_items",
]

PREANNOTATION = "goldspan"  # the model_version of what a task is pre-annotated with
MODEL = f"{PREANNOTATION}:"  # what it begins with where models have predicted it
VALUE_FIELDS = {
    "Choices": ("choices", "choices"),
    "TextArea": ("textarea", "text"),
    "Number": ("number", "number"),
    "Rating": ("rating", "rating"),
    "Taxonomy": ("taxonomy", "taxonomy"),
    "DateTime": ("datetime", "datetime"),
    "Pairwise": ("pairwise", "selected"),
}
Task = dict[str, Any]
Items = list[dict[str, Any]]


class Proposal(StrEnum):
    """What a task is pre-annotated with.

    The annotation that is released (zones where an article has none yet), zones by the rules of the corpus, or nothing.
    """

    released = "released"
    zones = "zones"
    none = "none"


def tasks_json(tasks: Iterable[Task]) -> str:
    """Tasks as JSON that Label Studio imports."""
    return printable_json(list(tasks)) + "\n"


def article_tasks(folder: Path, proposal: Proposal = Proposal.zones) -> list[Task]:
    """A task for each article of a corpus folder, with what is proposed for it as a prediction.

    Raises:
        DataError: with every fault of the corpus's settings or articles, and of its exports if they are proposed.
    """
    corpus = load_corpus(folder)
    config = load_labeling_config(corpus.path("labeling_config"))
    corpus = check_settings(corpus, config)
    articles, findings = load_articles(corpus)
    stop_on_errors(findings)
    released: dict[str, Annotation] = {}
    if proposal is Proposal.released and corpus.has_exports():
        inputs = read_inputs(folder)
        stop_on_errors(inputs.findings)
        released = settled_annotations(inputs, Decider(inputs.decisions))
    tasks = []
    for article in articles:
        result: Items = []
        if article.doc_id in released:
            result = result_items(released[article.doc_id], config)
        elif proposal is not Proposal.none:
            result = zone_items(article, corpus, config)
        tasks.append({"data": article_data(article, config), "predictions": predictions({PREANNOTATION: result})})
    return tasks


def article_data(article: Article, config: LabelingConfig) -> dict[str, Any]:
    """The data of an article's task: the text, the document's id, and what is known of it.

    Raises:
        DataError: no data can show the text as the labeling config has it (E906).
    """
    known = {key: value for key, value in article.metadata.items() if value is not None}
    data = {**known, "doc_id": article.doc_id, "text_sha256": article.sha256}
    return data if config.source is None else data_showing(article.text, config.source, data)


def predictions(results: dict[str, Items]) -> list[dict[str, Any]]:
    """Results by model version as the predictions of a task; empty ones are left out."""
    return [{"model_version": name, "result": result} for name, result in results.items() if result]


def proposed_zones(article: Article, corpus: Corpus) -> list[Zone]:
    """The zones that the rules propose; none where the corpus has no zones or no zone for plain text."""
    if corpus.layers.zones is None or corpus.default_zone is None:
        return []
    return propose_zones(article.text, Rules(corpus.zone_rules, corpus.default_zone))


def zone_items(article: Article, corpus: Corpus, config: LabelingConfig) -> Items:
    """The zones that the rules propose, as the items of a result."""
    return [
        {
            "id": f"zone-{zone.start}-{zone.end}",
            "from_name": corpus.layers.zones,
            "to_name": config.text_name,
            "type": "labels",
            "value": {
                "start": zone.start,
                "end": zone.end,
                "text": article.text[zone.start : zone.end],
                "labels": [zone.zone],
            },
        }
        for zone in proposed_zones(article, corpus)
    ]


def claim_pair_tasks(folder: Path) -> list[Task]:
    """A task for each pair of claims of each cluster.

    Raises:
        DataError: the corpus cannot be read, or a cluster does not fit the claims.
    """
    inputs = read_inputs(folder)
    stop_on_errors(inputs.findings)
    claims = settled_claims(inputs, settled_annotations(inputs, Decider(inputs.decisions)))
    articles = {article.doc_id: article for article in inputs.articles}
    stop_on_errors(check_clusters(inputs.clusters, claims, str(inputs.corpus.path("clusters"))))
    return pair_tasks(inputs.clusters, claims, articles)


def adjudication_tasks(folder: Path) -> list[Task]:
    """A task for each article on which annotators differ.

    Its predictions are what each annotator marked there, and whole the annotation that stands by the decisions so far.

    Raises:
        DataError: the corpus cannot be read.
    """
    inputs = read_inputs(folder)
    stop_on_errors(inputs.findings)
    standing = settled_annotations(inputs, Decider(inputs.decisions))
    found = inputs.by_document()
    tasks = []
    for article in inputs.articles:
        decider = Decider(())
        by = found.get(article.doc_id, {})
        if len(by) > 1:
            settle([by[name] for name in sorted(by)], article, decider, inputs.config, inputs.corpus)
        if decider.conflicts:
            data = article_data(article, inputs.config)
            data["conflicts"] = "\n".join(conflict.id for conflict in decider.conflicts)
            readings = {PREANNOTATION: result_items(standing[article.doc_id], inputs.config)}
            for name, one in sorted(by.items()):
                readings[name] = differing_items(one, decider.conflicts, inputs)
            tasks.append({"data": data, "predictions": predictions(readings)})
    return tasks


def differing_items(annotation: Annotation, conflicts: list[Conflict], inputs: Inputs) -> Items:
    """The regions of an annotator that a conflict is about, with their values and the relations between them.

    And the values of the whole task that one is about.
    """
    places = {place for conflict in conflicts for place in conflict.about}
    spans = [span for span in annotation.spans if Place(span.layer, *span.extent) in places]
    ids = {span.region_id for span in spans}
    relations = [one for one in annotation.relations if one.from_id in ids and one.to_id in ids]
    names = {conflict.id for conflict in conflicts}
    values = {
        name: value
        for name, value in annotation.attributes.items()
        if f"{annotation.doc_id}:{DOCUMENT}:{name}" in names
    }
    return [*as_items(spans, relations, inputs.config), *document_items(values, inputs.config)]


def result_items(annotation: Annotation, config: LabelingConfig) -> Items:
    """A whole annotation as the items of a result, the values of the whole task last."""
    return [*as_items(annotation.spans, annotation.relations, config), *document_items(annotation.attributes, config)]


def as_items(spans: Iterable[Span], relations: Iterable[Relation], config: LabelingConfig) -> Items:
    """Spans with their values, then relations, as the items of a result."""
    return [item for span in spans for item in region_items(span, config)] + [
        {
            "type": "relation",
            "from_id": relation.from_id,
            "to_id": relation.to_id,
            "direction": relation.direction,
            "labels": list(relation.labels),
        }
        for relation in relations
    ]


def region_items(span: Span, config: LabelingConfig) -> Iterator[dict[str, Any]]:
    """A span and its values as the items of a result."""
    layer = config.layers[span.layer]
    extent = {"start": span.start, "end": span.end}
    region = {"id": span.region_id, "from_name": layer.name, "to_name": layer.to_name or config.text_name}
    drawn = {layer.name: [label.split("/") for label in span.labels]} if layer.has_paths else {}
    if not drawn:
        yield {**region, "type": "labels", "value": {**extent, "labels": list(span.labels)}}
    for name, value in {**drawn, **span.attributes}.items():
        yield {"id": span.region_id, **value_item(config.attributes[name], value, config, extent)}


def document_items(values: Mapping[str, Any], config: LabelingConfig) -> Items:
    """Values of the whole task as the items of a result."""
    return [
        {"id": f"{DOCUMENT}-{name}", **value_item(config.attributes[name], value, config, {})}
        for name, value in values.items()
    ]


def value_item(attribute: Attribute, value: Any, config: LabelingConfig, extent: Mapping[str, int]) -> dict[str, Any]:
    """A value of a control as an item of a result, without its id; ``extent`` is that of its region, if it has one."""
    kind, field = VALUE_FIELDS[attribute.tag]
    plain = str(value).lower() if isinstance(value, bool) else value
    is_list = attribute.tag in ("Choices", "TextArea")
    stored = [plain] if is_list and not isinstance(plain, list) else plain
    to_name = attribute.to_name or config.text_name
    return {"from_name": attribute.name, "to_name": to_name, "type": kind, "value": {**extent, field: stored}}
