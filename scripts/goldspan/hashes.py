"""SHA-256 of bytes, of files and of records."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["input_hashes", "records_hash", "sha256"]


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def input_hashes(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of each file, by its path in a folder."""
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in sorted(set(files))}


def records_hash(rows: Iterable[Mapping[str, Any]]) -> str:
    """One SHA-256 for the rows of a table, whatever their order and the file format.

    Each row as JSON (keys sorted, no white space, UTF-8, nothing escaped that need not be) is hashed; the digests,
    sorted, are hashed again. Unlike a sum of digests this cannot be brought about by other rows, and a row that stands
    twice counts twice.
    """
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for row in rows)
    digests = sorted(hashlib.sha256(line.encode()).digest() for line in lines)
    return sha256(b"".join(digests))
