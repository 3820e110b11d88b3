"""What a model is: its protocols, the kinds that there are, and a saved folder with its ``goldspan.json``.

The folder is in the own format of the kind's library; ``goldspan.json`` says what the model is and what it has learnt
from. A kind is a module with the functions of `Kind`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec
from msgspec import Struct

from goldspan.faults import DataError, fault
from goldspan.progress import Show, silent
from goldspan.store import NOT_OURS, new_folder
from goldspan.train.examples import SPAN_TASKS, Examples, Item, Labels, Layers, Passage, Task, task_name
from goldspan.words import reason

__all__ = [
    "KINDS",
    "NO_ENCODER",
    "About",
    "Choice",
    "ClassModel",
    "Kind",
    "Model",
    "Scored",
    "Setup",
    "SpanModel",
    "about",
    "check_target",
    "fit",
    "kind_of",
    "load_model",
    "read_about",
    "save_model",
]

NO_MODEL = fault("E983", "The folder holds no model that can be used", "Name one that goldspan train has written.")
NO_ENCODER = fault(
    "E985",
    "The encoder cannot be used",
    "Name light, a folder that save_pretrained has written, or an id on the Hub; its tokeniser must be a fast one.",
)
ABOUT = "goldspan.json"
KINDS = {  # kind: its module, and the extra that it needs
    "light": ("goldspan.train.light", "train"),
    "transformers": ("goldspan.train.encoder", "transformers"),
}


class Scored(Struct, frozen=True):
    """A span that a model has found: offsets into the document, and how sure it is, from 0 to 1."""

    start: int
    end: int
    label: str
    score: float


class Choice(Struct, frozen=True):
    """The label that a model gives an attribute, and how sure it is, from 0 to 1."""

    label: str
    score: float


class SpanModel(Protocol):
    """Finds spans."""

    def predict(self, passages: Sequence[Passage]) -> list[list[Scored]]:
        """The spans of each passage in text order; what the passages are marked with is not looked at."""

    def save(self, folder: Path) -> None:
        """Write the library's own files into a folder that is there and empty."""


class ClassModel(Protocol):
    """Chooses labels."""

    def predict(self, items: Sequence[Item]) -> list[dict[str, Choice]]:
        """The label of each attribute of each item; what the items are labelled with is not looked at."""

    def save(self, folder: Path) -> None:
        """Write the library's own files into a folder that is there and empty."""


Model = SpanModel | ClassModel


class Setup(Struct, frozen=True):
    """How a model is trained: its seed, the encoder to begin with (a path or an id on the Hub), who shows progress.

    ``epochs`` and ``rate``, the highest learning rate, are for encoders; without them the kind's own are taken.
    """

    seed: int = 0
    base: str | None = None
    epochs: int | None = None
    rate: float | None = None
    show: Show = silent


class About(Struct, frozen=True, kw_only=True):
    """What ``goldspan.json`` says of a model.

    ``documents`` are those that it was trained on; ``files`` has the SHA-256 of what else the folder holds. ``layer``
    is the config of the layer that its task is for, if it is for one.
    """

    task: Task
    kind: str
    source: str
    records: Mapping[str, str]
    documents: Sequence[str]
    language: str
    layer: str = ""
    layers: Mapping[str, Sequence[str]] = {}
    labels: Mapping[str, Sequence[str]] = {}
    seed: int = 0
    base: str | None = None
    epochs: int | None = None
    rate: float | None = None
    versions: Mapping[str, str] = {}
    files: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """The name of its task, with its layer."""
        return task_name(self.task, self.layer)


class Kind(Protocol):
    """A kind of model: the functions of its module."""

    LIBRARIES: tuple[str, ...]  # the packages whose versions are written down

    def train_spans(self, passages: Sequence[Passage], layers: Layers, setup: Setup) -> SpanModel:
        """Learn to find spans."""

    def train_classes(self, items: Sequence[Item], labels: Labels, setup: Setup) -> ClassModel:
        """Learn to choose labels."""

    def load_spans(self, folder: Path, about: About) -> SpanModel:
        """A saved model; anything that it raises says that the folder holds none."""

    def load_classes(self, folder: Path, about: About) -> ClassModel:
        """A saved model; anything that it raises says that the folder holds none."""


