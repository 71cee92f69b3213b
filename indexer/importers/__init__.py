"""The importers: one file per platform, one line each in IMPORTERS, and exactly one may claim an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from indexer.evidence.archive import SAFE, Archive, ArchiveError
from indexer.i18n import say
from indexer.importers.facebook import FacebookImporter
from indexer.importers.instagram import InstagramImporter
from indexer.importers.twitter import TwitterImporter
from indexer.record import CaptureFacts, Problem, Record, Tally


class Importer(Protocol):
    """What the importer of one platform can do. Errors inside an archive are values (Problem), never exceptions."""

    name: str  # "twitter"
    version: str  # changes when the same archive would give other records
    title: str  # "X / Twitter archive"
    marks: tuple[str, ...]  # what identify() looks for, in words shown to people
    ignored: Mapping[str, str]  # member pattern -> why it holds no record

    def identify(self, archive: Archive) -> bool:
        """Tell whether the members' structure is this platform's. Uses names and peek() only."""
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


IMPORTERS: tuple[Importer, ...] = (TwitterImporter(), FacebookImporter(), InstagramImporter())

# What an operating system or a packer adds to any archive (indexer.evidence.names.is_junk); importers have their own tables besides.
_PACKER = say("written by the computer that packed the folder")
COMMON_IGNORED: Mapping[str, str] = {
    f"{before}{name}": _PACKER
    for before in ("", "*/")
    for name in (
        "__MACOSX/*", ".Spotlight-V100/*", ".Trashes/*", ".fseventsd/*", ".TemporaryItems/*", ".AppleDouble/*", "[$]RECYCLE.BIN/*",
        "._*", ".DS_Store", "Icon\r", ".localized", ".apdisk", ".directory", "[Tt]humbs.db", "ehthumbs.db", "[Dd]esktop.ini",
    )
}  # fmt: skip


def identify(archive: Archive) -> Identified:
    """Return the one importer that claims the archive, seen from the export's root. Raises NotIdentified.

    The root may be a folder inside a folder. An archive in which two platforms' marks stand is refused: taking
    half of it would lose the other half in silence.
    """
    for root in archive.roots():
        view = archive.at(root)
        claims = [importer for importer in IMPORTERS if importer.identify(view)]
        if len(claims) == 1:
            return Identified(claims[0], view)
        if claims:
            titles = " and ".join(importer.title for importer in claims)
            raise NotIdentified(
                f"{archive.label} holds the marks of {titles}, so it is not one platform's. {SAFE} Take in each platform's own file."
            )
    looked_for = "; ".join(f"{importer.title}: {', '.join(importer.marks)}" for importer in IMPORTERS)
    found = ", ".join(archive.names[:8]) + (" ..." if len(archive.names) > 8 else "")
    raise NotIdentified(
        f"{archive.label} is not an archive that we know. Looked for {looked_for}. Found {len(archive.names):,} files: {found}. "
        f"{SAFE} If it is one part of several, name all parts together."
    )


def importer_named(name: str) -> Importer:
    """Return the importer of that name. Raises KeyError."""
    return {importer.name: importer for importer in IMPORTERS}[name]
