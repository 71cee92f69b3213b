"""Baskets: the records that each user has put aside, kept on the server until the user removes them."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from indexer.catalog import BigId, Text, metadata, transaction
from indexer.local_time import now_ms
from portal.access import reader
from portal.i18n import _
from portal.site import site

MOST = 10_000
"""Most records in a basket."""

_BATCH = 500

basket_records = sa.Table(
    "basket_records",
    metadata,
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("record_id", Text, primary_key=True),
    sa.Column("added_ms", sa.BigInteger, nullable=False),
)


def holds(record_id: str) -> bool:
    """Whether the basket of the reader of the current page has a record."""
    return Basket(site().repository.db, reader().user_id).holds(record_id)


class BasketFull(ValueError):
    """The records do not fit into the basket, and none was added; the message is shown to the user."""


class Basket:
    """The basket of a user."""

    def __init__(self, db: sa.Engine, user_id: int) -> None:
        self.db, self.user_id = db, user_id

    def record_ids(self) -> list[str]:
        """Return the records in the basket, in the order they were added."""
        table = basket_records.c
        with self.db.connect() as connection:
            query = sa.select(table.record_id).where(table.user_id == self.user_id).order_by(table.added_ms, table.record_id)
            return list(connection.execute(query).scalars())

    def holds(self, record_id: str) -> bool:
        """Whether a record is in the basket."""
        table = basket_records.c
        with self.db.connect() as connection:
            query = sa.select(table.record_id).where(table.user_id == self.user_id, table.record_id == record_id)
            return connection.execute(query).first() is not None

    def add(self, record_ids: Iterable[str]) -> int:
        """Add records; return how many were not in the basket before. Raises BasketFull."""
        with transaction(self.db) as connection:
            held = set(connection.execute(sa.select(basket_records.c.record_id).where(self._mine)).scalars())
            new = [record_id for record_id in dict.fromkeys(record_ids) if record_id not in held]
            if len(held) + len(new) > MOST:
                raise BasketFull(_("A basket holds at most %(most)s records. None was added.", most=f"{MOST:,}"))
            now = now_ms()
            if new:
                connection.execute(
                    basket_records.insert(), [{"user_id": self.user_id, "record_id": record_id, "added_ms": now} for record_id in new]
                )
        return len(new)

    def remove(self, record_ids: Iterable[str]) -> list[str]:
        """Remove records; return those that were in the basket."""
        given = sorted(set(record_ids))
        removed: list[str] = []
        with transaction(self.db) as connection:
            for start in range(0, len(given), _BATCH):
                among = basket_records.c.record_id.in_(given[start : start + _BATCH])
                rows = connection.execute(basket_records.delete().where(self._mine, among).returning(basket_records.c.record_id))
                removed += rows.scalars()
        return removed

    @property
    def _mine(self) -> sa.ColumnElement[bool]:
        return basket_records.c.user_id == self.user_id
