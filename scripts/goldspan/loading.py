"""A release loaded as its users load it. Needs the extra ``datasets``."""

from collections.abc import Iterator
from pathlib import Path

from datasets import Dataset, load_dataset
from datasets.exceptions import DatasetsError
from datasets.utils.logging import disable_progress_bar

from goldspan.released import NOT_LOADED, read_release

__all__ = ["load_all"]


def load_all(release: Path) -> Iterator[tuple[str, Dataset]]:
    """Each config of a release by its name.

    Raises:
        DataError: the release cannot be read (E610, E705, E710), or datasets cannot load a config (E611).
    """
    disable_progress_bar()
    for name in read_release(release).tables:
        try:
            yield name, load_dataset(str(release), name, split="train")
        except (DatasetsError, ValueError) as error:
            said = str(error.__cause__ or error).strip().splitlines()  # of a cast: what, all columns, and why
            raise NOT_LOADED.error(
                " … ".join(dict.fromkeys([*said[:1], *said[-1:]])), file=str(release), row=name
            ) from error
