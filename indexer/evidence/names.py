"""Names of archive members: unsafe names, operating system junk, Unicode normalization, sort order."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from indexer.i18n import say

MAX_NAME = 4096

_JUNK_FILES = frozenset({".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".localized", ".apdisk", ".directory", "icon\r"})
_JUNK_FOLDERS = frozenset({"__MACOSX", ".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems", ".AppleDouble", "$RECYCLE.BIN"})


def is_junk(name: str) -> bool:
    """Tell whether a member was added by an operating system when a person packed a folder, by its file or folder name."""
    parts = PurePosixPath(name).parts
    if not parts:
        return False
    last = parts[-1]
    return last.startswith("._") or last.lower() in _JUNK_FILES or not _JUNK_FOLDERS.isdisjoint(parts)


def unsafe_reason(name: str) -> str:
    """Return the reason to refuse a name, "" for a safe name. The control character in a Mac folder's icon file is harmless."""
    if not name or len(name) > MAX_NAME:
        return say("has no name or one that is too long")
    plain = name[:-1] if name.endswith("Icon\r") and is_junk(name) else name
    if any(ord(char) < 32 or ord(char) == 127 for char in plain):
        return say("has control characters in its name")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":" and name[0].isalpha()):
        return say("has an absolute name")
    if any(part in {"", ".", ".."} for part in name.split("/")):
        return say("has a name that leads outside of the archive")
    return ""


def compose(name: str) -> str:
    """Compose the accents of a name (NFC): a Mac writes them decomposed (NFD), and both mean the same file."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def compose_unique(names: Iterable[str]) -> dict[str, str]:
    """Map each name to its composed form, or to itself if two names would become the same."""
    names = list(names)
    counts = Counter(compose(name) for name in names)
    return {name: compose(name) if counts[compose(name)] == 1 else name for name in names}


def decode_utf8_name(name: str) -> str:
    """Decode a name as UTF-8 if possible: without the UTF-8 flag the ZIP standard means code page 437, but many packers wrote UTF-8."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def natural_key(name: str) -> list[tuple[int, str]]:
    """Return a natural sort key: part2 before part10."""
    parts, number = [], ""
    for char in name + "\0":
        if char.isdigit() and char.isascii():
            number += char
            continue
        if number:
            parts.append((int(number), ""))
            number = ""
        parts.append((-1, char))
    return parts
