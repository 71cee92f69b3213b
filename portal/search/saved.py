"""Searches that users save by name. Only the address is saved; each reader who runs it sees only records they may see.

A shared search is shown to readers whose permission covers its owner's at the time of saving: its words may hint at records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from indexer.catalog import BigId, Text, metadata, transaction
from indexer.local_time import from_ms, now_ms
from indexer.query import Filters
from indexer.search import SearchRequest, from_json, request_json
from portal.access import Reader, restrict, still_covers, users
from portal.i18n import _

LONGEST_NAME = 120
MOST = 500  # searches per user

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("name_key", Text, nullable=False),  # folded name; unique per user
    sa.Column("address", Text, nullable=False),  # the search page's address after "?"
    sa.Column("is_shared", sa.Boolean, nullable=False),
    sa.Column("scope", Text, nullable=False),  # JSON: the owner's permission when the search was saved
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("deleted_ms", sa.BigInteger),
    sa.Index(
        "saved_searches_name",
        "user_id",
        "name_key",
        unique=True,
        sqlite_where=sa.text("deleted_ms IS NULL"),
        postgresql_where=sa.text("deleted_ms IS NULL"),
    ),
)


class SavingError(ValueError):
    """A search cannot be saved; the message is shown to the user."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search saved under a name. `made_at` is UTC."""

    id: int
    user_id: int
    owner: str
    name: str
    address: str
    is_shared: bool
    made_at: datetime | None


class SavedSearches:
    """The saved searches of a catalog that a reader may use."""

    def __init__(self, db: sa.Engine, reader: Reader) -> None:
        self.db, self.reader = db, reader

    def all(self) -> list[SavedSearch]:
        """Return the reader's own searches and those shared with them, by name."""
        table = saved_searches.c
        rows = self._where(sa.and_(table.deleted_ms.is_(None), sa.or_(table.user_id == self.reader.user_id, table.is_shared)))
        return [_saved(row) for row in rows if self._may_see(row)]

    def own(self, number: int, *, is_deleted: bool = False) -> SavedSearch | None:
        """Return one of the reader's own searches, or one they deleted if `is_deleted`."""
        deleted_ms = saved_searches.c.deleted_ms
        state = deleted_ms.is_not(None) if is_deleted else deleted_ms.is_(None)
        rows = self._where(sa.and_(saved_searches.c.id == number, saved_searches.c.user_id == self.reader.user_id, state))
        return _saved(rows[0]) if rows else None

    def add(self, name: str, address: str, *, is_shared: bool) -> int:
        """Save a search and return its id. Raises SavingError for a name that is empty, too long or already used."""
        row: dict[str, Any] = {**_name_columns(name), "address": address, "is_shared": is_shared, "scope": self._scope()}
        with transaction(self.db) as connection:
            self._check(connection, row["name_key"])
            count = connection.execute(sa.select(sa.func.count()).where(*self._mine())).scalar_one()
            if count >= MOST:
                raise SavingError(
                    _("You have %(count)s saved searches, which is the limit. Delete one that you no longer need.", count=count)
                )
            inserted = connection.execute(
                saved_searches.insert().values(user_id=self.reader.user_id, made_ms=now_ms(), **row).returning(saved_searches.c.id)
            )
            return int(inserted.scalar_one())

    def change(self, number: int, name: str, *, is_shared: bool) -> None:
        """Rename one of the reader's searches, share it or make it private. Raises SavingError."""
        row: dict[str, Any] = {**_name_columns(name), "is_shared": is_shared}
        with transaction(self.db) as connection:
            self._check(connection, row["name_key"], except_id=number)
            scope = connection.execute(sa.select(saved_searches.c.scope).where(saved_searches.c.id == number, *self._mine())).scalar()
            if scope is None:
                raise SavingError(_("This search no longer exists."))
            if still_covers(self.reader, _filters(scope)):  # the new name may refer to records that only the current permission covers
                row["scope"] = self._scope()
            connection.execute(saved_searches.update().where(saved_searches.c.id == number).values(**row))

    def delete(self, number: int) -> bool:
        """Delete one of the reader's searches; False if it does not exist. It can be restored."""
        with transaction(self.db) as connection:
            update = saved_searches.update().where(saved_searches.c.id == number, *self._mine())
            return connection.execute(update.values(deleted_ms=now_ms())).rowcount == 1

    def restore(self, number: int) -> None:
        """Undo a deletion. Raises SavingError if the name was taken in the meantime or the search was not deleted."""
        deleted = self.own(number, is_deleted=True)
        if deleted is None:
            raise SavingError(_("This search no longer exists."))
        with transaction(self.db) as connection:
            self._check(connection, _key(deleted.name))
            connection.execute(saved_searches.update().where(saved_searches.c.id == number).values(deleted_ms=None))

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return saved_searches.c.user_id == self.reader.user_id, saved_searches.c.deleted_ms.is_(None)

    def _check(self, connection: sa.Connection, key: str, except_id: int | None = None) -> None:
        taken = sa.select(saved_searches.c.id, saved_searches.c.name).where(saved_searches.c.name_key == key, *self._mine())
        row = connection.execute(taken).first()
        if row is not None and row.id != except_id:
            raise SavingError(_("You already have a search named “%(name)s”. Choose another name.", name=row.name))

    def _where(self, condition: sa.ColumnElement[bool]) -> list[Any]:
        owner = users.c.name.label("owner")
        query = sa.select(saved_searches, owner).join(users).where(condition).order_by(saved_searches.c.name_key, saved_searches.c.id)
        with self.db.connect() as connection:
            return list(connection.execute(query))

    def _may_see(self, row: Any) -> bool:
        return row.user_id == self.reader.user_id or still_covers(self.reader, _filters(row.scope))

    def _scope(self) -> str:
        return json.dumps(request_json(SearchRequest("", restrict(Filters(), self.reader))))


def _filters(scope: str) -> Filters:
    return from_json(json.loads(scope)).filters


def _name_columns(name: str) -> Mapping[str, str]:
    name = " ".join(name.split())
    if not name:
        raise SavingError(_("Enter a name for the search."))
    if len(name) > LONGEST_NAME:
        raise SavingError(_("A name can have at most %(most)s characters.", most=LONGEST_NAME))
    return {"name": name, "name_key": _key(name)}


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _saved(row: Any) -> SavedSearch:
    return SavedSearch(row.id, row.user_id, row.owner, row.name, row.address, bool(row.is_shared), from_ms(row.made_ms))
