"""Times on Instagram's pages, in every known language, and texts that are not times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.importers.instagram.times import read_printed
from indexer.record import TimeRule


@pytest.mark.parametrize(
    ("written", "wall"),
    [
        ("Oct 19, 2025 6:11 pm", (2025, 10, 19, 18, 11)),
        ("Oct 1, 2025 12:00 am", (2025, 10, 1, 0, 0)),
        ("Oct 01, 2025 12:59 pm", (2025, 10, 1, 12, 59)),
        ("Sep 22, 2017, 6:33 AM", (2017, 9, 22, 6, 33)),
        ("Sep 22, 2017 6:33:07\u202fPM", (2017, 9, 22, 18, 33, 7)),
        ("19 October 2025 at 18:11", (2025, 10, 19, 18, 11)),
        ("11 de nov de 2021 03:47", (2021, 11, 11, 3, 47)),
        ("1 de março de 2022 às 23:05", (2022, 3, 1, 23, 5)),
        ("fev 02, 2022 9:05 pm", (2022, 2, 2, 21, 5)),
        ("jun. 07, 2024 5:44 am", (2024, 6, 7, 5, 44)),
        ("15 de enero de 2024 a las 18:30", (2024, 1, 15, 18, 30)),
        ("ago. 17, 2025 6:11 p. m.", (2025, 8, 17, 18, 11)),
        ("dic 31, 2024 11:59 p.m.", (2024, 12, 31, 23, 59)),
        ("Okt 19, 2025 6:11 pm", (2025, 10, 19, 18, 11)),
        ("17 Agt 2025 18.11", (2025, 8, 17, 18, 11)),
        ("17 Agustus 2025 pukul 18.11", (2025, 8, 17, 18, 11)),
        ("Mei 05, 2025 1:02 am", (2025, 5, 5, 1, 2)),
        ("Des 05, 2025 1:02 am", (2025, 12, 5, 1, 2)),
        ("11:30 abr 4 2021", (2021, 4, 4, 11, 30)),
        ("3. März 2022 um 07:15", (2022, 3, 3, 7, 15)),
        ("3 août 2022 à 07:15", (2022, 8, 3, 7, 15)),
        ("2021-03-04 18:11", (2021, 3, 4, 18, 11)),
        ("10 月 19, 2025 6:11:24 下午", (2025, 10, 19, 18, 11, 24)),
        ("19 अक्तू॰ 2025 18:11", (2025, 10, 19, 18, 11)),
        ("9 авг 2022 г., 10:15", (2022, 8, 9, 10, 15)),
    ],
)
def test_a_printed_time_is_read_and_is_eight_hours_behind_utc(written: str, wall: tuple[int, ...]) -> None:
    moment = read_printed(written)
    assert moment is not None
    assert moment.wall == datetime(*wall)
    assert moment.utc == datetime(*wall, tzinfo=UTC) + timedelta(hours=8)
    assert (moment.written, moment.rule) == (written, TimeRule.INSTAGRAM_FIXED)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "03/04/2021 18:11",
        "Oct 19, 2025",
        "6:11 pm",
        "Oct 32, 2025 6:11 pm",
        "Feb 29, 2025 6:11 pm",
        "Oct 19, 2025 18:11 pm",
        "Oct 19, 2025 0:11 am",
        "Oct 19, 2025 24:00",
        "Oct 19, 2025 6:61 pm",
        "Oct 19, 0000 6:11 pm",
        "Dec 31, 9999 11:59 pm",
        "Oct 19, 2025 6:11 pm Oct 20, 2025 6:11 pm",
        "Oct Nov 19, 2025 6:11 pm",
        "Foo 19, 2025 6:11 pm",
        "Meeting on Oct 19, 2025 6:11 pm",
        "Oct 19 20, 2025 6:11 pm",
        "x" * 100_000,
        "1:11 " * 100_000,
    ],
)
def test_what_is_not_certainly_a_time_is_not_read(written: str) -> None:
    assert read_printed(written) is None


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)))
def test_every_minute_that_is_printed_is_read_back(wall: datetime) -> None:
    wall = wall.replace(second=0, microsecond=0)
    for written in (wall.strftime("%b %d, %Y %I:%M %p").lower(), wall.strftime("%d de %b de %Y %H:%M")):
        moment = read_printed(written)
        assert moment is not None
        assert moment.wall == wall


@given(st.text(max_size=90))
def test_reading_never_fails(text: str) -> None:
    moment = read_printed(text)
    assert moment is None or moment.written == text
