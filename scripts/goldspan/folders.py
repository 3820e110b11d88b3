"""What a folder is: a release, what ``goldspan convert`` writes, a corpus, or something else."""

from pathlib import Path

from goldspan.faults import DataError, fault

__all__ = ["is_converted", "not_a_release"]

NOTHING_TO_READ = fault(
    "E960",
    "The folder is neither a release nor anything else that this command reads",
    "Name the folder of a release, or, where the command takes one, a folder that goldspan convert has written.",
)


def is_converted(folder: Path) -> bool:
    """True if a folder is more like a conversion than like a release: no manifest, and a table that no release has."""
    return not (folder / "manifest.json").exists() and any((folder / name).is_dir() for name in ("spans", "relations"))


def not_a_release(folder: Path) -> DataError:
    """The error that a folder, which has no manifest, is no release (E960). It says what the folder is instead."""
    if not folder.is_dir():
        detail = "there is no such folder"
    elif (folder / "corpus.toml").is_file():
        detail = "it is a corpus, whose release goldspan build writes into dataset/release or where corpus.toml says"
    elif is_converted(folder):
        detail = "goldspan convert has written it"
    else:
        detail = "it has no manifest.json"
    return NOTHING_TO_READ.error(detail, file=str(folder))
