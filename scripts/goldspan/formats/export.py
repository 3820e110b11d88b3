"""A release or a converted folder -> a folder in another tool's format. The whole story, from top to bottom."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.disk import sync_file
from goldspan.faults import Finding, fault
from goldspan.folders import is_converted
from goldspan.formats.converted import read_converted
from goldspan.formats.release import read_release_folder
from goldspan.formats.stream import Collection, Document, Files, Lost
from goldspan.labeling import load_labeling_config
from goldspan.store import NOT_OURS, new_folder

__all__ = ["Exported", "Format", "export"]

NO_SUCH_LAYER = fault("E963", "The folder has no layer of this name", "Name one that it has: --layer NAME.")
NOT_ALL = fault("W960", "Not all is written", "docs/formats.md says what each format holds; jsonl holds everything.")
NO_ENTITIES = fault(
    "W961", "Which layer is that of entities is not known; doc.ents is left empty", "Name it: --layer NAME."
)
UNSURE = fault(
    "W962",
    "Whether what was said of whole documents is a choice or a text is not known; it is written as text",
    "Give the labeling config that the folder was converted with: --config XML.",
)
NOTHING_TO_PICK = fault(
    "E027",
    "A release has one reading of each document, so there is nothing to pick",
    "Leave --pick out; what stands in a release is said by its corpus, in [adjudication].",
)
SUMMARY = "goldspan.summary.json"  # which no layer's file is called, since their names have one dot


class Format(StrEnum):
    """The formats. What writes one is the function ``write`` of the module of its name."""

    argilla = "argilla"
    brat = "brat"
    conll = "conll"
    gliner = "gliner"
    jsonl = "jsonl"
    prodigy = "prodigy"
    spacy = "spacy"
    uima = "uima"


Writer = Callable[[Collection, Lost], Files]
OF_CHOICES = (Format.argilla, Format.prodigy, Format.spacy)  # which write choices and texts in different ways


class Summary(Struct, frozen=True):
    """What was written: how many documents, spans and relations were read, what of them the format cannot hold.

    ``values`` were said of whole documents. ``left_out`` is what was no part of it from the beginning.
    """

    format: Format
    documents: int
    spans: int
    relations: int
    cannot_hold: dict[str, int]
    left_out: dict[str, int]
    files: list[str]
    values: int = 0


class Exported(Struct, frozen=True):
    """A summary, and the same as findings."""

    summary: Summary
    findings: list[Finding]


def export(
    source: Path,
    form: Format,
    out: Path,
    *,
    layers: Sequence[str] = (),
    scheme: str = "BIO",
    language: str = "en",
    config: Path | None = None,
    pick: str | None = None,
) -> Exported:
    """Write a release or a converted folder in a format into a folder, new or of an earlier export.

    Only some ``layers`` if any are named, of which the first is that of entities. ``scheme`` is BIO or BILOU, for
    CoNLL; ``language`` that of sentences, for CoNLL and GLiNER. The labeling ``config`` of a converted folder says
    which values of whole documents are choices; ``pick`` says which one of a document's annotations is written (see
    `goldspan.convert.picking`), which otherwise are all of them.

    Raises:
        DataError: the source cannot be read (E960, or what validating it finds), does not fit together (E962) or has no
            such layer (E963), there is nothing to pick (E027) or nobody (E026), the config cannot be used (E003), or
            the folder holds what no export has put there (E005).
        ModuleNotFoundError: the format needs an extra that is not installed.
        OSError: the folder cannot be written; what it held stays.
    """
    write = writer(form, scheme)
    counts, lost, left_out = Lost(), Lost(), Lost()
    collection = counted(only(read_folder(source, language, config, pick), layers, left_out), counts)
    check_target(out)
    with new_folder(out.resolve()) as new:
        names = list(dict.fromkeys(written(write(collection, lost), new)))
        left_out.update(collection.left_out)
        summary = Summary(
            form,
            counts["documents"],
            counts["spans"],
            counts["relations"] + len(collection.across),
            shown(lost),
            shown(left_out),
            names,
            counts["values"],
        )
        (new / SUMMARY).write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=1) + b"\n")
        for file in [*names, SUMMARY]:
            sync_file(new / file)
    return Exported(summary, list(findings(summary, collection)))


def writer(form: Format, scheme: str) -> Writer:
    """The function that writes a format; its module is imported only now, since it may need an extra."""
    found: Any = import_module(f"goldspan.formats.{form}").write
    write: Writer = partial(found, scheme=scheme) if form is Format.conll else found
    return write


def read_folder(folder: Path, language: str, config: Path | None = None, pick: str | None = None) -> Collection:
    """The stream of a folder of either kind."""
    if is_converted(folder):
        return read_converted(folder, language, load_labeling_config(config) if config else None, pick)
    release = read_release_folder(folder, language)
    if pick:
        raise NOTHING_TO_PICK.error(file=str(folder))
    return release


def only(collection: Collection, layers: Sequence[str], left_out: Lost) -> Collection:
    """The stream of some layers; what is of others is counted."""
    missing = [layer for layer in layers if layer not in collection.layers]
    if missing:
        there = ", ".join(map(repr, collection.layers))
        raise NO_SUCH_LAYER.error(f"{missing[0]!r}, not one of {there}")
    if not layers:
        return collection

    def chosen() -> Iterator[Document]:
        for document in collection.documents:
            spans = tuple(span for span in document.spans if span.layer in layers)
            ids = {span.id for span in spans}
            relations = tuple(one for one in document.relations if {one.from_id, one.to_id} <= ids)
            left_out["spans of other layers"] += len(document.spans) - len(spans)
            left_out["relations of other layers"] += len(document.relations) - len(relations)
            yield msgspec.structs.replace(document, spans=spans, relations=relations)

    across = collection.across if collection.claims in layers else ()
    left_out["relations of other layers"] += len(collection.across) - len(across)
    kept = tuple(dict.fromkeys(layers))
    return msgspec.structs.replace(collection, layers=kept, main=kept[0], documents=chosen(), across=across)


def counted(collection: Collection, counts: Lost) -> Collection:
    """The same stream, of which what goes through is counted."""

    def passing() -> Iterator[Document]:
        for document in collection.documents:
            marked = {"spans": len(document.spans), "relations": len(document.relations)}
            counts.update(documents=1, values=len(document.values), **marked)
            yield document

    return msgspec.structs.replace(collection, documents=passing())


def check_target(out: Path) -> None:
    """See that nothing is lost if the folder is replaced.

    Raises:
        DataError: it holds what no export has put there, or is none (E005).
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise NOT_OURS.error("it is a file", file=str(out))
    try:
        listed = {SUMMARY, *msgspec.json.decode((out / SUMMARY).read_bytes(), type=Summary).files}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        listed = set()
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_symlink() or not path.is_dir()}
    if there - listed:
        raise NOT_OURS.error(", ".join(sorted(there - listed)[:5]), file=str(out))


def written(files: Files, folder: Path) -> Iterator[str]:
    """Write bytes to the ends of files, and give the name of each."""
    for name, data in files:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as file:
            file.write(data)
        yield name


def shown(counts: Lost) -> dict[str, int]:
    """What there is any of, by name."""
    return {what: count for what, count in sorted(counts.items()) if count}


def findings(summary: Summary, collection: Collection) -> Iterator[Finding]:
    """What the summary says is not written, a finding each."""
    yield from collection.findings
    for what, count in summary.cannot_hold.items():
        yield NOT_ALL.finding(f"{summary.format} cannot hold {what}: {count}")
    for what, count in summary.left_out.items():
        yield NOT_ALL.finding(f"what is left out, {what}: {count}")
    if summary.format is Format.spacy and collection.main is None:
        yield NO_ENTITIES.finding(", ".join(map(repr, collection.layers)))
    if summary.format in OF_CHOICES and collection.unsure:
        yield UNSURE.finding(", ".join(map(repr, collection.unsure)))
