"""Reads a held capture again from the vault with today's importer, and compares the catalog with that reading field by field."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.capture_writer import attached_members, held_as, other_ids_of, place_text
from indexer.catalog.database import in_batches
from indexer.catalog.models import CaptureView
from indexer.catalog.tables import accounts, captures, earlier_readings, events, records, sightings, versions
from indexer.i18n import say
from indexer.importers import IdentifiedArchive, NotIdentified, identify
from indexer.local_time import derive_utc, to_ms
from indexer.progress import Tick
from indexer.record import Problem, Record, RecordKind, Tally, TimeRule
from indexer.repository import Repository


def settled(record: Record, root: str, zone_name: str, *, is_set: bool) -> Record:
    """Derive the times that depend on the capture's zone, and name members from the archive's top."""
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
    return replace(record, **changes) if changes else record  # type: ignore[arg-type]  # the names above are the record's own


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone of a capture's account; `is_set`: a person named it, else it is assumed. `event` set it last (0: none)."""

    name: str
    is_set: bool
    event: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A held capture, opened in the vault for today's importer."""

    capture: CaptureView
    opened: IdentifiedArchive  # the account's native id is empty where the archive names no account
    zone: Zone

    @property
    def importer_has_changed(self) -> bool:
        """Tell whether the capture was taken in by another importer or another version of it."""
        importer = self.opened.importer
        return (importer.name, importer.version) != (self.capture.importer, self.capture.importer_version)

    def plain(self) -> Iterator[Record | Problem | Tally]:
        """Yield what the importer reads, as ingest gets it: times not derived, members named from the export's root."""
        yield from self.opened.records()

    def values(self) -> Iterator[Record | Problem | Tally]:
        """Yield what the importer reads, as ingest would write it: times derived, members named from the archive's top."""
        root = self.opened.archive.root
        for value in self.plain():
            if isinstance(value, Record):
                yield settled(value, root, self.zone.name, is_set=self.zone.is_set)
            elif isinstance(value, Problem):
                yield replace(value, member=root + value.member)
            else:
                yield value


def open_again(repository: Repository, capture: CaptureView) -> Reading:
    """Open a held capture for reading it again. Raises ArchiveError: evidence missing or damaged, or not identified today."""
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
    zone = zones_set(repository).get(capture.id) or Zone(capture.zone, is_set)
    return Reading(capture, opened, zone)


def zones_set(repository: Repository) -> dict[int, Zone]:
    """Return the captures whose zone was set by hand, each with the zone set last."""
    found = {}
    query = sa.select(events.c.id, events.c.subject, events.c.detail).where(events.c.tag == "capture:zone-set").order_by(events.c.id)
    with repository.db.connect() as connection:
        for number, subject, detail in connection.execute(query):
            capture = str(subject).removeprefix("capture ")
            if capture.isdecimal():
                found[int(capture)] = Zone(str(msgspec.json.decode(detail)["after"]), is_set=True, event=number)
    return found


class Deviation(StrEnum):
    """How the catalog can deviate from today's reading of the evidence."""

    FIELD = "field"  # a stored field says something else
    NOT_HELD = "not held"  # the archive has a record that the catalog lacks
    NOT_READ = "not read"  # the catalog has a record that the archive does not give


@dataclass(frozen=True, slots=True)
class Difference:
    """One deviation of the catalog from the evidence. `held` is the catalog's value, `read` the archive's."""

    deviation: Deviation
    capture_id: int
    record_id: str
    field: str = ""
    held: str = ""
    read: str = ""
    place: str = ""


CONTENT: Final = frozenset({"title", "text", "edited", "deleted", "parent_id", "thread_id", "attachments", "links", "extra"})
"""The fields of which the content digest is made; the others may differ between two sightings of one version."""


def stored_fields(record: Record) -> dict[str, Any]:
    """Return what the catalog keeps of a settled record's version, field by field."""
    return msgspec.structs.asdict(stored_data.build(record))


def held_fields(row: Any) -> dict[str, Any]:
    """Return the same of a row of `versions`."""
    return msgspec.structs.asdict(stored_data.content(row))


