"""SHA-256 of streams, and the findings of a verify report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from indexer.progress import ByteTick

BLOCK = 1 << 20


def digest(stream: IO[bytes], progress: ByteTick | None = None) -> str:
    """Compute the SHA-256 of a stream in hex, block by block; `progress` gets the bytes of each block."""
    sha = hashlib.sha256()
    while block := stream.read(BLOCK):
        sha.update(block)
        if progress:
            progress(len(block))
    return sha.hexdigest()


def file_digest(path: Path, progress: ByteTick | None = None) -> str:
    """Compute the SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return digest(stream, progress)


class Finding(StrEnum):
    """Kind of an integrity problem in evidence, catalog, event log or index."""

    CHECKSUM_MISMATCH = "ChecksumMismatch"
    FILE_MISSING = "FileMissing"
    UNEXPECTED_FILE = "UnexpectedFile"
    CATALOG_DAMAGED = "CatalogDamaged"  # the database's own check fails
    CAPTURE_MISSING = "CaptureMissing"  # the event log has a capture that the catalog lacks
    EVENT_MISSING = "EventMissing"  # the catalog has a capture that the event log lacks
    CAPTURE_CHANGED = "CaptureChanged"  # a capture differs from its event
    ROWS_MISSING = "RowsMissing"  # records, versions or sightings without their related rows
    CONTENT_CHANGED = "ContentChanged"  # a version's digest is not the digest of its content
    RAW_CHANGED = "RawChanged"  # an item in the vault differs from the item that the catalog refers to
    RECORD_CHANGED = "RecordChanged"  # a stored field differs from a fresh reading of the evidence
    RECORD_MISSING = "RecordMissing"  # the evidence has a record that the catalog lacks
    RECORD_ADDED = "RecordAdded"  # the catalog has a record that is not in the evidence
    NOT_READ_AGAIN = "NotReadAgain"  # a capture could not be read again
    LOG_CUT = "LogCut"
    LOG_REWRITTEN = "LogRewritten"
    INDEX_DAMAGED = "IndexDamaged"


@dataclass(frozen=True, slots=True)
class IntegrityFinding:
    """A deviation from what was taken in or from what the program wrote. `message` is a sentence for people."""

    finding: Finding
    name: str
    message: str
