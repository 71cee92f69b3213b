"""Writes what reading a capture again has found: all of it in one transaction."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

import msgspec
import sqlalchemy as sa

from indexer.catalog import audit
from indexer.catalog.accounts import bump_revision
from indexer.catalog.capture_writer import SIGHTING_COLUMNS, VERSION_COLUMNS, MemberOutcome
from indexer.catalog.completion import queue_for_index, recompute_absences, refresh_account, set_current_versions
from indexer.catalog.database import in_batches, insert_many, transaction
from indexer.catalog.models import UNNAMED, CaptureView, Reconciled
from indexer.catalog.stored_data import CaptureResult, problem_columns, stored_facts
from indexer.catalog.tables import (
    accounts,
    captures,
    earlier_readings,
    members,
    other_ids,
    problems,
    records,
    sightings,
    versions,
)
from indexer.local_time import to_ms
from indexer.progress import Tick
from indexer.record import CaptureFacts, Problem
from indexer.repository import Repository

NAMED_IN_EVENT = 100  # records no longer read that the event names


@dataclass(frozen=True, slots=True)
class RereadOutcome:
    """What reading a capture again came to, besides the changes to its records."""

    capture: CaptureView
    importer: tuple[str, str]
    facts: CaptureFacts
    problems: Sequence[Problem]
    outcomes: Sequence[MemberOutcome]
    reconciliation: Sequence[Reconciled]
    time_rules: Mapping[str, int]
    folded: int
    not_read: tuple[str, ...]  # ids of records that are not read any more: they stay
    marks: tuple[tuple[int, int], ...]  # their numbers and versions


@dataclass(frozen=True, slots=True)
class RereadReport:
    """What reading a capture again has changed."""

    capture_id: int
    importer_before: str
    importer_now: str
    corrected: int  # readings that are other ones now
    added: int  # records found additionally
    not_read: tuple[str, ...]
    problems_before: int
    problems_now: int
    other_account: str = ""  # today's importer reads another account in the archive: its label


class Change(msgspec.Struct, array_like=True):
    """One sighting that is read otherwise today, or a record that is read today and was not before."""

    sighting_id: int  # 0: there was none
    pk: int  # of the record that has it now; 0: the record is new
    version_id: int  # that the sighting pointed to; 0 where there was none
    kind: str
    native_id: str  # as the catalog keeps it
    new_version: bool  # what is read differs from the version in the catalog
    for_all: bool  # the content is the same and only this capture gave the rest: every sighting of the version follows
    version: list[Any]  # columns of `versions` from digest on
    sighting: list[Any]  # columns of `sightings` from member on
    other_id: str = ""  # the native id of today's reading, where the catalog keeps the record under another one


class ChangeSpill:
    """Changes in the order they were found, in a file without a name."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.count = 0

    def add(self, change: Change) -> None:
        """Append one change."""
        packed = msgspec.msgpack.encode(change)
        self._file.write(struct.pack(">Q", len(packed)) + packed)
        self.count += 1

    def batches(self) -> Iterator[list[Change]]:
        """Yield the changes again, some at a time."""
        self._file.seek(0)
        yield from in_batches(self._changes())

    def _changes(self) -> Iterator[Change]:
        while len(head := self._file.read(8)) == 8:
            yield msgspec.msgpack.decode(self._file.read(struct.unpack(">Q", head)[0]), type=Change)


def write(repository: Repository, outcome: RereadOutcome, spill: ChangeSpill, actor: str, tick: Tick) -> RereadReport:
    """Write the changes, the capture's new facts, and the event."""
    with transaction(repository.db) as connection:
        return _Writer(connection, outcome).run(spill, actor, tick)


