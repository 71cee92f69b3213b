"""Dates as Meta prints them for people."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from indexer.importers.meta.times import ZONES, header_offset, moment, parse_date
from indexer.record import TimeRule


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("Dec 15, 2014, 11:20 PM", datetime(2014, 12, 15, 23, 20)),
        ("Jul 26, 2024 1:35:01pm", datetime(2024, 7, 26, 13, 35, 1)),
        ("Aug 01, 2024 12:07:17 am", datetime(2024, 8, 1, 0, 7, 17)),
        ("Oct 19, 2025 12:11\u202fpm", datetime(2025, 10, 19, 12, 11)),
        ("Sept 3, 2020, 9:05 AM", datetime(2020, 9, 3, 9, 5)),
        ("2 August 2024, 14:05", datetime(2024, 8, 2, 14, 5)),
        ("11 de nov de 2021 03:47", datetime(2021, 11, 11, 3, 47)),
        ("nov. 11, 2021 3:47:12 p. m.", datetime(2021, 11, 11, 15, 47, 12)),
        ("miércoles, 10 de noviembre de 2021 a las 0:30", datetime(2021, 11, 10, 0, 30)),
        ("mar, 3 ago 2021 3:00", datetime(2021, 8, 3, 3, 0)),
        ("2 月 22, 2022 1:22:02 下午", datetime(2022, 2, 22, 13, 22, 2)),
        ("2022年2月22日 上午12:22", datetime(2022, 2, 22, 0, 22)),
        ("Tháng 11 24, 2023 7:24:32chiều", datetime(2023, 11, 24, 19, 24, 32)),
        ("dez 31, 2021 23:59:59", datetime(2021, 12, 31, 23, 59, 59)),
        ("Feb 29, 2024 1:00:00am", datetime(2024, 2, 29, 1, 0)),
    ],
)
def test_a_printed_date_is_read(text: str, wall: datetime) -> None:
    read = parse_date(text)
    assert read is not None
    assert (read.wall, read.offset, read.zone) == (wall, None, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "04/05/2021 3:00 PM",
        "2021",
        "Jun 31, 2020 1:00 PM",
        "Feb 29, 2023 1:00am",
        "Dec 15, 2014",
        "Dec 15, 2014, 25:00",
        "15 16 Dec 2014 1:00",
        "1:00 PM",
    ],
)
def test_a_date_that_is_not_certain_is_not_read(text: str) -> None:
    assert parse_date(text) is None
    assert moment(text) is None


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("PST", 8), ("PDT", 7), ("CST", 6), ("CDT", 5), ("EST", 5), ("HST", 10), ("UTC", 0), ("UTC-06", 6), ("UTC-06:00", 6)],
)
def test_a_printed_zone_gives_the_instant(zone: str, hours: int) -> None:
    posted = moment(f"Monday, June 1, 2015 at 1:00pm {zone}", timedelta(hours=9))
    assert posted is not None
    assert posted.rule is TimeRule.PRINTED_ZONE
    assert posted.utc is not None
    assert posted.utc.replace(tzinfo=None) == datetime(2015, 6, 1, 13) + timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["IST", "BST", "XYZ"])
def test_a_zone_that_is_not_known_is_told(zone: str) -> None:
    read = parse_date(f"Monday, June 1, 2015 at 1:00pm {zone}")
    assert read is not None
    assert (read.zone, read.utc) == (zone, None)
    assert zone not in ZONES


def test_the_headers_offset_counts_where_no_zone_is_printed() -> None:
    posted = moment("Jul 26, 2024 1:35:01pm", timedelta(hours=1))
    assert posted is not None
    assert (posted.rule, posted.utc and posted.utc.hour, posted.wall and posted.wall.hour) == (TimeRule.HEADER_OFFSET, 12, 13)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("on Friday 2 August 2024 at 11:40 UTC+01:00", timedelta(hours=1)),
        ("2024 at 11:40 UTC-05:00", timedelta(hours=-5)),
        ("11:40 UTC+05:30", timedelta(hours=5, minutes=30)),
        ("11:40 GMT-3", timedelta(hours=-3)),
        ("at 11:40", None),
    ],
)
def test_a_header_states_its_offset(text: str, offset: timedelta | None) -> None:
    assert header_offset(text) == offset


def test_an_iso_stamp_is_read_with_its_zone() -> None:
    read = parse_date("2025-04-21T09:14-05:30")
    assert read is not None
    assert (read.wall, read.offset) == (datetime(2025, 4, 21, 9, 14), timedelta(hours=-5, minutes=-30))
