"""Checks of this computer's clock against the event log and the export dates of archives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from indexer.catalog import CaptureView, events
from indexer.i18n import Sentence, say
from indexer.local_time import from_ms, milliseconds
from indexer.record import Problem
from indexer.repository import Repository

SLACK: Final = timedelta(minutes=5)  # clocks of several computers differ, and simultaneous events may be written in any order
EXPORT_SLACK: Final = timedelta(days=1)  # some archives give their export date without a zone
CODE: Final = "clock-behind"
_WAITED: Final = '"late":'  # events that waited in a queue keep the time of the action


def check_against_log(repository: Repository, now: datetime) -> list[Sentence]:
    """Return a warning if the clock is earlier than the newest event."""
    with repository.db.connect() as connection:
        newest = connection.execute(sa.select(events.c.at_ms).order_by(events.c.id.desc()).limit(1)).scalar()
    then = from_ms(newest)
    if then is None or now >= then - SLACK:
        return []
    return [
        say(
            "This computer's clock says {now} UTC, which is earlier than the newest event of the log ({then} UTC). Set the clock.",
            now=_minute(now),
            then=_minute(then),
        )
    ]


def check_against_export(taken: datetime | None, exported: datetime | None) -> list[Sentence]:
    """Return a warning if an archive was taken in before its export."""
    if taken is None or exported is None or taken >= exported - EXPORT_SLACK:
        return []
    return [
        say(
            "This computer's clock said {now} UTC when the archive was taken in, which is earlier than its export ({then} UTC). "
            "Set the clock. The evidence is safe; the dates of this archive's custody are wrong.",
            now=_minute(taken),
            then=_minute(exported),
        )
    ]


def ingest_problems(repository: Repository, exported: datetime | None, label: str, now: datetime) -> list[Problem]:
    """Return the clock warnings at an ingest as problems of its capture."""
    return [Problem(label, CODE, warning) for warning in (*check_against_log(repository, now), *check_against_export(now, exported))]


def notices(repository: Repository, now: datetime | None = None) -> list[Sentence]:
    """Return all clock warnings: for now, for each capture, and between events of the log."""
    return [
        *check_against_log(repository, now or datetime.now(UTC)),
        *_check_captures(repository.catalog.captures()),
        *_check_events(repository),
    ]


def _check_captures(captures: list[CaptureView]) -> Iterator[Sentence]:
    for capture in captures:
        for why in check_against_export(capture.taken_at, capture.exported_at):
            yield say("Capture {number}: {why}", number=str(capture.id), why=why)


def _check_events(repository: Repository) -> Iterator[Sentence]:
    on_time = sa.select(events.c.id, events.c.at_ms).where(sa.not_(events.c.detail.contains(_WAITED, autoescape=True)))
    rows = on_time.add_columns(sa.func.lag(events.c.at_ms).over(order_by=events.c.id).label("before")).subquery()
    slack = milliseconds(SLACK)
    query = sa.select(rows.c.id, rows.c.at_ms, rows.c.before).where(rows.c.at_ms < rows.c.before - slack).order_by(rows.c.id)
    with repository.db.connect() as connection:
        set_back = connection.execute(query).all()
    for row in set_back:
        now, then = from_ms(row.at_ms), from_ms(row.before)
        if now is not None and then is not None:
            yield say(
                "The clock was set back before event {number}: it is of {now} UTC, the event before it of {then} UTC.",
                number=str(row.id),
                now=_minute(now),
                then=_minute(then),
            )


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
