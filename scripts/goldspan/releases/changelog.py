"""The changelog: its entry for a version, and a draft of one from what changed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from goldspan.faults import fault
from goldspan.releases.changes import Change
from goldspan.releases.rendering import by_article, number, sentence, title, unmarked

__all__ = ["draft", "entry_of", "with_entry"]

ENTRY_THERE = fault(
    "E915",
    "The changelog has an entry for the version already",
    "Edit it, or give corpus.toml its next version.",
)

HEADING = re.compile(r"^## +\[?v?(?P<version>\d+\.\d+\.\d+)\]?(?!\S).*$", re.MULTILINE)


def entry_of(text: str, version: str) -> str:
    """What a changelog says of a version below its heading; empty if nothing."""
    headings = list(HEADING.finditer(text))
    for number_, heading in enumerate(headings):
        if heading["version"] == version:
            end = headings[number_ + 1].start() if number_ + 1 < len(headings) else len(text)
            return text[heading.end() : end].strip()
    return ""


def with_entry(text: str, version: str, entry: str, file: str) -> str:
    """A changelog with an entry more, above the others.

    Raises:
        DataError: it has one for the version (E915).
    """
    headings = list(HEADING.finditer(text))
    if any(heading["version"] == version for heading in headings):
        raise ENTRY_THERE.error(version, file=file)
    at = headings[0].start() if headings else len(text)
    above = text[:at].rstrip("\n")
    return "\n\n".join(filter(None, (above, f"## {version}", entry.rstrip("\n"), text[at:].rstrip("\n")))) + "\n"


def draft(changes: Sequence[Change]) -> str:
    """What changed as items of a changelog: the corpus and its documents one by one, the rest counted by article."""
    lines = [line for articles, lot in by_article(changes) for line in items(articles, lot)]
    return "".join(f"- {line}\n" for line in lines)


def items(articles: Sequence[str], changes: Iterable[Change]) -> Iterator[str]:
    """The items for the changes that belong to the same articles."""
    counts: Counter[tuple[str, str]] = Counter()
    for change in changes:
        if not articles:
            yield unmarked(sentence(change))
        elif change.item == "document":
            yield unmarked(f"{title(articles)}: {sentence(change)}")
        elif not change.by:
            counts[change.item, change.what] += 1
    if counts:
        counted = ", ".join(f"{number(count, item)} {what}" for (item, what), count in counts.items())
        yield unmarked(f"{title(articles)}: {counted}")
