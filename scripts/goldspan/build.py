"""Raw articles + exports + labeling config -> a release. The whole story, from top to bottom."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from msgspec import Struct

from goldspan import tables as rows
from goldspan.adjudicate import check_settled, settled
from goldspan.articles import load_articles
from goldspan.card import fill_figures, render_card
from goldspan.checks import check_annotation
from goldspan.checks.registry import Subject
from goldspan.claims import assemble
from goldspan.corpus import Corpus, check_settings, inside, load_corpus
from goldspan.export.spans import read_annotations
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.labeling import LabelingConfig, load_labeling_config
from goldspan.manifest import input_hashes, manifest_json
from goldspan.records import Annotation, Article, Zone
from goldspan.store import differences, replace_file, replace_folder

__all__ = ["Built", "build", "check_build", "write_build"]

STALE = fault(
    "E720", "A committed file is not what a build of its inputs gives", "Run goldspan build and commit the result."
)
NO_PAGE = fault("E721", "The card or a page with figures cannot be read", "Put it where corpus.toml says.")


class Built(Struct, frozen=True):
    """A release in memory.

    Its files by name, the pages with figures made anew by path, and what a person should look at.
    """

    corpus: Corpus
    files: dict[str, bytes]
    pages: dict[Path, bytes]
    tables: dict[str, pa.Table]
    warnings: list[Finding]


def build(folder: Path) -> Built:
    """Build the release of a corpus folder in memory.

    Raises:
        DataError: with every fault found.
    """
    corpus = load_corpus(folder)
    config = load_labeling_config(corpus.path("labeling_config"))
    check_settings(corpus, config)
    articles = load_articles(corpus)
    exports = corpus.export_files()
    reading = read_annotations(exports, articles, corpus.annotators, config)
    subjects = pair(reading.annotations, articles, config, corpus)
    checked = [finding for subject in subjects for finding in check_annotation(subject)]
    warnings = stop_on_errors([*reading.findings, *checked, *check_settled(reading.annotations)])

    tables = make_tables(articles, reading.annotations, config, corpus)
    tags = rows.entity_tags(corpus, config)
    card = corpus.path("card")
    card_text = render_card(read_page(card), str(card), corpus.version, tables, tags)
    pages = [inside(folder, page) for page in corpus.files.pages]
    files = {f"{name}/{rows.SPLIT_FILE}": rows.parquet(contents) for name, contents in tables.items()}
    files["README.md"] = card_text.encode()
    raw = [corpus.path("sources").parent / article.file for article in articles]
    settings = [corpus.path("sources"), corpus.path("labeling_config"), corpus.path("guidelines")]
    inputs = input_hashes(corpus, [folder / "corpus.toml", *settings, *raw, *exports])
    files["manifest.json"] = manifest_json(corpus, inputs, tables, files)
    filled = {page: fill_figures(read_page(page), str(page), tables).encode() for page in pages}
    return Built(corpus, files, {card: card_text.encode(), **filled}, tables, warnings)


def pair(
    annotations: Iterable[Annotation], articles: Iterable[Article], config: LabelingConfig, corpus: Corpus
) -> Iterator[Subject]:
    """Each annotation of a known article, with all that it is checked against."""
    by_id = {article.doc_id: article for article in articles}
    for annotation in annotations:
        if annotation.doc_id in by_id:
            yield Subject(annotation, by_id[annotation.doc_id], config, corpus)


def make_tables(
    articles: Iterable[Article], annotations: Iterable[Annotation], config: LabelingConfig, corpus: Corpus
) -> dict[str, pa.Table]:
    """The tables of a release from checked records."""
    layers = corpus.layers
    tags = rows.entity_tags(corpus, config)
    released = settled(annotations)
    found: dict[str, list[rows.Row]] = {name: [] for name in rows.CONFIGS}
    for article in articles:
        annotation = released.get(article.doc_id) or Annotation(article.doc_id, "", "", (), ())
        zones = [Zone(span.start, span.end, span.label) for span in annotation.layer(layers.zones)]
        mentions = rows.mentions(annotation, zones, layers.entities)
        claims = assemble(annotation, article, layers.attributions, corpus.attributions)
        found["documents"] += rows.document_rows(article, zones)
        found["entities"] += rows.entity_rows(article, mentions)
        found["claims"] += rows.claim_rows(article, claims, mentions, corpus.quantity_labels)
        found["ner"] += rows.ner_rows(article, zones, annotation.layer(layers.entities), tags, corpus)
    for annotation in annotations:
        found["annotations"] += rows.annotation_rows(annotation)
    return {name: rows.table(found[name], schema) for name, schema in rows.schemas(corpus, config).items()}


def read_page(path: Path) -> str:
    """The text of a page.

    Raises:
        DataError: it cannot be read (E721).
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NO_PAGE.error(str(error), file=str(path)) from error


def write_build(built: Built, out: Path | None = None) -> Path:
    """Write a release into ``out``.

    Without it, into the corpus's release folder, and make the pages' figures anew too.
    """
    folder = out or built.corpus.path("release")
    replace_folder(folder, built.files)
    if out is None:
        for path, data in built.pages.items():
            replace_file(path, data)
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
