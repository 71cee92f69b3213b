"""Reads the catalog: captures, accounts, records, versions, sightings, problems. Writes stand in capture_writer.py.

Nothing of a capture that is still being taken in is ever returned; of one that is set aside, only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.accounts import people_named, whole_accounts
from indexer.catalog.capture_views import capture_views
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

THREAD_LIMIT = 500

VersionChooser = Callable[[Sequence[int]], Mapping[int, int]]
"""Says of some records in which version (its number in the table) they are wanted; of the others, the current one is."""


_CURRENT = records.join(versions, versions.c.id == records.c.current_version_id).join(accounts, accounts.c.id == records.c.account_id)

_STILL_SEEN = sa.exists().where(
    sightings.c.record_pk == earlier_readings.c.record_pk,
    sightings.c.version_id == earlier_readings.c.version_id,
    sightings.c.capture_id == earlier_readings.c.capture_id,
)
"""An earlier reading whose sighting was kept: the record is not read any more."""


class Catalog:
    """The readable side of one catalog. Safe to share between threads; each call uses a connection of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    # captures and accounts

    def captures(self, allowed: frozenset[int] | None = None, *, with_set_aside: bool = False) -> list[CaptureView]:
        """Return the captures that count, newest first; only of allowed accounts where a set is given."""
        conditions = () if allowed is None else (captures.c.account_id.in_(allowed),)
        with self._engine.connect() as connection:
            return capture_views(connection, *conditions, with_set_aside=with_set_aside)

    def capture(self, capture_id: int, *, with_set_aside: bool = False) -> CaptureView | None:
        """Return one capture that counts, or one set aside where that is asked for."""
        with self._engine.connect() as connection:
            return next(iter(capture_views(connection, captures.c.id == capture_id, with_set_aside=with_set_aside)), None)

    def capture_of_digest(self, digest: str) -> CaptureView | None:
        """Return the capture of an archive with this digest, be it set aside or not."""
        with self._engine.connect() as connection:
            return next(iter(capture_views(connection, captures.c.digest == digest, with_set_aside=True)), None)

    def captures_set_aside(self, record_id: str) -> list[CaptureView]:
        """Return the captures that hold a record, when all of them are set aside; none for any other record."""
        holding = (
            sa.select(sightings.c.capture_id)
            .join(records, records.c.pk == sightings.c.record_pk)
            .where(records.c.record_id == record_id, records.c.current_version_id.is_(None))
        )
        with self._engine.connect() as connection:
            return capture_views(connection, captures.c.id.in_(holding), captures.c.state == SET_ASIDE, with_set_aside=True)

    def problems(self, capture_id: int, limit: int = 100, offset: int = 0) -> list[ProblemView]:
        """Return a page of a capture's problems in the order they were met."""
        query = sa.select(problems).where(problems.c.capture_id == capture_id).order_by(problems.c.id).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            return [ProblemView(row.member, row.item, row.code, from_json(row.sentence, row.message)) for row in connection.execute(query)]

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

    def accounts(self, allowed: frozenset[int] | None = None, *, with_set_aside: bool = False) -> list[AccountView]:
        """Return the whole accounts that a reader may see (None: all), by platform and handle (accounts.py)."""
        with self._engine.connect() as connection:
            return whole_accounts(connection, allowed, with_set_aside=with_set_aside)

    def people(self) -> dict[tuple[str, str], str]:
        """Return the names that records custodians gave to numbers, by platform and number."""
        with self._engine.connect() as connection:
            return people_named(connection)

    # records

    def record(self, record_id: str) -> RecordView | None:
        """Return a record in its current version; an id that it had in another reading of its archive leads to it too."""
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
        """Return records in the order asked for; numbers without a record are left out.

        They are in their current version, or in the one whose number `choose_versions` gives for some of them.
        """
        with self._engine.connect() as connection:
            return list(_in_order(connection, pks, choose_versions))

    def stream(self, pks: Iterable[int], choose_versions: VersionChooser | None = None) -> Iterator[RecordView]:
        """Yield the same a batch at a time, from one state of the catalog."""
        with self._engine.connect() as connection:
            for batch in in_batches(pks):
                yield from _in_order(connection, batch, choose_versions)

    def versions(self, pk: int) -> list[RecordView]:
        """Return every version of a record that a capture holds which counts, the first one first."""
        with self._engine.connect() as connection:
            ids = connection.execute(sa.select(versions.c.id).where(versions.c.record_pk == pk, COUNTED).order_by(versions.c.number))
            numbers = list(ids.scalars())
            found = version_views(connection, numbers)
        return [found[number] for number in numbers if number in found]

    def sightings(self, pk: int) -> list[SightingView]:
        """Return every presence of a record in a capture, the newest capture first."""
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
        """Return what a record said before its archives were read again, the latest first."""
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
        """Tell whether some capture has a record only as an older importer read it: today's does not read it there any more."""
        with self._engine.connect() as connection:
            mark = sa.select(earlier_readings.c.id).where(earlier_readings.c.record_pk == pk, _STILL_SEEN)
            return connection.execute(mark.limit(1)).first() is not None

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
        """Return (digest, name) of every file that captures have in the vault, those set aside included."""
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
        """Return the catalog's position: the last number that was put on the index's work list."""
        with self._engine.connect() as connection:
            value = connection.execute(sa.select(meta.c.value).where(meta.c.key == "position")).scalar()
        return int(value or 0)

    def count(self) -> int:
        """Return how many records are held and count."""
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
            root_id.label("account_id"),
            records.c.versions,
            *stored_data.CONTENT_COLUMNS,
        ).select_from(
            records.join(versions, versions.c.id == records.c.current_version_id).join(accounts, accounts.c.id == records.c.account_id)
        )
        found = {}
        with self._engine.connect() as connection:
            for row in select_keys(connection, query.where(among_keys(records.c.pk)), pks):
                found[row.pk] = IndexRow(row.pk, row.kind, row.account_id, row.versions, stored_data.content(row))
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
            .where(versions.c.id != records.c.current_version_id, COUNTED)
            .order_by(versions.c.record_pk, versions.c.number)
        )
        for pk, text, title in select_keys(connection, query.where(among_keys(versions.c.record_pk)), pks):
            texts[pk] = (*texts.get(pk, ()), text, title)
        return texts


def _in_order(connection: sa.Connection, pks: Sequence[int], choose_versions: VersionChooser | None) -> Iterator[RecordView]:
    other = choose_versions(pks) if choose_versions else {}
    found = current_views(connection, [pk for pk in pks if pk not in other])
    if other:
        found.update((view.pk, view) for view in version_views(connection, list(other.values())).values())
    yield from (found[pk] for pk in pks if pk in found)
