"""The band of a search and the page of accounts and months, for each kind of reader."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from indexer.coverage.days import DayStatus
from indexer.query.filters import Filters
from portal.search import coverage_band
from tests.support.town import CITY, SECRET, Town


def band(page: str) -> str:
    found = re.search(r'<details class="scope (?:.|\n)*?What coverage means', page)
    assert found, "the page has no band"
    return found[0]


def test_a_search_within_captured_days_says_so_in_one_closed_line(town: Town) -> None:
    shown = band(town.client("rhea").get("/search?q=flood&to=2022-12-31").text)
    assert "2 of 2 accounts captured for all these days" in shown
    assert "scope-loud" not in shown
    assert " open>" not in shown.split("\n", 1)[0]


def test_a_search_beyond_the_last_archive_is_open_and_says_the_gap_first(town: Town) -> None:
    page = town.client("rhea").get("/search?q=zzzq&from=2023-05-01&to=2024-01-01").text
    shown = band(page)
    assert " open>" in shown.split("\n", 1)[0]
    assert f"@{SECRET} (X / Twitter), @{CITY} (X / Twitter): nothing captured after Jun 1, 2023." in shown
    assert "0 of 2 accounts captured for all these days" in shown
    assert "scope-loud" in shown
    assert shown.index("nothing captured") < shown.index("<table")
    assert page.index('id="count"') < page.index('<details class="scope ')
    assert re.search(r'href="/coverage\?account=\d+"', shown)


def test_a_gap_is_loud_only_in_days_that_were_asked_for_or_without_a_hit(town: Town) -> None:
    client = town.client("rhea")
    for search, is_loud in (
        ("q=flood", False),
        ("q=flood&to=2024-01-01", True),
        ("q=flood&to=2022-12-31", False),
        ("q=zzzq&to=2022-12-31", False),
    ):
        assert ("scope-loud" in band(client.get(f"/search?{search}").text)) is is_loud, search


def test_every_account_has_its_last_captured_day_in_the_opened_line(town: Town) -> None:
    shown = band(town.client("rhea").get("/search?q=flood").text)
    rows = re.findall(r'<th scope="row">.*?>(@\w+)</a></th>\s*<td>([^<]+)</td>', shown)
    assert sorted(rows) == sorted([(f"@{SECRET}", "Jun 1, 2023"), (f"@{CITY}", "Jun 1, 2023")])


def test_the_bars_are_for_eyes_and_the_table_for_everybody(town: Town) -> None:
    shown = band(town.client("rhea").get("/search?q=zzzq&from=2023-05-01&to=2024-01-01").text)
    assert '<svg class="coverage-bar" focusable="false" aria-hidden="true">' in shown
    assert re.search(r'<span class="visually-hidden">[^<]*2023 to [^<]*: [^<]*not captured', shown, re.IGNORECASE)


def test_request_staff_read_of_granted_accounts_in_days_and_words_only(town: Town) -> None:
    client = town.client("gwen")
    for address in ("/search?q=zzzq&from=2017-01-01&to=2024-01-01", "/coverage", "/coverage?from=2017-01-01&to=2024-01-01"):
        page = client.get(address).text
        assert CITY in page
        assert SECRET not in page, address
        assert "/captures" not in page, address
        assert "message" not in (band(page) if address.startswith("/search") else page).lower(), address
    shape = client.get("/search.json?q=zzzq").json["coverage"]
    assert [one["account"] for one in shape["accounts"]] == [f"@{CITY}"]
    assert (shape["indexed"], shape["held"], shape["faulty_captures"], shape["cannot_contain"]) == (None, None, [], [])
    assert all(not part["captures"] for part in shape["accounts"][0]["intervals"])


def test_an_account_that_is_not_granted_is_not_there_even_when_it_is_asked_for(town: Town) -> None:
    secret = town.account_id(SECRET)
    for name in ("gwen", "nora"):
        page = town.client(name).get(f"/coverage?account={secret}").text
        assert SECRET not in page
        assert '<table class="grid months">' not in page
    assert "You do not have access to any account yet" in town.client("nora").get("/coverage").text


def test_the_page_shows_years_and_a_year_leads_to_its_months(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/coverage").text
    assert "Accounts and years" in page
    address = re.search(r'href="(/coverage\?from=2023[^"]+)"', page)
    assert address
    months = client.get(address[1].replace("&amp;", "&")).text
    assert "Accounts and months" in months
    assert "2023-06" in months
    assert f"account={town.account_id(CITY)}&amp;from=2023-06-01&amp;to=2023-06-30" in months
    assert "29 days not captured, 1 day partly captured" in months


def test_every_cell_has_its_state_in_words_and_leads_to_a_search_that_answers(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/coverage?from=2023-01-01&to=2023-12-31").text
    cells = re.findall(r'<a class="month month-\w+" href="([^"]+)"[^>]*>.*?visually-hidden">([^<]+)<', page)
    assert len(cells) == 24
    assert {words for _, words in cells} == {"captured", "29 days not captured, 1 day partly captured", "not captured"}
    assert client.get(cells[0][0].replace("&amp;", "&")).status_code == 200


def test_a_day_that_cannot_be_read_is_said_beside_its_field(town: Town) -> None:
    answer = town.client("rhea").get("/coverage?from=yesterday")
    assert answer.status_code == 400
    assert 'id="err-from"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_days_that_no_day_can_be_are_no_zero_of_captures(town: Town) -> None:
    page = town.client("rhea").get("/search?q=date:2018&from=2020-01-01").text
    assert "The filters exclude every day" in page


def test_many_accounts_are_drawn_only_where_they_have_gaps(town: Town) -> None:
    found = town.repository.coverage.of(Filters(first_day=date(2022, 1, 1), last_day=date(2022, 12, 31)))
    many = coverage_band.band(replace(found, accounts=found.accounts * 6))
    assert many is not None
    assert (len(many.bars), many.left_out) == (0, 12)


@pytest.mark.parametrize("status", list(DayStatus))
def test_every_state_has_its_sign_and_its_pattern(status: DayStatus) -> None:
    assert status in coverage_band.SIGNS
    assert status in coverage_band.CLASSES
    assert len(set(coverage_band.SIGNS.values())) == len(DayStatus)
