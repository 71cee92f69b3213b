"""Times: the city's local time, and the platforms' formats for an instant."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CENTRAL = ZoneInfo("America/Chicago")
X_EPOCH_MS = 1288834974657


def local(text: str) -> datetime:
    """Parse a local time written "2019-05-24 23:30" (seconds optional)."""
    return datetime.fromisoformat(text).replace(tzinfo=CENTRAL)


def epoch(when: datetime) -> int:
    """Return the Unix time in seconds."""
    return int(when.timestamp())


def snowflake(when: datetime, sequence: int = 0) -> str:
    """Return the id that X would have assigned in this second (Snowflake ids, since November 2010)."""
    return str(((epoch(when) * 1000 + 137 - X_EPOCH_MS) << 22) + sequence)


def x_date(when: datetime) -> str:
    """Format a time as X does for posts: "Wed Feb 10 18:00:00 +0000 2021"."""
    utc = when.astimezone(UTC)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[utc.weekday()]
    return f"{day} {_month(utc)} {utc:%d %H:%M:%S} +0000 {utc.year}"


def iso(when: datetime, milliseconds: int = 0) -> str:
    """Format a time as "2021-02-10T18:00:00.000Z"."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03}Z"


def facebook_date(when: datetime) -> str:
    """Format a local time as Facebook's HTML has since 2022: "Jul 26, 2024 1:35:01 pm"."""
    wall = when.astimezone(CENTRAL)
    return f"{_month(wall)} {wall:%d}, {wall.year} {wall.hour % 12 or 12}:{wall:%M:%S} {'am' if wall.hour < 12 else 'pm'}"


def month_folder(when: datetime) -> str:
    """Return a month as "202305"."""
    return f"{when.astimezone(UTC):%Y%m}"


def long_day(when: datetime) -> str:
    """Return a local day as "Tuesday, May 7"."""
    wall = when.astimezone(CENTRAL)
    weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return f"{weekdays[wall.weekday()]}, {MONTHS[wall.month - 1]} {wall.day}"


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def _month(when: datetime) -> str:
    return MONTHS[when.month - 1][:3]
