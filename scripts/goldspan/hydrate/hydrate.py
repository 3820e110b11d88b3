"""A release that withholds text + copies of the articles -> the full release. The whole story, from top to bottom."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
from msgspec import Struct

from goldspan.card import Source, render_card
from goldspan.checks import check_release
from goldspan.croissant import CROISSANT_FILE
from goldspan.faults import DataError, Finding, fault, stop_on_errors
from goldspan.hashes import sha256
from goldspan.hydrate.copies import Copy, Wanted, find_copies, missing, read_folder
from goldspan.hydrate.notice import hydrated_notice, with_notice, without_notice
from goldspan.hydrate.quotes import restored
from goldspan.hydrate.refill import refill
from goldspan.hydrate.repack import Origin, described, drawings
from goldspan.hydrate.rows import NOT_QUOTED, Filler, Text
from goldspan.hydrate.withhold import ANCHORS, Anchors, Document
from goldspan.manifest import TextState
from goldspan.released import Release, read_release, replace_folder
from goldspan.tables import SPLIT_FILE, parquet
from goldspan.words import reason

__all__ = ["Hydrated", "hydrate"]

NOT_WITHHELD = fault(
    "E934",
    "What is to be hydrated is no release that withholds text",
    "Name the folder of one: goldspan build --withhold-text makes it.",
)
RESTORED = fault(
    "W931",
    "A copy is not the article to the byte; the article was put together from it, as its hash proves",
    "Nothing need be done.",
)
OTHER_TEXT = fault(
    "W932",
    "A copy has other words than the article; its text is put back as far as the copy has it",
    "Find a copy that has them, or take this text for what it is: the document's hash is now its own.",
)
REPORT = "hydration.jsonl"


class Hydrated(Struct, frozen=True):
    """What a hydration gave: how each document came back, the findings, and if every file is that of the full release.

    ``documents`` counts those that are ``exact`` (their bytes were there), ``restored`` (put together from a copy that
    differs, proved by the hash), ``other`` (not the article's words throughout) and ``missing``.
    """

    documents: dict[str, int]
    findings: list[Finding]
    full: bool


def hydrate(withheld: Path, copies: Path, out: Path, *, skip: bool = False) -> Hydrated:
    """Put the text of the articles back into a release that withholds it, from a folder with copies of them.

    ``skip`` leaves out what cannot be placed and the articles that are not there, and everything that stands on them.

    Raises:
        DataError: it is no such release (E934, or what its checks find), or anything lacks and is not to be skipped
            (E935, E936), or the target holds what no build has put there (E005).
        OSError: a file cannot be read or written.
    """
    release = read_release(withheld)
    anchors = read_anchors(release)
    stop_on_errors(check_release(release))
    wanted = wanted_documents(release, anchors.documents)
    files = read_folder(copies)
    found = find_copies(wanted, files)
    texts = {one.doc_id: read_text(one, found[one.doc_id]) for one in wanted if one.doc_id in found}
    filler = Filler(texts, tags_of(release))
    tables = {
        name: pa.Table.from_pylist(rows, schema=release.tables[name].schema)
        for name in release.tables
        if (rows := filler.fill(name, release.tables[name].to_pylist()))
    }
    findings = [*missing(wanted, found, files), *told(wanted, found, texts), *filler.findings]
    if not texts or (not skip and any(one.is_error for one in findings)):
        raise DataError(findings)
    made = package(release, tables, texts, findings)
    replace_folder(out, made)
    full = sha256(made["manifest.json"]) == anchors.full_manifest
    return Hydrated(counts(wanted, found, texts), sorted(set(findings)), full)


def read_anchors(release: Release) -> Anchors:
    """What a withheld release keeps of the texts.

    Raises:
        DataError: it withholds none, or the file lacks or cannot be read (E934).
    """
    path = release.folder / ANCHORS
    if release.manifest.text != "withheld":
        raise NOT_WITHHELD.error("it has its text", file=str(release.folder))
    try:
        return msgspec.json.decode(path.read_bytes(), type=Anchors)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NOT_WITHHELD.error(reason(error), file=str(path)) from error


def wanted_documents(release: Release, anchors: Mapping[str, Document]) -> list[Wanted]:
    """The documents of a release, each with what is kept of it."""
    found = []
    for row in release.tables["documents"].to_pylist():
        kept = anchors.get(row["doc_id"], Document("", []))
        found.append(Wanted(row["doc_id"], row["text"], row["text_sha256"], kept.file, kept.blocks))
    return found


def tags_of(release: Release) -> list[str]:
    """The names of the NER tags of a release."""
    return release.tags if "ner" in release.tables else []


def read_text(wanted: Wanted, copy: Copy) -> Text:
    """The text of a document from its copy; without an alignment if its hash says that it is the article."""
    if copy.match is None:
        return Text(copy.text)
    filled = refill(wanted.masked, copy.text, copy.match)
    return Text(filled.new, None if sha256(filled.new.encode()) == wanted.sha256 else filled)


def told(wanted: Sequence[Wanted], found: Mapping[str, Copy], texts: Mapping[str, Text]) -> Iterator[Finding]:
    """Findings about copies that are not the article to the byte."""
    for one in wanted:
        copy = found.get(one.doc_id)
        if copy is not None and copy.match is not None:
            words = copy.match.words
            there = f"{sum(at is not None for at in words)} of {len(words)} words are there"
            kind, detail = (RESTORED, "") if texts[one.doc_id].alignment is None else (OTHER_TEXT, there)
            yield kind.finding(detail, file=copy.file, task=one.doc_id)


def counts(wanted: Sequence[Wanted], found: Mapping[str, Copy], texts: Mapping[str, Text]) -> dict[str, int]:
    """How many documents came back, and how."""
    exact = sum(copy.match is None for copy in found.values())
    other = sum(text.alignment is not None for text in texts.values())
    return {
        "exact": exact,
        "restored": len(texts) - exact - other,
        "other": other,
        "missing": len(wanted) - len(texts),
    }


def package(
    release: Release, tables: Mapping[str, pa.Table], texts: Mapping[str, Text], findings: Iterable[Finding]
) -> dict[str, bytes]:
    """The files of the hydrated release; with the findings as a report where it is not the full one."""
    manifest = release.manifest
    every = release.tables["documents"]["doc_id"].to_pylist()
    others = [doc_id for doc_id in every if doc_id in texts and texts[doc_id].alignment is not None]
    lacking = [doc_id for doc_id in every if doc_id not in texts]
    state: TextState = "hydrated" if others or lacking else "full"
    source = Source(dict(tables), manifest.agreement, manifest.scores, manifest.figures or {})
    text = (release.folder / "README.md").read_text(encoding="utf-8-sig")
    prose, lost = restored(without_notice(release.card.prose), Filler(texts, ()).resolve)
    prose = with_notice(prose, hydrated_notice(others, lacking)) if state == "hydrated" else prose
    card = render_card(
        text.removesuffix(release.card.prose) + prose, "README.md", manifest.version, source, tags_of(release)
    )
    files = {f"{name}/{SPLIT_FILE}": parquet(table) for name, table in tables.items()}
    files["README.md"] = card.encode()
    files |= {name: (release.folder / name).read_bytes() for name in drawings(manifest)}
    report = sorted({*findings, *(NOT_QUOTED.finding(one, file="README.md") for one in lost)})
    if state == "hydrated":
        files[REPORT] = b"".join(msgspec.json.encode(one) + b"\n" for one in report)
    old = {
        name: (release.folder / name).read_bytes() for name in ("README.md", CROISSANT_FILE) if name in manifest.files
    }
    return described(files, tables, Origin(manifest, old), state)
