"""``sources.csv`` and the raw files beside it -> articles.

Text is the file's bytes decoded as UTF-8, nothing changed.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from goldspan.corpus import Corpus, inside
from goldspan.dates import is_date
from goldspan.faults import DataError, Finding, fault
from goldspan.hashes import sha256
from goldspan.records import Article
from goldspan.sheets import read_sheet
from goldspan.words import counted, reason

__all__ = ["METADATA", "load_articles"]

BAD_SOURCES = fault(
    "E101",
    "sources.csv cannot be used",
    "Give it a first line with doc_id, file and sha256 and no column that docs/own-corpus.md does not name, and a row "
    "for each article.",
)
BAD_DOC_ID = fault(
    "E102",
    "A doc_id or file stands twice, or the id cannot name a file on every system",
    "Give each article one row and an id of its own: letters, digits, dots, hyphens and underscores, no device's name.",
)
MISSING_RAW = fault("E103", "A raw article is missing", "Put the file back, or take its row out of sources.csv.")
CHANGED_RAW = fault(
    "E104",
    "A raw article is not the one that sources.csv describes: its SHA-256 differs",
    "Put the file back byte for byte. If the change is meant, put the hash into sources.csv and run goldspan rebase.",
)
NOT_UTF8 = fault(
    "E105", "A raw article is empty or not UTF-8", "Put its text into it, as UTF-8, before it is annotated."
)
UNLISTED_RAW = fault(
    "E106", "A raw file is not listed in sources.csv", "Add a row for it to sources.csv, or remove the file."
)

NO_HASH = fault("E107", "A row of sources.csv has no SHA-256", "Put in the one of the file, given here.")
BAD_DATE = fault(
    "E108", "A published_date is no ISO 8601 date that the calendar has", "Write it as 2025-12-31, 2025-12 or 2025."
)

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
DOC_ID = re.compile(
    r"(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))"  # what Windows keeps for devices
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?"
)
KEYS = ("doc_id", "file", "sha256")
METADATA = (
    "title",
    "byline",
    "dateline_place",
    "published_date",
    "date_basis",
    "outlet",
    "story_group",
    "text_license",
)
BASED = ("title", "byline", "dateline", "outlet", "story_group", "text_license")


def load_articles(corpus: Corpus) -> tuple[list[Article], list[Finding]]:
    """Every article of a corpus that can be read, in the order of their ids, and every finding about the raw files.

    Raises:
        DataError: sources.csv cannot be used at all (E101).
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
    findings += check_unchanged(articles, rows, path.parent)
    return sorted(articles, key=lambda article: article.doc_id), findings


def read_sources(path: Path) -> list[dict[str, str]]:
    """The rows of sources.csv.

    Raises:
        DataError: missing, not UTF-8 or CSV, no rows, or a row that does not fit the header (E101).
    """
    rows = read_sheet(path, dict[str, str], BAD_SOURCES)
    if not rows:
        detail = "it has no row below the first" if path.exists() else "there is no such file"
        raise BAD_SOURCES.error(detail, file=str(path))
    lacking = [name for name in KEYS if name not in rows[0]]
    if lacking:
        raise BAD_SOURCES.error(f"the first line names no column {', '.join(lacking)}", file=str(path))
    unknown = sorted(set(rows[0]) - {*KEYS, *METADATA, *(f"{name}_basis" for name in BASED)})
    if unknown:
        raise BAD_SOURCES.error(f"{counted(len(unknown), 'unknown column')}: {', '.join(unknown)}", file=str(path))
    return rows


def check_ids(rows: list[dict[str, str]], path: Path) -> Iterator[Finding]:
    """Findings about rows: ids that cannot serve as keys, files listed twice (E102), dates (E108)."""
    seen: set[str] = set()
    for row in rows:
        odd = [] if DOC_ID.fullmatch(row["doc_id"]) else [f"the id {row['doc_id']!r} can name no file"]
        odd += [f"{name!r} stands twice" for name in dict.fromkeys((row["doc_id"], row["file"])) if name in seen]
        if odd:
            yield BAD_DOC_ID.finding(", ".join(odd), file=str(path), task=row["doc_id"])
        seen |= {row["doc_id"], row["file"]}
        day = row.get("published_date")
        if day and not (DATE.fullmatch(day) and is_date(day)):
            yield BAD_DATE.finding(repr(row["published_date"]), file=str(path), task=row["doc_id"])


def check_listed(rows: list[dict[str, str]], path: Path) -> Iterator[Finding]:
    """Findings of E106: files beside sources.csv that no row names."""
    listed = {row["file"] for row in rows} | {path.name}
    for file in sorted(path.parent.iterdir()):
        if file.name not in listed and not file.name.startswith("."):
            yield UNLISTED_RAW.finding(file=str(file))


def check_unchanged(articles: list[Article], rows: list[dict[str, str]], folder: Path) -> Iterator[Finding]:
    """Findings about articles that are not the ones that were annotated (E104), or whose hash is not given (E107)."""
    expected = {row["doc_id"]: row["sha256"].strip().lower() for row in rows}
    for article in articles:
        place = {"file": str(folder / article.file), "task": article.doc_id}
        if not expected[article.doc_id]:
            yield NO_HASH.finding(f"that of the file is {article.sha256}", **place)
        elif article.sha256 != expected[article.doc_id]:
            detail = f"that of the file is {article.sha256}, sources.csv has {expected[article.doc_id]}"
            yield CHANGED_RAW.finding(detail, **place)


def load_article(folder: Path, row: dict[str, str]) -> Article:
    """One article.

    Raises:
        DataError: its file is missing, outside the folder or not UTF-8 (E002, E103, E105).
    """
    place = {"file": str(folder / row["file"]), "task": row["doc_id"]}
    try:
        data = inside(folder, row["file"]).read_bytes()
    except (OSError, ValueError) as error:
        raise MISSING_RAW.error(**place) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NOT_UTF8.error(reason(error), **place) from error
    if not text.strip():
        raise NOT_UTF8.error("it holds no text", **place)
    metadata = {key: value or None for key, value in row.items() if key not in KEYS}
    return Article(row["doc_id"], row["file"], text, sha256(data), metadata)
