"""Queries too long for an address, each stored under a short name that cannot be guessed.

They have their own small SQLite file, so that a search never waits for the catalog's writer. The same query has the same name
for every user of the portal; each reader sees only records that they may see.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import sqlite3
import time
from contextlib import closing

from flask import g

from portal.site import site

BUSY_SECONDS = 10
_KEY = re.compile(r"[0-9a-f]{32}")


def store(query: str) -> str:
    """Store a query once and return its name."""
    key = hmac.new(site().config.secret_key.encode(), query.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
    stored: set[str] = g.setdefault("long_queries", set())  # a page names its query about fifty times
    if key not in stored:
        with closing(_open()) as connection:
            row = key, query.encode("utf-8", "surrogatepass"), time.time()
            connection.execute("INSERT OR IGNORE INTO queries (key, query, made) VALUES (?, ?, ?)", row)
        stored.add(key)
    return key


def load(key: str) -> str | None:
    """Return the query stored under a name, or None."""
    if not _KEY.fullmatch(key):
        return None
    with closing(_open()) as connection:
        row = connection.execute("SELECT query FROM queries WHERE key = ?", (key,)).fetchone()
    return bytes(row[0]).decode("utf-8", "surrogatepass") if row else None


def _open() -> sqlite3.Connection:
    connection = sqlite3.connect(site().config.long_queries_file, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS queries (key TEXT PRIMARY KEY, query BLOB NOT NULL, made REAL NOT NULL)")
    return connection
