"""A body with 400 accounts: no page grows with them, and no account that a form does not list is lost when it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from indexer.custody import Custody, IngestSession
from portal import config, create_app
from portal.access.rules import Role
from portal.access.users import Users
from portal.jobs.rows import Jobs
from portal.views.account_choice import MOST_CHOSEN, MOST_OTHERS
from tests.support.town import Town, fill, post, x_archive

ACCOUNTS = 400
MOST_BYTES = 80_000
PAGES = (
    "/",
    "/search",
    "/search?q=flood",
    "/search?q=nothingofthekind",
    "/search/values/account?q=flood",
    "/hand-over?q=flood",
    "/hand-over?q=nothingofthekind",
    "/coverage",
    "/coverage?from=2019-01-01&to=2019-12-31",
    "/captures",
    "/captures/1",
    "/accounts",
    "/accounts/1/merge",
    "/users",
    "/users/1",
    "/terms",
    "/saved",
    "/history",
    "/reports",
    "/certificates",
    "/exports",
    "/archives/add",
)


@pytest.fixture(name="county", scope="module")
def county_of_many_accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A portal with 400 accounts; its tests add users and change no account."""
    folder = tmp_path_factory.mktemp("county")
    repository = fill(folder / "data")
    custody = Custody("rhea", "incoming", None, "")
    with IngestSession(repository) as session:
        for number in range(ACCOUNTS - 2):
            flood = post(1_400_000_000_000_000_000 + number, f"flood agenda {number}", "Mon Sep 07 15:00:00 +0000 2020")
            archive = x_archive(folder / "next.zip", f"Office{number:03}OfTheCounty", f"88{number:03}", [flood], [], {})
            session.take_in([archive], custody)
    app = create_app(config.read({"SHOWME_DEMO": "1"}, folder / "data"))
    app.testing = True
    town = Town(folder / "data", app, repository)
    assert len(repository.catalog.accounts()) == ACCOUNTS
    yield town
    app.extensions["showme"].close()
    repository.close()


def form_of(page: str, action: str) -> dict[str, Any]:
    """Return what a browser sends with a form when its Save button is pressed; `account` is a list."""
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form
    sent: dict[str, Any] = {"account": []}
    for field in re.findall(r"<input[^>]*>", form[0]):
        attributes = {name: unescape(value) for name, value in re.findall(r'([a-z_]+)="([^"]*)"', field)}
        if attributes.get("type") in {"checkbox", "radio"} and not re.search(r" checked\b", field):
            continue
        value = attributes.get("value", "on")
        if attributes["name"] == "account":
            sent["account"].append(value)
        else:
            sent[attributes["name"]] = value
    for name, text in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form[0], re.DOTALL):
        sent[name] = unescape(text)
    return sent


def listed(page: str) -> list[int]:
    """Return the accounts with a checkbox on a page."""
    return [int(number) for number in re.findall(r'name="account" value="(\d+)"', page)]


def request_staff(county: Town, name: str, granted: set[int]) -> int:
    """Add a member of request staff with grants, and return the user's number."""
    people = Users(county.repository.db)
    added = people.add(name, "", Role.REQUEST_STAFF, "ada")
    people.change(added.id, full_name="", role=Role.REQUEST_STAFF, granted=granted, is_disabled=False)
    return added.id


def grants(county: Town, user_id: int) -> frozenset[int]:
    """Return what is granted to a user."""
    user = Users(county.repository.db).by_id(user_id)
    assert user
    return user.grants


def numbers(county: Town) -> list[int]:
    """Return every account, in the order of a page."""
    return [account.id for account in county.repository.catalog.accounts()]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_grows_with_the_accounts(county: Town, path: str) -> None:
    answer = county.client("ada").get(path)
    assert answer.status_code == 200
    assert len(answer.data) <= MOST_BYTES


def test_no_form_of_accounts_grows_with_those_that_are_chosen(county: Town) -> None:
    admin = county.client("ada")
    everything = request_staff(county, "all-of-them", set(numbers(county)))
    for path in (f"/users/{everything}", "/terms?" + "&".join(f"account={number}" for number in numbers(county))):
        answer = admin.get(path)
        assert len(answer.data) <= MOST_BYTES
        assert len(listed(answer.text)) == MOST_CHOSEN
        assert f"{ACCOUNTS - MOST_CHOSEN} more accounts are chosen and stay chosen." in answer.text


