"""Saved searches and history: kept whole, private or shared, never wider than the reader's own rights; deletions can be undone."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from portal.access.rules import Role
from portal.access.users import Users
from portal.search.history import history, last_runs, parse_address, search_key
from portal.search.saved import MOST, SavedSearches, SavingError
from tests.support.town import ACCOUNT_CANARY, CITY, Town, token

pytestmark = pytest.mark.databases

ADDRESS = "q=flood&dialect=dtsearch&from=2018-07-01&kind=post&as_of=2022-01-01&sort=oldest"


def save(client: FlaskClient, name: str, address: str = ADDRESS, **more: str) -> int:
    """Save a search and return the HTTP status."""
    form = {"csrf_token": token(client, "/saved/new?q=flood"), "name": name, "address": address, **more}
    return client.post("/saved", data=form).status_code


def number_of(client: FlaskClient, name: str) -> int:
    """Return the number of the reader's own search of that name."""
    page = client.get("/saved").text
    found = re.findall(r'href="/saved/(\d+)">[^<]*<span class="visually-hidden">: ([^<]*)<', page)
    return next(int(number) for number, called in found if unescape(called) == name)


def act(client: FlaskClient, number: int, deed: str = "", **form: str) -> str:
    answer = client.post(f"/saved/{number}{deed}", data={"csrf_token": token(client, "/saved/new?q=x"), **form}, follow_redirects=True)
    return unescape(answer.text)


def test_a_saved_search_keeps_the_whole_address_and_runs_as_it_was(town: Town) -> None:
    client = town.client("rhea")
    assert save(client, "  Flood   of 2018 ", ADDRESS + "&page=3") == 302
    page = unescape(client.get("/saved").text)
    assert "Flood of 2018" in page
    address = re.search(r'/search\?([^"]+)">Flood of 2018<', page)
    assert address
    params = parse_address(address[1])
    assert params.address() == parse_address(ADDRESS).address()
    assert params.page == 1
    assert client.get(f"/search?{address[1]}").status_code == 200


def test_a_name_that_is_there_already_empty_or_too_long_is_said_and_nothing_typed_is_lost(town: Town) -> None:
    client = town.client("lena")
    assert save(client, "Bridge", "q=bridge") == 302
    for name, told in (
        ("BRIDGE ", "You already have a search named “Bridge”"),
        (" ", "Enter a name for the search"),
        ("x" * 121, "120 characters"),
    ):
        form = {"csrf_token": token(client, "/saved/new?q=flood"), "name": name, "address": "q=mill+bridge"}
        answer = client.post("/saved", data=form)
        assert answer.status_code == 400
        assert told in unescape(answer.text)
        assert 'name="address" value="q=mill+bridge"' in answer.text
    assert save(town.client("ada"), "Bridge", "q=bridge") == 302, "another user's name is no obstacle"


def test_an_address_that_cannot_be_read_is_not_kept(town: Town) -> None:
    client = town.client("ada")
    assert save(client, "Broken", "q=flood&from=yesterday") == 400
    assert "Broken" not in client.get("/saved").text


def test_renaming_deleting_and_undoing(town: Town) -> None:
    client = town.client("ada")
    save(client, "First", "q=flood")
    save(client, "Second", "q=council")
    first = number_of(client, "First")
    assert "already have a search named “Second”" in act(client, first, name="second")
    assert "“Third” was changed" in act(client, first, name="Third")
    page = act(client, first, "/delete")
    assert "“Third” is deleted." in page
    assert f'action="/saved/{first}/restore"' in page
    assert ">Third<" not in client.get("/saved").text
    assert client.get(f"/saved/{first}").status_code == 404
    assert "“Third” is back." in act(client, first, "/restore")
    assert number_of(client, "Third") == first
    act(client, first, "/delete")
    save(client, "Third", "q=parade")
    assert "already" in act(client, first, "/restore"), "its name is taken by now"


def test_nobody_else_opens_changes_deletes_or_restores_a_search(town: Town) -> None:
    client = town.client("rhea")
    save(client, "Mine alone", "q=flood", shared="1")
    number = number_of(client, "Mine alone")
    other = town.client("ada")
    assert other.get(f"/saved/{number}").status_code == 404
    for deed in ("", "/delete"):
        assert other.post(f"/saved/{number}{deed}", data={"csrf_token": token(other, "/saved/new?q=x"), "name": "taken"}).status_code == 404
    act(client, number, "/delete")
    assert "no longer exists" in act(other, number, "/restore")
    assert "Mine alone" not in client.get("/saved").text


def test_a_shared_search_is_seen_only_by_those_who_may_see_as_much(town: Town) -> None:
    save(town.client("lena"), "All about the settlement", f"q={ACCOUNT_CANARY}", shared="1")
    save(town.client("lena"), "Kept to myself", "q=parade")
    save(town.client("gwen"), "Seen by a clerk", "q=flood", shared="1")
    rhea, gwen, nora = (town.client(name).get("/saved").text for name in ("rhea", "gwen", "nora"))
    assert "All about the settlement" in rhea
    assert "shared by lena" in rhea
    assert "Kept to myself" not in rhea
    assert "Seen by a clerk" in rhea
    for page in (gwen, nora):
        assert "All about the settlement" not in page
        assert ACCOUNT_CANARY not in page
    assert "Seen by a clerk" in gwen
    assert "Seen by a clerk" not in nora, "who may see nothing may see less than the clerk"


