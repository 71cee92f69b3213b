"""The body's time zone: local days and ranges. A post at 23:30 Central belongs to that day, not to the next (UTC)."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import overload
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from indexer.i18n import say
from indexer.record import Moment, TimeRule

EPOCH_DAY = date(1970, 1, 1).toordinal()
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnknownZone(ValueError):
    """The name is not in the IANA time zone database."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Zone by its IANA name ("America/Chicago"). Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(say("“{name}” is not a time zone. Use a name such as America/Chicago.", name=name)) from error


DEPENDS_ON_ZONE = frozenset({TimeRule.ACCOUNT_LOCAL, TimeRule.HEADER_OFFSET, TimeRule.ZONE_SET})


def derive_utc(moment: Moment | None, zone_name: str, *, is_set: bool = False) -> Moment | None:
    """Derive a moment's UTC from the capture's zone if the archive gives only a wall time.

    With `is_set` a person named the zone: it then also overrides the offset in a page's header, which is valid only
    for the day of the export. A wall time that a clock change repeats is read as its first occurrence.
    """
    if moment is None or moment.wall is None or moment.rule not in DEPENDS_ON_ZONE:
        return moment
    if not is_set and moment.rule is not TimeRule.ACCOUNT_LOCAL:
        return moment
    rule = TimeRule.ZONE_SET if is_set else moment.rule
    return replace(moment, rule=rule, utc=from_wall(moment.wall, zone_name))


def from_wall(wall: datetime, zone_name: str) -> datetime:
    """UTC instant of a wall time in a zone; in the calendar's first and last hours the same time in UTC."""
    try:
        return wall.replace(tzinfo=zone(zone_name)).astimezone(UTC)
    except OverflowError:
        return wall.replace(tzinfo=UTC)


def to_local(instant: datetime, zone_name: str) -> datetime:
    """Convert an instant to a zone; stays in UTC in the first and last hours of years 1 to 9999, which have no local form."""
    try:
        return instant.astimezone(zone(zone_name))
    except OverflowError:
        return instant.astimezone(UTC)


def local_day(instant: datetime, zone_name: str) -> date:
    """Calendar day of an instant in a zone."""
    return to_local(instant, zone_name).date()


def local_day_of(seconds: int, zone_name: str) -> date:
    """Calendar day of a Unix time (seconds, UTC) in a zone; fast for many times close together."""
    offset = _offset_of(seconds // 86400, zone_name)
    return _day_of_quarter(seconds // 900, zone_name) if offset is None else _day_since_1970((seconds + offset) // 86400)


@lru_cache(maxsize=20_000)
def _offset_of(utc_day: int, zone_name: str) -> int | None:
    """Return a zone's offset in seconds on a day in UTC (counted from 1970), or None if it changes on that day."""
    try:
        noon = _EPOCH + timedelta(days=utc_day, hours=12)
        before, after = ((noon + timedelta(hours=hours)).astimezone(zone(zone_name)).utcoffset() for hours in (-12, 12))
    except OverflowError:
        return None
    return before // timedelta(seconds=1) if before is not None and before == after else None


@lru_cache(maxsize=20_000)
def _day_since_1970(day: int) -> date:
    return date.fromordinal(EPOCH_DAY + day)


@lru_cache(maxsize=20_000)
def _day_of_quarter(quarter: int, zone_name: str) -> date:
    """Day of a quarter hour: since 1970 every zone's offset and clock change is a multiple of 15 minutes."""
    return local_day(_EPOCH + timedelta(seconds=quarter * 900), zone_name)


def utc_text(instant: datetime | None) -> str:
    """Format an instant in UTC: "2018-07-05T04:30:00Z", with milliseconds if not zero. Empty for None."""
    if instant is None:
        return ""
    instant = instant.astimezone(UTC).replace(tzinfo=None)
    return instant.isoformat(timespec="milliseconds" if instant.microsecond >= 1000 else "seconds") + "Z"


def local_text(instant: datetime | None, zone_name: str) -> str:
    """Format an instant in a zone, with the zone's name: "2018-07-04 23:30:00 CDT". Empty for None."""
    if instant is None:
        return ""
    instant = to_local(instant, zone_name)
    return f"{instant.replace(tzinfo=None).isoformat(' ', 'seconds')} {instant.tzname()}"


def us_day(day: date) -> str:
    """Format a day for people: "Jul 4, 2018"."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def local_words(instant: datetime, zone_name: str) -> str:
    """Format an instant for people, to the minute, with the zone's name: "Jul 4, 2018, 11:30 PM CDT"."""
    local = to_local(instant, zone_name)
    half = "AM" if local.hour < 12 else "PM"
    return f"{us_day(local.date())}, {(local.hour + 11) % 12 + 1}:{local.minute:02} {half} {local.tzname()}"


def day_range(first: date | None, last: date | None, zone_name: str) -> tuple[datetime | None, datetime | None]:
    """UTC instants [start, end) of the local days first..last, both included; None is open."""
    start = None if first is None else from_wall(datetime(first.year, first.month, first.day), zone_name)  # noqa: DTZ001  # a wall time
    after = None if last is None or last == date.max else last + timedelta(days=1)  # nothing is after the last day
    end = None if after is None else from_wall(datetime(after.year, after.month, after.day), zone_name)  # noqa: DTZ001  # as above
    return start, end


def from_epoch(seconds: float, written: str | None = None) -> Moment:
    """Moment of a Unix time in seconds. Raises ValueError outside of the years 1 to 9999."""
    try:
        utc = _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{seconds} is no time in seconds") from error
    return Moment(written if written is not None else str(seconds), TimeRule.EPOCH, utc)


@overload
def to_ms(instant: datetime) -> int: ...
@overload
def to_ms(instant: None) -> None: ...
@overload
def to_ms(instant: datetime | None) -> int | None: ...
def to_ms(instant: datetime | None) -> int | None:
    """Milliseconds since 1970 UTC, rounded down."""
    if instant is None:
        return None
    delta = instant - _EPOCH
    return (delta.days * 86400 + delta.seconds) * 1000 + delta.microseconds // 1000


@overload
def from_ms(ms: int) -> datetime: ...
@overload
def from_ms(ms: None) -> None: ...
@overload
def from_ms(ms: int | None) -> datetime | None: ...
def from_ms(ms: int | None) -> datetime | None:
    """UTC instant of milliseconds since 1970."""
    return None if ms is None else _EPOCH + timedelta(milliseconds=ms)


def now_ms() -> int:
    """Return the current time in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def milliseconds(span: timedelta) -> int:
    """Duration in milliseconds."""
    return span // timedelta(milliseconds=1)
