"""Writes a capture into the catalog: in short transactions invisible to readers, then in a final one that shows it whole.

Until `finish()` the capture's state is "taking in" and its new records have no current version, so readers skip them.
`remove_unfinished()` deletes everything that an interrupted capture wrote.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from indexer.catalog import audit, stored_data
from indexer.catalog.accounts import holdings_changed
from indexer.catalog.completion import mark_absences, queue_for_index, refresh_account, refresh_capture_times, set_capture_versions
from indexer.catalog.database import among_keys, insert_many, select_keys, transaction
from indexer.catalog.models import Reconciled
from indexer.catalog.stored_data import COMPLETE, TAKING_IN, CaptureResult, IndexRow, stored_facts
from indexer.catalog.tables import accounts, capture_files, captures, members, other_ids, problems, records, sightings, versions
from indexer.local_time import to_ms
from indexer.record import Account, CaptureFacts, Locator, Problem, Record, RecordKind

RECORD_COLUMNS = ("pk", "record_id", "account_id", "kind", "native_id", "first_capture_id", "versions")
VERSION_COLUMNS = tuple(column.name for column in versions.columns)
SIGHTING_COLUMNS = tuple(column.name for column in sightings.columns)
_VERSIONS_OF = (
    sa.select(records.c.record_id, records.c.pk, versions.c.digest, versions.c.id)
    .join(versions, versions.c.record_pk == records.c.pk)
    .where(among_keys(records.c.record_id))
    .order_by(versions.c.id)  # of two readings with the same content the later one wins
)


@dataclass(frozen=True, slots=True)
class VaultFile:
    """A vault file with its original name; size in bytes."""

    digest: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class NewCapture:
    """An archive to be taken in. `importer` is (name, version), `taken_at` is UTC, `zone` the IANA zone of its local times."""

    digest: str
    files: Sequence[VaultFile]
    name: str
    facts: CaptureFacts
    importer: tuple[str, str]
    taken_by: str
    taken_at: datetime
    source: str
    zone: str


@dataclass(frozen=True, slots=True)
class MemberOutcome:
    """The outcome of a member ("read", "ignored" or "unknown") with the reason."""

    name: str
    size: int
    digest: str
    outcome: str
    reason: str = ""


@dataclass(slots=True)
class CaptureWriter:
    """Writer of a capture. All calls come from the process that holds the ingest lock."""

    engine: sa.Engine
    capture_id: int
    account_id: int
    account_key: str
    zone: str
    result: CaptureResult = field(default_factory=CaptureResult)
    known_pks: set[int] = field(default_factory=set)  # records already in the catalog: their current version is known only at the end
    _next_pk: int = 0
    _next_version: int = 0
    _next_sighting: int = 0
    _time_rules: Counter[str] = field(default_factory=Counter)
    _other_ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _written_ids: set[int] | None = None  # for a new account: hashes of the ids written so far; other ids need no query

    def add(self, batch: Sequence[Record]) -> list[IndexRow]:
        """Write records, versions and sightings in a transaction; return the index rows of new records."""
        new_rows: list[IndexRow] = []
        if self._other_ids:
            batch = [with_catalog_id(record, self._other_ids) for record in batch]
        ids = [f"{self.account_key}:{record.kind}:{record.native_id}" for record in batch]
        new_records: list[tuple[object, ...]] = []
        new_versions: list[tuple[object, ...]] = []
        new_sightings: list[tuple[object, ...]] = []
        with transaction(self.engine) as connection:
            catalog_versions = self._catalog_versions(connection, ids)
            for record_id, record in zip(ids, batch, strict=True):
                kind, content = str(record.kind), stored_data.build(record)
                if record_id in catalog_versions:
                    pk, version_ids = catalog_versions[record_id]
                    self.known_pks.add(pk)
                else:
                    pk, version_ids = self._next_pk, {}
                    catalog_versions[record_id] = pk, version_ids
                    self._next_pk += 1
                    new_rows.append(IndexRow(pk, kind, self.account_id, 1, content))
                    new_records.append((pk, record_id, self.account_id, kind, record.native_id, self.capture_id, 0))
                digest = stored_data.digest_of(kind, record.native_id, content)
                version_id = version_ids.get(digest)
                if version_id is None and record.kind is RecordKind.LIKE and not record.text and version_ids:
                    version_id = max(version_ids.values())  # X omits the liked text once the post is gone: not a new version
                if version_id is None:
                    version_id = version_ids[digest] = self._next_version
                    self._next_version += 1
                    new_versions.append((version_id, pk, len(version_ids), self.capture_id, digest, *stored_data.row_values(content)))
                new_sightings.append(self._sighting_row(version_id, pk, record))
                if record.posted is not None:
                    self._time_rules[str(record.posted.rule)] += 1
            insert_many(connection, records, RECORD_COLUMNS, new_records)
            insert_many(connection, versions, VERSION_COLUMNS, new_versions)
            insert_many(connection, sightings, SIGHTING_COLUMNS, new_sightings)
        self.result.records += len(new_records)
        self.result.versions += len(new_versions)
        self.result.sightings += len(new_sightings)
        self.result.folded += sum(len(record.folded) for record in batch)
        return new_rows

    def add_problems(self, batch: Iterable[Problem]) -> None:
        """Write problems in a transaction."""
        rows = [{"capture_id": self.capture_id, **stored_data.problem_columns(problem)} for problem in batch]
        if rows:
            with transaction(self.engine) as connection:
                connection.execute(problems.insert(), rows)
            self.result.problems += len(rows)

    def finish(self, outcomes: Sequence[MemberOutcome], reconciliation: Sequence[Reconciled], actor: str) -> None:
        """Complete the capture: members, counts, current versions, absences, the index's work list, the event."""
        counts = Counter(outcome.outcome for outcome in outcomes)
        result = self.result
        result.members_read, result.members_ignored = counts["read"], counts["ignored"]
        result.members_unknown = counts["unknown"]
        result.reconciliation = [(row.unit, row.declared, row.read) for row in reconciliation]
        result.time_rules = dict(self._time_rules)
        rows = [
            {"capture_id": self.capture_id, "name": o.name, "size": o.size, "digest": o.digest, "outcome": o.outcome, "reason": o.reason}
            for o in outcomes
        ]
        with transaction(self.engine) as connection:
            if rows:
                connection.execute(members.insert(), rows)
            _store(connection, self.capture_id, result, COMPLETE)
            refresh_capture_times(connection, captures.c.id == self.capture_id)
            set_capture_versions(connection, self.capture_id)
            for capture_id, absent in mark_absences(connection, self.capture_id, self.account_id).items():
                if capture_id == self.capture_id:
                    result.gone = absent
                    _store(connection, capture_id, result, COMPLETE)
                elif absent:  # a later archive taken in earlier: more records are now known to be absent from it
                    stored = connection.execute(sa.select(captures.c.result).where(captures.c.id == capture_id)).scalar_one()
                    later = msgspec.json.decode(stored, type=CaptureResult)
                    later.gone += absent
                    _store(connection, capture_id, later, COMPLETE)
            refresh_account(connection, self.account_id)
            digest = connection.execute(sa.select(captures.c.digest).where(captures.c.id == self.capture_id)).scalar_one()
            detail = {
                "records": result.records,
                "versions": result.versions,
                "sightings": result.sightings,
                "problems": result.problems,
                "folded": result.folded,
                "sha256": digest,
                "zone": self.zone,
            }
            audit.append(connection, "capture:taken", actor, f"capture {self.capture_id}", detail)

    def _catalog_versions(self, connection: sa.Connection, record_ids: Sequence[str]) -> dict[str, tuple[int, dict[str, int]]]:
        """Return (record number, version ids by digest) of the records already in the catalog, by record id."""
        catalog_versions: dict[str, tuple[int, dict[str, int]]] = {}
        ids = list(dict.fromkeys(record_ids))
        if self._written_ids is not None:
            hashes = {record_id: hash(record_id) for record_id in ids}
            ids = [record_id for record_id in ids if hashes[record_id] in self._written_ids]
            self._written_ids.update(hashes.values())
        for record_id, pk, digest, version_id in select_keys(connection, _VERSIONS_OF, ids):
            catalog_versions.setdefault(record_id, (pk, {}))[1][digest] = version_id
        return catalog_versions

    def _sighting_row(self, version_id: int, pk: int, record: Record) -> tuple[object, ...]:
        self._next_sighting += 1
        return (self._next_sighting - 1, pk, version_id, self.capture_id, *sighting_values(record, hashlib.sha256(record.raw).hexdigest()))


