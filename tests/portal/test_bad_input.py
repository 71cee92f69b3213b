"""Input at the edge of what a file system, a form and a busy catalog take is answered in words."""

from __future__ import annotations

import threading
from importlib import import_module
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.catalog.database import transaction
from portal.access import sign_ins
from portal.access.users import UserError, hash_password
from portal.jobs.uploads import MAX_NAME, safe_name
from tests.support.town import PASSWORD, Town, token

users = import_module("portal.access.users")  # by name: the package exports a function or table of the same name


@given(st.text(max_size=400))
def test_a_name_of_an_upload_fits_a_file_system_and_keeps_its_end(name: str) -> None:
    kept = safe_name(name + ".zip")
    assert 0 < len(kept.encode("utf-8", "surrogatepass")) <= MAX_NAME
    assert kept.endswith("zip")
    assert "/" not in kept


@pytest.mark.parametrize("letter", ["a", "é", "案", "𝄞"])
def test_an_upload_with_a_long_name_is_taken(town: Town, letter: str) -> None:
    client = town.client("rhea")
    data = {"csrf_token": token(client, "/captures"), "archives": (BytesIO(b"no zip"), letter * 150 + ".zip")}
    assert client.post("/captures/upload", data=data, content_type="multipart/form-data").status_code < 500


def test_an_address_with_too_many_fields_cannot_be_saved_and_is_said(town: Town) -> None:
    client = town.client("rhea")
    data = {
        "csrf_token": token(client, "/saved/new?q=flood"),
        "name": "x",
        "address": "&".join(f"author=a{number}" for number in range(2_500)),
    }
    answer = client.post("/saved", data=data)
    assert answer.status_code in {400, 422}
    assert "This search cannot be saved" in answer.text
    assert "author=a1" not in client.get("/saved").text


@pytest.mark.parametrize("password", ["a" * 12, "ababababababab", "AaAaAaAaAaAaAa", "123412341234", "gwengwengwengwen", "GWENgwen12345"])
def test_trivial_passwords_are_refused(password: str) -> None:
    with pytest.raises(UserError, match="too easy to guess"):
        hash_password(password, "gwen")


@given(st.text(alphabet="abcd", min_size=12, max_size=40))
def test_a_password_of_four_characters_is_refused(password: str) -> None:
    with pytest.raises(UserError, match="too easy to guess"):
        hash_password(password, "somebody")


def test_a_sentence_is_a_good_password() -> None:
    assert hash_password("gwen likes muddy rivers", "gwen").startswith("$argon2id")


def test_a_sign_in_while_the_catalog_is_being_written_is_told_to_wait(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "PATIENCE", 0.1)
    monkeypatch.setattr(users, "PATIENCE", 0.1)
    client = town.client()
    form = {"name": "rhea", "password": PASSWORD, "csrf_token": token(client, "/sign-in")}
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction(town.repository.db):
            held.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        answer = client.post("/sign-in", data=form)
    finally:
        done.set()
        holder.join()
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.text
    assert client.post("/sign-in", data=form).status_code == 302
