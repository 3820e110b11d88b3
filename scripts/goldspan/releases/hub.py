"""A release from the Hugging Face Hub. Needs the extra ``hub``."""

import re
import sys
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from huggingface_hub.utils.tqdm import disable_progress_bars

from goldspan.faults import fault
from goldspan.words import reason

__all__ = ["download"]

NO_DATASET = fault(
    "E905",
    "The Hub does not give the dataset",
    "Name it as hf://datasets/OWNER/NAME@REVISION, and log in (hf auth login) if it is private.",
)

ADDRESS = re.compile(r"hf://datasets/(?P<name>[^/@]+/[^/@]+)(?:@(?P<revision>.+))?")


def download(address: str) -> Path:
    """The folder of a dataset's revision (the newest, if the address names none), in the cache of the Hub's client.

    Raises:
        DataError: the address is of another form, or the Hub cannot be reached or has no such dataset (E905).
    """
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise NO_DATASET.error(address)
    if not sys.stderr.isatty():
        disable_progress_bars()
    try:
        folder = snapshot_download(
            match["name"],
            repo_type="dataset",
            revision=match["revision"],
            allow_patterns=["README.md", "manifest.json", "*.parquet"],
        )
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise NO_DATASET.error(f"{address}: {reason(error)}") from error
    return Path(folder)
