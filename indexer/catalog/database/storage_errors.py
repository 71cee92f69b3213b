"""Messages for disk and database errors."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from indexer.catalog.database import postgresql

NEARLY_FULL = 16 * 2**20  # with less free space, SQLite's "disk I/O error" means a full disk: it cannot grow its shared memory
_FULL = {errno.ENOSPC, errno.EDQUOT}


def storage_error(error: BaseException, folder: Path) -> str:
    """Return a plain message for a disk or catalog error, or "" for any other error.

    `folder` is the data folder: the free space on its disk distinguishes a full disk from a broken one.
    """
    for cause in _causes(error):
        if isinstance(cause, sqlite3.Error):
            return _sqlite_message(cause, folder)
        if isinstance(cause, sa.exc.DBAPIError) and hasattr(cause.orig, "sqlstate"):
            return _postgresql_message(cause)
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return f"The disk is full ({_free_space(folder)}). Free some space, then do it again."
        if isinstance(cause, OSError) and cause.errno == errno.EIO:
            return "The disk reported a fault while reading or writing. Check the disk, then do it again."
    return ""


def _sqlite_message(error: sqlite3.Error, folder: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the first byte is the error, the second its detail
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _free_bytes(folder) < NEARLY_FULL):
        return f"The disk is full ({_free_space(folder)}), so the catalog could not be written. Free some space, then do it again."
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "The catalog is locked by another program; it is not damaged. Wait until the other program is done, then do it again."
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}:
        return f"The catalog cannot be written to ({error}). See to who may write to the data folder, then do it again."
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return (
            f"The catalog file is damaged ({error}). The evidence in the vault is safe. "
            "Put catalog.sqlite3 back from a backup and run: python -m indexer sync"
        )
    if code == sqlite3.SQLITE_IOERR:
        return f"The disk reported a fault at the catalog ({error}). The evidence in the vault is safe. Check the disk, then do it again."
    return ""


def _postgresql_message(error: sa.exc.DBAPIError) -> str:
    """Return the message for an error's SQLSTATE; a failed connection has none."""
    state = getattr(error.orig, "sqlstate", None) or ""
    detail = str(error.orig).strip().partition("\n")[0].rstrip(".")
    if state == postgresql.LOCK_NOT_AVAILABLE:
        return "The catalog is locked by another program; it is not damaged. Wait until the other program is done, then do it again."
    if state == "53100":
        return f"The disk of the database server is full ({detail}). Free some space there, then do it again."
    if state in {"XX001", "XX002"}:
        return (
            f"The database is damaged ({detail}). The evidence in the vault is safe. "
            "Restore it from a backup and run: python -m indexer sync"
        )
    if state in {"25006", "42501"}:
        return f"The catalog cannot be written to ({detail}). See to what the user of SHOWME_DATABASE_URL may do, then do it again."
    if isinstance(error, sa.exc.OperationalError) and (error.connection_invalidated or state[:2] in {"", "08", "28", "3D", "53", "57"}):
        return (
            f"The database server cannot be used ({detail}). The evidence in the vault is safe. See to it that the server runs and that "
            "SHOWME_DATABASE_URL is right, then do it again."
        )
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, the errors wrapped in it, and their causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        wrapped = getattr(error, "orig", None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__


def _free_bytes(folder: Path) -> int:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(existing).free


def _free_space(folder: Path) -> str:
    return f"{_free_bytes(folder) // 2**20:,} MiB left"
