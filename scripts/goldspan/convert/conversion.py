"""Any Label Studio export -> four tables that datasets loads. The whole story, from top to bottom."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from goldspan.convert.layout import OURS
from goldspan.convert.page import render_page
from goldspan.convert.shards import Counts, Options, Outcome, Piece, Shard
from goldspan.convert.subwords import load_tokenizer
from goldspan.convert.together import put_together
from goldspan.convert.workers import Engine, Job, run_here
from goldspan.export.addresses import with_folders
from goldspan.export.shaping import left_out
from goldspan.export.windows import bounds_of, form_of
from goldspan.faults import DataError, Finding, fault, stop_on_errors
from goldspan.labeling import LabelingConfig, TextFolder, as_stored, joined_config, load_labeling_config
from goldspan.progress import Show, silent
from goldspan.records import Unit
from goldspan.remote import Place, at_hand, is_url, names_at, shown, size_of, uploaded
from goldspan.store import NOT_OURS, new_folder

__all__ = ["Converted", "convert"]

NO_LAYER = fault(
    "E015",
    "The labeling config has no Labels control of this name whose labels it lists",
    "Name one that it has: --bio CONTROL.",
)
IN_JOB_FILES = fault(
    "E220",
    "A URL has a user, a password or a query in it, which would come into the files of the cluster's jobs",
    "Give credentials by environment, as fsspec's package for the service reads them.",
)


class Converted(Struct, frozen=True):
    """What a conversion gave: the rows of each table, what became of all that was read, and the findings.

    ``apart`` counts what is in the exports and is no annotation, ``untagged`` the spans that tags leave out, by why; of
    ``unshown`` findings only the number is known, by code.
    """

    rows: dict[str, int]
    counts: dict[str, Counts]
    apart: dict[str, int]
    untagged: dict[str, int]
    findings: list[Finding]
    unshown: dict[str, int]


def convert(
    exports: Sequence[Place],
    config: Place | Sequence[Place],
    out: Place,
    *,
    prefixes: Sequence[str] = (),
    skip: bool = False,
    offsets: Unit = Unit.auto,
    folders: Sequence[TextFolder] = (),
    bio: str | None = None,
    tokenizer: Path | None = None,
    workers: int | None = None,
    shards: int | None = None,
    engine: Engine = Engine.local,
    sbatch: Mapping[str, str] | None = None,
    show: Show = silent,
) -> Converted:
    """Convert exports by their labeling config into a folder, in which every table has a folder of its own.

    All three are paths or URLs. ``config`` is one for all exports, or one for each, whose controls must agree;
    ``prefixes`` are what the ids of the documents and annotations of each export begin with. ``skip`` leaves out what
    is wrong and writes it down in ``rejects.jsonl``; ``offsets`` says what they count, which otherwise is told by
    evidence for each document; ``folders`` have the texts of which the tasks have only the addresses; ``bio`` names a
    layer to tag tokens by, which are those of a Hugging Face ``tokenizer`` if one is given. Each of the ``workers``
    keeps one processor busy; if nothing is said of them there is one, which writes beside its other work. The input is
    cut into about as many ``shards`` as wanted, one for each worker by default; the rows are the same for any number,
    and for every engine.

    Raises:
        DataError: a file or the config cannot be used, anything is wrong and is not to be skipped, or the folder holds
            what no conversion has put there (E005).
        OSError: the folder cannot be written; what it held stays.
    """
    configs = [config] if isinstance(config, str | Path) else list(config)
    with ExitStack() as stack:
        stored = stored_configs([stack.enter_context(at_hand(each)) for each in configs], bio, folders)
    options = Options(
        config=stored[-1],
        configs=tuple(stored[:-1]) if len(configs) > 1 else (),
        offsets=offsets,
        bio=bio,
        tokenizer=str(tokenizer.resolve()) if tokenizer else None,
        beside=workers is None and engine is Engine.local,
    )
    if tokenizer is not None:
        load_tokenizer(tokenizer)
    job = Job(plan(exports, shards or workers or 1, prefixes), options, workers or 1, engine, dict(sbatch or {}))
    check_target(out)
    with target(out) as new:
        parts = new.parent / "parts"
        outcomes = run(job, out, parts, show)
        if have_repeats(outcomes):  # only then it matters what annotations say
            shutil.rmtree(parts)
            told = msgspec.structs.replace(options, digests=True)
            outcomes = run(msgspec.structs.replace(job, options=told), out, parts, show)
        show("putting the shards together")
        together = put_together(outcomes, options, parts, new)
        errors = [finding for finding in together.findings if finding.is_error]
        if errors and not skip:
            raise DataError(together.findings)
        elsewhere = Counter(together.elsewhere)
        together.findings += left_out(elsewhere)
        result = Converted(
            rows=together.rows,
            counts={"tasks": together.tasks, "annotations": together.annotations, "items": together.items},
            apart=together.apart | ({"elsewhere": elsewhere.total()} if elsewhere else {}),
            untagged=together.untagged,
            findings=together.findings,
            unshown=together.unshown,
        )
        (new / "README.md").write_text(render_page(result.rows, result.counts, options, new), encoding="utf-8")
        shutil.rmtree(parts)
    return result


def stored_configs(
    paths: Sequence[Path], bio: str | None = None, folders: Sequence[TextFolder] = ()
) -> list[LabelingConfig]:
    """The labeling configs, their controls typed as Label Studio stores their values; in the end all of them as one.

    Raises:
        DataError: one cannot be used (see `load_labeling_config`), its texts are not at hand (E221), they do not agree
            (E025), or they do not know the labels of the layer that is to be tagged (E015).
    """
    configs = [with_folders(as_stored(load_labeling_config(path)), folders, str(path)) for path in paths]
    whole = joined_config(configs, list(map(str, paths)))
    if bio is not None and (bio not in whole.layers or whole.layers[bio].is_open):
        raise NO_LAYER.error(f"{bio!r}, not one of {', '.join(map(repr, whole.layers))}", file=str(paths[0]))
    return [*configs, whole]


def plan(exports: Sequence[Place], count: int, prefixes: Sequence[str] = ()) -> list[Shard]:
    """The input in about as many shards as wanted, of about the same size, in the order in which it was given.

    ``prefixes`` are what the ids of each export begin with.

    Raises:
        DataError: a file cannot be read, or is no JSON (E201, E202, E218).
    """
    sizes = [size_of(place) if is_url(place) or Path(place).is_file() else 0 for place in exports]
    share = max(1, -(-sum(sizes) // count))
    pieces: list[Piece] = []
    named = zip(exports, sizes, prefixes or [""] * len(exports), strict=True)
    for number, (place, size, prefix) in enumerate(named):
        form = form_of(place)
        file = str(place) if is_url(place) else str(Path(place).absolute())
        stretches = bounds_of(place, form, -(-size // share))
        pieces += [Piece(file, shown(place), form, bounds, number, prefix) for bounds in stretches]
    shards: list[Shard] = [Shard(0, [])]
    filled = 0
    for piece in pieces:
        if filled >= share * len(shards):
            shards.append(Shard(len(shards), []))
        shards[-1].pieces.append(piece)
        filled += piece.bounds.end - piece.bounds.start
    return shards


def check_target(out: Place) -> None:
    """See that nothing is lost if the folder is replaced.

    Raises:
        DataError: it holds what no conversion has put there, or is none (E005).
    """
    if not is_url(out):
        if not Path(out).exists():
            return
        if not Path(out).is_dir():
            raise NOT_OURS.error("it is no folder", file=str(out))
    foreign = [name for name in names_at(out) if not OURS.fullmatch(name)]
    if foreign:
        raise NOT_OURS.error(", ".join(foreign[:5]), file=shown(out))


@contextmanager
def target(out: Place) -> Iterator[Path]:
    """A new folder on this machine that in the end takes the place of what is at a path or URL."""
    with uploaded(str(out)) if is_url(out) else new_folder(Path(out).resolve()) as new:
        yield new


def have_repeats(outcomes: Sequence[Outcome]) -> bool:
    """True if two annotations have the same id."""
    ids = [outcome.annotation_ids for outcome in outcomes]
    return any(outcome.has_repeats for outcome in outcomes) or len(set().union(*ids)) < sum(map(len, ids))


def run(job: Job, out: Place, parts: Path, show: Show) -> list[Outcome]:
    """Convert every shard of a job into its folder of ``parts``.

    Raises:
        DataError: a file is broken (E201), a worker died (E217), or a secret would be written down (E220).
    """
    if job.engine is Engine.local:
        return run_here(job, parts, show)
    from goldspan.convert.cluster import run_on_cluster  # noqa: PLC0415 - an extra

    places = [str(out), *(piece.file for shard in job.shards for piece in shard.pieces)]
    stop_on_errors(IN_JOB_FILES.finding(file=shown(one)) for one in sorted(set(places)) if shown(one) != one)
    return run_on_cluster(job, out if is_url(out) else Path(out).absolute(), parts, show)
