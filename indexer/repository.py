"""A data folder opened as a repository: vault, catalog, event log and index."""

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
from indexer.catalog import AuditLog, Catalog, Origin, catalog_file, connect, connect_read_only, writing_lock
from indexer.coverage import CoverageCalculator
from indexer.engines import ENGINES, Engine, IndexDamaged, IndexOutdated, open_engine
from indexer.evidence import Vault
from indexer.local_time import UnknownZone, zone
from indexer.private_files import ReadOnlyFolder

T = TypeVar("T")


def _one(_value: object) -> int:
    return 1


class ResultCache:
    """Cache of values computed from a repository's current state: the last few of each kind. Thread-safe."""

    def __init__(self) -> None:
        self._values: dict[str, OrderedDict[Hashable, tuple[Any, int]]] = {}
        self._lock = threading.Lock()

    def get_or_compute(self, kind: str, key: Hashable, make: Callable[[], T], limit: int, weigh: Callable[[T], int] = _one) -> T:
        """Return the cached value of a key, or compute it. Two threads may both compute it.

        The most recently used values of a kind are kept, of at most `limit` weight together (without `weigh`: at most `limit`
        values); a heavier one is not.
        """
        with self._lock:
            values = self._values.setdefault(kind, OrderedDict())
            if key in values:
                values.move_to_end(key)
                value: T = values[key][0]
                return value
        value = make()
        if (own_weight := weigh(value)) > limit:
            return value
        with self._lock:
            values[key] = value, own_weight
            while sum(weight for _value, weight in values.values()) > limit:
                values.popitem(last=False)
        return value

    def clear(self) -> None:
        """Drop all values."""
        with self._lock:
            self._values.clear()


class Repository:
    """An open data folder. Open it once per process, after a fork; share it between threads."""

    def __init__(self, paths: settings.Paths, engine_name: str, zone_name: str, url: str) -> None:
        zone(zone_name)  # so that an unknown name fails at startup, not at the first record
        if engine_name not in ENGINES:
            raise settings.BadSetting(f"{engine_name!r} is not a search engine. SHOWME_ENGINE is one of {', '.join(ENGINES)}.")
        self.paths = paths
        self.zone = zone_name
        self.engine_name = engine_name
        private_files.make_private(paths.data)
        self.vault = Vault(paths)
        self.is_read_only = private_files.is_read_only(paths.data)
        self._scratch: Path | None = None
        self.db: sa.Engine = self._connect(url)
        self.catalog = Catalog(self.db)
        self.audit = AuditLog(self.db)
        self.coverage = CoverageCalculator(self.db, zone_name)
        self.cache = ResultCache()
        self._index: Engine | None = None
        self._lock_file: int | None = None
        self._opening = threading.RLock()

    def _connect(self, url: str) -> sa.Engine:
        if url or not self.is_read_only:
            return connect(url or f"sqlite:///{catalog_file(self.paths)}")
        scratch = self._scratch_folder()
        try:
            return connect_read_only(self.paths.catalog, scratch)
        except BaseException:
            shutil.rmtree(scratch)
            raise

    def _scratch_folder(self) -> Path:
        """Folder for files that a read-only data folder cannot hold; removed when the repository is closed."""
        if self._scratch is None:
            self._scratch = Path(tempfile.mkdtemp(prefix="showme-read-only-"))
        return self._scratch

    def raw(self, place: Origin) -> bytes:
        """Read the exact bytes of a record's item from the vault. Raises ArchiveError, KeyError."""
        with self.open_media(place.capture_id, place.member) as stream:
            remaining = place.start
            while remaining:
                skipped = len(stream.read(min(remaining, 1 << 20)))
                if not skipped:
                    break
                remaining -= skipped
            return stream.read(place.length)

    def open_media(self, capture_id: int, member: str) -> IO[bytes]:
        """Open a member of a capture's archive for reading. Raises ArchiveError, and KeyError if it does not exist."""
        digests = self.catalog.archive_digests(capture_id)
        if not digests:
            raise KeyError(member)
        return self.vault.open_cached(digests).open(member)

    @property
    def index(self) -> Engine:
        """The search engine. An index of an older version is deleted and counts as empty until sync fills it."""
        with self._opening:
            if self._index is None and self.is_read_only:
                self._index = self._read_only_index()
            if self._index is None:
                try:
                    self._index = open_engine(self.engine_name, self.index_folder)
                except IndexOutdated:
                    self._index = self._recreate_index()
            return self._index

    @property
    def index_folder(self) -> Path:
        """Folder of the engine's index."""
        return self.paths.index / self.engine_name

    def _read_only_index(self) -> Engine:
        """Open the index through links in a writable folder: an engine locks its folder even to read.

        Raises IndexDamaged if the index is missing or of another version, since it cannot be rebuilt here.
        """
        folder = self._scratch_folder() / self.engine_name
        folder.mkdir(exist_ok=True)
        for file in self.index_folder.iterdir() if self.index_folder.is_dir() else ():
            link = folder / file.name
            if not file.name.endswith(".lock") and not link.is_symlink():
                link.symlink_to(file)
        try:
            return open_engine(self.engine_name, folder)
        except IndexOutdated as error:
            raise IndexDamaged(str(error)) from error

    def _recreate_index(self) -> Engine:
        """Delete an index of an older version, under the lock and only if no other process has done so meanwhile."""
        with nullcontext() if self._lock_file is not None else self.writing():
            try:
                return open_engine(self.engine_name, self.index_folder)
            except IndexOutdated:
                shutil.rmtree(self.index_folder)
                return open_engine(self.engine_name, self.index_folder)

    def release_index(self) -> None:
        """Close the index so that another process can write it; it is reopened when needed."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def delete_index(self) -> None:
        """Delete the search index; sync rebuilds it from the catalog."""
        self.release_index()
        shutil.rmtree(self.index_folder, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock for writing vault, catalog and index. Waits; the lock of a killed process is released.

        Other computers may use the same PostgreSQL catalog with their own data folders, so the database is locked too.
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
        """Descriptor of the lock if held: a child process that inherits it holds the lock too."""
        return () if self._lock_file is None else (self._lock_file,)

    def close(self) -> None:
        """Close the index and the database, and drop the cache."""
        self.cache.clear()
        self.release_index()
        self.db.dispose()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


def open_repository(data: str | Path | None = None) -> Repository:
    """Open the repository of a data folder (default: SHOWME_DATA) according to the settings.

    Raises BadSetting for an unknown engine or time zone.
    """
    name, zone_name = settings.read("SHOWME_ENGINE"), settings.read("SHOWME_TIME_ZONE")
    try:
        return Repository(settings.paths(data), name, zone_name, settings.read("SHOWME_DATABASE_URL"))
    except UnknownZone as error:
        raise settings.BadSetting(f"SHOWME_TIME_ZONE: {error}") from error
