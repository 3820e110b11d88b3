"""The dataset card: prose from the corpus, with the YAML and the figures that follow from the built tables.

Figures stand between ``<!-- goldspan:begin NAME -->`` and ``<!-- goldspan:end -->``; what is between them is
generated. A name is
one of `FIGURES`, ``config/column/column`` for a cross-tabulation, or ``figure/NAME`` for a drawing that is kept.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pyarrow as pa
import yaml
from msgspec import Struct

from goldspan.arrow import features
from goldspan.faults import fault
from goldspan.front_matter import render_front_matter
from goldspan.keys import configs
from goldspan.markdown import cell, line, markdown_table
from goldspan.records import Measured
from goldspan.scores import Score, article_rows, fold_rows
from goldspan.tables import SPLIT_FILE
from goldspan.words import counted, reason

__all__ = [
    "FIGURE",
    "FIGURES",
    "Card",
    "Source",
    "asked",
    "fill_figures",
    "parse_card",
    "read_card",
    "render_card",
    "sections",
]

BAD_CARD = fault(
    "E705",
    "The card cannot be used",
    "Put YAML between two lines of three hyphens at its head, and close each generated stretch; the page of a release "
    "or conversion is made anew by building or converting again.",
)

DRAWING = "figure/"
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*\n(.*)\Z", re.DOTALL | re.MULTILINE)
FIGURE = re.compile(r"(<!-- goldspan:begin (?P<name>[^\n>]+?) -->\n).*?(<!-- goldspan:end -->)", re.DOTALL)

NOT_MEASURED = "Not measured on these records."

Tables = dict[str, pa.Table]


class Split(Struct, frozen=True):
    """What a card says of a split."""

    num_examples: int


class Info(Struct, frozen=True):
    """What a card says of a config: its features as written, and its splits."""

    config_name: str
    features: list[dict[str, Any]]
    splits: list[Split]

    def class_names(self, column: str) -> list[str]:
        """The names of a column of class labels, empty if it is none. Cards of earlier versions call it a list."""
        found: dict[str, Any] = next((item for item in self.features if item.get("name") == column), {})
        item = found.get("sequence", found.get("list"))
        label = item.get("class_label") if isinstance(item, dict) else None
        names = label.get("names") if isinstance(label, dict) else None
        return [str(name) for name in names.values()] if isinstance(names, dict) else []


class DataFiles(Struct, frozen=True):
    """The files of a split."""

    split: str
    path: str


class Config(Struct, frozen=True):
    """An entry of ``configs``."""

    config_name: str
    data_files: list[DataFiles]


class Card(Struct, frozen=True):
    """The parts of a card that a release depends on."""

    configs: list[Config]
    dataset_info: list[Info]
    prose: str
    license: str | list[str] | None = None
    license_name: str | None = None
    language: str | list[str] | None = None
    tags: list[str] | None = None

    def info(self, config: str) -> Info:
        """What it says of a config; nothing, if it does not name it."""
        return next((info for info in self.dataset_info if info.config_name == config), Info(config, [], []))


class Source(Struct, frozen=True):
    """What figures are made from: the tables of a release, the figures of agreement, and the scores of models.

    Of drawings that are kept, what each shows in words by its name, and the folder in which a page finds them.
    """

    tables: Tables
    agreement: Sequence[Measured] = ()
    scores: Sequence[Score] = ()
    figures: Mapping[str, str] = {}
    place: str = "figures"


def render_card(text: str, file: str, version: str, source: Source, tags: Sequence[str]) -> str:
    """The card with ``configs``, ``dataset_info`` and every figure made anew.

    Raises:
        DataError: it has no front matter, or names a figure that does not exist (E705).
    """
    given, prose = split(text, file)
    settings = {key: value for key, value in given.items() if key not in ("configs", "dataset_info")}
    settings["configs"] = [
        config_entry(name, version, default=number == 0) for number, name in enumerate(source.tables)
    ]
    settings["dataset_info"] = [info_entry(name, contents, tags) for name, contents in source.tables.items()]
    return f"{render_front_matter(settings)}{fill_figures(prose, file, source)}"


def split(text: str, file: str) -> tuple[dict[str, Any], str]:
    """The front matter and the prose of a card.

    Raises:
        DataError: there is no front matter, or it is not a YAML mapping (E705).
    """
    match = FRONT_MATTER.match(text)
    try:
        settings = yaml.safe_load(match[1]) if match else None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BAD_CARD.error(reason(error), file=file) from error
    if match is None or not isinstance(settings, dict):
        raise BAD_CARD.error("it has no front matter", file=file)
    return settings, match[2]


def read_card(path: Path) -> Card:
    """A card on disk, as far as a release depends on it.

    Raises:
        DataError: the card is missing, has no front matter, or it has not the form that a build gives it (E705).
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BAD_CARD.error(reason(error), file=str(path)) from error
    return parse_card(text, str(path))