def test_counts_of_a_shared_search_are_those_of_the_reader(town: Town) -> None:
    save(town.client("gwen"), "Floods everywhere", "q=flood&size=50", shared="1")
    assert re.search(r"<strong>2 records</strong>", town.client("gwen").get("/saved").text)
    assert re.search(r"<strong>5 records</strong>", town.client("rhea").get("/saved").text)


def test_what_became_less_to_see_is_not_shared_with_it(town: Town) -> None:
    book, db = Users(town.repository.db), town.repository.db
    user = book.add("cora", "", Role.LEGAL_STAFF, "test")
    SavedSearches(db, user.reader).add("Wide words", "q=quag", is_shared=True)
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted={town.account_id(CITY)}, is_disabled=False)
    cora = book.by_id(user.id)
    gwen = book.by_name("gwen")
    assert cora is not None
    assert gwen is not None
    kept = SavedSearches(db, cora.reader)
    kept.change(next(one.id for one in kept.all() if one.name == "Wide words"), "Wide words still", is_shared=True)
    assert "Wide words still" not in [one.name for one in SavedSearches(db, gwen.reader).all()], "it was kept by who saw more"
    SavedSearches(db, cora.reader).add("Narrow words", "q=flood", is_shared=True)
    assert "Narrow words" in [one.name for one in SavedSearches(db, gwen.reader).all()]


def test_there_is_a_most_and_it_is_said(town: Town) -> None:
    user = Users(town.repository.db).add("many", "", Role.LEGAL_STAFF, "test")
    kept = SavedSearches(town.repository.db, user.reader)
    for number in range(MOST):
        kept.add(f"search {number}", "q=flood", is_shared=False)
    with pytest.raises(SavingError, match="500"):
        kept.add("one more", "q=flood", is_shared=False)


def test_the_list_says_how_many_more_there_are_than_at_the_last_run(town: Town) -> None:
    client = town.client("rhea")
    save(client, "Council", "q=council+agenda&sort=oldest")
    assert "You have not run it recently" in client.get("/saved").text
    client.get("/search?q=council+agenda&size=100")
    run = last_runs(town.repository.db, "rhea", [search_key(parse_address("q=council+agenda"))])
    assert [one.total for one in run.values()] == [40]
    town.app.extensions["showme"].note("search:run", "rhea", "council agenda", {"address": "q=council+agenda", "total": 37})
    page = client.get("/saved").text
    assert "37 records" in page
    assert "3 more than last time" in page


def test_pages_of_one_search_are_one_line_of_the_history(town: Town) -> None:
    Users(town.repository.db)
    client = town.client("gwen")
    for address in ("q=agenda", "q=agenda&page=2", "q=agenda&page=1", "q=parade", "q=agenda", "q=%22open"):
        client.get(f"/search?{address}")
    lines, further = history(town.repository.db, "gwen")
    told = [(line.params.query, line.views, line.total) for line in lines[:4]]
    assert told == [('"open', 1, None), ("agenda", 1, 40), ("parade", 1, 1), ("agenda", 3, 40)]
    assert further is None
    page = client.get("/history").text
    assert "viewed 3 times in a row" in page
    assert "could not be read" in page
    assert '/saved/new?q=parade"' in page


def test_the_history_goes_on_page_by_page_and_misses_nothing(town: Town) -> None:
    for number in range(450):
        town.repository.audit.add(
            "search:run", "walker", f"w{number // 2}", {"address": f"q=w{number // 2}&page={number % 2 + 1}", "total": 1}
        )
    seen, before = [], None
    while True:
        lines, before = history(town.repository.db, "walker", before)
        seen += [(line.params.query, line.views) for line in lines]
        if before is None:
            break
    assert seen == [(f"w{number}", 2) for number in reversed(range(225))]


def test_the_history_is_one_s_own_even_for_an_administrator(town: Town) -> None:
    town.client("lena").get("/search?q=sealed+settlement")
    assert "sealed settlement" in town.client("lena").get("/history").text
    assert "sealed settlement" not in town.client("ada").get("/history").text


def test_empty_pages_say_what_to_do_next(town: Town) -> None:
    client = town.client("nora")
    assert "Save this search" in client.get("/saved").text
    user = Users(town.repository.db).add("fresh", "", Role.LEGAL_STAFF, "test")
    Users(town.repository.db).set_password(user.id, "a sentence for the tests")
    assert "You have not searched for anything yet" in town.client("fresh").get("/history").text


def test_the_search_page_offers_to_save_also_where_nothing_was_found(town: Town) -> None:
    page = town.client("rhea").get("/search?q=absent&kind=post&dialect=dtsearch").text
    assert "Save this search" in page
    assert 'name="address" value="q=absent&amp;dialect=dtsearch&amp;kind=post"' in page


def test_changes_of_saved_searches_are_events(town: Town) -> None:
    client = town.client("ada")
    save(client, "Noted", "q=flood")
    act(client, number_of(client, "Noted"), "/delete")
    events = [event for event in town.repository.audit.newest(6) if event.tag == "search:saved"]
    assert [event.subject for event in events] == ["Noted", "Noted"]
    assert town.repository.audit.broken_at() is None
