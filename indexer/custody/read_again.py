"""Rereads a capture from the vault with today's importer and compares the catalog with that reading, field by field."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from indexer.catalog import (
    CaptureView,
    accounts,
    attached_members,
    captures,
    earlier_readings,
    events,
    format_place,
    in_batches,
    read_other_ids,
    records,
    sightings,
    stored_data,
    versions,
    with_catalog_id,
)
from indexer.i18n import say
from indexer.importers import IdentifiedArchive, NotIdentified, identify
from indexer.local_time import derive_utc, to_ms
from indexer.progress import Tick
from indexer.record import Problem, Record, RecordKind, Tally, TimeRule
from indexer.repository import Repository


def resolve_record(record: Record, root: str, zone_name: str, *, is_set: bool) -> Record:
    """Derive the times that depend on the capture's zone, and make member names relative to the archive root."""
    changes: dict[str, object] = {}
    for name in ("posted", "edited", "deleted"):
        moment = getattr(record, name)
        derived = derive_utc(moment, zone_name, is_set=is_set)
        if derived is not moment:
            changes[name] = derived
    if root:
        changes["place"] = replace(record.place, member=root + record.place.member)
        changes["folded"] = tuple(replace(place, member=root + place.member) for place in record.folded)
        changes["attachments"] = tuple(replace(a, member=root + a.member if a.member else "") for a in record.attachments)
    return replace(record, **changes) if changes else record


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone of a capture's account. `is_set`: set by a user, else assumed. `event` is the id of the event that set it (0: none)."""

    name: str
    is_set: bool
    event: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A capture opened from the vault for today's importer."""

    capture: CaptureView
    opened: IdentifiedArchive  # the account's native id is empty if the archive names no account
    zone: Zone

    @property
    def importer_has_changed(self) -> bool:
        """Whether another importer or another version of it read the capture."""
        importer = self.opened.importer
        return (importer.name, importer.version) != (self.capture.importer, self.capture.importer_version)

    def plain(self) -> Iterator[Record | Problem | Tally]:
        """Yield the importer's values unchanged: times not derived, members relative to the export's root."""
        yield from self.opened.records()

    def values(self) -> Iterator[Record | Problem | Tally]:
        """Yield the importer's values as ingest writes them: times derived, members relative to the archive root."""
        root = self.opened.archive.root
        for value in self.plain():
            if isinstance(value, Record):
                yield resolve_record(value, root, self.zone.name, is_set=self.zone.is_set)
            elif isinstance(value, Problem):
                yield replace(value, member=root + value.member)
            else:
                yield value


def reopen_capture(repository: Repository, capture: CaptureView) -> Reading:
    """Open a capture for rereading. Raises ArchiveError if the evidence is missing, damaged or no longer identified."""
    archive = repository.vault.open(repository.catalog.archive_digests(capture.id), capture.name)
    opened = identify(archive)
    if opened.importer.name != capture.importer:
        raise NotIdentified(
            say(
                "{archive} was read by the importer {importer}; today {other} claims it.",
                archive=capture.name,
                importer=capture.importer,
                other=opened.importer.name,
            )
        )
    is_set = str(TimeRule.ZONE_SET) in capture.time_rules
    zone = assigned_zones(repository).get(capture.id) or Zone(capture.zone, is_set)
    return Reading(capture, opened, zone)


def assigned_zones(repository: Repository) -> dict[int, Zone]:
    """Return the last zone that a user set, by capture; only captures with such a zone."""
    zones = {}
    query = sa.select(events.c.id, events.c.subject, events.c.detail).where(events.c.tag == "capture:zone-set").order_by(events.c.id)
    with repository.db.connect() as connection:
        for number, subject, detail in connection.execute(query):
            capture = str(subject).removeprefix("capture ")
            if capture.isdecimal():
                zones[int(capture)] = Zone(str(msgspec.json.decode(detail)["after"]), is_set=True, event=number)
    return zones


class Deviation(StrEnum):
    """Kinds of deviation of the catalog from today's reading of the evidence."""

    FIELD = "field"  # a stored field has another value
    NOT_HELD = "not held"  # the archive has a record that the catalog lacks
    NOT_READ = "not read"  # the catalog has a record that the archive lacks


@dataclass(frozen=True, slots=True)
class Difference:
    """A deviation of the catalog from the evidence. `held` is the catalog's value, `read` the archive's."""

    deviation: Deviation
    capture_id: int
    record_id: str
    field: str = ""
    held: str = ""
    read: str = ""
    place: str = ""


DIGEST_FIELDS: Final = frozenset({"title", "text", "edited", "deleted", "parent_id", "thread_id", "attachments", "links", "extra"})
"""The fields in the content digest; the others may differ between sightings of the same version."""


def record_fields(record: Record) -> dict[str, Any]:
    """Return the fields that the catalog stores for a resolved record."""
    return msgspec.structs.asdict(stored_data.build(record))


