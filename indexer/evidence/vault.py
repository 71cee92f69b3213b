"""The read-only evidence store: one file per digest, `vault/<sha256>`, never changed and never renamed.

A folder is packed into a ZIP whose bytes depend only on names and contents, so that the same folder is
recognized again. Files are copied into `staging/` first and enter the vault whole, by a rename.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from indexer.atomic_files import sync
from indexer.evidence.archive import Archive, open_archive, parts_of
from indexer.evidence.fixity import BLOCK, file_digest
from indexer.evidence.refusals import ArchiveError, refusal
from indexer.i18n import say
from indexer.private_files import is_read_only
from indexer.progress import ByteTick
from indexer.settings import Paths

MAX_OPEN = 8


class NoSpace(ArchiveError):
    """The vault's disk has no room for the archive."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file in staging, ready to enter the vault. `name` is the name of the source file; `size` is in bytes."""

    path: Path
    name: str
    digest: str
    size: int


MISSING = "missing"


@dataclass(frozen=True, slots=True)
class AdmittedFile:
    """A file that entered the vault. `was`: MISSING, or the SHA-256 of the damaged file it replaced, or why that was unreadable."""

    name: str
    digest: str
    was: str


class Vault:
    """The vault of a data folder."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._open_archives: dict[tuple[str, ...], Archive] = {}
        self._lock = threading.Lock()
        for folder in () if is_read_only(paths.data) else (paths.vault, paths.incoming, paths.staging, paths.exports, paths.index):
            folder.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Return the path of a digest's file, existing or not."""
        return self._paths.vault / digest

    def stage(self, paths: Sequence[Path], progress: ByteTick | None = None) -> list[StagedFile]:
        """Copy files (or pack a folder) into staging while hashing them. Raises NoSpace; the sources are not changed."""
        sources = parts_of(paths)
        needed = sum(_source_size(source) for source in sources)
        if shutil.disk_usage(self._paths.staging).free < needed + 64 * 2**20:
            why = say("The disk with the vault does not have {needed} bytes of free space.", needed=needed)
            raise NoSpace(refusal(why, say("Free up some space and try again.")))
        staged = []
        for number, source in enumerate(sources):
            target = self._paths.staging / f"incoming-{os.getpid()}-{number}"
            digest = _pack_folder(source, target, progress) if source.is_dir() else _copy_file(source, target, progress)
            staged.append(StagedFile(target, source.name, digest, target.stat().st_size))
        return staged

    def admit(self, files: Sequence[StagedFile]) -> list[AdmittedFile]:
        """Move staged files into the vault, read-only and durably; return those that were missing or damaged in the vault.

        A file already stored under the digest is hashed first: the staged copy is dropped only if the stored file is intact.
        """
        placed = []
        for file in files:
            was = self._current_state(file.digest)
            if was == file.digest:
                file.path.unlink()
                continue
            file.path.chmod(0o400)
            sync(file.path)
            file.path.replace(self.path(file.digest))
            placed.append(AdmittedFile(file.name, file.digest, was))
        sync(self._paths.vault)
        self._drop_open(file.digest for file in placed)
        return placed

    def _current_state(self, digest: str) -> str:
        """Return the current SHA-256 of a digest's file, MISSING, or the reason it cannot be read."""
        try:
            return self.current_digest(digest)
        except FileNotFoundError:
            return MISSING
        except OSError as error:
            return f"cannot be read: {error.strerror}"

    def _drop_open(self, digests: Iterable[str]) -> None:
        """Drop open archives that contain one of these files."""
        changed = set(digests)
        with self._lock:
            for key in [key for key in self._open_archives if changed & set(key)]:
                self._open_archives.pop(key)

    def discard(self, files: Sequence[StagedFile]) -> None:
        """Remove staged files that will not enter the vault."""
        for file in files:
            file.path.unlink(missing_ok=True)

    def empty_staging(self) -> None:
        """Remove the leftovers of an interrupted run from staging. Call this only under the ingest lock."""
        for path in self._paths.staging.iterdir():
            if path.name.startswith("incoming-"):
                path.unlink()

    def remove(self, digest: str) -> None:
        """Remove evidence that never belonged to a complete capture."""
        self.path(digest).unlink(missing_ok=True)

    def open(self, digests: Sequence[str], label: str = "") -> Archive:
        """Open the archive whose parts have these digests; `label` is its name for people. Raises ArchiveError."""
        return open_archive(*(self.path(digest) for digest in digests), label=label)

    def open_cached(self, digests: Sequence[str]) -> Archive:
        """Return the archive from a cache of open archives, since a table of contents can be long. For single members; thread-safe."""
        key = tuple(digests)
        with self._lock:
            archive = self._open_archives.pop(key, None) or self.open(digests)
            self._open_archives[key] = archive
            while len(self._open_archives) > MAX_OPEN:
                self._open_archives.pop(next(iter(self._open_archives)))
        return archive

    def digests(self) -> list[str]:
        """Return the names of all files in the vault, sorted."""
        return sorted(path.name for path in self._paths.vault.iterdir()) if self._paths.vault.is_dir() else []

    def current_digest(self, digest: str, progress: ByteTick | None = None) -> str:
        """Compute the current SHA-256 of a vault file."""
        return file_digest(self.path(digest), progress)


def archive_digest(files: Sequence[StagedFile]) -> str:
    """Return the digest of an archive: of its single file, or of the sorted digests of its parts."""
    if len(files) == 1:
        return files[0].digest
    return hashlib.sha256("\n".join(sorted(file.digest for file in files)).encode()).hexdigest()


def _source_size(source: Path) -> int:
    return sum(file.stat().st_size for file in source.rglob("*") if file.is_file()) if source.is_dir() else source.stat().st_size


def _copy_file(source: Path, target: Path, progress: ByteTick | None) -> str:
    sha = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(BLOCK):
            sha.update(block)
            writer.write(block)
            if progress:
                progress(len(block))
        writer.flush()
        os.fsync(writer.fileno())
    return sha.hexdigest()


def _pack_folder(folder: Path, target: Path, progress: ByteTick | None) -> str:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o444 << 16
                with path.open("rb") as reader, archive.open(entry, "w", force_zip64=True) as writer:
                    _copy_stream(reader, writer, progress)
    return file_digest(target)


def _copy_stream(reader: IO[bytes], writer: IO[bytes], progress: ByteTick | None) -> None:
    while block := reader.read(BLOCK):
        writer.write(block)
        if progress:
            progress(len(block))
