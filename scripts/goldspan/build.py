"""Raw articles + exports + decisions -> a release. The whole story, from top to bottom."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from msgspec import UNSET, Struct

from goldspan import tables as rows
from goldspan.adjudicate import settle
from goldspan.agreed import check_agreement, read_agreement
from goldspan.card import Source, asked, fill_figures, parse_card, render_card
from goldspan.checks import check_annotation, check_content, content_of
from goldspan.checks.registry import Subject
from goldspan.claims import assemble
from goldspan.corpus import Corpus
from goldspan.croissant import CROISSANT_FILE, Described, croissant_json, files_of, rai_texts
from goldspan.decisions import HALF_ADJUDICATED, TWICE_ADJUDICATED, Decider, check_decisions, check_texts
from goldspan.disk import alone
from goldspan.drawn import FOLDER, check_drawings, read_drawings
from goldspan.entities import check_entities, check_sources
from goldspan.explore.charts import Chart
from goldspan.explore.clusters import standalone
from goldspan.explore.model import Contents
from goldspan.explore.released import released_contents
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.further import span_rows
from goldspan.hashes import input_hashes, records_hash, sha256
from goldspan.inputs import Inputs, read_inputs
from goldspan.labeling import load_labeling_config
from goldspan.labels import inventories
from goldspan.manifest import Basis, Counted, LeftOut, Picked, manifest_json
from goldspan.pages import pages_of, seen_from
from goldspan.pairs import (
    Judgement,
    PairScheme,
    check_clusters,
    check_relations,
    check_scheme,
    first_clusters,
    read_judgements,
    relate,
)
from goldspan.records import Annotation, Zone
from goldspan.related import relation_rows
from goldspan.released import replace_folder
from goldspan.schemas import Row, schemas, with_columns
from goldspan.scores import check_scores, fresh, read_scores
from goldspan.store import NOT_OURS, differences, staged

__all__ = [
    "Built",
    "build",
    "charts_of",
    "check_build",
    "compare",
    "make_tables",
    "settled_annotations",
    "settled_claims",
    "settled_tables",
    "write_build",
]

STALE = fault(
    "E720", "A committed file is not what a build of its inputs gives", "Run goldspan build and commit the result."
)


class Built(Struct, frozen=True):
    """A release in memory.

    Its files by name, the pages with figures made anew by path, its tables, the warnings, and what was counted.
    """

    corpus: Corpus
    files: dict[str, bytes]
    pages: dict[Path, bytes]
    tables: dict[str, pa.Table]
    warnings: list[Finding]
    counted: Counted = Counted()


class Settled(Struct, frozen=True):
    """The tables of a release, the warnings, and what was counted on the way."""

    tables: dict[str, pa.Table]
    warnings: list[Finding]
    counted: Counted


def build(folder: Path) -> Built:
    """Build the release of a corpus folder in memory.

    Raises:
        DataError: with every fault found.
    """
    inputs = read_inputs(folder)
    return package(inputs, settled_tables(inputs))


def settled_tables(inputs: Inputs) -> Settled:
    """The tables of a release and the warnings, from what was read.

    Raises:
        DataError: with every fault found.
    """
    decider = Decider(inputs.decisions)
    released = settled_annotations(inputs, decider)
    warnings = stop_on_errors(check_inputs(inputs, released, decider))
    tables = make_tables(inputs, released)
    judgements, judged = judge(inputs, claims_by_id(tables))
    related, findings = relate_claims(inputs, tables, judgements, decider)
    decisions = check_decisions(decider, str(inputs.corpus.path("decisions")), inputs.renamed)
    lists = [*check_lists(inputs, released), *check_agreement(inputs, judgements)]
    warnings += stop_on_errors([*judged, *findings, *decisions, *lists])
    tables["claims"] = rows.in_clusters(tables["claims"], first_clusters(inputs.clusters))
    asked = pair_scheme(inputs).config.attributes.values() if inputs.clusters else ()
    tables["claim_relations"] = rows.table(related, with_columns(tables["claim_relations"].schema, asked))
    content = check_content(content_of(tables, inputs.corpus.settings()))
    return Settled(tables, [*warnings, *content], counted(inputs, decider))


def counted(inputs: Inputs, decider: Decider) -> Counted:
    """What the settings leave out or settle, counted."""
    regions = dict.fromkeys(inputs.corpus.layers.left_out, 0)
    relations = 0
    for annotation in inputs.annotations:
        left = {span.region_id: span.layer for span in annotation.spans if span.layer in regions}
        for layer in left.values():
            regions[layer] += 1
        relations += sum(bool({one.from_id, one.to_id} & set(left)) for one in annotation.relations)
    pick = inputs.corpus.adjudication.pick
    return Counted(
        LeftOut(regions, relations) if regions else UNSET, Picked(pick, len(decider.picked)) if pick else UNSET
    )


def compare(inputs: Inputs, decider: Decider) -> list[Judgement]:
    """Meet every conflict between annotators, in the articles and in the pairs of claims; the decider keeps them.

    Gives the judgements of the pairs back.
    """
    claims = settled_claims(inputs, settled_annotations(inputs, decider))
    judgements, _ = judge(inputs, claims)
    if inputs.clusters:
        relate(inputs.clusters, judgements, claims, pair_scheme(inputs), decider)
    return judgements


def settled_annotations(inputs: Inputs, decider: Decider) -> dict[str, Annotation]:
    """The annotation of each annotated article that is released, by the article's id.

    It is an adjudicator's where one has annotated the article, else what is settled between the annotators.
    """
    articles = {article.doc_id: article for article in inputs.articles}
    settled = {
        doc_id: settle([by[name] for name in sorted(by)], articles[doc_id], decider, inputs.config, inputs.corpus)
        for doc_id, by in sorted(inputs.by_document().items())
        if doc_id in articles
    }
    adjudicated = {doc_id: last[0] for doc_id, last in inputs.adjudicated().items() if doc_id in articles}
    for doc_id in adjudicated:
        decider.close(doc_id)
    return dict(sorted({**settled, **adjudicated}.items()))


def check_inputs(inputs: Inputs, released: dict[str, Annotation], decider: Decider) -> Iterator[Finding]:
    """Every finding about the annotations, each annotator's and the settled ones.

    If texts changed, about decisions too.
    """
    yield from inputs.findings
    yield from check_adjudicated(inputs)
    articles = {article.doc_id: article for article in inputs.articles}
    settled = [one for one in released.values() if one not in inputs.annotations]
    faults = False
    other = {finding.task for finding in inputs.findings if finding.is_error and finding.code in ("E203", "E206")}
    for annotation in [*inputs.annotations, *settled]:
        if annotation.doc_id in articles and annotation.doc_id not in other:
            subject = Subject(annotation, articles[annotation.doc_id], inputs.config, inputs.corpus)
            for finding in check_annotation(subject):
                faults = faults or finding.is_error
                yield finding
    if faults or any(finding.is_error for finding in inputs.findings):
        yield from check_texts(decider, str(inputs.corpus.path("decisions")))


def check_adjudicated(inputs: Inputs) -> Iterator[Finding]:
    """Findings about what adjudicators submitted: twice, or without a layer or value that the annotators have."""
    found = inputs.by_document()
    for doc_id, last in inputs.adjudicated().items():
        yield from (TWICE_ADJUDICATED.finding(one.annotator, file=one.file, task=doc_id) for one in last[1:])
        marked = set[str]().union(*(marked_in(one) for one in found.get(doc_id, {}).values()))
        lacking = marked - marked_in(last[0]) - set(inputs.corpus.layers.left_out)
        if lacking:
            yield HALF_ADJUDICATED.finding(", ".join(sorted(lacking)), file=last[0].file, task=doc_id)


def marked_in(annotation: Annotation) -> set[str]:
    """The layers in which an annotation has spans, and the controls of the whole task that it has values of."""
    return {*(span.layer for span in annotation.spans), *annotation.attributes}


def check_lists(inputs: Inputs, released: dict[str, Annotation]) -> Iterator[Finding]:
    """Findings about mentions against the list of entities."""
    corpus = inputs.corpus
    if inputs.entities is not None:
        mentions = [
            one for annotation in released.values() for one in rows.mentions(annotation, (), corpus.layers.entities)
        ]
        texts = {article.doc_id: article.text for article in inputs.articles}
        yield from check_entities(mentions, inputs.entities, texts, str(corpus.path("entities")))
        sources = [span for annotation in released.values() for span in annotation.layer(corpus.layers.attributions)]
        yield from check_sources(sources, inputs.entities, str(corpus.path("entities")))


def make_tables(inputs: Inputs, released: dict[str, Annotation]) -> dict[str, pa.Table]:
    """The tables of a release from checked records; relations between claims are still missing."""
    corpus, config = inputs.corpus, inputs.config
    layers, tags = corpus.layers, rows.entity_tags(corpus, config)
    made = schemas(corpus, config)
    found: dict[str, list[Row]] = {name: [] for name in made}
    for article in inputs.articles:
        annotation = released.get(article.doc_id) or Annotation(article.doc_id, "", "", (), ())
        zones = [Zone(span.start, span.end, span.label) for span in annotation.layer(layers.zones)]
        mentions = rows.mentions(annotation, zones, layers.entities)
        claims = assemble(annotation, article, corpus)
        found["documents"] += rows.document_rows(article, zones, annotation.attributes)
        found["entities"] += rows.entity_rows(article, mentions, corpus.quantities)
        found["claims"] += rows.claim_rows(article, claims, mentions, corpus, config)
        for name, control in layers.further.items():
            multiple = config.layers[control].multiple
            found[name] += span_rows(article, name, annotation.layer(control), zones, multiple=multiple)
        found["relations"] += relation_rows(annotation, article, corpus)
        if article.doc_id in released:  # sentences without tags would say that there is nothing in them
            found["ner"] += rows.ner_rows(article, zones, annotation.layer(layers.entities), tags, corpus)
    for annotation in inputs.annotations:
        found["annotations"] += rows.annotation_rows(annotation)
    return {name: rows.table(found[name], schema) for name, schema in made.items()}


def relate_claims(
    inputs: Inputs, tables: dict[str, pa.Table], judgements: list[Judgement], decider: Decider
) -> tuple[list[Row], Iterable[Finding]]:
    """The rows of claim_relations from clusters, judgements and decisions, and every finding about them."""
    if not inputs.clusters:
        return [], []
    related, findings = relate(inputs.clusters, judgements, claims_by_id(tables), pair_scheme(inputs), decider)
    return related, [*findings, *check_relations(related, inputs.corpus.relations)]


def judge(inputs: Inputs, claims: dict[str, Row]) -> tuple[list[Judgement], list[Finding]]:
    """The judgements of the pairs of claims, and every finding about them; none where a corpus has no clusters."""
    corpus = inputs.corpus
    if not inputs.clusters:
        return [], []
    stop_on_errors(check_clusters(inputs.clusters, claims, str(corpus.path("clusters"))))
    return read_judgements(corpus.pair_export_files(), pair_scheme(inputs).config, corpus.annotators, claims)


def pair_scheme(inputs: Inputs) -> PairScheme:
    """What a pair of claims can be judged to be.

    Raises:
        DataError: the pair config cannot be used (E003), or does not fit corpus.toml (E519).
    """
    path = inputs.corpus.path("pair_config")
    adjudicators = frozenset(inputs.corpus.adjudicators())
    pick = inputs.corpus.adjudication.pick
    scheme = PairScheme(load_labeling_config(path), inputs.corpus.relations, adjudicators, pick)
    check_scheme(scheme, str(path))
    return scheme


def settled_claims(inputs: Inputs, released: dict[str, Annotation]) -> dict[str, Row]:
    """The rows of the claims by their id, without quantities. The annotations need not be checked."""
    empty = dict.fromkeys(schemas(inputs.corpus, inputs.config)["claims"].names)
    return {
        row["claim_id"]: {**empty, **row}
        for article in inputs.articles
        if article.doc_id in released
        for claims in [assemble(released[article.doc_id], article, inputs.corpus)]
        for row in rows.claim_rows(article, claims, (), inputs.corpus, inputs.config)
    }


def claims_by_id(tables: dict[str, pa.Table]) -> dict[str, Row]:
    """The rows of the claims by their id."""
    return {row["claim_id"]: row for row in tables["claims"].to_pylist()}


def package(inputs: Inputs, settled: Settled) -> Built:
    """The files of a release: tables as Parquet, the card with its figures, the description, the manifest.

    A config without a row is left out: datasets cannot load an empty split.
    """
    corpus, card = inputs.corpus, inputs.corpus.path("card")
    tables = {name: contents for name, contents in settled.tables.items() if contents.num_rows}
    records = {name: records_hash(contents.to_pylist()) for name, contents in tables.items()}
    kept = read_scores(corpus.path("scores"))
    texts = pages_of(corpus)
    names = asked(texts.values())
    charts = charts_of(inputs, tables) if names else {}
    drawings = list(read_drawings(corpus, names, charts))
    stale = [*check_scores(kept, records, corpus.path("scores")), *check_drawings(corpus, names, charts)]
    said = {name: says for name, says, _ in drawings}
    source = Source(tables, read_agreement(corpus), fresh(kept, records), said)

    def filled(page: Path, seen: Source) -> str:
        if page != card:
            return fill_figures(texts[page], str(page), seen)
        return render_card(texts[page], str(page), corpus.version, seen, rows.entity_tags(corpus, inputs.config))

    card_text = filled(card, source)
    files = {f"{name}/{rows.SPLIT_FILE}": rows.parquet(contents) for name, contents in tables.items()}
    files["README.md"] = card_text.encode()
    files |= {f"{FOLDER}/{name}.svg": data for name, _, data in drawings}
    files[CROISSANT_FILE] = describe(corpus, card_text, tables, files)
    basis = Basis(corpus, input_hashes(corpus.folder, inputs.files), allowed_labels(inputs), settled.counted)
    files["manifest.json"] = manifest_json(basis, source, files)
    pages = {page: filled(page, seen_from(page, source, corpus)).encode() for page in texts}
    return Built(corpus, files, pages, tables, [*settled.warnings, *stale], settled.counted)


def allowed_labels(inputs: Inputs) -> dict[str, tuple[str, ...]]:
    """The labels and values that may stand in each column."""
    return inventories(inputs.corpus, inputs.config, pair_scheme(inputs).config if inputs.clusters else None)


def charts_of(inputs: Inputs, tables: dict[str, pa.Table]) -> dict[str, Chart]:
    """The charts that can be drawn of a corpus, by name."""
    corpus = inputs.corpus
    base = Contents(
        corpus.name,
        corpus.version,
        [],
        settings=corpus.settings(),
        agreement=read_agreement(corpus),
        inventories={name: list(labels) for name, labels in allowed_labels(inputs).items()},
    )
    return standalone(released_contents(tables, base))


def describe(corpus: Corpus, card_text: str, tables: dict[str, pa.Table], files: dict[str, bytes]) -> bytes:
    """The description of a release in Croissant."""
    card = parse_card(card_text, str(corpus.path("card")))
    sized = files_of(files, {name: sha256(data) for name, data in files.items()})
    rai = rai_texts(corpus.rai, card, str(corpus.folder / "corpus.toml"))
    return croissant_json(Described(corpus.name, corpus.version, card, tables, sized), rai)


def write_build(built: Built, out: Path | None = None) -> Path:
    """Write a release into ``out``, one build of a corpus after another.

    Without it, into the corpus's release folder, and make the pages' figures anew too. A killed build leaves the old
    release or the new one; pages that it did not come to are made anew by the next.
    """
    folder = out or built.corpus.path("release")
    if built.corpus.folder.resolve().is_relative_to(folder.resolve()):
        raise NOT_OURS.error("it holds the corpus itself", file=str(folder))
    with alone(built.corpus.folder.resolve()), staged(built.pages if out is None else {}) as put_in_place:
        replace_folder(folder, built.files)
        put_in_place()
    return folder


def check_build(built: Built, out: Path | None = None) -> None:
    """Compare a release on disk, and the pages with figures, with what was built.

    Raises:
        DataError: a file differs, lacks or is too many (E720).
    """
    folder = out or built.corpus.path("release")
    stale = [folder / name for name in differences(folder, built.files)]
    stale += [path for path, data in built.pages.items() if out is None and path.read_bytes() != data]
    stop_on_errors(STALE.finding(file=str(path)) for path in stale)
