"""Why members of an archive hold no record: an importer's own table, and what computers add to any archive."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping

from indexer.i18n import say
from indexer.importers.importer import Importer

# What an operating system or a packer adds (indexer.evidence.names.is_junk).
_PACKER = say("written by the computer that packed the folder")
COMMON_IGNORED: Mapping[str, str] = {
    f"{before}{name}": _PACKER
    for before in ("", "*/")
    for name in (
        "__MACOSX/*", ".Spotlight-V100/*", ".Trashes/*", ".fseventsd/*", ".TemporaryItems/*", ".AppleDouble/*", "[$]RECYCLE.BIN/*",
        "._*", ".DS_Store", "Icon\r", ".localized", ".apdisk", ".directory", "[Tt]humbs.db", "ehthumbs.db", "[Dd]esktop.ini",
    )
}  # fmt: skip


def compile_ignored(importer: Importer) -> Callable[[str], str]:
    """Return what gives the reason to leave a member unread, by its name; "" for a member that should be read."""
    table = {**COMMON_IGNORED, **importer.ignored}
    words = list(table.values())
    pattern = re.compile("|".join(f"(?P<g{at}>{fnmatch.translate(shape)})" for at, shape in enumerate(table)))

    def reason(name: str) -> str:
        found = pattern.match(name)
        return words[int((found.lastgroup or "g0")[1:])] if found else ""

    return reason
