"""E6xx and E7xx: a release's tables against each other, the text, the card and the manifest."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from goldspan.arrow import features
from goldspan.articles import METADATA
from goldspan.card import FIGURE, Source, fill_figures, sections
from goldspan.characters import visible
from goldspan.checks.registry import Hit, release_check
from goldspan.croissant import CROISSANT_FILE, Described, croissant_json, rai_of
from goldspan.hashes import records_hash, sha256
from goldspan.keys import foreign_keys, keys
from goldspan.labels import count_labels
from goldspan.released import Release
from goldspan.schemas import Row, structure
from goldspan.store import entries
from goldspan.tables import SPLIT_FILE
from goldspan.tokens import decode_bio
from goldspan.words import counted, reason


def rows_of(release: Release, config: str) -> list[Row]:
    """The rows of a config; none where the release has none."""
    return list(release.tables[config].to_pylist()) if config in release.tables else []


def texts(release: Release) -> dict[str, str]:
    """The text of each document."""
    return {row["doc_id"]: row["text"] for row in rows_of(release, "documents")}


SHA256 = re.compile(r"[0-9a-f]{64}")
NULLABLE = {
    *METADATA,
    "zone",
    "parent_mention_id",
    "parent_span_id",
    "lower",
    "upper",
    "attribution_id",
    "cluster_id",
    "basis",
    "story_group",
}
OF_REGIONS = {"layer", "start", "end", "label"}


@release_check(
    "E600",
    "A config lacks a column that every release has, or has it with another type, or null where a value must be",
    "Build the release again.",
    first=True,
)
def missing_column(release: Release) -> Iterator[Hit]:
    if "documents" not in release.tables:
        yield Hit("documents", "the config itself is missing")
    multiple = {name for name, table in release.tables.items() if "labels" in table.schema.names}
    fixed = structure(release.layers, multiple)
    for name, table in release.tables.items():
        for field in fixed[name]:
            if field.name not in table.schema.names or table.schema.field(field.name) != field:
                yield Hit(name, unlike(field, table.schema))
            elif field.name not in NULLABLE and has_null(asked(table, name, field.name)):
                yield Hit(name, f"{field.name} is null")


def unlike(field: pa.Field, there: pa.Schema) -> str:
    """What a table has in the place of a column."""
    if field.name not in there.names:
        return f"{field.name} is missing"
    return f"{field.name} is {there.types[there.names.index(field.name)]}, not {field.type}"


def asked(table: pa.Table, config: str, column: str) -> pa.ChunkedArray:
    """A column, in the rows that have to have a value in it: what is of a whole task has no layer, extent and label."""
    if config == "annotations" and column in OF_REGIONS and "layer" in table.column_names:
        return table.filter(pc.is_valid(table["layer"]))[column]
    return table[column]


def has_null(column: pa.ChunkedArray) -> bool:
    """True if a column has a null, also inside its lists and structs."""
    if column.null_count:
        return True
    if pa.types.is_list(column.type):
        return has_null(pc.list_flatten(column))
    if pa.types.is_struct(column.type):
        return any(has_null(pc.struct_field(column, [number])) for number in range(column.type.num_fields))
    return False


@release_check(
    "E601",
    "The columns of a config are not the features that the card declares, or it names other files",
    "Build the release again.",
)
def other_columns(release: Release) -> Iterator[Hit]:
    files = {
        config.config_name: [(each.split, each.path) for each in config.data_files] for config in release.card.configs
    }
    for name, table in release.tables.items():
        declared = release.card.info(name).features
        made = features(table.schema, {"ner_tags": release.tags})
        if declared != made:
            yield Hit(name, differing(declared, made))
        if files.get(name) != [("train", f"{name}/{SPLIT_FILE}")]:
            yield Hit(name, "its data_files")


def differing(declared: Sequence[Row], made: Sequence[Row]) -> str:
    """The columns of which two lists of features do not say the same."""
    odd = [one.get("name") for one in declared if one not in made] + [
        one["name"] for one in made if one not in declared
    ]
    return ", ".join(map(str, dict.fromkeys(odd))) or "the order of its columns"


@release_check(
    "E602",
    "A span is empty or lies outside its document, or its text is not the text there",
    "Build the release again.",
)
def other_slice(release: Release) -> Iterator[Hit]:
    documents = texts(release)
    known = keys(release.layers)
    for name in ("entities", *release.layers.further):
        for row in rows_of(release, name):
            text = documents.get(row["doc_id"], "")
            if not is_slice(text, row):
                yield Hit(row[known[name]], placed(row), (row["start"], row["end"]), text)
    for row in rows_of(release, "annotations"):
        if row["layer"] and not 0 <= (row["start"] or 0) < (row["end"] or 0) <= len(documents.get(row["doc_id"], "")):
            yield Hit(row["annotation_id"], f"{row['start']} to {row['end']}")
    for row in rows_of(release, "claims"):
        text = documents.get(row["doc_id"], "")
        for span in [*row["content"], *row["cue"], *row["source"]]:
            if not is_slice(text, span):
                yield Hit(row["claim_id"], placed(span), (span["start"], span["end"]), text)


def placed(span: Row) -> str:
    """A span in words: its text and its place."""
    return f"{span['text']!r} at {span['start']} to {span['end']}"


def is_slice(text: str, span: Row) -> bool:
    """True if a span lies in a text, is not empty, and has the words that stand there."""
    start, end = span["start"], span["end"]
    return bool(0 <= start < end <= len(text) and text[start:end] == span["text"])


@release_check(
    "E603",
    "A document's hash or length is not that of its text, or its hash is of no file that the manifest lists",
    "Build the release again.",
)
def other_text(release: Release) -> Iterator[Hit]:
    withheld = release.manifest.text == "withheld"
    inputs = set() if release.manifest.text == "hydrated" else set(release.manifest.inputs.values())
    for row in rows_of(release, "documents"):
        digest = row["text_sha256"]
        hashed = SHA256.fullmatch(digest) if withheld else digest == sha256(row["text"].encode())
        if not hashed:
            yield Hit(row["doc_id"], f"text_sha256 {digest}")
        elif inputs and digest not in inputs:
            yield Hit(row["doc_id"], f"no input of the manifest has the hash {digest}")
        if row["n_chars"] != len(row["text"]):
            yield Hit(row["doc_id"], f"n_chars {row['n_chars']}, and the text has {len(row['text'])}")


@release_check(
    "E604",
    "Two rows of a config have the same key, or a row has none or another than its place gives",
    "Build the release again.",
)
def repeated_key(release: Release) -> Iterator[Hit]:
    for name, key in keys(release.layers).items():
        rows = rows_of(release, name)
        for value, count in Counter(row[key] for row in rows).items():
            if count > 1 or not value:
                yield Hit(str(value), f"{counted(count, 'row')} of {name}{'' if value else ' without a key'}")
        for row in rows:
            if release.manifest.text != "hydrated" and not fitting(name, row, row[key]):  # there, spans have moved
                yield Hit(str(row[key]), f"its place in {name} gives another")


def fitting(config: str, row: Row, key: str) -> bool:
    """True if the key of a row is what a build makes of what the row holds; those of spans and relations are E640's."""
    doc_id = row.get("doc_id")
    if config == "entities":
        return bool(key == f"{doc_id}:mention:{row['start']}-{row['end']}")
    if config == "claims":
        places = {f"{doc_id}:claim:{one['start']}-{one['end']}" for one in row["content"]}
        return not places or key in places
    if config == "claim_relations":
        return bool(key == f"{row['claim_a']}|{row['claim_b']}")
    if config == "ner":
        return bool(key == f"{doc_id}:sentence:{row['sentence_start']}")
    return config != "annotations" or f"{key}:".startswith(f"{doc_id}:{row['annotator_id']}:")


