"""The history of a record: its sightings, versions and absences, and the export time of each archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.database import among_keys
from indexer.catalog.stored_data import COMPLETE
from indexer.catalog.tables import absences, accounts, captures, records, root_id, sightings, versions


@dataclass(slots=True)
class RecordHistory:
    """The captures that contain a record, and the later ones that it is absent from."""

    seen: list[SeenVersion]
    absent_from: list[int]


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """A version in one capture. Times are milliseconds since 1970 UTC; None if the archive gives none."""

    capture_id: int
    sighting_id: int
    version_id: int
    posted_ms: int | None
    is_edited: bool
    edited_ms: int | None
    is_deleted: bool
    deleted_ms: int | None


class _Moments(msgspec.Struct):
    """The two moments of a version's data. Decoding the rest would take longer than everything else here."""

    edited: stored_data.StoredMoment | None = None
    deleted: stored_data.StoredMoment | None = None


_moments_decoder = msgspec.json.Decoder(_Moments)


def decode_moments(data: bytes) -> tuple[bool, int | None, bool, int | None]:
    """Decode (is edited, edited ms, is deleted, deleted ms) from a version's data."""
    moments = _moments_decoder.decode(data)
    edited, deleted = moments.edited, moments.deleted
    return edited is not None, edited.ms if edited else None, deleted is not None, deleted.ms if deleted else None


SEEN_VERSIONS: Final = (
    sa.select(
        sightings.c.record_pk,
        sightings.c.id,
        sightings.c.capture_id,
        sightings.c.version_id,
        versions.c.posted_ms,
        versions.c.data,
    )
    .join(versions, versions.c.id == sightings.c.version_id)
    .where(among_keys(sightings.c.record_pk))
)
ABSENCES: Final = sa.select(absences.c.record_pk, absences.c.capture_id).where(among_keys(absences.c.record_pk))
VERSION_ROWS: Final = (
    sa.select(
        records.c.pk,
        records.c.kind,
        records.c.account_id,
        *stored_data.CONTENT_COLUMNS,
    )
    .join(records, records.c.pk == versions.c.record_pk)
    .where(among_keys(versions.c.id))
)


EXPORTED_BY: Final = sa.func.coalesce(captures.c.exported_ms, captures.c.taken_ms)
"""The latest instant at which a capture's archive can have been exported: the stated one, else its intake."""


@dataclass(frozen=True, slots=True)
class ExportTimes:
    """Earliest and latest instant of a capture's export (milliseconds since 1970 UTC); equal if the archive states it."""

    not_before_ms: int
    by_ms: int
    account_id: int | None


def export_times(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> dict[int, ExportTimes]:
    """Return the export times of all complete captures, or of those that meet the conditions.

    If the archive does not state its export date (Meta's JSON), it lies between its newest record and intake: an
    archive may be taken in years after it was made.
    """
    query = (
        sa.select(captures.c.id, captures.c.exported_ms, captures.c.last_ms, EXPORTED_BY.label("by_ms"), root_id.label("account_id"))
        .select_from(captures.outerjoin(accounts, accounts.c.id == captures.c.account_id))
        .where(captures.c.state == COMPLETE, *conditions)
    )
    times = {}
    for row in connection.execute(query):
        newest = None if row.exported_ms is not None else row.last_ms
        times[row.id] = ExportTimes(row.by_ms if newest is None else min(newest, row.by_ms), row.by_ms, row.account_id)
    return times
