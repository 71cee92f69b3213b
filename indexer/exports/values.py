"""Data types of an export: its description, options, rows, report and errors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final, Protocol

from indexer.catalog import AttachmentView, RecordView
from indexer.i18n import say
from indexer.local_time import us_day

Cell = str | int
"""The value of a spreadsheet cell."""

_ALL_RECORDS: Final = say("All records")

Exact = str | int | list[str] | list[dict[str, str | int]] | dict[str, str] | None
"""A value as JSON stores it: lists stay lists, nothing is escaped or cut."""


class ExportError(Exception):
    """The export failed and left nothing behind. The message gives the reason and the remedy."""


class ExportMismatch(ExportError):
    """The records differ from those counted, or the evidence differs from the catalog."""


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """A capture that exported records come from. `digest`: SHA-256 of the archive in hex."""

    id: int
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Description:
    """The search that an export answers, complete enough to repeat it. `made_at` is UTC; `total` is the search's count.

    `reading` is the paraphrase of the query in plain English; `filters` are in words. `notes` are sentences the
    recipient must see: undated records, days without a capture, assumptions about times.
    """

    query: str
    reading: str
    filters: tuple[str, ...]
    sort: str
    zone: str  # IANA name, "America/Chicago"
    total: int
    made_at: datetime
    made_by: str
    version: str  # of the software
    captures: tuple[CaptureLine, ...] = ()
    notes: tuple[str, ...] = ()
    organization: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)  # the whole search in one sentence, by language ("en", "es")
    anchor: Mapping[str, int | str] | None = None  # event log when the export was made: number of events and latest hash ("events", "hash")
    coverage: Mapping[str, Any] | None = None  # captured days of the search's scope, as JSON (docs/command-line.md)
    subject: str = ""  # a person's words for what the package is about; empty: the query
    first_day: date | None = None  # local days asked for, else those of the first and last dated record
    last_day: date | None = None
    name: str = ""  # of the package's folder; empty: that of its file

    @property
    def title(self) -> str:
        """What the package is about: its subject, or else the query."""
        return self.subject or (_ALL_RECORDS if self.query.strip() in {"", "*"} else self.query)

    @property
    def days(self) -> str:
        """The days in words: "May 20, 2019 to Jul 12, 2019"; empty where none are known."""
        return " to ".join(dict.fromkeys(us_day(day) for day in (self.first_day, self.last_day) if day))


class PdfLayout(StrEnum):
    """Page layout of the PDF; `NONE` means no PDF."""

    NONE = "none"
    PAGES = "pages"  # each record on a new page
    RUN_ON = "run-on"


@dataclass(frozen=True, slots=True)
class Choices:
    """Options of a package, besides the tables of records.

    `subject`: what it is about, in a person's words, for its title and name; empty: the query. `other_names`: names that
    other packages have; the package is then named by body, subject and days. None: by its file.
    """

    media: bool = True
    viewer: bool = False
    pdf: PdfLayout = PdfLayout.NONE
    context: bool = False
    certificate: bool = False
    subject: str = ""
    other_names: frozenset[str] | None = None


def _no_versions(view: RecordView) -> Sequence[RecordView]:  # noqa: ARG001  # default of a lookup
    return ()


def _no_marks(text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  # default of a lookup
    return ()


def _no_media(attachment: AttachmentView) -> IO[bytes]:
    raise FileNotFoundError(attachment.member)


OpenMedia = Callable[[AttachmentView], IO[bytes]]
"""Function that opens an attachment's file in the vault."""


@dataclass(frozen=True, slots=True)
class Extras:
    """Contents of a package besides the records found.

    `context` yields exactly `context_total` related records from their threads; they are never counted as found.
    `versions` returns every version of a record, oldest first. `marks` returns the spans of a text to highlight (code
    points, end excluded). `terms` maps a record's pk to the terms of a list that found it. `documents` maps names below
    data/ to further files (the certificate); `certified` is the SetDigest of the records they list: the package must
    contain exactly those. `open_media` opens the file of an attachment.
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
    """An attachment of a record in an export.

    `file` is the path below `data/`, empty unless `status` is STORED. `sha256` and `size` are those of the stored file.
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
class FormatReport:
    """Changes a format required so that other programs can open the file. `cut` and `replaced` count cells."""

    notes: tuple[str, ...] = ()
    cut: int = 0
    replaced: int = 0


class RowWriter(Protocol):
    """Writer of rows to a file that is complete only after `close`."""

    def add(self, exact: Mapping[str, Exact], cells: list[Cell]) -> None:
        """Write a record, given as values by column name and as cells in column order."""
        ...

    def abandon(self) -> None:
        """Close the file when the export fails. Does nothing after `close`."""
        ...

    def close(self) -> FormatReport:
        """Finish the file and report the changes made to its contents."""
        ...


class Exporter(Protocol):
    """A file format for records: a module of this package and an entry in EXPORTERS."""

    name: str  # "csv"
    title: str  # "CSV (every spreadsheet and database)"
    suffix: str  # ".csv"

    def open(self, path: Path, columns: Iterable[str], description: Description) -> RowWriter:
        """Create a file at `path`. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The exported package: its path, name (that of its folder), records, media files, size in bytes and SHA-256."""

    path: Path
    name: str
    rows: int
    media_files: int
    bytes: int
    sha256: str
    missing_media: int = 0  # attachments that are in no capture or could not be read
    context: int = 0  # related records, never part of `rows`
    pdf_files: int = 0
    formats: Mapping[str, FormatReport] = field(default_factory=dict)


class SeenRecords:
    """A set of record versions, one bit each: a million take 125 kB."""

    def __init__(self) -> None:
        self._bits: dict[int, bytearray] = {}

    def add(self, pk: int, version: int) -> bool:
        """Add a record version; return False if it was already in the set."""
        bits = self._bits.setdefault(version, bytearray())
        at, bit = pk >> 3, 1 << (pk & 7)
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits) + 4096))
        if bits[at] & bit:
            return False
        bits[at] |= bit
        return True


class SetDigest:
    """An order-independent digest of a set of lines: the sum of their SHA-256."""

    def __init__(self) -> None:
        self._sum = self._count = 0

    def add(self, line: str) -> None:
        """Add a line."""
        self._sum += int.from_bytes(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest(), "big")
        self._count += 1

    def hex(self) -> str:
        """Return the count and the sum."""
        return f"{self._count}:{self._sum % (1 << 256):064x}"
