"""The last transaction of a capture: current versions, what is gone, the account's totals, the index's work list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from indexer.catalog.database import count_rows_anew
from indexer.catalog.history import export_times, posted_range
from indexer.catalog.record_views import COUNTED
from indexer.catalog.stored_data import COMPLETE, SET_ASIDE, CaptureResult, StoredFacts
from indexer.catalog.tables import (
    absences,
    accounts,
    captures,
    earlier_readings,
    meta,
    outbox,
    problems,
    records,
    sightings,
    versions,
)

# Problems after which every record of the archive was read all the same, under its own id.
_NOTHING_UNREAD = frozenset({"account-not-read", "bad-text", "csv-differs", "doubled-item", "html-encoding", "unknown-zone"})
_MAY_HOLD_RECORDS = (".js", ".json", ".html", ".htm", ".csv")


def settle_current_versions(connection: sa.Connection, capture_id: int) -> None:
    """Give every record of a capture its current version and put it on the index's work list.

    Current is the version seen in the capture that the platform exported last; inside one capture the last of the
    edits. An older archive that is taken in later does not turn the clock back.
    """
    count_rows_anew(connection, records, versions, sightings)
    settle(connection, sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id), capture_id)


def settle(connection: sa.Connection, touched: sa.Select[tuple[int]], capture_id: int) -> None:
    """Give records of a capture's account the current version that the captures which count give them; queue them for the index.

    A record that only set-aside captures hold has none, and leaves the index.
    """
    counted = COUNTED if _has_uncounted_versions(connection) else sa.true()
    single = (
        sa.select(sa.func.max(versions.c.id)).where(versions.c.record_pk == records.c.pk, counted).scalar_subquery(),
        sa.select(sa.func.count()).where(versions.c.record_pk == records.c.pk, counted).scalar_subquery(),
    )
    connection.execute(records.update().where(records.c.pk.in_(touched)).values(current_version_id=single[0], versions=single[1]))
    account = sa.select(captures.c.account_id).where(captures.c.id == capture_id).scalar_subquery()
    when = {number: times.not_before_ms for number, times in export_times(connection, captures.c.account_id == account).items()}
    if when:
        _settle_changed(connection, touched, when)
    queue_for_index(connection, touched.distinct().order_by(sa.text("1")))


def _has_uncounted_versions(connection: sa.Connection) -> bool:
    """Tell whether some version is no longer held by a capture that counts: asking it of every version is slow."""
    aside = sa.select(captures.c.id).where(captures.c.state == SET_ASIDE)
    before = sa.select(earlier_readings.c.id)
    return any(connection.execute(query.limit(1)).first() is not None for query in (aside, before))


def _settle_changed(connection: sa.Connection, touched: sa.Select[tuple[int]], when: Mapping[int, int]) -> None:
    newest = (
        sa.select(sightings.c.record_pk, sightings.c.version_id)
        .join(captures, captures.c.id == sightings.c.capture_id)
        .join(records, records.c.pk == sightings.c.record_pk)
        .where(records.c.versions > 1, records.c.pk.in_(touched), captures.c.state == COMPLETE)
        .order_by(sightings.c.record_pk, sa.case(when, value=captures.c.id), captures.c.id, sightings.c.id)
    )
    current = {pk: version_id for pk, version_id in connection.execute(newest)}  # noqa: C416  # rows are no pairs to the type checker
    if current:
        connection.execute(
            records.update().where(records.c.pk == sa.bindparam("b_pk")).values(current_version_id=sa.bindparam("b_version")),
            [{"b_pk": pk, "b_version": version_id} for pk, version_id in current.items()],
        )


@dataclass(frozen=True, slots=True)
class _Complete:
    """A complete capture, and what it can prove. Times are milliseconds since 1970 UTC.

    `when` is the earliest instant of its export. `first` is where its days begin: downloads of chosen days do not
    always say so; None for a form of archive that is always whole.
    """

    id: int
    when: int
    first: int | None
    facts: StoredFacts
    unread: bool


def _complete_captures(connection: sa.Connection, account_id: int) -> list[_Complete]:
    times = export_times(connection, captures.c.account_id == account_id)
    rows = connection.execute(sa.select(captures).where(captures.c.account_id == account_id, captures.c.state == COMPLETE)).all()
    found = []
    for row in rows:
        facts = msgspec.json.decode(row.facts, type=StoredFacts)
        first = None
        if not facts.is_whole_history:
            oldest = posted_range(connection, row.id)[0]
            first = row.taken_ms if oldest is None else oldest
        found.append(_Complete(row.id, times[row.id].not_before_ms, first, facts, _is_unread(connection, row)))
    return found


def _is_unread(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> bool:
    """Tell whether some of an archive's records may not have been read: it is damaged, short, or has an unknown file of data."""
    for code, member in connection.execute(sa.select(problems.c.code, problems.c.member).where(problems.c.capture_id == row.id)):
        if may_hide_records(code, member):
            return True
    reconciliation = msgspec.json.decode(row.result).get("reconciliation", [])
    return any(read < (declared or 0) for _, declared, read in reconciliation)


