"""The registered importers, and which one of them an archive is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer import platforms
from indexer.evidence.archive import Archive, ArchiveError, refusal
from indexer.i18n import say
from indexer.importers.importer import Importer
from indexer.record import CaptureFacts, Problem, Record, Tally

IMPORTERS: Final[list[Importer]] = []


class NotIdentified(ArchiveError):
    """None or several importers claim the archive; the text says what was looked for and what was found."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive seen from its export's root, the importer that claims it, and what it says of itself: asked for once."""

    importer: Importer
    archive: Archive
    facts: CaptureFacts

    def records(self) -> Iterator[Record | Problem | Tally]:
        """Yield what the importer reads."""
        return self.importer.records(self.archive, self.facts)


def register(importer: Importer) -> None:
    """Make an importer and its platform known. Raises ValueError where another one has the name."""
    if any(known.name == importer.name for known in IMPORTERS):
        raise ValueError(f"There is an importer {importer.name!r} already.")
    platforms.register(importer.platform)
    IMPORTERS.append(importer)


def unregister(importer: Importer) -> None:
    """Forget an importer and its platform."""
    IMPORTERS.remove(importer)
    platforms.unregister(importer.platform.code)


def importer_named(name: str) -> Importer:
    """Return the importer of that name. Raises KeyError."""
    return {importer.name: importer for importer in IMPORTERS}[name]


def identify(archive: Archive) -> Opened:
    """Return an archive opened by the one importer that claims it. Raises NotIdentified."""
    importer, view = claim(archive)
    return Opened(importer, view, importer.facts(view))


def claim(archive: Archive) -> tuple[Importer, Archive]:
    """Return the one importer that claims the archive, and the archive seen from the export's root. Raises NotIdentified.

    The root may be a folder inside a folder. An archive in which two platforms' marks stand is refused: taking
    half of it would lose the other half in silence.
    """
    for root in archive.roots():
        view = archive.below(root)
        claims = [importer for importer in IMPORTERS if importer.identify(view)]
        if len(claims) == 1:
            return claims[0], view
        if claims:
            titles = " and ".join(importer.title for importer in claims)
            why = say("{archive} holds the marks of {platforms}, so it is not one platform's.", archive=archive.label, platforms=titles)
            raise NotIdentified(refusal(why, say("Take in each platform's own file.")))
    looked_for = "; ".join(f"{importer.title}: {', '.join(importer.marks)}" for importer in IMPORTERS)
    found = ", ".join(archive.names[:8]) + (" ..." if len(archive.names) > 8 else "")
    why = say(
        "{archive} is not an archive that we know. Looked for {marks}. Found {count} files: {names}.",
        archive=archive.label,
        marks=looked_for,
        count=len(archive.names),
        names=found,
    )
    raise NotIdentified(refusal(why, say("If it is one part of several, name all parts together.")))
