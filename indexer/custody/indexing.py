"""Brings the search index up to the catalog's position. If the process is killed, the next sync does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

from indexer.catalog import AccountView, IndexRow, by_number, in_batches
from indexer.engines import BackgroundWriter, Document, IndexDamaged, has_leftovers, make_document
from indexer.progress import Tick
from indexer.repository import Repository


def sync(repository: Repository, progress: Tick | None = None) -> int:
    """Index the changes since the index's position; return the number of documents written."""
    with repository.writing():
        return sync_locked(repository, progress)


def rebuild(repository: Repository, actor: str, progress: Tick | None = None) -> int:
    """Delete the index and rebuild it from the catalog; return the number of documents written."""
    with repository.writing():
        repository.delete_index()
        written = sync_locked(repository, progress)
    repository.audit.add("index:rebuilt", actor, repository.engine_name, {"documents": written})
    return written


def sync_locked(repository: Repository, progress: Tick | None = None) -> int:
    """Like `sync`, for a caller that holds the lock."""
    target = repository.catalog.position()
    position = _index_position(repository)
    if position > target:  # the catalog is older than the index: it was restored from a backup
        repository.delete_index()
        position = 0
    if position == target:
        if position and has_leftovers(repository.index_folder):  # of an update that was killed
            repository.index.write(())
            repository.index.commit(target)
        return 0
    batches = repository.catalog.all_pks() if position == 0 else repository.catalog.changed_since(position)
    counter = _Counter(progress, repository.catalog.count() if position == 0 else target - position)
    hidden: set[int] = set()
    repository.index.write(counter.count(_documents(repository, batches, hidden)))
    if hidden and position:
        repository.index.delete(sorted(hidden))
    repository.index.commit(target)
    return counter.done


def _index_position(repository: Repository) -> int:
    """Return the index's position; restart the index if its files were removed while it was open."""
    try:
        return repository.index.position()
    except IndexDamaged:
        repository.delete_index()
        return repository.index.position()


def _documents(repository: Repository, batches: Iterable[list[int]], hidden: set[int]) -> Iterator[Document]:
    """Yield the documents of records; add records without a current version (set aside) to `hidden`: they leave the index."""
    accounts, people = by_number(repository.catalog.accounts()), repository.catalog.people()
    for batch in batches:
        rows = repository.catalog.index_rows(batch)
        hidden.update(batch)
        hidden.difference_update(row.pk for row in rows)
        for row in rows:
            yield make_document(row, accounts[row.account_id], repository.zone, people)


class _Counter:
    def __init__(self, progress: Tick | None, total: int) -> None:
        self.done = 0
        self.total = total
        self.progress = progress

    def count(self, documents: Iterable[Document]) -> Iterator[Document]:
        for item in documents:
            yield item
            self.done += 1
            if self.progress and self.done % 1000 == 0:
                self.progress(self.done, max(self.total, self.done))


MIN_RECORDS = 10_000  # records; below this number, starting the process costs more than it saves
MIN_BYTES = 4 << 20  # of archives; from this size on, the process starts before the first archive is copied
BATCH = 2000


class BackgroundIndexer:
    """Indexes the new records of one archive after another in a second process, under the repository's lock.

    The index never has a record that the catalog does not show, whenever a process is killed:

    - While an archive is read, its documents wait in the process, uncommitted and invisible.
    - The catalog's final transaction shows the archive (`CaptureWriter.finish`). Only then is the commit requested, with
      the catalog's position after that transaction. So the index is behind for a moment, which pages say and the next
      sync ends, but never ahead. (tantivy flushes and publishes in one step, so nothing of a commit can be done earlier.)
    - The commit runs in the process while the next archive is copied and read. That archive's documents come after the
      request in the same pipe, so they are never part of it.
    - If an archive fails, its documents are dropped before its record numbers are given out again.

    It idles if the index is not up to date, or if the process died: `is_behind` is then True, and a sync does the rest.
    """

    def __init__(self, repository: Repository, size: int = 0) -> None:
        """Start the process at once if `size`, the bytes of all archives to come, is large."""
        self._repository = repository
        self._waiting: list[Document] = []
        self._accounts: dict[int, AccountView] = {}
        self._people: Mapping[tuple[str, str], str] = {}
        self._writer: BackgroundWriter | None = None
        self._position = _index_position(repository)  # after the commits requested so far
        self._is_usable = False
        if size >= MIN_BYTES and self._position == repository.catalog.position():
            self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_behind(self) -> bool:
        """Whether the index will not be at the catalog's position, even after all requested commits."""
        is_alive = self._writer is None or self._writer.is_alive
        return not is_alive or self._position != self._repository.catalog.position()

    def begin(self) -> None:
        """Prepare for the next archive, whose capture has begun."""
        self._accounts, self._people = by_number(self._repository.catalog.accounts()), self._repository.catalog.people()
        self._waiting = []
        self._is_usable = not self.is_behind

    def add(self, rows: Sequence[IndexRow]) -> None:
        """Send rows of records that are new to the catalog."""
        if not self._is_usable:
            return
        self._waiting += [make_document(row, self._accounts[row.account_id], self._repository.zone, self._people) for row in rows]
        if self._writer is None and len(self._waiting) >= MIN_RECORDS:
            self._start()
        if self._writer is not None:
            for batch in in_batches(self._waiting, BATCH):
                self._writer.write(batch)
            self._waiting = []

    def commit(self, known_pks: Sequence[int]) -> None:
        """Send the records already in the catalog and the absent records, now that they are final; request the commit.

        Call it after the catalog has shown the archive.
        """
        if self._writer is None or not self._is_usable:
            return
        changed = sorted({*known_pks, *self._repository.catalog.absent_since(self._position)})
        for batch in in_batches(changed, BATCH):
            self.add(self._repository.catalog.index_rows(batch))
        position = self._repository.catalog.position()
        self._writer.commit(position)
        self._position = position

    def drop(self) -> None:
        """Drop the documents of an archive that failed."""
        self._waiting, self._is_usable = [], False
        if self._writer is not None:
            self._writer.drop()
            self._writer.commit(self._position)  # of nothing: removes the files that the documents have left

    def close(self) -> None:
        """Wait for the requested commits and end the process; `begin` may start another."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def sync(self, progress: Tick | None = None) -> None:
        """End the process and bring the index up to the catalog's position."""
        self.close()
        sync_locked(self._repository, progress)
        self._position = self._repository.catalog.position()

    def _start(self) -> None:
        self._repository.release_index()  # only one process may write
        # the process shares the repository's lock, so that no other writer starts before it has ended
        self._writer = BackgroundWriter(self._repository.engine_name, self._repository.index_folder, self._repository.lock_files())
