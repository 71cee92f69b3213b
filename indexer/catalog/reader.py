"""Reads the catalog: captures, accounts, records, versions, sightings, problems. capture_writer.py writes it.

Captures that are still being taken in are never returned, and captures set aside only on request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.accounts import POSITION, CatalogState, catalog_state, people_named, senders_by_number, whole_accounts
from indexer.catalog.capture_views import CaptureContents, capture_contents, capture_views
from indexer.catalog.database import BATCH, among_keys, in_batches, select_keys
from indexer.catalog.models import AccountView, CaptureView, EarlierReading, ProblemView, RecordView, SightingView
from indexer.catalog.record_views import COUNTED, absent_from, current_views, origin, version_views
from indexer.catalog.stored_data import COMPLETE, SET_ASIDE, TAKING_IN, IndexRow
from indexer.catalog.tables import (
    absences,
    accounts,
    capture_files,
    captures,
    earlier_readings,
    members,
    meta,
    other_ids,
    outbox,
    problems,
    records,
    root_id,
    sightings,
    versions,
)
from indexer.catalog.threads import thread
from indexer.i18n import from_json
from indexer.local_time import from_ms

T = TypeVar("T")
THREAD_LIMIT = 500

VersionChooser = Callable[[Sequence[int]], Mapping[int, int]]
"""Maps some of the given records to the version id to return; the others are returned in their current version."""


_POSITION = sa.select(meta.c.value).where(meta.c.key == POSITION)
_CURRENT = records.join(versions, versions.c.id == records.c.current_version_id).join(accounts, accounts.c.id == records.c.account_id)

_STILL_SEEN = sa.exists().where(
    sightings.c.record_pk == earlier_readings.c.record_pk,
    sightings.c.version_id == earlier_readings.c.version_id,
    sightings.c.capture_id == earlier_readings.c.capture_id,
)
"""Condition: the sighting of an earlier reading was kept, because today's importer does not read the record."""


