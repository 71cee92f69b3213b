"""Users of the portal: names, roles, grants of accounts, passwords (argon2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from indexer.catalog import BigId, Busy, Text, accounts, metadata, root_id, transaction
from indexer.i18n import say
from indexer.local_time import now_ms
from portal.access.rules import Reader, Role

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", Text, nullable=False, unique=True),
    sa.Column("full_name", Text, nullable=False),
    sa.Column("role", Text, nullable=False),
    sa.Column("password", Text),  # argon2id, with its parameters; NULL until the user has set a password
    sa.Column("is_disabled", sa.Boolean, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("made_by", Text, nullable=False),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("account_id", BigId, sa.ForeignKey("accounts.id"), primary_key=True),
)

FIRST_NAME = "clerk"  # with which the first administrator signs in
MIN_PASSWORD, MAX_PASSWORD = 12, 1000
MIN_DIFFERENT = 5  # different characters
MIN_BESIDE_NAME = 6  # characters that are not the user's name
PATIENCE = 3.0  # seconds a page waits for another writer of the catalog
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("no user has this name")  # verified for an unknown name, so that both answers take the same time


class UserError(ValueError):
    """A change to a user is refused; the message is shown to the administrator."""


@dataclass(frozen=True, slots=True)
class User:
    """A login."""

    id: int
    name: str
    full_name: str
    role: Role
    grants: frozenset[int]
    is_disabled: bool
    has_password: bool
    merged: Mapping[int, int] = field(default_factory=dict, hash=False, compare=False)

    @property
    def reader(self) -> Reader:
        """The user for the access rule."""
        return Reader(self.id, self.name, self.role, self.grants, self.merged)


class Users:
    """The users of a catalog."""

    def __init__(self, db: sa.Engine) -> None:
        self.db = db

    def all(self) -> list[User]:
        """Return all users, sorted by name."""
        return self._where(sa.true())

    def by_id(self, user_id: int) -> User | None:
        """Return a user."""
        return next(iter(self._where(users.c.id == user_id)), None)

    def by_name(self, name: str) -> User | None:
        """Return a user by sign-in name, ignoring case."""
        return next(iter(self._where(users.c.name == name.strip().lower())), None)

    def add(self, name: str, full_name: str, role: Role, maker: str) -> User:
        """Add a user without a password. Raises UserError for a bad or taken name."""
        folded = name.strip().lower()
        if not _NAME.fullmatch(folded):
            raise UserError(
                say("A user name has 2 to 64 characters: letters a to z, digits, and . _ @ -. It starts with a letter or digit.")
            )
        row = {"name": folded, "full_name": full_name.strip(), "role": role.value, "is_disabled": False}
        try:
            with transaction(self.db, PATIENCE) as connection:
                connection.execute(users.insert().values(**row, made_ms=now_ms(), made_by=maker))
        except sa.exc.IntegrityError as error:
            raise UserError(say("There is already a user named {name}.", name=folded)) from error
        added = self.by_name(folded)
        if added is None:
            raise UserError(say("The user {name} was deleted in the meantime.", name=folded))
        return added

    def change(self, user_id: int, *, full_name: str, role: Role, granted: Iterable[int], is_disabled: bool) -> None:
        """Set a user's full name, role, grants and state. Raises UserError if no administrator would remain."""
        with transaction(self.db, PATIENCE) as connection:
            connection.execute(
                users.update().where(users.c.id == user_id).values(full_name=full_name, role=role.value, is_disabled=is_disabled)
            )
            connection.execute(grants.delete().where(grants.c.user_id == user_id))
            for account_id in sorted(set(granted)):
                connection.execute(grants.insert().values(user_id=user_id, account_id=account_id))
            active = sa.select(sa.func.count()).where(users.c.role == Role.ADMINISTRATOR.value, users.c.is_disabled.is_(False))
            if not connection.execute(active).scalar_one():
                raise UserError(say("This is the only administrator. Make someone else an administrator first."))

    def set_password(self, user_id: int, password: str) -> None:
        """Store the argon2 hash of a password. Raises UserError if it is too short, too long or trivial."""
        user = self.by_id(user_id)
        password_hash = hash_password(password, user.name if user else "")
        with transaction(self.db, PATIENCE) as connection:
            connection.execute(users.update().where(users.c.id == user_id).values(password=password_hash))

    def check_password(self, name: str, password: str) -> User | None:
        """Return the user with this name and password; None for any mismatch, a disabled user, or no password yet."""
        user = self.by_name(name)
        with self.db.connect() as connection:
            stored = connection.execute(sa.select(users.c.password).where(users.c.id == (user.id if user else -1))).scalar()
        try:
            _HASHER.verify(stored or _NOBODY, password[:MAX_PASSWORD])
        except (VerificationError, InvalidHashError):
            return None
        if user is None or stored is None or user.is_disabled:
            return None
        if _HASHER.check_needs_rehash(stored):
            with suppress(Busy, UserError):  # the next sign-in tries again; a password accepted by an older rule stays
                self.set_password(user.id, password)
        return user

    def first_administrator(self, name: str | None = None) -> User:
        """Return the first active administrator; if there are no users, add one with this name, or "clerk".

        Raises UserError if there are users, but no active administrator.
        """
        everyone = self.all()
        if not everyone:
            return self.add(name or FIRST_NAME, "", Role.ADMINISTRATOR, "start")
        active = [user for user in everyone if user.role is Role.ADMINISTRATOR and not user.is_disabled]
        if not active:
            raise UserError(say("No administrator can sign in."))
        return min(active, key=lambda user: user.id)

    def _where(self, condition: sa.ColumnElement[bool]) -> list[User]:
        with self.db.connect() as connection:
            return users_of(connection, connection.execute(_USER_ROWS.where(condition).order_by(users.c.name)).all())


