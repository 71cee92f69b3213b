"""Sets the zone of a capture's account and recomputes its times."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from indexer.catalog import (
    audit,
    captures,
    queue_for_index,
    refresh_account,
    refresh_capture_times,
    sightings,
    stored_data,
    transaction,
    versions,
)
from indexer.custody import indexing
from indexer.local_time import DEPENDS_ON_ZONE, from_wall, to_ms, zone
from indexer.record import TimeRule
from indexer.repository import Repository

BATCH = 2000


class UnknownCapture(LookupError):
    """No capture has that number."""


def set_zone(repository: Repository, capture_id: int, zone_name: str, actor: str) -> int:
    """Set the zone of a capture's account and recompute its times; return the number of changed versions.

    Changes only times that the archive gives without a zone, or with the offset of the page's header.
    The event keeps the previous zone. Raises UnknownZone, UnknownCapture.
    """
    zone(zone_name)
    with repository.writing():
        with transaction(repository.db) as connection:
            row = connection.execute(sa.select(captures).where(captures.c.id == capture_id)).first()
            if row is None:
                raise UnknownCapture(f"There is no capture {capture_id}.")
            changed = _recompute_times(connection, capture_id, zone_name)
            refresh_capture_times(connection, captures.c.account_id == row.account_id)  # other captures share versions
            connection.execute(captures.update().where(captures.c.id == capture_id).values(zone=zone_name))
            queue_for_index(
                connection,
                sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id).distinct().order_by(sightings.c.record_pk),
            )
            refresh_account(connection, row.account_id)
            detail = {"before": row.zone, "after": zone_name, "versions": changed}
            audit.append(connection, "capture:zone-set", actor, f"capture {capture_id}", detail)
        indexing.sync_locked(repository)
    return changed


def _recompute_times(connection: sa.Connection, capture_id: int, zone_name: str) -> int:
    in_capture = sa.select(sightings.c.version_id).where(sightings.c.capture_id == capture_id)
    changed, last = 0, 0
    while True:
        rows = connection.execute(
            sa.select(versions.c.id, versions.c.posted_rule, versions.c.posted_ms, versions.c.data)
            .where(versions.c.id.in_(in_capture), versions.c.id > last)
            .order_by(versions.c.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return changed
        last = rows[-1].id
        updates = []
        for row in rows:
            data = stored_data.decode(row.data)
            edited, deleted = _in_zone(data.edited, zone_name), _in_zone(data.deleted, zone_name)
            posted_ms, rule = row.posted_ms, row.posted_rule
            if data.posted_wall and rule in DEPENDS_ON_ZONE:
                posted_ms, rule = to_ms(from_wall(datetime.fromisoformat(data.posted_wall), zone_name)), str(TimeRule.ZONE_SET)
            if (posted_ms, rule, edited, deleted) != (row.posted_ms, row.posted_rule, data.edited, data.deleted):
                new = stored_data.encode(stored_data.with_moments(data, edited, deleted))
                updates.append({"b_id": row.id, "b_ms": posted_ms, "b_rule": rule, "b_data": new})
        if updates:
            connection.execute(
                versions.update()
                .where(versions.c.id == sa.bindparam("b_id"))
                .values(posted_ms=sa.bindparam("b_ms"), posted_rule=sa.bindparam("b_rule"), data=sa.bindparam("b_data")),
                updates,
            )
        changed += len(updates)


def _in_zone(moment: stored_data.StoredMoment | None, zone_name: str) -> stored_data.StoredMoment | None:
    if moment is None or not moment.wall or moment.rule not in DEPENDS_ON_ZONE:
        return moment
    instant = from_wall(datetime.fromisoformat(moment.wall), zone_name)
    return stored_data.StoredMoment(moment.written, str(TimeRule.ZONE_SET), to_ms(instant), moment.wall)
