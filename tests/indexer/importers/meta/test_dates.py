"""Dates are read back in every language that Meta offers, in each form in which its pages print them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from babel.dates import format_date, format_time
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.importers.meta import cldr_words
from indexer.importers.meta.date_words import MONTHS
from indexer.importers.meta.dates import common_languages, find_dates, parse_date, slash_order

LANGUAGES = tuple(cldr_words.build())


def forms(language: str, wall: datetime) -> list[str]:
    """Return a time as Meta's pages print it: the locale's date and clock, and the form of 2022 (month, day, year, clock)."""
    locale = cldr_words.load_locale(language)
    clocks = [format_time(wall, width, locale=locale) for width in ("short", "medium")]
    found = [
        f"{format_date(wall, width, locale=locale)}{between}{clock}"
        for width in ("full", "long", "medium")
        for clock in clocks
        for between in (" ", ", ")
    ]
    for months in (locale.months["format"]["abbreviated"], locale.months["format"]["wide"]):
        half = wall.strftime("%p").lower()
        found.append(f"{months[wall.month]} {wall.day:02}, {wall.year} {wall.hour % 12 or 12}:{wall.minute:02}:{wall.second:02}{half}")
        found.append(f"{months[wall.month]} {wall.day:02}, {wall.year} {format_time(wall, 'h:mm:ssa', locale=locale)}")
    return found


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(LANGUAGES), st.datetimes(min_value=datetime(2004, 2, 4), max_value=datetime(2039, 1, 1)))
def test_a_date_of_any_language_is_read_back(language: str, wall: datetime) -> None:
    wall = wall.replace(microsecond=0)
    for text in forms(language, wall):
        if slash_order(text) is not None:
            continue  # "05/01/2024": which is the month is told by other dates of the archive
        read = parse_date(text, strict=True)
        assert read is not None, text
        assert read.in_language(frozenset({language})).wall.replace(second=0) == wall.replace(second=0), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_of_a_language_is_read(language: str) -> None:
    for month in range(1, 13):
        test_a_date_of_any_language_is_read_back.hypothesis.inner_test(language, datetime(2024, month, 17, 13, 35, 1))


def test_the_table_is_what_cldr_says() -> None:
    from pathlib import Path

    assert Path(cldr_words.__file__).with_name("date_words.json").read_text(encoding="utf-8") == cldr_words.render_table()


def test_no_language_names_two_months_alike() -> None:
    for months in MONTHS.values():
        spoken = [language for languages in months.values() for language in languages]
        assert len(spoken) == len(set(spoken)), months


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("juil. 26, 2024 1:35:01pm", datetime(2024, 7, 26, 13, 35, 1)),
        ("26. März 2024, 13:35", datetime(2024, 3, 26, 13, 35)),
        ("يوليو 26, 2024 1:35:01م", datetime(2024, 7, 26, 13, 35, 1)),
        ("2024년 7월 26일 13:35", datetime(2024, 7, 26, 13, 35)),
        ("2024. 7. 26. 오후 1:35", datetime(2024, 7, 26, 13, 35)),
        ("19 жовт. 2025 р., 18:11", datetime(2025, 10, 19, 18, 11)),
        ("26 กรกฎาคม 2567 13:35", datetime(2024, 7, 26, 13, 35)),
        ("Dec 26, 2024 12:05:00\u202fAM", datetime(2024, 12, 26, 0, 5)),
        ("26.07.2024, 13:35", datetime(2024, 7, 26, 13, 35)),
        ("26/07/2024 13:35", datetime(2024, 7, 26, 13, 35)),
        ("19. okt. 2025 18.11", datetime(2025, 10, 19, 18, 11)),
        ("26 j\u00fal. 2024, 13:35", datetime(2024, 7, 26, 13, 35)),
    ],
)
def test_forms_that_were_seen_are_read(text: str, wall: datetime) -> None:
    read = parse_date(text, strict=True)
    assert read is not None
    assert read.wall == wall


def test_the_other_dates_of_an_archive_tell_which_month_is_meant() -> None:
    polish, croatian = (
        parse_date("lip 26, 2024 1:35:01pm"),
        common_languages(["26. kol 2024. 13:35", "1. lip 2024. 9:00", "3. stu 2024. 9:00"]),
    )
    assert polish is not None
    assert polish.wall.month == 7
    assert croatian >= {"hr"}
    assert polish.in_language(croatian).wall.month == 6


def test_the_order_of_day_and_month_comes_from_other_dates() -> None:
    assert parse_date("04/05/2021 3:00 PM") is None
    assert [slash_order(text) for text in ("04/05/2021 3:00", "13/05/2021 3:00", "05/13/2021 3:00", "May 4, 2021 3:00")] == [
        "",
        "day",
        "month",
        None,
    ]
    for day_first, month in ((True, 5), (False, 4)):
        read = parse_date("04/05/2021 3:00 PM", day_first=day_first)
        assert read is not None
        assert read.wall.month == month


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Generado por Ciudad Ejemplo el Jueves, 9 de mayo de 2024 a las 21:16 UTC-07:00", [datetime(2024, 5, 9, 21, 16)]),
        ("Nguyen Van A tạo lúc Thứ Hai, 11 tháng 12, 2023 lúc 15:41 UTC+07:00", [datetime(2023, 12, 11, 15, 41)]),
        ("Contient des données du 3 septembre 2014, 00:00 au 30 novembre 2022, 00:00", [datetime(2014, 9, 3), datetime(2022, 11, 30)]),
        ("Contains data from January 1, 2024 to July 1, 2024", [datetime(2024, 1, 1), datetime(2024, 7, 1)]),
        ("From 16 May 2019, 20:30 to 16 May 2019, 22:00", [datetime(2019, 5, 16, 20, 30), datetime(2019, 5, 16, 22)]),
        ("On May 5 we open at 9:00", []),
    ],
)
def test_dates_are_found_in_sentences_of_any_language(text: str, dates: list[datetime]) -> None:
    assert [found.date.wall for found in find_dates(text)] == dates


def test_the_offset_of_a_sentence_belongs_to_its_date() -> None:
    (found,) = find_dates("Créée par Ville Exemple le samedi 24 décembre 2022, 14:53 UTC+01:00")
    assert found.date.offset == timedelta(hours=1)


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    parse_date(text)
    find_dates(text)
    slash_order(text)
