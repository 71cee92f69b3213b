"""The small file beside an index: which engine and format made it, and up to where of the catalog it reaches.

It is written after the index's own commit, whole or not at all: killed in between, the position says less than is
visible, never more, and the next sync writes the rest once again.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from pathlib import Path
from typing import Final

from indexer.engines import IndexOutdated
from indexer.query.nodes import HAS, LONGEST_WORD, STATES
from indexer.text import TOKEN

_NAME: Final = "position.json"
_SCHEMA: Final = 4  # raised by hand when the fields of an index change


def analyzer() -> str:
    """Return the fingerprint of how text becomes words: an index made otherwise would miss what it holds."""
    ways = f"{_SCHEMA} {TOKEN.pattern} {unicodedata.unidata_version} {LONGEST_WORD} {sorted(HAS.items())} {sorted(STATES.items())}"
    return hashlib.sha256(ways.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def prepare(folder: Path, engine: str) -> bool:
    """Make a folder ready for an engine; return whether an index is in it already. Raises IndexOutdated."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _NAME).exists():
        if any(not name.name.startswith(_NAME) for name in folder.iterdir()):
            raise IndexOutdated(f"{folder} holds files that are no index of this program. The records are safe; rebuild the index.")
        write(folder, engine, 0)
        return False
    found = _read(folder)
    wanted = _content(engine, 0)
    if any(found.get(key) != wanted[key] for key in ("engine", "analyzer")):
        raise IndexOutdated(f"The index in {folder} was made by another version. The records are safe; rebuild the index.")
    return any(not name.name.startswith(_NAME) for name in folder.iterdir())


def position(folder: Path) -> int:
    """Return the catalog position of the last commit. Raises IndexOutdated."""
    found = _read(folder).get("position")
    if not isinstance(found, int):
        raise IndexOutdated(f"{folder / _NAME} states no position. The records are safe; rebuild the index.")
    return found


def write(folder: Path, engine: str, at: int) -> None:
    """Store the position so that it is on the disk, whole, when this returns."""
    fresh = folder / f"{_NAME}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(_content(engine, at), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _NAME)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _content(engine: str, at: int) -> dict[str, str | int]:
    return {"engine": engine, "analyzer": analyzer(), "position": at}


def _read(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexOutdated(f"{folder / _NAME} cannot be read: {error}. The records are safe; rebuild the index.") from error
    if not isinstance(found, dict):
        raise IndexOutdated(f"{folder / _NAME} holds something else. The records are safe; rebuild the index.")
    return found
