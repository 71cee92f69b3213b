"""Dates and times as readers see them: in their language and in the public body's time zone. Babel is slow, so texts are cached."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel.dates import format_date, format_interval, format_skeleton, format_time, get_month_names

from indexer.local_time import local_day, zone
from portal.i18n import _, _n, locale, locale_name
from portal.site import site


def local_time(instant: datetime) -> str:
    """Format an instant in the public body's zone, to the minute, with the zone's abbreviation."""
    return _with_clock(instant, "medium", site().repository.zone, locale_name())


def long_time(instant: datetime) -> str:
    """Format an instant with its month in words: July 9, 2019, 9:30 AM CDT."""
    return _with_clock(instant, "long", site().repository.zone, locale_name())


def full_time(instant: datetime) -> str:
    """Format an instant with its day of the week: Tuesday, July 9, 2019, 9:30 AM CDT."""
    return _with_clock(instant, "full", site().repository.zone, locale_name())


@lru_cache(maxsize=10_000)
def _with_clock(instant: datetime, style: str, zone_name: str, language: str) -> str:
    """Format an instant with Babel, cached as numbers are. Equal instants in other zones give the same text."""
    local = instant.astimezone(zone(zone_name))
    clock = format_time(local, "short", tzinfo=local.tzinfo, locale=language)
    return f"{format_date(local, style, locale=language)}, {clock} {local.tzname()}"


def local_iso(instant: datetime) -> str:
    """Format an instant as ISO 8601 with the offset of the public body's zone."""
    return instant.astimezone(zone(site().repository.zone)).isoformat()


def local_day_of(instant: datetime) -> date:
    """Return the day of an instant in the public body's zone."""
    return local_day(instant, site().repository.zone)


def day(value: date) -> str:
    """Format a day."""
    return _day(value, locale_name())


@lru_cache(maxsize=10_000)
def _day(value: date, language: str) -> str:
    """Format a day with Babel, cached as numbers are."""
    return format_date(value, format="medium", locale=language)


def month(value: date) -> str:
    """Format the month of a day, with its short name."""
    return _skeleton("yMMM", value, locale_name())


def long_month(value: date) -> str:
    """Format the month of a day, as a heading."""
    return _skeleton("yMMMM", value, locale_name())


def year(value: date) -> str:
    """Return the year of a day."""
    return f"{value.year:04}"


def short_day(value: date) -> str:
    """Format a day below a heading that states its year: "Fri, Jul 4"."""
    return _skeleton("MMMEd", value, locale_name())


def clock(instant: datetime) -> str:
    """Format the time of day of an instant in the public body's zone, to the minute."""
    local = instant.astimezone(zone(site().repository.zone))
    return _clock(local.hour, local.minute, locale_name())


def weekday(value: date) -> str:
    """Format a day with its weekday, as a heading."""
    return _weekday(value, locale_name())


@lru_cache(maxsize=10_000)
def _skeleton(skeleton: str, value: date, language: str) -> str:
    """Format a day or month with Babel, cached as numbers are."""
    return str(format_skeleton(skeleton, value, locale=language))


@lru_cache(maxsize=10_000)
def _clock(hour: int, minute: int, language: str) -> str:
    """Format a time of day with Babel, cached as numbers are."""
    return format_time(time(hour, minute), "short", locale=language)


@lru_cache(maxsize=10_000)
def _weekday(value: date, language: str) -> str:
    """Format a day in full with Babel, cached as numbers are."""
    return format_date(value, format="full", locale=language)


def days(first: date | None, last: date | None) -> str:
    """Format a range of days, either end open: "May 20 – Jul 12, 2019"."""
    if first is None and last is None:
        return _("Any day")
    if first is None or last is None:
        return _("from %(day)s", day=day(first)) if first else _("to %(day)s", day=day(last)) if last else ""
    if first == last:
        return day(first)
    return _interval(first, last, locale_name())


@lru_cache(maxsize=10_000)
def _interval(first: date, last: date, language: str) -> str:
    """Format a range of days with Babel, cached as numbers are."""
    return str(format_interval(first, last, "yMMMd", locale=language))


def month_word(number: int) -> str:
    """Return the short name of a month, from 1."""
    return str(get_month_names("abbreviated", context="stand-alone", locale=locale())[number])


def duration(seconds: float) -> str:
    """Format a duration in its largest unit: hours, minutes or seconds."""
    whole = timedelta(seconds=max(0, round(seconds)))
    minutes, hours = whole // timedelta(minutes=1), whole // timedelta(hours=1)
    if hours >= 2:
        return _n("%(num)s hour", "%(num)s hours", hours)
    if minutes >= 2:
        return _n("%(num)s minute", "%(num)s minutes", minutes)
    return _n("%(num)s second", "%(num)s seconds", whole.seconds)
