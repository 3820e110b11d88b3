"""Any Label Studio export -> four tables that datasets loads. The whole story, from top to bottom."""

import multiprocessing
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from msgspec import Struct

from goldspan.convert.page import render_page
from goldspan.convert.shards import Counts, Options, Outcome, Piece, Shard, run_shard
from goldspan.convert.subwords import load_tokenizer
from goldspan.convert.together import put_together
from goldspan.export.offsets import Unit
from goldspan.export.windows import bounds_of, form_of
from goldspan.faults import DataError, Finding, fault
from goldspan.labeling import LabelingConfig, as_stored, load_labeling_config
from goldspan.progress import Show, silent
from goldspan.store import NOT_OURS, new_folder

__all__ = ["Converted", "convert"]

TWO_TEXTS = fault(
    "E014",
    "The labeling config has labels on two texts",
    "Convert one text at a time: take the Labels of the others out of the config.",
)
NO_LAYER = fault(
    "E015",
    "The labeling config has no Labels control of this name whose labels it lists",
    "Name one that it has: --bio CONTROL.",
)
WORKER_DIED = fault(
    "E217",
    "A worker ended before its work was done",
    "See that there is enough memory, or ask for fewer workers; then run the same command again.",
)
OURS = re.compile(r"README\.md|rejects\.jsonl|\w+/train-\d{5}-of-\d{5}\.parquet")


class Converted(Struct, frozen=True):
    """What a conversion gave: the rows of each table, what became of all that was read, and the findings.

    ``apart`` counts what is in the exports and is no annotation, ``untagged`` the spans that tags leave out, by why; of
    ``unshown`` findings only the number is known.
    """

    rows: dict[str, int]
    counts: dict[str, Counts]
    apart: dict[str, int]
    untagged: dict[str, int]
    findings: list[Finding]
    unshown: int


def convert(
    exports: Sequence[Path],
    config: Path,
    out: Path,
    *,
    skip: bool = False,
    offsets: Unit = Unit.auto,
    bio: str | None = None,
    tokenizer: Path | None = None,
    workers: int = 1,
    show: Show = silent,
) -> Converted:
    """Convert exports by their labeling config into a folder, in which every table has a folder of its own.

    ``skip`` leaves out what is wrong and writes it down in ``rejects.jsonl``; ``offsets`` says what they count, which
    otherwise is told by evidence for each document; ``bio`` names a layer to tag tokens by,
    which are those of a Hugging Face ``tokenizer`` if one is given.

    Raises:
        DataError: a file or the config cannot be used, anything is wrong and is not to be skipped, or the folder holds
            what no conversion has put there (E005).
        OSError: the folder cannot be written; what it held stays.
    """
    options = Options(stored_config(config, bio), offsets, bio, str(tokenizer) if tokenizer else None)
    if tokenizer is not None:
        load_tokenizer(tokenizer)
    shards = plan(exports, workers)
    check_target(out)
    with new_folder(out.resolve()) as new:
        parts = new.parent / "parts"
        outcomes = run(shards, options, parts, show)
        show("putting the shards together")
        together = put_together(outcomes, options, parts, new)
        errors = [finding for finding in together.findings if finding.is_error]
        if errors and not skip:
            raise DataError(together.findings)
        result = Converted(
            rows=together.rows,
            counts={"tasks": together.tasks, "annotations": together.annotations, "items": together.items},
            apart=together.apart,
            untagged=together.untagged,
            findings=together.findings,
            unshown=together.unshown,
        )
        (new / "README.md").write_text(render_page(result.rows, result.counts, options, new), encoding="utf-8")
        shutil.rmtree(parts)
    return result


def stored_config(path: Path, bio: str | None = None) -> LabelingConfig:
    """The labeling config, its controls typed as Label Studio stores their values.

    Raises:
        DataError: it cannot be used (E003, E011), has labels on two texts (E014), or does not know the labels of the
            layer that is to be tagged (E015).
    """
    config = as_stored(load_labeling_config(path))
    texts = sorted({layer.to_name for layer in config.layers.values()})
    if len(texts) > 1:
        raise TWO_TEXTS.error(", ".join(texts), file=str(path))
    if bio is not None and (bio not in config.layers or config.layers[bio].is_open):
        raise NO_LAYER.error(f"{bio!r}, not one of {', '.join(map(repr, config.layers))}", file=str(path))
    return config


def plan(exports: Sequence[Path], count: int) -> list[Shard]:
    """The input in about as many shards as wanted, of about the same size, in the order in which it was given.

    Raises:
        DataError: a file cannot be read, or is no JSON (E201, E202).
    """
    total = sum(path.stat().st_size for path in exports if path.is_file())
    share = max(1, -(-total // count))
    pieces: list[Piece] = []
    for path in exports:
        form = form_of(path)
        wanted = -(-path.stat().st_size // share)
        pieces += [Piece(str(path), form, bounds) for bounds in bounds_of(path, form, wanted)]
    shards: list[Shard] = [Shard(0, [])]
    size = 0
    for piece in pieces:
        if size >= share * len(shards):
            shards.append(Shard(len(shards), []))
        shards[-1].pieces.append(piece)
        size += piece.bounds.end - piece.bounds.start
    return shards


def check_target(out: Path) -> None:
    """See that nothing is lost if the folder is replaced.

    Raises:
        DataError: it holds what no conversion has put there, or is none (E005).
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise NOT_OURS.error("it is no folder", file=str(out))
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir())
    foreign = [name for name in names if not OURS.fullmatch(name)]
    if foreign:
        raise NOT_OURS.error(", ".join(foreign[:5]), file=str(out))


def run(shards: Sequence[Shard], options: Options, parts: Path, show: Show) -> list[Outcome]:
    """Convert every shard, each in a process of its own if there are several.

    Raises:
        DataError: a file is broken (E201), or a worker died (E217).
    """
    folders = [parts / f"{shard.number:05}" for shard in shards]
    if len(shards) == 1:
        show("converting")
        return [run_shard(shards[0], options, folders[0])]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(shards), mp_context=context) as pool:
        jobs = [pool.submit(run_shard, shard, options, folder) for shard, folder in zip(shards, folders, strict=True)]
        try:
            for done, _ in enumerate(as_completed(jobs)):
                show("converting shards", done, len(jobs))
            return list(results(jobs))
        except BrokenProcessPool as error:
            raise WORKER_DIED.error() from error


def results(jobs: Sequence[Future[Outcome]]) -> Iterator[Outcome]:
    """The outcomes in the order of the shards; of several broken files all are named.

    Raises:
        DataError: with the findings of every shard that could not be read.
    """
    errors = [error for job in jobs if isinstance(error := job.exception(), DataError)]
    if errors:
        raise DataError(finding for error in errors for finding in error.findings)
    for job in jobs:
        yield job.result()
