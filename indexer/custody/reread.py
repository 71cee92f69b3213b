"""Rereads captures from the vault with today's importer, and updates the catalog accordingly.

First everything is read and compared, and the changes are written to a temporary file; then a single transaction
applies them, so that a killed process leaves the catalog in its old or its new state. Nothing is deleted: a text or
time that differs becomes a new version, and the earlier reading stays with the record (table `earlier_readings`).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from indexer.catalog import (
    BATCH,
    COMPLETE,
    CaptureView,
    accounts,
    captures,
    read_other_ids,
    records,
    sighting_values,
    sightings,
    stored_data,
    with_catalog_id,
)
from indexer.custody import indexing
from indexer.custody.ingest import IngestFailed, recover_locked
from indexer.custody.member_accounts import member_digests, member_outcomes, member_problems, reconcile
from indexer.custody.read_again import SIGHTINGS, Reading, record_fields, reopen_capture, row_fields
from indexer.custody.reread_writer import Change, ChangeSpill, RereadOutcome, RereadReport, write
from indexer.custody.set_aside import DecisionRefused
from indexer.evidence import SAFE, ArchiveError
from indexer.i18n import say
from indexer.importers import get_importer
from indexer.local_time import DEPENDS_ON_ZONE
from indexer.progress import StageTick
from indexer.record import Problem, Record, RecordKind, TimeRule
from indexer.repository import Repository


def outdated(repository: Repository) -> list[CaptureView]:
    """Return the complete captures that were read by another version of their importer, oldest first."""
    return [capture for capture in reversed(repository.catalog.captures()) if is_outdated(capture)]


def is_outdated(capture: CaptureView) -> bool:
    """Return whether today's importer differs in version from the importer that read the capture."""
    try:
        return get_importer(capture.importer).version != capture.importer_version
    except KeyError:
        return False  # that importer no longer exists


def reread(repository: Repository, capture_id: int, actor: str, progress: StageTick | None = None) -> RereadReport:
    """Reread a capture and update the catalog and the index.

    Raises DecisionRefused for a capture that does not exist or is set aside, ArchiveError if the evidence is missing,
    damaged or no longer identified; nothing is changed then.
    """
    with repository.writing():
        recover_locked(repository)
        capture = repository.catalog.capture(capture_id)
        if capture is None:
            raise DecisionRefused(say("There is no archive {number}, or it is set aside.", number=str(capture_id)))
        with tempfile.TemporaryFile(dir=repository.paths.staging) as file:
            spill = ChangeSpill(file)
            try:
                outcome = _Comparison(repository, reopen_capture(repository, capture), spill, progress).run()
            except ArchiveError:
                raise
            except Exception as error:
                raise IngestFailed(
                    f"The importer failed ({type(error).__name__}: {error}). Nothing was changed. {SAFE} "
                    "This is an error in Show-Me Records: report the text of this message."
                ) from error
            report = write(repository, outcome, spill, actor, lambda done, total: progress("writing", done, total) if progress else None)
        indexing.sync_locked(repository, lambda done, total: progress("indexing", done, total) if progress else None)
    return report


@dataclass(frozen=True, slots=True)
class _SightingKey:
    """Identifies a sighting whose record has another id in today's reading."""

    kind: str
    member: str
    start: int
    length: int
    pointer: str


