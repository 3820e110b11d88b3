"""A release on disk: read back, and replaced in whole."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from goldspan.card import Card, read_card
from goldspan.disk import tidy, write_synced
from goldspan.faults import DataError, fault, stop_on_errors
from goldspan.folders import not_a_release
from goldspan.keys import configs
from goldspan.layers import check_names
from goldspan.manifest import Manifest
from goldspan.settings import Layers
from goldspan.store import NOT_OURS, differences, entries, new_folder
from goldspan.tables import SPLIT_FILE
from goldspan.words import reason

__all__ = ["NOT_LOADED", "Release", "foreign", "read_manifest", "read_release", "replace_folder"]

NOT_A_RELEASE = fault("E610", "A table of the release cannot be read", "Build the release again.")
NOT_LOADED = fault("E611", "datasets cannot load a config", "Validate the release, and build it again.")
NO_MANIFEST = fault("E710", "The manifest cannot be read", "Build the release again.")


class Release(Struct, frozen=True):
    """A release in memory: its folder, a table for each config, its card and its manifest."""

    folder: Path
    tables: dict[str, pa.Table]
    card: Card
    manifest: Manifest

    @property
    def layers(self) -> Layers:
        """The layers that it is made of."""
        return self.manifest.settings.layers

    @property
    def tags(self) -> list[str]:
        """The names of the NER tags, as the card has them."""
        return self.card.info("ner").class_names("ner_tags")


def read_manifest(path: Path) -> Manifest:
    """A manifest from its file.

    Raises:
        DataError: it is missing (E960) or unreadable, or lists a file by a path that leaves the release (E710).
    """
    if not path.exists():
        raise not_a_release(path.parent)
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NO_MANIFEST.error(reason(error), file=str(path)) from error
    outside = [name for name in manifest.files if name.startswith("/") or ".." in name.split("/")]
    if outside:
        raise NO_MANIFEST.error(f"it lists {outside[0]!r}", file=str(path))
    if odd := list(check_names(manifest.settings.layers, str(path))):
        raise NO_MANIFEST.error(odd[0].message, file=str(path))
    return manifest


def read_release(folder: Path) -> Release:
    """A release from its folder.

    Raises:
        DataError: a table, the card or the manifest is missing or unreadable (E610, E705, E710).
    """
    manifest = read_manifest(folder / "manifest.json")
    tables, findings = {}, []
    for name in [config for config in configs(manifest.settings.layers) if config in manifest.rows]:
        path = folder / name / SPLIT_FILE
        try:
            tables[name] = pq.read_table(path, partitioning=None)
            tables[name].validate(full=True)  # text that is no UTF-8, too
        except FileNotFoundError:
            findings.append(NOT_A_RELEASE.finding("there is no such file", file=str(path)))
        except (OSError, pa.ArrowException) as error:
            findings.append(NOT_A_RELEASE.finding(reason(error), file=str(path)))
    stop_on_errors(findings)
    return Release(folder, tables, read_card(folder / "README.md"), manifest)


def foreign(folder: Path) -> list[str]:
    """The names of what a folder holds and no build has put there: what its manifest does not list."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        return ["it is a file"]
    names = {path.name for path in folder.iterdir() if path.name.startswith(".")} | set(entries(folder))
    if not names:
        return []
    try:
        listed = {"manifest.json", *read_manifest(folder / "manifest.json").files}
    except DataError:
        listed = set()
    return sorted(names - listed)


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold exactly these files. Nothing is touched if it already does.

    The files are written beside it and synced before the old folder gives way; if anything fails, the old one stays.

    Raises:
        DataError: it holds anything that its own manifest does not list, so that replacing it would lose that (E005).
        OSError: it cannot be written.
    """
    folder = folder.resolve()
    tidy(folder.parent)
    surplus = foreign(folder)
    if surplus:
        raise NOT_OURS.error(", ".join(surplus[:5]), file=str(folder))
    if folder.is_dir() and not differences(folder, files):
        return
    with new_folder(folder) as new:
        for name, data in sorted(files.items()):
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_synced(path, data)
