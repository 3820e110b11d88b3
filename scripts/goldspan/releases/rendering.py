"""Changes as text, Markdown and JSON."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec

from goldspan.faults import printable
from goldspan.releases.changes import Change
from goldspan.releases.versions import Step, least_step

__all__ = ["as_json", "as_markdown", "as_text", "by_article", "number", "sentence", "summary", "title", "unmarked"]


def as_text(changes: Sequence[Change]) -> str:
    """Changes as lines: of the corpus first, then below each article's id."""
    lines = []
    for articles, lot in by_article(changes):
        lines += [printable(title(articles)), *(f"  {line}" for line in sentences(lot))]
    return "\n".join([*lines, summary(changes)]) + "\n"


def as_markdown(changes: Sequence[Change]) -> str:
    """The same as Markdown: a heading and a list for each article, no markup from the data."""
    parts = []
    for articles, lot in by_article(changes):
        parts.append(
            "\n".join([f"### {unmarked(title(articles))}", "", *(f"- {unmarked(line)}" for line in sentences(lot))])
        )
    return "\n\n".join([*parts, summary(changes)]) + "\n"


def as_json(changes: Sequence[Change]) -> str:
    """The same as JSON: every change in full, annotators' regions too, and the least version step."""
    contents = {"step": least_step(changes).name, "changes": msgspec.to_builtins(changes)}
    return json.dumps(contents, ensure_ascii=False, indent=1) + "\n"


def summary(changes: Sequence[Change]) -> str:
    """How much changed, and which version step that asks for at least."""
    step = least_step(changes)
    if step is Step.none:
        return "nothing changed"
    regions = sum(bool(change.by) for change in changes)
    apart = f", {number(regions, 'change')} of annotators' regions" if regions else ""
    return f"{number(len(changes) - regions, 'change')}{apart}; least version step: {step.name}"


def by_article(changes: Iterable[Change]) -> Iterator[tuple[tuple[str, ...], list[Change]]]:
    """Changes that stand together because they belong to the same articles."""
    for articles, lot in groupby(changes, key=lambda change: change.articles):
        yield articles, list(lot)


def title(articles: Sequence[str]) -> str:
    """What stands above the changes of some articles."""
    return " and ".join(articles) or "corpus"


def sentences(changes: Iterable[Change]) -> Iterator[str]:
    """A line for each change; those of an annotator's regions are counted."""
    counts: dict[str, Counter[str]] = {}
    for change in changes:
        if change.by:
            counts.setdefault(change.by, Counter())[change.what] += 1
        else:
            yield printable(sentence(change), 600)
    for name, what in sorted(counts.items()):
        yield printable(
            f"annotations by {name}: {', '.join(f'{count} {each}' for each, count in sorted(what.items()))}"
        )


def sentence(change: Change) -> str:
    """A change in a line."""
    head = " ".join(filter(None, (change.item, change.what)))
    if change.item == "document" and change.what != "changed":
        counts = (number(max(both), item) for item, both in sorted(change.values.items()))
        return f"{head}: {', '.join(counts)}" if change.values else head
    told = {name: difference(change.what, *both) for name, both in change.values.items()}
    if not change.articles:
        label = "" if change.what == "renamed" else change.label
        name = "" if "name" in change.values else change.id
        return f"{head}: {' '.join(filter(None, (name, label, *told.values())))}"
    words = f"“{shortened(change.text)}”" if change.text else ""
    places = " → ".join(map(extents, filter(None, (change.old, change.new))))
    subject = " ".join(filter(None, (change.label, words, places)))
    return f"{head}: {'; '.join(filter(None, (subject, *map(' '.join, told.items()))))}"


def difference(what: str, old: Any, new: Any) -> str:
    """An old and a new value; of what was added or removed only the one."""
    return " → ".join(map(shown, {"added": [new], "removed": [old]}.get(what, [old, new])))


def extents(places: Iterable[tuple[int, int]]) -> str:
    """Stretches of text."""
    return ", ".join(f"{start}–{end}" for start, end in places)


def shown(value: Any) -> str:
    """A value in a line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value)) or "nothing"
    if isinstance(value, dict):
        place = f" {value['start']}–{value['end']}" if "start" in value else ""
        return f"“{shortened(str(value['text']))}”{place}" if "text" in value else json.dumps(value, ensure_ascii=False)
    return shortened(str(value))


def shortened(text: str, limit: int = 80) -> str:
    """Words on one line, the middle of a long text left out."""
    words = " ".join(text.split())
    return words if len(words) <= limit else f"{words[: limit // 2]} … {words[-limit // 2 :]}"


def unmarked(line: str) -> str:
    """A line in which nothing is Markdown's markup."""
    return re.sub(r"([\\`*\[\]<>|])", r"\\\1", printable(line, 600))


def number(count: int, thing: str) -> str:
    """So many things."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
