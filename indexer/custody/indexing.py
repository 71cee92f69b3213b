"""Brings the search index up to the catalog's position. Killed anywhere, the next sync does the rest."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from indexer.catalog.database import in_batches
from indexer.catalog.models import by_number
from indexer.catalog.stored_data import IndexRow
from indexer.custody.index_process import Message
from indexer.engines import Document, IndexDamaged
from indexer.engines.documents import make_document
from indexer.progress import Tick
from indexer.repository import Repository


def sync(repository: Repository, progress: Tick | None = None) -> int:
    """Index what has changed since the index's position; return how many documents were written."""
    with repository.writing():
        return sync_locked(repository, progress)


def rebuild(repository: Repository, by: str, progress: Tick | None = None) -> int:
    """Delete the index and build it anew from the catalog; return how many documents were written."""
    with repository.writing():
        repository.delete_index()
        written = sync_locked(repository, progress)
    repository.audit.add("index:rebuilt", by, repository.engine_name, {"documents": written})
    return written


def sync_locked(repository: Repository, progress: Tick | None = None) -> int:
    """Do what `sync` does, for a caller that holds the lock."""
    target = repository.catalog.position()
    position = _reached(repository)
    if position > target:  # the catalog is older than the index: a backup was put back
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


def _reached(repository: Repository) -> int:
    """Return the index's position; an index whose files were taken away while it was open begins anew."""
    try:
        return repository.index.position()
    except IndexDamaged:
        repository.delete_index()
        return repository.index.position()


def _documents(repository: Repository, batches: Iterable[list[int]], hidden: set[int]) -> Iterator[Document]:
    """Yield the documents of records; note those that no capture holds any more which counts (set aside): they leave the index."""
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
        for one in documents:
            yield one
            self.done += 1
            if self.progress and self.done % 1000 == 0:
                self.progress(self.done, max(self.total, self.done))


WORTH_IT = 10_000  # records; below it the helper's own start costs more than it saves
BATCH = 2000
_encoder = msgspec.msgpack.Encoder()


class IndexAhead:
    """The parent's side, a context manager. Use it under the repository's lock; it idles while the index is not up to date."""

    def __init__(self, repository: Repository, expected: int = 0) -> None:
        """Take the number of records that the platform declares, as `expected`: where it is large the helper starts at once."""
        self._repository = repository
        self._accounts, self._people = by_number(repository.catalog.accounts()), repository.catalog.people()
        self._waiting: list[Document] = []
        self._helper: subprocess.Popen[bytes] | None = None
        self._position = _reached(repository)
        self._usable = self._position == repository.catalog.position()
        if self._usable and expected >= WORTH_IT:
            self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the helper; what it has not committed is gone, and index_sync does it."""
        if self._helper is not None and self._helper.stdin is not None:
            with suppress(BrokenPipeError):  # it died before; index_sync finds the index behind
                self._helper.stdin.close()
            self._helper.wait()
            self._helper = None

    def add(self, rows: Sequence[IndexRow]) -> None:
        """Hand over rows of records that are new to the catalog."""
        if not self._usable:
            return
        self._waiting += [make_document(row, self._accounts[row.account_id], self._repository.zone, self._people) for row in rows]
        if self._helper is None and len(self._waiting) >= WORTH_IT:
            self._start()
        if self._helper is not None:
            for batch in in_batches(self._waiting, BATCH):
                self._send(batch)
            self._waiting = []

    def commit(self, settled_later: Sequence[int]) -> None:
        """Hand over records met before, now that they are settled, and those that are gone; commit at the catalog's position."""
        if self._helper is None:
            return
        again = sorted({*settled_later, *self._repository.catalog.absent_since(self._position)})
        for batch in in_batches(again, BATCH):
            self.add(self._repository.catalog.index_rows(batch))
        self._send((), self._repository.catalog.position())

    def _start(self) -> None:
        self._repository.release_index()  # one process writes
        folder = self._repository.paths.index / self._repository.engine_name
        command = [sys.executable, "-m", "indexer.custody.index_process", self._repository.engine_name, str(folder)]
        root = str(Path(__file__).parents[2])
        # the helper holds the repository's lock too: nobody else begins while it is still ending
        self._helper = subprocess.Popen(  # noqa: S603  # our own module with our own words
            command, stdin=subprocess.PIPE, cwd=root, pass_fds=self._repository.lock_files()
        )

    def _send(self, documents: Sequence[Document], position: int | None = None) -> None:
        message = _encoder.encode(Message(list(documents), position))
        if self._usable and self._helper is not None and self._helper.stdin is not None:
            try:
                self._helper.stdin.write(struct.pack(">Q", len(message)) + message)
            except BrokenPipeError:
                self._usable = False  # index_sync finds the index behind and does the rest