def kind_of(model: str) -> str:
    """The kind that ``--model`` means: itself, or an encoder by its path or id."""
    return model if model == "light" else "transformers"


def module_of(kind: str) -> Kind:
    """The module of a kind; it is imported only now, since it needs an extra.

    Raises:
        ModuleNotFoundError: the extra is not installed.
    """
    return cast(Kind, import_module(KINDS[kind][0]))


def fit(kind: str, examples: Examples, setup: Setup) -> Model:
    """Train a model of a kind on examples."""
    module = module_of(kind)
    if examples.task in SPAN_TASKS:
        return module.train_spans(examples.passages, examples.layers, setup)
    return module.train_classes(examples.items, examples.labels, setup)


def about(kind: str, examples: Examples, setup: Setup) -> About:
    """What is to be said of a model that was trained on examples."""
    learnt = {one.doc_id for one in examples.passages} | {doc_id for one in examples.items for doc_id in one.doc_ids}
    return About(
        task=examples.task,
        kind=kind,
        source=examples.source,
        records=examples.records,
        documents=[one.doc_id for one in examples.documents if one.doc_id in learnt],
        language=examples.language,
        layer=examples.layer,
        layers=examples.layers,
        labels=examples.labels,
        seed=setup.seed,
        base=setup.base,
        epochs=setup.epochs,
        rate=setup.rate,
        versions={name: version(name) for name in ("goldspan", *module_of(kind).LIBRARIES)},
    )


def save_model(out: Path, model: Model, said: About) -> None:
    """Write a model into a folder, new or of an earlier model: aside, then swapped.

    Raises:
        DataError: the folder holds what no training has put there (E005).
        OSError: it cannot be written; what it held stays.
    """
    check_target(out)
    with new_folder(out.resolve()) as new:
        model.save(new)
        whole = msgspec.structs.replace(said, files=hashes_of(new))
        (new / ABOUT).write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")


def check_target(out: Path) -> None:
    """See that nothing is lost if the folder is replaced.

    Raises:
        DataError: it holds what no training has put there, or is none (E005).
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise NOT_OURS.error("it is a file", file=str(out))
    try:
        listed = {ABOUT, *read_about(out).files}
    except DataError:
        listed = set()
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_symlink() or not path.is_dir()}
    if there - listed:
        raise NOT_OURS.error(", ".join(sorted(there - listed)[:5]), file=str(out))


def hashes_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file below a folder but ``goldspan.json``, by its name."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / ABOUT)
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in paths}


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, which may be large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_about(folder: Path) -> About:
    """What a folder says of its model.

    Raises:
        DataError: it has no ``goldspan.json`` that can be read, or of a kind that there is not (E983).
    """
    path = folder / ABOUT
    if path.exists() and not path.is_file():  # a named pipe would be waited for
        raise NO_MODEL.error(f"{ABOUT} is no file", file=str(folder))
    try:
        said = msgspec.json.decode(path.read_bytes(), type=About)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NO_MODEL.error(reason(error), file=str(folder)) from error
    if said.kind not in KINDS:
        raise NO_MODEL.error(f"its kind is {said.kind!r}", file=str(folder))
    return said


def load_model(folder: Path) -> tuple[About, Model]:
    """A saved model and what is said of it. Nothing in the folder is run or unpickled.

    Raises:
        DataError: it holds none, or none that can be used, or not the files that were saved (E983).
        ModuleNotFoundError: its kind needs an extra that is not installed.
    """
    said = read_about(folder)
    odd = any(not (path.is_file() or path.is_dir()) for path in folder.rglob("*"))
    if odd or hashes_of(folder) != said.files:
        raise NO_MODEL.error("its files are not those that were saved", file=str(folder))
    module = module_of(said.kind)
    load: Any = module.load_spans if said.task in SPAN_TASKS else module.load_classes
    try:
        return said, load(folder, said)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # whatever a library says of a file that is not its own
        raise NO_MODEL.error(reason(error), file=str(folder)) from error
