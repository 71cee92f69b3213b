"""Setting archives aside, reading them again, naming and merging: by who may, after a page that asks, and nobody else learns of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.catalog.accounts import holdings_changed
from indexer.catalog.database import transaction
from indexer.catalog.tables import captures, problems, versions
from indexer.custody.ingest import ingest
from portal import config, create_app
from portal.access.rules import Role
from portal.access.users import Users, whole_grants
from portal.jobs import runners
from portal.jobs.rows import Job, Jobs, JobState
from tests.support.adding import added, previewed
from tests.support.builders import zip_files
from tests.support.canaries import MARKERS, addresses
from tests.support.platforms.instagram import UNNAMED
from tests.support.town import ACCOUNT_CANARY, CITY, MESSAGE_CANARY, ROLES, SECRET, Town, fill, token


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    repository = fill(tmp_path / "data")
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path / "data"))
    app.testing = True
    yield Town(tmp_path / "data", app, repository)
    app.extensions["showme"].close()
    repository.close()


def send(client: FlaskClient, address: str, **fields: str) -> str:
    """Send a form; return the page, or where it leads."""
    answer = client.post(address, data={"csrf_token": token(client, "/captures"), **fields})
    return answer.headers["Location"] if answer.status_code == 302 else answer.text


def done(town: Town, client: FlaskClient, address: str, **fields: str) -> tuple[Job, str]:
    """Send a form that starts a job, do the job, and return it with its page."""
    leads = send(client, address, **fields)
    assert leads.startswith("/jobs/"), leads
    number = int(leads.rsplit("/", 1)[1])
    runners.run(town.repository, number)
    job = Jobs(town.repository.db).get(number)
    assert job is not None
    return job, client.get(leads).text


def total(client: FlaskClient, query: str = "*") -> int:
    return int(client.get(f"/search.json?q={query}").json["total"])


def test_only_who_may_take_archives_in_may_decide(town: Town) -> None:
    forms = [
        "/accounts/1/name",
        "/accounts/merge",
        "/accounts/unmerge",
        "/accounts/people",
        "/captures/1/set-aside",
        "/captures/1/restore",
        "/captures/1/reread",
        "/captures/1/name",
        "/captures/reread",
    ]
    fields = {"handle": "x", "part": "2", "into": "1", "number": "1", "name": "x", "platform": "twitter", "why": "x", "sure": "1"}
    for name, role in ROLES.items():
        client = town.client(name)
        may = role in {Role.ADMINISTRATOR, Role.RECORDS_CUSTODIAN}
        assert client.get("/accounts").status_code == (200 if may else 403), name
        if not may:
            form = token(client, "/password")
            for address in forms:
                answer = client.post(address, data={**fields, "csrf_token": form})
                assert answer.status_code == 403, (name, address)
    assert Jobs(town.repository.db).recent() == []


def test_setting_aside_asks_for_a_reason_and_asks_again_and_can_be_undone(town: Town) -> None:
    client, clerk = town.client("rhea"), town.client("gwen")
    record, before = town.record_id(f"{ACCOUNT_CANARY} settlement"), total(client)
    assert send(client, "/captures/2/set-aside", why="  ") == "/captures/2"
    page = send(client, "/captures/2/set-aside", why="Not the city's")
    assert "Set this archive aside?" in page
    assert total(client) == before, "nothing is done before it was asked again"
    job, page = done(town, client, "/captures/2/set-aside", why="Not the city's", sure="1")
    assert (job.state, job.result["records"]) == (JobState.DONE, 1)
    assert total(client) == before - 1
    held = client.get("/captures").text
    assert "Not the city&#39;s" in held
    assert "This archive is set aside" in client.get("/captures/2").text
    answer = client.get(f"/records/{record}")
    assert answer.status_code == 404
    assert "This record is set aside" in answer.text
    missing, hidden = clerk.get("/records/twitter:1:post:none"), clerk.get(f"/records/{record}")
    assert (missing.status_code, hidden.status_code) == (404, 404)
    assert "set aside" not in hidden.text
    assert missing.text.replace("twitter:1:post:none", "") == hidden.text.replace(record, "")
    done(town, client, "/captures/2/restore")
    assert total(client) == before
    assert client.get(f"/records/{record}").status_code == 200


def test_an_archive_without_a_name_is_asked_for_and_named(town: Town, tmp_path: Path) -> None:
    archive = zip_files(UNNAMED, tmp_path / "instagram.zip")
    number = ingest(town.repository, [archive], taken_by="rhea", source="test").capture_id
    client = town.client("rhea")
    assert "does not name its account" in client.get("/captures").text
    assert "This archive does not name its account" in client.get(f"/captures/{number}").text
    preview = previewed(town, client, [archive])
    again = int(added(client, preview, **{"account-1": "@bluffphotos", "again-1": "1"}).rsplit("/", 1)[1])
    runners.run(town.repository, again)
    page = client.get(f"/jobs/{again}").text
    assert "Name the account @bluffphotos" in page
    job, page = done(town, client, f"/captures/{number}/name", handle="@bluffphotos")
    assert job.state is JobState.DONE, job.error
    assert "@bluffphotos" in page
    assert "does not name its account" not in client.get("/captures").text
    assert total(client, "account:bluffphotos") == 2


def test_a_named_person_is_shown_to_who_may_read_messages_and_to_nobody_else(town: Town) -> None:
    client, clerk = town.client("rhea"), town.client("gwen")
    done(town, client, "/accounts/people", platform="twitter", number="990011", name="Jane Roe")
    message = client.get("/search?q=" + MESSAGE_CANARY).text
    assert "Jane Roe (X user 990011)" in message
    assert total(client, 'author:"jane roe"') == 3
    assert total(clerk, 'author:"jane roe"') == 0
    for address in addresses(town):
        assert b"Jane Roe" not in clerk.get(address).data, address
    job, _page = done(town, client, "/accounts/people", platform="twitter", number="990011", name="")
    assert job.state is JobState.DONE
    assert "Jane Roe" not in client.get("/search?q=" + MESSAGE_CANARY).text


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/accounts/people", {"platform": "twitter", "number": "Jane", "name": "Jane Roe"}),
        ("/accounts/people", {"platform": "nowhere", "number": "1", "name": "Jane Roe"}),
        ("/accounts/people", {"platform": "twitter", "number": "1", "name": ""}),
        ("/accounts/1/name", {"handle": "", "name": ""}),
        ("/accounts/1/name", {"handle": "two words", "name": ""}),
        ("/accounts/merge", {"part": "1", "into": "1"}),
    ],
)
def test_what_makes_no_sense_is_answered_in_words_and_starts_nothing(town: Town, address: str, fields: dict[str, str]) -> None:
    client = town.client("rhea")
    leads = send(client, address, **fields)
    assert leads == "/accounts"
    assert "note-bad" in client.get(leads).text
    assert Jobs(town.repository.db).recent() == []


def test_a_merged_account_is_seen_only_by_who_is_granted_every_part(town: Town) -> None:
    city, secret = town.account_id(CITY), town.account_id(SECRET)
    client, clerk = town.client("rhea"), town.client("gwen")
    own, everything = total(clerk), total(client)
    assert own > 0
    page = send(client, "/accounts/merge", part=str(secret), into=str(city))
    assert "Are @OsageBluffLaw and @OsageBluffMO the same account?" in page
    assert "gwen" in page, "who loses access is named before it is done"
    assert total(clerk) == own
    job, _page = done(town, client, "/accounts/merge", part=str(secret), into=str(city), sure="1")
    assert job.state is JobState.DONE, job.error
    assert (total(client), total(clerk)) == (everything, 0)
    for address in addresses(town):
        answer = clerk.get(address)
        assert answer.status_code < 500, address
        asked = address.split("q=", 1)[-1] if "q=" in address else ""
        assert not [marker for marker in MARKERS if marker not in asked and marker.encode() in answer.data], address
    users = Users(town.repository.db)
    gwen = users.by_name("gwen")
    assert gwen is not None
    admin = town.client("ada")
    answer = admin.post(f"/users/{gwen.id}", data={"csrf_token": token(admin, "/captures"), "role": "request staff", "account": str(city)})
    assert answer.status_code == 302
    assert total(clerk) == own + 1
    assert total(clerk, f"account:{SECRET}") == own + 1
    assert clerk.get(f"/search.json?account={secret}").json["total"] == own + 1, "an address of before means the whole"
    done(town, client, "/accounts/unmerge", part=str(secret))
    assert (total(client), total(clerk)) == (everything, own + 1)


@pytest.mark.parametrize(
    ("granted", "merged", "left"),
    [
        ({1, 2, 3}, {}, {1, 2, 3}),
        ({1, 2, 3}, {2: 1}, {1, 2, 3}),
        ({1, 3}, {2: 1}, {3}),
        ({2, 3}, {2: 1}, {3}),
        ({1, 2, 3}, {2: 1, 4: 1}, {3}),
        ({1, 2, 3, 4}, {2: 1, 4: 3}, {1, 2, 3, 4}),
        (set(), {2: 1}, set()),
    ],
)
def test_a_grant_of_merged_accounts_is_whole_or_none(granted: set[int], merged: dict[int, int], left: set[int]) -> None:
    assert whole_grants(granted, merged) == left


def test_an_archive_of_an_older_importer_is_offered_to_be_read_again(town: Town) -> None:
    client = town.client("rhea")
    wanted = total(client, "flood")
    assert "Reread them" not in client.get("/captures").text
    with transaction(town.repository.db) as connection:
        connection.execute(captures.update().where(captures.c.id == 1).values(importer_version="0"))
        connection.execute(versions.update().where(versions.c.id == 1).values(text="quagmire", digest="other"))
        holdings_changed(connection)
    assert "Reread them" in client.get("/captures").text
    assert "Reread them" not in town.client("lena").get("/captures").text
    assert "Reread it" in client.get("/captures/1").text
    assert "Reread it" not in client.get("/captures/2").text
    job, page = done(town, client, "/captures/1/reread")
    assert job.state is JobState.DONE, job.error
    assert "1 record corrected" in page
    assert total(client, "flood") == wanted
    record = client.get("/records/" + town.record_id("closed Mill Bridge")).text
    assert "As it was read before" in record
    assert "quagmire" in record
    assert send(client, "/captures/reread") == "/captures"
    assert "Reread them" not in client.get("/captures").text


def test_a_job_that_may_not_be_done_any_more_says_why(town: Town) -> None:
    client = town.client("rhea")
    first = send(client, "/captures/1/set-aside", why="wrong", sure="1")
    second = send(client, "/captures/1/set-aside", why="wrong", sure="1")
    for leads in (first, second):
        runners.run(town.repository, int(leads.rsplit("/", 1)[1]))
    assert "is already set aside" in client.get(second).text


def test_dates_that_could_not_be_read_are_counted_on_the_captures_page(town: Town) -> None:
    with transaction(town.repository.db) as connection:
        rows = [{"capture_id": 1, "member": "a", "item": at, "code": "bad-date", "message": "?"} for at in range(3)]
        connection.execute(problems.insert(), rows)
    page = town.client("rhea").get("/captures/1").text
    assert "3 items have a date that could not be read" in page
    view = town.repository.catalog.capture(1)
    assert view is not None
    assert not view.went_well
