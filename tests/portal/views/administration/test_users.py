"""User administration: an administrator adds, grants, makes links, disables; everything is in the event log."""

from __future__ import annotations

import re

import pytest

from portal.access.rules import Role
from portal.access.users import Users
from tests.support.town import Town, token

pytestmark = pytest.mark.databases


def test_an_administrator_adds_a_user_grants_an_account_and_hands_over_a_link(town: Town) -> None:
    admin = town.client("ada")
    form = {"csrf_token": token(admin, "/users")}
    added = admin.post("/users", data={**form, "name": "Petra", "full_name": "Petra Vance", "role": "request staff"})
    page = added.headers["Location"]
    assert "none: sees nothing" in admin.get("/users").text
    admin.post(page, data={**form, "full_name": "Petra Vance", "role": "request staff", "account": ["1", "999999", "x"]})
    petra = Users(town.repository.db).by_name("petra")
    assert petra is not None
    assert (petra.role, petra.grants) == (Role.REQUEST_STAFF, frozenset({1}))
    shown = admin.post(f"{page}/link", data=form).text
    link = re.search(r"<code class=\"break\">http://127.0.0.1:8000(/link/[^<]+)</code>", shown)
    assert link
    guest = town.client()
    data = {"password": "petra has a sentence", "again": "petra has a sentence", "csrf_token": token(guest, link[1])}
    assert guest.post(link[1], data=data).status_code == 302
    assert guest.get("/search.json?q=flood").json["total"] == 2
    tags = [event.tag for event in town.repository.audit.newest(12)]
    assert {"user:added", "user:changed", "user:link-made", "user:password-set", "user:signed-in"} <= set(tags)


def test_a_link_is_shown_once_and_is_not_in_the_event_log(town: Town) -> None:
    admin = town.client("ada")
    user = Users(town.repository.db).by_name("nora")
    assert user is not None
    shown = admin.post(f"/users/{user.id}/link", data={"csrf_token": token(admin, "/users")}).text
    key = re.search(r"/link/([\w-]+)<", shown)
    assert key
    assert key[1] not in admin.get(f"/users/{user.id}").text
    assert not any(key[1] in event.detail + event.subject for event in town.repository.audit.newest(50))


def test_what_is_wrong_with_a_new_user_is_said_and_the_form_keeps_what_was_written(town: Town) -> None:
    admin = town.client("ada")
    answer = admin.post(
        "/users", data={"csrf_token": token(admin, "/users"), "name": "rhea", "full_name": "Another Rhea", "role": "legal staff"}
    )
    assert answer.status_code == 422
    assert "There is already a user named rhea." in answer.text
    assert 'value="Another Rhea"' in answer.text
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
