"""What the catalog knows of a record over time: sightings, versions, and when each archive was exported."""

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
class _Story:
    """What captures tell of one record: where it was seen, and where it was gone."""

    seen: list[_Seen]
    gone: list[int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One sighting. Times are milliseconds since 1970 UTC; None where the archive gives none."""

    capture_id: int
    sighting_id: int
    version_id: int
    posted_ms: int | None
    is_edited: bool
    edited_ms: int | None
    is_deleted: bool
    deleted_ms: int | None


class _Moments(msgspec.Struct):
    """The part of a version's data that is needed here: reading the rest takes longer than all else."""

    edited: stored_data.StoredMoment | None = None
    deleted: stored_data.StoredMoment | None = None


_moments_decoder = msgspec.json.Decoder(_Moments)


def _moments(data: bytes) -> tuple[bool, int | None, bool, int | None]:
    found = _moments_decoder.decode(data)
    edited, deleted = found.edited, found.deleted
    return edited is not None, edited.ms if edited else None, deleted is not None, deleted.ms if deleted else None


_SEEN: Final = (
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
_GONE: Final = sa.select(absences.c.record_pk, absences.c.capture_id).where(among_keys(absences.c.record_pk))
_ROWS: Final = (
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
    """Return when each complete capture was exported, of all or of those that meet conditions.

    If the archive does not state it (Meta's JSON), it lies between its newest record and intake: an archive may be
    taken in years after it was made.
    """
    times = {}
    query = (
        sa.select(captures.c.id, captures.c.exported_ms, EXPORTED_BY.label("by_ms"), root_id.label("account_id"))
        .select_from(captures.outerjoin(accounts, accounts.c.id == captures.c.account_id))
        .where(captures.c.state == COMPLETE, *conditions)
    )
    for row in connection.execute(query).all():
        newest = None if row.exported_ms is not None else posted_range(connection, row.id)[1]
        times[row.id] = ExportTimes(row.by_ms if newest is None else min(newest, row.by_ms), row.by_ms, row.account_id)
    return times


def posted_range(connection: sa.Connection, capture_id: int) -> tuple[int | None, int | None]:
    """Return the time of a capture's oldest and of its newest record, in milliseconds since 1970 UTC."""
    oldest, newest = connection.execute(
        sa.select(sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms))
        .select_from(sightings.join(versions, versions.c.id == sightings.c.version_id))
        .where(sightings.c.capture_id == capture_id)
    ).one()
    return oldest, newest