def row_fields(row: Any) -> dict[str, Any]:
    """Return the stored fields of a row of `versions`."""
    return msgspec.structs.asdict(stored_data.content(row))


_FIELD_NAMES: Final = {"posted_ms": "posted", "posted_written": "posted_as_written", "posted_rule": "time_rule"}
"""Fields with another name in findings."""


SIGHTINGS: Final = (
    sa.select(
        sightings.c.id.label("sighting_id"),
        sightings.c.member,
        sightings.c.item,
        sightings.c.start,
        sightings.c.length,
        sightings.c.pointer,
        sightings.c.raw_digest,
        sightings.c.attached,
        sightings.c.folded,
        sightings.c.version_id,
        records.c.pk,
        records.c.record_id,
        records.c.kind,
        records.c.native_id,
        versions.c.digest,
        versions.c.first_capture_id,
        *stored_data.CONTENT_COLUMNS,
    )
    .join(records, records.c.pk == sightings.c.record_pk)
    .join(versions, versions.c.id == sightings.c.version_id)
)
"""Sightings with their records and versions."""


def record_differences(repository: Repository, reading: Reading, progress: Tick | None = None) -> Iterator[Difference]:
    """Yield every stored field of the capture's records that differs from today's reading, and every extra or missing record.

    Only meaningful if the importer has not changed since the capture was read. `progress` gets sightings done and in total.
    """
    yield from _Comparison(repository, reading, progress).run()


class _Comparison:
    """Compares a capture in batches, with a byte in memory for each sighting."""

    def __init__(self, repository: Repository, reading: Reading, progress: Tick | None) -> None:
        self._repository = repository
        self._reading = reading
        self._number = reading.capture.id
        self._progress = progress
        self._zones = assigned_zones(repository)
        self._compared: set[int] = set()  # versions already compared: the first record with a version decides
        account = reading.opened.facts.account
        self._prefix = f"{account.platform}:{account.native_id}:" if account.native_id else ""
        with repository.db.connect() as connection:
            account_row = connection.execute(
                sa.select(accounts).join(captures, captures.c.account_id == accounts.c.id).where(captures.c.id == self._number)
            ).one()
            self._other_ids = read_other_ids(connection, account_row.id)
            if any(event.subject == f"capture {self._number}" for event in repository.audit.with_tags("capture:reread")):
                # after a reread, records stay with the account of their intake
                self._prefix = f"{account_row.platform}:{account_row.native_id}:"
            self._first, last, self._total = connection.execute(
                sa.select(
                    sa.func.coalesce(sa.func.min(sightings.c.id), 0), sa.func.coalesce(sa.func.max(sightings.c.id), -1), sa.func.count()
                ).where(sightings.c.capture_id == self._number)
            ).one()
        self._seen = bytearray(last - self._first + 1)
        self._done = 0

    def run(self) -> Iterator[Difference]:
        for batch in in_batches(value for value in self._reading.plain() if isinstance(value, Record)):
            yield from self._compare(batch)
        yield from self._left_over()

    def _compare(self, plain_records: Sequence[Record]) -> Iterator[Difference]:
        batch = [with_catalog_id(record, self._other_ids) for record in plain_records]
        root, default_zone = self._reading.opened.archive.root, self._reading.zone
        rows = self._rows([record.native_id for record in batch])
        zones = self._zones_of([row.version_id for group in rows.values() for row in group])
        for plain in batch:
            record = resolve_record(plain, root, default_zone.name, is_set=default_zone.is_set)
            place = record.place
            matches = rows.get((str(record.kind), record.native_id, place.member, place.index, place.start, place.pointer), [])
            for row in matches:
                self._seen[row.sighting_id - self._first] = 1
            if not matches:
                name = f"{self._prefix}{record.kind}:{record.native_id}"
                yield Difference(Deviation.NOT_HELD, self._number, name, read=record.text or record.title, place=format_place(place))
                continue
            row = matches[-1]  # a reread capture has a sighting for each reading: the latest counts
            zone = zones.get(row.version_id, default_zone)
            if zone != default_zone:
                record = resolve_record(plain, root, zone.name, is_set=zone.is_set)
            yield from self._differences(record, row)
        self._done += len(batch)
        if self._progress:
            self._progress(min(self._done, self._total), self._total)

    def _differences(self, record: Record, row: Any) -> Iterator[Difference]:
        place = format_place(record.place)
        expected: dict[str, Any] = {
            "raw_digest": hashlib.sha256(record.raw).hexdigest(),
            "length": record.place.length,
            "attached": attached_members(record),
            "folded": tuple(format_place(folded) for folded in record.folded),
        }
        held: dict[str, Any] = {
            "raw_digest": row.raw_digest,
            "length": row.length,
            "attached": msgspec.json.decode(row.attached) if row.attached else {},
            "folded": tuple(msgspec.json.decode(row.folded)) if row.folded else (),
        }
        expected_id = f"{self._prefix or row.record_id.removesuffix(f'{record.kind}:{record.native_id}')}{record.kind}:{record.native_id}"
        expected["record_id"], held["record_id"] = expected_id, row.record_id
        digest = stored_data.digest(record)
        is_empty_like = record.kind is RecordKind.LIKE and not record.text  # it counts as a sighting of the version with the text
        if row.first_capture_id == self._number and row.version_id not in self._compared and (digest == row.digest or not is_empty_like):
            self._compared.add(row.version_id)
            expected, held = {**expected, "digest": digest, **record_fields(record)}, {**held, "digest": row.digest, **row_fields(row)}
        elif digest != row.digest and not is_empty_like:
            expected, held = {**expected, **_digest_fields(record_fields(record))}, {**held, **_digest_fields(row_fields(row))}
            expected["digest"], held["digest"] = digest, row.digest
        for name, value in expected.items():
            if held[name] != value:
                yield Difference(
                    Deviation.FIELD, self._number, row.record_id, _FIELD_NAMES.get(name, name), _to_text(held[name]), _to_text(value), place
                )

    def _rows(self, native_ids: Sequence[str]) -> dict[tuple[Any, ...], list[Any]]:
        query = SIGHTINGS.where(sightings.c.capture_id == self._number, records.c.native_id.in_(list(dict.fromkeys(native_ids)))).order_by(
            sightings.c.id
        )
        rows: dict[tuple[Any, ...], list[Any]] = {}
        with self._repository.db.connect() as connection:
            for row in connection.execute(query):
                rows.setdefault((row.kind, row.native_id, row.member, row.item, row.start, row.pointer), []).append(row)
        return rows

    def _zones_of(self, version_ids: Sequence[int]) -> dict[int, Zone]:
        """Return the last zone set for versions among all captures that contain them, by version id."""
        if not self._zones or not version_ids:
            return {}
        query = sa.select(sightings.c.version_id, sightings.c.capture_id).where(
            sightings.c.version_id.in_(list(set(version_ids))),
            sightings.c.record_pk.in_(sa.select(versions.c.record_pk).where(versions.c.id.in_(list(set(version_ids))))),
            sightings.c.capture_id.in_(list(self._zones)),
        )
        zones: dict[int, Zone] = {}
        with self._repository.db.connect() as connection:
            for version_id, capture_id in connection.execute(query):
                zone = self._zones[capture_id]
                if version_id not in zones or zones[version_id].event < zone.event:
                    zones[version_id] = zone
        return zones

    def _left_over(self) -> Iterator[Difference]:
        """Yield the sightings that the archive lacks."""
        query = (
            sa.select(
                sightings.c.id,
                records.c.record_id,
                sightings.c.member,
                sightings.c.item,
                sightings.c.start,
                sightings.c.length,
                versions.c.text,
            )
            .outerjoin(records, records.c.pk == sightings.c.record_pk)
            .outerjoin(versions, versions.c.id == sightings.c.version_id)
            .where(sightings.c.capture_id == self._number, sa.not_(_IS_KEPT))
            .order_by(sightings.c.id)
        )
        if all(self._seen) and len(self._seen) == self._total:
            return
        with self._repository.db.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                if not self._seen[row.id - self._first]:
                    where = f"{row.member}, item {row.item + 1}, bytes {row.start}-{row.start + row.length}"
                    yield Difference(Deviation.NOT_READ, self._number, row.record_id or "", held=row.text or "", place=where)


