"""Searches that users keep by name. What is kept is the address; whoever runs it sees what that reader may see.

A shared search is shown to those who may see all that its owner could see when it was kept: its words may hint at it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from indexer.catalog.database import BigId, Text, metadata, transaction
from indexer.local_time import from_ms, now_ms
from indexer.query.filters import Filters
from indexer.search.request import SearchRequest, as_json, from_json
from portal.access.rules import Reader, restrict, still_covers
from portal.access.users import users
from portal.i18n import _

LONGEST_NAME = 120
MOST = 500  # searches of one user

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("name_key", Text, nullable=False),  # what makes two names the same
    sa.Column("address", Text, nullable=False),  # what stands after "?" of the search page
    sa.Column("is_shared", sa.Boolean, nullable=False),
    sa.Column("scope", Text, nullable=False),  # JSON: what its owner could see when it was kept
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
    """A search cannot be kept like that; the text says why and is meant for people."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search with a name. `made_at` is UTC."""

    id: int
    user_id: int
    owner: str
    name: str
    address: str
    is_shared: bool
    made_at: datetime | None


class SavedSearches:
    """The saved searches of one catalog, as one reader meets them."""

    def __init__(self, db: sa.Engine, reader: Reader) -> None:
        self.db, self.reader = db, reader

    def all(self) -> list[SavedSearch]:
        """Return the reader's own searches and those shared with the reader, by name."""
        table = saved_searches.c
        found = self._where(sa.and_(table.deleted_ms.is_(None), sa.or_(table.user_id == self.reader.user_id, table.is_shared)))
        return [_saved(row) for row in found if self._may_see(row)]

    def own(self, number: int, *, is_deleted: bool = False) -> SavedSearch | None:
        """Return one search of the reader's own; a deleted one only when it is asked for."""
        gone = saved_searches.c.deleted_ms
        there = gone.is_not(None) if is_deleted else gone.is_(None)
        rows = self._where(sa.and_(saved_searches.c.id == number, saved_searches.c.user_id == self.reader.user_id, there))
        return _saved(rows[0]) if rows else None

    def add(self, name: str, address: str, *, is_shared: bool) -> int:
        """Keep a search and return its number. Raises SavingError for a name that is empty, too long or there already."""
        row: dict[str, Any] = {**_named(name), "address": address, "is_shared": is_shared, "scope": self._scope(), "made_ms": now_ms()}
        with transaction(self.db) as connection:
            self._check(connection, row["name_key"])
            kept = connection.execute(sa.select(sa.func.count()).where(*self._mine())).scalar_one()
            if kept >= MOST:
                raise SavingError(
                    _("You have %(count)s saved searches, which is the limit. Delete one that you no longer need.", count=kept)
                )
            made = connection.execute(saved_searches.insert().values(user_id=self.reader.user_id, **row).returning(saved_searches.c.id))
            return int(made.scalar_one())

    def change(self, number: int, name: str, *, is_shared: bool) -> None:
        """Give one of the reader's searches another name, share it or keep it private. Raises SavingError."""
        row: dict[str, Any] = {**_named(name), "is_shared": is_shared}
        with transaction(self.db) as connection:
            self._check(connection, row["name_key"], but=number)
            kept = connection.execute(sa.select(saved_searches.c.scope).where(saved_searches.c.id == number, *self._mine())).scalar()
            if kept is None:
                raise SavingError(_("This search no longer exists."))
            if still_covers(self.reader, _filters(kept)):  # the new name may say what only the present scope shows
                row["scope"] = self._scope()
            connection.execute(saved_searches.update().where(saved_searches.c.id == number).values(**row))

    def delete(self, number: int) -> bool:
        """Delete one of the reader's searches; False when it is not there. It can be brought back."""
        with transaction(self.db) as connection:
            mine = saved_searches.update().where(saved_searches.c.id == number, *self._mine())
            return connection.execute(mine.values(deleted_ms=now_ms())).rowcount == 1

    def bring_back(self, number: int) -> None:
        """Undo a deletion. Raises SavingError when its name is taken by now, or when it was not deleted."""
        gone = self.own(number, is_deleted=True)
        if gone is None:
            raise SavingError(_("This search no longer exists."))
        with transaction(self.db) as connection:
            self._check(connection, _key(gone.name))
            connection.execute(saved_searches.update().where(saved_searches.c.id == number).values(deleted_ms=None))

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return saved_searches.c.user_id == self.reader.user_id, saved_searches.c.deleted_ms.is_(None)

    def _check(self, connection: sa.Connection, key: str, but: int | None = None) -> None:
        taken = sa.select(saved_searches.c.id, saved_searches.c.name).where(saved_searches.c.name_key == key, *self._mine())
        row = connection.execute(taken).first()
        if row is not None and row.id != but:
            raise SavingError(_("You already have a search named “%(name)s”. Choose another name.", name=row.name))

    def _where(self, condition: sa.ColumnElement[bool]) -> list[Any]:
        owner = users.c.name.label("owner")
        query = sa.select(saved_searches, owner).join(users).where(condition).order_by(saved_searches.c.name_key, saved_searches.c.id)
        with self.db.connect() as connection:
            return list(connection.execute(query))

    def _may_see(self, row: Any) -> bool:
        return row.user_id == self.reader.user_id or still_covers(self.reader, _filters(row.scope))

    def _scope(self) -> str:
        return json.dumps(as_json(SearchRequest("", restrict(Filters(), self.reader))))


def _filters(scope: str) -> Filters:
    return from_json(json.loads(scope)).filters


def _named(name: str) -> Mapping[str, str]:
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
