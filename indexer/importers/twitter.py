"""X / Twitter archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indexer.archive import Archive
from indexer.record import Account, CaptureFacts, Platform, Problem, Record, Tally


class TwitterImporter:
    """X / Twitter archive."""

    name = "twitter"
    version = "1"
    title = "X / Twitter archive"
    marks: tuple[str, ...] = ()
    ignored: Mapping[str, str] = {}

    def identify(self, archive: Archive) -> bool:
        """Claim nothing yet."""
        return False

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return the facts."""
        return CaptureFacts(Account(Platform.TWITTER, ""), "")

    def records(self, archive: Archive) -> Iterator[Record | Problem | Tally]:
        """Yield nothing yet."""
        yield from ()
