"""Articles -> Label Studio tasks, with the proposed zones as predictions."""

import json
from pathlib import Path
from typing import Any

from goldspan.articles import load_articles
from goldspan.corpus import Corpus, check_settings, load_corpus
from goldspan.labeling import LabelingConfig, load_labeling_config
from goldspan.records import Article
from goldspan.zones import Rules, propose_zones

__all__ = ["tasks_json"]

MODEL = "zone-rules"


def tasks_json(folder: Path) -> str:
    """The tasks of a corpus folder, as JSON that Label Studio imports.

    Raises:
        DataError: with every fault of the corpus's settings or articles.
    """
    corpus = load_corpus(folder)
    config = load_labeling_config(corpus.path("labeling_config"))
    check_settings(corpus, config)
    tasks = [task(article, corpus, config) for article in load_articles(corpus)]
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
