"""A portal for tests: a real data folder with two accounts of an invented city, a user of each role, and the way to sign in."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from indexer.custody.ingest import ingest
from indexer.repository import Repository, open_repository
from portal.access.rules import Role
from portal.access.users import Users
from tests.support.builders import zip_files

CITY, SECRET = "OsageBluffMO", "OsageBluffLaw"
CITY_ID, SECRET_ID = "771100", "771200"
MESSAGE_CANARY, REACTION_CANARY, ACCOUNT_CANARY = "zibelline", "marvelled", "quagfire"
PASSWORD = "a sentence for the tests"
ADDRESS = "203.0.113.77"
ROLES = {
    "ada": Role.ADMINISTRATOR,
    "rhea": Role.RECORDS_CUSTODIAN,
    "lena": Role.LEGAL_STAFF,
    "gwen": Role.REQUEST_STAFF,  # granted the city's account
    "nora": Role.REQUEST_STAFF,  # granted nothing
}
HTML = b"<html><script>document.title = 'ran'</script><p>hello</p></html>"


def png(width: int = 64, height: int = 48, color: tuple[int, int, int] = (40, 110, 150)) -> bytes:
    """Return a plain picture of one color."""
    rows = b"".join(b"\0" + bytes(color) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def post(native: int, text: str, created: str, **more: Any) -> dict[str, Any]:
    empty = {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []}
    row = {"id": str(native), "id_str": str(native), "full_text": text, "created_at": created, "entities": empty, "lang": "en"}
    return {"tweet": {**row, "favorite_count": "0", "retweet_count": "0", **more}}


def pictured(native: int, text: str, created: str, name: str) -> dict[str, Any]:
    medium = {
        "expanded_url": f"https://twitter.com/{CITY}/status/{native}/photo/1",
        "indices": ["0", "0"],
        "url": "https://t.co/pic0000001",
        "media_url": f"http://pbs.twimg.com/media/{name}",
        "media_url_https": f"https://pbs.twimg.com/media/{name}",
        "id": str(native + 1),
        "id_str": str(native + 1),
        "type": "photo",
        "display_url": "pic.twitter.com/pic0000001",
    }
    return post(native, text, created, extended_entities={"media": [medium]})


def x_archive(target: Path, handle: str, number: str, posts: list[dict[str, Any]], messages: list[str], media: dict[str, bytes]) -> Path:  # noqa: PLR0917  # each argument is one thing of the case
    names = {"account": ["account.js"], "tweets": ["tweets.js"], "directMessages": ["direct-messages.js"]}
    counts = {"account": 1, "tweets": len(posts), "directMessages": 1 if messages else 0}
    manifest = {
        "userInfo": {"accountId": number, "userName": handle, "displayName": handle},
        "archiveInfo": {
            "sizeBytes": "1",
            "generationDate": "2023-06-01T12:00:00.000Z",
            "isPartialArchive": False,
            "maxPartSizeBytes": "53687091200",
        },
        "dataTypes": {
            kind: {
                "mediaDirectory": "data/tweets_media" if kind == "tweets" else "data/direct_messages_media",
                "files": [{"fileName": f"data/{files[0]}", "globalName": f"YTD.{kind}.part0", "count": str(counts[kind])}],
            }
            for kind, files in names.items()
        },
    }
    account = [
        {
            "account": {
                "username": handle,
                "accountId": number,
                "createdAt": "2010-05-01T00:00:00.000Z",
                "accountDisplayName": handle,
                "creationIp": ADDRESS,
            }
        }
    ]
    conversation = {
        "dmConversation": {
            "conversationId": f"{number}-990011",
            "messages": [
                {
                    "messageCreate": {
                        "recipientId": number,
                        "reactions": [reaction(at)] if at == 0 else [],
                        "urls": [],
                        "text": text,
                        "mediaUrls": [],
                        "senderId": "990011",
                        "id": str(1_500_000_000_000_000_000 + at),
                        "createdAt": f"2023-01-{at + 1:02}T15:00:00.000Z",
                        "editHistory": [],
                    }
                }
                for at, text in enumerate(messages)
            ],
        }
    }
    files: dict[str, bytes | str] = {
        "data/manifest.js": "window.__THAR_CONFIG = " + json.dumps(manifest),
        "data/account.js": "window.YTD.account.part0 = " + json.dumps(account),
        "data/tweets.js": "window.YTD.tweets.part0 = " + json.dumps(posts),
        "data/direct-messages.js": "window.YTD.direct_messages.part0 = " + json.dumps([conversation] if messages else []),
    }
    return zip_files({**files, **{f"data/tweets_media/{name}": content for name, content in media.items()}}, target)


def reaction(number: int) -> dict[str, Any]:
    return {
        "senderId": "990011",
        "reactionKey": REACTION_CANARY,
        "eventId": str(1_500_000_000_000_100_000 + number),
        "createdAt": "2023-01-01T15:05:00.000Z",
    }


def city_archive(target: Path) -> Path:
    posts = [
        post(1_020_000_000_000_000_001, "The flood has closed Mill Bridge. Take Route 9.", "Wed Jul 04 18:00:00 +0000 2018"),
        post(1_020_000_000_000_000_002, "Late flood news at half past eleven <b>not bold</b>", "Thu Jul 05 04:30:00 +0000 2018"),
        post(
            1_020_000_000_000_000_003,
            "@OsageBluffMO the bridge is open again",
            "Fri Jul 06 15:00:00 +0000 2018",
            in_reply_to_status_id="1020000000000000001",
            in_reply_to_status_id_str="1020000000000000001",
            in_reply_to_screen_name=CITY,
            in_reply_to_user_id=CITY_ID,
            in_reply_to_user_id_str=CITY_ID,
        ),
        pictured(1_130_000_000_000_000_004, "Parade on Main Street", "Sat May 25 16:00:00 +0000 2019", "plain.png"),
        pictured(1_130_000_000_000_000_005, "A picture that is a page", "Sun May 26 16:00:00 +0000 2019", "page.png"),
        *(
            post(1_300_000_000_000_000_000 + at, f"Council agenda number {at} is posted", f"Mon Sep {at % 28 + 1:02} 15:00:00 +0000 2020")
            for at in range(40)
        ),
    ]
    media = {
        f"{1_130_000_000_000_000_004}-plain.png": png(),
        f"{1_130_000_000_000_000_005}-page.png": HTML,
    }
    return x_archive(target, CITY, CITY_ID, posts, [f"{MESSAGE_CANARY} asked about the flood", "a second flood message"], media)


def secret_archive(target: Path) -> Path:
    posts = [post(1_020_000_000_000_000_099, f"{ACCOUNT_CANARY} settlement and flood claims", "Wed Jul 04 19:00:00 +0000 2018")]
    return x_archive(target, SECRET, SECRET_ID, posts, [], {})


class WholePages(FlaskClient):
    """A browser that reads every page to its end, as real ones do; `buffered=False` reads it part by part."""

    def open(self, *args: Any, buffered: bool = True, **values: Any) -> Any:
        return super().open(*args, buffered=buffered, **values)


@dataclass
class Town:
    """A portal with data in it."""

    data: Path
    app: Flask
    repository: Repository

    def client(self, name: str = "") -> FlaskClient:
        """Return a browser; signed in when a user is named."""
        self.app.test_client_class = WholePages
        client = self.app.test_client()
        if name:
            answer = client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token(client, "/sign-in")})
            assert answer.status_code == 302, answer.text
        return client

    def record_id(self, words: str) -> str:
        """Return the id of the one record with these words."""
        from indexer.search.plan import Plan
        from indexer.search.request import SearchRequest

        found = Plan(self.repository, SearchRequest(f'"{words}"')).page()
        assert found.total == 1, (words, found.total)
        return found.records[0].view.record_id

    def account_id(self, handle: str) -> int:
        return next(one.id for one in self.repository.catalog.accounts(None) if one.handle == handle)


def token(client: FlaskClient, page: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, page
    return found[1]


def fill(data: Path, archives: Sequence[Callable[[Path], Path]] = (city_archive, secret_archive)) -> Repository:
    """Take archives in and make a user of each role."""
    repository = open_repository(data)
    for make in archives:
        report = ingest(repository, [make(data / "made" / f"{make.__name__}.zip")], taken_by="rhea", source="incoming")
        assert report.capture.went_well, report.capture
    users = Users(repository.db)
    city = next(one.id for one in repository.catalog.accounts(None) if one.handle == CITY)
    for name, role in ROLES.items():
        user = users.add(name, name.title(), role, "test")
        users.set_password(user.id, PASSWORD)
        users.change(user.id, full_name=user.full_name, role=role, granted={city} if name == "gwen" else set(), is_disabled=False)
    return repository
