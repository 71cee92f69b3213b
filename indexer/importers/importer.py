"""The importer protocol. docs/adding-an-importer.md explains how to write an importer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from indexer.evidence import Archive
from indexer.platforms import Platform
from indexer.record import CaptureFacts, Problem, Record, Tally


class Importer(Protocol):
    """One platform's importer. Errors inside an archive are values (Problem), never exceptions."""

    name: str  # "twitter": stored with each capture
    version: str  # changes whenever the same archive would give different records
    title: str  # "X / Twitter archive"
    platform: Platform
    marks: tuple[str, ...]  # the marks that identify() looks for, as shown to people
    ignored: Mapping[str, str]  # member pattern -> why it holds no record

    def identify(self, archive: Archive) -> bool:
        """Tell whether the archive is this platform's. Uses member names and peek() only."""
        ...

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return the facts that the archive states about itself. Never raises because of its content."""
        ...

    def records(self, archive: Archive, facts: CaptureFacts) -> Iterator[Record | Problem | Tally]:
        """Yield all records, problems and tallies, in a deterministic order."""
        ...
