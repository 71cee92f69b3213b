"""Checks of displayed values outside a version's own fields: current versions and account names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from indexer.catalog import accounts, captures, records, set_capture_versions, sightings, transaction
from indexer.custody.read_again import Reading
from indexer.evidence import Finding, IntegrityFinding
from indexer.i18n import say
from indexer.repository import Repository

_BEFORE: Final = sa.table("shown_before", sa.column("pk", sa.BigInteger), sa.column("version_id", sa.BigInteger))


def check_current_versions(repository: Repository, capture_id: int) -> Iterator[IntegrityFinding]:
    """Yield the records of a capture whose current version is wrong.

    Sets the current versions as at the end of an ingest, compares, and rolls back.
    """
    with repository.writing(), transaction(repository.db) as connection:
        trial = connection.begin_nested()
        of_capture = sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id)
        current = sa.select(records.c.pk, records.c.current_version_id.label("version_id")).where(records.c.pk.in_(of_capture))
        text = current.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE shown_before AS {text}")
        set_capture_versions(connection, capture_id)
        changed = (
            sa.select(records.c.record_id)
            .join(_BEFORE, _BEFORE.c.pk == records.c.pk)
            .where(records.c.current_version_id.is_distinct_from(_BEFORE.c.version_id))
        )
        names = list(connection.execute(changed.order_by(records.c.pk)).scalars())
        trial.rollback()
    for name in names:
        message = say("{record}: the version shown is not the one in the newest archive that contains it.", record=name)
        yield IntegrityFinding(Finding.RECORD_CHANGED, name, message)


class AccountNames:
    """Collects the account names in archives and compares the catalog with them."""

    def __init__(self) -> None:
        self._stated: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self.is_whole = True  # every archive was read; otherwise a name may be in an unread archive

    def add(self, reading: Reading) -> None:
        """Add the account names in a capture's archive."""
        account = reading.opened.facts.account
        if account.native_id:
            names = self._stated.setdefault((str(account.platform), account.native_id), set())
            names |= {("handle", account.handle), ("name", account.name)}

    def check(self, repository: Repository) -> Iterator[IntegrityFinding]:
        """Yield the accounts with a handle or name that is in none of their archives."""
        if not self.is_whole:
            return
        account_ids = sa.select(captures.c.account_id)
        with repository.db.connect() as connection:
            rows = connection.execute(sa.select(accounts).where(accounts.c.id.in_(account_ids))).all()
        for row in rows:
            stated = self._stated.get((row.platform, row.native_id))
            for field, value in (("handle", row.handle), ("name", row.name)):
                if stated is not None and value and (field, value) not in stated:
                    message = say(
                        "Account {number}: its {field} is {held} in the catalog, but none of its archives says so.",
                        number=str(row.id),
                        field=field,
                        held=value,
                    )
                    yield IntegrityFinding(Finding.RECORD_CHANGED, f"account {row.id}", message)
