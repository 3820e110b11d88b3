"""A release loaded as its users load it. Needs the extra ``datasets``."""

from collections.abc import Iterator
from pathlib import Path

from datasets import Dataset, get_dataset_config_names, load_dataset
from datasets.utils.logging import disable_progress_bar

__all__ = ["load_all"]


def load_all(release: Path) -> Iterator[tuple[str, Dataset]]:
    """Each config of a release by its name, in the card's order."""
    disable_progress_bar()
    for name in get_dataset_config_names(str(release)):
        yield name, load_dataset(str(release), name, split="train")
