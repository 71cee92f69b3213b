"""SHA-256 of streams, and the words of a verify report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

BLOCK = 1 << 20


def digest(stream: IO[bytes], progress: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a stream in hex, read block by block; `progress` gets the bytes of each block."""
    sha = hashlib.sha256()
    while block := stream.read(BLOCK):
        sha.update(block)
        if progress:
            progress(len(block))
    return sha.hexdigest()


def file_digest(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return digest(stream, progress)


class Finding(StrEnum):
    """What can be wrong with evidence."""

    CHECKSUM_MISMATCH = "ChecksumMismatch"
    FILE_MISSING = "FileMissing"
    UNEXPECTED_FILE = "UnexpectedFile"


@dataclass(frozen=True, slots=True)
class VaultFinding:
    """One file of the vault that is not as it was taken in."""

    finding: Finding
    name: str
    message: str
