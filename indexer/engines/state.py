"""State file of an index: its engine and format, the catalog position it has reached, and the checksums of its files.

It is written atomically after the index's own commit: if the process is killed in between, the position is behind the
visible documents, never ahead, and the next sync writes the rest again. The libraries do not verify their files: without
checksums a flipped bit would silently change a number.
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
from indexer.engines.engine import IndexDamaged, IndexOutdated
from indexer.query import HAS, LONGEST_WORD, MEDIA, STATES
from indexer.text import FOLDING, TOKEN

_NAME: Final = "position.json"
_LOCKS: Final = (".lock", "LOCK")  # endings of the libraries' lock files, which are empty
_REWRITTEN: Final = frozenset({"meta.json", ".managed.json"})  # by every commit of tantivy; all other files are written once
_HASH_LIMIT: Final = 64 << 20  # bytes hashed before a search; the rest is hashed before the next searches
_ATTEMPTS: Final = 20
_RETRY_SECONDS: Final = 0.05  # seconds: a commit stores its checksums within a second
_SCHEMA: Final = 6  # increased by hand when the fields of an index change


def analyzer() -> str:
    """Return the fingerprint of the text analysis: with an index made by another analysis, searches would miss records."""
    closed = f"{sorted(HAS.items())} {sorted(STATES.items())} {sorted(MEDIA.items())}"
    ways = f"{_SCHEMA} {TOKEN.pattern} {FOLDING} {unicodedata.unidata_version} {LONGEST_WORD} {closed}"
    return hashlib.sha256(ways.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def prepare(folder: Path, engine: str) -> bool:
    """Prepare a folder for an engine; return whether it already contains an index. Raises IndexOutdated."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _NAME).exists():
        if any(not path.name.startswith(_NAME) for path in folder.iterdir()):
            raise IndexOutdated(f"{folder} contains files that are not an index of this program. The records are safe; rebuild the index.")
        write(folder, engine, 0)
        return False
    stored = _read(folder)
    expected = _content(engine, 0)
    if any(stored.get(key) != expected[key] for key in ("engine", "analyzer")):
        raise IndexOutdated(f"The index in {folder} was made by another version. The records are safe; rebuild the index.")
    return any(not path.name.startswith(_NAME) for path in folder.iterdir())


def position(folder: Path) -> int:
    """Return the catalog position of the last commit. Raises IndexOutdated."""
    value = _read(folder).get("position")
    if not isinstance(value, int):
        raise IndexOutdated(f"{folder / _NAME} has no position. The records are safe; rebuild the index.")
    return value


def write(folder: Path, engine: str, catalog_position: int) -> None:
    """Write the state file atomically and durably."""
    temporary = folder / f"{_NAME}.new"
    temporary.write_text(json.dumps({**_content(engine, catalog_position), "files": _checksums(folder)}), encoding="utf-8")
    sync(temporary)
    publish(temporary, folder / _NAME)


def _content(engine: str, catalog_position: int) -> dict[str, str | int]:
    return {"engine": engine, "analyzer": analyzer(), "position": catalog_position}


def _read(folder: Path) -> dict[str, object]:
    try:
        content = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexOutdated(f"{folder / _NAME} cannot be read: {error}. The records are safe; rebuild the index.") from error
    if not isinstance(content, dict):
        raise IndexOutdated(f"{folder / _NAME} has unexpected content. The records are safe; rebuild the index.")
    return content


class FileProblem(StrEnum):
    """Kind of a problem with an index file."""

    MISSING = "missing"
    CHANGED = "changed"
    UNFINISHED = "unfinished"  # a commit was interrupted or is in progress: sync completes it


@dataclass(frozen=True, slots=True)
class FileFinding:
    """An index file that differs from its last commit."""

    name: str
    problem: FileProblem

    @property
    def message(self) -> str:
        """The problem as a sentence."""
        return {
            FileProblem.MISSING: f"{self.name} is missing from the search index.",
            FileProblem.CHANGED: f"{self.name} of the search index has changed since it was written.",
            FileProblem.UNFINISHED: f"{self.name} was written to the search index by an update that is not finished.",
        }[self.problem]


def check_files(folder: Path) -> list[FileFinding]:
    """Hash every file of an index and return those that differ from the checksums of its last commit.

    An index without a commit has nothing to compare. Call this under the repository's lock; otherwise a commit in
    progress is among the findings. Raises IndexOutdated for a folder without an index of this program.
    """
    checksums = _stored_checksums(_read(folder))
    return list(_compare(folder, checksums, {}, None)) if position(folder) else []


