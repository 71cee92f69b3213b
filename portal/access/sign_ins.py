"""Sign-ins stored on the server, and one-time links. A cookie or link holds a random token; the table holds its SHA-256.

A sign-in ends at sign-out, with a new password, when its user is disabled, after its lifetime, or after inactivity.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from indexer.catalog import BigId, Busy, Text, metadata, transaction
from indexer.local_time import milliseconds, now_ms
from portal.access.users import PATIENCE, User, Users, hash_password, user_rows, users, users_of
from portal.config import LINK_LIFE

sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    sa.Column("digest", Text, primary_key=True),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("made_by", Text, nullable=False),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
    sa.Column("used_ms", sa.BigInteger),
)

sign_ins = sa.Table(
    "sign_ins",
    metadata,
    sa.Column("digest", Text, primary_key=True),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("started_ms", sa.BigInteger, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger),
)

SEEN_PATIENCE = 0.1  # seconds
SEEN_EVERY = 60_000  # milliseconds; a busy reader's sign-in is not written on every page

AHEAD = 60_000  # milliseconds a sign-in or link may be ahead of the clock: with several servers, a clock may be slow


_ALIVE: Final = sa.and_(
    sign_ins.c.digest == sa.bindparam("key"),
    sign_ins.c.ended_ms.is_(None),
    sign_ins.c.started_ms > sa.bindparam("started_after"),
    sign_ins.c.seen_ms > sa.bindparam("seen_after"),
    sign_ins.c.started_ms <= sa.bindparam("latest"),  # later: the clock was set back since, or the row was written by hand
    sign_ins.c.seen_ms <= sa.bindparam("latest"),
)
# Built once: every page looks its reader up.
_SIGNED_IN: Final = user_rows(sign_ins.join(users, users.c.id == sign_ins.c.user_id), sign_ins.c.seen_ms).where(_ALIVE)
_SEEN_NOW: Final = sign_ins.update().where(_ALIVE).values(seen_ms=sa.bindparam("now"))


class LinkUsed(Exception):
    """The link was used, has expired, was replaced by a newer link, or never existed."""


@dataclass(frozen=True, slots=True)
class SignIns:
    """The sign-ins of a catalog, with their lifetime and idle time."""

    db: sa.Engine
    life: timedelta
    idle: timedelta

    def start(self, user_id: int) -> str:
        """Begin a sign-in and return its token; delete sign-ins not seen for a week."""
        token, now = secrets.token_urlsafe(32), now_ms()
        with transaction(self.db, PATIENCE) as connection:
            connection.execute(sign_ins.delete().where(sign_ins.c.seen_ms < now - milliseconds(timedelta(days=7))))
            connection.execute(sign_ins.insert().values(digest=digest(token), user_id=user_id, started_ms=now, seen_ms=now))
        return token

    def user_of(self, token: str) -> User | None:
        """Return who is signed in with a token, and keep the sign-in from idling out; None when it has ended."""
        now = now_ms()
        alive = {
            "key": digest(token),
            "started_after": now - milliseconds(self.life),
            "seen_after": now - milliseconds(self.idle),
            "latest": now + AHEAD,
        }
        with self.db.connect() as connection:
            rows = connection.execute(_SIGNED_IN, alive).all()
            user = next(iter(users_of(connection, rows)), None)
        if user is None or user.is_disabled:
            return None
        if rows[0].seen_ms < now - SEEN_EVERY:
            with suppress(Busy), transaction(self.db, SEEN_PATIENCE) as connection:  # otherwise the next page writes it
                connection.execute(_SEEN_NOW, {**alive, "now": now})
        return user

    def end(self, token: str) -> None:
        """End a sign-in."""
        with transaction(self.db, PATIENCE) as connection:
            connection.execute(sign_ins.update().where(sign_ins.c.digest == digest(token)).values(ended_ms=now_ms()))

    def end_all(self, user_id: int) -> None:
        """End every sign-in of a user."""
        with transaction(self.db, PATIENCE) as connection:
            _end_all(connection, user_id)


@dataclass(frozen=True, slots=True)
class Links:
    """The one-time links of a catalog: each sets a password once, within 24 hours."""

    db: sa.Engine

    def make(self, user_id: int, maker: str) -> str:
        """Make a one-time link for a user and return its token; the user's earlier links stop working."""
        token, now = secrets.token_urlsafe(32), now_ms()
        row = {"digest": digest(token), "user_id": user_id, "made_ms": now, "made_by": maker, "expires_ms": now + milliseconds(LINK_LIFE)}
        with transaction(self.db, PATIENCE) as connection:
            connection.execute(sign_in_links.delete().where(sign_in_links.c.user_id == user_id))
            connection.execute(sign_in_links.insert().values(**row))
        return token

    def user_of(self, token: str) -> User | None:
        """Return the user of a link that can still be used."""
        with self.db.connect() as connection:
            user_id = connection.execute(sa.select(sign_in_links.c.user_id).where(_usable(token))).scalar()
        user = None if user_id is None else Users(self.db).by_id(user_id)
        return None if user is None or user.is_disabled else user

    def redeem(self, token: str, password: str) -> User:
        """Use a link: set the password and end all sign-ins of its user.

        Raises:
            LinkUsed: the link can no longer be used.
            UserError: the password is not acceptable; the link can be used again.
        """
        user = self.user_of(token)
        if user is None:
            raise LinkUsed
        password_hash = hash_password(password, user.name)
        with transaction(self.db, PATIENCE) as connection:
            used = connection.execute(sign_in_links.update().where(_usable(token)).values(used_ms=now_ms()))
            if used.rowcount != 1:
                raise LinkUsed
            connection.execute(users.update().where(users.c.id == user.id).values(password=password_hash))
            _end_all(connection, user.id)
        return user


def digest(token: str) -> str:
    """Return the SHA-256 of a token, as stored: reading the table does not allow a sign-in."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _end_all(connection: sa.Connection, user_id: int) -> None:
    connection.execute(sign_ins.update().where(sign_ins.c.user_id == user_id, sign_ins.c.ended_ms.is_(None)).values(ended_ms=now_ms()))


def _usable(token: str) -> sa.ColumnElement[bool]:
    now = now_ms()
    return sa.and_(
        sign_in_links.c.digest == digest(token),
        sign_in_links.c.used_ms.is_(None),
        sign_in_links.c.expires_ms > now,
        sign_in_links.c.made_ms <= now + AHEAD,
    )
