"""Record sets stored under short names that cannot be guessed: `set=` in an address, `set` in a job's arguments.

They are in the same small SQLite file as long queries, so that selecting records never waits for the catalog's writer. The
same set has the same name for every user of the portal; each reader sees only records that they may see.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import sqlite3
import time
import zlib
from contextlib import closing
from pathlib import Path

from flask import g

from indexer.search import RecordSet, set_from_json, set_json
from portal.site import site

BUSY_SECONDS = 10
_KEY = re.compile(r"[0-9a-f]{32}")


def store(chosen: RecordSet) -> str:
    """Store a set once and return its name."""
    names: dict[RecordSet, str] = g.setdefault("stored_sets", {})  # a page names its set about fifty times
    if chosen not in names:
        key = hmac.new(site().config.secret_key.encode(), chosen.digest.encode(), hashlib.sha256).hexdigest()[:32]
        with closing(_open(site().config.long_queries_file)) as connection:
            row = key, zlib.compress(json.dumps(set_json(chosen)).encode()), time.time()
            connection.execute("INSERT OR IGNORE INTO record_sets (key, records, made) VALUES (?, ?, ?)", row)
        names[chosen] = key
    return names[chosen]


def load(key: str) -> RecordSet | None:
    """Return the set stored under a name, or None."""
    chosen = load_from(site().config.long_queries_file, key)
    if chosen is not None:
        g.setdefault("stored_sets", {})[chosen] = key
    return chosen


def load_from(file: Path, key: str) -> RecordSet | None:
    """Return the set stored under a name in a file, or None: for the worker, which serves no request."""
    if not _KEY.fullmatch(key):
        return None
    with closing(_open(file)) as connection:
        row = connection.execute("SELECT records FROM record_sets WHERE key = ?", (key,)).fetchone()
    return set_from_json(json.loads(zlib.decompress(row[0]))) if row else None


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS record_sets (key TEXT PRIMARY KEY, records BLOB NOT NULL, made REAL NOT NULL)")
    return connection
