"""The last transaction of a capture: current versions, what is gone, the account's totals, the index's work list."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from indexer.tables import absences, accounts, captures, meta, outbox, records, sightings, versions
from indexer.version_data import StoredFacts

TAKING_IN, COMPLETE = "taking in", "complete"


def settle_current_versions(connection: sa.Connection, capture_id: int) -> None:
    """Give every record of a capture its current version and put it on the index's work list.

    Current is the version seen in the capture that the platform exported last; inside one capture the last of the
    edits. An older archive that is taken in later does not turn the clock back.
    """
    touched = sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id)
    single = (
        sa.select(sa.func.max(versions.c.id)).where(versions.c.record_pk == records.c.pk).scalar_subquery(),
        sa.select(sa.func.count()).where(versions.c.record_pk == records.c.pk).scalar_subquery(),
    )
    connection.execute(records.update().where(records.c.pk.in_(touched)).values(current_version_id=single[0], versions=single[1]))
    newest = (
        sa.select(sightings.c.record_pk, sightings.c.version_id)
        .join(captures, captures.c.id == sightings.c.capture_id)
        .join(records, records.c.pk == sightings.c.record_pk)
        .where(records.c.versions > 1, records.c.pk.in_(touched), captures.c.state == COMPLETE)
        .order_by(sightings.c.record_pk, sa.func.coalesce(captures.c.exported_ms, captures.c.taken_ms), captures.c.id, sightings.c.id)
    )
    current = {pk: version_id for pk, version_id in connection.execute(newest)}  # noqa: C416  # rows are no pairs to the type checker
    if current:
        connection.execute(
            records.update().where(records.c.pk == sa.bindparam("b_pk")).values(current_version_id=sa.bindparam("b_version")),
            [{"b_pk": pk, "b_version": version_id} for pk, version_id in current.items()],
        )
    queue_for_index(connection, touched.distinct().order_by(sightings.c.record_pk))


def mark_absences(connection: sa.Connection, capture_id: int, account_id: int) -> int:
    """Note which records of the account were in earlier captures and are not in this one; return how many.

    Only what this archive could have held counts: kinds that it has files for, records posted before its export
    and inside the days it was asked for.
    """
    row = connection.execute(sa.select(captures).where(captures.c.id == capture_id)).one()
    facts = msgspec.json.decode(row.facts, type=StoredFacts)
    when = row.exported_ms if row.exported_ms is not None else row.taken_ms
    if facts.is_partial or facts.first_day or facts.last_day:
        return 0  # a download of chosen days, or one part of several, proves no absence
    here = sa.exists().where(sightings.c.record_pk == records.c.pk, sightings.c.capture_id == capture_id)
    before = sa.alias(sightings)
    earlier = sa.exists(
        sa.select(1)
        .select_from(before.join(captures, captures.c.id == before.c.capture_id))
        .where(
            before.c.record_pk == records.c.pk,
            captures.c.state == COMPLETE,
            captures.c.id != capture_id,
            sa.func.coalesce(captures.c.exported_ms, captures.c.taken_ms) < when,
        )
    )
    gone = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(
            records.c.account_id == account_id,
            records.c.kind.in_(facts.kinds),
            sa.or_(versions.c.posted_ms.is_(None), versions.c.posted_ms < when),
            earlier,
            ~here,
        )
    )
    pks = connection.execute(gone).scalars().all()
    if pks:
        connection.execute(absences.insert(), [{"record_pk": pk, "capture_id": capture_id} for pk in pks])
    return len(pks)


def refresh_account(connection: sa.Connection, account_id: int) -> None:
    """Count an account's records and find its first and last day anew."""
    totals = connection.execute(
        sa.select(sa.func.count(), sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms))
        .select_from(records.join(versions, versions.c.id == records.c.current_version_id))
        .where(records.c.account_id == account_id)
    ).one()
    connection.execute(
        accounts.update().where(accounts.c.id == account_id).values(records=totals[0], first_ms=totals[1], last_ms=totals[2])
    )


def queue_for_index(connection: sa.Connection, pks: sa.Select[tuple[int]]) -> None:
    """Put records on the index's work list and move the catalogue's position on."""
    connection.execute(outbox.insert().from_select(["record_pk"], pks))
    newest = connection.execute(sa.select(sa.func.max(outbox.c.seq))).scalar()
    if newest is not None:
        connection.execute(meta.delete().where(meta.c.key == "position"))
        connection.execute(meta.insert().values(key="position", value=str(newest)))
