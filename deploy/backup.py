"""Copy the catalog and the vault of a data folder: `python deploy/backup.py DATA TARGET`.

The catalog is copied first, so the copy of the vault holds at least the evidence listed in the copied catalog.
SQLite makes a consistent copy of the catalog while the portal runs. The index is left out; `sync` rebuilds it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

CATALOG = "catalog.sqlite3"
OLD_CATALOG = "catalogue.sqlite3"  # the name until 2026; kept in a folder that no newer version has opened
USAGE = 2


class BadCopy(Exception):
    """A file of the vault or the backup is damaged; the message names it."""


def back_up(data: Path, target: Path) -> int:
    """Copy missing files and return the number of new evidence files. Raises BadCopy, OSError, sqlite3.Error."""
    os.umask(0o077)
    (target / "vault").mkdir(parents=True, exist_ok=True)
    catalog = data / CATALOG if (data / CATALOG).exists() else data / OLD_CATALOG
    if not catalog.exists():
        raise BadCopy(f"{data / CATALOG} is not there. A catalog in PostgreSQL is copied with pg_dump: see docs/portal.md.")
    fresh = target / f"{CATALOG}.new"
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as source, closing(sqlite3.connect(fresh)) as copy:
        source.backup(copy)
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BadCopy(f"{catalog} is damaged; the backup of before was kept.")
    copied = sum(_copy(path, target / "vault" / path.name) for path in sorted((data / "vault").iterdir()))
    fresh.replace(target / CATALOG)
    (target / OLD_CATALOG).unlink(missing_ok=True)  # a previous copy; otherwise a restored folder would have two catalogs
    return copied


def _copy(source: Path, target: Path) -> bool:
    """Copy a file named by its SHA-256, unless it exists. Raises BadCopy if the content does not match."""
    if target.exists():
        return False
    fresh = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, fresh)
    with fresh.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    if digest != source.name:
        fresh.unlink()
        raise BadCopy(f"{source} is damaged: its SHA-256 is {digest}. It was not copied; run `python -m indexer verify`.")
    fresh.replace(target)
    return True


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    if len(arguments) != USAGE:
        print(__doc__, file=sys.stderr)
        return USAGE
    data, target = (Path(argument) for argument in arguments)
    try:
        copied = back_up(data, target)
    except (BadCopy, OSError, sqlite3.Error) as error:
        print(f"The backup failed. {error}", file=sys.stderr)
        return 1
    print(f"{target}: catalog, and {copied} new evidence files.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
