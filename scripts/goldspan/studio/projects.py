"""What a corpus wants its projects on a server to be: title, labeling config, instructions and tasks."""

from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from markdown_it import MarkdownIt
from msgspec import Struct

from goldspan.articles import load_articles
from goldspan.corpus import Corpus, load_corpus
from goldspan.faults import fault
from goldspan.labeling import LabelingConfig, load_labeling_config
from goldspan.predict.pushed import predicted
from goldspan.studio.restore import restored
from goldspan.tasks import PREANNOTATION, Proposal, Task, adjudication_tasks, article_tasks, claim_pair_tasks
from goldspan.words import reason

__all__ = ["Choice", "Kind", "Wanted", "project_title", "wanted_project"]

BAD_TITLE = fault(
    "E813",
    "Label Studio takes no such title for a project",
    "Give one of 3 to 50 characters, none of them a control character: --project.",
)
NO_GUIDELINES = fault("E814", "The guidelines cannot be read", "Put them where corpus.toml says, as UTF-8.")
NOTHING = fault(
    "E826",
    "There is nothing to push",
    "Add articles to sources.csv, or clusters for pairs; adjudication is for what annotators differ on.",
)
NO_DOCUMENT = fault("E819", "No document fits", "Give the doc_id of an article, or a pattern such as 'news-*'.")


class Kind(StrEnum):
    """What a project is for: annotating articles, judging pairs of claims, or settling what annotators differ on."""

    articles = "articles"
    pairs = "pairs"
    adjudication = "adjudication"


class Wanted(Struct, frozen=True):
    """A project as it is to be. ``xml`` is the text of ``config``, ``instructions`` is HTML.

    ``tasks`` are those to push; ``documents`` are the ids of all that the corpus has. ``shown`` is the model version of
    the predictions that annotators begin with; with ``keep``, a task in which models have predicted stays so.
    """

    title: str
    xml: str
    config: LabelingConfig
    instructions: str
    tasks: list[Task]
    documents: frozenset[str]
    shown: str = PREANNOTATION
    keep: bool = False


def project_title(corpus: Corpus, kind: Kind, title: str | None = None) -> str:
    """The title of a project: the one given, else the name of the corpus and what the project is for.

    Raises:
        DataError: Label Studio does not take it (E813).
    """
    title = (title or "").strip() or (corpus.name.strip() if kind is Kind.articles else f"{corpus.name.strip()} {kind}")
    if not 3 <= len(title) <= 50 or not title.isprintable():
        raise BAD_TITLE.error(title)
    return title


class Choice(Struct, frozen=True):
    """What of a corpus is to be pushed: the documents that fit a pattern (all without any), and how pre-annotated.

    ``restore`` takes along, for tasks that are not there yet, what the exports hold of annotations. ``predictions`` is
    a file of `goldspan predict`: only the documents that it has are pushed, with what models have found in them.
    ``keep`` leaves what models have predicted in tasks that are there.
    """

    documents: tuple[str, ...] = ()
    proposal: Proposal = Proposal.released
    restore: bool = False
    predictions: Path | None = None
    keep: bool = False


def wanted_project(folder: Path, kind: Kind, title: str | None, choice: Choice) -> Wanted:
    """A project of a corpus folder as it is to be.

    Raises:
        DataError: the corpus cannot be read or has faults, has nothing to push (E826), or no document fits the choice
            (E819); or its predictions cannot be used (E993, E994).
    """
    corpus = load_corpus(folder)
    path = corpus.path("pair_config" if kind is Kind.pairs else "labeling_config")
    config = load_labeling_config(path)
    if kind is Kind.pairs:
        tasks = claim_pair_tasks(folder)
    elif kind is Kind.adjudication:
        tasks = adjudication_tasks(folder)
    else:
        tasks = article_tasks(folder, choice.proposal)
    if not tasks:
        raise NOTHING.error(str(kind), file=str(folder))
    documents = {task["data"]["doc_id"] for task in tasks}
    shown = PREANNOTATION
    if choice.predictions is not None:
        tasks, shown = predicted(choice.predictions, tasks, config)
    if kind is Kind.adjudication:  # what is settled by now keeps its task
        documents |= {article.doc_id for article in load_articles(corpus)[0]}
    tasks = chosen(tasks, choice.documents, str(folder))
    if choice.restore:
        exports = corpus.pair_export_files() if kind is Kind.pairs else corpus.export_files()
        tasks = restored(tasks, exports, corpus)
    return Wanted(
        title=project_title(corpus, kind, title),
        xml=path.read_text(encoding="utf-8-sig").strip(),  # as Label Studio stores it
        config=config,
        instructions=instructions(corpus.path("guidelines")),
        tasks=tasks,
        documents=frozenset(documents),
        shown=shown,
        keep=choice.keep,
    )


def chosen(tasks: list[Task], patterns: tuple[str, ...], folder: str) -> list[Task]:
    """The tasks of the documents that fit a pattern; all of them where there is none.

    Raises:
        DataError: a pattern fits no document (E819).
    """
    for pattern in patterns:
        if not any(fnmatchcase(task["data"]["doc_id"], pattern) for task in tasks):
            raise NO_DOCUMENT.error(pattern, file=folder)
    fits = [any(fnmatchcase(task["data"]["doc_id"], pattern) for pattern in patterns) for task in tasks]
    return [task for task, fit in zip(tasks, fits, strict=True) if fit or not patterns]


def instructions(guidelines: Path) -> str:
    """The guidelines as HTML; HTML inside them is shown, not run.

    Raises:
        DataError: they cannot be read (E814).
    """
    try:
        text = guidelines.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NO_GUIDELINES.error(reason(error), file=str(guidelines)) from error
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