def may_hide_records(code: str, member: str) -> bool:
    """Tell whether a problem may have kept records of its member from being read."""
    return code not in _NOTHING_UNREAD and (code != "unknown-member" or member.lower().endswith(_MAY_HOLD_RECORDS))


def mark_absences(connection: sa.Connection, capture_id: int, account_id: int) -> Mapping[int, int]:
    """Note which records of an account were in earlier captures and are not in a later one; return how many, by capture.

    The earlier and the later capture may be taken in in either order: what a capture brings is compared with the
    captures exported after it, too. Only what an archive could have held counts: kinds that it has files for, records
    posted before its export and inside its days. An archive that was not read whole proves no absence at all.
    """
    held = _complete_captures(connection, account_id)
    this = next(one for one in held if one.id == capture_id)
    counts = {}
    for one in held:
        if (one.when, one.id) >= (this.when, this.id):
            counts[one.id] = _mark(connection, one, [other.id for other in held if (other.when, other.id) < (one.when, one.id)], account_id)
    return counts


def mark_absences_anew(connection: sa.Connection, account_id: int) -> None:
    """Work out again what is gone from which capture of an account, after captures came to count or no longer do."""
    of_account = sa.select(captures.c.id).where(captures.c.account_id == account_id)
    queue_for_index(
        connection,
        sa.select(absences.c.record_pk).where(absences.c.capture_id.in_(of_account)).distinct().order_by(absences.c.record_pk),
    )
    connection.execute(absences.delete().where(absences.c.capture_id.in_(of_account)))
    held = sorted(_complete_captures(connection, account_id), key=lambda one: (one.when, one.id))
    for at, one in enumerate(held):
        gone = _mark(connection, one, [other.id for other in held[:at]], account_id)
        stored = connection.execute(sa.select(captures.c.result).where(captures.c.id == one.id)).scalar_one()
        result = msgspec.json.decode(stored, type=CaptureResult)
        if result.gone != gone:
            result.gone = gone
            encoded = msgspec.json.encode(result, order="sorted")
            connection.execute(captures.update().where(captures.c.id == one.id).values(result=encoded))


def _mark(connection: sa.Connection, later: _Complete, earlier: list[int], account_id: int) -> int:
    facts = later.facts
    if facts.is_partial or facts.first_day or facts.last_day or later.unread or not earlier:
        return 0  # a download of chosen days, one part of several, or a damaged one, proves no absence
    # lists, not one question for each record: SQLite would answer each by walking all sightings of a capture
    seen_before = sa.select(sightings.c.record_pk).where(sightings.c.capture_id.in_(earlier))
    seen_then = sa.select(sightings.c.record_pk).where(sightings.c.capture_id == later.id)
    dated = versions.c.posted_ms < later.when
    gone = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(
            records.c.account_id == account_id,
            records.c.kind.in_(facts.kinds),
            sa.or_(versions.c.posted_ms.is_(None), dated) if later.first is None else sa.and_(versions.c.posted_ms >= later.first, dated),
            records.c.pk.in_(seen_before),
            records.c.pk.not_in(seen_then),
            ~sa.exists().where(absences.c.record_pk == records.c.pk, absences.c.capture_id == later.id),
        )
    )
    pks = connection.execute(gone).scalars().all()
    if pks:
        connection.execute(absences.insert(), [{"record_pk": pk, "capture_id": later.id} for pk in pks])
        queue_for_index(connection, sa.select(absences.c.record_pk).where(absences.c.capture_id == later.id).order_by(absences.c.record_pk))
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
    """Put records on the index's work list and move the catalog's position on."""
    connection.execute(outbox.insert().from_select(["record_pk"], pks))
    newest = connection.execute(sa.select(sa.func.max(outbox.c.seq))).scalar()
    if newest is not None:
        connection.execute(meta.delete().where(meta.c.key == "position"))
        connection.execute(meta.insert().values(key="position", value=str(newest)))
