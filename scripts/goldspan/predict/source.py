"""The articles to predict: those of a corpus that nobody has annotated or that are named, or the texts of a folder."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from goldspan.articles import DOC_ID, load_article, load_articles
from goldspan.corpus import Corpus, check_settings, load_corpus
from goldspan.export.spans import read_annotations
from goldspan.faults import fault, stop_on_errors
from goldspan.labeling import LabelingConfig, load_labeling_config
from goldspan.layers import with_further
from goldspan.records import Article
from goldspan.settings import Layers

__all__ = ["Source", "corpus_source", "text_source"]

NOTHING = fault(
    "E990",
    "There is no article to predict",
    "Add one to sources.csv, or name some that are annotated: --articles 'news-*'. In a folder of --texts, name each "
    "NAME.txt, by letters, digits, dots, hyphens and underscores.",
)


class Source(Struct, frozen=True):
    """Articles in the order of their ids, with the labeling config that they are to be annotated by."""

    corpus: Corpus
    config: LabelingConfig
    articles: list[Article]


def corpus_source(folder: Path, patterns: Sequence[str] = ()) -> Source:
    """The articles of a corpus whose ids fit a pattern; without patterns, those that no export has an annotation of.

    Raises:
        DataError: the corpus or its exports have faults, or there is no such article (E990).
    """
    corpus = load_corpus(folder)
    config = load_labeling_config(corpus.path("labeling_config"))
    corpus = check_settings(corpus, config)
    articles, findings = load_articles(corpus)
    stop_on_errors(findings)
    for pattern in patterns:
        if not any(fnmatchcase(article.doc_id, pattern) for article in articles):
            raise NOTHING.error(f"no doc_id is {pattern!r}", file=str(folder))
    if patterns:
        chosen = [one for one in articles if any(fnmatchcase(one.doc_id, pattern) for pattern in patterns)]
    else:
        annotated = annotated_documents(corpus, config, articles)
        chosen = [article for article in articles if article.doc_id not in annotated]
    if not chosen:
        raise NOTHING.error("all are annotated", file=str(folder))
    return Source(corpus, config, chosen)


def annotated_documents(corpus: Corpus, config: LabelingConfig, articles: list[Article]) -> set[str]:
    """The documents that an export of a corpus has an annotation of.

    Raises:
        DataError: an export has faults.
    """
    if not corpus.has_exports():
        return set()
    reading = read_annotations(corpus.export_files(), articles, corpus.annotators, config, corpus.offsets)
    stop_on_errors(reading.findings)
    return {annotation.doc_id for annotation in reading.annotations}


def text_source(folder: Path, config: Path, language: str) -> Source:
    """The files ``*.txt`` of a folder, each an article whose id is the file's name, for any labeling config.

    Raises:
        DataError: one is no text in UTF-8 (E105) or its name cannot be an id, there is none (E990), or the labeling
            config cannot be used (E003).
    """
    rows = [{"doc_id": path.stem, "file": path.name} for path in sorted(folder.glob("*.txt"))]
    odd = [row["file"] for row in rows if not DOC_ID.fullmatch(row["doc_id"])]
    if odd or not rows:
        raise NOTHING.error(
            f"names that can be no id: {', '.join(odd)}" if odd else "there is no *.txt", file=str(folder)
        )
    labeling = load_labeling_config(config)
    layers = with_further(Layers(), [*labeling.layers])
    corpus = Corpus(name=folder.name, version="0.0.0", layers=layers, language=language)
    return Source(corpus, labeling, [load_article(folder, row) for row in rows])
