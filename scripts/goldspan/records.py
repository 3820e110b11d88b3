"""The records that the pipeline passes on. Offsets are Unicode code points into the article's text, half-open."""

from enum import StrEnum
from typing import Any

from msgspec import UNSET, Struct, UnsetType

__all__ = [
    "Annotation",
    "Article",
    "Attribution",
    "Claim",
    "Measured",
    "Mention",
    "Relation",
    "Span",
    "Unit",
    "Zone",
    "forward",
]


class Unit(StrEnum):
    """What the offsets of an export count; or that it is to be told by evidence."""

    auto = "auto"
    codepoint = "codepoint"
    utf16 = "utf16"


class Article(Struct, frozen=True):
    """One raw article and what ``sources.csv`` says of it. Unknown metadata is None."""

    doc_id: str
    file: str
    text: str
    sha256: str
    metadata: dict[str, str | None]


class Zone(Struct, frozen=True):
    """A stretch of an article of one kind, such as its title."""

    start: int
    end: int
    zone: str


class Span(Struct, frozen=True):
    """One region of an annotation.

    Its layer (the control's name), its labels, and the values of its per-region controls.
    """

    region_id: str
    layer: str
    labels: tuple[str, ...]
    start: int
    end: int
    attributes: dict[str, Any] = {}
    shown_text: str | None = None

    @property
    def label(self) -> str:
        """The label, where the layer allows only one."""
        return self.labels[0] if self.labels else ""

    @property
    def extent(self) -> tuple[int, int]:
        """(start, end)."""
        return self.start, self.end

    def covers(self, start: int, end: int) -> bool:
        """True if the stretch lies inside this span."""
        return self.start <= start and end <= self.end


class Relation(Struct, frozen=True):
    """A directed, labelled link between two regions of one annotation."""

    from_id: str
    to_id: str
    labels: tuple[str, ...]
    direction: str = "right"


def forward(from_id: str, to_id: str, direction: str | None) -> tuple[str, str, str]:
    """The ends and the direction of a relation, of which one to the left leads from its second end to its first.

    Without a direction it leads to the right.
    """
    return (to_id, from_id, "right") if direction == "left" else (from_id, to_id, direction or "right")


class Annotation(Struct, frozen=True):
    """What one annotator marked in one article.

    ``file`` is the export that it stands in; ``attributes`` are the values of controls that belong to the whole task.
    ``saved`` is when it was saved last, as the export writes it.
    """

    doc_id: str
    annotator: str
    file: str
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    attributes: dict[str, Any] = {}
    saved: str | UnsetType | None = UNSET
    ground_truth: bool | UnsetType | None = UNSET

    def layer(self, name: str | None) -> list[Span]:
        """The spans of one layer in text order, an outer span before those inside it."""
        spans = [span for span in self.spans if span.layer == name]
        return sorted(spans, key=lambda span: (span.start, -span.end, span.labels, span.region_id))


class Mention(Struct, frozen=True):
    """An entity mention as released."""

    mention_id: str
    doc_id: str
    start: int
    end: int
    label: str
    parent_mention_id: str | None
    zone: str | None
    attributes: dict[str, Any]


class Attribution(Struct, frozen=True):
    """One cue, its source if it has one, and the first content span of each claim that it governs."""

    attribution_id: str
    cue: Span
    source: Span | None
    contents: tuple[Span, ...]


class Claim(Struct, frozen=True):
    """One proposition: its content fragments in text order, and the attribution that it stands in, if any."""

    claim_id: str
    doc_id: str
    attribution: Attribution | None
    content: tuple[Span, ...]
    quotation: str
    attributes: dict[str, Any]


class Measured(Struct, frozen=True):
    """One figure of agreement: of a layer and a label or attribute, over ``items`` things compared.

    Null with a reason if undefined.
    """

    layer: str
    of: str
    measure: str
    value: float | None
    items: int
    undefined: str = ""
