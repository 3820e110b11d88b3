"""How the rows of each config are known again in another release, in one table. No label stands here."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from goldspan.keys import foreign_keys, keys
from goldspan.settings import Layers

__all__ = ["ENDS", "OF_AN_END", "Terms", "terms_of"]


class Terms(Struct, frozen=True):
    """What a row of a config is, as an annotation.

    ``item`` is what it is called. Two rows can be one thing only if they share the columns of ``group`` (in any order,
    if ``unordered``), and the ``ends`` that they join: each is a row of the config that the row itself names, or a
    stretch of text. ``extent`` is the column with the stretches of text that a row stands for: a list of
    {start, end}, or ``start`` itself for a row with columns start and end; without it the group alone says which row it
    is. ``label`` is the column with the label or labels. ``words`` are the columns with the words that a row is about
    where no extent says them. ``follows`` are the columns that follow from others: they are no news beside another
    change of their articles, nor is a row that ``is_derived``. ``said`` are columns that repeat what others say, and
    ``names`` those whose values only tell groups of rows apart. ``key`` is the column with the row's own name in its
    ``config``, and ``references`` has the config whose rows a column names.
    """

    item: str
    articles: tuple[str, ...] = ("doc_id",)
    group: tuple[str, ...] = ("doc_id",)
    ends: tuple[str, ...] = ()
    unordered: bool = False
    extent: str | None = None
    label: str | None = None
    words: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    is_derived: bool = False
    config: str = ""
    key: str | None = None
    references: dict[str, str] = {}


ENDS = ("from", "to")  # of a relation
OF_AN_END = ("config", "id", "start", "end", "text")
OF_ARTICLES = {
    "documents": Terms("document", said=("text", "text_sha256", "n_chars", "zones")),
    "zones": Terms("zone", extent="start", label="zone"),
    "entities": Terms("mention", extent="start", label="label", said=("text",), follows=("zone", "lower", "upper")),
    "claims": Terms("claim", extent="content", follows=("attribution_id", "attribution"), names=("cluster_id",)),
    "claim_relations": Terms(
        "claim relation",
        articles=("doc_a", "doc_b"),
        group=("claim_a", "claim_b"),
        unordered=True,
        label="relation",
        words=("text_a", "text_b"),
        follows=("text_a", "text_b", "scope"),
        names=("cluster_id",),
    ),
}
OF_SPANS = {
    "relations": Terms(
        "relation",
        ends=ENDS,
        unordered=True,
        label="labels",
        words=tuple(f"{end}_text" for end in ENDS),
        said=tuple(f"{end}_{name}" for end in ENDS for name in OF_AN_END),
    ),
    "annotations": Terms(
        "annotation",
        group=("doc_id", "annotator_id", "layer"),
        extent="start",
        label="label",
        said=("attributes",),
    ),
    "ner": Terms("sentence", group=("id",), is_derived=True),
}


def terms_of(further: Mapping[str, str]) -> dict[str, Terms]:
    """The terms of each config, in the order in which configs are compared: rows after the rows that they name.

    ``further`` has the column with the label, or labels, of the spans of each further layer.
    """
    layers = Layers(further=dict(further))
    own = keys(layers)
    named = [one for one in foreign_keys(layers) if one[2] not in ("documents", "annotations")]
    spans = {name: span_terms(name, label) for name, label in further.items()}
    return {
        name: msgspec.structs.replace(
            terms,
            config=name,
            key=own.get(name),
            references={column: target for of, column, target in named if of == name},
        )
        for name, terms in {**OF_ARTICLES, **spans, **OF_SPANS}.items()
    }


def span_terms(name: str, label: str) -> Terms:
    """The terms of a further layer."""
    return Terms(f"{name} span", extent="start", label=label, said=("text",), follows=("parent_span_id", "zone"))
