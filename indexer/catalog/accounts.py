"""Whole accounts (with merged parts and the names that a records custodian gave them), and the names of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from indexer import platforms
from indexer.catalog.database import among_keys, select_keys
from indexer.catalog.models import AccountRef, AccountView
from indexer.catalog.stored_data import SET_ASIDE
from indexer.catalog.tables import account_handle, account_name, accounts, captures, meta, people, records, root_id, versions
from indexer.local_time import from_ms
from indexer.record import RecordKind

POSITION: Final = "position"
"""The key in `meta` of the last number on the index's work list."""
REVISION: Final = "accounts"
"""The key in `meta` of a counter that increases with every name, merge and set-aside."""
HOLDINGS: Final = "holdings"
"""The key in `meta` of a counter that increases with every change of `accounts`, `captures` and `people`."""

_STATE: Final = sa.select(meta.c.key, meta.c.value).where(meta.c.key.in_((POSITION, REVISION, HOLDINGS)))


class CatalogState(NamedTuple):
    """The counters of a catalog: while all are equal, so is everything that pages derive from accounts, captures and records."""

    position: int
    revision: int
    holdings: int


def catalog_state(connection: sa.Connection) -> CatalogState:
    """Return the counters that every writer of the catalog increases in its transaction."""
    values = {key: int(value) for key, value in connection.execute(_STATE)}
    return CatalogState(values.get(POSITION, 0), values.get(REVISION, 0), values.get(HOLDINGS, 0))


_held_aside = sa.exists().where(captures.c.account_id == accounts.c.id, captures.c.state == SET_ASIDE)
_held_otherwise = sa.exists().where(captures.c.account_id == accounts.c.id, captures.c.state != SET_ASIDE)
_ROWS: Final = sa.select(
    accounts.c.id,
    root_id.label("root_id"),
    accounts.c.platform,
    accounts.c.native_id,
    account_handle.label("handle"),
    account_name.label("name"),
    sa.or_(accounts.c.given_handle.is_not(None), accounts.c.given_name.is_not(None)).label("is_given"),
    accounts.c.records,
    accounts.c.first_ms,
    accounts.c.last_ms,
)
_COUNTING: Final = _ROWS.where(sa.or_(_held_otherwise, sa.not_(_held_aside)))
_OF_IDS: Final = _ROWS.where(among_keys(accounts.c.id))
_PEOPLE: Final = sa.select(people.c.platform, people.c.native_id, people.c.name)


def whole_accounts(connection: sa.Connection, allowed: frozenset[int] | None = None, *, with_set_aside: bool = False) -> list[AccountView]:
    """Return the whole accounts that a reader may see (None: all), by platform and handle.

    An account is left out while all of its captures are set aside.
    """
    parts: dict[int, list[Any]] = {}
    for row in connection.execute(_ROWS if with_set_aside else _COUNTING):
        parts.setdefault(row.root_id, []).append(row)
    roots = {row.id: row for rows in parts.values() for row in rows if row.id in parts}
    if missing := parts.keys() - roots.keys():  # all captures of the root are set aside
        roots.update((row.id, row) for row in select_keys(connection, _OF_IDS, sorted(missing)))
    views = [_account_view(roots[number], rows) for number, rows in parts.items() if allowed is None or number in allowed]
    return sorted(views, key=lambda view: (view.platform, view.handle, view.name, view.id))


def _account_view(root: Any, rows: list[Any]) -> AccountView:
    """Return a whole account. If all captures of the root are set aside, the root only gives the names."""
    firsts, lasts = [row.first_ms for row in rows if row.first_ms is not None], [row.last_ms for row in rows if row.last_ms is not None]
    return AccountView(
        id=root.id,
        platform=root.platform,
        native_id=root.native_id,
        handle=root.handle,
        name=root.name,
        records=sum(row.records for row in rows),
        first_posted=from_ms(min(firsts, default=None)),
        last_posted=from_ms(max(lasts, default=None)),
        is_given=bool(root.is_given),
        parts=tuple(AccountRef(row.id, row.platform, row.native_id, row.handle, row.name) for row in rows if row.id != root.id),
    )


def people_named(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """Return the names that records custodians gave to user numbers, by platform and number."""
    return {(platform, native_id): name for platform, native_id, name in connection.execute(_PEOPLE)}


def senders_by_number(connection: sa.Connection) -> set[tuple[str, str]]:
    """Return the platform and number of everyone whose messages name them only by number."""
    numbering = [platform.code for platform in platforms.registered() if platform.names_by_number]
    senders = (
        sa.select(accounts.c.platform, versions.c.author)
        .distinct()
        .select_from(
            records.join(versions, versions.c.id == records.c.current_version_id).join(accounts, accounts.c.id == records.c.account_id)
        )
        .where(accounts.c.platform.in_(numbering), records.c.kind == str(RecordKind.MESSAGE))
    )
    return {(platform, author) for platform, author in connection.execute(senders) if author.isascii() and author.isdigit()}


def bump_revision(connection: sa.Connection) -> None:
    """Record that a name, a merge or a set-aside changed the views of accounts and records."""
    _increase(connection, REVISION)
    holdings_changed(connection)


def holdings_changed(connection: sa.Connection) -> None:
    """Record that a row of `accounts`, `captures` or `people` changed: each writer does so in the same transaction."""
    _increase(connection, HOLDINGS)


def _increase(connection: sa.Connection, key: str) -> None:
    value = connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
    connection.execute(meta.delete().where(meta.c.key == key))
    connection.execute(meta.insert().values(key=key, value=str(int(value or 0) + 1)))


def person_label(platform: str, native_id: str, names: Mapping[tuple[str, str], str]) -> str:
    """Return the display name of a person: the given name with the number, or the native id unchanged."""
    name = names.get((platform, native_id))
    return f"{name} ({platforms.user_label(platform, native_id)})" if name else native_id
