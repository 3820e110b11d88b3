"""The dataset card: prose from the corpus, with the YAML and the figures that follow from the built tables.

Figures stand between ``<!-- goldspan:begin NAME -->`` and ``<!-- goldspan:end -->``; what is between them is generated.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from goldspan.faults import fault
from goldspan.tables import SPLIT_FILE

__all__ = ["FIGURES", "feature_names", "features", "fill_figures", "front_matter", "render_card"]

BAD_CARD = fault(
    "E705",
    "The card cannot be used",
    "It needs YAML between two lines of three hyphens at its head, and each generated stretch closed.",
)

FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n(.*)\Z", re.DOTALL | re.MULTILINE)
FIGURE = re.compile(r"(<!-- goldspan:begin (?P<name>[\w-]+) -->\n).*?(<!-- goldspan:end -->)", re.DOTALL)

Tables = dict[str, pa.Table]


def render_card(text: str, file: str, version: str, tables: Tables, tags: Sequence[str]) -> str:
    """The card with ``configs``, ``dataset_info`` and every figure made anew.

    Raises:
        DataError: it has no front matter, or names a figure that does not exist (E705).
    """
    yaml_text, prose = split(text, file)
    settings = {key: value for key, value in yaml_text.items() if key not in ("configs", "dataset_info")}
    settings["configs"] = [config_entry(name, version, default=number == 0) for number, name in enumerate(tables)]
    settings["dataset_info"] = [info_entry(name, contents, tags) for name, contents in tables.items()]
    head = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{head}---\n{fill_figures(prose, file, tables)}"


def split(text: str, file: str) -> tuple[dict[str, Any], str]:
    """The front matter and the prose of a card.

    Raises:
        DataError: there is no front matter, or it is not a YAML mapping (E705).
    """
    match = FRONT_MATTER.match(text)
    try:
        settings = yaml.safe_load(match[1]) if match else None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BAD_CARD.error(str(error), file=file) from error
    if match is None or not isinstance(settings, dict):
        raise BAD_CARD.error("no front matter", file=file)
    return settings, match[2]


def front_matter(path: Path) -> dict[str, Any]:
    """The front matter of a card on disk.

    Raises:
        DataError: the card is missing or has none (E705).
    """
    try:
        return split(path.read_text(encoding="utf-8"), str(path))[0]
    except (OSError, UnicodeDecodeError) as error:
        raise BAD_CARD.error(str(error), file=str(path)) from error


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


def features(schema: pa.Schema, classes: dict[str, Sequence[str]]) -> list[dict[str, Any]]:
    """A schema as the ``features`` of a card, in the form that datasets 3 to 5 read alike.

    ``classes`` names class labels.
    """
    return [feature(field, classes.get(field.name)) for field in schema]


def feature(field: pa.Field, names: Sequence[str] | None) -> dict[str, Any]:
    """One feature."""
    if pa.types.is_list(field.type):
        item = field.type.value_type
        if names is not None:
            return {
                "name": field.name,
                "list": {"class_label": {"names": {str(n): name for n, name in enumerate(names)}}},
            }
        if pa.types.is_struct(item):
            return {"name": field.name, "list": [feature(part, None) for part in item]}
        return {"name": field.name, "list": str(item)}
    return {"name": field.name, "dtype": {"double": "float64"}.get(str(field.type), str(field.type))}


def feature_names(settings: dict[str, Any], config: str, column: str) -> list[str]:
    """The class names of a list column, as a card's ``dataset_info`` has them; empty if it has none."""
    for info in settings.get("dataset_info") or []:
        for item in info.get("features") or [] if info.get("config_name") == config else []:
            if item.get("name") == column and isinstance(item.get("list"), dict):
                return list(item["list"].get("class_label", {}).get("names", {}).values())
    return []


def fill_figures(text: str, file: str, tables: Tables) -> str:
    """A text with each generated stretch made anew.

    Raises:
        DataError: it names a figure that does not exist or that these tables cannot give, or does not close one (E705).
    """

    def figure(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in FIGURES:
            raise BAD_CARD.error(f"no figure is called {name!r}", file=file)
        try:
            return f"{match[1]}{FIGURES[name](tables)}\n{match[3]}"
        except KeyError as error:
            raise BAD_CARD.error(f"figure {name!r} needs column {error}, which no table has", file=file) from error

    if text.count("<!-- goldspan:begin") != len(FIGURE.findall(text)):
        raise BAD_CARD.error("a generated stretch is not closed", file=file)
    return FIGURE.sub(figure, text)


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell(value) for value in line) + " |" for line in lines)


def cell(value: object) -> str:
    """A value as it can stand in a cell: no markup, no line break."""
    shown = "" if value is None else str(value)
    return re.sub(r"([|<>\\`])", r"\\\1", " ".join(shown.split()))


def config_sizes(tables: Tables) -> str:
    """The rows of each config."""
    return markdown(["config", "rows"], [(f"{name}", contents.num_rows) for name, contents in tables.items()])


def document_list(tables: Tables) -> str:
    """The articles with what is known of them and how much was marked."""
    mentions, claims = (Counter(tables[name]["doc_id"].to_pylist()) for name in ("entities", "claims"))
    rows = [
        (
            row["doc_id"],
            row["title"],
            row["published_date"],
            row["n_chars"],
            mentions[row["doc_id"]],
            claims[row["doc_id"]],
        )
        for row in tables["documents"].to_pylist()
    ]
    return markdown(["doc_id", "title", "date", "characters", "mentions", "claims"], rows)


def counts_by_document(config: str, column: str) -> Callable[[Tables], str]:
    """A cross-tabulation of a column by article, with sums."""

    def table_of(tables: Tables) -> str:
        documents = tables["documents"]["doc_id"].to_pylist()
        pairs = Counter(zip(tables[config][column].to_pylist(), tables[config]["doc_id"].to_pylist(), strict=True))
        values = sorted({value for value, _ in pairs}, key=str)
        rows = [[value, *(pairs[value, doc] for doc in documents)] for value in values]
        rows.append(["all", *(sum(pairs[value, doc] for value in values) for doc in documents)])
        return markdown([column, *documents, "all"], [[*row, sum(row[1:])] for row in rows])

    return table_of


def summary(tables: Tables) -> str:
    """The corpus in one sentence."""
    claims = tables["claims"]
    cues = len(set(claims["attribution_id"].to_pylist()) - {None})
    entities = (
        len(set(tables["entities"]["entity_id"].to_pylist()) - {None})
        if "entity_id" in tables["entities"].column_names
        else 0
    )
    return (
        f"{tables['documents'].num_rows} articles, {tables['entities'].num_rows} entity mentions of {entities} named "
        f"entities, {cues} attributions, {claims.num_rows} claims, {tables['ner'].num_rows} sentences."
    )


FIGURES: dict[str, Callable[[Tables], str]] = {
    "summary": summary,
    "configs": config_sizes,
    "documents": document_list,
    "entity-labels": counts_by_document("entities", "label"),
    "claim-types": counts_by_document("claims", "claim_type"),
    "attributions": counts_by_document("claims", "attribution"),
    "annotators": counts_by_document("annotations", "annotator_id"),
}
