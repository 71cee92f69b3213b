"""Many filters: an address may be as long as it is, and a search with too many is refused everywhere, before it is stored or logged."""

from __future__ import annotations

import pytest

from indexer.catalog import audit
from portal.search.address import MOST_FILTERS
from tests.support.town import Town, token

PAGES = ("/", "/history", "/saved", "/terms", "/reports")


@pytest.mark.parametrize("count", [1, 700])
def test_a_long_address_that_cannot_be_shorter_is_answered(town: Town, count: int) -> None:
    client = town.client("lena")
    answer = client.get("/search", query_string=[("q", "flood"), *(("author", f"{'a' * (5000 // count)}{at}") for at in range(count))])
    for _step in range(3):
        if answer.status_code == 302:
            answer = client.get(answer.headers["Location"])
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["lena", "gwen"])
def test_too_many_filters_are_refused_and_no_page_breaks_later(town: Town, name: str) -> None:
    client = town.client(name)
    many = [f"a{number}" for number in range(MOST_FILTERS + 1)]
    before = len(searches(town))
    csrf = token(client, "/terms")
    assert client.get("/search.json", query_string={"author": many}).status_code == 400
    assert client.get("/search", query_string={"author": many}).status_code == 400
    for path in ("/search", "/exports", "/hand-over"):
        assert client.post(path, data={"csrf_token": csrf, "author": many}).status_code == 400
    kept = " ".join(str(number) for number in range(MOST_FILTERS + 1))
    assert client.post("/terms", data={"csrf_token": csrf, "terms": "flood", "kept": kept}).status_code == 400
    address = "&".join(f"author={value}" for value in many)
    assert client.post("/saved", data={"csrf_token": csrf, "name": "many", "address": address}).status_code == 400
    assert len(searches(town)) == before
    assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES)


@pytest.mark.parametrize("name", ["lena", "gwen"])
def test_the_most_filters_are_searched_saved_and_shown_in_the_history(town: Town, name: str) -> None:
    client = town.client(name)
    assert client.get("/search.json", query_string={"author": [f"a{number}" for number in range(MOST_FILTERS)]}).json["total"] == 0
    assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES)


def test_a_search_logged_with_more_filters_by_an_earlier_version_breaks_no_page(town: Town) -> None:
    address = "&".join(f"author=a{number}" for number in range(MOST_FILTERS + 500))
    town.repository.audit.add("search:run", "lena", "*", {"address": address, "total": 0})
    client = town.client("lena")
    assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES)


def searches(town: Town) -> list[audit.Event]:
    return town.repository.audit.with_tags("search:run")
