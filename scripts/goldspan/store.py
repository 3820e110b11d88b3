"""Folders on disk: written aside, synced and swapped in whole; a release read back."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from goldspan.card import feature_names, front_matter
from goldspan.faults import fault
from goldspan.manifest import Manifest
from goldspan.tables import CONFIGS, SPLIT_FILE

__all__ = ["Release", "differences", "read_release", "replace_file", "replace_folder"]

NOT_A_RELEASE = fault("E610", "A table of the release cannot be read", "Build the release again.")
NO_MANIFEST = fault("E710", "The manifest cannot be read", "Build the release again.")
NOT_OURS = fault(
    "E005",
    "The target folder holds something that is no release",
    "Name an empty or new folder, or an earlier release.",
)


class Release(Struct, frozen=True):
    """A release in memory: its folder, a table for each config, the names of the NER tags, and its manifest."""

    folder: Path
    tables: dict[str, pa.Table]
    tags: list[str]
    manifest: Manifest


def differences(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """The names of files that a folder lacks, has beyond these, or has with other bytes."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    changed = {name for name in files if name not in there or there[name].read_bytes() != files[name]}
    return sorted(changed | (set(there) - set(files)))


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold exactly these files. Nothing is touched if it already does.

    The files are written beside it and synced before the old folder gives way; if anything fails, the old one stays.

    Raises:
        DataError: the folder holds files but no manifest, so it is nothing that a build made (E005).
        OSError: it cannot be written.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "manifest.json").exists():
        raise NOT_OURS.error(file=str(folder))
    if folder.is_dir() and not differences(folder, files):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (aside / "new").mkdir()
        for name, data in sorted(files.items()):
            path = aside / "new" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_synced(path, data)
        if folder.exists():
            folder.rename(aside / "old")
        try:
            (aside / "new").rename(folder)
        except OSError:
            (aside / "old").rename(folder)
            raise
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file aside, sync it and rename it into place. Nothing is touched if it already holds these bytes.

    Raises:
        OSError: it cannot be written; the old file stays.
    """
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    aside = Path(name)
    try:
        write_synced(aside, data)
        aside.chmod(0o644)
        aside.rename(path)
        sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def write_synced(path: Path, data: bytes) -> None:
    """Write bytes and wait until they are on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_release(folder: Path) -> Release:
    """A release from its folder.

    Raises:
        DataError: a table, the card or the manifest is missing or unreadable (E610, E705, E710).
    """
    path = folder / "manifest.json"
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NO_MANIFEST.error(str(error), file=str(path)) from error
    tables = {}
    for name in [config for config in CONFIGS if config in manifest.rows]:
        path = folder / name / SPLIT_FILE
        try:
            tables[name] = pq.read_table(path, partitioning=None)
        except (OSError, pa.ArrowException) as error:
            raise NOT_A_RELEASE.error(str(error), file=str(path)) from error
    return Release(folder, tables, feature_names(front_matter(folder / "README.md"), "ner", "ner_tags"), manifest)
