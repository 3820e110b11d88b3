"""Ids -> names that every file system takes, from which the id can be read again."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from goldspan.hashes import sha256

__all__ = ["file_name", "file_names", "layer_files"]

LONGEST = 180  # bytes, which leaves room for an ending
DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)


def file_name(name: str, capitals: bool = True) -> str:
    """A name percent-encoded so far that it is safe everywhere, without ``capitals`` also those.

    No dot and no slash is left, so that it leads nowhere and has no ending. `urllib.parse.unquote` gives the name back,
    but for one that is empty or too long: that becomes its beginning, ``~`` and a hash.
    """
    quoted = quote(name, safe="").replace(".", "%2E").replace("~", "%7E")
    if DEVICES.fullmatch(quoted):
        quoted = f"%{ord(quoted[0]):02X}{quoted[1:]}"
    if not capitals:
        quoted = re.sub(r"%[0-9A-F]{2}|[A-Z]", lambda found: escaped(found[0]), quoted)
    if not quoted or len(quoted) > LONGEST:
        return f"{quoted[: LONGEST - 20]}~{sha256(name.encode())[:16]}"
    return quoted


def escaped(part: str) -> str:
    """A capital percent-encoded; what already is stays."""
    return part if part.startswith("%") else f"%{ord(part):02X}"


def layer_files(layers: Sequence[str], ending: str) -> dict[str, str]:
    """A file for each layer."""
    names = file_names((layer,) for layer in layers)
    return {layer: f"{name}.{ending}" for layer, name in zip(layers, names, strict=True)}


def file_names(keys: Iterable[Sequence[str]]) -> list[str]:
    """A name for each key, its parts joined by ``@``; where two differ only in case, their capitals are encoded."""
    parts = [tuple(key) for key in keys]
    plain = ["@".join(map(file_name, key)) for key in parts]
    shared = Counter(name.lower() for name in plain)
    return [
        name if shared[name.lower()] == 1 else "@".join(file_name(part, capitals=False) for part in key)
        for name, key in zip(plain, parts, strict=True)
    ]
