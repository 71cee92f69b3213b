"""Counts attempts for Flask-Limiter in a small SQLite file that all web workers of a computer share.

Registered with the `limits` library as "showme+sqlite:///path/of/the/file".
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from urllib.parse import unquote

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage

BUSY_SECONDS = 10


class SqliteStorage(Storage):
    """Fixed windows: a key counts up until it expires. Times are seconds since 1970 UTC."""

    STORAGE_SCHEME = ["showme+sqlite"]  # noqa: RUF012  # registers the storage with the library

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:  # noqa: FBT001, FBT002  # the library's signature
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.path = unquote(uri.removeprefix("showme+sqlite://"))
        with closing(self._connect()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, count INTEGER NOT NULL, expires REAL NOT NULL)")

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """Return the exceptions raised when the file cannot be used."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count up and return the new count; a new window begins after the last has expired."""
        now = time.time()
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM counts WHERE expires <= ?", (now,))
            row = connection.execute(
                "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET count = count + excluded.count RETURNING count",
                (key, amount, now + expiry),
            ).fetchone()
            connection.execute("COMMIT")
        return int(row[0])

    def get(self, key: str) -> int:
        """Return the count of the current window; 0 if there is none."""
        row = self._row(key)
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window of a key ends; the current time if there is none."""
        row = self._row(key)
        return float(row[1]) if row else time.time()

    def check(self) -> bool:
        """Whether the file can be used."""
        with closing(self._connect()) as connection:
            return bool(connection.execute("SELECT 1").fetchone())

    def reset(self) -> int | None:
        """Delete all counts; return how many."""
        with closing(self._connect()) as connection:
            return connection.execute("DELETE FROM counts").rowcount

    def clear(self, key: str) -> None:
        """Delete the count of a key."""
        with closing(self._connect()) as connection:
            connection.execute("DELETE FROM counts WHERE key = ?", (key,))

    def _row(self, key: str) -> tuple[int, float] | None:
        with closing(self._connect()) as connection:
            row: tuple[int, float] | None = connection.execute(
                "SELECT count, expires FROM counts WHERE key = ? AND expires > ?", (key, time.time())
            ).fetchone()
            return row

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)


limiter = Limiter(get_remote_address, strategy="fixed-window")

BY_ADDRESS = "30 per 15 minutes"
BY_NAME = "50 per 15 minutes"  # more than by address, so that a stranger cannot easily lock a user out
UPLOAD_LIMIT = "60 per hour"
CHECK_LIMIT = "20 per 15 minutes"  # files checked from an address


def tried_name() -> str:
    """Limit key of the user name entered, so that many addresses cannot try the same name."""
    return "name:" + request.form.get("name", "").strip().lower()[:64]


def was_refused(response: Response) -> bool:
    """Count failed attempts only, so that a successful sign-in never locks anyone out."""
    return response.status_code in {401, 410, 422}