class Catalog:
    """Read access to a catalog. Safe to share between threads; each call uses its own connection."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._values: dict[str, tuple[int, Any]] = {}
        self._senders: tuple[int, set[tuple[str, str]]] | None = None

    def state(self) -> CatalogState:
        """Return the catalog's counters: while they are equal, what was derived from accounts, captures and records still holds."""
        with self._engine.connect() as connection:
            return catalog_state(connection)

    # captures and accounts

    def captures(self, allowed: frozenset[int] | None = None, *, with_set_aside: bool = False) -> list[CaptureView]:
        """Return complete captures, newest first, of the allowed accounts (None: all)."""
        if allowed is None:
            held = self._kept("captures", partial(capture_views, with_set_aside=True))
            return [view for view in held if with_set_aside or view.state == COMPLETE]
        with self._engine.connect() as connection:
            return capture_views(connection, captures.c.account_id.in_(allowed), with_set_aside=with_set_aside)

    def capture(self, capture_id: int, *, with_set_aside: bool = False) -> CaptureView | None:
        """Return a complete capture, or with `with_set_aside` also a set-aside capture."""
        with self._engine.connect() as connection:
            return next(iter(capture_views(connection, captures.c.id == capture_id, with_set_aside=with_set_aside)), None)

    def capture_of_digest(self, digest: str) -> CaptureView | None:
        """Return the capture of the archive with this digest, set aside or not."""
        with self._engine.connect() as connection:
            return next(iter(capture_views(connection, captures.c.digest == digest, with_set_aside=True)), None)

    def captures_set_aside(self, record_id: str) -> list[CaptureView]:
        """Return the captures of a record if all of them are set aside; otherwise an empty list."""
        holding = (
            sa.select(sightings.c.capture_id)
            .join(records, records.c.pk == sightings.c.record_pk)
            .where(records.c.record_id == record_id, records.c.current_version_id.is_(None))
        )
        with self._engine.connect() as connection:
            return capture_views(connection, captures.c.id.in_(holding), captures.c.state == SET_ASIDE, with_set_aside=True)

    def contents(self, capture_id: int) -> CaptureContents:
        """Return what a capture holds: its records by kind, and their first and last time."""
        with self._engine.connect() as connection:
            return capture_contents(connection, capture_id)

    def problems(self, capture_id: int, limit: int = 100, offset: int = 0) -> list[ProblemView]:
        """Return a page of a capture's problems in the order in which they occurred."""
        query = sa.select(problems).where(problems.c.capture_id == capture_id).order_by(problems.c.id).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            return [ProblemView(row.member, row.item, row.code, from_json(row.sentence, row.message)) for row in connection.execute(query)]

    def ignored(self, capture_id: int) -> list[tuple[str, str, int]]:
        """Return the ignored members of a capture as (example member, reason, count), by reason."""
        query = (
            sa.select(sa.func.min(members.c.name), members.c.reason, sa.func.count())
            .where(members.c.capture_id == capture_id, members.c.outcome == "ignored")
            .group_by(members.c.reason)
            .order_by(members.c.reason)
        )
        with self._engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def accounts(self, allowed: frozenset[int] | None = None, *, with_set_aside: bool = False) -> list[AccountView]:
        """Return the whole accounts that a reader may see (None: all), by platform and handle."""
        name = "accounts with those set aside" if with_set_aside else "accounts"
        held = self._kept(name, partial(whole_accounts, with_set_aside=with_set_aside))
        return [account for account in held if allowed is None or account.id in allowed]

    def people(self) -> Mapping[tuple[str, str], str]:
        """Return the names that records custodians gave to user numbers, by platform and number."""
        return self._kept("people", people_named)

    def _kept(self, name: str, read: Callable[[sa.Connection], T]) -> T:
        """Return what `read` returns, kept until the counter of accounts, captures and people has moved."""
        with self._engine.connect() as connection:
            holdings = catalog_state(connection).holdings
            kept = self._values.get(name)
            if kept is None or kept[0] != holdings:
                kept = self._values[name] = holdings, read(connection)
        value: T = kept[1]
        return value

    def unnamed_people(self) -> int:
        """Return how many senders of messages are known only by number and have no name. Read again only after an archive was added."""
        position = self.position()
        with self._engine.connect() as connection:
            if self._senders is None or self._senders[0] != position:
                self._senders = (position, senders_by_number(connection))
            return len(self._senders[1] - people_named(connection).keys())

    # records

    def record(self, record_id: str) -> RecordView | None:
        """Return a record in its current version. Also accepts an id from another reading of its archive."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(records.c.pk, records.c.account_id, records.c.kind, records.c.native_id, records.c.current_version_id).where(
                    records.c.record_id == record_id
                )
            ).first()
            pk = row.pk if row else None
            if row and row.current_version_id is None:
                pk = connection.execute(
                    sa.select(records.c.pk)
                    .join(other_ids, sa.and_(other_ids.c.account_id == records.c.account_id, other_ids.c.kind == records.c.kind))
                    .where(
                        other_ids.c.account_id == row.account_id,
                        other_ids.c.kind == row.kind,
                        other_ids.c.native_id == row.native_id,
                        records.c.native_id == other_ids.c.held_as,
                    )
                ).scalar()
        return next(iter(self.views([pk])), None) if pk is not None else None

    def views(self, pks: Sequence[int], choose_versions: VersionChooser | None = None) -> list[RecordView]:
        """Return records in the given order; numbers without a record are left out.

        Records are in their current version unless `choose_versions` gives another version id.
        """
        with self._engine.connect() as connection:
            return list(_in_order(connection, pks, choose_versions))

    def stream(self, pks: Iterable[int], choose_versions: VersionChooser | None = None) -> Iterator[RecordView]:
        """Yield the same records as `views`, in batches, from a single snapshot of the catalog."""
        with self._engine.connect() as connection:
            for batch in in_batches(pks):
                yield from _in_order(connection, batch, choose_versions)

    def versions(self, pk: int) -> list[RecordView]:
        """Return the versions of a record in complete captures, oldest first."""
        with self._engine.connect() as connection:
            query = connection.execute(sa.select(versions.c.id).where(versions.c.record_pk == pk, COUNTED).order_by(versions.c.number))
            version_ids = list(query.scalars())
            views = version_views(connection, version_ids)
        return [views[version_id] for version_id in version_ids if version_id in views]

    def sightings(self, pk: int) -> list[SightingView]:
        """Return the sightings of a record in complete captures, newest capture first."""
        query = (
            sa.select(sightings, versions.c.number, captures.c.name, captures.c.digest.label("capture_digest"), captures.c.exported_ms)
            .join(versions, versions.c.id == sightings.c.version_id)
            .join(captures, captures.c.id == sightings.c.capture_id)
            .where(sightings.c.record_pk == pk, captures.c.state == COMPLETE)
            .order_by(captures.c.id.desc(), sightings.c.id)
        )
        with self._engine.connect() as connection:
            return [
                SightingView(
                    version=row.number,
                    capture_name=row.name,
                    exported_at=from_ms(row.exported_ms),
                    origin=origin(row),
                    raw_digest=row.raw_digest,
                    folded=tuple(msgspec.json.decode(row.folded)) if row.folded else (),
                )
                for row in connection.execute(query)
            ]

    def earlier_readings(self, pk: int) -> list[EarlierReading]:
        """Return the versions of a record from before its archives were reread, latest first."""
        query = (
            sa.select(earlier_readings)
            .join(captures, captures.c.id == earlier_readings.c.capture_id)
            .where(earlier_readings.c.record_pk == pk, captures.c.state == COMPLETE, sa.not_(_STILL_SEEN))
            .order_by(earlier_readings.c.id.desc())
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
            views = version_views(connection, [row.version_id for row in rows])
        return [
            EarlierReading(views[row.version_id], row.capture_id, row.importer_version, from_ms(row.reread_ms))
            for row in rows
            if row.version_id in views
        ]

    def is_not_read(self, pk: int) -> bool:
        """Return whether a capture has the record only from an older importer, because today's importer does not read it there."""
        with self._engine.connect() as connection:
            mark = sa.select(earlier_readings.c.id).where(earlier_readings.c.record_pk == pk, _STILL_SEEN)
            return connection.execute(mark.limit(1)).first() is not None

    def thread(self, view: RecordView, limit: int = THREAD_LIMIT) -> list[RecordView]:
        """Return the thread of a record, oldest first, including the record itself."""
        with self._engine.connect() as connection:
            return thread(connection, view, limit)

    # evidence

    def archive_digests(self, capture_id: int) -> list[str]:
        """Return the SHA-256 of the files of a capture's archive, in part order; empty for an unknown capture."""
        query = sa.select(capture_files.c.digest).where(capture_files.c.capture_id == capture_id).order_by(capture_files.c.part)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def vault_files(self) -> list[tuple[str, str]]:
        """Return (digest, name) of every vault file of captures, including captures set aside."""
        query = (
            sa.select(capture_files.c.digest, sa.func.min(capture_files.c.name))
            .join(captures, captures.c.id == capture_files.c.capture_id)
            .where(captures.c.state != TAKING_IN)
            .group_by(capture_files.c.digest)
            .order_by(capture_files.c.digest)
        )
        with self._engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    # the index's work list

    def position(self) -> int:
        """Return the catalog's position: the last number on the index's work list."""
        with self._engine.connect() as connection:
            value = connection.execute(_POSITION).scalar()
        return int(value or 0)

    def count(self) -> int:
        """Return the number of records, not counting those only in set-aside captures."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.coalesce(sa.func.sum(accounts.c.records), 0))).scalar() or 0

    def changed_since(self, position: int) -> Iterator[list[int]]:
        """Yield batches of record numbers to index again, each record once per batch."""
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
        """Yield the numbers of all records in batches."""
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
        """Return the index rows of records in the given order, without places and media, which are slow to read."""
        query = sa.select(
            records.c.pk,
            records.c.kind,
            root_id.label("account_id"),
            records.c.versions,
            *stored_data.CONTENT_COLUMNS,
        ).select_from(
            records.join(versions, versions.c.id == records.c.current_version_id).join(accounts, accounts.c.id == records.c.account_id)
        )
        rows = {}
        with self._engine.connect() as connection:
            for row in select_keys(connection, query.where(among_keys(records.c.pk)), pks):
                rows[row.pk] = IndexRow(row.pk, row.kind, row.account_id, row.versions, stored_data.content(row))
            absent = absent_from(connection, list(rows))
            earlier = self._earlier_texts(connection, [row.pk for row in rows.values() if row.versions > 1])
        return [rows[pk]._replace(earlier=earlier.get(pk, ()), absent_from=absent.get(pk, ())) for pk in pks if pk in rows]

    def absent_since(self, position: int) -> list[int]:
        """Return the records after a position of the index's work list that are absent from a capture."""
        absent = sa.select(absences.c.record_pk)
        query = sa.select(outbox.c.record_pk).where(outbox.c.seq > position, outbox.c.record_pk.in_(absent)).distinct()
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(outbox.c.record_pk)).scalars())

    def _earlier_texts(self, connection: sa.Connection, pks: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the texts of all versions before the current version: edited text is searched too."""
        texts: dict[int, tuple[str, ...]] = {}
        query = (
            sa.select(versions.c.record_pk, versions.c.text, versions.c.title)
            .join(records, records.c.pk == versions.c.record_pk)
            .where(versions.c.id != records.c.current_version_id, COUNTED)
            .order_by(versions.c.record_pk, versions.c.number)
        )
        for pk, text, title in select_keys(connection, query.where(among_keys(versions.c.record_pk)), pks):
            texts[pk] = (*texts.get(pk, ()), text, title)
        return texts


def _in_order(connection: sa.Connection, pks: Sequence[int], choose_versions: VersionChooser | None) -> Iterator[RecordView]:
    version_ids = choose_versions(pks) if choose_versions else {}
    views = current_views(connection, [pk for pk in pks if pk not in version_ids])
    if version_ids:
        views.update((view.pk, view) for view in version_views(connection, list(version_ids.values())).values())
    yield from (views[pk] for pk in pks if pk in views)
