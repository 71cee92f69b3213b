"""What somebody with access to the disk can do to a catalog."""

from __future__ import annotations

import hashlib
import sqlite3

from indexer.repository import Repository


def sql(repository: Repository, *statements: str) -> None:
    with sqlite3.connect(repository.paths.data / repository.db.url.database) as connection:  # type: ignore[operator]
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    connection.close()


def recompute(repository: Repository) -> None:
    """Compute the whole chain again, as somebody would who has read the program."""
    connection = sqlite3.connect(repository.paths.data / repository.db.url.database)  # type: ignore[operator]
    previous = "0" * 64
    rows = connection.execute("SELECT rowid, at_ms, tag, actor, subject, detail FROM events ORDER BY id").fetchall()
    connection.execute("UPDATE events SET id = -id")
    for number, (rowid, *parts) in enumerate(rows, 1):
        digest = hashlib.sha256("\x1f".join(str(part) for part in (number, *parts, previous)).encode()).hexdigest()
        connection.execute("UPDATE events SET id=?, previous=?, hash=? WHERE id=?", (number, previous, digest, -rowid))
        previous = digest
    connection.commit()
    connection.close()
