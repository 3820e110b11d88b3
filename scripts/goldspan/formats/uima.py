"""UIMA: an XMI file for each document, and the type system of them all, by dkpro-cassis.

Offsets in an XMI count UTF-16 units; cassis converts them.
"""

import json
import re
from typing import Any

from cassis import Cas, TypeSystem

from goldspan.formats.stream import Collection, Document, Files, Lost

__all__ = ["render", "type_system", "write"]

SPAN, LINK, DOCUMENT = "goldspan.Span", "goldspan.Relation", "goldspan.Document"
STRING, STRINGS = "uima.cas.String", "uima.cas.StringArray"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(collection: Collection, lost: Lost) -> Files:
    """The file ``NAME.xmi`` for each document, and ``TypeSystem.xml``."""
    types = type_system()
    for document in collection.documents:
        yield f"{document.file}.xmi", render(document, types, lost)
    lost["relations between documents"] += len(collection.across)
    yield "TypeSystem.xml", str(types.to_xml()).encode()


def type_system() -> TypeSystem:
    """Spans, relations between them, and what is said of the document; attributes and its values are JSON."""
    types = TypeSystem()
    features = {
        (SPAN, "uima.tcas.Annotation"): {"spanId": STRING, "layer": STRING, "labels": STRINGS, "attributes": STRING},
        (LINK, "uima.cas.TOP"): {
            "relationId": STRING,
            "source": SPAN,
            "target": SPAN,
            "labels": STRINGS,
            "direction": STRING,
            "attributes": STRING,
        },
        (DOCUMENT, "uima.cas.TOP"): {
            "docId": STRING,
            "annotationId": STRING,
            "attributes": STRING,
            "values": STRING,
        },
    }
    for (name, parent), fields in features.items():
        made = types.create_type(name, supertypeName=parent)
        for feature, range_ in fields.items():
            types.create_feature(made, name=feature, rangeType=range_)
    return types


def render(document: Document, types: TypeSystem, lost: Lost) -> bytes:
    """A document as XMI; characters that XML cannot hold are replaced, one for one."""
    cas = Cas(typesystem=types)
    cas.sofa_string = clean(document.text, lost)
    cas.sofa_mime = "text/plain"
    one = types.get_type(DOCUMENT)(
        docId=clean(document.doc_id, lost),
        annotationId=document.annotation_id,
        attributes=packed(document.attributes),
        values=packed(document.values),
    )
    cas.add(one)
    first: dict[str, Any] = {}
    for span in document.spans:
        lost["discontinuous spans, written as their fragments"] += len(span.fragments) > 1
        for start, end in span.fragments:
            made = types.get_type(SPAN)(
                begin=start,
                end=end,
                spanId=clean(span.id, lost),
                layer=clean(span.layer, lost),
                labels=array(types, span.labels, lost),
                attributes=packed(span.attributes),
            )
            cas.add(made)
            first.setdefault(span.id, made)
    for relation in document.relations:
        made = types.get_type(LINK)(
            relationId=clean(relation.id, lost),
            source=first[relation.from_id],
            target=first[relation.to_id],
            labels=array(types, relation.labels, lost),
            direction=relation.direction,
            attributes=packed(relation.attributes),
        )
        cas.add(made)
    return str(cas.to_xmi()).encode()


def array(types: TypeSystem, values: tuple[str, ...], lost: Lost) -> Any:
    """Labels as UIMA has them."""
    return types.get_type(STRINGS)(elements=[clean(value, lost) for value in values])


def packed(attributes: dict[str, Any]) -> str | None:
    """Attributes as JSON in plain ASCII, which XML holds whatever they are; None if there are none."""
    return json.dumps(attributes, sort_keys=True) if attributes else None


def clean(text: str, lost: Lost) -> str:
    """Text in which characters that XML cannot hold are replaced."""
    cleaned, count = NOT_XML.subn("\ufffd", text)
    lost["characters that XML has no place for"] += count
    return cleaned
