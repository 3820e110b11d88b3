"""E62x and E63x: the tables of a converted folder against each other, the texts and the page."""

from collections.abc import Iterator
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from goldspan.arrow import COLUMN_TYPES, INTEGERS, features
from goldspan.checks.registry import Hit, converted_check
from goldspan.checks.release import differing, has_null, unlike
from goldspan.convert.bio import BIO_SCHEMA
from goldspan.convert.folder import ConvertedFolder, Texts
from goldspan.convert.layout import FIXED, OURS, PREDICTIONS, file_name, predictions_schema, schemas
from goldspan.hashes import sha256
from goldspan.labeling import LabelingConfig
from goldspan.store import entries
from goldspan.words import counted

KEYS = {
    "documents": "doc_id",
    "annotations": "annotation_id",
    "spans": "span_id",
    "relations": "relation_id",
    "bio": "id",
    "predictions": "span_id",
}
FOREIGN_KEYS = [
    ("annotations", "doc_id", "documents"),
    ("spans", "annotation_id", "annotations"),
    ("spans", "doc_id", "documents"),
    ("spans", "parent_span_id", "spans"),
    ("relations", "annotation_id", "annotations"),
    ("relations", "doc_id", "documents"),
    ("relations", "from_span_id", "spans"),
    ("relations", "to_span_id", "spans"),
    ("bio", "annotation_id", "annotations"),
    ("bio", "doc_id", "documents"),
    ("predictions", "doc_id", "documents"),
    ("predictions", "parent_span_id", "predictions"),
]
SHARED = [
    ("spans", "annotation_id", "annotations", "doc_id"),
    ("spans", "parent_span_id", "spans", "annotation_id"),
    ("relations", "annotation_id", "annotations", "doc_id"),
    ("relations", "from_span_id", "spans", "annotation_id"),
    ("relations", "to_span_id", "spans", "annotation_id"),
    ("bio", "annotation_id", "annotations", "doc_id"),
    ("predictions", "parent_span_id", "predictions", "prediction_id"),
]
NULLABLE = {
    "documents": {"text", "text_sha256"},
    "annotations": {"annotator", "created_at", "updated_at", "lead_time", "meta"},
    "spans": {"parent_span_id", "origin", "score", "meta"},
    "relations": {"meta"},
    "bio": {"annotation_id"},
    "predictions": {name for name, _ in PREDICTIONS} - {"span_id", "prediction_id", "doc_id"},
}
FIXED_COLUMNS = {
    **{name: pa.schema(fields) for name, fields in FIXED.items()},
    "bio": BIO_SCHEMA,
    "predictions": pa.schema(PREDICTIONS),
}
MORE_TYPES = {
    "documents": [pa.string()],
    "annotations": list(COLUMN_TYPES.values()),
    "spans": list(COLUMN_TYPES.values()),
    "relations": [],
    "bio": [INTEGERS],
    "predictions": list(COLUMN_TYPES.values()),
}


@converted_check(
    "E621",
    "A converted table lacks a column, has one of another type or one too many, or null where a value must be",
    "Convert the exports again; if the labeling config is given, with that one.",
    first=True,
)
def missing_column(converted: ConvertedFolder) -> Iterator[Hit]:
    for name, table in converted.tables.items():
        odd = [each for schema in table.schemas for each in odd_fields(name, schema, converted.config)]
        yield from (Hit(name, each) for each in odd)
        for column in [] if odd else FIXED_COLUMNS[name].names:
            if column not in NULLABLE.get(name, ()) and any(has_null(group[column]) for group in table.groups(column)):
                yield Hit(name, f"{column} is null")


def odd_fields(name: str, schema: pa.Schema, config: LabelingConfig | None) -> list[str]:
    """What is wrong with the columns of a file of a table: those that it lacks, has beyond them, or has twice.

    Those of controls are free as long as no config says what they are.
    """
    columns, types = FIXED_COLUMNS[name], MORE_TYPES[name]
    if config and name in ("annotations", "spans"):
        columns, types = schemas(config)[name], []
    if config and name == "predictions":
        columns, types = predictions_schema(config), []
    lacking = [unlike(field, schema) for field in columns if field not in list(schema)]
    surplus = [field for field in schema if field.name not in columns.names and field.type not in types]
    twice = [one for one in dict.fromkeys(schema.names) if schema.names.count(one) > 1]
    return [
        *lacking,
        *(f"{field.name} is one too many, as {field.type}" for field in surplus),
        *(f"{one} stands twice" for one in twice),
    ]


