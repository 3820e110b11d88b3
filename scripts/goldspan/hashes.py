"""SHA-256 of bytes and of files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["input_hashes", "sha256"]


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def input_hashes(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of each file, by its path in a folder."""
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in sorted(set(files))}
