"""The page of coverage: a row an account, pages of fifty, the months of an account, for each kind of reader."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from indexer.coverage import summary
from tests.support.town import CITY, SECRET, Town

DAYS = [date(2019, month, 1) for month in range(1, 6)]


def test_an_account_that_is_not_granted_is_not_there_even_when_it_is_asked_for(town: Town) -> None:
    secret = town.account_id(SECRET)
    for name in ("gwen", "nora"):
        client = town.client(name)
        page = client.get(f"/coverage?account={secret}").text
        assert SECRET not in page
        assert "coverage-rows" not in page
        assert client.get(f"/coverage/accounts/{secret}").status_code == 404
        assert rows(client.get(f"/coverage?find={SECRET}").text) == {}
    assert "You do not have access to any account yet" in town.client("nora").get("/coverage").text
    assert town.client("gwen").get(f"/coverage/accounts/{town.account_id(CITY)}").status_code == 200


def rows(page: str) -> dict[str, str]:
    """Return the text of each row of the page by its account."""
    found = re.findall(r'<tr>\s*<th scope="row"><a[^>]*>([^<]+)</a>(.*?)</tr>', page, re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", rest).split()) for label, rest in found}


def test_every_account_has_a_row_that_says_from_to_and_gaps(town: Town) -> None:
    shown = rows(town.client("rhea").get("/coverage?from=2023-05-01&to=2024-01-01").text)
    assert set(shown) == {f"@{CITY}", f"@{SECRET}"}
    for words in shown.values():
        assert words.startswith("X / Twitter May 1, 2023 Jun 1, 2023 ")
        assert "nothing captured after Jun 1, 2023" in words
    whole = rows(town.client("rhea").get("/coverage?from=2021-01-01&to=2022-12-31").text)
    assert [words.rsplit(" ", 1)[1] for words in whole.values()] == ["none", "none"]


def test_gaps_beyond_the_first_three_are_counted_and_the_account_s_page_has_all(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "_gaps_of", lambda *_: [summary._Gap("not captured: days", day, 1, 1, frozenset()) for day in DAYS])
    client = town.client("rhea")
    words = rows(client.get("/coverage").text)[f"@{CITY}"]
    assert (words.count("not captured for"), "2 more gaps" in words) == (3, True)
    assert client.get(f"/coverage/accounts/{town.account_id(CITY)}").text.count("not captured for") == len(DAYS)


def test_the_page_finds_accounts_by_any_of_their_words_and_says_when_none_fits(town: Town) -> None:
    client = town.client("rhea")
    assert set(rows(client.get(f"/coverage?find={SECRET[-3:]}+twitter").text)) == {f"@{SECRET}"}
    assert "No account matches “zzz”." in client.get("/coverage?find=zzz").text


def test_four_hundred_accounts_come_fifty_a_page_and_each_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    own = town.repository.coverage.of

    def many(*arguments: object, **more: object) -> object:
        found = own(*arguments, **more)  # type: ignore[arg-type]  # as given
        first = found.accounts[0]
        copies = tuple(replace(first, account_id=number, label=f"@account{number:03}") for number in range(400))
        cannot = tuple((text, tuple(copy.label for copy in copies)) for text, _labels in found.cannot_contain)
        return replace(found, accounts=copies, cannot_contain=cannot)

    monkeypatch.setattr(town.repository.coverage, "of", many)
    monkeypatch.setattr(town.app.extensions["showme"].repository.coverage, "of", many)
    client = town.client("rhea")
    seen: list[str] = []
    for number in range(1, 9):
        answer = client.get(f"/coverage?page={number}")
        assert len(answer.data) < 80_000
        seen += rows(answer.text)
    assert seen == [f"@account{number:03}" for number in range(400)]
    assert rows(client.get("/coverage?page=99").text).keys() == set(seen[350:])
    assert len(client.get("/").data) < 80_000
    assert "The 12 stalest of 400 accounts." in client.get("/").text


def test_an_account_s_months_say_their_state_in_words_and_lead_to_a_search_that_answers(town: Town) -> None:
    client, number = town.client("rhea"), town.account_id(CITY)
    page = client.get(f"/coverage/accounts/{number}").text
    cells = re.findall(r'<a class="month month-\w+" href="([^"]+)"[^>]*>.*?visually-hidden">([^<]+)<', page)
    by_month = {address.replace("&amp;", "&"): words for address, words in cells}
    june = f"/search?account={number}&from=2023-06-01&to=2023-06-30"
    assert by_month[june] == "29 days not captured, 1 day partly captured"
    assert by_month[june.replace("2023-06", "2020-06")] == "captured"
    assert client.get(june).status_code == 200
    years = re.findall(r'<th scope="row">(\d{4})</th>', page)
    assert years == [str(year) for year in range(int(years[0]), 2017, -1)]


def test_a_day_that_cannot_be_read_is_said_beside_its_field(town: Town) -> None:
    answer = town.client("rhea").get("/coverage?from=yesterday")
    assert answer.status_code == 400
    assert 'id="err-from"' in answer.text
    assert 'aria-invalid="true"' in answer.text
