"""``croissant.json``: what a release holds, as Croissant 1.1 with the properties of responsible AI (RAI) 1.0.

The texts of the RAI properties are sections of the card.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import Struct

from goldspan.card import Card, sections
from goldspan.corpus import RaiProperty
from goldspan.faults import fault
from goldspan.tables import SPLIT_FILE

__all__ = ["CROISSANT_FILE", "Described", "Texts", "croissant_json", "files_of", "rai_of", "rai_texts"]

CROISSANT_FILE = "croissant.json"

NO_SECTION = fault(
    "E731", "[rai] in corpus.toml names a section that the card does not have", "Correct the heading, or add a section."
)

Json = dict[str, Any]
Texts = dict[str, str | list[str]]

GENERATED = "annotationsPerItem"
CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
NAMESPACES = {
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}
TERMS = """
    arrayShape citeAs column containedIn equivalentProperty extract field fileObject fileProperty fileSet format
    includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace
    samplingRate separator source subField transform
"""
CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **NAMESPACES,
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in TERMS.split()},
}
DATA_TYPES = {
    pa.string(): "sc:Text",
    pa.int32(): "cr:Int32",
    pa.float64(): "cr:Float64",
    pa.bool_(): "sc:Boolean",
}
MEDIA_TYPES = {"parquet": "application/x-parquet", "md": "text/markdown", "svg": "image/svg+xml"}


class Described(Struct, frozen=True):
    """What a description is made from: name, version, card, tables, and the size in bytes and SHA-256 of each file."""

    name: str
    version: str
    card: Card
    tables: Mapping[str, pa.Table]
    files: Mapping[str, tuple[int, str]]


def croissant_json(what: Described, rai: Mapping[str, Any]) -> bytes:
    """The description of a release as the bytes of its file; ``rai`` as `rai_texts` gives it."""
    card, tags = what.card, what.card.info("ner").class_names("ner_tags")
    record_sets = [record_set(name, table) for name, table in what.tables.items()]
    described = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": what.name,
        "description": next((text for text in sections(card.prose).values() if text), what.name),
        "version": what.version,
        "license": card.license_name or card.license,
        "inLanguage": card.language,
        "keywords": card.tags,
        **{f"rai:{name}": rai[name] for name in sorted(rai)},
        f"rai:{GENERATED}": annotations_per_item(what.tables),
        "distribution": list(distribution(what.files)),
        "recordSet": [*record_sets, *([tag_set(tags)] if "ner" in what.tables else [])],
    }
    shown = {name: value for name, value in described.items() if value}
    return json.dumps(shown, ensure_ascii=False, indent=1).encode(errors="backslashreplace") + b"\n"


def rai_texts(wanted: Mapping[RaiProperty, str | tuple[str, ...]], card: Card, file: str) -> Texts:
    """The text of each RAI property: the section of the card that a heading names, a list where there are several.

    Raises:
        DataError: the card has no such section (E731).
    """
    known = sections(card.prose)

    def text(heading: str) -> str:
        if not known.get(heading):
            raise NO_SECTION.error(heading, file=file)
        return known[heading]

    return {
        name: text(named) if isinstance(named, str) else [text(heading) for heading in named]
        for name, named in wanted.items()
    }


def rai_of(described: bytes) -> Texts:
    """The RAI properties that a description has, by name.

    Raises:
        msgspec.MsgspecError: it is no JSON object, or one of them is no text.
    """
    found = msgspec.json.decode(described, type=dict[str, Any])
    texts = {name.removeprefix("rai:"): value for name, value in found.items() if name.startswith("rai:")}
    texts.pop(GENERATED, None)
    return msgspec.convert(texts, Texts)


def files_of(files: Mapping[str, bytes], hashes: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """The size in bytes and the SHA-256 of each file."""
    return {name: (len(data), hashes[name]) for name, data in files.items()}


def annotations_per_item(tables: Mapping[str, pa.Table]) -> str:
    """How many annotators marked each document that any marked: a number, or the least and the most."""
    annotators: dict[str, set[str]] = defaultdict(set)
    if "annotations" in tables:
        columns = (tables["annotations"][name].to_pylist() for name in ("doc_id", "annotator_id"))
        for document, annotator in zip(*columns, strict=True):
            annotators[document].add(annotator)
    counts = {len(found) for found in annotators.values()}
    return " to ".join(str(count) for count in sorted({min(counts), max(counts)})) if counts else ""


def distribution(files: Mapping[str, tuple[int, str]]) -> Iterator[Json]:
    """Each file with its size and hash."""
    for name, (size, digest) in sorted(files.items()):
        yield {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name,
            "contentUrl": name,
            "contentSize": f"{size} B",
            "encodingFormat": MEDIA_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream"),
            "sha256": digest,
        }


def record_set(config: str, table: pa.Table) -> Json:
    """A config as a record set; its first column is its key."""
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "key": {"@id": f"{config}/{table.schema.names[0]}"},
        "field": [field(config, f"{config}/{SPLIT_FILE}", column) for column in table.schema],
    }


def field(parent: str, file: str, column: pa.Field, inside: str = "") -> Json:
    """A column, or with ``inside`` a part of that column's structs, as a field.

    It refers to no other record set: mlcroissant would join the two tables, and lose columns that both have.
    """
    named = {"@type": "cr:Field", "@id": f"{parent}/{column.name}", "name": column.name}
    if column.name == "ner_tags":
        named["description"] = "The number of a tag in the record set ner_tags, for each token."
    kind: pa.DataType = column.type
    shape: Json = {}
    if pa.types.is_list(kind):
        kind, shape = kind.value_type, {"repeated": True}
    if pa.types.is_struct(kind):
        return {**named, **shape, "subField": [field(named["@id"], file, part, column.name) for part in kind]}
    if pa.types.is_list(kind):
        kind, shape = kind.value_type, {"isArray": True, "arrayShape": "-1,-1"}
    source = {"fileObject": {"@id": file}, "extract": {"column": inside or column.name}}
    path = {"transform": {"jsonPath": column.name}} if inside else {}
    return {**named, **shape, "dataType": DATA_TYPES.get(kind, "sc:Text"), "source": {**source, **path}}


def tag_set(tags: Sequence[str]) -> Json:
    """The names of the NER tags as a record set of its own."""
    number, name = "ner_tags/number", "ner_tags/name"
    return {
        "@type": "cr:RecordSet",
        "@id": "ner_tags",
        "name": "ner_tags",
        "dataType": "sc:Enumeration",
        "key": {"@id": number},
        "field": [
            {"@type": "cr:Field", "@id": number, "name": "number", "dataType": "cr:Int32"},
            {"@type": "cr:Field", "@id": name, "name": "name", "dataType": "sc:Text"},
        ],
        "data": [{number: at, name: tag} for at, tag in enumerate(tags)],
    }
