"""A converted folder -> the examples of a task: of ner with ``bio``, of documents with its labeling config."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from goldspan.convert.folder import ConvertedFolder
from goldspan.convert.layout import column_names
from goldspan.hashes import records_hash
from goldspan.labeling import Attribute, Kind, LabelingConfig
from goldspan.records import Span
from goldspan.tokens import decode_bio
from goldspan.train.choices import chosen, of_columns, without
from goldspan.train.examples import Examples, Passage, Task
from goldspan.train.items import document_item
from goldspan.train.learnable import NOTHING
from goldspan.train.passages import mark, passages
from goldspan.train.release import described
from goldspan.train.release_spans import shown

__all__ = ["of_converted"]

LAYER = "entity"  # the folder does not say what the layer is called
OF_DOCUMENTS = ("doc_id", "text", "story_group", "published_date")
OF_BIO = ("id", "doc_id", "annotation_id", "tokens", "token_starts", "ner_tags")
OF_ANNOTATIONS = ("annotation_id", "doc_id", "was_cancelled")
Row = dict[str, Any]


def of_converted(folder: ConvertedFolder, task: Task, language: str) -> Examples:
    """The examples of a converted folder whose form is right. Each annotation counts, but those that were skipped.

    ``story_group`` and ``published_date`` of the documents are taken where the tasks had them.

    Raises:
        DataError: it has no ``bio`` of words, or no choices of whole tasks in a labeling config that is given, or the
            task is another (E980).
    """
    if task not in (Task.ner, Task.documents):
        raise NOTHING.error(f"a converted folder has nothing for {task}", file=str(folder.folder))
    documents = rows_of(folder, "documents", *OF_DOCUMENTS)
    bare = Examples(
        task=task,
        source=folder.folder.resolve().name,
        records={"documents": records_hash(documents)},
        language=language,
        documents=tuple(map(described, documents)),
    )
    return with_passages(folder, bare) if task is Task.ner else with_documents(folder, bare)


def rows_of(folder: ConvertedFolder, name: str, *columns: str) -> list[Row]:
    """The rows of a table with those of some columns that there are."""
    there = folder.tables[name].schemas[0].names
    return list(folder.tables[name].columns(*(column for column in columns if column in there)).to_pylist())


def with_passages(folder: ConvertedFolder, examples: Examples) -> Examples:
    """The passages of each annotation, with its spans.

    Raises:
        DataError: there is no ``bio`` of words (E980).
    """
    if "bio" not in folder.tables or "input_ids" in folder.tables["bio"].schemas[0].names:
        raise NOTHING.error("it has no words with tags: convert --bio CONTROL", file=str(folder.folder))
    rows = sorted(rows_of(folder, "bio", *OF_BIO), key=lambda row: str(row["id"]))
    documents = {one.doc_id: one for one in examples.documents}
    names = folder.page.info("bio").class_names("ner_tags")
    left_out: Counter[str] = Counter()
    found: list[Passage] = []
    for row in rows:
        found += mark(list(passages(documents[row["doc_id"]], examples.language)), spans(row, names), left_out)
    return replace(
        examples,
        records={**examples.records, "bio": records_hash(rows)},
        layers={LAYER: tuple(dict.fromkeys(name[2:] for name in names if name != "O"))},
        passages=tuple(found),
        left_out=shown(left_out),
    )


def spans(row: Row, names: list[str]) -> Iterator[Span]:
    """The spans that the tags of an annotation say."""
    starts = row["token_starts"]
    tokens = [(start, start + len(token)) for start, token in zip(starts, row["tokens"], strict=True)]
    for start, end, label in decode_bio(tokens, [names[number] for number in row["ner_tags"]]):
        yield Span("", LAYER, (label,), start, end)


def with_documents(folder: ConvertedFolder, examples: Examples) -> Examples:
    """Each annotation as an item, with the values that its annotator gave the document.

    Raises:
        DataError: no labeling config is given, or it has no choices of whole tasks (E980).
    """
    controls = choices(folder.config) if folder.config else []
    if not controls:
        lacking = "its labeling config has no choices of whole tasks" if folder.config else "name its labeling config"
        raise NOTHING.error(lacking, file=str(folder.folder))
    names = column_names((one.name for one in controls), "annotations")
    columns = {names[one.name]: one.values for one in controls}
    rows = sorted(rows_of(folder, "annotations", *OF_ANNOTATIONS, *columns), key=lambda row: str(row["annotation_id"]))
    standing = [row for row in rows if not row["was_cancelled"]]
    documents = {one.doc_id: one for one in examples.documents}
    made = [(row, chosen(row, columns)) for row in standing]
    lacking_values = without(standing, columns)
    return replace(
        examples,
        records={**examples.records, "annotations": records_hash(rows)},
        labels=of_columns(columns, [names[one.name] for one in controls if one.kind is Kind.STRINGS]),
        items=tuple(
            document_item(row["annotation_id"], documents[row["doc_id"]], labels) for row, labels in made if labels
        ),
        left_out=shown(
            {
                "annotations that were skipped": len(rows) - len(standing),
                **{f"annotations without {name}": count for name, count in lacking_values.items()},
            }
        ),
    )


def choices(config: LabelingConfig) -> list[Attribute]:
    """The controls by which an annotator chooses among values for a whole task."""
    return [one for one in config.task_attributes if one.values and one.tag == "Choices"]
