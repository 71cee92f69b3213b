"""Writes the changes from rereading a capture in a single transaction."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

import msgspec
import sqlalchemy as sa

from indexer.catalog import (
    SIGHTING_COLUMNS,
    UNNAMED,
    VERSION_COLUMNS,
    CaptureResult,
    CaptureView,
    MemberOutcome,
    Reconciled,
    accounts,
    audit,
    bump_revision,
    captures,
    earlier_readings,
    in_batches,
    insert_many,
    members,
    other_ids,
    problem_columns,
    problems,
    queue_for_index,
    recompute_absences,
    records,
    refresh_account,
    refresh_capture_times,
    set_current_versions,
    sightings,
    stored_facts,
    transaction,
    versions,
)
from indexer.local_time import to_ms
from indexer.progress import Tick
from indexer.record import CaptureFacts, Problem
from indexer.repository import Repository

NAMED_IN_EVENT = 100  # ids of records no longer read that the event lists


@dataclass(frozen=True, slots=True)
class RereadOutcome:
    """The outcome of rereading a capture, apart from the changes to its records."""

    capture: CaptureView
    importer: tuple[str, str]
    facts: CaptureFacts
    problems: Sequence[Problem]
    outcomes: Sequence[MemberOutcome]
    reconciliation: Sequence[Reconciled]
    time_rules: Mapping[str, int]
    folded: int
    not_read: tuple[str, ...]  # ids of records no longer read; they stay in the catalog
    marks: tuple[tuple[int, int], ...]  # their (record number, version id)


@dataclass(frozen=True, slots=True)
class RereadReport:
    """Summary of the changes from rereading a capture."""

    capture_id: int
    importer_before: str
    importer_now: str
    corrected: int  # sightings with another version now
    added: int  # new records
    not_read: tuple[str, ...]
    problems_before: int
    problems_now: int
    other_account: str = ""  # label of the account that today's importer reads in the archive, if it is another account


class Change(msgspec.Struct, array_like=True):
    """A sighting that is read differently today, or a record that was not read before."""

    sighting_id: int  # 0: none before
    pk: int  # of the record that it belongs to now; 0: a new record
    version_id: int  # of the sighting until now; 0: none before
    kind: str
    native_id: str  # in the catalog
    new_version: bool  # today's reading differs from the version in the catalog
    for_all: bool  # same content digest, other fields only from this capture: all sightings of the version get the new version
    version: list[Any]  # columns of `versions` from `digest` on
    sighting: list[Any]  # columns of `sightings` from `member` on
    other_id: str = ""  # native id in today's reading if the catalog keeps the record under another id


class ChangeSpill:
    """Changes in order of discovery, spilled to an anonymous temporary file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.count = 0

    def add(self, change: Change) -> None:
        """Append a change."""
        packed = msgspec.msgpack.encode(change)
        self._file.write(struct.pack(">Q", len(packed)) + packed)
        self.count += 1

    def batches(self) -> Iterator[list[Change]]:
        """Yield the changes in batches."""
        self._file.seek(0)
        yield from in_batches(self._changes())

    def _changes(self) -> Iterator[Change]:
        while len(header := self._file.read(8)) == 8:
            yield msgspec.msgpack.decode(self._file.read(struct.unpack(">Q", header)[0]), type=Change)


def write(repository: Repository, outcome: RereadOutcome, spill: ChangeSpill, actor: str, tick: Tick) -> RereadReport:
    """Write the changes, the capture's new facts, and the event."""
    with transaction(repository.db) as connection:
        return _Writer(connection, outcome).run(spill, actor, tick)


