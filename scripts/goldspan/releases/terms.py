"""How the rows of each config are known again in another release, in one table. No label stands here."""

from msgspec import Struct

from goldspan.keys import foreign_keys

__all__ = ["REFERENCES", "TERMS", "Terms"]


class Terms(Struct, frozen=True):
    """What a row of a config is, as an annotation.

    ``item`` is what it is called. Two rows can be one thing only if they share the columns of ``group`` (in any order,
    if ``unordered``). ``extent`` is the column with the stretches of text that a row stands for: a list of
    {start, end}, or ``start`` itself for a row with columns start and end; without it the group alone says which row it
    is. ``label`` is the column with the label. ``follows`` are the columns that follow from others: they are no news
    beside another change of their articles, nor is a row that ``is_derived``. ``names`` are columns whose values only
    tell groups of rows apart.
    """

    item: str
    articles: tuple[str, ...] = ("doc_id",)
    group: tuple[str, ...] = ("doc_id",)
    unordered: bool = False
    extent: str | None = None
    label: str | None = None
    follows: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    is_derived: bool = False


TERMS = {
    "documents": Terms("document"),
    "zones": Terms("zone", extent="start", label="zone"),
    "entities": Terms("mention", extent="start", label="label", follows=("zone", "lower", "upper")),
    "claims": Terms("claim", extent="content", follows=("attribution_id", "attribution"), names=("cluster_id",)),
    "claim_relations": Terms(
        "claim relation",
        articles=("doc_a", "doc_b"),
        group=("claim_a", "claim_b"),
        unordered=True,
        label="relation",
        follows=("text_a", "text_b", "scope"),
        names=("cluster_id",),
    ),
    "annotations": Terms("annotation", group=("doc_id", "annotator_id", "layer"), extent="start", label="label"),
    "ner": Terms("sentence", group=("id",), is_derived=True),
}

REFERENCES = {
    (config, column): target for config, column, target in foreign_keys() if target not in ("documents", "annotations")
}
