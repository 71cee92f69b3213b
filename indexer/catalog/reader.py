"""Reads the catalog: captures, accounts, records, versions, sightings, problems. Writes stand in capture_writer.py.

Nothing of a capture that is still being taken in is ever returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.models import AccountView, CaptureView, ProblemView, Reconciled, RecordView, SightingView
from indexer.catalog.record_views import BATCH, absent_from, current_views, version_views
from indexer.catalog.stored_data import COMPLETE, CaptureResult, IndexRow, StoredFacts
from indexer.catalog.tables import (
    absences,
    accounts,
    capture_files,
    captures,
    members,
    meta,
    outbox,
    problems,
    records,
    sightings,
    versions,
)
from indexer.catalog.threads import thread
from indexer.local_time import from_ms

THREAD_LIMIT = 500

Standing = Callable[[Sequence[int]], Mapping[int, int]]
"""Says of some records in which version (its number in the table) they are wanted; of the others, the current one is."""


class Catalog:
    """The readable side of one catalog. Safe to share between threads; each call uses a connection of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    # captures and accounts

    def captures(self, allowed: frozenset[int] | None = None) -> list[CaptureView]:
        """Return the complete captures, newest first; only of allowed accounts where a set is given."""
        query = sa.select(captures).where(captures.c.state == COMPLETE).order_by(captures.c.id.desc())
        if allowed is not None:
            query = query.where(captures.c.account_id.in_(allowed))
        with self._engine.connect() as connection:
            return [self._capture(connection, row) for row in connection.execute(query).all()]

    def capture(self, capture_id: int) -> CaptureView | None:
        """Return one complete capture."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(captures).where(captures.c.id == capture_id, captures.c.state == COMPLETE)).first()
            return self._capture(connection, row) if row else None

    def capture_of_digest(self, digest: str) -> CaptureView | None:
        """Return the complete capture of an archive with this digest."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(captures).where(captures.c.digest == digest, captures.c.state == COMPLETE)).first()
            return self._capture(connection, row) if row else None

    def problems(self, capture_id: int, limit: int = 100, offset: int = 0) -> list[ProblemView]:
        """Return a page of a capture's problems in the order they were met."""
        query = sa.select(problems).where(problems.c.capture_id == capture_id).order_by(problems.c.id).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            return [ProblemView(row.member, row.item, row.code, row.message) for row in connection.execute(query)]

    def ignored(self, capture_id: int) -> list[tuple[str, str, int]]:
        """Return what was left unread in a capture: (an example member, the reason, how many), by reason."""
        query = (
            sa.select(sa.func.min(members.c.name), members.c.reason, sa.func.count())
            .where(members.c.capture_id == capture_id, members.c.outcome == "ignored")
            .group_by(members.c.reason)
            .order_by(members.c.reason)
        )
        with self._engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def accounts(self, allowed: frozenset[int] | None = None) -> list[AccountView]:
        """Return the accounts that a reader may see (None: all), by platform and handle."""
        query = sa.select(accounts).order_by(accounts.c.platform, accounts.c.handle, accounts.c.name)
        if allowed is not None:
            query = query.where(accounts.c.id.in_(allowed))
        with self._engine.connect() as connection:
            return [_account(row) for row in connection.execute(query)]

    # records

    def record(self, record_id: str) -> RecordView | None:
        """Return a record in its current version."""
        with self._engine.connect() as connection:
            pk = connection.execute(sa.select(records.c.pk).where(records.c.record_id == record_id)).scalar()
        return next(iter(self.views([pk])), None) if pk is not None else None

    def views(self, pks: Sequence[int], standing: Standing | None = None) -> list[RecordView]:
        """Return records in the order asked for; numbers without a record are left out.

        They are in their current version, or in the one whose number `standing` gives for some of them.
        """
        with self._engine.connect() as connection:
            return list(_in_order(connection, pks, standing))

    def stream(self, pks: Iterable[int], standing: Standing | None = None) -> Iterator[RecordView]:
        """Yield the same a batch at a time, from one state of the catalog."""
        with self._engine.connect() as connection:
            batch: list[int] = []
            for pk in pks:
                batch.append(pk)
                if len(batch) == BATCH:
                    yield from _in_order(connection, batch, standing)
                    batch = []
            yield from _in_order(connection, batch, standing)

    def versions(self, pk: int) -> list[RecordView]:
        """Return every version of a record, the first one first."""
        with self._engine.connect() as connection:
            ids = connection.execute(
                sa.select(versions.c.id)
                .join(captures, captures.c.id == versions.c.first_capture_id)
                .where(versions.c.record_pk == pk, captures.c.state == COMPLETE)
                .order_by(versions.c.number)
            )
            numbers = list(ids.scalars())
            found = version_views(connection, numbers)
        return [found[number] for number in numbers if number in found]

    def sightings(self, pk: int) -> list[SightingView]:
        """Return every presence of a record in a capture, the newest capture first."""
        query = (
            sa.select(sightings, versions.c.number, captures.c.name, captures.c.digest, captures.c.exported_ms)
            .join(versions, versions.c.id == sightings.c.version_id)
            .join(captures, captures.c.id == sightings.c.capture_id)
            .where(sightings.c.record_pk == pk, captures.c.state == COMPLETE)
            .order_by(captures.c.id.desc(), sightings.c.id)
        )
        with self._engine.connect() as connection:
            return [
                SightingView(
                    version=row.number,
                    capture_id=row.capture_id,
                    capture_name=row.name,
                    capture_digest=row.digest,
                    exported_at=from_ms(row.exported_ms),
                    member=row.member,
                    item=row.item,
                    start=row.start,
                    length=row.length,
                    pointer=row.pointer,
                    raw_digest=row.raw_digest,
                    folded=tuple(msgspec.json.decode(row.folded)) if row.folded else (),
                )
                for row in connection.execute(query)
            ]

    def thread(self, view: RecordView, limit: int = THREAD_LIMIT) -> list[RecordView]:
        """Return the thread that a record belongs to, oldest first, the record itself included (threads.py)."""
        with self._engine.connect() as connection:
            return thread(connection, view, limit)

    # evidence

    def archive_digests(self, capture_id: int) -> list[str]:
        """Return the SHA-256 of the files of a capture's archive, in the order of its parts; none for an unknown capture."""
        query = sa.select(capture_files.c.digest).where(capture_files.c.capture_id == capture_id).order_by(capture_files.c.part)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def member_size(self, capture_id: int, member: str) -> int | None:
        """Return the size in bytes of a member, None when the capture has none of that name."""
        query = sa.select(members.c.size).where(members.c.capture_id == capture_id, members.c.name == member)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def vault_files(self) -> list[tuple[str, str]]:
        """Return (digest, name) of every file that complete captures have in the vault."""
        query = (
            sa.select(capture_files.c.digest, sa.func.min(capture_files.c.name))
            .join(captures, captures.c.id == capture_files.c.capture_id)
            .where(captures.c.state == COMPLETE)
            .group_by(capture_files.c.digest)
            .order_by(capture_files.c.digest)
        )
        with self._engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    # the index's work list

    def position(self) -> int:
        """Return the catalog's position: the last number that was put on the index's work list."""
        with self._engine.connect() as connection:
            value = connection.execute(sa.select(meta.c.value).where(meta.c.key == "position")).scalar()
        return int(value or 0)

    def count(self) -> int:
        """Return how many records are held."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.coalesce(sa.func.sum(accounts.c.records), 0))).scalar() or 0

    def changed_since(self, position: int) -> Iterator[list[int]]:
        """Yield the numbers of records to be indexed again, in batches, each record once per batch."""
        last = position
        while True:
            with self._engine.connect() as connection:
                query = sa.select(outbox.c.seq, outbox.c.record_pk).where(outbox.c.seq > last).order_by(outbox.c.seq).limit(BATCH * 4)
                rows = connection.execute(query).all()
            if not rows:
                return
            last = rows[-1].seq
            yield list(dict.fromkeys(row.record_pk for row in rows))

    def all_pks(self) -> Iterator[list[int]]:
        """Yield the numbers of all records, in batches."""
        last = 0
        while True:
            query = (
                sa.select(records.c.pk)
                .where(records.c.pk > last, records.c.current_version_id.is_not(None))
                .order_by(records.c.pk)
                .limit(BATCH * 4)
            )
            with self._engine.connect() as connection:
                pks = list(connection.execute(query).scalars())
            if not pks:
                return
            last = pks[-1]
            yield pks

    def index_rows(self, pks: Sequence[int]) -> list[IndexRow]:
        """Return what the index needs of records, in the order asked for: without places and media, which are slow to get."""
        query = sa.select(
            records.c.pk,
            records.c.kind,
            records.c.account_id,
            records.c.versions,
            versions.c.text,
            versions.c.title,
            versions.c.author,
            versions.c.url,
            versions.c.posted_ms,
            versions.c.parent_id,
            versions.c.thread_id,
            versions.c.data,
            versions.c.posted_rule,
        ).join(versions, versions.c.id == records.c.current_version_id)
        found = {}
        with self._engine.connect() as connection:
            for at in range(0, len(pks), BATCH):
                for row in connection.execute(query.where(records.c.pk.in_(pks[at : at + BATCH]))):
                    found[row[0]] = IndexRow._make((*row[:11], stored_data.decode(row[11]), (), row[12], ()))
            absent = absent_from(connection, list(found))
            earlier = self._earlier_texts(connection, [row.pk for row in found.values() if row.versions > 1])
        return [found[pk]._replace(earlier=earlier.get(pk, ()), absent_from=absent.get(pk, ())) for pk in pks if pk in found]

    def absent_since(self, position: int) -> list[int]:
        """Return the records on the index's work list after a position that are gone from a capture."""
        gone = sa.select(absences.c.record_pk)
        query = sa.select(outbox.c.record_pk).where(outbox.c.seq > position, outbox.c.record_pk.in_(gone)).distinct()
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(outbox.c.record_pk)).scalars())

    def _earlier_texts(self, connection: sa.Connection, pks: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the texts of all versions that are not current: what somebody wrote and changed is searched too."""
        texts: dict[int, tuple[str, ...]] = {}
        query = (
            sa.select(versions.c.record_pk, versions.c.text, versions.c.title)
            .join(records, records.c.pk == versions.c.record_pk)
            .join(captures, captures.c.id == versions.c.first_capture_id)
            .where(versions.c.id != records.c.current_version_id, captures.c.state == COMPLETE)
            .order_by(versions.c.record_pk, versions.c.number)
        )
        for at in range(0, len(pks), BATCH):
            for pk, text, title in connection.execute(query.where(versions.c.record_pk.in_(pks[at : at + BATCH]))):
                texts[pk] = (*texts.get(pk, ()), text, title)
        return texts

    # rows to values

    def _capture(self, connection: sa.Connection, row: Any) -> CaptureView:
        result = msgspec.json.decode(row.result, type=CaptureResult)
        facts = msgspec.json.decode(row.facts, type=StoredFacts)
        account = connection.execute(sa.select(accounts).where(accounts.c.id == row.account_id)).first()
        files = connection.execute(
            sa.select(capture_files.c.name).where(capture_files.c.capture_id == row.id).order_by(capture_files.c.part)
        ).scalars()
        return CaptureView(
            id=row.id,
            digest=row.digest,
            name=row.name,
            size=row.size,
            taken_at=from_ms(row.taken_ms),  # type: ignore[arg-type]  # the column is never NULL
            taken_by=row.taken_by,
            source=row.source,
            importer=row.importer,
            importer_version=row.importer_version,
            form=row.form,
            account=_account(account) if account else None,
            exported_at=from_ms(row.exported_ms),
            zone=row.zone,
            state=row.state,
            records=result.records,
            versions=result.versions,
            sightings=result.sightings,
            problems=result.problems,
            folded=result.folded,
            members_read=result.members_read,
            members_ignored=result.members_ignored,
            members_unknown=result.members_unknown,
            reconciliation=tuple(Reconciled(*line) for line in result.reconciliation),
            cannot_contain=tuple(facts.cannot_contain),
            files=tuple(files),
            gone=result.gone,
            is_partial=facts.is_partial,
            time_rules=result.time_rules,
        )


def _in_order(connection: sa.Connection, pks: Sequence[int], standing: Standing | None) -> Iterator[RecordView]:
    other = standing(pks) if standing else {}
    found = current_views(connection, [pk for pk in pks if pk not in other])
    if other:
        found.update((view.pk, view) for view in version_views(connection, list(other.values())).values())
    yield from (found[pk] for pk in pks if pk in found)


def _account(row: Any) -> AccountView:
    return AccountView(
        id=row.id,
        platform=row.platform,
        native_id=row.native_id,
        handle=row.handle,
        name=row.name,
        records=row.records,
        first_posted=from_ms(row.first_ms),
        last_posted=from_ms(row.last_ms),
    )