class _Writer:
    """Applies the changes of a capture on a connection."""

    def __init__(self, connection: sa.Connection, outcome: RereadOutcome) -> None:
        self._connection, self._outcome = connection, outcome
        self._number = outcome.capture.id
        self._account = connection.execute(
            sa.select(accounts).join(captures, captures.c.account_id == accounts.c.id).where(captures.c.id == self._number)
        ).one()
        self._now = to_ms(datetime.now(UTC))
        highest = [
            connection.execute(sa.select(sa.func.max(column))).scalar() or 0 for column in (records.c.pk, versions.c.id, sightings.c.id)
        ]
        self._next_pk, self._next_version, self._next_sighting = (number + 1 for number in highest)
        self._new_pks: dict[tuple[str, str], int] = {}  # of records new in this reading, by (kind, native id)
        self._left_behind: set[int] = set()  # records whose sighting moved to another record
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
        refresh_capture_times(connection, captures.c.account_id == account_id)
        set_current_versions(connection, sa.select(sightings.c.record_pk).where(sightings.c.capture_id == self._number), self._number)
        for pks in in_batches(sorted(self._left_behind)):
            set_current_versions(connection, sa.select(records.c.pk).where(records.c.pk.in_(pks)), self._number)
        recompute_absences(connection, account_id)
        refresh_account(connection, account_id)
        bump_revision(connection)
        return self._report(actor)

    def _write(self, batch: Sequence[Change]) -> None:
        numbers, version_ids = self._versions_of({change.pk for change in batch if change.pk})
        new_records: list[tuple[object, ...]] = []
        new_versions: list[tuple[object, ...]] = []
        new_sightings: list[tuple[object, ...]] = []
        place_rows: list[dict[str, Any]] = []
        version_rows: list[dict[str, Any]] = []
        replacement_rows: list[dict[str, Any]] = []
        earlier_rows: list[dict[str, Any]] = []
        for change in batch:
            pk, version_id, digest = change.pk, change.version_id, change.version[0]
            if not pk:
                pk = self._new_pks.get((change.kind, change.native_id), 0)
                if pk and pk not in numbers:  # created in an earlier batch
                    numbers[pk], version_ids[pk] = self._versions_of_record(pk)
            if not pk:
                pk = self._new_pks[change.kind, change.native_id] = self._next_pk
                self._next_pk += 1
                record_id = f"{self._account.platform}:{self._account.native_id}:{change.kind}:{change.native_id}"
                new_records.append((pk, record_id, self._account.id, change.kind, change.native_id, self._number, 0))
                self._added += 1
            if change.new_version:
                new_version_id = None if change.for_all else version_ids.setdefault(pk, {}).get(digest)
                if new_version_id is None:
                    new_version_id = version_ids.setdefault(pk, {})[digest] = self._next_version
                    self._next_version += 1
                    numbers[pk] = numbers.get(pk, 0) + 1
                    new_versions.append((new_version_id, pk, numbers[pk], self._number, *change.version))
                version_id = new_version_id
            if not change.sighting_id:
                new_sightings.append((self._next_sighting, pk, version_id, self._number, *change.sighting))
                self._next_sighting += 1
                continue
            place_rows.append({"b_id": change.sighting_id, **_place_parameters(change.sighting)})
            if version_id != change.version_id:
                self._corrected += 1
                version_rows.append({"b_id": change.sighting_id, "b_pk": pk, "b_version": version_id})
                row = {"record_pk": pk, "version_id": change.version_id, "capture_id": self._number}
                earlier_rows.append({**row, "importer_version": self._outcome.capture.importer_version, "reread_ms": self._now})
                if change.for_all:
                    replacement_rows.append({"b_pk": pk, "b_before": change.version_id, "b_version": version_id})
            if change.other_id:
                self._store_other_id(change)
        insert_many(self._connection, records, _RECORD_COLUMNS, new_records)
        insert_many(self._connection, versions, VERSION_COLUMNS, new_versions)
        insert_many(self._connection, sightings, SIGHTING_COLUMNS, new_sightings)
        for statement, rows in (
            (_SET_PLACE, place_rows),
            (_SET_VERSION, version_rows),
            (_REPLACE_VERSION, replacement_rows),
            (earlier_readings.insert(), earlier_rows),
        ):
            if rows:
                self._connection.execute(statement, rows)

    def _versions_of(self, pks: set[int]) -> tuple[dict[int, int], dict[int, dict[str, int]]]:
        """Return the highest version number of records, and their latest version ids by digest."""
        numbers: dict[int, int] = {}
        version_ids: dict[int, dict[str, int]] = {}
        columns = sa.select(versions.c.record_pk, versions.c.number, versions.c.digest, versions.c.id)
        for row in self._connection.execute(columns.where(versions.c.record_pk.in_(pks)).order_by(versions.c.id)):
            numbers[row.record_pk] = max(numbers.get(row.record_pk, 0), row.number)
            version_ids.setdefault(row.record_pk, {})[row.digest] = row.id
        return numbers, version_ids

    def _versions_of_record(self, pk: int) -> tuple[int, dict[str, int]]:
        numbers, version_ids = self._versions_of({pk})
        return numbers.get(pk, 0), version_ids.get(pk, {})

    def _mark_not_read(self) -> None:
        """Mark the sightings that only an earlier reading has: the record keeps them, and verification skips them."""
        read_versions = sa.select(sightings.c.version_id).where(sightings.c.capture_id == self._number)
        is_of_capture = earlier_readings.c.capture_id == self._number
        self._connection.execute(earlier_readings.delete().where(is_of_capture, earlier_readings.c.version_id.in_(read_versions)))
        shared = {"capture_id": self._number, "importer_version": self._outcome.capture.importer_version, "reread_ms": self._now}
        rows = [{"record_pk": pk, "version_id": version_id, **shared} for pk, version_id in self._outcome.marks]
        if rows:
            self._connection.execute(earlier_readings.insert(), rows)

    def _store_other_id(self, change: Change) -> None:
        """Store today's id of a record that the catalog keeps under another id, so that both ids lead to the record."""
        previous_pk = self._connection.execute(sa.select(sightings.c.record_pk).where(sightings.c.id == change.sighting_id)).scalar_one()
        if change.pk != previous_pk:
            self._left_behind.add(previous_pk)
        row = {"account_id": self._account.id, "kind": change.kind, "native_id": change.other_id}
        if not self._connection.execute(sa.select(other_ids).filter_by(**row)).first():
            self._connection.execute(other_ids.insert().values(**row, held_as=change.native_id))

    def _write_capture(self) -> None:
        outcome, connection = self._outcome, self._connection
        facts = outcome.facts
        for table in (problems, members):
            connection.execute(table.delete().where(table.c.capture_id == self._number))
        problem_rows = [problem_columns(problem) for problem in outcome.problems]
        member_rows = [
            {"name": o.name, "size": o.size, "digest": o.digest, "outcome": o.outcome, "reason": o.reason} for o in outcome.outcomes
        ]
        for table, rows in ((problems, problem_rows), (members, member_rows)):
            if rows:
                connection.execute(table.insert(), [{"capture_id": self._number, **row} for row in rows])
        result = CaptureResult(
            records=self._count(records, records.c.first_capture_id),
            versions=self._count(versions, versions.c.first_capture_id),
            sightings=self._count(sightings, sightings.c.capture_id),
            problems=len(outcome.problems),
            folded=outcome.folded,
            members_read=sum(1 for member in outcome.outcomes if member.outcome == "read"),
            members_ignored=sum(1 for member in outcome.outcomes if member.outcome == "ignored"),
            members_unknown=sum(1 for member in outcome.outcomes if member.outcome == "unknown"),
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
        """Give the account its names in this archive if it had none or if this is its newest archive."""
        stated, row = facts.account, self._account
        if not stated.native_id or (stated.native_id != row.native_id and not row.native_id.startswith(UNNAMED)):
            return
        exported = to_ms(facts.exported.utc) if facts.exported else None
        newer = sa.select(captures.c.id).where(captures.c.account_id == row.id, captures.c.id != self._number)
        if exported is None or self._connection.execute(newer.where(captures.c.exported_ms > exported)).first():
            newer_names = not row.native_id.startswith(UNNAMED) and self._connection.execute(newer).first() is not None
            if newer_names:
                return
        values = {key: value for key, value in (("handle", stated.handle), ("name", stated.name)) if value}
        if any(getattr(row, key) != value for key, value in values.items()):
            self._connection.execute(accounts.update().where(accounts.c.id == row.id).values(**values))
            pks = sa.select(records.c.pk).where(records.c.account_id == row.id, records.c.current_version_id.is_not(None))
            queue_for_index(self._connection, pks.order_by(records.c.pk))

    def _count(self, table: sa.Table, column: sa.Column[Any]) -> int:
        return self._connection.execute(sa.select(sa.func.count()).select_from(table).where(column == self._number)).scalar_one()

    def _report(self, actor: str) -> RereadReport:
        outcome, capture, stated = self._outcome, self._outcome.capture, self._outcome.facts.account
        native_id = self._account.native_id
        is_other = bool(stated.native_id) and stated.native_id != native_id and not native_id.startswith(UNNAMED)
        report = RereadReport(
            capture_id=self._number,
            importer_before=capture.importer_version,
            importer_now=outcome.importer[1],
            corrected=self._corrected,
            added=self._added,
            not_read=outcome.not_read,
            problems_before=capture.problems,
            problems_now=self.result.problems,
            other_account=(f"@{stated.handle}" if stated.handle else stated.name or stated.native_id) if is_other else "",
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
_PLACE_COLUMNS = SIGHTING_COLUMNS[4:]
_SET_PLACE = (
    sightings.update().where(sightings.c.id == sa.bindparam("b_id")).values({name: sa.bindparam(f"b_{name}") for name in _PLACE_COLUMNS})
)
_SET_VERSION = (
    sightings.update()
    .where(sightings.c.id == sa.bindparam("b_id"))
    .values(record_pk=sa.bindparam("b_pk"), version_id=sa.bindparam("b_version"))
)
_REPLACE_VERSION = (
    sightings.update()
    .where(sightings.c.record_pk == sa.bindparam("b_pk"), sightings.c.version_id == sa.bindparam("b_before"))
    .values(version_id=sa.bindparam("b_version"))
)


def _place_parameters(values: Sequence[Any]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in zip(_PLACE_COLUMNS, values, strict=True)}
