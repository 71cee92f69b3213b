"""The repository of one data folder: vault, catalog, event log and index, opened together."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa

import indexer.importers  # noqa: F401  # registers the platforms: searches name them
from indexer import private_files, settings
from indexer.catalog.audit import AuditLog
from indexer.catalog.database import connect, connect_read_only, writing_lock
from indexer.catalog.location import catalog_file
from indexer.catalog.models import Origin
from indexer.catalog.reader import Catalog
from indexer.coverage.scope import CoverageCalculator
from indexer.engines import ENGINES, Engine, IndexDamaged, IndexOutdated, open_engine
from indexer.evidence.vault import Vault
from indexer.local_time import UnknownZone, zone
from indexer.private_files import ReadOnlyFolder

T = TypeVar("T")


class Memory:
    """What was worked out of one state of a repository: the last few things of each kind. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[Hashable, Any]] = {}
        self._lock = threading.Lock()

    def recall(self, kind: str, key: Hashable, make: Callable[[], T], most: int) -> T:
        """Return what was made for a key, else make it; `most` of a kind are kept. Two threads may make the same."""
        with self._lock:
            kept = self._kept.setdefault(kind, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                known: T = kept[key]
                return known
        made = make()
        with self._lock:
            kept[key] = made
            while len(kept) > most:
                kept.popitem(last=False)
        return made

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()


class Repository:
    """Everything below one data folder. Open one per process, after a fork; share it between threads."""

    def __init__(self, paths: settings.Paths, engine_name: str, zone_name: str, url: str) -> None:
        zone(zone_name)  # an unknown name is said at the start, not at the first record
        if engine_name not in ENGINES:
            raise settings.BadSetting(f"{engine_name!r} is not a search engine. SHOWME_ENGINE is one of {', '.join(ENGINES)}.")
        self.paths = paths
        self.zone = zone_name
        self.engine_name = engine_name
        private_files.make_private(paths.data)
        self.vault = Vault(paths)
        self.is_read_only = private_files.is_read_only(paths.data)
        self._spare: Path | None = None
        self.db: sa.Engine = self._connect(url)
        self.catalog = Catalog(self.db)
        self.audit = AuditLog(self.db)
        self.coverage = CoverageCalculator(self.db, zone_name)
        self.memory = Memory()
        self._index: Engine | None = None
        self._lock_file: int | None = None
        self._opening = threading.RLock()

    def _connect(self, url: str) -> sa.Engine:
        if url or not self.is_read_only:
            return connect(url or f"sqlite:///{catalog_file(self.paths)}")
        spare = self._spare_folder()
        try:
            return connect_read_only(self.paths.catalog, spare)
        except BaseException:
            shutil.rmtree(spare)
            raise

    def _spare_folder(self) -> Path:
        """Return a folder for temporary files, removed when the repository is closed: for what a read-only data folder cannot hold."""
        if self._spare is None:
            self._spare = Path(tempfile.mkdtemp(prefix="showme-read-only-"))
        return self._spare

    def raw(self, place: Origin) -> bytes:
        """Return the exact bytes of a record's item, read again from the vault. Raises ArchiveError, KeyError."""
        with self.open_media(place.capture_id, place.member) as stream:
            remaining = place.start
            while remaining:
                skipped = len(stream.read(min(remaining, 1 << 20)))
                if not skipped:
                    break
                remaining -= skipped
            return stream.read(place.length)

    def open_media(self, capture_id: int, member: str) -> IO[bytes]:
        """Open a member of a capture's archive for reading. Raises ArchiveError, KeyError when there is none."""
        digests = self.catalog.archive_digests(capture_id)
        if not digests:
            raise KeyError(member)
        return self.vault.opened(digests).open(member)

    @property
    def index(self) -> Engine:
        """The search engine; an index of an older make is deleted and counts as empty, to be filled by sync."""
        with self._opening:
            if self._index is None and self.is_read_only:
                self._index = self._read_only_index()
            if self._index is None:
                try:
                    self._index = open_engine(self.engine_name, self.index_folder)
                except IndexOutdated:
                    self._index = self._begin_anew()
            return self._index

    @property
    def index_folder(self) -> Path:
        """Where the files of the engine's index are."""
        return self.paths.index / self.engine_name

    def _read_only_index(self) -> Engine:
        """Open the index through links in a folder that can be written: an engine locks its folder even to read.

        Raises IndexDamaged for an index that is not there or is of another make: it cannot be built anew here.
        """
        folder = self._spare_folder() / self.engine_name
        folder.mkdir(exist_ok=True)
        for file in self.index_folder.iterdir() if self.index_folder.is_dir() else ():
            link = folder / file.name
            if not file.name.endswith(".lock") and not link.is_symlink():
                link.symlink_to(file)
        try:
            return open_engine(self.engine_name, folder)
        except IndexOutdated as error:
            raise IndexDamaged(str(error)) from error

    def _begin_anew(self) -> Engine:
        """Delete an index of an older make, under the lock and only if nobody else has done it meanwhile."""
        with nullcontext() if self._lock_file is not None else self.writing():
            try:
                return open_engine(self.engine_name, self.index_folder)
            except IndexOutdated:
                shutil.rmtree(self.index_folder)
                return open_engine(self.engine_name, self.index_folder)

    def release_index(self) -> None:
        """Let go of the index, so that another process may write it; it is opened again when it is needed."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def delete_index(self) -> None:
        """Delete the search index; sync builds it anew from the catalog."""
        self.release_index()
        shutil.rmtree(self.index_folder, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one lock under which vault, catalog and index are written. Waits; a killed holder lets go.

        Other computers may use the same catalog in PostgreSQL with data folders of their own, so it is locked there too.
        """
        if self.is_read_only:
            raise ReadOnlyFolder(f"The data folder {self.paths.data} is read-only: nothing can be taken in or indexed there.")
        with self.paths.ingest_lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._lock_file = lock.fileno()
            try:
                with writing_lock(self.db):
                    yield
            finally:
                self._lock_file = None

    def lock_files(self) -> tuple[int, ...]:
        """Return the descriptor of the lock that is held: a process that inherits it holds the lock too."""
        return () if self._lock_file is None else (self._lock_file,)

    def close(self) -> None:
        """Let go of the index, the database and what is kept in memory."""
        self.memory.forget()
        self.release_index()
        self.db.dispose()
        if self._spare is not None:
            shutil.rmtree(self._spare, ignore_errors=True)


def open_repository(data: str | Path | None = None) -> Repository:
    """Open the repository of a data folder (or of SHOWME_DATA) as the settings say.

    Raises BadSetting for an engine or a zone that there is not.
    """
    name, zone_name = settings.read("SHOWME_ENGINE"), settings.read("SHOWME_TIME_ZONE")
    try:
        return Repository(settings.paths(data), name, zone_name, settings.read("SHOWME_DATABASE_URL"))
    except UnknownZone as error:
        raise settings.BadSetting(f"SHOWME_TIME_ZONE: {error}") from error
