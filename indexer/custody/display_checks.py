"""Checks of what readers are shown beside a version's own fields: which version is current, and how accounts are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from indexer.catalog.completion import set_capture_versions
from indexer.catalog.database import transaction
from indexer.catalog.tables import accounts, captures, records, sightings
from indexer.custody.read_again import Reading
from indexer.evidence.fixity import Finding, IntegrityFinding
from indexer.i18n import say
from indexer.repository import Repository

_BEFORE: Final = sa.table("shown_before", sa.column("pk", sa.BigInteger), sa.column("version_id", sa.BigInteger))


def check_current_versions(repository: Repository, capture_id: int) -> Iterator[IntegrityFinding]:
    """Yield the records of a capture that show another version than their captures give them.

    The versions are settled once more as at the end of an ingest, compared, and that is taken back.
    """
    with repository.writing(), transaction(repository.db) as connection:
        trial = connection.begin_nested()
        of_capture = sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id)
        shown = sa.select(records.c.pk, records.c.current_version_id.label("version_id")).where(records.c.pk.in_(of_capture))
        text = shown.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
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
    """Gathers how archives call their accounts, and compares the catalog with that."""

    def __init__(self) -> None:
        self._stated: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self.is_whole = True  # every archive was read: else a name may be in one that was not

    def add(self, reading: Reading) -> None:
        """Note how the archive of a capture calls its account."""
        account = reading.opened.facts.account
        if account.native_id:
            names = self._stated.setdefault((str(account.platform), account.native_id), set())
            names |= {("handle", account.handle), ("name", account.name)}

    def check(self, repository: Repository) -> Iterator[IntegrityFinding]:
        """Yield the accounts whose handle or name in the catalog is in none of their archives."""
        if not self.is_whole:
            return
        held = sa.select(captures.c.account_id)
        with repository.db.connect() as connection:
            rows = connection.execute(sa.select(accounts).where(accounts.c.id.in_(held))).all()
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
