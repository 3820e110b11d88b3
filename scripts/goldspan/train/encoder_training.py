"""Fine-tuning an encoder with the trainer of transformers, and asking it. Needs the extra ``transformers``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from msgspec import Struct
from msgspec.structs import replace
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoTokenizer, PrinterCallback, Trainer, TrainerCallback, TrainingArguments, set_seed
from transformers.utils import logging

from goldspan.train.encoder_head import IGNORED, Head
from goldspan.train.models import NO_ENCODER, Setup
from goldspan.words import reason

__all__ = ["Encoder", "Recipe", "Row", "begin", "fine_tune", "load", "logits"]

WARM_UP = 0.1  # of all steps
DECAY = 0.01
MOST = 128  # sub-words that are read at once
Row = Mapping[str, Any]  # input_ids, perhaps token_type_ids, and labels: a class for each group of the head


class Recipe(Struct, frozen=True):
    """How long and how fast an encoder learns: epochs, the highest learning rate, rows a step.

    ``balanced`` weighs classes as they are rare.
    """

    epochs: int
    rate: float
    batch: int
    balanced: bool = False

    def asked(self, setup: Setup) -> "Recipe":
        """The recipe with what was asked for."""
        return replace(self, epochs=setup.epochs or self.epochs, rate=setup.rate or self.rate)


class Encoder:
    """A model of transformers with its tokeniser and head. ``losses`` are those of the epochs of its training."""

    def __init__(self, model: Any, tokenizer: Any, head: Head) -> None:
        """Keep them."""
        self.model = model
        self.tokenizer = tokenizer
        self.head = head
        self.losses: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        """How many sub-words are read at once."""
        return min(MOST, int(self.tokenizer.model_max_length))

    def save(self, folder: Path) -> None:
        """Write the files of the model and of the tokeniser."""
        with quiet():
            self.model.save_pretrained(folder)
            self.tokenizer.save_pretrained(folder)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from talking: what is to be said goldspan says."""
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def begin(auto: Any, head: Head, setup: Setup) -> tuple[Any, Any, Head]:
    """A pre-trained encoder under a new head, and its tokeniser.

    Raises:
        DataError: there is none (E985).
    """
    set_seed(setup.seed)
    base = str(setup.base)
    try:
        model, tokenizer = load(auto, base, **head.settings())
    except ModuleNotFoundError:
        raise
    except Exception as error:  # whatever a library says of files that are none of its own
        raise NO_ENCODER.error(reason(error), file=base) from error
    if not tokenizer.is_fast:
        raise NO_ENCODER.error("its tokeniser tells no offsets", file=base)
    if set(tokenizer.get_vocab()) <= set(tokenizer.all_special_tokens):  # transformers makes one up where none is
        raise NO_ENCODER.error("its tokeniser knows no words", file=base)
    return model, tokenizer, head


def load(auto: Any, base: str | Path, **settings: Any) -> tuple[Any, Any]:
    """A model of the class ``auto`` and its tokeniser. A folder is read without the network; no code in it is run."""
    common = {"local_files_only": Path(base).is_dir(), "trust_remote_code": False}  # not said, a terminal is asked
    with quiet():
        tokenizer = AutoTokenizer.from_pretrained(str(base), **common)
        return auto.from_pretrained(str(base), **common, **settings), tokenizer


class Progress(TrainerCallback):  # type: ignore[misc]  # it has no type
    """Shows how many steps are done."""

    def __init__(self, setup: Setup) -> None:
        """Show them with ``setup.show``."""
        self.show = setup.show

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Show one more."""
        self.show("training", state.global_step, state.max_steps)


def fine_tune(encoder: Encoder, rows: Sequence[Row], recipe: Recipe, setup: Setup) -> None:
    """Train an encoder with its head.

    What words mean stays as it is: few articles have few of them, and the others must keep their places among them.
    """
    recipe = recipe.asked(setup)
    encoder.model.get_input_embeddings().requires_grad_(False)
    weights = balance(rows, encoder.head) if recipe.balanced else [None] * len(encoder.head.groups)
    with TemporaryDirectory() as unused, quiet():
        arguments = TrainingArguments(
            unused,
            num_train_epochs=recipe.epochs,
            learning_rate=recipe.rate,
            per_device_train_batch_size=recipe.batch,
            warmup_steps=WARM_UP,
            weight_decay=DECAY,
            seed=setup.seed,
            logging_strategy="epoch",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=torch.cuda.is_available(),
            remove_unused_columns=False,
        )
        trainer = Trainer(
            encoder.model,
            arguments,
            data_collator=batch(encoder.tokenizer),
            train_dataset=list(rows),
            compute_loss_func=loss_of(encoder.head, weights),
            callbacks=[Progress(setup)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    encoder.losses = tuple(entry["loss"] for entry in trainer.state.log_history if "loss" in entry)


def loss_of(head: Head, weights: Sequence[Any]) -> Callable[..., Any]:
    """The loss: cross entropy inside each group, added up over the groups, the mean of all places that are learnt."""
    groups = [list(group.values()) for group in head.groups.values()]

    def loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
        total = sum(
            cross_entropy(
                outputs.logits[..., group].flatten(0, -2),
                labels[..., at].flatten(),
                weight=None if weights[at] is None else weights[at].to(labels.device),
                reduction="sum",
            )
            for at, group in enumerate(groups)
        )
        return total / (labels != IGNORED).any(dim=-1).sum().clamp(min=1)

    return loss


def balance(rows: Sequence[Row], head: Head) -> list[Any]:
    """For each group the weight of each class: the rarer, the more, so that all have the same together."""
    known = torch.tensor([row["labels"] for row in rows])
    return [balanced(known[:, at], len(group)) for at, group in enumerate(head.groups.values())]


def balanced(known: Any, classes: int) -> Any:
    """The number of places over that of the classes that are there and that of the class (as scikit-learn has it)."""
    counts = torch.bincount(known[known != IGNORED], minlength=classes)
    return counts.sum() / ((counts > 0).sum().clamp(min=1) * counts.clamp(min=1))


def batch(tokenizer: Any) -> Callable[[Sequence[Row]], Any]:
    """What puts rows of different lengths into one batch."""

    def collate(rows: Sequence[Row]) -> Any:
        read = [{name: value for name, value in row.items() if name != "labels"} for row in rows]
        padded = tokenizer.pad(read, return_tensors="pt")
        labels = [torch.tensor(row["labels"]) for row in rows if "labels" in row]
        if labels:
            padded["labels"] = pad_sequence(labels, batch_first=True, padding_value=IGNORED)
        return padded

    return collate


def logits(encoder: Encoder, rows: Sequence[Row], size: int = 16) -> list[Any]:
    """The logits of each row, as arrays; those of padding are at their ends."""
    collate = batch(encoder.tokenizer)
    encoder.model.eval()
    read: list[Any] = []
    with torch.no_grad():
        for at in range(0, len(rows), size):
            chosen = collate(rows[at : at + size]).to(encoder.model.device)
            read.extend(encoder.model(**chosen).logits.float().cpu().numpy())
    return read