_NAMES: Final = {"posted_ms": "posted", "posted_written": "posted_as_written", "posted_rule": "time_rule"}
"""Fields that go by another name in findings."""


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
"""What the catalog holds of records as captures give them: their places, and the version that was read."""


def differences(repository: Repository, reading: Reading, progress: Tick | None = None) -> Iterator[Difference]:
    """Yield every stored field of the capture's records that today's reading gives otherwise, and every record too many or too few.

    Meaningful where the importer has not changed since the capture was read. `progress` gets sightings done and in all.
    """
    yield from _Comparison(repository, reading, progress).run()


class _Comparison:
    """One capture's comparison: works in batches, and remembers a byte for each sighting and version of the capture."""

    def __init__(self, repository: Repository, reading: Reading, progress: Tick | None) -> None:
        self._repository = repository
        self._reading = reading
        self._number = reading.capture.id
        self._progress = progress
        self._zones = zones_set(repository)
        self._met: set[int] = set()  # versions whose fields are compared: the first record that gave one decides
        account = reading.opened.facts.account
        self._prefix = f"{account.platform}:{account.native_id}:" if account.native_id else ""
        with repository.db.connect() as connection:
            held = connection.execute(
                sa.select(accounts).join(captures, captures.c.account_id == accounts.c.id).where(captures.c.id == self._number)
            ).one()
            self._other_ids = other_ids_of(connection, held.id)
            if any(event.subject == f"capture {self._number}" for event in repository.audit.of("capture:reread")):
                self._prefix = f"{held.platform}:{held.native_id}:"  # read again, records stay with the account they were taken in with
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

    def _compare(self, read: Sequence[Record]) -> Iterator[Difference]:
        batch = [held_as(record, self._other_ids) for record in read]
        root, own = self._reading.opened.archive.root, self._reading.zone
        rows = self._rows([record.native_id for record in batch])
        zones = self._zones_of([row.version_id for found in rows.values() for row in found])
        for plain in batch:
            record = settled(plain, root, own.name, is_set=own.is_set)
            place = record.place
            found = rows.get((str(record.kind), record.native_id, place.member, place.index, place.start, place.pointer), [])
            for row in found:
                self._seen[row.sighting_id - self._first] = 1
            if not found:
                name = f"{self._prefix}{record.kind}:{record.native_id}"
                yield Difference(Deviation.NOT_HELD, self._number, name, read=record.text or record.title, place=place_text(place))
                continue
            row = found[-1]  # a capture that was read again has a sighting of each reading: the latest counts
            zone = zones.get(row.version_id, own)
            if zone != own:
                record = settled(plain, root, zone.name, is_set=zone.is_set)
            yield from self._differing(record, row)
        self._done += len(batch)
        if self._progress:
            self._progress(min(self._done, self._total), self._total)

    def _differing(self, record: Record, row: Any) -> Iterator[Difference]:
        place = place_text(record.place)
        wanted: dict[str, Any] = {
            "raw_digest": hashlib.sha256(record.raw).hexdigest(),
            "length": record.place.length,
            "attached": attached_members(record),
            "folded": tuple(place_text(one) for one in record.folded),
        }
        held: dict[str, Any] = {
            "raw_digest": row.raw_digest,
            "length": row.length,
            "attached": msgspec.json.decode(row.attached) if row.attached else {},
            "folded": tuple(msgspec.json.decode(row.folded)) if row.folded else (),
        }
        expected_id = f"{self._prefix or row.record_id.removesuffix(f'{record.kind}:{record.native_id}')}{record.kind}:{record.native_id}"
        wanted["record_id"], held["record_id"] = expected_id, row.record_id
        digest = stored_data.digest(record)
        is_empty_like = record.kind is RecordKind.LIKE and not record.text  # it counts as a sighting of the version with words
        if row.first_capture_id == self._number and row.version_id not in self._met and (digest == row.digest or not is_empty_like):
            self._met.add(row.version_id)
            wanted, held = {**wanted, "digest": digest, **stored_fields(record)}, {**held, "digest": row.digest, **held_fields(row)}
        elif digest != row.digest and not is_empty_like:
            wanted, held = {**wanted, **_content(stored_fields(record))}, {**held, **_content(held_fields(row))}
            wanted["digest"], held["digest"] = digest, row.digest
        for name, value in wanted.items():
            if held[name] != value:
                yield Difference(
                    Deviation.FIELD, self._number, row.record_id, _NAMES.get(name, name), _words(held[name]), _words(value), place
                )

    def _rows(self, native_ids: Sequence[str]) -> dict[tuple[Any, ...], list[Any]]:
        query = SIGHTINGS.where(sightings.c.capture_id == self._number, records.c.native_id.in_(list(dict.fromkeys(native_ids)))).order_by(
            sightings.c.id
        )
        found: dict[tuple[Any, ...], list[Any]] = {}
        with self._repository.db.connect() as connection:
            for row in connection.execute(query):
                found.setdefault((row.kind, row.native_id, row.member, row.item, row.start, row.pointer), []).append(row)
        return found

    def _zones_of(self, version_ids: Sequence[int]) -> dict[int, Zone]:
        """Return the zone that counts for versions: the one that was set last, of all captures that have the version."""
        if not self._zones or not version_ids:
            return {}
        query = sa.select(sightings.c.version_id, sightings.c.capture_id).where(
            sightings.c.version_id.in_(list(set(version_ids))),
            sightings.c.record_pk.in_(sa.select(versions.c.record_pk).where(versions.c.id.in_(list(set(version_ids))))),
            sightings.c.capture_id.in_(list(self._zones)),
        )
        found: dict[int, Zone] = {}
        with self._repository.db.connect() as connection:
            for version_id, capture_id in connection.execute(query):
                zone = self._zones[capture_id]
                if version_id not in found or found[version_id].event < zone.event:
                    found[version_id] = zone
        return found

    def _left_over(self) -> Iterator[Difference]:
        """Yield the sightings that the catalog has and the archive does not give."""
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
            .where(sightings.c.capture_id == self._number, sa.not_(_NOT_READ))
            .order_by(sightings.c.id)
        )
        if all(self._seen) and len(self._seen) == self._total:
            return
        with self._repository.db.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                if not self._seen[row.id - self._first]:
                    where = f"{row.member}, item {row.item + 1}, bytes {row.start}-{row.start + row.length}"
                    yield Difference(Deviation.NOT_READ, self._number, row.record_id or "", held=row.text or "", place=where)


