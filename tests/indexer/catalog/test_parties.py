"""From whom and to whom a message went, in every form in which archives give it, and in every place that shows it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from indexer.catalog.parties import Direction, Parties, parties
from indexer.evidence.archive import open_archive
from indexer.importers import identify
from indexer.record import Record
from indexer.search.as_json import record as as_json
from tests.support.builders import zip_files
from tests.support.export_samples import make, record, unpack
from tests.support.repositories import x_files

pytestmark = pytest.mark.databases

META = {"participants": "Neva Thornquill, City of Riverbend", "direction": "received"}
CASES: dict[str, tuple[dict[str, Any], Parties | None]] = {
    "a post": ({"kind": "post"}, None),
    "meta, received": (
        {"platform": "facebook", "author": "Neva Thornquill", "extra": META},
        Parties("Neva Thornquill", ("City of Riverbend",), direction=Direction.RECEIVED),
    ),
    "meta, sent to a group": (
        {
            "platform": "instagram",
            "author": "City of Riverbend",
            "extra": {"participants": "Ann Lee, City of Riverbend, Bo Ray", "direction": "sent"},
            "thread_title": "Flood desk",
        },
        Parties("City of Riverbend", ("Ann Lee", "Bo Ray"), direction=Direction.SENT),
    ),
    "meta, somebody who left": (
        {"platform": "facebook", "author": "Gone Girl", "extra": META},
        Parties("Gone Girl", ("Neva Thornquill", "City of Riverbend"), direction=Direction.RECEIVED),
    ),
    "X, to a number": (
        {"author": "riverbend", "author_id": "5", "extra": {"to": "700412"}},
        Parties("riverbend", ("X user 700412",), direction=Direction.SENT),
    ),
    "X, from a number": (
        {"author": "700412", "author_id": "700412", "extra": {"to": "riverbend"}},
        Parties("X user 700412", ("riverbend",), direction=Direction.RECEIVED),
    ),
    "X, in a group": (
        {"author": "700412", "extra": {"participants": "riverbend, 700412, 31"}, "thread_title": "Flood desk"},
        Parties("X user 700412", ("riverbend", "X user 31"), direction=Direction.RECEIVED),
    ),
    "X, in a group of nobody knows whom": (
        {"author": "700412", "extra": {}, "thread_title": "Flood desk"},
        Parties("X user 700412", (), "Flood desk", Direction.RECEIVED),
    ),
    "X, a group's new name": (
        {
            "author": "riverbend",
            "extra": {"event": "conversationNameUpdate"},
            "title": "riverbend named the conversation: Flood desk",
            "text": "Flood desk",
        },
        Parties(is_event=True),
    ),
    "meta, somebody who joined": (
        {"platform": "facebook", "author": "Ann Lee", "extra": {**META, "type": "Subscribe"}},
        Parties(is_event=True),
    ),
    "nothing is known": ({"author": "", "extra": {}}, Parties()),
}


def view(changes: dict[str, Any]) -> Any:
    base = {"kind": "message", "platform": "twitter", "handle": "riverbend", "name": "City of Riverbend", "thread_title": ""}
    return record(1, **{**base, **changes})


@pytest.mark.parametrize("name", CASES)
def test_the_parties_are_those_of_the_archive(name: str) -> None:
    changes, expected = CASES[name]
    assert parties(view(changes)) == expected


@pytest.mark.parametrize("name", CASES)
def test_every_file_says_the_same(name: str, tmp_path: Path) -> None:
    changes, expected = CASES[name]
    expected = expected or Parties()
    folder = unpack(make(tmp_path / "made.zip", [view(changes)]).path, tmp_path / "out")
    with (folder / "data/records.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    exact = json.loads((folder / "data/records.jsonl").read_text(encoding="utf-8"))
    told = (expected.sender, expected.to, expected.direction.value)
    assert (row["from"], row["to"], row["direction"]) == told
    assert (exact["from"], exact["to"], exact["direction"]) == told
    shape = as_json(view(changes), "America/Chicago")
    assert (shape["from"] or "", "; ".join(shape["to"] or ()) or expected.group, shape["direction"] or "") == told


def test_many_recipients_are_counted_in_a_line_and_named_in_full() -> None:
    found = Parties("Ann", tuple("ABCDE"))
    assert found.line == "Ann → A, B, C +2"
    assert found.to == "A; B; C; D; E"


def test_a_group_of_x_names_everybody_whom_the_archive_names(tmp_path: Path) -> None:
    def entry(kind: str, **body: Any) -> dict[str, Any]:
        return {kind: {"id": str(len(body) + 10), "createdAt": "2018-07-04T18:00:00.000Z", **body}}

    group = [
        entry(
            "messageCreate",
            senderId="31",
            text='They say \\"senderId\\":\\"99\\" and "userIds":["98"]',
            mediaUrls=[],
            urls=[],
            reactions=[],
        ),
        entry("conversationNameUpdate", initiatingUserId="32", name="Flood desk"),
        entry("participantsJoin", initiatingUserId="31", userIds=["33", "34"]),
        entry("joinConversation", initiatingUserId="31", participantsSnapshot=["35", "5"]),
    ]
    direct = [entry("messageCreate", senderId="31", recipientId="5", text="Hello", mediaUrls=[], urls=[], reactions=[])]
    threads = [
        {"dmConversation": {"conversationId": number, "messages": entries}} for number, entries in (("1772", group), ("5-31", direct))
    ]
    files = x_files([])
    files["data/direct-messages.js"] = "window.YTD.direct_messages.part0 = " + json.dumps(threads)
    identified = identify(open_archive(zip_files(files, tmp_path / "x.zip")))
    messages = [one for one in identified.records() if isinstance(one, Record)]
    said = {one.text: one.extra for one in messages if one.kind == "message" and one.text}
    names = next(extra["participants"] for text, extra in said.items() if text.startswith("They say"))
    assert set(names.split(", ")) == {"31", "32", "33", "34", "35", "5"}
    assert "participants" not in said["Hello"]
