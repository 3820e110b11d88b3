"""brat: a text and its standoff annotations for each document, and the configuration that brat needs to show them.

What brat has no place for stands as JSON in a note on each line: the id, layer and labels of a span, and attributes
that are neither true nor one word.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from goldspan.formats.stream import Collection, Document, Files, Lost, Relation, Span, count_directions, count_values

__all__ = ["on_lines", "render", "write"]

NOT_A_TYPE = re.compile(r"[^A-Za-z0-9_-]|-(?=[0-9A-F]{2})")
LINE = re.compile("[^\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
WORD = re.compile(r"[A-Za-z0-9_-]+")
UNLABELLED = "UNLABELLED"
Fragments = list[tuple[int, int]]


class Types(Struct):
    """The types that brat's configuration must name: of spans, relations, and attributes with their values."""

    spans: set[str]
    relations: set[str]
    attributes: dict[str, set[str]]


def write(collection: Collection, lost: Lost) -> Files:
    """For each document the files ``NAME.txt`` and ``NAME.ann``; and ``annotation.conf`` and ``visual.conf``."""
    types = Types(set(), set(), {})
    for document in collection.documents:
        lost["documents' attributes"] += bool(document.attributes)
        count_values(document, lost)
        yield f"{document.file}.txt", document.text.encode()
        yield f"{document.file}.ann", render(document, types, lost).encode()
    lost["relations between documents"] += len(collection.across)
    yield "annotation.conf", annotation_conf(types).encode()
    yield "visual.conf", visual_conf(types).encode()


def render(document: Document, types: Types, lost: Lost) -> str:
    """The annotations of a document, one a line: a span for each label, then what is said of it, then relations."""
    lines: list[str] = []
    first: dict[str, str] = {}
    count = 0
    for span in document.spans:
        fragments = on_lines(document.text, span, lost)
        for label in (span.labels or (UNLABELLED,)) if fragments else ():
            count += 1
            types.spans.add(label)
            extents = ";".join(f"{start} {end}" for start, end in fragments)
            words = " ".join(document.text[start:end] for start, end in fragments)
            lines.append(f"T{count}\t{quoted(label)} {extents}\t{words}")
            if span.id not in first:
                first[span.id] = f"T{count}"
                lines += said(span, f"T{count}", len(lines), types)
            lines.append(note(f"T{count}", len(lines), noted(span)))
    for number, (relation, label) in enumerate(linked(document, first, lost), 1):
        types.relations.add(label)
        ends = f"Arg1:{first[relation.from_id]} Arg2:{first[relation.to_id]}"
        lines.append(f"R{number}\t{quoted(label)} {ends}")
        lines.append(note(f"R{number}", len(lines), noted_link(relation)))
    return "".join(f"{line}\n" for line in lines)


def on_lines(text: str, span: Span, lost: Lost) -> Fragments:
    """The fragments of a span, cut at line breaks, as brat does itself, and tabs, since its text stands in a column."""
    parts = [[found.span() for found in LINE.finditer(text, *fragment)] for fragment in span.fragments]
    fragments = [extent for part in parts for extent in part]
    kept = tuple((part[0][0], part[-1][1]) for part in parts if part)
    lost["spans of nothing but line breaks and tabs"] += not fragments
    lost["line breaks and tabs at the edges of spans"] += bool(fragments) and kept != span.fragments
    return fragments


def said(span: Span, target: str, number: int, types: Types) -> Iterator[str]:
    """The attributes of a span that brat can hold: what is true, and what is one word."""
    for name, value in sorted(span.attributes.items()):
        if held(value):
            number += 1
            values = types.attributes.setdefault(name, set())
            values |= {value} if isinstance(value, str) else set()
            yield f"A{number}\t{quoted(name)} {target}" + (f" {value}" if isinstance(value, str) else "")


def held(value: Any) -> bool:
    """True for a value that an attribute of brat can have."""
    return value is True or (isinstance(value, str) and WORD.fullmatch(value) is not None)


def noted(span: Span) -> dict[str, Any]:
    """What a note says of a span."""
    rest = {name: value for name, value in sorted(span.attributes.items()) if not held(value)}
    return {"id": span.id, "layer": span.layer, "labels": span.labels} | ({"attributes": rest} if rest else {})


def noted_link(relation: Relation) -> dict[str, Any]:
    """What a note says of a relation."""
    rest = {"attributes": relation.attributes} if relation.attributes else {}
    return {"id": relation.id, "labels": relation.labels, "direction": relation.direction} | rest


def note(target: str, number: int, value: dict[str, Any]) -> str:
    """A note on an annotation; the numbers of notes and attributes are those of their lines, so that each is new."""
    return f"#{number + 1}\tAnnotatorNotes {target}\t{json.dumps(value)}"


def linked(document: Document, known: dict[str, str], lost: Lost) -> Iterator[tuple[Relation, str]]:
    """Each relation between spans that are written, once for each label."""
    count_directions(document, lost)
    for relation in document.relations:
        if relation.from_id in known and relation.to_id in known:
            yield from ((relation, label) for label in relation.labels or (UNLABELLED,))
        else:
            lost["relations of spans that are left out"] += 1


def quoted(name: str) -> str:
    """A name of the characters that brat allows: each byte of any other becomes ``-`` and its two hex digits.

    So does a ``-`` that two such digits follow, and so the name can be read again.
    """
    return NOT_A_TYPE.sub(lambda found: "".join(f"-{byte:02X}" for byte in found[0].encode()), name) or UNLABELLED


def annotation_conf(types: Types) -> str:
    """The configuration that says which types there are."""
    attributes = [
        f"{quoted(name)} Arg:<ENTITY>" + (f", Value:{'|'.join(sorted(values))}" if values else "")
        for name, values in sorted(types.attributes.items())
    ]
    overlap = "<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    relations = [f"{quoted(name)} Arg1:<ENTITY>, Arg2:<ENTITY>" for name in sorted(types.relations)]
    sections = {
        "entities": sorted(map(quoted, types.spans)),
        "relations": [overlap, *relations],
        "events": [],
        "attributes": attributes,
    }
    return "\n".join("\n".join([f"[{name}]", *lines, ""]) for name, lines in sections.items())


def visual_conf(types: Types) -> str:
    """The configuration that says how names which had to be encoded are shown."""
    names = sorted(types.spans | types.relations | set(types.attributes))
    labels = [f"{quoted(name)} | {name}" for name in names if quoted(name) != name and "|" not in name]
    return "\n".join(["[labels]", *(" ".join(label.split()) for label in labels), "", "[drawing]", ""])
