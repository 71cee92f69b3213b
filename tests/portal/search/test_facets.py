"""Facets beside the results: the largest values, the rest on a page of their own, and nothing the reader may not see."""

from __future__ import annotations

import re
from html import unescape

import pytest

from portal.search import facets
from portal.search.facets import LISTED, SHOWN, FacetValue
from tests.support.town import CITY, SECRET, Town


def value(label: str, count: int, *, is_on: bool = False) -> FacetValue:
    return FacetValue(label, count, is_on, "")


@pytest.mark.parametrize(
    ("values", "first", "rest", "more"), [(3, 3, 0, 0), (8, 8, 0, 0), (9, 9, 0, 0), (10, 8, 2, 0), (30, 8, 22, 0), (75, 8, 22, 45)]
)
def test_the_largest_values_are_listed_and_the_rest_are_counted(values: int, first: int, rest: int, more: int) -> None:
    group = facets._group("author", facets.TITLES["author"], [value(f"author {number}", 100 - number) for number in range(values)])
    assert (len(group.first), len(group.rest), group.more) == (first, rest, more)
    assert len(group.first) + len(group.rest) + group.more == values


def test_values_that_are_set_are_always_in_sight() -> None:
    choices = [value(f"set {number}", 1, is_on=True) for number in range(40)] + [value("other", 9)]
    group = facets._group("author", facets.TITLES["author"], choices)
    assert all(choice in group.first for choice in choices[:40])
    assert SHOWN < LISTED < len(choices)


@pytest.mark.parametrize("letters", ["muñoz", "MUNOZ", "uno", " Muñ "])
def test_a_name_is_found_by_its_letters_in_any_case_with_or_without_accents(letters: str) -> None:
    choices = [value("Inés Muñoz", 3), value("Harlan Voss", 9)]
    assert [choice.label for choice in facets.find(choices, letters)] == ["Inés Muñoz"]


def test_the_page_of_a_facet_lists_every_value_with_its_count_and_its_link(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search/values/account").text
    listed = re.findall(r'<li><a href="(/search\?account=\d+)" ><span>.*?(@\w+)</span><span class="facet-count">([\d,]+)</span>', page)
    assert {label for _address, label, _count in listed} >= {f"@{CITY}", f"@{SECRET}"}
    for address, _label, count in listed:
        assert re.search(rf'id="count"[^>]*>\s*{count} record', client.get(unescape(address)).text), address
    narrowed = client.get(f"/search/values/account?find={CITY[-4:].lower()}").text
    assert f"@{CITY}" in narrowed
    assert "@" + SECRET not in narrowed


def test_the_page_of_a_facet_keeps_to_the_readers_accounts(town: Town) -> None:
    page = town.client("gwen").get("/search/values/account").text
    assert f"@{CITY}" in page
    assert SECRET not in page
    assert "/search?kind=message" not in town.client("gwen").get("/search/values/kind").text


def test_there_is_no_page_of_an_unknown_facet_and_a_wrong_search_goes_back_to_its_page(town: Town) -> None:
    client = town.client("rhea")
    assert client.get("/search/values/zodiac").status_code == 404
    assert client.get('/search/values/account?q="open').headers["Location"].startswith("/search?")


def test_a_value_that_every_record_has_is_not_offered(town: Town) -> None:
    page = town.client("gwen").get("/search?q=flood").text
    assert 'id="facet-platform"' not in page
    assert 'id="facet-account"' not in page
