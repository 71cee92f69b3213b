"""Brings the search index up to the catalogue's position. Killed anywhere, the next sync does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from indexer.documents import document
from indexer.engines import Document
from indexer.house import House

Progress = Callable[[int, int], None]


def sync(house: House, progress: Progress | None = None) -> int:
    """Index what has changed since the index's position; return how many documents were written."""
    with house.writing():
        return sync_locked(house, progress)


def rebuild(house: House, by: str, progress: Progress | None = None) -> int:
    """Delete the index and build it anew from the catalogue; return how many documents were written."""
    with house.writing():
        house.delete_index()
        written = sync_locked(house, progress)
    house.audit.add("index:rebuilt", by, house.engine_name, {"documents": written})
    return written


def sync_locked(house: House, progress: Progress | None = None) -> int:
    """Do what `sync` does, for a caller that holds the lock."""
    target = house.catalogue.position()
    position = house.index.position()
    if position > target:  # the catalogue is older than the index: a backup was put back
        house.delete_index()
        position = 0
    if position == target:
        return 0
    batches = house.catalogue.all_pks() if position == 0 else house.catalogue.changed_since(position)
    counter = _Counter(progress, house.catalogue.count() if position == 0 else target - position)
    house.index.write(counter.count(_documents(house, batches)))
    house.index.commit(target)
    return counter.done


def _documents(house: House, batches: Iterable[list[int]]) -> Iterator[Document]:
    accounts = {account.id: account for account in house.catalogue.accounts()}
    for batch in batches:
        for row in house.catalogue.index_rows(batch):
            yield document(row, accounts[row.account_id], house.zone)


class _Counter:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self.done = 0
        self.total = total
        self.progress = progress

    def count(self, documents: Iterable[Document]) -> Iterator[Document]:
        for one in documents:
            yield one
            self.done += 1
            if self.progress and self.done % 1000 == 0:
                self.progress(self.done, max(self.total, self.done))
