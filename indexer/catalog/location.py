"""Where a data folder's SQLite file lies, and the renaming of catalogue.sqlite3, as it was called until 2026."""

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
    """Return the catalog's file; one under the old name is renamed first, once, under the lock of all writers.

    Before it is renamed, all that lies in its write-ahead log is moved into it and the log is removed: killed at any
    moment, the file is whole under one name or the other. Raises BadSetting where both names are there, or where
    another process has the old one open.
    """
    new, old = paths.data / NAME, paths.data / OLD_NAME
    if old.exists():
        with paths.ingest_lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if old.exists():  # nobody has renamed it meanwhile
                _rename(old, new)
    return new


def _rename(old: Path, new: Path) -> None:
    if new.exists():
        raise BadSetting(
            say(
                "{folder} holds {new} and {old}. Only one of them can be the catalog. The evidence is safe. Move the one that is not "
                "meant, with the files -wal and -shm beside it, to another folder.",
                folder=str(old.parent),
                new=new.name,
                old=old.name,
            )
        )
    connection = sqlite3.connect(old, timeout=5, isolation_level=None)
    try:
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]  # moves the log into the file and removes it
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
            "{old} is to be renamed to {new}, but another process uses it ({why}). Nothing was changed. Stop the portal and its worker, "
            "then start again.",
            old=old.name,
            new=NAME,
            why=why,
        )
    )
