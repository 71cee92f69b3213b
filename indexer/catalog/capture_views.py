"""Builds CaptureViews from rows of captures."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog.accounts import whole_accounts
from indexer.catalog.models import AccountView, CaptureView, Reconciled, SetAside, by_number
from indexer.catalog.stored_data import COMPLETE, SET_ASIDE, CaptureResult, StoredFacts
from indexer.catalog.tables import capture_files, captures, problems
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
