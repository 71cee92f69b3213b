"""The importers: one file per platform, one line each in IMPORTERS, and exactly one may claim an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from indexer.archive import SAFE, Archive, ArchiveError
from indexer.record import CaptureFacts, Problem, Record, Tally


class Importer(Protocol):
    """What the importer of one platform can do. Errors inside an archive are values (Problem), never exceptions."""

    name: str  # "twitter"
    version: str  # changes when the same archive would give other records
    title: str  # "X / Twitter archive"
    marks: tuple[str, ...]  # what identify() looks for, in words shown to people
    ignored: Mapping[str, str]  # member pattern -> why it holds no record

    def identify(self, archive: Archive) -> bool:
        """True when the members' structure is this platform's. Uses names and peek() only."""
        ...

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return what the archive says of itself. Never raises for what an archive holds."""
        ...

    def records(self, archive: Archive) -> Iterator[Record | Problem | Tally]:
        """Yield every record, every problem and the tallies of the platform's units, in a deterministic order."""
        ...


@dataclass(frozen=True, slots=True)
class Identified:
    """The one importer that claims an archive, and the archive seen from its root."""

    importer: Importer
    archive: Archive


class NotIdentified(ArchiveError):
    """None or several importers claim the archive; the text says what was looked for and what was found."""
