"""Builds CaptureViews from rows of captures, and counts what a capture holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog.accounts import whole_accounts
from indexer.catalog.models import AccountView, CaptureView, Reconciled, SetAside, by_number
from indexer.catalog.stored_data import COMPLETE, SET_ASIDE, CaptureResult, StoredFacts
from indexer.catalog.tables import capture_files, captures, problems, records, sightings, versions
from indexer.i18n import unpack
from indexer.local_time import from_ms

UNREADABLE_DATE: Final = "bad-date"
"""Problem code of an item with a date that could not be read; items without a date have another code."""


def capture_views(connection: sa.Connection, *conditions: sa.ColumnElement[bool], with_set_aside: bool = False) -> list[CaptureView]:
    """Return the complete captures that meet the conditions, newest first; with `with_set_aside` also those set aside."""
    states = (COMPLETE, SET_ASIDE) if with_set_aside else (COMPLETE,)
    query = sa.select(captures).where(captures.c.state.in_(states), *conditions).order_by(captures.c.id.desc())
    rows = connection.execute(query).all()
    if not rows:
        return []
    capture_ids = [row.id for row in rows] if len(rows) < 100 else None  # None: all
    of_files = sa.true() if capture_ids is None else capture_files.c.capture_id.in_(capture_ids)
    files: dict[int, list[str]] = {}
    names = sa.select(capture_files.c.capture_id, capture_files.c.name).where(of_files)
    for capture_id, name in connection.execute(names.order_by(capture_files.c.capture_id, capture_files.c.part)):
        files.setdefault(capture_id, []).append(name)
    is_undated = problems.c.code == UNREADABLE_DATE
    of_problems = sa.true() if capture_ids is None else problems.c.capture_id.in_(capture_ids)
    count = sa.select(problems.c.capture_id, sa.func.count()).where(is_undated, of_problems).group_by(problems.c.capture_id)
    undated = {row[0]: row[1] for row in connection.execute(count)}
    accounts = by_number(whole_accounts(connection, with_set_aside=True))
    return [_capture_view(row, accounts.get(row.account_id), files.get(row.id, []), undated.get(row.id, 0)) for row in rows]


def _capture_view(row: Any, account: AccountView | None, files: list[str], undated: int) -> CaptureView:
    result = msgspec.json.decode(row.result, type=CaptureResult)
    facts = msgspec.json.decode(row.facts, type=StoredFacts)
    aside_at = from_ms(row.aside_ms)
    return CaptureView(
        id=row.id,
        digest=row.digest,
        name=row.name,
        size=row.size,
        taken_at=from_ms(row.taken_ms),
        taken_by=row.taken_by,
        source=row.source,
        importer=row.importer,
        importer_version=row.importer_version,
        form=unpack(facts.form) or row.form,
        account=account,
        exported_at=from_ms(row.exported_ms),
        zone=row.zone,
        state=row.state,
        records=result.records,
        versions=result.versions,
        sightings=result.sightings,
        problems=result.problems,
        folded=result.folded,
        members_read=result.members_read,
        members_ignored=result.members_ignored,
        members_unknown=result.members_unknown,
        reconciliation=tuple(Reconciled(*line) for line in result.reconciliation),
        cannot_contain=facts.limits,
        files=tuple(files),
        absent=result.gone,
        is_partial=facts.is_partial,
        time_rules=result.time_rules,
        unreadable_dates=undated,
        aside=SetAside(aside_at, row.aside_by or "", row.aside_why or "") if aside_at else None,
    )


@dataclass(frozen=True, slots=True)
class CaptureContents:
    """The records sighted in a capture, by kind, and the times (UTC) of the first and last; None if none has a time."""

    kinds: Mapping[str, int]
    first: datetime | None
    last: datetime | None


def capture_contents(connection: sa.Connection, capture_id: int) -> CaptureContents:
    """Count the records of a capture."""
    query = (
        sa.select(
            records.c.kind, sa.func.count(records.c.pk.distinct()), sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms)
        )
        .select_from(sightings)
        .join(versions, versions.c.id == sightings.c.version_id)
        .join(records, records.c.pk == sightings.c.record_pk)
        .where(sightings.c.capture_id == capture_id)
        .group_by(records.c.kind)
    )
    rows = connection.execute(query).all()
    firsts, lasts = [row[2] for row in rows if row[2] is not None], [row[3] for row in rows if row[3] is not None]
    return CaptureContents({row[0]: row[1] for row in rows}, from_ms(min(firsts, default=None)), from_ms(max(lasts, default=None)))
