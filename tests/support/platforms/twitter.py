"""Archives of X in parts, and what the importer makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.evidence.archive import open_archive
from indexer.importers.twitter import TwitterImporter
from indexer.record import Problem, Record, Tally
from tests.support.builders import folder_of, values

ACCOUNT = 'window.YTD.account.part0 = [ {"account":{"username":"CedarFordMO","accountId":"455","accountDisplayName":"Cedar Ford"}} ]'


def ytd(name: str, items: list[object], part: int = 0) -> str:
    return f"window.YTD.{name}.part{part} = {json.dumps(items)}"


def results(tmp_path: Path, files: dict[str, bytes | str]) -> list[Record | Problem | Tally]:
    archive = open_archive(folder_of(files, tmp_path / "archive"))
    importer = TwitterImporter()
    assert importer.identify(archive)
    found = values(importer, archive)
    for value in found:  # every record's place leads to its exact bytes
        if isinstance(value, Record):
            place = value.place
            assert archive.read(place.member)[place.start : place.start + place.length] == value.raw
    return found


def records(found: list[Record | Problem | Tally]) -> list[Record]:
    return [value for value in found if isinstance(value, Record)]


def codes(found: list[Record | Problem | Tally]) -> list[str]:
    return [value.code for value in found if isinstance(value, Problem)]


def tallies(found: list[Record | Problem | Tally]) -> dict[str, int]:
    return {value.unit: value.read for value in found if isinstance(value, Tally)}


def post(number: int | str, text: str, at: str = "Wed Jan 11 04:30:15 +0000 2023", **more: Any) -> dict[str, Any]:
    return {"id_str": str(number), "id": str(number), "created_at": at, "full_text": text, **more}


def archive_with(tmp_path: Path, *posts: dict[str, Any], **files: bytes | str) -> list[Record | Problem | Any]:
    table: dict[str, bytes | str] = {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": one} for one in posts])}
    table |= {f"data/{name.replace('__', '/').replace('_', '-')}.js": text for name, text in files.items()}
    return results(tmp_path, table)


def only(tmp_path: Path, *posts: dict[str, Any], **files: bytes | str) -> Record:
    found = archive_with(tmp_path, *posts, **files)
    assert codes(found) == []
    (record,) = records(found)
    return record


def months(items: list[dict[str, Any]], month: str = "2015_06") -> dict[str, bytes | str]:
    return {f"data/js/tweets/{month}.js": f"Grailbird.data.tweets_{month} = \n {json.dumps(items)}"}


WHEN = "2023-01-11T05:10:00.000Z"


def message(number: str, text: str, sender: str = "455", **more: Any) -> dict[str, Any]:
    return {
        "messageCreate": {
            "id": number,
            "text": text,
            "senderId": sender,
            "recipientId": "800",
            "createdAt": WHEN,
            "mediaUrls": [],
            "urls": [],
            "reactions": [],
        }
        | more
    }


def conversation(*entries: dict[str, Any], number: str = "455-800") -> dict[str, Any]:
    return {"dmConversation": {"conversationId": number, "messages": list(entries)}}


CSV_HEAD = (
    '"tweet_id","in_reply_to_status_id","in_reply_to_user_id","timestamp","source","text",'
    '"retweeted_status_id","retweeted_status_user_id","retweeted_status_timestamp","expanded_urls"\n'
)


def row(number: int, text: str, urls: str = "", at: str = "2015-06-01 00:00:00 +0000", retweeted: str = "") -> str:
    fields = [str(number), "", "", at, '<a href="http://x.example">Web</a>', text, retweeted, "", "", urls]
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n"
