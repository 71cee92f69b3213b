"""The small file beside an index: which engine and format made it, up to where of the catalog it reaches, the sums of its files.

It is written after the index's own commit, whole or not at all: killed in between, the position says less than is
visible, never more, and the next sync writes the rest once again. The libraries have no check of their own: without the
sums a flipped bit would change a number in silence.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Final

from indexer.atomic_files import publish, sync
from indexer.engines import IndexDamaged, IndexOutdated
from indexer.query.nodes import HAS, LONGEST_WORD, STATES
from indexer.text import FOLDING, TOKEN

_NAME: Final = "position.json"
_LOCKS: Final = (".lock", "LOCK")  # how the libraries' files of locks end: they hold nothing
_REWRITTEN: Final = frozenset({"meta.json", ".managed.json"})  # by every commit of tantivy; all other files are written once
_AT_ONCE: Final = 64 << 20  # bytes that are hashed before a search; what is left is hashed before the next ones
_LOOKS: Final = 20
_BETWEEN_LOOKS: Final = 0.05  # seconds: a commit has stored its sums within a second
_SCHEMA: Final = 5  # raised by hand when the fields of an index change


def analyzer() -> str:
    """Return the fingerprint of how text becomes words: an index made otherwise would miss what it holds."""
    closed = f"{sorted(HAS.items())} {sorted(STATES.items())}"
    ways = f"{_SCHEMA} {TOKEN.pattern} {FOLDING} {unicodedata.unidata_version} {LONGEST_WORD} {closed}"
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
    fresh.write_text(json.dumps({**_content(engine, at), "files": _sums(folder)}), encoding="utf-8")
    sync(fresh)
    publish(fresh, folder / _NAME)


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


class FileProblem(StrEnum):
    """What can be wrong with a file of an index."""

    MISSING = "missing"
    CHANGED = "changed"
    UNFINISHED = "unfinished"  # a commit was broken off, or is under way: sync does the rest


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One file of an index that is not as it was written."""

    name: str
    problem: FileProblem

    @property
    def message(self) -> str:
        """What is wrong, in words."""
        return {
            FileProblem.MISSING: f"{self.name} is missing from the search index.",
            FileProblem.CHANGED: f"{self.name} of the search index is not as it was written.",
            FileProblem.UNFINISHED: f"{self.name} was written to the search index by an update that is not finished.",
        }[self.problem]


def check_files(folder: Path) -> list[FileFinding]:
    """Hash every file of an index and compare with the sums of its last commit; an empty list: all is as it was written.

    An index that no commit has filled yet has nothing to compare. Call it under the repository's lock, or a commit under
    way is among the findings. Raises IndexOutdated for a folder that holds no index of this program.
    """
    sums = _stored(_read(folder))
    return list(_differing(folder, sums, {}, None)) if position(folder) else []


class Watch:
    """Looks at the files of an index before it is searched: each is hashed once, and again when it has changed."""

    def __init__(self, folder: Path, at_once: int = _AT_ONCE) -> None:
        self._folder, self._at_once = folder, at_once
        self._well: dict[str, tuple[int, int, int]] = {}
        self._mark: tuple[int, int] | None = None
        self._sums: Mapping[str, _Sum] = {}
        self._sure = ""  # the damage that was made sure of
        self._lock = Lock()

    def look(self) -> None:
        """Compare sizes, and sums where they were not compared yet, as far as it takes no long time. Raises IndexDamaged.

        While another thread or process commits, files and sums are of two moments: only what is wrong again and again
        is damage. Damage that was made sure of is told at once.
        """
        with self._lock:
            for left in reversed(range(_LOOKS)):
                wrong = self._wrong()
                if wrong is None:
                    self._sure = ""
                    return
                if not left or wrong == self._sure:
                    self._sure = wrong
                    raise IndexDamaged(wrong)
                time.sleep(_BETWEEN_LOOKS)

    def _wrong(self) -> str | None:
        """Return what is wrong in words, None for nothing."""
        try:
            found = (self._folder / _NAME).stat()
            if (mark := (found.st_ino, found.st_mtime_ns)) != self._mark:
                self._sums, self._mark = _stored(_read(self._folder)), mark
            for one in _differing(self._folder, self._sums, self._well, self._at_once):
                if one.problem != FileProblem.UNFINISHED:
                    return f"The search index is damaged ({self._folder.name}/{one.name} is {one.problem})."
        except (OSError, IndexOutdated):
            self._mark = None
            return f"The files of the search index ({self._folder.name}) are gone or cannot be read."
        return None


_Sum = tuple[int, str]
"""Bytes and SHA-256 of a file."""


def _files(folder: Path) -> dict[str, os.stat_result]:
    """Return the files of an index, without this module's own and those of locks."""
    with os.scandir(folder) as entries:
        names = (one for one in entries if not one.name.startswith(_NAME) and not one.name.endswith(_LOCKS))
        return {one.name: one.stat() for one in names}


def _sums(folder: Path) -> dict[str, _Sum]:
    """Return the sums of all files; those of files that are written once are taken from the last commit."""
    known = _stored(_read(folder)) if (folder / _NAME).exists() else {}
    made = {}
    for name, found in _files(folder).items():
        before = known.get(name)
        is_known = before is not None and before[0] == found.st_size and name not in _REWRITTEN
        made[name] = before if before is not None and is_known else (found.st_size, _digest(folder / name))
    return made


def _stored(content: Mapping[str, object]) -> dict[str, _Sum]:
    files = content.get("files")
    if files is None:
        return {}  # no commit yet
    try:
        return {str(name): (int(size), str(digest)) for name, (size, digest) in files.items()}  # type: ignore[attr-defined]  # checked by trying
    except (AttributeError, TypeError, ValueError) as error:
        raise IndexOutdated(f"{_NAME} states no sums. The records are safe; rebuild the index.") from error


def _differing(folder: Path, sums: Mapping[str, _Sum], well: dict[str, tuple[int, int, int]], most: int | None) -> Iterator[FileFinding]:
    """Yield what is not as it was written. `well` are files known to be, by name; `most` bytes are hashed (None: all).

    While there are files that the sums do not name, a commit is under way or was broken off: then files that it takes
    away or rewrites are not missed.
    """
    if not sums:
        return
    present = _files(folder)
    unlisted = sorted(present.keys() - sums.keys())
    hashed = 0
    for name, (size, digest) in sums.items():
        found = present.get(name)
        if found is None:
            if not unlisted:
                yield FileFinding(name, FileProblem.MISSING)
            continue
        if unlisted and name in _REWRITTEN:
            continue
        state = found.st_ino, found.st_mtime_ns, found.st_size
        if found.st_size == size and (well.get(name) == state or (most is not None and hashed and hashed + size > most)):
            continue
        hashed += size
        if found.st_size != size or _digest(folder / name) != digest:
            yield FileFinding(name, FileProblem.CHANGED)
        else:
            well[name] = state
    yield from (FileFinding(name, FileProblem.UNFINISHED) for name in unlisted)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