@release_check(
    "E605",
    "A row refers to a row that does not exist",
    "Build the release again.",
)
def unknown_key(release: Release) -> Iterator[Hit]:
    key = keys(release.layers)
    for name, column, target in foreign_keys(release.layers):
        known = {row[key[target]] for row in rows_of(release, target)}
        for row in rows_of(release, name):
            value = row[column]
            for reference in value if isinstance(value, list) else [value]:
                if reference is not None and reference not in known:
                    yield Hit(str(row[key[name]]), f"{column} {reference}")


@release_check(
    "E606",
    "A sentence or its tokens are not the text of the document at their offsets",
    "Build the release again.",
)
def other_tokens(release: Release) -> Iterator[Hit]:
    documents = texts(release)
    for row in rows_of(release, "ner"):
        text = documents.get(row["doc_id"], "")
        pieces = [(row["sentence_start"], row["sentence_text"])]
        if len(row["token_starts"]) == len(row["tokens"]) == len(row["ner_tags"]):
            pieces += zip(row["token_starts"], row["tokens"], strict=True)
        else:
            yield Hit(row["id"], "as many tokens as starts and tags are needed")
        other = next((one for one in pieces if text[one[0] : one[0] + len(one[1])] != one[1]), None)
        if other:
            yield Hit(row["id"], f"{other[1]!r} at {other[0]}")


