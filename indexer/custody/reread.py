"""Reads captures that are held again from the vault with today's importer, and brings the catalog up to that reading.

First everything is read and compared, and what differs is noted in a file that vanishes with the process; then one
transaction writes it. Killed anywhere, the catalog is as before or as after. Nothing is deleted: a text or a time that
comes out otherwise is a new version, and the reading before stays with the record (table `earlier_readings`).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.capture_writer import held_as, other_ids_of, sighting_values
from indexer.catalog.database import BATCH
from indexer.catalog.models import CaptureView
from indexer.catalog.stored_data import COMPLETE
from indexer.catalog.tables import accounts, captures, records, sightings
from indexer.custody import indexing
from indexer.custody.ingest import IngestFailed, _member_digests, _member_problems, _outcomes, reconcile, recover_locked
from indexer.custody.read_again import SIGHTINGS, Reading, held_fields, open_again, stored_fields
from indexer.custody.reread_writer import Change, Outcome, RereadReport, Spill, write
from indexer.custody.set_aside import DecisionRefused
from indexer.evidence.archive import SAFE, ArchiveError
from indexer.i18n import say
from indexer.importers import get_importer
from indexer.local_time import DEPENDS_ON_ZONE
from indexer.progress import StageTick
from indexer.record import Problem, Record, RecordKind, TimeRule
from indexer.repository import Repository

"""Takes the stage ("reading", "writing", "indexing"), how many are done, and how many there are in all."""


def outdated(repository: Repository) -> list[CaptureView]:
    """Return the captures that count and were read by another version of their importer than today's, the oldest first."""
    return [one for one in reversed(repository.catalog.captures()) if is_outdated(one)]


def is_outdated(capture: CaptureView) -> bool:
    """Tell whether a capture would be read by another version of its importer today."""
    try:
        return get_importer(capture.importer).version != capture.importer_version
    except KeyError:
        return False  # there is no importer of that name any more


def reread(repository: Repository, capture_id: int, by: str, progress: StageTick | None = None) -> RereadReport:
    """Read one capture again and bring the catalog and the index up to it.

    Raises DecisionRefused for a capture that there is not or that is set aside, ArchiveError when the evidence is
    missing, damaged or not understood today; then nothing is changed.
    """
    with repository.writing():
        recover_locked(repository)
        capture = repository.catalog.capture(capture_id)
        if capture is None:
            raise DecisionRefused(say("There is no archive {number}, or it is set aside.", number=str(capture_id)))
        with tempfile.TemporaryFile(dir=repository.paths.staging) as file:
            spill = Spill(file)
            try:
                outcome = _Comparison(repository, open_again(repository, capture), spill, progress).run()
            except ArchiveError:
                raise
            except Exception as error:
                raise IngestFailed(
                    f"The importer failed ({type(error).__name__}: {error}). Nothing was changed. {SAFE} "
                    "This is an error in Show-Me Records: report the text of this message."
                ) from error
            report = write(repository, outcome, spill, by, lambda done, total: progress("writing", done, total) if progress else None)
        indexing.sync_locked(repository, lambda done, total: progress("indexing", done, total) if progress else None)
    return report


@dataclass(frozen=True, slots=True)
class _Place:
    """By what a sighting is known when its record comes out under another id today."""

    kind: str
    member: str
    start: int
    length: int
    pointer: str


