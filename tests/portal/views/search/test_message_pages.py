"""Pages say from whom to whom a message went, and name nobody as the author of what the platform noted; states are a facet."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from indexer.custody.ingest import ingest
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.town import CITY, CITY_ID, Town


def entry(kind: str, number: int, **body: Any) -> dict[str, Any]:
    made = {"id": str(9_000 + number), "createdAt": f"2019-07-04T18:00:0{number}.000Z", "mediaUrls": [], "urls": [], "reactions": []}
    return {kind: {**made, **body}}


@pytest.fixture(scope="module", autouse=True)
def conversations(town: Town) -> None:
    """Take in messages to and from the city, one by one and in a group that gave itself a name."""
    group = [
        entry("messageCreate", 1, senderId="31", text="zebra to the group"),
        entry("conversationNameUpdate", 2, initiatingUserId=CITY_ID, name="zebra desk"),
    ]
    direct = [
        entry("messageCreate", 3, senderId=CITY_ID, recipientId="31", text="zebra goes out"),
        entry("messageCreate", 4, senderId="31", recipientId=CITY_ID, text="zebra comes in"),
    ]
    threads = [
        {"dmConversation": {"conversationId": number, "messages": made}} for number, made in (("777", group), (f"31-{CITY_ID}", direct))
    ]
    account = [{"account": {"username": CITY, "accountId": CITY_ID, "createdAt": "2010-05-01T00:00:00.000Z", "accountDisplayName": CITY}}]
    files = {
        "data/account.js": "window.YTD.account.part0 = " + json.dumps(account),
        "data/direct-messages.js": "window.YTD.direct_messages.part0 = " + json.dumps(threads),
    }
    ingest(town.repository, [zip_files(files, town.data / "made/zebra.zip")], taken_by="rhea", source="incoming")


def pages(town: Town, words: str) -> tuple[str, str]:
    client = town.client("rhea")
    found = Plan(town.repository, SearchRequest(f'"{words}"')).page()
    assert found.total == 1, (words, found.total)
    address = found.records[0].view.record_id
    return unescape(client.get(f'/search?q="{words}"').text), unescape(client.get(f"/records/{address}").text)


@pytest.mark.parametrize(
    ("words", "line", "direction"),
    [
        ("zebra goes out", f"{CITY} → X user 31", f"sent by {CITY}"),
        ("zebra comes in", f"X user 31 → {CITY}", f"received by {CITY}"),
        ("zebra to the group", "X user 31 → ", f"received by {CITY}"),
    ],
)
def test_a_message_names_both_sides(town: Town, words: str, line: str, direction: str) -> None:
    hits, page = pages(town, words)
    assert line in " ".join(re.sub(r"<[^>]+>", "", hits).split())
    assert line in page
    assert direction in page


def test_nobody_wrote_the_new_name_of_a_group(town: Town) -> None:
    hits, page = pages(town, "named the conversation zebra desk")
    assert "conversation event" in hits
    assert "conversation event recorded by the platform" in page
    assert f"by {CITY}" not in page
    assert f"{CITY} named the conversation: zebra desk" in hits
    assert "This record has no text" not in page


def test_the_states_are_a_facet_a_filter_and_a_chip(town: Town) -> None:
    client = town.client("rhea")
    counted = client.get("/search.json").json["facets"]["state"]
    for one in counted:
        found = client.get(f"/search.json?state={one['value']}").json
        assert found["total"] == one["count"] > 0
        assert f"state={one['value']}" in client.get("/search").text
    assert "without a date" in unescape(client.get("/search?state=undated").text)
    assert client.get("/search.json?state=lost").status_code == 400