class _Writer:
    def __init__(self, connection: sa.Connection, outcome: RereadOutcome) -> None:
        self._connection, self._outcome = connection, outcome
        self._number = outcome.capture.id
        self._account = connection.execute(
            sa.select(accounts).join(captures, captures.c.account_id == accounts.c.id).where(captures.c.id == self._number)
        ).one()
        self._now = to_ms(datetime.now(UTC))
        highest = [connection.execute(sa.select(sa.func.max(one))).scalar() or 0 for one in (records.c.pk, versions.c.id, sightings.c.id)]
        self._next_pk, self._next_version, self._next_sighting = (number + 1 for number in highest)
        self._made: dict[tuple[str, str], int] = {}  # records that are new in this reading
        self._left_behind: set[int] = set()  # records whose sighting went over to another one
        self._corrected = self._added = 0

    def run(self, spill: ChangeSpill, actor: str, tick: Tick) -> RereadReport:
        done = 0
        for batch in spill.batches():
            self._write(batch)
            done += len(batch)
            tick(done, spill.count)
        connection, account_id = self._connection, self._account.id
        self._mark_not_read()
        self._write_capture()
        set_current_versions(connection, sa.select(sightings.c.record_pk).where(sightings.c.capture_id == self._number), self._number)
        for batch_left in in_batches(sorted(self._left_behind)):
            set_current_versions(connection, sa.select(records.c.pk).where(records.c.pk.in_(batch_left)), self._number)
        recompute_absences(connection, account_id)
        refresh_account(connection, account_id)
        bump_revision(connection)
        return self._tell(actor)

    def _write(self, batch: Sequence[Change]) -> None:
        numbers, known = self._versions_of({change.pk for change in batch if change.pk})
        new_records: list[tuple[object, ...]] = []
        new_versions: list[tuple[object, ...]] = []
        new_sightings: list[tuple[object, ...]] = []
        places: list[dict[str, Any]] = []
        points: list[dict[str, Any]] = []
        follow: list[dict[str, Any]] = []
        before: list[dict[str, Any]] = []
        for change in batch:
            pk, version_id, digest = change.pk, change.version_id, change.version[0]
            if not pk:
                pk = self._made.get((change.kind, change.native_id), 0)
                if pk and pk not in numbers:  # made in a batch before
                    numbers[pk], known[pk] = self._versions_of_one(pk)
            if not pk:
                pk = self._made[change.kind, change.native_id] = self._next_pk
                self._next_pk += 1
                record_id = f"{self._account.platform}:{self._account.native_id}:{change.kind}:{change.native_id}"
                new_records.append((pk, record_id, self._account.id, change.kind, change.native_id, self._number, 0))
                self._added += 1
            if change.new_version:
                found = None if change.for_all else known.setdefault(pk, {}).get(digest)
                if found is None:
                    found = known.setdefault(pk, {})[digest] = self._next_version
                    self._next_version += 1
                    numbers[pk] = numbers.get(pk, 0) + 1
                    new_versions.append((found, pk, numbers[pk], self._number, *change.version))
                version_id = found
            if not change.sighting_id:
                new_sightings.append((self._next_sighting, pk, version_id, self._number, *change.sighting))
                self._next_sighting += 1
                continue
            places.append({"b_id": change.sighting_id, **_named(change.sighting)})
            if version_id != change.version_id:
                self._corrected += 1
                points.append({"b_id": change.sighting_id, "b_pk": pk, "b_version": version_id})
                row = {"record_pk": pk, "version_id": change.version_id, "capture_id": self._number}
                before.append({**row, "importer_version": self._outcome.capture.importer_version, "reread_ms": self._now})
                if change.for_all:
                    follow.append({"b_pk": pk, "b_before": change.version_id, "b_version": version_id})
            if change.other_id:
                self._remember(change)
        insert_many(self._connection, records, _RECORD_COLUMNS, new_records)
        insert_many(self._connection, versions, VERSION_COLUMNS, new_versions)
        insert_many(self._connection, sightings, SIGHTING_COLUMNS, new_sightings)
        for statement, rows in ((_PLACE, places), (_POINT, points), (_FOLLOW, follow), (earlier_readings.insert(), before)):
            if rows:
                self._connection.execute(statement, rows)

    def _versions_of(self, pks: set[int]) -> tuple[dict[int, int], dict[int, dict[str, int]]]:
        """Return the highest version number of records, and their versions by digest, the latest of each."""
        numbers: dict[int, int] = {}
        known: dict[int, dict[str, int]] = {}
        columns = sa.select(versions.c.record_pk, versions.c.number, versions.c.digest, versions.c.id)
        for row in self._connection.execute(columns.where(versions.c.record_pk.in_(pks)).order_by(versions.c.id)):
            numbers[row.record_pk] = max(numbers.get(row.record_pk, 0), row.number)
            known.setdefault(row.record_pk, {})[row.digest] = row.id
        return numbers, known

    def _versions_of_one(self, pk: int) -> tuple[int, dict[str, int]]:
        numbers, known = self._versions_of({pk})
        return numbers.get(pk, 0), known.get(pk, {})

    def _mark_not_read(self) -> None:
        """Note which sightings are only an earlier reading's: the record keeps them, and verification does not look for them."""
        live = sa.select(sightings.c.version_id).where(sightings.c.capture_id == self._number)
        mine = earlier_readings.c.capture_id == self._number
        self._connection.execute(earlier_readings.delete().where(mine, earlier_readings.c.version_id.in_(live)))
        shared = {"capture_id": self._number, "importer_version": self._outcome.capture.importer_version, "reread_ms": self._now}
        rows = [{"record_pk": pk, "version_id": version_id, **shared} for pk, version_id in self._outcome.marks]
        if rows:
            self._connection.execute(earlier_readings.insert(), rows)

    def _remember(self, change: Change) -> None:
        """Keep under which id the catalog has a record whose id comes out otherwise; a record left behind leads to the one kept."""
        was = self._connection.execute(sa.select(sightings.c.record_pk).where(sightings.c.id == change.sighting_id)).scalar_one()
        if change.pk != was:
            self._left_behind.add(was)
        row = {"account_id": self._account.id, "kind": change.kind, "native_id": change.other_id}
        if not self._connection.execute(sa.select(other_ids).filter_by(**row)).first():
            self._connection.execute(other_ids.insert().values(**row, held_as=change.native_id))

    def _write_capture(self) -> None:
        outcome, connection = self._outcome, self._connection
        facts = outcome.facts
        for table in (problems, members):
            connection.execute(table.delete().where(table.c.capture_id == self._number))
        found = [problem_columns(problem) for problem in outcome.problems]
        read = [{"name": o.name, "size": o.size, "digest": o.digest, "outcome": o.outcome, "reason": o.reason} for o in outcome.outcomes]
        for table, rows in ((problems, found), (members, read)):
            if rows:
                connection.execute(table.insert(), [{"capture_id": self._number, **row} for row in rows])
        result = CaptureResult(
            records=self._count(records, records.c.first_capture_id),
            versions=self._count(versions, versions.c.first_capture_id),
            sightings=self._count(sightings, sightings.c.capture_id),
            problems=len(outcome.problems),
            folded=outcome.folded,
            members_read=sum(1 for one in outcome.outcomes if one.outcome == "read"),
            members_ignored=sum(1 for one in outcome.outcomes if one.outcome == "ignored"),
            members_unknown=sum(1 for one in outcome.outcomes if one.outcome == "unknown"),
            reconciliation=[(row.unit, row.declared, row.read) for row in outcome.reconciliation],
            time_rules=dict(outcome.time_rules),
        )
        self.result = result
        connection.execute(
            captures.update()
            .where(captures.c.id == self._number)
            .values(
                importer=outcome.importer[0],
                importer_version=outcome.importer[1],
                form=str(facts.form),
                exported_ms=to_ms(facts.exported.utc) if facts.exported else None,
                facts=msgspec.json.encode(stored_facts(facts)),
                result=msgspec.json.encode(result, order="sorted"),
            )
        )
        self._rename(facts)

    def _rename(self, facts: CaptureFacts) -> None:
        """Call the account as this archive calls it, where it had no name or this is its newest archive."""
        said, row = facts.account, self._account
        if not said.native_id or (said.native_id != row.native_id and not row.native_id.startswith(UNNAMED)):
            return
        exported = to_ms(facts.exported.utc) if facts.exported else None
        newer = sa.select(captures.c.id).where(captures.c.account_id == row.id, captures.c.id != self._number)
        if exported is None or self._connection.execute(newer.where(captures.c.exported_ms > exported)).first():
            newer_names = not row.native_id.startswith(UNNAMED) and self._connection.execute(newer).first() is not None
            if newer_names:
                return
        values = {key: value for key, value in (("handle", said.handle), ("name", said.name)) if value}
        if any(getattr(row, key) != value for key, value in values.items()):
            self._connection.execute(accounts.update().where(accounts.c.id == row.id).values(**values))
            held = sa.select(records.c.pk).where(records.c.account_id == row.id, records.c.current_version_id.is_not(None))
            queue_for_index(self._connection, held.order_by(records.c.pk))

    def _count(self, table: sa.Table, column: sa.Column[Any]) -> int:
        return self._connection.execute(sa.select(sa.func.count()).select_from(table).where(column == self._number)).scalar_one()

    def _tell(self, actor: str) -> RereadReport:
        outcome, capture, said = self._outcome, self._outcome.capture, self._outcome.facts.account
        was = self._account.native_id
        is_other = bool(said.native_id) and said.native_id != was and not was.startswith(UNNAMED)  # one without a name has that one now
        report = RereadReport(
            capture_id=self._number,
            importer_before=capture.importer_version,
            importer_now=outcome.importer[1],
            corrected=self._corrected,
            added=self._added,
            not_read=outcome.not_read,
            problems_before=capture.problems,
            problems_now=self.result.problems,
            other_account=(f"@{said.handle}" if said.handle else said.name or said.native_id) if is_other else "",
        )
        totals = {name: getattr(self.result, name) for name in ("records", "versions", "sightings", "problems", "folded")}
        detail = {
            **totals,
            "importer": {"before": report.importer_before, "after": report.importer_now},
            "corrected": report.corrected,
            "added": report.added,
            "not_read": len(report.not_read),
            "not_read_ids": list(report.not_read[:NAMED_IN_EVENT]),
            "problems_before": report.problems_before,
        }
        audit.append(self._connection, "capture:reread", actor, f"capture {self._number}", detail)
        return report


_RECORD_COLUMNS = ("pk", "record_id", "account_id", "kind", "native_id", "first_capture_id", "versions")
_PLACED = SIGHTING_COLUMNS[4:]
_PLACE = sightings.update().where(sightings.c.id == sa.bindparam("b_id")).values({name: sa.bindparam(f"b_{name}") for name in _PLACED})
_POINT = (
    sightings.update()
    .where(sightings.c.id == sa.bindparam("b_id"))
    .values(record_pk=sa.bindparam("b_pk"), version_id=sa.bindparam("b_version"))
)
_FOLLOW = (
    sightings.update()
    .where(sightings.c.record_pk == sa.bindparam("b_pk"), sightings.c.version_id == sa.bindparam("b_before"))
    .values(version_id=sa.bindparam("b_version"))
)


def _named(values: Sequence[Any]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in zip(_PLACED, values, strict=True)}