@release_check(
    "E607",
    "The tags do not decode to the outermost entity mentions of the sentences",
    "Build the release again.",
)
def other_tags(release: Release) -> Iterator[Hit]:
    documents = texts(release)
    expected = {
        (row["doc_id"], *seen, row["label"])
        for row in rows_of(release, "entities")
        if row["parent_mention_id"] is None
        for seen in [seen_of(row, documents.get(row["doc_id"]))]
        if seen[0] < seen[1]
    }
    found = set()
    for row in rows_of(release, "ner"):
        tokens = [(start, start + len(token)) for start, token in zip(row["token_starts"], row["tokens"], strict=False)]
        if len(tokens) != len(row["ner_tags"]) or not all(0 <= tag < len(release.tags) for tag in row["ner_tags"]):
            yield Hit(row["id"], "a tag has no name")
            continue
        tags = [release.tags[tag] for tag in row["ner_tags"]]
        if any(tag.startswith("I-") and before[1:] != tag[1:] for before, tag in pairwise(["O", *tags])):
            yield Hit(row["id"], "an I- continues nothing")
        found |= {(row["doc_id"], *span) for span in decode_bio(tokens, tags)}
    for one in sorted(expected ^ found):
        doc_id, start, end, label = one
        yield Hit(
            f"{doc_id}:{start}-{end}", f"{label} {'is tagged, and no mention' if one in found else 'is not tagged'}"
        )


def seen_of(row: Row, text: str | None) -> tuple[int, int]:
    """What can be seen of a span, as far as its text is known."""
    return visible(text, row["start"], row["end"]) if text else (row["start"], row["end"])


@release_check(
    "E608",
    "The zones of a document overlap, run backwards, or leave text out",
    "Build the release again.",
)
def zones_not_whole(release: Release) -> Iterator[Hit]:
    for row in rows_of(release, "documents"):
        at = 0
        for zone in [*row["zones"], {"start": row["n_chars"], "end": row["n_chars"]}] if row["zones"] else []:
            if zone["start"] < at or zone["end"] < zone["start"] or row["text"][at : zone["start"]].strip():
                yield Hit(row["doc_id"], f"{at} to {zone['start']}")
            at = zone["end"]


@release_check(
    "E609",
    "A claim has no content, or its attribution does not fit: its id is the cue's, no cue is the author's own voice",
    "Build the release again.",
)
def claim_without_words(release: Release) -> Iterator[Hit]:
    for row in rows_of(release, "claims"):
        named = [f"{row['doc_id']}:attribution:{one['start']}-{one['end']}" for one in row["cue"]]
        voice = ("DIRECT", "MIXED", "INDIRECT") if row["cue"] else ("AUTHOR",)
        moved = release.manifest.text == "hydrated"
        if not row["content"] or (not moved and named != [*filter(None, [row["attribution_id"]])]):
            yield Hit(row["claim_id"], f"attribution_id {row['attribution_id']}")
        elif row["attribution"] not in voice or (row["source"] and not row["cue"]):
            yield Hit(row["claim_id"], f"attribution {row['attribution']}")


