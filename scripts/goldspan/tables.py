"""Records -> Arrow tables -> Parquet."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.articles import METADATA
from goldspan.claims import claim_attributes, claim_values, span_id
from goldspan.corpus import Corpus, Quantities
from goldspan.further import innermost, zone_at
from goldspan.labeling import LabelingConfig
from goldspan.records import Annotation, Article, Claim, Mention, Span, Zone
from goldspan.schemas import Row
from goldspan.tokens import bio, outermost, sentences, tag_names, tokenise

__all__ = [
    "LINKS",
    "SPLIT_FILE",
    "annotation_rows",
    "claim_rows",
    "document_rows",
    "entity_rows",
    "entity_tags",
    "in_clusters",
    "mentions",
    "ner_rows",
    "parquet",
    "table",
]

SPLIT_FILE = "train-00000-of-00001.parquet"
GROUP_BYTES = 128 << 20  # the viewer of the Hub asks for 100 to 300 MB, and shows no row group of more
MOST_GROUP_ROWS = 1 << 20
LINKS = "relations"  # among the attributes of an annotation


def table(rows: Iterable[Row], schema: pa.Schema) -> pa.Table:
    """Rows as a table; a key that a row lacks is null, an empty list where the column holds lists.

    Raises:
        pyarrow.ArrowInvalid: a value does not fit its column.
    """
    empty: Row = {field.name: [] if pa.types.is_list(field.type) else None for field in schema}
    return pa.Table.from_pylist([{**empty, **row} for row in rows], schema=schema)


def parquet(contents: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file without schema metadata, which every version of datasets reads.

    With a page index, so that a viewer need not read whole row groups; in pages cut by content, so that a store that
    keeps equal stretches once, as the Hub's, keeps what two releases share once.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(
        contents.replace_schema_metadata(None),
        sink,
        compression="zstd",
        store_schema=False,
        row_group_size=group_rows(contents),
        write_page_index=True,
        use_content_defined_chunking=True,
    )
    return bytes(sink.getvalue())


def group_rows(contents: pa.Table) -> int:
    """How many rows go into a row group, so that it has about as many bytes in memory as the Hub's viewer likes."""
    return int(min(max(GROUP_BYTES * contents.num_rows // max(contents.nbytes, 1), 1), MOST_GROUP_ROWS))


def mentions(annotation: Annotation, zones: Sequence[Zone], layer: str | None) -> list[Mention]:
    """The entity mentions of a checked annotation, in text order, each with the mention and the zone around it."""
    spans = annotation.layer(layer)
    return [
        Mention(
            mention_id=span_id(annotation.doc_id, "mention", span),
            doc_id=annotation.doc_id,
            start=span.start,
            end=span.end,
            label=span.label,
            parent_mention_id=span_id(annotation.doc_id, "mention", around) if around else None,
            zone=zone_at(zones, span.start),
            attributes=span.attributes,
        )
        for span, around in zip(spans, innermost(spans), strict=True)
    ]


def document_rows(article: Article, zones: Sequence[Zone], values: Mapping[str, Any]) -> Iterator[Row]:
    """The row of an article; ``values`` are those of the controls of the whole task."""
    yield {
        "doc_id": article.doc_id,
        "text": article.text,
        "text_sha256": article.sha256,
        "n_chars": len(article.text),
        **{name: article.metadata.get(name) for name in METADATA},
        "zones": [{"start": zone.start, "end": zone.end, "zone": zone.zone} for zone in zones],
        **values,
    }


def entity_rows(article: Article, found: Iterable[Mention], quantities: Quantities) -> Iterator[Row]:
    """A row for each mention; of a figure, with the bounds that its value and comparator give."""
    for mention in found:
        comparator, value = (mention.attributes.get(name) for name in (quantities.comparator, quantities.value))
        yield {
            "mention_id": mention.mention_id,
            "doc_id": mention.doc_id,
            "start": mention.start,
            "end": mention.end,
            "text": article.text[mention.start : mention.end],
            "label": mention.label,
            "parent_mention_id": mention.parent_mention_id,
            "zone": mention.zone,
            **mention.attributes,
            "lower": value if comparator in quantities.lower else None,
            "upper": value if comparator in quantities.upper else None,
        }


def claim_rows(
    article: Article, claims: Iterable[Claim], found: Sequence[Mention], corpus: Corpus, config: LabelingConfig
) -> Iterator[Row]:
    """A row for each claim; its quantities are the mentions of figures inside its content."""
    asked = claim_attributes(corpus, config)
    for claim in claims:
        attribution = claim.attribution
        yield {
            "claim_id": claim.claim_id,
            "doc_id": claim.doc_id,
            "attribution_id": attribution.attribution_id if attribution else None,
            "content": fragments(article.text, claim.content),
            "cue": fragments(article.text, [attribution.cue] if attribution else []),
            "source": fragments(article.text, [attribution.source] if attribution and attribution.source else []),
            "attribution": claim.quotation,
            **claim_values(claim, asked),
            "quantity_mention_ids": [
                mention.mention_id
                for mention in found
                if mention.label in corpus.quantities.labels
                and any(span.covers(mention.start, mention.end) for span in claim.content)
            ],
        }


def fragments(text: str, spans: Iterable[Span]) -> list[Row]:
    """Spans as a list of {start, end, text}."""
    return [{"start": span.start, "end": span.end, "text": text[span.start : span.end]} for span in spans]


def in_clusters(claims: pa.Table, clusters: Mapping[str, str]) -> pa.Table:
    """The table of claims with the cluster of each."""
    found = [clusters.get(claim) for claim in claims["claim_id"].to_pylist()]
    return claims.set_column(claims.column_names.index("cluster_id"), "cluster_id", pa.array(found, pa.string()))


def ner_rows(
    article: Article, zones: Sequence[Zone], spans: Sequence[Span], tags: Sequence[str], corpus: Corpus
) -> Iterator[Row]:
    """A row for each sentence of the annotated zones: tokens and the BIO tags of the outermost spans."""
    outer = outermost(spans)
    numbers = {tag: number for number, tag in enumerate(tags)}
    for zone in zones or [Zone(0, len(article.text), "")]:
        if zone.zone in corpus.unannotated_zones:
            continue
        for sentence in sentences(article.text, zone.start, zone.end, corpus.language, outer):
            inside = [span for span in outer if sentence.start <= span.start < sentence.end]
            tokens = list(tokenise(article.text, sentence.start, sentence.end, inside))
            yield {
                "id": f"{article.doc_id}:sentence:{sentence.start}",
                "doc_id": article.doc_id,
                "story_group": article.metadata.get("story_group"),
                "zone": zone.zone or None,
                "tokens": [article.text[start:end] for start, end in tokens],
                "token_starts": [start for start, _ in tokens],
                "ner_tags": [numbers[tag] for tag in bio(tokens, inside)],
                "sentence_start": sentence.start,
                "sentence_text": article.text[sentence.start : sentence.end],
            }


def annotation_rows(annotation: Annotation) -> Iterator[Row]:
    """A row for each region of an annotator, as drawn; its values and outgoing relations as JSON.

    A relation is [label, region], with its direction between them where that is another than ``right``; without a label
    that is empty. Values that belong to the whole task have a row of their own, without layer, extent and label; so has
    an annotation in which nothing is marked.
    """
    ids = {span.region_id: f"{annotation.doc_id}:{annotation.annotator}:{span.region_id}" for span in annotation.spans}
    ordered = sorted(annotation.spans, key=lambda span: (span.layer, span.start, -span.end, span.region_id))
    for span in ordered:
        outgoing = sorted(
            [label, *([] if relation.direction == "right" else [relation.direction]), ids[relation.to_id]]
            for relation in annotation.relations
            if relation.from_id == span.region_id and relation.to_id in ids
            for label in relation.labels or ("",)
        )
        attributes = {**({LINKS: outgoing} if outgoing else {}), **span.attributes}
        yield {
            "annotation_id": ids[span.region_id],
            "doc_id": annotation.doc_id,
            "annotator_id": annotation.annotator,
            "layer": span.layer,
            "start": span.start,
            "end": span.end,
            "label": "|".join(span.labels),
            "attributes": json.dumps(attributes, ensure_ascii=False, sort_keys=True),
        }
    if annotation.attributes or not annotation.spans:
        yield {
            "annotation_id": f"{annotation.doc_id}:{annotation.annotator}",
            "doc_id": annotation.doc_id,
            "annotator_id": annotation.annotator,
            "attributes": json.dumps(annotation.attributes, ensure_ascii=False, sort_keys=True),
        }


def entity_tags(corpus: Corpus, config: LabelingConfig) -> list[str]:
    """The names of the NER tags: O, then B- and I- of each entity label in the labeling config's order."""
    return tag_names(config.layers[corpus.layers.entities].labels if corpus.layers.entities else ())
