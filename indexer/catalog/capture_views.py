"""Turns rows of captures into CaptureViews."""

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
"""The code of the problem of an item that prints a date which could not be read; items that state none have another one."""


def capture_views(connection: sa.Connection, *conditions: sa.ColumnElement[bool], with_set_aside: bool = False) -> list[CaptureView]:
    """Return the captures that fit, newest first: those that count, and those set aside where they are asked for."""
    states = (COMPLETE, SET_ASIDE) if with_set_aside else (COMPLETE,)
    query = sa.select(captures).where(captures.c.state.in_(states), *conditions).order_by(captures.c.id.desc())
    rows = connection.execute(query).all()
    if not rows:
        return []
    numbers = [row.id for row in rows] if len(rows) < 100 else None
    among = sa.true() if numbers is None else capture_files.c.capture_id.in_(numbers)
    files: dict[int, list[str]] = {}
    for number, name in connection.execute(
        sa.select(capture_files.c.capture_id, capture_files.c.name).where(among).order_by(capture_files.c.capture_id, capture_files.c.part)
    ):
        files.setdefault(number, []).append(name)
    bad = problems.c.code == UNREADABLE_DATE
    of_these = sa.true() if numbers is None else problems.c.capture_id.in_(numbers)
    count = sa.select(problems.c.capture_id, sa.func.count()).where(bad, of_these).group_by(problems.c.capture_id)
    undated = {row[0]: row[1] for row in connection.execute(count)}
    held = by_number(whole_accounts(connection, with_set_aside=True))
    return [_capture(row, held.get(row.account_id), files.get(row.id, []), undated.get(row.id, 0)) for row in rows]


def _capture(row: Any, account: AccountView | None, files: list[str], undated: int) -> CaptureView:
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
        gone=result.gone,
        is_partial=facts.is_partial,
        time_rules=result.time_rules,
        unreadable_dates=undated,
        aside=SetAside(aside_at, row.aside_by or "", row.aside_why or "") if aside_at else None,
    )