_NOT_READ: Final = sa.exists().where(
    earlier_readings.c.record_pk == sightings.c.record_pk,
    earlier_readings.c.version_id == sightings.c.version_id,
    earlier_readings.c.capture_id == sightings.c.capture_id,
)
"""Kept from an earlier reading, which the event log tells: today's importer does not read it."""


def _content(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in CONTENT}


def _as_text(facts: stored_data.StoredFacts) -> dict[str, Any]:
    """Return stored facts with their sentences in English: captures of older versions hold no templates."""
    fields = {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "form"}  # the form is compared by its column
    return {**fields, "cannot_contain": [str(limit) for limit in facts.limits]}


def facts_differ(repository: Repository, reading: Reading) -> Iterator[Difference]:
    """Yield what the catalog keeps of the capture itself and the archive says otherwise."""
    facts, number = reading.opened.facts, reading.capture.id
    with repository.db.connect() as connection:
        row = connection.execute(sa.select(captures).where(captures.c.id == number)).one()
    kept, read_now = msgspec.json.decode(row.facts, type=stored_data.StoredFacts), stored_data.stored_facts(facts)
    pairs: tuple[tuple[str, Any, Any], ...] = (
        ("form", row.form, str(facts.form)),
        ("exported", row.exported_ms, to_ms(facts.exported.utc) if facts.exported else None),
        *((name, held, read) for (name, held), read in zip(_as_text(kept).items(), _as_text(read_now).values(), strict=True)),
    )
    for name, held, read in pairs:
        if held != read:
            yield Difference(Deviation.FIELD, number, "", name, _words(held), _words(read))


def _words(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
