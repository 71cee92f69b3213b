"""Registers importers and identifies the importer of an archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer import platforms
from indexer.evidence import Archive, ArchiveError, refusal
from indexer.i18n import Sentence, say
from indexer.importers.importer import Importer
from indexer.record import CaptureFacts, Problem, Record, Tally

IMPORTERS: Final[list[Importer]] = []


class NotIdentified(ArchiveError):
    """No importer, or more than one, claims the archive. The text lists the marks looked for and the files found."""


@dataclass(frozen=True, slots=True)
class IdentifiedArchive:
    """An archive at its export root, the importer that claims it, and its facts (read once)."""

    importer: Importer
    archive: Archive
    facts: CaptureFacts

    def records(self) -> Iterator[Record | Problem | Tally]:
        """Yield the importer's records, problems and tallies."""
        return self.importer.records(self.archive, self.facts)


def register(importer: Importer) -> None:
    """Register an importer and its platform. Raises ValueError if the name is taken."""
    if any(registered.name == importer.name for registered in IMPORTERS):
        raise ValueError(f"There is an importer {importer.name!r} already.")
    platforms.register(importer.platform)
    IMPORTERS.append(importer)


def unregister(importer: Importer) -> None:
    """Remove an importer and its platform from the registry."""
    IMPORTERS.remove(importer)
    platforms.unregister(importer.platform.code)


def get_importer(name: str) -> Importer:
    """Return the importer with this name. Raises KeyError."""
    return {importer.name: importer for importer in IMPORTERS}[name]


def identify(archive: Archive) -> IdentifiedArchive:
    """Identify the importer of an archive and read the archive's facts. Raises NotIdentified."""
    importer, view = claim(archive)
    return IdentifiedArchive(importer, view, importer.facts(view))


def claim(archive: Archive) -> tuple[Importer, Archive]:
    """Return the only importer that claims the archive, and the archive at its export root. Raises NotIdentified.

    The export root may be a nested folder. An archive with the marks of two platforms is refused: taking in
    half of it would silently lose the other half.
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
    expected_marks = "; ".join(f"{importer.title}: {', '.join(importer.marks)}" for importer in IMPORTERS)
    first_names = ", ".join(archive.names[:8]) + (" ..." if len(archive.names) > 8 else "")
    details = say(
        "{archive}: looked for {marks}. Found {count} files: {names}.",
        archive=archive.label,
        marks=expected_marks,
        count=len(archive.names),
        names=first_names,
    )
    why = say("This is not an {platforms} archive.", platforms=_platform_names())
    raise NotIdentified(refusal(why, say("If it is one part of several, add all parts together."), details))


def _platform_names() -> Sentence | str:
    """Return the names of all platforms, as in "X, Facebook or Instagram"."""
    names = [importer.platform.short or importer.platform.title for importer in IMPORTERS]
    if len(names) < 2:
        return "".join(names)
    return say("{names} or {last}", names=", ".join(names[:-1]), last=names[-1])