@pytest.mark.parametrize("count", [0, 3, MOST_CHOSEN, MOST_CHOSEN + 1, MOST_CHOSEN + 3, ACCOUNTS])
def test_saving_a_user_loses_no_grant_whether_it_is_listed_or_not(county: Town, count: int) -> None:
    admin, granted = county.client("ada"), set(numbers(county)[ACCOUNTS - count :])
    user = request_staff(county, f"keeps-{count}", granted)
    page = f"/users/{user}"
    shown = admin.get(page).text
    assert len(granted - set(listed(shown))) == max(0, count - MOST_CHOSEN)
    assert admin.post(page, data=form_of(shown, page)).status_code == 302
    assert grants(county, user) == granted


def test_finding_accounts_keeps_what_was_typed_and_checked_and_saves_nothing(county: Town) -> None:
    admin, every = county.client("ada"), numbers(county)
    granted = set(every[:70])  # ten of them are not listed
    user = request_staff(county, "finder", granted)
    page = f"/users/{user}"
    sent = form_of(admin.get(page).text, page)
    removed, new = int(sent["account"][0]), every[350]
    label = next(account.label for account in county.repository.catalog.accounts() if account.id == new)
    sent["account"].remove(str(removed))
    for button in ({"find_accounts": "1"}, {}):  # the button Find, or the Enter key: the letters are not those of the list
        found = admin.post(
            page, data={**sent, "full_name": "Fay Finder", "role": "legal staff", "is_disabled": "1", "letters": label} | button
        )
        assert found.status_code == 200
        assert grants(county, user) == granted
        assert "Nothing is saved or run yet." in found.text
        assert listed(found.text)[0] == new  # before those that are checked
        again = form_of(found.text, page)
        assert (again["full_name"], again["role"], again["is_disabled"]) == ("Fay Finder", "legal staff", "1")
        assert str(removed) not in again["account"] + again["kept"].split()
    again["account"].append(str(new))
    del again["is_disabled"]
    assert admin.post(page, data=again).status_code == 302
    assert grants(county, user) == (granted - {removed}) | {new}


def test_a_grant_that_is_not_listed_can_be_found_and_removed(county: Town) -> None:
    admin = county.client("ada")
    user = request_staff(county, "loses-one", set(numbers(county)))
    page = f"/users/{user}"
    unlisted = numbers(county)[-1]
    label = county.repository.catalog.accounts()[-1].label
    found = admin.post(page, data={**form_of(admin.get(page).text, page), "letters": label}).text
    sent = form_of(found, page)
    sent["account"].remove(str(unlisted))
    assert admin.post(page, data=sent).status_code == 302
    assert grants(county, user) == set(numbers(county)) - {unlisted}


def test_a_user_is_added_with_accounts_found_one_after_the_other(county: Town) -> None:
    admin = county.client("ada")
    held = county.repository.catalog.accounts()
    wanted = [held[at] for at in (100, 200, 300)]
    sent = form_of(admin.get("/users").text, "/users") | {"name": "new-hire", "role": "request staff"}
    assert len(listed(admin.get("/users").text)) == MOST_OTHERS
    for account in wanted:
        sent = form_of(admin.post("/users", data={**sent, "letters": account.label, "find_accounts": "1"}).text, "/users")
        sent["account"].append(str(account.id))
    assert admin.post("/users", data=sent).status_code == 200
    added = Users(county.repository.db).by_name("new-hire")
    assert added
    assert added.grants == {account.id for account in wanted}


@pytest.mark.parametrize("count", [1, MOST_CHOSEN + 3])
def test_a_term_list_runs_on_the_chosen_accounts_whether_they_are_listed_or_not(county: Town, count: int) -> None:
    client, chosen = county.client("rhea"), numbers(county)[ACCOUNTS - count :]
    sent = form_of(client.get("/terms?" + "&".join(f"account={number}" for number in chosen)).text, "/terms") | {"terms": "flood"}
    for letters in ("office12", "no account has this name"):
        answer = client.post("/terms", data={**sent, "letters": letters, "find_accounts": "1"})
        assert answer.status_code == 200
        sent = form_of(answer.text, "/terms")
        assert sent["terms"].strip() == "flood"
    address = client.post("/terms", data=sent).location
    job = Jobs(county.repository.db).get(int(address.rsplit("/", 1)[1]))
    assert job
    assert {int(number) for number in re.findall(r"account=(\d+)", job.arguments["address"])} == set(chosen)
