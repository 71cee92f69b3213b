"""Reasons why archive members hold no record: each importer's table, and the files that computers add to any archive."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping

from indexer.i18n import say
from indexer.importers.importer import Importer

# Files that an operating system or archiver adds (indexer.evidence.names.is_junk).
_ADDED_BY_COMPUTER = say("written by the computer that packed the folder")
COMMON_IGNORED: Mapping[str, str] = {
    f"{folder}{name}": _ADDED_BY_COMPUTER
    for folder in ("", "*/")
    for name in (
        "__MACOSX/*", ".Spotlight-V100/*", ".Trashes/*", ".fseventsd/*", ".TemporaryItems/*", ".AppleDouble/*", "[$]RECYCLE.BIN/*",
        "._*", ".DS_Store", "Icon\r", ".localized", ".apdisk", ".directory", "[Tt]humbs.db", "ehthumbs.db", "[Dd]esktop.ini",
    )
}  # fmt: skip


def compile_ignored(importer: Importer) -> Callable[[str], str]:
    """Compile an importer's ignore table into a function from member name to reason ("" for a member to be read)."""
    table = {**COMMON_IGNORED, **importer.ignored}
    reasons = list(table.values())
    pattern = re.compile("|".join(f"(?P<g{at}>{fnmatch.translate(glob)})" for at, glob in enumerate(table)))

    def reason_for(name: str) -> str:
        match = pattern.match(name)
        return reasons[int((match.lastgroup or "g0")[1:])] if match else ""

    return reason_for