def parse_card(text: str, file: str) -> Card:
    """A card, as far as a release depends on it.

    Raises:
        DataError: it has no front matter, or it has not the form that a build gives it (E705).
    """
    settings, prose = split(text, file)
    try:
        return msgspec.convert({**settings, "prose": prose}, Card)
    except msgspec.ValidationError as error:
        raise BAD_CARD.error(reason(error), file=file) from error


def sections(prose: str) -> dict[str, str]:
    """The text below each heading up to the next one, as Markdown without what is generated.

    Of two headings alike the first counts.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 - few who read a card want its headings

    lines = prose.split("\n")
    tokens = MarkdownIt("commonmark").parse(prose)
    heads = [(token.map, tokens[at + 1].content) for at, token in enumerate(tokens) if token.type == "heading_open"]
    places = [(extent[0], extent[1], title) for extent, title in heads if extent]
    found: dict[str, str] = {}
    for (_, start, title), (end, _, _) in pairwise([*places, (len(lines), 0, "")]):
        text = FIGURE.sub("", "\n".join(lines[start:end])).strip()
        found.setdefault(title, re.sub(r"\n{3,}", "\n\n", text))
    return found


def config_entry(name: str, version: str, *, default: bool) -> dict[str, Any]:
    """An entry of ``configs``: the version of a config and which files make it up."""
    data_files = [{"split": "train", "path": f"{name}/{SPLIT_FILE}"}]
    first = {"default": True} if default else {}
    return {"config_name": name, "version": version, **first, "data_files": data_files}


def info_entry(name: str, contents: pa.Table, tags: Sequence[str]) -> dict[str, Any]:
    """An entry of ``dataset_info``: the features and the size of a config."""
    return {
        "config_name": name,
        "features": features(contents.schema, {"ner_tags": tags}),
        "splits": [{"name": "train", "num_bytes": contents.nbytes, "num_examples": contents.num_rows}],
        "dataset_size": contents.nbytes,
    }


def fill_figures(text: str, file: str, source: Source) -> str:
    """A text with each generated stretch made anew.

    Raises:
        DataError: it names a figure that does not exist or that these tables cannot give, or does not close one (E705).
    """

    def figure(match: re.Match[str]) -> str:
        name = match["name"]
        try:
            made = stretch(name, source)
        except KeyError as error:
            raise BAD_CARD.error(f"figure {name!r}: there is no {error}", file=file) from error
        return f"{match[1]}{made}\n{match[3]}"

    if text.count("<!-- goldspan:begin") != len(FIGURE.findall(text)):
        raise BAD_CARD.error("a generated stretch is not closed", file=file)
    return FIGURE.sub(figure, text)


def stretch(name: str, source: Source) -> str:
    """What is generated under a name.

    Raises:
        KeyError: there is no such figure, table or column.
    """
    if name.startswith(DRAWING):
        return picture(source, name.removeprefix(DRAWING))
    if name in FIGURES:
        return FIGURES[name](source)
    config, _, columns = name.partition("/")
    return crosstab(source, config, *two_columns(source.tables[config], columns))


def two_columns(table: pa.Table, names: str) -> tuple[str, str]:
    """The two columns whose names a slash parts, each of which may have slashes of its own.

    Raises:
        KeyError: the table has no two such columns.
    """
    parts = names.split("/")
    splits = [("/".join(parts[:at]), "/".join(parts[at:])) for at in range(1, len(parts))]
    found = [pair for pair in splits if set(pair) <= set(table.column_names)]
    if not found:
        raise KeyError(names)
    return found[0]


def asked(texts: Iterable[str]) -> list[str]:
    """The names of the drawings that some pages have."""
    names = {match["name"] for text in texts for match in FIGURE.finditer(text)}
    return sorted(name.removeprefix(DRAWING) for name in names if name.startswith(DRAWING))


def picture(source: Source, name: str) -> str:
    """A drawing as an image, with what it shows as its alternative text; nothing where it is not there."""
    if name not in source.figures:
        return ""
    return f"![{cell(source.figures[name])}]({quote(f'{source.place}/{name}.svg')})"


def config_sizes(source: Source) -> str:
    """The rows of each config."""
    return markdown_table(
        ["config", "rows"], [(f"{name}", contents.num_rows) for name, contents in source.tables.items()]
    )


def document_list(source: Source) -> str:
    """The articles with what is known of them and how much was marked."""
    mentions, claims = (
        Counter(source.tables[name]["doc_id"].to_pylist() if name in source.tables else ())
        for name in ("entities", "claims")
    )
    rows = [
        (
            row["doc_id"],
            row["title"],
            row["published_date"],
            row["n_chars"],
            mentions[row["doc_id"]],
            claims[row["doc_id"]],
        )
        for row in source.tables["documents"].to_pylist()
    ]
    return markdown_table(["doc_id", "title", "date", "characters", "mentions", "claims"], rows)


def crosstab(source: Source, config: str, column: str, across: str) -> str:
    """A cross-tabulation of two columns of a config, with sums; a list counts as one value."""
    table = source.tables[config]
    sides = ([cell(value) for value in table[name].to_pylist()] for name in (column, across))
    pairs = Counter(zip(*sides, strict=True))
    values, heads = (sorted({pair[side] for pair in pairs}) for side in (0, 1))
    rows: list[list[Any]] = [[value, *(pairs[value, head] for head in heads)] for value in values]
    rows.append(["all", *(sum(pairs[value, head] for value in values) for head in heads)])
    head = [cell(column), *heads, "all"]
    return "\n".join(map(line, [head, ["---"] * len(head), *([*row, sum(row[1:])] for row in rows)]))


def agreement(source: Source) -> str:
    """The figures of agreement, without those of single labels."""
    shown = [one for one in source.agreement if one.of == "all" or one.measure not in ("exact F1", "overlap F1")]
    rows = [
        (
            one.layer,
            one.of,
            one.measure,
            f"undefined: {one.undefined}" if one.value is None else f"{one.value:.3f}",
            one.items,
        )
        for one in shown
    ]
    return markdown_table(["layer", "of", "measure", "value", "items"], rows)


def summary(source: Source) -> str:
    """The corpus in one sentence."""
    cues, clusters = (
        len(set(source.tables[config][column].to_pylist()) - {None}) if config in source.tables else 0
        for config, column in (("claims", "attribution_id"), ("claim_relations", "cluster_id"))
    )
    counts = Counter({name: contents.num_rows for name, contents in source.tables.items()})
    related = counted(counts["claim_relations"], "relation between claims", "relations between claims")
    parts = [
        counted(counts["documents"], "article"),
        counted(counts["entities"], "entity mention"),
        counted(cues, "attribution"),
        counted(counts["claims"], "claim"),
        f"{related} in {counted(clusters, 'cluster')}",
        counted(counts["ner"], "sentence"),
        *(counted(counts[name], f"span of {name}", f"spans of {name}") for name in counts if name not in configs()),
    ]
    if counts["relations"]:
        parts.append(counted(counts["relations"], "relation between spans", "relations between spans"))
    return f"{', '.join(parts)}."


def scores(source: Source) -> str:
    """The scores of models on every fold."""
    return scores_table(*fold_rows(source.scores))


def scores_by_article(source: Source) -> str:
    """The scores of models on every article."""
    return scores_table(*article_rows(source.scores))


def scores_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of scores, whose head names systems; a word where there are none."""
    return markdown_table([cell(name) for name in head], rows) if rows else NOT_MEASURED


FIGURES: dict[str, Callable[[Source], str]] = {
    "summary": summary,
    "configs": config_sizes,
    "documents": document_list,
    "agreement": agreement,
    "scores": scores,
    "scores-by-article": scores_by_article,
}
