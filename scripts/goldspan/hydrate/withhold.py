"""A release -> the same release without the articles' text. The whole story, from top to bottom."""

from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

import msgspec
import pyarrow as pa
from msgspec import Struct

from goldspan.build import Built
from goldspan.card import Source, parse_card, render_card
from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.hashes import sha256
from goldspan.hydrate.anchors import MASK
from goldspan.hydrate.fingerprint import Block, blocks_of
from goldspan.hydrate.mask import masked_table
from goldspan.hydrate.notice import with_notice, withheld_notice
from goldspan.hydrate.quotes import Quotes
from goldspan.hydrate.repack import Origin, described, drawings
from goldspan.hydrate.strings import changed_strings, other_strings
from goldspan.manifest import Manifest
from goldspan.schemas import OWN_WORDS
from goldspan.tables import SPLIT_FILE, parquet

__all__ = ["ANCHORS", "Anchors", "Document", "withhold"]

ANCHORS = "anchors.json"
LEFT = fault(
    "E930",
    "Words of an article would be left in a release that withholds them",
    "Quote the article to the letter there, so that it can be replaced, or say it in words of your own.",
)
MASK_IN_TEXT = fault(
    "E931",
    f"An article has the character {MASK}, which stands for what is withheld",
    "Leave the article out of the release that withholds text.",
)
OWN_QUOTES = fault(
    "W930",
    "Normalized claims stay, and some have six words or 30 characters in a row that an article has too",
    "Nothing need be done if that is lawful; else word them anew.",
)


class Document(Struct, frozen=True):
    """What is kept of a document so that its text can be found again: the name of its file, and its blocks."""

    file: str
    blocks: list[Block]


class Anchors(Struct, frozen=True):
    """What is kept of each document, and the SHA-256 of the full release's manifest, which lists all its hashes."""

    full_manifest: str
    documents: dict[str, Document]


def withhold(built: Built) -> Built:
    """The release that was built, with the text of its articles withheld.

    Raises:
        DataError: words of an article would be left in it (E930), or one has the character that masks (E931).
    """
    manifest = msgspec.json.decode(built.files["manifest.json"], type=Manifest)
    texts = {row["doc_id"]: row["text"] for row in built.tables["documents"].to_pylist()}
    stop_on_errors(MASK_IN_TEXT.finding(task=doc_id) for doc_id, text in texts.items() if MASK in text)
    quotes = Quotes(texts)
    tables = {name: withheld_table(name, table, quotes) for name, table in built.tables.items()}
    quoting = own_quotes(tables, quotes)
    source = Source(tables, manifest.agreement, manifest.scores, manifest.figures or {})
    card = withheld_card(built, source, quotes, quoting)
    anchors = Anchors(sha256(built.files["manifest.json"]), documents(built, manifest))
    files = {f"{name}/{SPLIT_FILE}": parquet(table) for name, table in tables.items()}
    files["README.md"] = card.encode()
    files |= {name: built.files[name] for name in drawings(manifest)}
    files[ANCHORS] = msgspec.json.format(msgspec.json.encode(anchors), indent=0) + b"\n"
    files = described(files, tables, Origin(manifest, built.files), "withheld")
    stop_on_errors(leaks(tables, files, quotes))
    warnings = [*built.warnings, *own_warning(quoting)]
    return Built(built.corpus, files, {}, tables, warnings, built.counted)


def withheld_table(name: str, table: pa.Table, quotes: Quotes) -> pa.Table:
    """A table without article text: slices masked, other strings with references for what they quote."""
    rows = [
        changed_strings(name, row, quotes.referred, partial(quotes.title, doc_id=row.get("doc_id", "")))
        for row in masked_table(name, table).to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=table.schema)


def own_quotes(tables: dict[str, pa.Table], quotes: Quotes) -> tuple[int, int]:
    """How many of the annotators' own sentences repeat a stretch of an article, and how many there are."""
    found = {
        value
        for table in tables.values()
        for column in sorted(OWN_WORDS & set(table.schema.names))
        for value in table[column].to_pylist()
        if value
    }
    return sum(bool(quotes.leaks(value)) for value in found), len(found)


def own_warning(quoting: tuple[int, int]) -> Iterator[Finding]:
    """The finding about normalized claims that repeat a stretch of an article, if there are any."""
    if quoting[0]:
        yield OWN_QUOTES.finding(f"{quoting[0]} of {quoting[1]}")


def withheld_card(built: Built, source: Source, quotes: Quotes, quoting: tuple[int, int]) -> str:
    """The card with a notice at its head, references for what it quotes, and its figures made anew."""
    text = built.files["README.md"].decode()
    card = parse_card(text, "README.md")
    prose = with_notice(quotes.page(card.prose, built.corpus.quotation_marks), withheld_notice(*quoting))
    tags = card.info("ner").class_names("ner_tags")
    return render_card(text.removesuffix(card.prose) + prose, "README.md", built.corpus.version, source, tags)


def documents(built: Built, manifest: Manifest) -> dict[str, Document]:
    """What is kept of each document."""
    names = {digest: PurePosixPath(path).name for path, digest in sorted(manifest.inputs.items(), reverse=True)}
    return {
        row["doc_id"]: Document(names.get(row["text_sha256"], ""), blocks_of(row["text"], row["text_sha256"]))
        for row in built.tables["documents"].to_pylist()
    }


def leaks(tables: dict[str, pa.Table], files: dict[str, bytes], quotes: Quotes) -> Iterator[Finding]:
    """Findings about stretches of an article that are left anywhere but in the annotators' own sentences."""
    for name, table in tables.items():
        for value in sorted(set(other_strings(name, table))):
            if left := quotes.leaks(value):
                yield LEFT.finding(left, row=name)
    for name, data in files.items():
        if not name.endswith(SPLIT_FILE) and (left := quotes.leaks(data.decode())):
            yield LEFT.finding(left, file=name)