def has_leftovers(folder: Path) -> bool:
    """Tell whether an interrupted update left files in an index; the next commit removes them. Call this under the lock."""
    checksums = _stored_checksums(_read(folder))
    return bool(checksums) and not _files(folder).keys() <= checksums.keys()


class FileWatch:
    """Checks the files of an index before each search: every file is hashed once, and again after it changes."""

    def __init__(self, folder: Path, hash_limit: int = _HASH_LIMIT) -> None:
        self._folder, self._hash_limit = folder, hash_limit
        self._verified: dict[str, tuple[int, int, int]] = {}
        self._mark: tuple[int, int] | None = None
        self._checksums: Mapping[str, _Checksum] = {}
        self._confirmed = ""  # the damage confirmed by repeated checks
        self._lock = Lock()

    def check(self) -> None:
        """Compare sizes, and checksums not compared yet, up to a limit of bytes. Raises IndexDamaged.

        While another thread or process commits, files and checksums may be out of step: only a problem that persists
        is damage. Confirmed damage is reported without further checks.
        """
        with self._lock:
            for attempts_left in reversed(range(_ATTEMPTS)):
                damage = self._find_damage()
                if damage is None:
                    self._confirmed = ""
                    return
                if not attempts_left or damage == self._confirmed:
                    self._confirmed = damage
                    raise IndexDamaged(damage)
                time.sleep(_RETRY_SECONDS)

    def _find_damage(self) -> str | None:
        """Return the damage as a sentence, or None."""
        try:
            status = (self._folder / _NAME).stat()
            if (mark := (status.st_ino, status.st_mtime_ns)) != self._mark:
                self._checksums, self._mark = _stored_checksums(_read(self._folder)), mark
            for finding in _compare(self._folder, self._checksums, self._verified, self._hash_limit):
                if finding.problem != FileProblem.UNFINISHED:
                    return f"The search index is damaged ({self._folder.name}/{finding.name} is {finding.problem})."
        except (OSError, IndexOutdated):
            self._mark = None
            return f"The files of the search index ({self._folder.name}) are missing or cannot be read."
        return None


_Checksum = tuple[int, str]
"""Size in bytes and SHA-256 of a file."""


def _files(folder: Path) -> dict[str, os.stat_result]:
    """Return the files of an index, without the state file and lock files."""
    with os.scandir(folder) as entries:
        names = (item for item in entries if not item.name.startswith(_NAME) and not item.name.endswith(_LOCKS))
        return {item.name: item.stat() for item in names}


def _checksums(folder: Path) -> dict[str, _Checksum]:
    """Return the checksums of all files; those of write-once files are taken from the last commit."""
    stored = _stored_checksums(_read(folder)) if (folder / _NAME).exists() else {}
    checksums = {}
    for name, status in _files(folder).items():
        previous = stored.get(name)
        is_unchanged = previous is not None and previous[0] == status.st_size and name not in _REWRITTEN
        checksums[name] = previous if previous is not None and is_unchanged else (status.st_size, _digest(folder / name))
    return checksums


def _stored_checksums(content: Mapping[str, object]) -> dict[str, _Checksum]:
    files = content.get("files")
    if files is None:
        return {}  # no commit yet
    try:
        return {str(name): (int(size), str(digest)) for name, (size, digest) in files.items()}  # type: ignore[attr-defined]  # checked by trying
    except (AttributeError, TypeError, ValueError) as error:
        raise IndexOutdated(f"{_NAME} has no checksums. The records are safe; rebuild the index.") from error


def _compare(
    folder: Path, checksums: Mapping[str, _Checksum], verified: dict[str, tuple[int, int, int]], hash_limit: int | None
) -> Iterator[FileFinding]:
    """Yield the files that differ. `verified` holds the state of checked files by name; at most `hash_limit` bytes are hashed (None: all).

    Files without a checksum show that a commit is in progress or was interrupted: then files that it removes or
    rewrites are not reported.
    """
    if not checksums:
        return
    present = _files(folder)
    unlisted = sorted(present.keys() - checksums.keys())
    hashed = 0
    for name, (size, digest) in checksums.items():
        status = present.get(name)
        if status is None:
            if not unlisted:
                yield FileFinding(name, FileProblem.MISSING)
            continue
        if unlisted and name in _REWRITTEN:
            continue
        state = status.st_ino, status.st_mtime_ns, status.st_size
        if status.st_size == size and (verified.get(name) == state or (hash_limit is not None and hashed and hashed + size > hash_limit)):
            continue
        hashed += size
        if status.st_size != size or _digest(folder / name) != digest:
            yield FileFinding(name, FileProblem.CHANGED)
        else:
            verified[name] = state
    yield from (FileFinding(name, FileProblem.UNFINISHED) for name in unlisted)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