def sighting_values(record: Record, raw_digest: str) -> tuple[Any, ...]:
    """Return the columns of a sighting from `member` on: the location of a record in its archive."""
    place, attached = record.place, attached_members(record)
    return (
        place.member,
        place.index,
        place.start,
        place.length,
        place.pointer,
        raw_digest,
        msgspec.json.encode(attached) if attached else None,
        msgspec.json.encode([format_place(folded) for folded in record.folded]) if record.folded else None,
    )


def _store(connection: sa.Connection, capture_id: int, result: CaptureResult, state: str) -> None:
    encoded = msgspec.json.encode(result, order="sorted")
    connection.execute(captures.update().where(captures.c.id == capture_id).values(state=state, result=encoded))


def attached_members(record: Record) -> dict[str, str]:
    """Return the members that contain a record's attachments, by attachment name."""
    return {attachment.name: attachment.member for attachment in record.attachments if attachment.member}


def format_place(place: Locator) -> str:
    """Return a place as text for record pages and exports."""
    pointer = f", {place.pointer}" if place.pointer else ""
    return f"{place.member}, item {place.index + 1}{pointer}, bytes {place.start}-{place.start + place.length}"


def begin_capture(engine: sa.Engine, capture: NewCapture) -> CaptureWriter:
    """Insert a capture with state "taking in" and return its writer. Call it under the ingest lock."""
    facts = capture.facts
    with transaction(engine) as connection:
        account_id = _account_id(connection, facts.account, to_ms(facts.exported.utc) if facts.exported else None)
        capture_id = (connection.execute(sa.select(sa.func.max(captures.c.id))).scalar() or 0) + 1
        connection.execute(
            captures.insert().values(
                id=capture_id,
                digest=capture.digest,
                name=capture.name,
                size=sum(file.size for file in capture.files),
                taken_ms=to_ms(capture.taken_at),
                taken_by=capture.taken_by,
                source=capture.source,
                importer=capture.importer[0],
                importer_version=capture.importer[1],
                form=str(facts.form),
                account_id=account_id,
                exported_ms=to_ms(facts.exported.utc) if facts.exported else None,
                zone=capture.zone,
                state=TAKING_IN,
                facts=msgspec.json.encode(stored_facts(facts)),
                result=msgspec.json.encode(CaptureResult()),
            )
        )
        rows = [
            {"capture_id": capture_id, "part": part, "digest": f.digest, "name": f.name, "size": f.size}
            for part, f in enumerate(capture.files)
        ]
        connection.execute(capture_files.insert(), rows)
        holdings_changed(connection)
        columns = (records.c.pk, versions.c.id, sightings.c.id)
        is_new = connection.execute(sa.select(records.c.pk).where(records.c.account_id == account_id).limit(1)).first() is None
        ids = read_other_ids(connection, account_id)
        highest = [connection.execute(sa.select(sa.func.max(column))).scalar() or 0 for column in columns]
    return CaptureWriter(
        engine,
        capture_id,
        account_id,
        f"{facts.account.platform}:{facts.account.native_id}",
        capture.zone,
        _next_pk=highest[0] + 1,
        _next_version=highest[1] + 1,
        _next_sighting=highest[2] + 1,
        _other_ids=ids,
        _written_ids=set() if is_new else None,
    )


