"""What the importer of one platform can do. docs/adding-an-importer.md tells how to write one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from indexer.evidence.archive import Archive
from indexer.platforms import Platform
from indexer.record import CaptureFacts, Problem, Record, Tally


class Importer(Protocol):
    """One platform's importer. Errors inside an archive are values (Problem), never exceptions."""

    name: str  # "twitter": stored with each capture
    version: str  # changes when the same archive would give other records
    title: str  # "X / Twitter archive"
    platform: Platform
    marks: tuple[str, ...]  # what identify() looks for, in words shown to people
    ignored: Mapping[str, str]  # member pattern -> why it holds no record

    def identify(self, archive: Archive) -> bool:
        """Tell whether the members' structure is this platform's. Uses names and peek() only."""
        ...

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return what the archive says of itself. Never raises for what an archive holds."""
        ...

    def records(self, archive: Archive, facts: CaptureFacts) -> Iterator[Record | Problem | Tally]:
        """Yield every record, every problem and the tallies of the platform's units, in a deterministic order."""
        ...
