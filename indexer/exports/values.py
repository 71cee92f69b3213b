"""The nouns of an export: what it answers, what goes into a row, what came out, and what can go wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Protocol

from indexer.catalog.models import AttachmentView, RecordView

Cell = str | int
"""What a spreadsheet's cell holds."""

Exact = str | int | list[str] | list[dict[str, str | int]] | dict[str, str] | None
"""What JSON holds: lists stay lists, nothing is guarded or cut."""


class ExportError(Exception):
    """The export was not made and nothing of it is left. The text says why and what to do."""


class ExportMismatch(ExportError):
    """What would have been written is not what was counted, or the evidence is not what the catalog says it is."""


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """One capture that the exported records come from. `digest` is the SHA-256 of the archive in hex."""

    id: int
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Description:
    """What an export answers: enough to ask the same question again. `made_at` is UTC; `total` is what was counted.

    `reading` is the query in plain English as it was understood; `filters` are in words. `notes` are sentences that
    the reader must see: undated records, days without a capture, assumptions about times.
    """

    query: str
    reading: str
    filters: tuple[str, ...]
    sort: str
    zone: str  # IANA name, "America/Chicago"
    total: int
    made_at: datetime
    made_by: str
    version: str  # of this software
    captures: tuple[CaptureLine, ...] = ()
    notes: tuple[str, ...] = ()
    organization: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)  # the whole search in one sentence, by language ("en", "es")
    anchor: Mapping[str, int | str] | None = None  # count and newest hash of the event log ("events", "hash") when it was made
    coverage: Mapping[str, Any] | None = None  # what of the search's scope was captured, as JSON (docs/command-line.md)


class PdfLayout(StrEnum):
    """How the records stand in a PDF; `NONE` makes none."""

    NONE = "none"
    PAGES = "pages"  # each record begins a page
    RUN_ON = "run-on"


@dataclass(frozen=True, slots=True)
class Choices:
    """What goes into a package beside the tables of the records."""

    media: bool = True
    viewer: bool = False
    pdf: PdfLayout = PdfLayout.NONE
    context: bool = False
    certificate: bool = False


def _no_versions(view: RecordView) -> Sequence[RecordView]:  # noqa: ARG001  # stands for a function that looks them up
    return ()


def _no_marks(text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  # stands for a function that looks for them
    return ()


def _no_media(attachment: AttachmentView) -> IO[bytes]:
    raise FileNotFoundError(attachment.member)


OpenMedia = Callable[[AttachmentView], IO[bytes]]
"""Opens an attachment's file in custody."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a package shows beside the records that were counted.

    `context` gives exactly `context_total` records of their threads; they are never counted as found. `versions` gives
    every version of a record, the first one first. `marks` gives the places (code points, end excluded) that the search
    marks in a text. `terms` are the terms of a list that found a record, by its number.
    `documents` are further files by their names below data/ (the certificate); `certified` is the
    digest (seen.SetDigest) of the records that they speak of: the package must hold exactly those. `open_media` gives
    the bytes of an attachment.
    """

    context: Iterable[RecordView] = ()
    context_total: int = 0
    versions: Callable[[RecordView], Sequence[RecordView]] = _no_versions
    marks: Callable[[str], Sequence[tuple[int, int]]] = _no_marks
    documents: Mapping[str, Path] = field(default_factory=dict)
    certified: str | None = None
    terms: Mapping[int, str] = field(default_factory=dict)
    open_media: OpenMedia = _no_media


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One attachment of a record as the export treats it.

    `file` is the path below `data/`, empty unless `status` is STORED. `sha256` and `size` are of the bytes stored.
    """

    name: str
    status: str
    media_type: str
    file: str = ""
    sha256: str = ""
    size: int = 0
    url: str = ""
    description: str = ""
    capture: str = ""  # digest of the archive that holds it
    member: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a format had to change so that its readers can open the file. `cut` and `replaced` count cells."""

    notes: tuple[str, ...] = ()
    cut: int = 0
    replaced: int = 0


class RowWriter(Protocol):
    """Takes rows one by one; `close` ends the file. A writer that is not closed leaves no whole file."""

    def add(self, exact: Mapping[str, Exact], cells: list[Cell]) -> None:
        """Write one record: its values by column name, and the same as cells in the order of the columns."""
        ...

    def abandon(self) -> None:
        """Let go of the file when the export fails. Does nothing after `close`."""
        ...

    def close(self) -> Written:
        """End the file and say what had to be changed in it."""
        ...


class Exporter(Protocol):
    """One file format of records: one file of this package, one line in EXPORTERS."""

    name: str  # "csv"
    title: str  # "CSV (every spreadsheet and database)"
    suffix: str  # ".csv"

    def open(self, path: Path, columns: Iterable[str], description: Description) -> RowWriter:
        """Begin a file at `path`. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was handed over: the file, its records, its media files, its size in bytes and its SHA-256."""

    path: Path
    rows: int
    media_files: int
    bytes: int
    sha256: str
    missing_media: int = 0  # attachments that no capture holds or that could not be read
    context: int = 0  # records of context, never part of `rows`
    pdf_files: int = 0
    formats: Mapping[str, Written] = field(default_factory=dict)


class SeenRecords:
    """Remembers which records passed, one bit for each: a million take 125 kB."""

    def __init__(self) -> None:
        self._bits: dict[int, bytearray] = {}

    def add(self, pk: int, version: int) -> bool:
        """Remember a record's version; return False when it was there already."""
        bits = self._bits.setdefault(version, bytearray())
        at, bit = pk >> 3, 1 << (pk & 7)
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits) + 4096))
        if bits[at] & bit:
            return False
        bits[at] |= bit
        return True


class SetDigest:
    """Tells whether two sets of lines are the same, whatever their order: the sum of the SHA-256 of each line."""

    def __init__(self) -> None:
        self._sum = self._count = 0

    def add(self, line: str) -> None:
        """Take in one line."""
        self._sum += int.from_bytes(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest(), "big")
        self._count += 1

    def hex(self) -> str:
        """Return the count and the sum."""
        return f"{self._count}:{self._sum % (1 << 256):064x}"
