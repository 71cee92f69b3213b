"""Every page as every role: what a reader may not see is nowhere, not even as a hint."""

from __future__ import annotations

import pytest

from portal.access.rules import Role
from portal.jobs import runners
from portal.jobs.rows import Jobs
from tests.portal_fixtures import ACCOUNT_CANARY, MESSAGE_CANARY, REACTION_CANARY, ROLES, SECRET, Town, a_town, token  # noqa: F401  # a_town is the fixture

pytestmark = pytest.mark.databases

MARKERS = (ACCOUNT_CANARY, MESSAGE_CANARY, REACTION_CANARY, SECRET)


def addresses(town: Town) -> list[str]:
    """Return every GET address that there is, filled with everything that it could be filled with."""
    ids = [view.record_id for view in town.repository.catalog.views(list(range(1, 200)))]
    captures = [one.id for one in town.repository.catalog.captures()]
    users = [one.id for one in town.app.extensions["showme"].users.all()]
    jobs = [one.id for one in Jobs(town.repository.db).recent(100)]
    values = {
        "record_id": ids,
        "capture_id": captures,
        "user_id": users,
        "job_id": jobs,
        "saved_id": list(range(1, 9)),
        "number": [0],
        "name": ["search", "report.csv", "report.json"],
        "token": ["no-such"],
        "code": ["en"],
    }
    made = []
    for rule in town.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in {"static", "bootstrap.static"}:
            continue
        choices: list[dict[str, object]] = [{}]
        for name in sorted(rule.arguments):
            choices = [{**one, name: value} for one in choices for value in values[name]]
        adapter = town.app.url_map.bind("localhost")
        made += [adapter.build(rule.endpoint, choice) for choice in choices]
    words = [
        "",
        "*",
        "flood",
        f"{MESSAGE_CANARY[:5]}*",
        f"{ACCOUNT_CANARY[:5]}*",
        "kind:message",
        "kind:like",
        "has:conversation",
        f"account:{SECRET}",
    ]
    made += [
        f"{page}?q={word}&{more}"
        for page in ("/search", "/search.json")
        for word in words
        for more in ("", "sort=relevance", "account=1&account=2", "kind=message")
    ]
    made += [f"/records/{one}?q=*&hit=1" for one in ids[:5]]
    return made


@pytest.fixture(autouse=True, scope="module")
def others_work(town: Town) -> None:
    """Let somebody who sees all share searches and run a list with every marker, and a clerk run a list of plain words."""
    for name, terms in (("rhea", "\n".join(MARKERS)), ("gwen", "flood\nkind:message\n*"), ("nora", "flood\n*")):
        client = town.client(name)
        form = token(client, "/password")
        job = client.post("/terms", data={"csrf_token": form, "terms": terms}).headers["Location"]
        runners.run(town.repository, int(job.rsplit("/", 1)[1]))
        if name == "rhea":
            for marker in MARKERS:
                client.post("/saved", data={"csrf_token": form, "name": marker, "address": f"q={marker}", "shared": "1"})


@pytest.mark.parametrize("name", [name for name, role in ROLES.items() if role is Role.REQUEST_STAFF])
def test_request_staff_find_no_marker_of_a_message_or_of_an_account_not_granted_on_any_page(town: Town, name: str) -> None:
    client = town.client(name)
    seen = addresses(town)
    assert len(seen) > 150
    for address in seen:
        answer = client.get(address)
        assert answer.status_code < 500, (address, answer.text)
        asked = address.split("q=", 1)[-1] if "q=" in address else ""
        for marker in MARKERS:
            if marker not in asked:
                assert marker.encode() not in answer.data, (name, address, marker)


def test_the_same_walk_finds_every_marker_for_who_may_see_them(town: Town) -> None:
    client = town.client("rhea")
    everything = b"".join(client.get(address).data for address in addresses(town))
    assert all(marker.encode() in everything for marker in MARKERS)


def test_a_search_of_who_may_not_see_counts_as_if_the_record_were_not_there(town: Town) -> None:
    everyone, granted, nobody = (town.client(name).get("/search.json?q=flood").json for name in ("rhea", "gwen", "nora"))
    assert (everyone["total"], granted["total"], nobody["total"]) == (5, 2, 0)


def test_a_chosen_kind_or_account_never_widens_what_may_be_seen(town: Town) -> None:
    secret = town.account_id(SECRET)
    for address in ("kind=message", "q=kind:message", f"account={secret}", f"q=account:{SECRET}"):
        assert town.client("gwen").get(f"/search.json?{address}").json["total"] == 0, address


def test_nobody_who_is_not_signed_in_gets_more_than_the_open_pages(town: Town) -> None:
    client = town.client()
    for address in addresses(town):
        answer = client.get(address)
        is_open = address.startswith(("/sign-in", "/link/", "/healthz"))
        assert is_open or answer.status_code in {302, 401}, address
        for marker in MARKERS:
            assert marker.encode() not in answer.data or marker in address
