"""The home page: what each role may do and see, first use, the demo, freshness, decisions, and what runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from indexer.coverage import OLD, AccountDays, Coverage
from indexer.coverage.days import DayStatus, Interval
from indexer.custody import accounts, ingest
from portal import config, create_app
from portal.access.users import Users
from portal.home import freshness, time_since
from portal.jobs.rows import JobKind, Jobs
from portal.views.site import home
from tests.support.builders import zip_files
from tests.support.platforms.instagram import UNNAMED
from tests.support.town import CITY, SECRET, Town, fill, post, token, x_archive

pytestmark = pytest.mark.databases


@pytest.fixture(name="empty")
def an_empty_town(tmp_path: Path) -> Iterator[Town]:
    repository = fill(tmp_path / "data", archives=())
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path / "data"))
    app.testing = True
    yield Town(tmp_path / "data", app, repository)
    app.extensions["showme"].close()
    repository.close()


def doors(page: str) -> list[str]:
    return re.findall(r'<a class="door[^"]*"[^>]*><strong>([^<]+)<', page)


def main_of(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def section(page: str, name: str) -> str:
    """Return the words of a section of the page; "" if it is not there."""
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


@pytest.mark.parametrize(("name", "offered"), [("ada", 3), ("rhea", 3), ("lena", 2), ("gwen", 2)])
def test_each_role_gets_the_doors_it_may_open(town: Town, name: str, offered: int) -> None:
    client = town.client(name)
    page = client.get("/").text
    assert doors(page) == ["Answer a request", "Run a term list", "Add an archive"][:offered]
    for address in re.findall(r'<a class="door[^"]*" href="([^"]+)"', page):
        assert client.get(address).status_code == 200
    assert ("/captures" in page) == (name != "gwen"), "the menu leads request staff to the coverage instead"


def test_request_staff_see_the_freshness_of_granted_accounts_only(town: Town) -> None:
    page = town.client("gwen").get("/").text
    assert f"@{CITY}" in section(page, "fresh")
    assert SECRET not in page
    assert section(page, "decide") == ""
    nobody = town.client("nora").get("/").text
    assert "You do not have access to any account yet" in nobody
    assert (doors(nobody), section(nobody, "fresh")) == ([], "")


def test_an_account_s_line_says_to_which_day_how_long_ago_and_how_to_get_a_new_archive(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/").text
    fresh = section(page, "fresh")
    assert re.search(rf"@{CITY} X / Twitter to Jun 1, 2023 · \d+ (months|years) ago Request a new archive", fresh)
    steps = client.get("/archives/request/twitter").text
    assert "Download an archive of your data" in steps
    assert client.get("/archives/request/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "0 days ago"), (1, "1 day ago"), (60, "60 days ago"), (61, "2 months ago"), (400, "13 months ago"), (1703, "4 years ago")],
)
def test_days_are_told_in_the_largest_unit_that_is_not_vague(town: Town, days: int, words: str) -> None:
    with town.app.test_request_context():
        assert time_since(days) == words


def test_an_account_is_old_after_a_year_and_the_stalest_comes_first() -> None:
    today = date(2026, 11, 28)

    def account(number: int, days: int | None) -> AccountDays:
        end = None if days is None else (today - timedelta(days)).toordinal() + 1
        held = (Interval(end - 10, end, DayStatus.CAPTURED),) if end else ()
        return AccountDays(number, f"@a{number}", "twitter", None, held, None, frozenset())

    coverage = Coverage(
        "UTC", today, today, False, False, (account(1, 3), account(2, OLD + 1), account(3, None), account(4, OLD)), today=today
    )
    told = [(line.account.account_id, line.days, line.is_old) for line in freshness(coverage)]
    assert told == [(3, None, True), (2, OLD + 1, True), (4, OLD, False), (1, 3, False)]


def test_first_use_is_three_sentences_and_one_button(empty: Town) -> None:
    page = empty.client("rhea").get("/").text
    assert doors(page) == []
    assert main_of(page).count("btn-primary") == 1
    assert '<a class="btn btn-primary" href="/archives/add">Add an archive</a>' in page
    said = re.search(r'<h2 id="first">[^<]*</h2>\s*<p>([^<]*)</p>', page)
    assert said
    assert len(re.findall(r"\.(?= |$)", said[1])) == 3
    assert "btn-primary" not in main_of(empty.client("lena").get("/").text)
    for address in re.findall(r'href="(/archives/request/[^"]+)"', page):
        assert empty.client("rhea").get(address).status_code == 200


def test_the_demo_says_what_it_is_in_three_sentences_with_three_things_to_try(town: Town) -> None:
    page = town.client("rhea").get("/").text
    told = re.search(r'<section class="home-demo".*?<p>(.*?)</p>', page, re.DOTALL)
    assert told
    assert "invented" in told[1]
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', told[1])]
    assert len(links) == 3
    assert all(town.client("rhea").get(link).status_code == 200 for link in links)
    words = re.sub(r"<[^>]+>", "", told[1])
    assert len(re.findall(r"[.](?= |$)", " ".join(words.split()))) == 3


def test_a_body_that_is_no_demo_is_not_told_of_kestrel_bend(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    own = town.app.extensions["showme"]
    monkeypatch.setattr(own, "config", replace(own.config, body_name="City of Osage Bluff"))
    assert "Kestrel Bend" not in town.client("rhea").get("/").text


@pytest.mark.parametrize(("hour", "words"), [(8, "Good morning"), (13, "Good afternoon"), (20, "Good evening")])
def test_the_greeting_is_by_the_body_s_clock_and_by_name_only_where_there_is_one(town: Town, hour: int, words: str) -> None:
    rhea = Users(town.repository.db).by_name("rhea")
    assert rhea is not None
    at = datetime(2026, 1, 15, hour + 6, 30, tzinfo=UTC) if hour < 18 else datetime(2026, 1, 16, hour - 18, 30, tzinfo=UTC)
    with town.app.test_request_context():
        assert home.greeting(replace(rhea, full_name="Rosa Maria Delgado"), at) == f"{words}, Rosa."
        assert home.greeting(replace(rhea, full_name=""), at) == f"{words}."


def test_what_runs_and_what_failed_is_there_for_who_may_open_it(town: Town) -> None:
    jobs, users = Jobs(town.repository.db), town.app.extensions["showme"].users
    rhea, gwen = users.by_name("rhea"), users.by_name("gwen")
    verify = jobs.add(JobKind.VERIFY, "all of it", rhea.id, {})
    assert "all of it" in section(town.client("ada").get("/").text, "running")
    assert section(town.client("gwen").get("/").text, "running") == ""
    assert jobs.start(verify)
    jobs.fail(verify, "The disk is full.")
    page = town.client("rhea").get("/").text
    assert section(page, "running") == ""
    assert "all of it" in section(page, "decide")
    assert f'href="/jobs/{verify}"' in page
    assert "all of it" not in town.client("gwen").get("/").text
    again = jobs.add(JobKind.VERIFY, "all of it", rhea.id, {})
    assert jobs.start(again)
    jobs.finish(again, {})
    assert "all of it" not in section(town.client("rhea").get("/").text, "decide"), "it went well in the end"
    assert gwen is not None


def test_the_last_searches_are_the_reader_s_own(town: Town) -> None:
    client = town.client("rhea")
    client.get("/search?q=flood&to=2018-12-31")
    client.get('/search?q="mill')
    past = section(client.get("/").text, "past")
    assert re.search(r"flood .*Dec 31, 2018.* 3 records", past)
    assert "could not be read" in past
    assert "flood" not in section(town.client("lena").get("/").text, "past")


def test_a_saved_search_says_how_many_are_new(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    client.get("/search?q=ferry")
    form = {"csrf_token": token(client, "/saved/new?q=ferry"), "name": "The ferry", "address": "q=ferry"}
    assert client.post("/saved", data=form).status_code == 302
    assert "new" not in section(client.get("/").text, "saved")
    posts = [post(1_400_000_000_000_000_321, "The ferry runs again", "Tue Jun 01 15:00:00 +0000 2021")]
    ingest(town.repository, [x_archive(tmp_path / "f.zip", "FerryMO", "771950", posts, [], {})], taken_by="rhea", source="test")
    assert section(client.get("/").text, "saved") == "Saved searches The ferry 1 record 1 new"


def test_a_person_known_by_number_is_a_decision_until_named(town: Town) -> None:
    client = town.client("rhea")
    assert "1 person is known only by number." in section(client.get("/").text, "decide")
    assert section(town.client("lena").get("/").text, "decide") == ""
    accounts.name_person(town.repository, "twitter", "990011", "Jane Roe", "rhea")
    assert "by number" not in client.get("/").text
    accounts.unname_person(town.repository, "twitter", "990011", "rhea")


def test_an_index_that_cannot_be_used_is_said_and_the_page_is_there(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.engines import IndexDamaged

    def damaged() -> None:
        raise IndexDamaged("checksum")

    monkeypatch.setattr(town.app.extensions["showme"].repository.index, "check", damaged)
    answer = town.client("rhea").get("/")
    assert answer.status_code == 503
    assert "The search index is unavailable." in answer.text
    assert doors(answer.text)


@pytest.mark.parametrize(("name", "kinds"), [("rhea", 4), ("gwen", 2)])
def test_the_page_of_reports_leads_to_each_kind_the_reader_may_make(town: Town, name: str, kinds: int) -> None:
    client = town.client(name)
    page = client.get("/reports").text
    assert len(re.findall(r'<div class="report-head">', page)) == kinds
    for address in set(re.findall(r'<a class="btn btn-secondary" href="([^"]+)"', page)):
        assert client.get(address).status_code == 200


def test_an_account_without_a_name_is_there_at_once_and_gone_when_it_is_named(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    assert "no name yet" not in client.get("/").text
    archive = zip_files(UNNAMED, tmp_path / "instagram.zip")
    capture = ingest(town.repository, [archive], taken_by="rhea", source="test").capture
    page = client.get("/").text
    assert "1 account has no name yet." in section(page, "decide")
    link = re.search(r'href="(/accounts[^"]*)"[^>]*>Name it', page)
    assert link
    assert f"account-{capture.account.id}" in client.get(unescape(link[1])).text
    accounts.name_account(town.repository, capture.account.id, handle="bluffphotos", name="", actor="rhea")
    assert "no name yet" not in client.get("/").text


def test_four_hundred_accounts_are_named_on_pages_of_twenty_five_and_found_by_name(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = town.app.extensions["showme"].repository.catalog
    first = catalog.accounts()[0]
    many = [replace(first, id=number, handle=f"account{number:03}") for number in range(1, 401)]
    monkeypatch.setattr(catalog, "accounts", lambda *_, **__: many)
    client = town.client("rhea")
    seen: list[str] = []
    for number in range(1, 17):
        answer = client.get(f"/accounts?page={number}")
        assert len(answer.data) < 80_000
        seen += re.findall(r'<h3 id="account-\d+"[^>]*>@(\w+)', answer.text)
    assert seen == [account.handle for account in many]
    assert re.findall(r'<h3 id="account-\d+"[^>]*>@(\w+)', client.get("/accounts?find=account37").text) == [
        f"account37{at}" for at in range(10)
    ]
    assert len(client.get("/accounts/7/merge").data) < 80_000
