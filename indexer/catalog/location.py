"""Path of a data folder's SQLite catalog, and the renaming of catalogue.sqlite3 (its name until 2026)."""

from __future__ import annotations

import fcntl
import sqlite3
from pathlib import Path
from typing import Final

from indexer.atomic_files import sync
from indexer.i18n import say
from indexer.settings import BadSetting, Paths

NAME: Final = "catalog.sqlite3"
OLD_NAME: Final = "catalogue.sqlite3"


def catalog_file(paths: Paths) -> Path:
    """Return the catalog's file. A file with the old name is renamed first, under the lock of all writers.

    Before the renaming, the write-ahead log is moved into the file and removed, so that a process killed at any moment
    leaves a complete file under the old or the new name. Raises BadSetting if both files exist, or if another process
    has the old one open.
    """
    new, old = paths.data / NAME, paths.data / OLD_NAME
    if old.exists():
        with paths.ingest_lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if old.exists():  # no other process renamed it in the meantime
                _rename(old, new)
    return new


def _rename(old: Path, new: Path) -> None:
    if new.exists():
        raise BadSetting(
            say(
                "{folder} contains both {new} and {old}. Only one of them can be the catalog. The evidence is safe. Move the "
                "wrong one, together with its -wal and -shm files, to another folder.",
                folder=str(old.parent),
                new=new.name,
                old=old.name,
            )
        )
    connection = sqlite3.connect(old, timeout=5, isolation_level=None)
    try:
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]  # moves the log into the file and deletes the log
    except sqlite3.OperationalError as error:
        raise _in_use(old, str(error)) from error
    finally:
        connection.close()
    if mode != "delete":
        raise _in_use(old, "journal mode " + str(mode))
    old.rename(new)
    sync(new.parent)


def _in_use(old: Path, why: str) -> BadSetting:
    return BadSetting(
        say(
            "{old} must be renamed to {new}, but another process is using it ({why}). Nothing was changed. Stop the portal "
            "and its worker, then start again.",
            old=old.name,
            new=NAME,
            why=why,
        )
    )
