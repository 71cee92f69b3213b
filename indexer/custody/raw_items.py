"""Hashes the raw items of records in the vault and compares them with the catalog. Reads each member once, front to back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import sqlalchemy as sa

from indexer.catalog import TAKING_IN, among_keys, captures, format_place, records, select_keys, sightings
from indexer.evidence import DAMAGE, Archive, ArchiveError
from indexer.progress import Tick
from indexer.record import Locator
from indexer.repository import Repository

BLOCK: Final = 1 << 20
SORTED_HERE: Final = 20_000  # records; above this number all sightings are read in catalog order
PROGRESS_EVERY: Final = 500


@dataclass(frozen=True, slots=True)
class RawItemMismatch:
    """A raw item that differs from the catalog. `why` is empty if its bytes differ, else the read error.

    Without a record id, no item of the capture can be read.
    """

    capture_id: int
    record_id: str
    place: str
    why: str = ""


_COLUMNS: Final = (
    sa.select(
        sightings.c.capture_id,
        sightings.c.member,
        sightings.c.start,
        sightings.c.length,
        sightings.c.item,
        sightings.c.pointer,
        sightings.c.raw_digest,
        sightings.c.record_pk,
        records.c.record_id,
    )
    .outerjoin(records, records.c.pk == sightings.c.record_pk)
    .join(captures, captures.c.id == sightings.c.capture_id)
    .where(captures.c.state != TAKING_IN)
)


def check_raw_items(repository: Repository, pks: Sequence[int] | None = None, progress: Tick | None = None) -> Iterator[RawItemMismatch]:
    """Yield every sighting whose bytes in the vault differ from the SHA-256 in the catalog or cannot be read.

    Checks all records, or those with the numbers `pks`.
    """
    if pks is not None and len(pks) <= SORTED_HERE:
        rows: Iterable[Any] = _sorted_rows(repository, pks)
        total = len(rows)  # type: ignore[arg-type]  # a list
    else:
        selected = None if pks is None else frozenset(pks)
        total = _count(repository)
        rows = (row for row in _all_rows(repository) if selected is None or row.record_pk in selected)
    yield from _compare(repository, rows, total, progress)


def _count(repository: Repository) -> int:
    with repository.db.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(sightings)).scalar_one()


def _sorted_rows(repository: Repository, pks: Sequence[int]) -> list[Any]:
    with repository.db.connect() as connection:
        rows = list(select_keys(connection, _COLUMNS.where(among_keys(sightings.c.record_pk)), pks))
    return sorted(rows, key=lambda row: (row.capture_id, row.member, row.start, row.length))


def _all_rows(repository: Repository) -> Iterator[Any]:
    with repository.db.connect() as connection:
        numbers = sa.select(captures.c.id).where(captures.c.state != TAKING_IN).order_by(captures.c.id)
        for number in connection.execute(numbers).scalars().all():
            query = _COLUMNS.where(sightings.c.capture_id == number).order_by(sightings.c.member, sightings.c.start, sightings.c.length)
            yield from connection.execution_options(yield_per=1000).execute(query)


def _compare(repository: Repository, rows: Iterable[Any], total: int, progress: Tick | None) -> Iterator[RawItemMismatch]:
    number, member = 0, ""
    reader: _MemberItems | None = None
    archive: Archive | str = ""
    for done, row in enumerate(rows, 1):
        if row.capture_id != number:
            number, reader, archive = row.capture_id, None, _open_archive(repository, row.capture_id)
            if isinstance(archive, str):
                yield RawItemMismatch(row.capture_id, "", "", archive)
        if isinstance(archive, str):
            continue
        if reader is None or row.member != member:
            member, reader = row.member, _MemberItems(archive, row.member)
        digest, why = reader.digest(row.start, row.length)
        if digest != row.raw_digest:
            place = format_place(Locator(row.member, row.item, row.start, row.length, row.pointer))
            yield RawItemMismatch(row.capture_id, row.record_id or "", place, why)
        if progress and (done % PROGRESS_EVERY == 0 or done == total):
            progress(min(done, total), total)


def _open_archive(repository: Repository, capture_id: int) -> Archive | str:
    try:
        return repository.vault.open(repository.catalog.archive_digests(capture_id))
    except ArchiveError as error:
        return str(error)


class _MemberItems:
    """Reads the items of a member in order of their start, buffering from shortly before the last start."""

    def __init__(self, archive: Archive, member: str) -> None:
        self.why = ""
        self._last = (-1, -1, "")
        self._begin, self._buffer = 0, b""
        self._stream: IO[bytes] | None = None
        try:
            self._stream = archive.open(member)
        except (ArchiveError, KeyError) as error:
            self.why = f"no member {member}" if isinstance(error, KeyError) else str(error)

    def digest(self, start: int, length: int) -> tuple[str, str]:
        if self._stream is None:
            return "", self.why
        if self._last[:2] != (start, length):
            try:
                self._last = (start, length, hashlib.sha256(self._item(self._stream, start, length)).hexdigest())
            except DAMAGE as error:
                self._stream, self.why = None, str(error)
                return "", self.why
        return self._last[2], ""

    def _item(self, stream: IO[bytes], start: int, length: int) -> bytes:
        end = start + max(length, 0)
        while self._begin + len(self._buffer) <= start:  # drop bytes before the item
            self._begin += len(self._buffer)
            self._buffer = stream.read(BLOCK)
            if not self._buffer:
                return b""
        if start - self._begin >= BLOCK:
            self._buffer, self._begin = self._buffer[start - self._begin :], start
        while self._begin + len(self._buffer) < end:
            block = stream.read(max(BLOCK, end - self._begin - len(self._buffer)))
            if not block:
                break
            self._buffer += block
        return self._buffer[start - self._begin : end - self._begin]
