"""The last transaction of a capture: current versions, absences, account totals, the index's work list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from indexer.catalog.accounts import POSITION, holdings_changed
from indexer.catalog.database import among_keys, refresh_statistics, select_keys
from indexer.catalog.history import export_times
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

# Problems that do not keep any record from being read under its own id.
_HARMLESS_PROBLEMS = frozenset({"account-not-read", "bad-text", "csv-differs", "doubled-item", "html-encoding", "unknown-zone"})
_RECORD_SUFFIXES = (".js", ".json", ".html", ".htm", ".csv")


def set_capture_versions(connection: sa.Connection, capture_id: int) -> None:
    """Set the current version of every record of a capture and queue the records for the index.

    The current version is the version in the capture exported last; within a capture, the last edit. An older archive
    taken in later does not bring back an older version.
    """
    refresh_statistics(connection, records, versions, sightings)
    set_current_versions(connection, sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id), capture_id)


def set_current_versions(connection: sa.Connection, touched: sa.Select[tuple[int]], capture_id: int) -> None:
    """Set the current version of records of a capture's account from its complete captures; queue them for the index.

    A record that is only in set-aside captures gets no current version and leaves the index.
    """
    is_counted = COUNTED if _has_uncounted_versions(connection) else sa.true()
    single = (
        sa.select(sa.func.max(versions.c.id)).where(versions.c.record_pk == records.c.pk, is_counted).scalar_subquery(),
        sa.select(sa.func.count()).where(versions.c.record_pk == records.c.pk, is_counted).scalar_subquery(),
    )
    connection.execute(records.update().where(records.c.pk.in_(touched)).values(current_version_id=single[0], versions=single[1]))
    account = sa.select(captures.c.account_id).where(captures.c.id == capture_id).scalar_subquery()
    exported = {capture: times.not_before_ms for capture, times in export_times(connection, captures.c.account_id == account).items()}
    if exported:
        _set_latest_versions(connection, touched, exported)
    queue_for_index(connection, touched.distinct().order_by(sa.text("1")))


def _has_uncounted_versions(connection: sa.Connection) -> bool:
    """Return whether any version may be outside of complete captures: checking every version is slow."""
    aside = sa.select(captures.c.id).where(captures.c.state == SET_ASIDE)
    before = sa.select(earlier_readings.c.id)
    return any(connection.execute(query.limit(1)).first() is not None for query in (aside, before))


def _set_latest_versions(connection: sa.Connection, touched: sa.Select[tuple[int]], exported: Mapping[int, int]) -> None:
    """Set the current version of records with several versions from the capture exported last."""
    newest = (
        sa.select(sightings.c.record_pk, sightings.c.version_id)
        .join(captures, captures.c.id == sightings.c.capture_id)
        .join(records, records.c.pk == sightings.c.record_pk)
        .where(records.c.versions > 1, records.c.pk.in_(touched), captures.c.state == COMPLETE)
        .order_by(sightings.c.record_pk, sa.case(exported, value=captures.c.id), captures.c.id, sightings.c.id)
    )
    current = {pk: version_id for pk, version_id in connection.execute(newest)}  # noqa: C416  # the type checker does not see rows as pairs
    if current:
        connection.execute(
            records.update().where(records.c.pk == sa.bindparam("b_pk")).values(current_version_id=sa.bindparam("b_version")),
            [{"b_pk": pk, "b_version": version_id} for pk, version_id in current.items()],
        )


@dataclass(frozen=True, slots=True)
class _CompleteCapture:
    """A complete capture; captures are ordered by `exported`, the earliest possible instant of their export, and id.

    Times are milliseconds since 1970 UTC.
    """

    id: int
    exported: int


@dataclass(frozen=True, slots=True)
class _Scope:
    """The facts that decide which absences a capture proves.

    `first` is the start of its days, since downloads of selected days do not always state them; None for a form of
    archive that is always whole.
    """

    facts: StoredFacts
    first: int | None
    is_unread: bool


def _complete_captures(connection: sa.Connection, account_id: int) -> list[_CompleteCapture]:
    times = export_times(connection, captures.c.account_id == account_id)
    return [_CompleteCapture(capture_id, times[capture_id].not_before_ms) for capture_id in times]


def _scope(connection: sa.Connection, capture_id: int) -> _Scope:
    row = connection.execute(sa.select(captures).where(captures.c.id == capture_id)).one()
    facts = msgspec.json.decode(row.facts, type=StoredFacts)
    first = None
    if not facts.is_whole_history:
        first = row.taken_ms if row.first_ms is None else row.first_ms
    return _Scope(facts, first, _is_unread(connection, row))


def refresh_capture_times(connection: sa.Connection, of_captures: sa.ColumnElement[bool]) -> None:
    """Store the times of the oldest and newest record of captures. Call it whenever their records or times have changed."""
    times = (
        sa.select(sightings.c.capture_id, sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms))
        .select_from(sightings.join(versions, versions.c.id == sightings.c.version_id))
        .where(sightings.c.capture_id.in_(sa.select(captures.c.id).where(of_captures)))
        .group_by(sightings.c.capture_id)
    )
    for capture_id, first, last in connection.execute(times).all():
        connection.execute(captures.update().where(captures.c.id == capture_id).values(first_ms=first, last_ms=last))


def _is_unread(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> bool:
    """Return whether records of an archive may be unread: it is damaged, short, or has an unknown data file."""
    for code, member in connection.execute(sa.select(problems.c.code, problems.c.member).where(problems.c.capture_id == row.id)):
        if may_hide_records(code, member):
            return True
    reconciliation = msgspec.json.decode(row.result).get("reconciliation", [])
    return any(read < (declared or 0) for _, declared, read in reconciliation)


def may_hide_records(code: str, member: str) -> bool:
    """Return whether a problem may have kept records of its member from being read."""
    return code not in _HARMLESS_PROBLEMS and (code != "unknown-member" or member.lower().endswith(_RECORD_SUFFIXES))


def mark_absences(connection: sa.Connection, capture_id: int, account_id: int) -> Mapping[int, int]:
    """Mark the records of earlier captures of an account that later captures lack; return new absences by capture.

    Captures may be taken in in any order, so the new capture is also compared with captures exported after it. Only
    records that the archive could have contained count: of kinds that it has files for, posted before its export and
    within its days. An archive that was not read completely proves no absence.
    """
    complete = _complete_captures(connection, account_id)
    new = next(capture for capture in complete if capture.id == capture_id)
    counts = {}
    for later in complete:
        if (later.exported, later.id) >= (new.exported, new.id):
            earlier = [capture.id for capture in complete if (capture.exported, capture.id) < (later.exported, later.id)]
            counts[later.id] = _mark(connection, later, earlier, account_id)
    return counts


def recompute_absences(connection: sa.Connection, account_id: int) -> None:
    """Recompute the absences of an account after captures were set aside, restored or reread."""
    of_account = sa.select(captures.c.id).where(captures.c.account_id == account_id)
    queue_for_index(
        connection,
        sa.select(absences.c.record_pk).where(absences.c.capture_id.in_(of_account)).distinct().order_by(absences.c.record_pk),
    )
    connection.execute(absences.delete().where(absences.c.capture_id.in_(of_account)))
    complete = sorted(_complete_captures(connection, account_id), key=lambda capture: (capture.exported, capture.id))
    for index, later in enumerate(complete):
        absent = _mark(connection, later, [capture.id for capture in complete[:index]], account_id)
        stored = connection.execute(sa.select(captures.c.result).where(captures.c.id == later.id)).scalar_one()
        result = msgspec.json.decode(stored, type=CaptureResult)
        if result.gone != absent:
            result.gone = absent
            encoded = msgspec.json.encode(result, order="sorted")
            connection.execute(captures.update().where(captures.c.id == later.id).values(result=encoded))


def _mark(connection: sa.Connection, later: _CompleteCapture, earlier: list[int], account_id: int) -> int:
    scope = _scope(connection, later.id)
    facts = scope.facts
    if facts.is_partial or facts.first_day or facts.last_day or scope.is_unread or not earlier:
        return 0  # a download of selected days, a part of several, or a damaged archive proves no absence
    # a list instead of a subquery per record, for which SQLite would walk all sightings of a capture
    in_later = sa.select(sightings.c.record_pk).where(sightings.c.capture_id == later.id)
    dated = versions.c.posted_ms < later.exported
    absent = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(
            records.c.account_id == account_id,
            records.c.kind.in_(facts.kinds),
            sa.or_(versions.c.posted_ms.is_(None), dated) if scope.first is None else sa.and_(versions.c.posted_ms >= scope.first, dated),
            records.c.pk.not_in(in_later),
            ~sa.exists().where(absences.c.record_pk == records.c.pk, absences.c.capture_id == later.id),
        )
    )
    missing = connection.execute(absent).scalars().all()
    # only now, for the few that are missing: all sightings of the earlier captures grow with each of them
    seen = sa.select(sightings.c.record_pk).where(among_keys(sightings.c.record_pk), sightings.c.capture_id.in_(earlier)).distinct()
    pks = sorted(row.record_pk for row in select_keys(connection, seen, missing))
    if pks:
        connection.execute(absences.insert(), [{"record_pk": pk, "capture_id": later.id} for pk in pks])
        queue_for_index(connection, sa.select(absences.c.record_pk).where(absences.c.capture_id == later.id).order_by(absences.c.record_pk))
    return len(pks)


def refresh_account(connection: sa.Connection, account_id: int) -> None:
    """Update an account's number of records and its first and last posting time."""
    totals = connection.execute(
        sa.select(sa.func.count(), sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms))
        .select_from(records.join(versions, versions.c.id == records.c.current_version_id))
        .where(records.c.account_id == account_id)
    ).one()
    connection.execute(
        accounts.update().where(accounts.c.id == account_id).values(records=totals[0], first_ms=totals[1], last_ms=totals[2])
    )
    holdings_changed(connection)


def queue_for_index(connection: sa.Connection, pks: sa.Select[tuple[int]]) -> None:
    """Put records on the index's work list and advance the catalog's position."""
    connection.execute(outbox.insert().from_select(["record_pk"], pks))
    newest = connection.execute(sa.select(sa.func.max(outbox.c.seq))).scalar()
    if newest is not None:
        connection.execute(meta.delete().where(meta.c.key == POSITION))
        connection.execute(meta.insert().values(key=POSITION, value=str(newest)))
