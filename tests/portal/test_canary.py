"""Every page as every role: what a reader may not see is nowhere, not even as a hint."""

from __future__ import annotations

import pytest

from portal.access.rules import Role
from portal.jobs import runners
from tests.support.canaries import MARKERS, addresses
from tests.support.town import ROLES, SECRET, Town, token

pytestmark = pytest.mark.databases


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
