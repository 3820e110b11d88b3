"""The address of a text -> the text, from a folder on this machine: nothing is fetched."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from goldspan.faults import Fault, fault
from goldspan.labeling import LabelingConfig, TextFolder
from goldspan.words import reason

__all__ = ["NoText", "file_at", "text_folder", "with_folders"]

AT_ADDRESS = fault(
    "E221",
    'The export has the addresses of the texts, not the texts: a Text tag has valueType="url"',
    "Say where the texts lie: --texts DIR, by the names of their files, or --texts URL-PREFIX=DIR.",
)
NO_FILE = fault(
    "E222",
    "The text at an address is not in the folders of --texts, or cannot be read",
    "Put the file there, as UTF-8, or name the folder that has it: --texts DIR or --texts URL-PREFIX=DIR.",
)


class NoText(Struct, frozen=True):
    """Why a task has no text."""

    fault: Fault
    detail: str


def text_folder(option: str) -> TextFolder:
    """What ``--texts`` says: a folder, or a prefix of addresses and a folder.

    Raises:
        ValueError: there is no such folder.
    """
    cuts = [0, *(found.end() for found in re.finditer("=", option))]
    for cut in cuts:
        if option[cut:] and Path(option[cut:]).is_dir():
            return TextFolder(option[: max(cut - 1, 0)], str(Path(option[cut:]).resolve()))
    raise ValueError(f"there is no folder {option[cuts[-1] :] or option}")


def with_folders(config: LabelingConfig, folders: Sequence[TextFolder], file: str) -> LabelingConfig:
    """A labeling config that knows where the texts lie of which the tasks have only the addresses.

    Raises:
        DataError: there are such, and no folder is named (E221).
    """
    if config.source is None or not config.source.is_address:
        return config
    if not folders:
        raise AT_ADDRESS.error(f"Text {config.text_name!r}", file=file)
    source = msgspec.structs.replace(config.source, folders=tuple(folders))
    return msgspec.structs.replace(config, source=source)


def file_at(address: str, folders: Sequence[TextFolder]) -> str | NoText:
    """The text of an address, from the folder with the longest prefix that it begins with and that has it.

    No file outside of a folder is read. A mark of byte order at its beginning is no part of the text, as in browsers.
    """
    looked: list[str] = []
    for one in sorted(folders, key=lambda one: -len(one.prefix)):
        for relative in paths_at(address, one.prefix):
            path = Path(one.folder, relative)
            looked.append(str(path))
            if is_below(path, Path(one.folder)):
                return text_in(path)
    detail = f"looked for {', '.join(looked)}" if looked else "it begins with none of the prefixes"
    return NoText(NO_FILE, f"{without_secrets(address)!r}; {detail}")


def paths_at(address: str, prefix: str) -> Iterator[str]:
    """The paths at which the text of an address may stand below a folder; none if it does not begin with the prefix."""
    rest = address.removeprefix(prefix)
    path = re.split("[?#]", rest)[0]
    if not prefix:
        name = path.rpartition("/")[2] or re.split("[/=]", address)[-1]
        yield from dict.fromkeys((unquote(name).rpartition("/")[2], name))
    elif address.startswith(prefix) and (prefix[-1] == "/" or rest[:1] in ("/", "=")):
        yield from dict.fromkeys((unquote(path).lstrip("/="), path.lstrip("/=")))


def without_secrets(address: str) -> str:
    """An address as messages may name it: without user, password and query."""
    return re.sub("//[^/]*@", "//", re.split("[?#]", address)[0])


def is_below(path: Path, folder: Path) -> bool:
    """True if a path is that of a file in a folder, also behind symbolic links."""
    try:
        return path.resolve().is_relative_to(folder.resolve()) and path.is_file()
    except (ValueError, RuntimeError, OSError):  # not the name of a file
        return False


def text_in(path: Path) -> str | NoText:
    """The text of a file."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return NoText(NO_FILE, f"{path}: {reason(error)}")
