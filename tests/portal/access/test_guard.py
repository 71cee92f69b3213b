"""Default deny, form tokens, headers: walked over every address that the portal has."""

from __future__ import annotations

import pytest
from flask import Flask

from portal import HEADERS
from portal.access import guard
from portal.access.rules import RIGHTS, Right
from tests.support.town import PASSWORD, ROLES, Town, token

STATIC = {"static"}
FILLED = {
    "record_id": "twitter:1:post:1",
    "capture_id": 1,
    "user_id": 1,
    "job_id": 1,
    "saved_id": 1,
    "number": 0,
    "account_id": 1,
    "name": "search",
    "change": "new",
    "token": "no-such",
    "code": "en",
    "filename": "theme.css",
}


def every(app: Flask) -> list[tuple[str, str, str]]:
    """Return (endpoint, method, address) of all that the portal answers."""
    adapter = app.url_map.bind("localhost")
    return [
        (rule.endpoint, method, adapter.build(rule.endpoint, {name: FILLED[name] for name in rule.arguments}, method=method))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def test_the_addresses_open_to_everybody_are_exactly_these() -> None:
    assert {"static", "health.healthz", "languages.choose", "signing_in.sign_in", "signing_in.link"} == guard.OPEN
    assert guard.OPEN_BY_SETTING == {"public_check.page": "PUBLIC_CHECK"}


def test_nothing_else_answers_who_is_not_signed_in(town: Town) -> None:
    client = town.client()
    walked = 0
    for endpoint, method, address in every(town.app):
        if endpoint not in guard.OPEN:
            answer = client.open(address, method=method)
            assert answer.status_code == (401 if address.endswith(".json") else 302), (address, answer.status_code)
            assert address.endswith(".json") or answer.headers["Location"].startswith("/sign-in")
            walked += 1
    assert walked > 25


def test_an_address_that_is_not_there_tells_a_stranger_nothing(town: Town) -> None:
    assert town.client().get("/nowhere").status_code == 302
    assert town.client("nora").get("/nowhere").status_code == 404


@pytest.mark.parametrize("name", list(ROLES))
def test_each_role_gets_403_exactly_where_its_rights_end(town: Town, name: str) -> None:
    client = town.client(name)
    form = token(client, "/password")
    for endpoint, method, address in every(town.app):
        right = guard.right_of(town.app, endpoint)
        if endpoint in guard.OPEN or endpoint == "signing_in.sign_out" or right is None:
            continue
        answer = client.open(address, method=method, data={"csrf_token": form} if method == "POST" else None)
        may = right in RIGHTS[ROLES[name]]
        assert (answer.status_code == 403) == (not may), (name, address, answer.status_code)
        answer.close()


def test_every_form_is_refused_without_its_token(town: Town) -> None:
    client = town.client("ada")
    posts = [(endpoint, address) for endpoint, method, address in every(town.app) if method == "POST"]
    assert len(posts) > 9
    for endpoint, address in posts:
        answer = client.post(address, data={"name": "ada", "password": PASSWORD})
        assert answer.status_code == (403 if endpoint in guard.OPEN_BY_SETTING else 400), (endpoint, answer.status_code)
    assert client.get("/search").status_code == 200, "sign-out without a token signed out"


def test_a_view_that_names_no_right_keeps_the_portal_from_starting() -> None:
    app = Flask("lax")
    app.add_url_rule("/secrets", "secrets", lambda: "everything")
    with pytest.raises(LookupError, match="secrets"):
        guard.refuse_unguarded(app)


def test_every_answer_carries_the_headers_and_no_page_allows_inline_script(town: Town) -> None:
    client = town.client("rhea")
    for address in ("/search", "/captures", "/nowhere", "/healthz", "/search.json?q=flood", "/static/theme.css"):
        answer = client.get(address)
        for name in HEADERS:
            assert name in answer.headers, (address, name)
        answer.close()
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert policy.startswith("default-src 'none'")
        assert address.startswith("/static") or answer.headers["Cache-Control"] == "no-store"


def test_no_page_holds_inline_script_style_or_an_address_of_elsewhere(town: Town) -> None:
    client = town.client("ada")
    for address in (
        "/search?q=flood",
        "/captures",
        "/captures/1",
        "/users",
        "/users/1",
        "/help/search",
        "/sign-in",
        "/exports",
        "/saved",
        "/history",
        "/terms",
    ):
        page = client.get(address).text
        assert " style=" not in page, address
        assert "<style" not in page
        assert "onclick" not in page
        assert "//cdn" not in page
        assert page.count("<script") == page.count('<script src="/static/'), address


def test_healthz_answers_everybody_and_gives_nothing_away(town: Town) -> None:
    answer = town.client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "catalog": "ok", "index": "in step", "worker": "not running"}


def test_a_form_larger_than_any_form_of_ours_is_refused_except_an_upload(town: Town) -> None:
    client = town.client("rhea")
    answer = client.post("/exports", data={"csrf_token": token(client, "/password"), "q": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "Nothing was added" in answer.text


def test_errors_have_a_page_in_plain_words_and_json_for_programs(town: Town) -> None:
    client = town.client("gwen")
    assert "Your role does not include this" in client.get("/captures").text
    assert "You don't have access to this page or it doesn't exist" in client.get("/nowhere").text
    assert client.get("/jobs/999.json").json["error"]
    assert Right.SEE_CAPTURES not in RIGHTS[ROLES["gwen"]]


@pytest.mark.parametrize("address", ["/captures/{}", "/users/{}", "/jobs/{}", "/jobs/{}.json", "/jobs/{}/download", "/media/{}/x"])
def test_a_number_that_no_row_can_have_is_not_there(town: Town, address: str) -> None:
    for number in (2**63 - 1, 2**63, 10**30):
        assert town.client("ada").get(address.format(number)).status_code == 404


def test_a_page_far_behind_the_last_is_answered_with_the_total_and_costs_no_memory(town: Town) -> None:
    client = town.client("rhea")
    for sort in ("newest", "oldest", "relevance"):
        answer = client.get(f"/search.json?q=flood&page=9999999&size=100&sort={sort}").json
        assert answer["total"] == client.get("/search.json?q=flood").json["total"] > 0
        assert answer["records"] == []
    assert "There are no records on this page." in client.get("/search?q=flood&page=9999999").text


def test_what_is_sent_after_the_sign_in_has_ended_is_said_to_be_not_done(town: Town) -> None:
    client = town.client("rhea")
    form = {"csrf_token": token(client, "/password"), "name": "lost", "address": "q=flood"}
    client.post("/sign-out", data=form)
    client.get("/sign-in")
    answer = client.post("/saved", data=form, follow_redirects=True)
    assert "your change was not saved" in answer.text
    assert "lost" not in town.client("rhea").get("/saved").text
