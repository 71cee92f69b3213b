"""An address names a record set by `set=`: whoever opens it sees only what they may see, and every further step keeps it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from indexer.search import RecordSet, SetOrigin
from portal import stored_sets
from portal.search import address
from tests.support.town import Town, token


def stored(town: Town, *record_ids: str) -> str:
    """Store a set and return its name."""
    with town.app.test_request_context("/"):
        return stored_sets.store(RecordSet.of(SetOrigin.CHOSEN, record_ids, by="R. Delgado"))


def all_ids(client: FlaskClient, query: str = "") -> list[str]:
    return [record["id"] for record in client.get(f"/search.json?q={query}&size=100").json["records"]]


def test_each_reader_sees_only_what_they_may_see(town: Town) -> None:
    everything = all_ids(town.client("rhea"))
    key = stored(town, *everything)
    for name in ("rhea", "lena", "gwen", "nora"):
        client = town.client(name)
        assert sorted(all_ids(client)) == sorted(record["id"] for record in client.get(f"/search.json?set={key}&size=100").json["records"])
    assert f"{len(everything)} records selected by R. Delgado" in town.client("lena").get(f"/search?set={key}").text
    for name in ("gwen", "nora"):
        page = town.client(name).get(f"/search?set={key}").text
        assert "records selected by R. Delgado" in page
        assert not re.search(rf"\b{len(everything)} records selected", page)


def test_the_set_stays_in_every_link_until_it_is_removed(town: Town) -> None:
    client = town.client("rhea")
    flood = all_ids(client, "flood")
    key = stored(town, *flood, "unknown")
    page = client.get(f"/search?q=flood&set={key}").text
    searches = re.findall(r'<a class="([^"]*)"[^>]* href="/search\?([^"]*)"|<a href="/search\?([^"]*)"', page)
    leaving = [marks for marks, marked, plain in searches if f"set={key}" not in marked + plain]
    assert leaving == ["chip", "chip-all"]
    assert len(searches) > len(leaving)
    assert f'name="set" value="{key}"' in page


def test_an_unknown_set_is_an_error_never_a_search_of_everything(town: Town) -> None:
    client = town.client("rhea")
    for key in ("0" * 32, "x", "../../etc"):
        answer = client.get("/search", query_string={"q": "flood", "set": key})
        assert answer.status_code == 400
        assert "no longer stored" in answer.text
        assert client.get("/search.json", query_string={"q": "flood", "set": key}).json["total"] is None


@pytest.mark.parametrize("count", [0, 1, 3_000])
def test_a_set_is_stored_once_and_read_back(town: Town, count: int) -> None:
    record_ids = [f"record {number}" for number in range(count)]
    key = stored(town, *record_ids)
    assert key == stored(town, *reversed(record_ids))
    with town.app.test_request_context("/"):
        params = address.parse(MultiDict({"set": key}))
        assert params.records is not None
        assert params.records.count == count
        assert params.address() == f"set={key}"
        assert params.is_filtered
        assert params.without_filters() == params.without_set() == ""
        assert replace(params, query="flood").address(page=2) == f"q=flood&set={key}&page=2"


@pytest.mark.parametrize(
    "wrong", [{"set": "0" * 32}, {"stored": "0" * 32, "q": ""}, {"as_of": "2018-99-99"}, {"group": "x"}, {"from": "2018"}]
)
@pytest.mark.parametrize("way", ["/exports", "/hand-over", "/certificates", "GET /hand-over", "GET /search/values/author"])
def test_no_way_leads_from_an_invalid_search_to_a_wider_one(town: Town, way: str, wrong: dict[str, str]) -> None:
    client = town.client("lena")
    fields = {"q": "flood", "what": "both", **wrong}
    if way.startswith("GET "):
        answer = client.get(way.removeprefix("GET "), query_string=fields, follow_redirects=True)
    else:
        answer = client.post(way, data={"csrf_token": token(client, "/terms"), **fields}, follow_redirects=True)
    assert answer.status_code == 400
    assert "err-" in answer.text
    assert 'name="record"' not in answer.text