@converted_check(
    "E622",
    "Two rows of a converted table have the same key, or a row has an empty one",
    "Convert the exports again.",
)
def repeated_key(converted: ConvertedFolder) -> Iterator[Hit]:
    for name, table in converted.tables.items():
        counts = pc.value_counts(table.columns(KEYS[name])[KEYS[name]].combine_chunks())
        odd = pc.or_(pc.greater(counts.field("counts"), 1), pc.equal(counts.field("values"), ""))
        for found in counts.filter(odd).to_pylist():
            yield Hit(found["values"], f"{counted(found['counts'], 'row')} of {name}")


@converted_check(
    "E623",
    "A row of a converted table refers to a row that does not exist",
    "Convert the exports again.",
)
def unknown_key(converted: ConvertedFolder) -> Iterator[Hit]:
    for name, column, target in FOREIGN_KEYS:
        if name in converted.tables:
            rows = converted.tables[name].columns(*dict.fromkeys((KEYS[name], column)))
            known = converted.tables[target].columns(KEYS[target])[KEYS[target]]
            lost = pc.and_(pc.is_valid(rows[column]), pc.invert(pc.is_in(rows[column], known.combine_chunks())))
            for row in rows.filter(lost).to_pylist():
                yield Hit(row[KEYS[name]], f"{column} {row[column]}")


@converted_check(
    "E624",
    "A row of a converted table refers to a row of another document or annotation",
    "Convert the exports again.",
)
def other_owner(converted: ConvertedFolder) -> Iterator[Hit]:
    for name, column, target, shared in SHARED:
        if name in converted.tables:
            rows = converted.tables[name].columns(*dict.fromkeys((KEYS[name], column, shared)))
            owners = converted.tables[target].columns(KEYS[target], shared)
            at = pc.index_in(rows[column], owners[KEYS[target]].combine_chunks())
            other = pc.not_equal(rows[shared], owners[shared].combine_chunks().take(at))
            for row in rows.filter(other).to_pylist():
                yield Hit(row[KEYS[name]], f"{column} {row[column]}, not of {shared} {row[shared]}")


@converted_check(
    "E625",
    "A converted span is empty or lies outside its document, or its text is not the text there",
    "Convert the exports again.",
)
def other_slice(converted: ConvertedFolder) -> Iterator[Hit]:
    texts = Texts(converted.tables["documents"])
    for group in marked(converted, "span_id", "doc_id", "start", "end", "text"):
        for row in group.to_pylist():
            text, extent = texts[row["doc_id"]], (row["start"], row["end"])
            if not 0 <= extent[0] < extent[1] <= len(text) or text[slice(*extent)] != row["text"]:
                yield Hit(row["span_id"], f"{row['text']!r} at {extent[0]} to {extent[1]}", extent, text)


def marked(converted: ConvertedFolder, *columns: str) -> Iterator[pa.Table]:
    """Some columns of all that is marked in the texts, also of what is predicted."""
    yield from converted.tables["spans"].groups(*columns)
    if "predictions" in converted.tables:
        for group in converted.tables["predictions"].groups(*dict.fromkeys((*columns, "layer"))):
            yield group.filter(pc.is_valid(group["layer"]))


@converted_check(
    "E626",
    "The text_sha256 of a converted document is not the SHA-256 of its text",
    "Convert the exports again.",
)
def other_digest(converted: ConvertedFolder) -> Iterator[Hit]:
    for group in converted.tables["documents"].groups("doc_id", "text", "text_sha256"):
        for row in group.to_pylist():
            if row["text_sha256"] != (None if row["text"] is None else sha256(row["text"].encode())):
                yield Hit(row["doc_id"])


