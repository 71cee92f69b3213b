"""User administration: an administrator adds, grants, makes links, disables; everything is in the event log."""

from __future__ import annotations

import re

import pytest

from portal.access.rules import Role
from portal.access.users import Users
from tests.support.town import Town, token

pytestmark = pytest.mark.databases


def link_in(page: str) -> str:
    """Return the path of the one-time link that a page shows."""
    link = re.search(r'<input id="one-time-link"[^>]* value="http://127.0.0.1:8000(/link/[^"]+)"', page)
    assert link
    return link[1]


def test_an_administrator_adds_a_user_with_accounts_and_hands_over_a_link_in_one_step(town: Town) -> None:
    admin = town.client("ada")
    form = {"csrf_token": token(admin, "/users"), "name": "Petra", "full_name": "Petra Vance", "role": "request staff"}
    link = link_in(admin.post("/users", data={**form, "account": ["1", "999999", "x"]}).text)
    petra = Users(town.repository.db).by_name("petra")
    assert petra is not None
    assert (petra.role, petra.grants) == (Role.REQUEST_STAFF, frozenset({1}))
    guest = town.client()
    assert "You will need this name" in guest.get(link).text
    data = {"password": "petra has a sentence", "again": "petra has a sentence", "csrf_token": token(guest, link)}
    assert guest.post(link, data=data).status_code == 302
    assert guest.get("/search.json?q=flood").json["total"] == 2
    added = next(event for event in town.repository.audit.newest(12) if event.tag == "user:added")
    assert '"grants": [1]' in added.detail or '"grants":[1]' in added.detail
    tags = [event.tag for event in town.repository.audit.newest(12)]
    assert {"user:added", "user:link-made", "user:password-set", "user:signed-in"} <= set(tags)


def test_grants_are_changed_later_and_nothing_is_granted_unasked(town: Town) -> None:
    admin = town.client("ada")
    form = {"csrf_token": token(admin, "/users"), "role": "request staff", "full_name": ""}
    admin.post("/users", data={**form, "name": "quinn"})
    quinn = Users(town.repository.db).by_name("quinn")
    assert quinn is not None
    assert quinn.grants == frozenset()
    assert "none: sees nothing" in admin.get("/users").text
    assert admin.post(f"/users/{quinn.id}", data={**form, "account": "1"}).status_code == 302
    quinn = Users(town.repository.db).by_name("quinn")
    assert quinn is not None
    assert quinn.grants == {1}


def test_a_link_is_shown_once_and_is_not_in_the_event_log(town: Town) -> None:
    admin = town.client("ada")
    user = Users(town.repository.db).by_name("nora")
    assert user is not None
    shown = admin.post(f"/users/{user.id}/link", data={"csrf_token": token(admin, "/users")}).text
    key = link_in(shown).removeprefix("/link/")
    assert key not in admin.get(f"/users/{user.id}").text
    assert not any(key in event.detail + event.subject for event in town.repository.audit.newest(50))


def test_what_is_wrong_with_a_new_user_is_said_and_the_form_keeps_what_was_written(town: Town) -> None:
    admin = town.client("ada")
    answer = admin.post(
        "/users",
        data={"csrf_token": token(admin, "/users"), "name": "rhea", "full_name": "Another Rhea", "role": "request staff", "account": "1"},
    )
    assert answer.status_code == 422
    assert "There is already a user named rhea." in answer.text
    assert 'value="Another Rhea"' in answer.text
    assert re.search(r'name="account" value="1" id="account-1" checked', answer.text)
    unknown = admin.post("/users", data={"csrf_token": token(admin, "/users"), "name": "someone", "role": "mayor"})
    assert unknown.status_code == 400
    assert Users(town.repository.db).by_name("someone") is None


def test_an_administrator_cannot_lock_everybody_out(town: Town) -> None:
    admin = town.client("ada")
    ada = Users(town.repository.db).by_name("ada")
    assert ada is not None
    form = {"csrf_token": token(admin, "/users"), "full_name": "Ada"}
    assert admin.post(f"/users/{ada.id}", data={**form, "role": "administrator", "is_disabled": "1"}).status_code == 422
    assert admin.post(f"/users/{ada.id}", data={**form, "role": "legal staff"}).status_code == 422
    assert admin.get("/users").status_code == 200


def test_a_user_that_is_not_there_is_404(town: Town) -> None:
    admin = town.client("ada")
    assert admin.get("/users/4711").status_code == 404
    assert admin.post("/users/4711/link", data={"csrf_token": token(admin, "/users")}).status_code == 404
