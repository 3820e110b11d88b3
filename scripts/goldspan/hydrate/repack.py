"""What describes a release, made anew where its text was taken out or put back: ``croissant.json`` and the manifest."""

from collections.abc import Mapping
from importlib.metadata import version

import msgspec
import pyarrow as pa
from msgspec import UNSET, Struct

from goldspan.card import parse_card, sections
from goldspan.croissant import CROISSANT_FILE, Described, Texts, croissant_json, files_of, rai_of
from goldspan.drawn import FOLDER
from goldspan.hashes import records_hash, sha256
from goldspan.labels import count_labels
from goldspan.manifest import TOOLS, Manifest, TextState

__all__ = ["Origin", "described", "drawings"]


class Origin(Struct, frozen=True):
    """The release that another is made of: its manifest, and its files, the card and the description at the least."""

    manifest: Manifest
    files: Mapping[str, bytes]


def described(
    files: Mapping[str, bytes], tables: Mapping[str, pa.Table], origin: Origin, text: TextState
) -> dict[str, bytes]:
    """The files of a release with its description and its manifest; everything else there is that of the origin."""
    manifest, whole = origin.manifest, dict(files)
    if CROISSANT_FILE in origin.files:
        card = parse_card(files["README.md"].decode(), "README.md")
        sized = files_of(whole, {name: sha256(data) for name, data in whole.items()})
        rai = moved_texts(origin, sections(card.prose))
        whole[CROISSANT_FILE] = croissant_json(Described(manifest.name, manifest.version, card, tables, sized), rai)
    made = msgspec.structs.replace(
        manifest,
        files={name: sha256(data) for name, data in sorted(whole.items())},
        rows={name: table.num_rows for name, table in tables.items()},
        records={name: records_hash(table.to_pylist()) for name, table in tables.items()},
        labels=count_labels(tables, {name: tuple(counts) for name, counts in manifest.labels.items()}),
        tools={tool: version(tool) for tool in TOOLS},
        text=UNSET if text == "full" else text,
    )
    whole["manifest.json"] = msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
    return whole


def drawings(manifest: Manifest) -> list[str]:
    """The names of the files of a release that are drawings: they have no text, and stay as they are."""
    return [name for name in manifest.files if name.startswith(f"{FOLDER}/") and name.endswith(".svg")]


def moved_texts(origin: Origin, new: Mapping[str, str]) -> Texts:
    """The texts of the RAI properties, which are sections of the card, as the new card has these sections."""
    card = parse_card(origin.files["README.md"].decode(), "README.md")
    changed = {text: new.get(title, text) for title, text in sections(card.prose).items()}

    def moved(text: str) -> str:
        return changed.get(text, text)

    return {
        name: [moved(one) for one in value] if isinstance(value, list) else moved(value)
        for name, value in rai_of(origin.files[CROISSANT_FILE]).items()
    }