@release_check(
    "E701",
    "A file is not the one that the manifest lists",
    "Build the release again; never edit it, and move what is yours out of it.",
)
def other_file(release: Release) -> Iterator[Hit]:
    listed = release.manifest.files
    for name, path in entries(release.folder).items():
        if path.is_symlink() or not path.is_file():
            yield Hit(name, "it is no regular file")
        elif name != "manifest.json" and name not in listed:
            yield Hit(name, "it is not listed")
        elif name != "manifest.json" and listed[name] != sha256(path.read_bytes()):
            yield Hit(name, "it has other contents")
    for name in sorted(listed):
        if not (release.folder / name).is_file():
            yield Hit(name, "it is missing")


@release_check(
    "E702",
    "The number of rows differs between a table, the card and the manifest",
    "Build the release again.",
)
def other_counts(release: Release) -> Iterator[Hit]:
    for name, table in release.tables.items():
        declared = [split.num_examples for split in release.card.info(name).splits]
        listed = release.manifest.rows.get(name)
        if {table.num_rows, *declared, listed} != {table.num_rows}:
            in_card = ", ".join(map(str, declared)) or "none"
            said = f"the table has {table.num_rows}, the card {in_card}, the manifest {listed}"
            yield Hit(f"{name}/{SPLIT_FILE}", said)


@release_check(
    "E703",
    "A figure in the card is not what the tables give",
    "Build the release again.",
)
def stale_figures(release: Release) -> Iterator[Hit]:
    prose, manifest = release.card.prose, release.manifest
    source = Source(release.tables, manifest.agreement, manifest.scores, manifest.figures or {})
    made = fill_figures(prose, str(release.folder / "README.md"), source)
    for old, new in zip(FIGURE.finditer(prose), FIGURE.finditer(made), strict=True):
        if old[0] != new[0]:
            yield Hit("README.md", old["name"])


@release_check(
    "E704",
    "The records of a config are not those that the manifest has the hash of",
    "Build the release again.",
)
def other_records(release: Release) -> Iterator[Hit]:
    for name, table in release.tables.items():
        if release.manifest.records.get(name) != records_hash(table.to_pylist()):
            yield Hit(name)


@release_check(
    "E706",
    "The manifest counts the labels of a column otherwise than they stand there, or not at all",
    "Build the release again.",
)
def other_label_counts(release: Release) -> Iterator[Hit]:
    listed = release.manifest.labels
    counting = {
        f"{name}/{column}"
        for name in ("entities", "annotations", *release.layers.further)
        for column in ("label", "labels")
        if listed and name in release.tables and column in release.tables[name].column_names
    }
    yield from (Hit(name, "not counted") for name in sorted(counting - set(listed)))
    known = {name for name in listed if known_column(release, name)}
    there = count_labels(release.tables, {name: tuple(listed[name]) for name in known})
    for name, counts in listed.items():
        if name not in known:
            yield Hit(name, "there is no such column")
        elif there[name] != counts:
            odd = [label for label in {**counts, **there[name]} if counts.get(label) != there[name].get(label)]
            yield Hit(name, ", ".join(f"{one!r} {counts.get(one)}, not {there[name].get(one)}" for one in odd))


def known_column(release: Release, name: str) -> bool:
    """True if a name is ``config/column`` of a config without rows, or of a column that is there."""
    config, _, column = name.partition("/")
    table = release.tables.get(config)
    return config in keys(release.layers) and (table is None or column in table.column_names)


@release_check(
    "E730",
    "The description in Croissant is not what the tables, the card and the manifest give",
    "Build the release again.",
)
def other_description(release: Release) -> Iterator[Hit]:
    try:
        described = (release.folder / CROISSANT_FILE).read_bytes()
        rai = rai_of(described)
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        yield Hit(CROISSANT_FILE, reason(error))
        return
    texts = [text for value in rai.values() for text in (value if isinstance(value, list) else [value])]
    if described != croissant_json(to_describe(release), rai) or not set(texts) <= set(
        sections(release.card.prose).values()
    ):
        yield Hit(CROISSANT_FILE)


def to_describe(release: Release) -> Described:
    """What the description of a release is made from."""
    manifest = release.manifest
    paths = {name: release.folder / name for name in manifest.files if name != CROISSANT_FILE}
    files = {name: (one.stat().st_size, manifest.files[name]) for name, one in paths.items() if one.is_file()}
    return Described(manifest.name, manifest.version, release.card, release.tables, files)
