"""A converted folder with ``bio`` -> the examples of the task ner."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from goldspan.convert.folder import ConvertedFolder
from goldspan.hashes import records_hash
from goldspan.records import Span
from goldspan.tokens import decode_bio
from goldspan.train.examples import Examples, Passage, Task
from goldspan.train.passages import mark, passages
from goldspan.train.release import NOTHING, described

__all__ = ["of_converted"]

LAYER = "entity"  # the folder does not say what the layer is called
OF_DOCUMENTS = ("doc_id", "text", "story_group", "published_date")
OF_BIO = ("id", "doc_id", "annotation_id", "tokens", "token_starts", "ner_tags")
Row = dict[str, Any]


def of_converted(folder: ConvertedFolder, task: Task, language: str) -> Examples:
    """The examples of a converted folder whose form is right: the passages of each annotation, with its spans.

    ``story_group`` and ``published_date`` of the documents are taken where the tasks had them.

    Raises:
        DataError: it has no ``bio`` of words, or the task is not ner (E980).
    """
    if task is not Task.ner:
        raise NOTHING.error(f"a converted folder has nothing for {task}", file=str(folder.folder))
    if "bio" not in folder.tables or "input_ids" in folder.tables["bio"].schemas[0].names:
        raise NOTHING.error("it has no words with tags", file=str(folder.folder))
    there = set(folder.tables["documents"].schemas[0].names)
    rows = {
        "documents": folder.tables["documents"].columns(*(name for name in OF_DOCUMENTS if name in there)).to_pylist(),
        "bio": sorted(folder.tables["bio"].columns(*OF_BIO).to_pylist(), key=lambda row: str(row["id"])),
    }
    documents = {row["doc_id"]: described(row) for row in rows["documents"]}
    names = folder.page.info("bio").class_names("ner_tags")
    left_out: Counter[str] = Counter()
    found: list[Passage] = []
    for row in rows["bio"]:
        found += mark(list(passages(documents[row["doc_id"]], language)), spans(row, names), left_out)
    return Examples(
        task=task,
        source=folder.folder.resolve().name,
        records={name: records_hash(each) for name, each in rows.items()},
        language=language,
        documents=tuple(documents.values()),
        layers={LAYER: tuple(dict.fromkeys(name[2:] for name in names if name != "O"))},
        passages=tuple(found),
        left_out={what: count for what, count in sorted(left_out.items()) if count},
    )


def spans(row: Row, names: list[str]) -> Iterator[Span]:
    """The spans that the tags of an annotation say."""
    starts = row["token_starts"]
    tokens = [(start, start + len(token)) for start, token in zip(starts, row["tokens"], strict=True)]
    for start, end, label in decode_bio(tokens, [names[number] for number in row["ner_tags"]]):
        yield Span("", LAYER, (label,), start, end)
