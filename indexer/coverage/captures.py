"""Reads the complete captures from the catalog for coverage: what each archive states, and its defects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa

from indexer import platforms
from indexer.catalog import (
    COMPLETE,
    AccountView,
    CaptureResult,
    StoredFacts,
    accounts,
    captures,
    may_hide_records,
    problems,
    records,
    root_id,
    sightings,
    versions,
    whole_accounts,
)
from indexer.coverage.days import Reason
from indexer.local_time import to_ms
from indexer.record import RecordKind

MESSAGE: Final = str(RecordKind.MESSAGE)


class CaptureDays(NamedTuple):
    """A complete capture in the catalog. Times are milliseconds since 1970 UTC."""

    id: int
    name: str
    zone: str
    taken_ms: int
    exported_ms: int | None
    facts: StoredFacts
    limits: tuple[str, ...]
    kinds: frozenset[str]
    problems: int
    short: int
    faults: frozenset[Reason]


@dataclass(frozen=True, slots=True)
class CapturedAccount:
    """An account with its captures, oldest first."""

    view: AccountView
    full_label: str
    first_ms: int | None
    last_ms: int | None
    captures: tuple[CaptureDays, ...]


RecordTimes = tuple[int | None, int | None]
"""First and last time of a capture's dated records, milliseconds since 1970 UTC; None without any."""


def read_accounts(connection: sa.Connection) -> Iterable[CapturedAccount]:
    """Yield the accounts that have a complete capture."""
    hiding: set[int] = set()
    reported = sa.select(problems.c.capture_id, problems.c.code, problems.c.member).distinct()
    for capture_id, code, member in connection.execute(reported):
        if may_hide_records(code, member):
            hiding.add(capture_id)
    by_account: dict[int, list[CaptureDays]] = {}
    query = (
        sa.select(captures, root_id.label("whole_id"))
        .join(accounts, accounts.c.id == captures.c.account_id)
        .where(captures.c.state == COMPLETE)
        .order_by(captures.c.id)
    )
    for row in connection.execute(query):
        by_account.setdefault(row.whole_id, []).append(_capture(row, is_hiding=row.id in hiding))
    for view in whole_accounts(connection):
        if view.id in by_account:
            full_label = f"{view.label} ({platforms.title(view.platform)})"
            yield CapturedAccount(view, full_label, to_ms(view.first_posted), to_ms(view.last_posted), tuple(by_account[view.id]))


def _capture(row: Any, *, is_hiding: bool) -> CaptureDays:
    facts = msgspec.json.decode(row.facts, type=StoredFacts)
    result = msgspec.json.decode(row.result, type=CaptureResult)
    short = sum(max(0, (declared or 0) - read_accounts) for _, declared, read_accounts in result.reconciliation)
    checks = ((Reason.UNREAD, is_hiding), (Reason.SHORT, short > 0), (Reason.ONE_PART, facts.is_partial))
    return CaptureDays(
        id=row.id,
        name=row.name,
        zone=row.zone,
        taken_ms=row.taken_ms,
        exported_ms=row.exported_ms,
        facts=facts,
        limits=facts.limits,
        kinds=frozenset(facts.kinds),
        problems=result.problems,
        short=short,
        faults=frozenset(reason for reason, applies in checks if applies),
    )


def record_times(connection: sa.Connection, numbers: Sequence[int], *, without_messages: bool) -> dict[int, RecordTimes]:
    """First and last time of the dated records of each capture."""
    seen = sightings.join(versions, versions.c.id == sightings.c.version_id)
    query = sa.select(sightings.c.capture_id, sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms))
    query = query.where(sightings.c.capture_id.in_(numbers)).group_by(sightings.c.capture_id)
    if without_messages:
        seen = seen.join(records, records.c.pk == versions.c.record_pk)
        reaction = sa.and_(records.c.kind == str(RecordKind.LIKE), sa.func.coalesce(versions.c.thread_id, "") != "")
        query = query.where(records.c.kind != MESSAGE, sa.not_(reaction))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query.select_from(seen))}
