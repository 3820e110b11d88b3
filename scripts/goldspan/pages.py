"""The texts of a corpus that have generated figures: the card, and the pages beside it."""

from os.path import relpath
from pathlib import Path

import msgspec

from goldspan.card import Source
from goldspan.corpus import Corpus, inside
from goldspan.drawn import FOLDER
from goldspan.faults import fault
from goldspan.words import reason

__all__ = ["pages_of", "read_page", "seen_from"]

NO_PAGE = fault("E721", "The card or a page with figures cannot be read", "Put it where corpus.toml says, as UTF-8.")


def pages_of(corpus: Corpus) -> dict[Path, str]:
    """The texts with generated figures, by path: the card and the pages beside it."""
    paths = [corpus.path("card"), *(inside(corpus.folder, page) for page in corpus.files.pages)]
    return {path: read_page(path) for path in paths}


def read_page(path: Path) -> str:
    """The text of a page.

    Raises:
        DataError: it cannot be read (E721).
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NO_PAGE.error(reason(error), file=str(path)) from error


def seen_from(page: Path, source: Source, corpus: Corpus) -> Source:
    """What a page's figures are made from, with the way from it to the drawings in the release."""
    place = Path(relpath(corpus.path("release") / FOLDER, page.parent)).as_posix()
    return msgspec.structs.replace(source, place=place)