class _Comparison:
    """Compares today's reading of a capture with the catalog, in batches."""

    def __init__(self, repository: Repository, reading: Reading, spill: ChangeSpill, progress: StageTick | None) -> None:
        self._repository, self._reading, self._spill, self._progress = repository, reading, spill, progress
        self._number = reading.capture.id
        self._compared: set[int] = set()  # versions already compared: the first record with a version decides
        self._seen: set[int] = set()
        # records without a sighting in this capture: (record without raw bytes, raw digest, record number or 0)
        self._unmatched: list[tuple[Record, str, int]] = []
        with repository.db.connect() as connection:
            row = connection.execute(
                sa.select(accounts.c.id, accounts.c.platform, accounts.c.native_id)
                .join(captures, captures.c.account_id == accounts.c.id)
                .where(captures.c.id == self._number)
            ).one()
            self._key = f"{row.platform}:{row.native_id}"
            self._catalog_ids = read_other_ids(connection, row.id)
            self._complete_captures = set(connection.execute(sa.select(captures.c.id).where(captures.c.state == COMPLETE)).scalars())

    def run(self) -> RereadOutcome:
        """Read the whole capture; return the outcome apart from the changes."""
        archive = self._reading.opened.archive
        attached, problems, tallies, rules = set[str](), list[Problem](), Counter[str](), Counter[str]()
        batch: list[Record] = []
        done = folded = 0
        for value in self._reading.values():
            if isinstance(value, Record):
                attached.update(attachment.member for attachment in value.attachments if attachment.member)
                rules.update([str(value.posted.rule)] if value.posted else [])
                folded += len(value.folded)
                batch.append(with_catalog_id(value, self._catalog_ids))
                done += 1
                if len(batch) == BATCH:
                    self._compare(batch)
                    batch = []
                    if self._progress:
                        self._progress("reading", done, max(done, self._reading.capture.sightings))
            elif isinstance(value, Problem):
                problems.append(value)
            else:
                tallies[value.unit] += value.read
        self._compare(batch)
        not_read, marks = self._pair()
        importer = self._reading.opened.importer
        digests = member_digests(archive)
        outcomes = list(member_outcomes(archive, importer, attached, digests))
        problems.extend(member_problems(outcomes, digests))
        return RereadOutcome(
            capture=self._reading.capture,
            importer=(importer.name, importer.version),
            facts=self._reading.opened.facts,
            problems=problems,
            outcomes=outcomes,
            reconciliation=reconcile(self._reading.opened.facts.counts, tallies),
            time_rules=dict(rules),
            folded=folded,
            not_read=tuple(not_read),
            marks=tuple(marks),
        )

    def _compare(self, batch: Sequence[Record]) -> None:
        rows, pks = self._catalog_rows([f"{self._key}:{record.kind}:{record.native_id}" for record in batch])
        for record in batch:
            record_id = f"{self._key}:{record.kind}:{record.native_id}"
            free = [row for row in rows.get(record_id, ()) if row.sighting_id not in self._seen]
            if not free:
                self._unmatched.append((replace(record, raw=b""), _raw_digest(record), pks.get(record_id, 0)))
                continue
            place = record.place
            same_place = [row for row in free if (row.member, row.start, row.pointer) == (place.member, place.start, place.pointer)]
            self._add_change(record, _raw_digest(record), (same_place or free)[0])

    def _add_change(self, record: Record, raw_digest: str, row: Any, *, pk: int = 0, other_id: str = "") -> None:
        """Add the change of a sighting if today's reading of its record differs."""
        self._seen.add(row.sighting_id)
        digest = stored_data.digest(record)
        # no change: the earlier reading has the text
        is_empty_like = record.kind is RecordKind.LIKE and not record.text and digest != row.digest
        is_first_source = row.first_capture_id == self._number or row.first_capture_id not in self._complete_captures
        differs, for_all = False, False
        if digest != row.digest:
            differs = not is_empty_like
        elif is_first_source and row.version_id not in self._compared:
            differs = for_all = _fields(record, row) != row_fields(row)
        self._compared.add(row.version_id)
        sighting = list(sighting_values(record, raw_digest))
        previous = [row.member, row.item, row.start, row.length, row.pointer, row.raw_digest, row.attached, row.folded]
        is_moved = pk not in {0, row.pk}
        if differs or other_id or sighting != previous or is_moved:
            change = Change(
                sighting_id=row.sighting_id,
                pk=pk or row.pk,
                version_id=row.version_id,
                kind=str(record.kind),
                native_id=record.native_id,
                new_version=differs or is_moved,
                for_all=for_all and not is_moved,
                version=[digest, *stored_data.row_values(stored_data.build(record))],
                sighting=sighting,
                other_id=other_id,
            )
            self._spill.add(change)

    def _pair(self) -> tuple[list[str], list[tuple[int, int]]]:
        """Match records to sightings under another id; return the ids and the (number, version id) pairs of records no longer read."""
        leftovers: dict[_SightingKey, list[Any]] = {}
        for row in self._left_over():
            leftovers.setdefault(_SightingKey(row.kind, row.member, row.start, row.length, row.pointer), []).append(row)
        for record, raw_digest, pk in self._unmatched:
            place, kind = record.place, str(record.kind)
            candidates = leftovers.get(_SightingKey(kind, place.member, place.start, place.length, place.pointer))
            if candidates and pk:  # the catalog has today's id from another archive: the sighting moves to that record
                row = candidates.pop(0)
                self._add_change(record, raw_digest, row, pk=pk, other_id=row.native_id)
            elif candidates:
                row = candidates.pop(0)
                self._add_change(replace(record, native_id=row.native_id), raw_digest, row, other_id=record.native_id)
            else:
                values = [stored_data.digest(record), *stored_data.row_values(stored_data.build(record))]
                addition = Change(
                    sighting_id=0,
                    pk=pk,
                    version_id=0,
                    kind=kind,
                    native_id=record.native_id,
                    new_version=True,
                    for_all=False,
                    version=values,
                    sighting=list(sighting_values(record, raw_digest)),
                )
                self._spill.add(addition)
        rows = [row for group in leftovers.values() for row in group]
        return [row.record_id for row in rows], [(row.pk, row.version_id) for row in rows]

    def _catalog_rows(self, record_ids: Sequence[str]) -> tuple[dict[str, list[Any]], dict[str, int]]:
        """Return the sightings in the capture, and the record numbers, by record id."""
        rows: dict[str, list[Any]] = {}
        ids = list(dict.fromkeys(record_ids))
        with self._repository.db.connect() as connection:
            query = SIGHTINGS.where(sightings.c.capture_id == self._number, records.c.record_id.in_(ids)).order_by(sightings.c.id)
            for row in connection.execute(query):
                rows.setdefault(row.record_id, []).append(row)
            query = sa.select(records.c.record_id, records.c.pk).where(records.c.record_id.in_(ids))
            pks = {row.record_id: row.pk for row in connection.execute(query)}
        return rows, pks

    def _left_over(self) -> Iterator[Any]:
        with self._repository.db.connect() as connection:
            query = SIGHTINGS.where(sightings.c.capture_id == self._number).order_by(sightings.c.id)
            for row in connection.execution_options(yield_per=1000).execute(query):
                if row.sighting_id not in self._seen:
                    yield row


def _fields(record: Record, row: Any) -> dict[str, Any]:
    """Return today's fields of a record, keeping times whose zone a user set for another capture of the version."""
    fields, held = record_fields(record), row_fields(row)
    rules = DEPENDS_ON_ZONE | {TimeRule.ZONE_SET}
    if fields["posted_wall"] and fields["posted_wall"] == held["posted_wall"] and held["posted_rule"] == str(TimeRule.ZONE_SET):
        fields["posted_ms"], fields["posted_rule"] = held["posted_ms"], held["posted_rule"]
    for name in ("edited", "deleted"):
        read_moment, held_moment = fields[name], held[name]
        if read_moment is None or held_moment is None:
            continue
        if read_moment.wall and read_moment.wall == held_moment.wall and held_moment.rule in rules:
            fields[name] = held_moment
    return fields


def _raw_digest(record: Record) -> str:
    return hashlib.sha256(record.raw).hexdigest()