@converted_check(
    "E627",
    "The tokens of a row run backwards, leave the text or are not the text at their starts, or lack a start or tag",
    "Convert the exports again. Sub-words need not be slices of the text, and some may begin at the same place.",
)
def other_tokens(converted: ConvertedFolder) -> Iterator[Hit]:
    if "bio" not in converted.tables:
        return
    texts, subwords = Texts(converted.tables["documents"]), has_subwords(converted)
    for group in converted.tables["bio"].groups(*BIO_SCHEMA.names):
        for row in group.to_pylist():
            text, starts, tokens = texts[row["doc_id"]], row["token_starts"], row["tokens"]
            if not len(starts) == len(tokens) == len(row["ner_tags"]):
                found = {"token": tokens, "start": starts, "tag": row["ner_tags"]}
                yield Hit(row["id"], ", ".join(counted(len(each), what) for what, each in found.items()))
                continue
            lengths = [0 if subwords else len(token) for token in tokens]
            ends = [0, *(start + length for start, length in zip(starts, lengths, strict=True))]
            for end, start, token in zip(ends, starts, tokens, strict=False):
                if not end <= start < len(text) or not (subwords or (token and text.startswith(token, start))):
                    yield Hit(row["id"], f"{token!r} at {start}", (start, start + len(token)), text)
                    break


def has_subwords(converted: ConvertedFolder) -> bool:
    """True if the tokens are the sub-words of a tokenizer."""
    return "input_ids" in converted.tables["bio"].schemas[0].names


@converted_check(
    "E628",
    "A tag has no name on the page, or an I- continues nothing of its label",
    "Convert the exports again.",
)
def other_tags(converted: ConvertedFolder) -> Iterator[Hit]:
    if "bio" not in converted.tables:
        return
    names, rest = converted.page.info("bio").class_names("ner_tags"), {-100} if has_subwords(converted) else set()
    for group in converted.tables["bio"].groups("id", "ner_tags"):
        for row in group.to_pylist():
            numbers = [number for number in row["ner_tags"] if number not in rest]
            tags = [names[number] if 0 <= number < len(names) else "" for number in numbers]
            for before, tag in pairwise(["O", *tags]):
                if not tag or (tag.startswith("I-") and before[1:] != tag[1:]):
                    yield Hit(row["id"], f"{tag or 'a number without a name'} after {before}")
                    break


@converted_check(
    "E629",
    "The page of a conversion does not describe its tables: configs, files, features or rows are others",
    "Convert the exports again; never edit the head of its README.md.",
)
def other_page(converted: ConvertedFolder) -> Iterator[Hit]:
    page = converted.page
    classes = {"ner_tags": page.info("bio").class_names("ner_tags")} if "bio" in converted.tables else {}
    expected = {name: table for name, table in converted.tables.items() if table.num_rows}
    named = {config.config_name: [(each.split, each.path) for each in config.data_files] for config in page.configs}
    for name in sorted({*named, *(info.config_name for info in page.dataset_info)} - set(expected)):
        yield Hit(name, "it has no rows")
    for name, table in expected.items():
        if named.get(name) != [("train", f"{name}/train-*.parquet")]:
            yield Hit(name, "data_files")
        declared, made = page.info(name).features, features(table.schemas[0], classes)
        if declared != made:
            yield Hit(name, f"features: {differing(declared, made)}")
        rows = [split.num_examples for split in page.info(name).splits]
        if rows != [table.num_rows]:
            yield Hit(name, f"{', '.join(map(str, rows)) or 'no'} rows, not {table.num_rows}")


@converted_check(
    "E630",
    "A file of a converted table is missing, or something is there that no conversion has written",
    "Convert the exports again; move what is yours out of the folder.",
)
def other_files(converted: ConvertedFolder) -> Iterator[Hit]:
    for name, path in entries(converted.folder).items():
        match = OURS.fullmatch(name)
        if path.is_symlink() or not match or match["table"] not in {None, *converted.tables}:
            yield Hit(name, "no conversion has written it")
    for name, table in converted.tables.items():
        found = [path.name for path in table.paths]
        if found != [file_name(number, len(found)) for number in range(len(found))]:
            yield Hit(name, f"there are only {', '.join(found)}")


@converted_check(
    "E631",
    "A converted span has a layer or label, or a relation a label, that the labeling config does not have",
    "Give the labeling config of the project that was converted.",
)
def unknown_name(converted: ConvertedFolder) -> Iterator[Hit]:
    config = converted.config
    if config is None:
        return
    for group in marked(converted, "span_id", "layer", "labels"):
        for row in group.to_pylist():
            layer = config.layers.get(row["layer"])
            strange = [row["layer"]] if layer is None else list(layer.strange(row["labels"]))
            yield from (Hit(row["span_id"], repr(name)) for name in strange)
    for group in converted.tables["relations"].groups("relation_id", "labels"):
        for row in group.to_pylist():
            strange = [label for label in row["labels"] if config.relations and label not in config.relations]
            yield from (Hit(row["relation_id"], repr(name)) for name in strange)