class _Comparison:
    """Compares today's reading of one capture with the catalog, a batch at a time."""

    def __init__(self, repository: Repository, reading: Reading, spill: Spill, progress: StageTick | None) -> None:
        self._repository, self._reading, self._spill, self._progress = repository, reading, spill, progress
        self._number = reading.capture.id
        self._compared: set[int] = set()  # versions whose fields are compared: the first record that gave one decides
        self._seen: set[int] = set()
        self._without: list[
            tuple[Record, str, int]
        ] = []  # without a sighting of theirs here: without raw bytes, their digest, its number or 0
        with repository.db.connect() as connection:
            row = connection.execute(
                sa.select(accounts.c.id, accounts.c.platform, accounts.c.native_id)
                .join(captures, captures.c.account_id == accounts.c.id)
                .where(captures.c.id == self._number)
            ).one()
            self._key = f"{row.platform}:{row.native_id}"
            self._others = other_ids_of(connection, row.id)
            self._counting = set(connection.execute(sa.select(captures.c.id).where(captures.c.state == COMPLETE)).scalars())

    def run(self) -> Outcome:
        """Read the capture to its end; return what it came to besides the changes."""
        archive = self._reading.opened.archive
        attached, found, tallies, rules = set[str](), list[Problem](), Counter[str](), Counter[str]()
        batch: list[Record] = []
        done = folded = 0
        for value in self._reading.values():
            if isinstance(value, Record):
                attached.update(one.member for one in value.attachments if one.member)
                rules.update([str(value.posted.rule)] if value.posted else [])
                folded += len(value.folded)
                batch.append(held_as(value, self._others))
                done += 1
                if len(batch) == BATCH:
                    self._compare(batch)
                    batch = []
                    if self._progress:
                        self._progress("reading", done, max(done, self._reading.capture.sightings))
            elif isinstance(value, Problem):
                found.append(value)
            else:
                tallies[value.unit] += value.read
        self._compare(batch)
        not_read, marks = self._pair()
        importer = self._reading.opened.importer
        digests = _member_digests(archive)
        outcomes = list(_outcomes(archive, importer, attached, digests))
        found.extend(_member_problems(outcomes, digests))
        return Outcome(
            capture=self._reading.capture,
            importer=(importer.name, importer.version),
            facts=self._reading.opened.facts,
            problems=found,
            outcomes=outcomes,
            reconciliation=reconcile(self._reading.opened.facts.counts, tallies),
            time_rules=dict(rules),
            folded=folded,
            not_read=tuple(not_read),
            marks=tuple(marks),
        )

    def _compare(self, batch: Sequence[Record]) -> None:
        rows, pks = self._held([f"{self._key}:{record.kind}:{record.native_id}" for record in batch])
        for record in batch:
            record_id = f"{self._key}:{record.kind}:{record.native_id}"
            free = [row for row in rows.get(record_id, ()) if row.sighting_id not in self._seen]
            if not free:
                self._without.append((replace(record, raw=b""), _raw(record), pks.get(record_id, 0)))
                continue
            place = record.place
            same = [row for row in free if (row.member, row.start, row.pointer) == (place.member, place.start, place.pointer)]
            self._note(record, _raw(record), (same or free)[0])

    def _note(self, record: Record, raw_digest: str, row: Any, *, pk: int = 0, other_id: str = "") -> None:
        """Note what of a sighting's record is read otherwise today."""
        self._seen.add(row.sighting_id)
        digest = stored_data.digest(record)
        is_empty_like = record.kind is RecordKind.LIKE and not record.text and digest != row.digest  # it says no less than before
        gave = row.first_capture_id == self._number or row.first_capture_id not in self._counting
        differs, for_all = False, False
        if digest != row.digest:
            differs = not is_empty_like
        elif gave and row.version_id not in self._compared:
            differs = for_all = _fields(record, row) != held_fields(row)
        self._compared.add(row.version_id)
        sighting = list(sighting_values(record, raw_digest))
        was = [row.member, row.item, row.start, row.length, row.pointer, row.raw_digest, row.attached, row.folded]
        moved = pk not in {0, row.pk}
        if differs or other_id or sighting != was or moved:
            change = Change(
                sighting_id=row.sighting_id,
                pk=pk or row.pk,
                version_id=row.version_id,
                kind=str(record.kind),
                native_id=record.native_id,
                new_version=differs or moved,
                for_all=for_all and not moved,
                version=[digest, *stored_data.row_values(stored_data.build(record))],
                sighting=sighting,
                other_id=other_id,
            )
            self._spill.add(change)

    def _pair(self) -> tuple[list[str], list[tuple[int, int]]]:
        """Pair records with the sightings they had under another id; return those not read any more: ids, and numbers with versions."""
        left: dict[_Place, list[Any]] = {}
        for row in self._left_over():
            left.setdefault(_Place(row.kind, row.member, row.start, row.length, row.pointer), []).append(row)
        for record, raw_digest, pk in self._without:
            place, kind = record.place, str(record.kind)
            known = left.get(_Place(kind, place.member, place.start, place.length, place.pointer))
            if known and pk:  # the catalog has today's id from another archive: the sighting goes over to that record
                row = known.pop(0)
                self._note(record, raw_digest, row, pk=pk, other_id=row.native_id)
            elif known:
                row = known.pop(0)
                self._note(replace(record, native_id=row.native_id), raw_digest, row, other_id=record.native_id)
            else:
                values = [stored_data.digest(record), *stored_data.row_values(stored_data.build(record))]
                found = Change(
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
                self._spill.add(found)
        rows = [row for found in left.values() for row in found]
        return [row.record_id for row in rows], [(row.pk, row.version_id) for row in rows]

    def _held(self, record_ids: Sequence[str]) -> tuple[dict[str, list[Any]], dict[str, int]]:
        rows: dict[str, list[Any]] = {}
        ids = list(dict.fromkeys(record_ids))
        with self._repository.db.connect() as connection:
            query = SIGHTINGS.where(sightings.c.capture_id == self._number, records.c.record_id.in_(ids)).order_by(sightings.c.id)
            for row in connection.execute(query):
                rows.setdefault(row.record_id, []).append(row)
            known = sa.select(records.c.record_id, records.c.pk).where(records.c.record_id.in_(ids))
            pks = {row.record_id: row.pk for row in connection.execute(known)}
        return rows, pks

    def _left_over(self) -> Iterator[Any]:
        with self._repository.db.connect() as connection:
            query = SIGHTINGS.where(sightings.c.capture_id == self._number).order_by(sightings.c.id)
            for row in connection.execution_options(yield_per=1000).execute(query):
                if row.sighting_id not in self._seen:
                    yield row


def _fields(record: Record, row: Any) -> dict[str, Any]:
    """Return what is read today; a time whose zone a person set for another capture of the version stays as it is."""
    fields, held = stored_fields(record), held_fields(row)
    rules = DEPENDS_ON_ZONE | {TimeRule.ZONE_SET}
    if fields["posted_wall"] and fields["posted_wall"] == held["posted_wall"] and held["posted_rule"] == str(TimeRule.ZONE_SET):
        fields["posted_ms"], fields["posted_rule"] = held["posted_ms"], held["posted_rule"]
    for name in ("edited", "deleted"):
        one, other = fields[name], held[name]
        if one is not None and other is not None and one.wall and one.wall == other.wall and other.rule in rules:
            fields[name] = other
    return fields


def _raw(record: Record) -> str:
    return hashlib.sha256(record.raw).hexdigest()