def read_other_ids(connection: sa.Connection, account_id: int) -> dict[tuple[str, str], str]:
    """Return the catalog's native ids of records whose id differed in another reading, by (kind, native id)."""
    query = sa.select(other_ids.c.kind, other_ids.c.native_id, other_ids.c.held_as).where(other_ids.c.account_id == account_id)
    return {(row.kind, row.native_id): row.held_as for row in connection.execute(query)}


def with_catalog_id(record: Record, catalog_ids: Mapping[tuple[str, str], str]) -> Record:
    """Return the record with the native id under which the catalog keeps it."""
    native_id = catalog_ids.get((str(record.kind), record.native_id))
    return record if native_id is None else replace(record, native_id=native_id)


@dataclass(frozen=True, slots=True)
class RemovedCaptures:
    """Number of captures removed, and the digests of vault files that no capture needs any longer."""

    captures: int
    orphans: Sequence[str]


def remove_unfinished(engine: sa.Engine) -> RemovedCaptures:
    """Remove every interrupted capture. Call it under the ingest lock; the removal itself may be interrupted."""
    orphans: list[str] = []
    with engine.connect() as connection:
        unfinished = connection.execute(sa.select(captures.c.id).where(captures.c.state == TAKING_IN)).scalars().all()
    for capture_id in unfinished:
        with transaction(engine) as connection:
            digests = connection.execute(sa.select(capture_files.c.digest).where(capture_files.c.capture_id == capture_id)).scalars().all()
            for table in (sightings, problems, members, capture_files):
                connection.execute(table.delete().where(table.c.capture_id == capture_id))
            for table in (versions, records):
                connection.execute(table.delete().where(table.c.first_capture_id == capture_id))
            connection.execute(captures.delete().where(captures.c.id == capture_id))
            needed = set(connection.execute(sa.select(capture_files.c.digest).where(capture_files.c.digest.in_(digests))).scalars())
            orphans += [digest for digest in digests if digest not in needed]
            connection.execute(
                accounts.delete().where(accounts.c.id.not_in(sa.select(captures.c.account_id).where(captures.c.account_id.is_not(None))))
            )
            holdings_changed(connection)
            audit.append(connection, "capture:removed", "system", f"capture {capture_id}")
    return RemovedCaptures(len(unfinished), orphans)


