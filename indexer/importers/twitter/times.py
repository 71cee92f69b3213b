"""The four time formats of X archives, all in UTC (checked against post ids, 2013-2025)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from indexer.i18n import say
from indexer.record import Moment, TimeRule

_MONTHS = {
    name: number for number, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}
_POST = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2}) (\d{4})")
_OLD_POST = re.compile(r"(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6})\d*)?Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 10**11  # in seconds, this would be the year 5138


def parse_time(written: str) -> Moment:
    """Parse a time as X writes it. Raises ValueError.

    "Wed Aug 29 20:21:02 +0000 2018" (posts), "2015-08-18 14:56:30 +0000" (posts 2013-2019),
    "2022-10-11T03:33:17.295Z" (side files since 2019), "1533081600000" and "1533081600" (side files of 2018).
    """
    if len(written) == 30 and written[20:26] == "+0000 ":
        try:
            utc = datetime(
                int(written[26:]),
                _MONTHS[written[4:7]],
                int(written[8:10]),
                int(written[11:13]),
                int(written[14:16]),
                int(written[17:19]),
                tzinfo=UTC,
            )
        except KeyError as error:
            raise ValueError(say("{written} names no month", written=repr(written))) from error
        return Moment(written, TimeRule.UTC, utc)
    if match := _POST.fullmatch(written):
        month, day, hour, minute, second, sign, off_hours, off_minutes, year = match.groups()
        if month not in _MONTHS:
            raise ValueError(say("{written} names no month", written=repr(written)))
        zone = _zone(sign, off_hours, off_minutes)
        return _with_offset(written, datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone))
    if match := _OLD_POST.fullmatch(written):
        *numbers, sign, off_hours, off_minutes = match.groups()
        year_, month_, day_, hour_, minute_, second_ = map(int, numbers)
        return _with_offset(written, datetime(year_, month_, day_, hour_, minute_, second_, tzinfo=_zone(sign, off_hours, off_minutes)))
    if match := _ISO.fullmatch(written):
        *numbers, fraction = match.groups()
        year_, month_, day_, hour_, minute_, second_ = map(int, numbers)
        return Moment(
            written, TimeRule.UTC, datetime(year_, month_, day_, hour_, minute_, second_, int((fraction or "").ljust(6, "0")), tzinfo=UTC)
        )
    if written.isascii() and written.isdigit():
        return _epoch(written)
    raise ValueError(say("{written} is no time that X writes", written=repr(written)))


def _zone(sign: str, hours: str, minutes: str) -> timezone:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)


def _with_offset(written: str, local: datetime) -> Moment:
    """Apply the printed offset. X has only been seen to write +0000; any other is recorded as a printed zone."""
    try:
        utc = local.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{written!r} is outside of the years 1 to 9999") from error
    return Moment(written, TimeRule.UTC if not local.utcoffset() else TimeRule.PRINTED_ZONE, utc)


def _epoch(written: str) -> Moment:
    number = int(written) if len(written) <= 17 else 0
    if not number:
        raise ValueError(f"{written!r} is no time in milliseconds")
    step = timedelta(milliseconds=number) if number >= _MILLISECONDS_FROM else timedelta(seconds=number)
    try:
        return Moment(written, TimeRule.EPOCH, _EPOCH + step)
    except OverflowError as error:
        raise ValueError(f"{written!r} is outside of the years 1 to 9999") from error
