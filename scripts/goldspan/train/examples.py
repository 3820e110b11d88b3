"""What models learn from and are asked: passages with spans, items with labels. Offsets are code points, half-open."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from goldspan.records import Span
from goldspan.settings import NearDuplicates
from goldspan.tokens import bio, decode_bio

__all__ = [
    "LAYER_TASKS",
    "SPAN_TASKS",
    "Described",
    "Examples",
    "Item",
    "Labels",
    "Layers",
    "Passage",
    "Task",
    "decode",
    "tags",
    "task_name",
]

Layers = Mapping[str, Sequence[str]]  # labels by layer: of one layer no two spans overlap
Labels = Mapping[str, Sequence[str]]  # labels by attribute, in the order of the labeling config


class Task(StrEnum):
    """What a model is trained for."""

    ner = "ner"
    attribution = "attribution"
    claims = "claims"
    relations = "relations"
    documents = "documents"
    spans = "spans"
    attributes = "attributes"
    span_relations = "span-relations"


SPAN_TASKS = frozenset({Task.ner, Task.attribution, Task.spans})  # the others label each attribute of an item
LAYER_TASKS = frozenset({Task.spans, Task.attributes})  # they are for one layer, which is named by its config


def task_name(task: Task, layer: str = "") -> str:
    """The name of a task, with the layer that it is for: ``spans:event``."""
    return f"{task}:{layer}" if layer else str(task)


class Passage(Struct, frozen=True):
    """A sentence: ``text`` is ``document[start : start + len(text)]``.

    Offsets of ``tokens`` and ``spans`` are those of the document, not of the passage. Tokens and sentences are cut by
    the text alone, never by the spans. A span lies in the passage whole; in one layer no two overlap. ``number`` counts
    the passages of a document, ``opens`` is true of the first in a paragraph.
    """

    doc_id: str
    group: str
    start: int
    text: str
    tokens: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...] = ()
    zone: str | None = None
    number: int = 0
    opens: bool = True

    def words(self) -> list[str]:
        """The text of each token."""
        return [self.text[start - self.start : end - self.start] for start, end in self.tokens]


class Item(Struct, frozen=True):
    """What gets a label for each attribute: a document, a claim or a span, or two of them.

    ``texts`` has one text of a document; of a claim or a span its words and their context; of two the words of each.
    ``doc_ids`` and ``groups`` are of the documents that it stands in. ``labels`` lacks what has no value.
    """

    id: str
    doc_ids: tuple[str, ...]
    groups: tuple[str, ...]
    texts: tuple[str, ...]
    labels: Mapping[str, str] = {}


class Described(Struct, frozen=True):
    """A document as folds see it: its group (its own id where it has none), its date, what it says."""

    doc_id: str
    group: str
    date: str | None
    text: str


class Examples(Struct, frozen=True):
    """The examples of a task: passages (with ``layers``) or items (with ``labels``), never both.

    ``source`` names the data, ``records`` has the hash of the records of each table that was read, ``left_out`` counts
    what cannot be learnt, by what it is; ``near`` says which documents are near duplicates; ``layer`` is the config of
    the layer that the task is for, if it is for one.
    """

    task: Task
    source: str
    records: Mapping[str, str]
    language: str
    documents: tuple[Described, ...]
    layers: Layers = {}
    labels: Labels = {}
    passages: tuple[Passage, ...] = ()
    items: tuple[Item, ...] = ()
    left_out: Mapping[str, int] = {}
    near: NearDuplicates = NearDuplicates()
    layer: str = ""

    @property
    def name(self) -> str:
        """The name of the task, with its layer."""
        return task_name(self.task, self.layer)


def tags(passage: Passage, layer: str) -> list[str]:
    """The BIO tag of each token in a layer."""
    return list(bio(passage.tokens, [span for span in passage.spans if span.layer == layer]))


def decode(passage: Passage, layer: str, tagged: Sequence[str]) -> Iterator[Span]:
    """The spans of a layer from the tag of each token; an I- that continues nothing begins a span."""
    for start, end, label in decode_bio(passage.tokens, tagged):
        yield Span("", layer, (label,), start, end)