def _account_id(connection: sa.Connection, account: Account, exported_ms: int | None) -> int:
    """Return the id of an account, adding it if it is new. It keeps the names in its newest archive, whatever the order of intake."""
    row = connection.execute(
        sa.select(accounts).where(accounts.c.platform == str(account.platform), accounts.c.native_id == account.native_id)
    ).first()
    if row:
        newer = sa.select(captures.c.id).where(captures.c.account_id == row.id, captures.c.state == COMPLETE)
        if exported_ms is not None and connection.execute(newer.where(captures.c.exported_ms > exported_ms)).first():
            return int(row.id)
        values = {key: value for key, value in (("handle", account.handle), ("name", account.name)) if value}
        if any(getattr(row, key) != value for key, value in values.items()):
            connection.execute(accounts.update().where(accounts.c.id == row.id).values(**values))
            # the index stores the account's names with each of its records
            pks = sa.select(records.c.pk).where(records.c.account_id == row.id, records.c.current_version_id.is_not(None))
            queue_for_index(connection, pks.order_by(records.c.pk))
        return int(row.id)
    number = (connection.execute(sa.select(sa.func.max(accounts.c.id))).scalar() or 0) + 1
    connection.execute(
        accounts.insert().values(
            id=number, platform=str(account.platform), native_id=account.native_id, handle=account.handle, name=account.name, records=0
        )
    )
    return number
