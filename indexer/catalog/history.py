"""What the catalog knows of a record over time: sightings, versions, and when each archive was exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog import stored_data
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


def _among(column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam(name, expanding=True))


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
    .where(_among(sightings.c.record_pk, "pks"))
)
_GONE: Final = sa.select(absences.c.record_pk, absences.c.capture_id).where(_among(absences.c.record_pk, "pks"))
_ROWS: Final = (
    sa.select(
        records.c.pk,
        records.c.kind,
        records.c.account_id,
        *stored_data.CONTENT_COLUMNS,
    )
    .join(records, records.c.pk == versions.c.record_pk)
    .where(_among(versions.c.id, "ids"))
)


@dataclass(frozen=True, slots=True)
class ExportTimes:
    """Between which instants a capture's archive was exported (milliseconds since 1970 UTC); the same where it says when."""

    not_before_ms: int
    by_ms: int
    account_id: int | None


def export_times(connection: sa.Connection) -> dict[int, ExportTimes]:
    """Return when each complete capture was exported. Where an archive does not say it: after its last record, before its custody."""
    found = {}
    whole = sa.select(captures, root_id.label("whole_id")).select_from(captures.outerjoin(accounts, accounts.c.id == captures.c.account_id))
    for row in connection.execute(whole.where(captures.c.state == COMPLETE)).all():
        first = by = row.exported_ms
        if by is None:
            last = connection.execute(
                sa.select(sa.func.max(versions.c.posted_ms))
                .select_from(sightings.join(versions, versions.c.id == sightings.c.version_id))
                .where(sightings.c.capture_id == row.id)
            ).scalar()
            by = row.taken_ms
            first = by if last is None else min(last, by)
        found[row.id] = ExportTimes(first, by, row.whole_id)
    return found