_IS_KEPT: Final = sa.exists().where(
    earlier_readings.c.record_pk == sightings.c.record_pk,
    earlier_readings.c.version_id == sightings.c.version_id,
    earlier_readings.c.capture_id == sightings.c.capture_id,
)
"""Condition: the sighting was kept from an earlier reading (see the event log); today's importer does not read it."""


def _digest_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in DIGEST_FIELDS}


def _facts_as_text(facts: stored_data.StoredFacts) -> dict[str, Any]:
    """Return stored facts with sentences in English, since captures of older versions store no templates."""
    fields = {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "form"}  # compared by its column
    return {**fields, "cannot_contain": [str(limit) for limit in facts.limits]}


def fact_differences(repository: Repository, reading: Reading) -> Iterator[Difference]:
    """Yield the stored facts of the capture that differ from the archive."""
    facts, number = reading.opened.facts, reading.capture.id
    with repository.db.connect() as connection:
        row = connection.execute(sa.select(captures).where(captures.c.id == number)).one()
    stored, read_now = msgspec.json.decode(row.facts, type=stored_data.StoredFacts), stored_data.stored_facts(facts)
    pairs: tuple[tuple[str, Any, Any], ...] = (
        ("form", row.form, str(facts.form)),
        ("exported", row.exported_ms, to_ms(facts.exported.utc) if facts.exported else None),
        *((name, held, read) for (name, held), read in zip(_facts_as_text(stored).items(), _facts_as_text(read_now).values(), strict=True)),
    )
    for name, held, read in pairs:
        if held != read:
            yield Difference(Deviation.FIELD, number, "", name, _to_text(held), _to_text(read))


def _to_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
