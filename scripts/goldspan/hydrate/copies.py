"""A folder of files -> the copy of each article: by its bytes, by its name, or by the words in it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from goldspan.faults import Finding, fault
from goldspan.hashes import sha256
from goldspan.hydrate.fingerprint import Block, Match, match
from goldspan.hydrate.refill import refill

__all__ = ["Copy", "Wanted", "find_copies", "missing", "read_folder"]

NO_COPY = fault(
    "E935",
    "No file holds a copy of an article",
    "Put one there, called as given here; --on-error skip leaves the article out.",
)
LIKENESS = {True: 0.25, False: 0.5}  # the part of an article that a copy has at the least: by its name, or without


class Wanted(Struct, frozen=True):
    """A withheld article: its masked text, the SHA-256 of its bytes, the name of its file, and its blocks."""

    doc_id: str
    masked: str
    sha256: str
    file: str
    blocks: Sequence[Block]


class Copy(Struct, frozen=True):
    """A file that holds an article, and where its words are; ``match`` is None where it is the article to the byte."""

    file: str
    text: str
    match: Match | None


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their name, without those that begin with a dot.

    Raises:
        OSError: the folder or a file cannot be read.
    """
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }


def find_copies(wanted: Sequence[Wanted], files: Mapping[str, bytes]) -> dict[str, Copy]:
    """The copy of each article, by its id; articles without one lack. A copy that differs is taken for one article."""
    texts = dict(decoded(files))
    hashes = {sha256(files[name]): name for name in texts}
    exact = {one.doc_id: hashes[one.sha256] for one in wanted if one.sha256 in hashes}
    found = {doc_id: Copy(name, texts[name], None) for doc_id, name in exact.items()}
    texts = {name: text for name, text in texts.items() if name not in exact.values()}
    for by_name in (True, False):
        for one in wanted:
            if one.doc_id not in found:
                named = [name for name in texts if not by_name or name == one.file or Path(name).stem == one.doc_id]
                best = best_copy(one, {name: texts[name] for name in named}, by_name=by_name)
                if best is not None:
                    found[one.doc_id] = best
                    del texts[best.file]
    return found


def best_copy(wanted: Wanted, texts: Mapping[str, str], *, by_name: bool) -> Copy | None:
    """Of some files the one that has the most of an article, if that is enough to be it."""
    copies = [
        Copy(name, text, match(wanted.masked, wanted.blocks, wanted.sha256, text)) for name, text in texts.items()
    ]
    rated = [(likeness(wanted, copy, by_name=by_name), copy) for copy in copies]
    rate, best = max(rated, key=lambda pair: pair[0], default=(0.0, None))
    return best if rate >= LIKENESS[by_name] else None


def likeness(wanted: Wanted, copy: Copy, *, by_name: bool) -> float:
    """How much of an article a file has: of its blocks. One that is too short to have any must be the file of its name,
    with half of its words by their lengths, or give the article back.
    """
    if copy.match is None or copy.match.share is not None:
        return 1.0 if copy.match is None else copy.match.share or 0.0
    if sha256(refill(wanted.masked, copy.text, copy.match).new.encode()) == wanted.sha256:
        return 1.0
    there = sum(place is not None for place in copy.match.words)
    return there / len(copy.match.words) if by_name and there else 0.0


def decoded(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Each file that is UTF-8, as text."""
    for name, data in files.items():
        try:
            yield name, data.decode()
        except UnicodeDecodeError:
            continue


def missing(wanted: Sequence[Wanted], found: Mapping[str, Copy], files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Findings about articles without a copy (E935)."""
    readable = {name for name, _ in decoded(files)}
    for one in wanted:
        if one.doc_id not in found:
            name = one.file or f"{one.doc_id}.txt"
            why = " is another text" if name in readable else " is not UTF-8"
            yield NO_COPY.finding(f"{name}{why if name in files else ''}", task=one.doc_id)
