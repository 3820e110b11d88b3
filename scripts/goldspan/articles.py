"""``sources.csv`` and the raw files beside it -> articles.

Text is the file's bytes decoded as UTF-8, nothing changed.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

from goldspan.corpus import Corpus, inside
from goldspan.faults import DataError, Finding, fault
from goldspan.records import Article

__all__ = ["load_articles", "sha256"]

BAD_SOURCES = fault(
    "E101",
    "sources.csv cannot be used",
    "It needs a header with doc_id, file and sha256, and one row for each article.",
)
BAD_DOC_ID = fault(
    "E102",
    "A doc_id is empty, repeated, or not made of letters, digits, dots, hyphens and underscores",
    "Give each article an id of its own in sources.csv.",
)
MISSING_RAW = fault("E103", "A raw article is missing", "Put the file back, or take its row out of sources.csv.")
CHANGED_RAW = fault(
    "E104",
    "A raw article is not the one that was annotated: its SHA-256 differs from sources.csv",
    "Put the file back byte for byte. If the change is meant, the annotations must be carried over first.",
)
NOT_UTF8 = fault("E105", "A raw article is not UTF-8", "Convert it to UTF-8 before it is annotated.")
UNLISTED_RAW = fault(
    "E106", "A raw file is not listed in sources.csv", "Add a row for it to sources.csv, or remove the file."
)

DOC_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
KEYS = ("doc_id", "file", "sha256")


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def load_articles(corpus: Corpus) -> list[Article]:
    """Every article of a corpus, in the order of their ids.

    Raises:
        DataError: with every fault of the raw files and of sources.csv (E101 to E106).
    """
    path = corpus.path("sources")
    rows = read_sources(path)
    findings = list(check_ids(rows, path)) + list(check_listed(rows, path))
    articles = []
    for row in rows:
        try:
            articles.append(load_article(path.parent, row))
        except DataError as error:
            findings += error.findings
    if findings:
        raise DataError(findings)
    return sorted(articles, key=lambda article: article.doc_id)


def read_sources(path: Path) -> list[dict[str, str]]:
    """The rows of sources.csv.

    Raises:
        DataError: missing, not UTF-8, no rows, or a row that does not fit the header (E101).
    """
    try:
        reader = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BAD_SOURCES.error(str(error), file=str(path)) from error
    if not rows or not set(KEYS) <= set(rows[0]):
        raise BAD_SOURCES.error("a column or every row is missing", file=str(path))
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise BAD_SOURCES.error(f"row {number} has not as many cells as the header", file=str(path))
    return rows


def check_ids(rows: list[dict[str, str]], path: Path) -> Iterator[Finding]:
    """Findings of E102: ids that cannot serve as keys."""
    seen = set()
    for row in rows:
        if not DOC_ID.fullmatch(row["doc_id"]) or row["doc_id"] in seen:
            yield BAD_DOC_ID.finding(repr(row["doc_id"]), file=str(path), task=row["doc_id"])
        seen.add(row["doc_id"])


def check_listed(rows: list[dict[str, str]], path: Path) -> Iterator[Finding]:
    """Findings of E106: files beside sources.csv that no row names."""
    listed = {row["file"] for row in rows} | {path.name}
    for file in sorted(path.parent.iterdir()):
        if file.name not in listed and not file.name.startswith("."):
            yield UNLISTED_RAW.finding(file=str(file))


def load_article(folder: Path, row: dict[str, str]) -> Article:
    """One article.

    Raises:
        DataError: its file is missing, outside the folder, changed or not UTF-8 (E002, E103 to E105).
    """
    place = {"file": str(folder / row["file"]), "task": row["doc_id"]}
    try:
        data = inside(folder, row["file"]).read_bytes()
    except (OSError, ValueError) as error:
        raise MISSING_RAW.error(**place) from error
    if sha256(data) != row["sha256"]:
        raise CHANGED_RAW.error(f"{sha256(data)}, not {row['sha256']}", **place)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NOT_UTF8.error(str(error), **place) from error
    metadata = {key: value or None for key, value in row.items() if key not in KEYS}
    return Article(row["doc_id"], row["file"], text, row["sha256"], metadata)
