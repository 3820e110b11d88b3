"""``goldspan explore``: a release or a converted folder as one page that needs no network, and its figures as files.

What `reading` gives -> charts (`charts`, `clusters`) -> drawings (`svg`) -> the page: `page/page.html`, with the style,
the scripts and the data put in.
"""

from base64 import b64encode
from collections import Counter
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from goldspan.explore.charts import Chart, figures
from goldspan.explore.clusters import cluster_charts, standalone
from goldspan.explore.model import Contents, Document, Version, as_json
from goldspan.explore.svg import drawn, inlined, picture
from goldspan.store import replace_file

__all__ = ["page_of", "write_figures", "write_page"]

SCRIPTS = (
    "dom",
    "data",
    "spans",
    "text",
    "quotes",
    "panel",
    "values",
    "article",
    "table",
    "claims",
    "links",
    "map",
    "home",
    "figures",
    "main",
)


def write_page(contents: Contents, out: Path) -> int:
    """Write the page; gives its size in bytes.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    data = page_of(contents).encode()
    replace_file(out, data)
    return len(data)


def write_figures(contents: Contents, folder: Path) -> list[str]:
    """Write each chart that can stand alone as SVG and PNG; gives their names.

    Raises:
        OSError: one cannot be written.
    """
    charts = standalone(contents)
    made = {f"{name}.svg": drawn(chart.spec, chart.says).encode() for name, chart in charts.items()}
    made |= {f"{name}.png": picture(chart.spec) for name, chart in charts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in sorted(made.items()):
        replace_file(folder / name, data)
    return sorted(made)


def page_of(contents: Contents) -> str:
    """The page. What comes from the data stands in it as JSON or escaped; only its own script and style may run."""
    script = "(() => {\n'use strict';\n" + "".join(part(f"{name}.js") for name in SCRIPTS) + "})();\n"
    style = part("style.css")
    environment = Environment(
        loader=PackageLoader("goldspan.explore", "page"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html").render(
        title=contents.name,
        version=contents.version,
        script=Markup(script),  # noqa: S704 - ours
        style=Markup(style),  # noqa: S704 - ours
        hashes={"script": source_hash(script), "style": source_hash(style)},
        index=embedded(index_of(contents)),
        claims=embedded(contents.claims),
        documents=[embedded(document_data(one)) for one in contents.documents],
        charts=[(chart, drawing(chart)) for chart in (*figures(contents), *cluster_charts(contents))],
    )


def part(name: str) -> str:
    """One of the page's own files."""
    return files("goldspan.explore").joinpath("page", name).read_text(encoding="utf-8")


def source_hash(text: str) -> str:
    """What a Content-Security-Policy calls a script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def embedded(contents: Any) -> Markup:
    """Data as JSON for a script element."""
    return Markup(as_json(msgspec.to_builtins(contents)))  # noqa: S704 - escaped by as_json


def drawing(chart: Chart) -> Markup:
    """A chart as an element of the page."""
    return Markup(inlined(chart.spec, chart.says))  # noqa: S704 - only what inlined lets through


def index_of(contents: Contents) -> dict[str, Any]:
    """What the page needs before a document is opened."""
    settings = contents.settings
    return {
        "name": contents.name,
        "documents": [listed(one) for one in contents.documents],
        "layers": layers(contents.documents),
        "relations": contents.relations,
        "linked": any(version.links for one in contents.documents for version in one.versions),
        "valued": any(version.values for one in contents.documents for version in one.versions),
        "exclusive": settings.relations.exclusive,
        "equal": settings.relations.equal,
        "unannotated": settings.unannotated_zones,
    }


def listed(document: Document) -> dict[str, Any]:
    """A document as the list of them has it; ``spans`` is how many its first version has, ``values`` what that says."""
    first = document.versions[0] if document.versions else Version("", [])
    about = {"id": document.id, "title": document.title, "metadata": document.metadata}
    return {**about, "spans": len(first.spans), "values": first.values}


def layers(documents: list[Document]) -> list[dict[str, Any]]:
    """Each layer with its labels, the mentions first; and whether its spans tile whole texts, as zones do.

    The label of a span without any is empty.
    """
    labels: dict[str, set[str]] = {}
    parts: dict[str, list[float]] = {}
    for one in documents:
        for version in one.versions:
            lengths: Counter[str] = Counter()
            for span in version.spans:
                labels.setdefault(span.layer, set()).update(span.labels or [""])
                lengths[span.layer] += span.end - span.start
            for layer, length in lengths.items():
                parts.setdefault(layer, []).append(0 if version.released else length / (len(one.text or "") or 1))
    return [
        {"name": name, "labels": sorted(labels[name]), "tiles": len(labels) > 1 and all(map(whole, parts[name]))}
        for name in sorted(labels, key=lambda name: (name != "entities", name))
    ]


def whole(part: float) -> bool:
    """True for a part of a text that is nearly all of it."""
    return 0.9 <= part <= 1


def document_data(document: Document) -> dict[str, Any]:
    """A document as the page reads it when it is opened."""
    data: dict[str, Any] = msgspec.to_builtins(document)
    return {name: data[name] for name in ("id", "text", "zones", "sentences", "versions")}
