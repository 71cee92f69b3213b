"""Local days: a post at 23:30 Central belongs to that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from indexer.local_time import UnknownZone, day_range, derive_utc, from_epoch, local_day, local_day_of, local_text, utc_text, zone
from indexer.record import Moment, TimeRule

CENTRAL = "America/Chicago"


def test_half_past_eleven_in_the_evening_is_still_that_day() -> None:
    assert local_day(datetime(2020, 1, 1, 5, 30, tzinfo=UTC), CENTRAL) == date(2019, 12, 31)
    assert local_day(datetime(2020, 7, 2, 4, 59, tzinfo=UTC), CENTRAL) == date(2020, 7, 1)


def test_the_days_of_a_clock_change_have_23_and_25_hours() -> None:
    for day, hours in ((date(2018, 3, 11), 23), (date(2018, 11, 4), 25), (date(2018, 7, 4), 24)):
        start, end = day_range(day, day, CENTRAL)
        assert start is not None
        assert end is not None
        assert (end - start).total_seconds() == hours * 3600


@pytest.mark.parametrize("name", ["America/Chicago", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"])
@pytest.mark.parametrize("year", [1970, 2007, 2011, 2024])
def test_the_day_of_a_unix_time_is_the_local_day_of_its_instant(name: str, year: int) -> None:
    start = datetime(year, 1, 1, tzinfo=UTC)
    for quarters in range(0, 366 * 96, 7):
        instant = start + timedelta(minutes=15 * quarters, seconds=899)
        assert local_day_of(int(instant.timestamp()), name) == local_day(instant, name), instant


def test_the_first_and_last_hours_of_the_calendar_have_a_day() -> None:
    for year in (1, 9999):
        instant = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, 12, tzinfo=UTC)
        assert local_day_of(int(instant.timestamp()), "America/Chicago").year in {year, year - 1 or 1}


def test_an_open_range_stays_open() -> None:
    assert day_range(None, None, CENTRAL) == (None, None)


def test_a_wall_time_gets_its_instant_from_the_zone_of_the_capture() -> None:
    moment = Moment("Dec 15, 2014, 11:20 PM", TimeRule.ACCOUNT_LOCAL, wall=datetime(2014, 12, 15, 23, 20))
    assert derive_utc(moment, CENTRAL).utc == datetime(2014, 12, 16, 5, 20, tzinfo=UTC)
    assert derive_utc(moment, "America/New_York", is_set=True).utc == datetime(2014, 12, 16, 4, 20, tzinfo=UTC)
    assert derive_utc(moment, "America/New_York", is_set=True).rule is TimeRule.ZONE_SET


def test_a_header_offset_gives_way_only_to_a_zone_that_a_person_set() -> None:
    moment = Moment("x", TimeRule.HEADER_OFFSET, datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(2024, 1, 1, 7))
    assert derive_utc(moment, CENTRAL) is moment
    assert derive_utc(moment, CENTRAL, is_set=True).utc == datetime(2024, 1, 1, 13, tzinfo=UTC)


def test_a_stated_time_is_never_derived_again() -> None:
    moment = from_epoch(1530727200)
    assert moment.utc == datetime(2018, 7, 4, 18, tzinfo=UTC)
    assert derive_utc(moment, "Asia/Tokyo", is_set=True) is moment


def test_an_impossible_time_or_zone_is_said() -> None:
    with pytest.raises(ValueError, match="no time in seconds"):
        from_epoch(10**15)
    with pytest.raises(UnknownZone, match="America/Chicago"):
        zone("Central")


@pytest.mark.parametrize(
    ("instant", "utc", "central"),
    [
        (None, "", ""),
        (datetime(2018, 7, 5, 4, 30, tzinfo=UTC), "2018-07-05T04:30:00Z", "2018-07-04 23:30:00 CDT"),
        (datetime(2018, 1, 5, 4, 30, 1, 123_000, tzinfo=UTC), "2018-01-05T04:30:01.123Z", "2018-01-04 22:30:01 CST"),
        (datetime(2018, 1, 5, 4, 30, 1, 999, tzinfo=UTC), "2018-01-05T04:30:01Z", "2018-01-04 22:30:01 CST"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z", "0001-01-01 00:00:00 UTC"),  # a clock west of it has no such day
    ],
)
def test_an_instant_is_written_in_one_way(instant: datetime | None, utc: str, central: str) -> None:
    assert (utc_text(instant), local_text(instant, CENTRAL)) == (utc, central)