def user_rows(source: sa.FromClause, *further: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Build the query for `users_of`: a row per grant of each user in `source`, with further columns of it."""
    columns = (users.c.id, users.c.name, users.c.full_name, users.c.role, users.c.is_disabled, users.c.password)
    rows = source.outerjoin(grants, grants.c.user_id == users.c.id)
    return sa.select(*columns, grants.c.account_id, *further).select_from(rows)


def users_of(connection: sa.Connection, rows: Sequence[Any]) -> list[User]:
    """Return the users in rows of `user_rows`, in their order."""
    if not rows:
        return []
    merged = {part: whole for part, whole in connection.execute(_MERGED)}  # noqa: C416  # the type checker does not see rows as pairs
    granted: dict[int, set[int]] = {}
    for row in rows:
        granted.setdefault(row.id, set()).update(() if row.account_id is None else (row.account_id,))
    return [
        User(
            row.id,
            row.name,
            row.full_name,
            Role(row.role),
            whole_grants(granted[row.id], merged),
            row.is_disabled,
            row.password is not None,
            merged,
        )
        for row in {row.id: row for row in rows}.values()
    ]


# Built once: every page looks its reader up.
_MERGED: Final = sa.select(accounts.c.id, root_id).where(accounts.c.merged_into.is_not(None))
_USER_ROWS: Final = user_rows(users)


def grants_of(db: sa.Engine) -> dict[int, set[int]]:
    """Return the account ids granted to each user, merged or not."""
    granted: dict[int, set[int]] = {}
    with db.connect() as connection:
        for row in connection.execute(sa.select(grants)):
            granted.setdefault(row.user_id, set()).add(row.account_id)
    return granted


def whole_grants(granted: Iterable[int], merged: Mapping[int, int]) -> frozenset[int]:
    """Return the accounts granted in full: a merged account and its parts only if every part is granted."""
    numbers = frozenset(granted)
    incomplete = {root for part, root in merged.items() if part not in numbers or root not in numbers}
    return frozenset(number for number in numbers if merged.get(number, number) not in incomplete)


def hash_password(password: str, name: str) -> str:
    """Return the argon2 hash of a user's new password. Raises UserError if it is too short, too long or trivial."""
    if len(password) < MIN_PASSWORD:
        raise UserError(
            say("A password must have at least {least} characters. A sentence that only you would think of works well.", least=MIN_PASSWORD)
        )
    if len(password) > MAX_PASSWORD:
        raise UserError(say("A password can have at most {most} characters.", most=MAX_PASSWORD))
    if len(set(password.casefold())) < MIN_DIFFERENT or len(re.sub(re.escape(name), "", password, flags=re.IGNORECASE)) < MIN_BESIDE_NAME:
        raise UserError(
            say(
                "This password is too easy to guess: it repeats a few characters or your user name. "
                "Use a sentence that only you would think of."
            )
        )
    return _HASHER.hash(password)
