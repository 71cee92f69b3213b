"""Brings the search index up to the catalog's position. If the process is killed, the next sync does the rest."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from indexer.catalog import IndexRow, by_number, in_batches
from indexer.custody.index_process import Message
from indexer.engines import Document, IndexDamaged, make_document
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
BATCH = 2000
_encoder = msgspec.msgpack.Encoder()


class BackgroundIndexer:
    """Indexes new records in a second process during an ingest, under the repository's lock. Idles if the index is not up to date."""

    def __init__(self, repository: Repository, expected: int = 0) -> None:
        """Start the process at once if `expected`, the number of records that the platform declares, is large."""
        self._repository = repository
        self._accounts, self._people = by_number(repository.catalog.accounts()), repository.catalog.people()
        self._waiting: list[Document] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._position = _index_position(repository)
        self._usable = self._position == repository.catalog.position()
        if self._usable and expected >= MIN_RECORDS:
            self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process; the next sync indexes whatever it has not committed."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError):  # it died; the next sync finds the index behind
                self._process.stdin.close()
            self._process.wait()
            self._process = None

    def add(self, rows: Sequence[IndexRow]) -> None:
        """Send rows of records that are new to the catalog."""
        if not self._usable:
            return
        self._waiting += [make_document(row, self._accounts[row.account_id], self._repository.zone, self._people) for row in rows]
        if self._process is None and len(self._waiting) >= MIN_RECORDS:
            self._start()
        if self._process is not None:
            for batch in in_batches(self._waiting, BATCH):
                self._send(batch)
            self._waiting = []

    def commit(self, known_pks: Sequence[int]) -> None:
        """Send the records already in the catalog and the absent records, now that they are final; commit at the catalog's position."""
        if self._process is None:
            return
        changed = sorted({*known_pks, *self._repository.catalog.absent_since(self._position)})
        for batch in in_batches(changed, BATCH):
            self.add(self._repository.catalog.index_rows(batch))
        self._send((), self._repository.catalog.position())

    def _start(self) -> None:
        self._repository.release_index()  # only one process may write
        folder = self._repository.paths.index / self._repository.engine_name
        command = [sys.executable, "-m", "indexer.custody.index_process", self._repository.engine_name, str(folder)]
        root = str(Path(__file__).parents[2])
        # the process shares the repository's lock, so that no other writer starts before it has ended
        self._process = subprocess.Popen(  # noqa: S603  # our own module with our own arguments
            command, stdin=subprocess.PIPE, cwd=root, pass_fds=self._repository.lock_files()
        )

    def _send(self, documents: Sequence[Document], position: int | None = None) -> None:
        message = _encoder.encode(Message(list(documents), position))
        if self._usable and self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.write(struct.pack(">Q", len(message)) + message)
            except BrokenPipeError:
                self._usable = False  # the next sync finds the index behind and does the rest
