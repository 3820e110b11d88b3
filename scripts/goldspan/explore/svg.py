"""Vega-Lite's specifications -> SVG that can stand in a page: drawings, words, and links within the page."""

import json
from typing import Any
from xml.etree.ElementTree import Element, tostring

import vl_convert
from defusedxml.ElementTree import fromstring

from goldspan.explore.palette import PALETTE
from goldspan.faults import printable

__all__ = ["drawn", "inlined", "picture"]

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
LOOK: dict[str, Any] = {
    "font": FONT,
    "padding": 8,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "domainColor": "#888",
        "tickColor": "#888",
        "gridColor": "#888",
        "gridOpacity": 0.25,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 220,
    },
    "legend": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "bottom",
        "columns": 4,
        "symbolLimit": 40,
        "labelLimit": 160,
        "symbolOpacity": 1,
    },
    "range": {"category": PALETTE},
    "text": {"color": "currentColor", "fontSize": 12},
}
ELEMENTS = {"svg", "g", "path", "line", "rect", "text", "tspan", "a"}
ATTRIBUTES = {
    *("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "width", "height", "viewBox", "text-anchor"),
    *("fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-miterlimit"),
    *("opacity", "font-family", "font-size", "font-weight", "font-style"),
}


def drawn(spec: dict[str, Any], says: str) -> str:
    """A specification as an SVG document that stands alone, on white, with nothing but what draws.

    ``says`` is what it shows, in words.
    """
    root = fromstring(str(vl_convert.vegalite_to_svg(written(spec, "white"))))
    kept = cleaned(root, linked=False)
    named = {"role": "img", "aria-label": printable(says, len(says))}
    kept.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "color": "black", **named}
    return f"{tostring(kept, encoding='unicode', short_empty_elements=True)}\n"


def picture(spec: dict[str, Any]) -> bytes:
    """A specification as PNG, on white, twice as large."""
    return bytes(vl_convert.vegalite_to_png(written(spec, "white"), scale=2))


def written(spec: dict[str, Any], background: str | None = None) -> str:
    """A specification as JSON. Vega writes words into expressions, where no strange line end may stand."""
    return json.dumps(plain({**spec, "config": {**LOOK, "background": background}}))


def plain(value: Any) -> Any:
    """The same with every word made printable."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return printable(value, len(value)) if isinstance(value, str) else value


def inlined(spec: dict[str, Any], says: str) -> str:
    """A specification as an SVG element for a page; ``says`` is what it shows, in words.

    Only elements and attributes that draw are left, and links to a place in the page, each with its words.
    """
    root = fromstring(str(vl_convert.vegalite_to_svg(written(spec))))
    kept = cleaned(root)
    linked = any(element.tag == "a" for element in kept.iter())
    kept.attrib |= {"role": "group" if linked else "img", "aria-label": says}
    return str(tostring(kept, encoding="unicode", short_empty_elements=True))


def cleaned(element: Element, *, linked: bool = True) -> Element:
    """An element with only what may stay of it; its words come from its mark. Unless ``linked``, links are groups."""
    name = local(element.tag) if linked or local(element.tag) != "a" else "g"
    kept = Element(name, {key: value for key, value in sorted(element.attrib.items()) if key in ATTRIBUTES})
    kept.text = element.text
    if name == "a":
        place = next((value for key, value in element.attrib.items() if local(key) == "href"), "").partition("#")[2]
        words = [one.attrib["aria-label"] for one in element.iter() if "aria-label" in one.attrib]
        kept.attrib |= {"href": f"#{place}", "aria-label": ". ".join(words)}
    kept.extend(cleaned(one, linked=linked) for one in element if local(one.tag) in ELEMENTS)
    return kept


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
