"""Instagram archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indexer.archive import Archive
from indexer.record import Account, CaptureFacts, Platform, Problem, Record, Tally


class InstagramImporter:
    """Instagram archive."""

    name = "instagram"
    version = "1"
    title = "Instagram archive"
    marks: tuple[str, ...] = ()
    ignored: Mapping[str, str] = {}

    def identify(self, archive: Archive) -> bool:
        """Claim nothing yet."""
        return False

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return the facts."""
        return CaptureFacts(Account(Platform.INSTAGRAM, ""), "")

    def records(self, archive: Archive) -> Iterator[Record | Problem | Tally]:
        """Yield nothing yet."""
        yield from ()
