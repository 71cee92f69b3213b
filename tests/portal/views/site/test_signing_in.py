"""Signing in, one-time links, sign-ins that end, limits on attempts."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, Type
from click.testing import CliRunner

from indexer import local_time
from indexer.catalog.database import transaction
from indexer.repository import open_repository
from portal import config, create_app
from portal.access import sign_ins, users
from portal.access.rules import Role
from portal.access.users import UserError, Users
from portal.commands import main
from portal.views.site.signing_in import own_address
from tests.support.town import PASSWORD, Town, token

pytestmark = pytest.mark.databases


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(town: Town) -> None:
    client = town.client()
    form = token(client, "/sign-in")
    answers = [
        client.post("/sign-in", data={"name": name, "password": "wrong wrong wrong", "csrf_token": form}) for name in ("rhea", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    pages = [re.sub(r'value="(rhea|nobody)"|name="(csrf_token|once)"[^>]*', "", answer.text) for answer in answers]
    assert pages[0] == pages[1]


def test_a_password_costs_as_much_to_guess_as_is_recommended(product_hasher: PasswordHasher) -> None:
    assert product_hasher.type is Type.ID
    assert product_hasher.memory_cost >= 19 * 1024  # KiB; the least that OWASP recommends (2024) for argon2id
    assert product_hasher.time_cost >= 2


def test_a_password_is_kept_as_argon2_and_a_cookie_as_a_digest(town: Town) -> None:
    town.client("rhea")
    with town.repository.db.connect() as connection:
        kept = connection.execute(sa.select(users.c.password).where(users.c.name == "rhea")).scalar_one()
        digests = connection.execute(sa.select(sign_ins.sign_ins.c.digest)).scalars().all()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert all(len(one) == 64 for one in digests)


def test_sign_out_ends_the_sign_in_on_the_server_so_a_stolen_cookie_is_worth_nothing(town: Town) -> None:
    client = town.client("lena")
    stolen = client.get_cookie("showme")
    assert stolen is not None
    client.post("/sign-out", data={"csrf_token": token(client, "/search")})
    thief = town.client()
    thief.set_cookie("showme", stolen.value)
    assert thief.get("/search").status_code == 302


def test_a_sign_in_ends_after_its_life_and_after_idling(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = town.app.extensions["showme"].config
    began = local_time.now_ms()
    idle, life = local_time.milliseconds(settings.idle_life), local_time.milliseconds(settings.sign_in_life)
    client = town.client("lena")
    monkeypatch.setattr(sign_ins, "now_ms", lambda: began + idle - 60_000)
    assert client.get("/search").status_code == 200, "a page keeps it alive"
    monkeypatch.setattr(sign_ins, "now_ms", lambda: began + idle + 60_000)
    assert client.get("/search").status_code == 200
    monkeypatch.setattr(sign_ins, "now_ms", lambda: began + 2 * idle + 120_000)
    assert client.get("/search").status_code == 302, "idle for too long"
    busy = town.client("lena")
    for now in range(began + 2 * idle + 120_000, began + 2 * idle + 120_000 + life, idle // 2):
        monkeypatch.setattr(sign_ins, "now_ms", lambda now=now: now)
        assert busy.get("/search").status_code == 200
    monkeypatch.setattr(sign_ins, "now_ms", lambda: began + 2 * idle + 130_000 + life)
    assert busy.get("/search").status_code == 302, "busy, but too old"


def test_who_is_disabled_is_out_at_once_and_cannot_come_back(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("temp", "", Role.LEGAL_STAFF, "test")
    book.set_password(user.id, PASSWORD)
    client = town.client("temp")
    admin = town.client("ada")
    form = {"csrf_token": token(admin, "/users"), "role": "legal staff", "is_disabled": "1"}
    assert admin.post(f"/users/{user.id}", data=form).status_code == 302
    assert client.get("/search").status_code == 302
    again = client.post("/sign-in", data={"name": "temp", "password": PASSWORD, "csrf_token": token(client, "/sign-in")})
    assert again.status_code == 401


def test_a_link_sets_a_password_once_and_signs_in(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("newcomer", "", Role.LEGAL_STAFF, "test")
    key = sign_ins.Links(town.repository.db).make(user.id, "test")
    client = town.client()
    page = f"/link/{key}"
    assert client.get(page).status_code == client.get(page).status_code == 200, "opening it does not use it up"
    short = client.post(page, data={"password": "short", "again": "short", "csrf_token": token(client, page)})
    assert short.status_code == 422
    assert "12 characters" in short.text
    form = {"password": "a long enough sentence", "again": "a long enough sentence", "csrf_token": token(client, page)}
    assert client.post(page, data=form).headers["Location"] == "/"
    assert client.get("/search").status_code == 200
    stranger = town.client()
    assert stranger.get(page).status_code == 410
    assert book.check_password("newcomer", "a long enough sentence")


def test_a_link_dies_after_a_day_and_by_a_newer_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    links = sign_ins.Links(town.repository.db)
    user = Users(town.repository.db).add("latecomer", "", Role.LEGAL_STAFF, "test")
    first, second = links.make(user.id, "test"), links.make(user.id, "test")
    assert links.user_of(first) is None
    assert links.user_of(second) is not None
    later = local_time.now_ms() + local_time.milliseconds(timedelta(hours=24, seconds=1))
    monkeypatch.setattr(sign_ins, "now_ms", lambda: later)
    assert links.user_of(second) is None
    with pytest.raises(sign_ins.LinkUsed):
        links.redeem(second, "a long enough sentence")


def test_two_hands_on_one_link_set_one_password(town: Town) -> None:
    links = sign_ins.Links(town.repository.db)
    user = Users(town.repository.db).add("twohands", "", Role.LEGAL_STAFF, "test")
    key = links.make(user.id, "test")
    links.redeem(key, "the first hand was here")
    with pytest.raises(sign_ins.LinkUsed):
        links.redeem(key, "the second hand was late")
    assert Users(town.repository.db).check_password("twohands", "the first hand was here")


def test_the_link_command_makes_the_first_administrator_and_later_links_for_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWME_DEMO", "1")
    printed = [CliRunner().invoke(main, ["--data", str(tmp_path), "link"]) for _ in range(2)]
    assert [one.exit_code for one in printed] == [0, 0], printed[0].output
    repository = open_repository(tmp_path)
    assert [(user.name, user.role) for user in Users(repository.db).all()] == [("clerk", Role.ADMINISTRATOR)]
    key = printed[1].output.strip().rsplit("/", 1)[1]
    assert printed[1].output.startswith("http://127.0.0.1:8000/link/")
    found = sign_ins.Links(repository.db).user_of(key)
    assert found is not None
    assert found.name == "clerk"
    repository.close()
    assert CliRunner().invoke(main, ["--data", str(tmp_path), "link", "nobody"]).exit_code == 1


def test_a_good_sign_in_is_not_counted(town: Town) -> None:
    for _ in range(35):
        town.client("lena")


def test_changing_the_password_needs_the_old_one_and_ends_other_sign_ins(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("changer", "", Role.LEGAL_STAFF, "test")
    book.set_password(user.id, PASSWORD)
    elsewhere, here = town.client("changer"), town.client("changer")
    form = {"csrf_token": token(here, "/password"), "password": "another long sentence", "again": "another long sentence"}
    assert here.post("/password", data={**form, "old": "not the old one"}).status_code == 422
    assert here.post("/password", data={**form, "old": PASSWORD}).status_code == 302
    assert here.get("/search").status_code == 200
    assert elsewhere.get("/search").status_code == 302


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "/a\nb", "\\\\x", "", "http:///x"],
)
def test_signing_in_never_leads_elsewhere(town: Town, wanted: str) -> None:
    with town.app.test_request_context():
        assert own_address(wanted) == "/"


def test_signing_in_leads_to_the_page_that_was_asked_for(town: Town) -> None:
    client = town.client()
    asked = client.get("/search?q=flood&kind=post").headers["Location"]
    answer = client.post(asked, data={"name": "rhea", "password": PASSWORD, "csrf_token": token(client, asked)})
    assert answer.headers["Location"] == "/search?q=flood&kind=post"


def test_outside_of_the_demo_cookies_travel_over_https_only(tmp_path: Path) -> None:
    app = create_app(config.read({"SHOWME_SECRET_KEY": "k" * 40}, tmp_path))
    cookie = app.test_client().get("/sign-in", base_url="https://records.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-showme=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    app.extensions["showme"].close()


def test_over_https_the_whole_way_from_link_to_search_works(tmp_path: Path) -> None:
    app = create_app(config.read({"SHOWME_SECRET_KEY": "k" * 40}, tmp_path))
    repository = app.extensions["showme"].repository
    key = sign_ins.Links(repository.db).make(Users(repository.db).first_administrator().id, "test")
    client = app.test_client()
    base = "https://records.example"
    page = client.get(f"/link/{key}", base_url=base)
    form = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"password": PASSWORD, "again": PASSWORD, "csrf_token": form}
    assert client.post(f"/link/{key}", base_url=base, data=data, headers={"Referer": f"{base}/link/{key}"}).status_code == 302
    assert client.get("/search", base_url=base).status_code == 200
    app.extensions["showme"].close()


def test_the_last_administrator_stays_one(town: Town) -> None:
    book = Users(town.repository.db)
    ada = book.by_name("ADA")
    assert ada is not None
    with pytest.raises(UserError, match="only administrator"):
        book.change(ada.id, full_name="", role=Role.LEGAL_STAFF, granted=(), is_disabled=False)
    assert book.by_id(ada.id) == ada


def test_a_name_is_taken_once_whatever_its_case(town: Town) -> None:
    with pytest.raises(UserError, match="already"):
        Users(town.repository.db).add("RHEA", "", Role.LEGAL_STAFF, "test")
    with pytest.raises(UserError, match="2 to 64"):
        Users(town.repository.db).add("<script>", "", Role.LEGAL_STAFF, "test")


def test_the_event_log_knows_who_came_and_went_and_holds_no_password(town: Town) -> None:
    town.client("rhea")
    with transaction(town.repository.db):
        found = town.repository.audit.newest(500)
    assert {"user:signed-in", "user:sign-in-failed"} <= {event.tag for event in found}
    assert not any(PASSWORD in event.detail + event.subject for event in found)
    assert town.repository.audit.broken_at() is None
