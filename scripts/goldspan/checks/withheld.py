"""E93x: what a release says of its text against what it holds."""

from collections.abc import Iterator

from goldspan.checks.registry import Hit, release_check
from goldspan.hydrate.mask import holds_words, is_masked, slices
from goldspan.released import Release
from goldspan.schemas import Row, text_columns


def masked_rows(release: Release) -> Iterator[tuple[str, Row, list[str]]]:
    """Each row of the configs that hold slices of text, with the config and the slices."""
    for name, table in release.tables.items():
        for row in table.to_pylist() if text_columns(name) else ():
            yield name, row, [text for column in text_columns(name) for text in slices(row[column])]


@release_check(
    "E932",
    "The release is to withhold the text of its articles, and holds words of it",
    "Do not pass it on; build it again with --withhold-text.",
)
def text_in_withheld(release: Release) -> Iterator[Hit]:
    if release.manifest.text == "withheld":
        for name, row, texts in masked_rows(release):
            if any(map(holds_words, texts)):
                yield Hit(str(next(iter(row.values()))), name)


@release_check(
    "E933",
    "The release is to hold the text of its articles, and lacks it",
    "Hydrate it with copies of the articles, or build it again without --withhold-text.",
)
def no_text_in_full(release: Release) -> Iterator[Hit]:
    if release.manifest.text != "withheld":
        for name, row, texts in masked_rows(release):
            if any(map(is_masked, texts)):
                yield Hit(str(next(iter(row.values()))), name)
