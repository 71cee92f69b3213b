"""The names of an archive's members: which are unsafe, which a computer added by itself, and how two of them compare."""

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
    """Tell what an operating system adds when a person packs a folder: by the file's own name or by a folder of its own."""
    parts = PurePosixPath(name).parts
    if not parts:
        return False
    last = parts[-1]
    return last.startswith("._") or last.lower() in _JUNK_FILES or not _JUNK_FOLDERS.isdisjoint(parts)


def unsafe_name(name: str) -> str:
    """Return why a name is refused, "" for a safe one. The control character in the name of a Mac folder's icon is known and harmless."""
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


def composed(name: str) -> str:
    """Return a name with its accents composed (NFC): a Mac writes them apart (NFD), and both mean the same file."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def composed_where_unique(names: Iterable[str]) -> dict[str, str]:
    """Return what each name is known by: composed, or exactly as it stands where two names would become the same."""
    names = list(names)
    count = Counter(composed(name) for name in names)
    return {name: composed(name) if count[composed(name)] == 1 else name for name in names}


def utf8_if_it_is(name: str) -> str:
    """Names without the UTF-8 flag are read as code page 437 by the standard; many packers wrote UTF-8 all the same."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def natural(name: str) -> list[tuple[int, str]]:
    """Return a sort key under which part2 comes before part10."""
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
