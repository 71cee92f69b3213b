"""Whether this computer's clock can be trusted: against the event log, and against the export dates of archives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from indexer.catalog.models import CaptureView
from indexer.catalog.tables import events
from indexer.i18n import Sentence, say
from indexer.local_time import from_ms, milliseconds
from indexer.record import Problem
from indexer.repository import Repository

SLACK: Final = timedelta(minutes=5)  # clocks of several computers differ, and events of one moment may be written in any order
EXPORT_SLACK: Final = timedelta(days=1)  # some archives give the date of their export without a zone
CODE: Final = "clock-behind"
_WAITED: Final = '"late":'  # events that waited for their turn keep the time of the deed


def behind(repository: Repository, now: datetime) -> list[Sentence]:
    """Return why the clock must be wrong: it is earlier than the newest event."""
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


def before_export(taken: datetime | None, exported: datetime | None) -> list[Sentence]:
    """Return why the clock must be wrong: an archive was taken in before it was exported."""
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


def problems(repository: Repository, exported: datetime | None, label: str, now: datetime) -> list[Problem]:
    """Return what is wrong with the clock at an ingest, as problems of its capture."""
    return [Problem(label, CODE, one) for one in (*behind(repository, now), *before_export(now, exported))]


def notices(repository: Repository, now: datetime | None = None) -> list[Sentence]:
    """Return all that speaks against the clock: now, at the captures, and between the events of the log."""
    return [*behind(repository, now or datetime.now(UTC)), *_of_captures(repository.catalog.captures()), *_of_events(repository)]


def _of_captures(captures: list[CaptureView]) -> Iterator[Sentence]:
    for one in captures:
        for why in before_export(one.taken_at, one.exported_at):
            yield say("Capture {number}: {why}", number=str(one.id), why=why)


def _of_events(repository: Repository) -> Iterator[Sentence]:
    on_time = sa.select(events.c.id, events.c.at_ms).where(sa.not_(events.c.detail.contains(_WAITED, autoescape=True)))
    rows = on_time.add_columns(sa.func.lag(events.c.at_ms).over(order_by=events.c.id).label("before")).subquery()
    slack = milliseconds(SLACK)
    query = sa.select(rows.c.id, rows.c.at_ms, rows.c.before).where(rows.c.at_ms < rows.c.before - slack).order_by(rows.c.id)
    with repository.db.connect() as connection:
        found = connection.execute(query).all()
    for row in found:
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
