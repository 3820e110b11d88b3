"""All that a corpus folder holds, read: settings, articles, every annotator's annotations, decisions and lists."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from goldspan.articles import load_articles
from goldspan.claims import name_links
from goldspan.corpus import Corpus, Part, check_settings, load_corpus
from goldspan.decisions import Decision, read_decisions
from goldspan.entities import Entity, read_entities
from goldspan.export.fields import unkept_notes
from goldspan.export.spans import UNKNOWN_DOCUMENT, Reading, read_annotations
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.labeling import LabelingConfig, load_labeling_config
from goldspan.needs import check_needs
from goldspan.pairs import Member, read_clusters
from goldspan.picks import BY_ANNOTATOR
from goldspan.records import Annotation, Article
from goldspan.schemas import structure
from goldspan.tables import LINKS

__all__ = ["Inputs", "read_inputs"]

NO_PART = fault(
    "E012", "A part of the corpus is missing", "Put it where corpus.toml says; docs/own-corpus.md names the parts."
)
CLASH = fault(
    "E013",
    "A control of the labeling config has the name of a column that every release has",
    "Give it another name in Label Studio's config.",
)


LABELS = ("label", "labels")  # a further layer has one of them


NOBODY = fault(
    "E032",
    "[adjudication] in corpus.toml picks an annotator of whom there is no annotation",
    'Write pick = "annotator=ID" with the id of one that there is.',
)


class Inputs(Struct, frozen=True):
    """What was read, and every finding about what could not be.

    ``files`` are all files that a build depends on; ``renamed`` has the annotator of each name that a user would have
    in a corpus that does not name its annotators.
    """

    corpus: Corpus
    config: LabelingConfig
    articles: list[Article]
    annotations: list[Annotation]
    decisions: list[Decision]
    entities: dict[str, Entity] | None
    clusters: list[Member]
    findings: list[Finding]
    files: list[Path]
    renamed: dict[str, str] = {}

    def by_document(self) -> dict[str, dict[str, Annotation]]:
        """The annotations of each document by annotator, adjudicators left out."""
        found: dict[str, dict[str, Annotation]] = {}
        for annotation in self.annotations:
            if annotation.annotator not in self.corpus.adjudicators():
                found.setdefault(annotation.doc_id, {})[annotation.annotator] = annotation
        return found

    def adjudicated(self) -> dict[str, list[Annotation]]:
        """The annotations of each document by adjudicators."""
        found: dict[str, list[Annotation]] = {}
        for annotation in self.annotations:
            if annotation.annotator in self.corpus.adjudicators():
                found.setdefault(annotation.doc_id, []).append(annotation)
        return found


def read_inputs(folder: Path) -> Inputs:
    """Read a corpus folder.

    Raises:
        DataError: a file cannot be used at all; what is wrong inside usable files is among the findings.
    """
    corpus = load_corpus(folder)
    parts: tuple[Part, ...] = ("labeling_config", "sources", "guidelines", "card")
    stop_on_errors(NO_PART.finding(file=str(path)) for path in map(corpus.path, parts) if not path.is_file())
    config = load_labeling_config(corpus.path("labeling_config"))
    corpus = check_settings(corpus, config)
    articles, findings = load_articles(corpus)
    exports = corpus.export_files()
    reading = read_annotations(exports, articles, corpus.annotators, config, corpus.offsets)
    notes = [one for file, counts in reading.noted.items() for one in unkept_notes(counts, file=str(file))]
    raw = [corpus.path("sources").parent / article.file for article in articles]
    kept = [
        corpus.path(part)
        for part in (
            "labeling_config",
            "sources",
            "guidelines",
            "decisions",
            "entities",
            "clusters",
            "pair_config",
            "agreement",
            "scores",
        )
    ]
    files = [folder / "corpus.toml", *kept, *raw, *exports, *corpus.pair_export_files(), *corpus.figure_files()]
    check_columns(corpus, config)
    entities, clusters = read_entities(corpus.path("entities")), read_clusters(corpus.path("clusters"))
    check_needs(corpus, config, entities=entities is not None, clusters=bool(clusters))
    return Inputs(
        corpus=corpus,
        config=config,
        articles=articles,
        annotations=[name_links(annotation, corpus) for annotation in reading.annotations],
        decisions=read_decisions(corpus.path("decisions")),
        entities=entities,
        clusters=clusters,
        findings=[*findings, *unfollowing(reading, findings), *notes, *check_picked(corpus, reading.annotations)],
        files=sorted({path for path in files if path.exists()}),
        renamed=reading.renamed,
    )


def unfollowing(reading: Reading, articles: Iterable[Finding]) -> Iterator[Finding]:
    """The findings about annotations, but for those that only follow from an article that could not be read."""
    broken = {one.task for one in articles if one.is_error}
    return (one for one in reading.findings if one.code != UNKNOWN_DOCUMENT.code or one.task not in broken)


def check_picked(corpus: Corpus, annotations: Iterable[Annotation]) -> Iterator[Finding]:
    """A finding if there is no annotation of the annotator whose annotations are to stand (E032)."""
    pick, known = corpus.adjudication.pick or "", {one.annotator for one in annotations}
    if pick.startswith(BY_ANNOTATOR) and pick.removeprefix(BY_ANNOTATOR) not in known:
        detail = f"{pick}; there are {', '.join(sorted(known)) or 'none'}"
        yield NOBODY.finding(detail, file=str(corpus.folder / "corpus.toml"))


def check_columns(corpus: Corpus, config: LabelingConfig) -> None:
    """Hold the names of attributes against the columns of the tables that they become columns of.

    Raises:
        DataError: a name is taken (E013).
    """
    layers, fixed = corpus.layers, structure(corpus.layers)
    tables = {"entities": layers.entities, "claims": layers.attributions, **layers.further}
    named = {name: {one.name for one in config.attributes_of(layer)} for name, layer in tables.items() if layer}
    taken = {name: {*fixed[name].names, *(LABELS if name in layers.further else ())} for name in named}
    named["documents"] = {one.name for one in config.task_attributes}
    taken["documents"] = set(fixed["documents"].names)
    named["annotations"] = {one.name for one in config.attributes.values() if one.per_region}
    taken["annotations"] = {LINKS}
    clash = [f"{name} in {table}" for table in named for name in sorted(named[table] & taken[table])]
    if clash:
        raise CLASH.error(", ".join(clash), file=str(corpus.path("labeling_config")))
