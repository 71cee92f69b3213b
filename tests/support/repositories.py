"""Houses for tests: real folders, a real SQLite file, a real index, and small archives in X's own layout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from indexer import settings
from indexer.repository import Repository
from indexer.settings import Paths
from tests.support.builders import zip_files

ACCOUNT_ID, HANDLE = "4411220099", "OzarkBendMO"


def repository_at(folder: Path, engine: str = "tantivy", zone: str = "America/Chicago") -> Repository:
    return Repository(Paths(folder), engine, zone, settings.read("SHOWME_DATABASE_URL"))


def tweet(number: int, text: str, created: str = "Wed Jul 04 18:00:00 +0000 2018", **more: Any) -> dict[str, Any]:
    native = str(1_000_000_000_000_000_000 + number)
    return {
        "id": native,
        "id_str": native,
        "full_text": text,
        "created_at": created,
        "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
        "favorite_count": "0",
        "retweet_count": "0",
        "lang": "en",
        **more,
    }


def x_files(tweets: Sequence[dict[str, Any]], generated: str = "2023-02-01T12:00:00.000Z", declared: int | None = None) -> dict[str, str]:
    """Return the members of a current X archive with these posts; `declared` is what its manifest claims."""
    count = len(tweets) if declared is None else declared
    manifest = {
        "userInfo": {"accountId": ACCOUNT_ID, "userName": HANDLE, "displayName": "City of Ozark Bend"},
        "archiveInfo": {"sizeBytes": "1", "generationDate": generated, "isPartialArchive": False, "maxPartSizeBytes": "53687091200"},
        "dataTypes": {
            "account": {"files": [{"fileName": "data/account.js", "globalName": "YTD.account.part0", "count": "1"}]},
            "tweets": {
                "mediaDirectory": "data/tweets_media",
                "files": [{"fileName": "data/tweets.js", "globalName": "YTD.tweets.part0", "count": str(count)}],
            },
        },
    }
    account = [
        {
            "account": {
                "username": HANDLE,
                "accountId": ACCOUNT_ID,
                "createdAt": "2010-05-01T00:00:00.000Z",
                "accountDisplayName": "City of Ozark Bend",
            }
        }
    ]
    return {
        "data/manifest.js": "window.__THAR_CONFIG = " + json.dumps(manifest, indent=2),
        "data/account.js": "window.YTD.account.part0 = " + json.dumps(account, indent=2),
        "data/tweets.js": "window.YTD.tweets.part0 = " + json.dumps([{"tweet": one} for one in tweets], indent=2),
    }


def x_zip(target: Path, tweets: Sequence[dict[str, Any]], **more: Any) -> Path:
    return zip_files(x_files(tweets, **more), target)
