"""Any Label Studio export -> four tables that datasets loads. The whole story, from top to bottom."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from goldspan.convert.layout import OURS
from goldspan.convert.page import render_page
from goldspan.convert.picked_tags import tag_picked
from goldspan.convert.predicted import add_predictions, convert_predictions
from goldspan.convert.running import plan, run_all
from goldspan.convert.shards import Counts, Options
from goldspan.convert.subwords import load_tokenizer
from goldspan.convert.tags import name_tags
from goldspan.convert.together import put_together
from goldspan.convert.workers import Engine, Job
from goldspan.export.addresses import with_folders
from goldspan.export.shaping import left_out
from goldspan.faults import DataError, Finding, fault
from goldspan.labeling import LabelingConfig, TextFolder, as_stored, joined_config, load_labeling_config
from goldspan.progress import Show, silent
from goldspan.records import Unit
from goldspan.remote import Place, at_hand, is_url, names_at, shown, uploaded
from goldspan.store import NOT_OURS, new_folder

__all__ = ["Converted", "convert"]

NO_LAYER = fault(
    "E015",
    "The labeling config has no control of this name that draws regions in the text",
    "Name one that it has: --bio CONTROL.",
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
    pick: str | None = None,
    predictions: bool = False,
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
    layer to tag tokens by, which are those of a Hugging Face ``tokenizer`` if one is given. ``pick`` says
    which one annotation of a document is tagged (see `goldspan.convert.picking`). ``predictions`` asks for a table of
    these, too. Each of the ``workers``
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
        outcomes = run_all(job, out, parts, show)
        show("putting the shards together")
        together = put_together(outcomes, options, parts, new)
        predicted = convert_predictions(exports, job, prefixes, new, show) if predictions else None
        if predicted is not None:
            add_predictions(together, predicted)
        errors = [finding for finding in together.findings if finding.is_error]
        if errors and not skip:
            raise DataError(together.findings)
        if bio is not None and options.config.layers[bio].is_open:
            options = name_tags(options, [one.labels for one in outcomes], new)
        elsewhere = Counter(together.elsewhere)
        together.findings += left_out(elsewhere)
        if bio is not None and pick is not None:
            tagged = tag_picked(new, options, bio, pick)
            together.rows["bio"], together.untagged = tagged.rows, dict(+tagged.untagged)
            together.findings += tagged.findings
        result = Converted(
            rows=together.rows,
            counts={"tasks": together.tasks, "annotations": together.annotations, "items": together.items}
            | ({"predictions": predicted.annotations, "their items": predicted.items} if predicted else {}),
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
            (E025), or they lack the layer that is to be tagged (E015).
    """
    configs = [with_folders(as_stored(load_labeling_config(path)), folders, str(path)) for path in paths]
    whole = joined_config(configs, list(map(str, paths)))
    if bio is not None and bio not in whole.layers:
        raise NO_LAYER.error(f"{bio!r}, not one of {', '.join(map(repr, whole.layers)) or 'none'}", file=str(paths[0]))
    return [*configs, whole]


def check_target(out: Place) -> None:
    """See that nothing is lost if the folder is replaced.

    Raises:
        DataError: it holds what no conversion has put there, or is none (E005).
    """
    if not is_url(out):
        if not Path(out).exists():
            return
        if not Path(out).is_dir():
            raise NOT_OURS.error("it is a file", file=str(out))
    foreign = [name for name in names_at(out) if not OURS.fullmatch(name)]
    if foreign:
        raise NOT_OURS.error(", ".join(foreign[:5]), file=shown(out))


@contextmanager
def target(out: Place) -> Iterator[Path]:
    """A new folder on this machine that in the end takes the place of what is at a path or URL."""
    with uploaded(str(out)) if is_url(out) else new_folder(Path(out).resolve()) as new:
        yield new
