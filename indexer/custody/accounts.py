"""What a records custodian decides of accounts and people: names, and which accounts are one. Each is an event; evidence never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from indexer import platforms
from indexer.catalog import audit
from indexer.catalog.accounts import bump_revision, whole_accounts
from indexer.catalog.completion import queue_for_index
from indexer.catalog.database import transaction
from indexer.catalog.models import UNNAMED, AccountView, by_number
from indexer.catalog.tables import accounts, people, records, versions
from indexer.custody import indexing
from indexer.custody.set_aside import DecisionRefused
from indexer.i18n import say
from indexer.local_time import to_ms
from indexer.repository import Repository

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Named:
    """An account that was named, and the accounts of its platform that have the same handle: perhaps they are one."""

    account: AccountView
    namesakes: tuple[AccountView, ...]


def name_account(repository: Repository, account_id: int, *, handle: str = "", name: str = "", by: str) -> Named:
    """Give an account a handle, a name, or both. Raises DecisionRefused."""
    handle, name = _line(handle).removeprefix("@"), _line(name)
    if not handle and not name:
        raise DecisionRefused(say("Enter a handle or a name."))
    if " " in handle:
        raise DecisionRefused(say("A handle has no spaces. Enter a name with spaces in the name field."))
    with repository.writing():
        with transaction(repository.db) as connection:
            before = _whole(connection, account_id)
            row = connection.execute(sa.select(accounts).where(accounts.c.id == before.id)).one()
            placeholder = row.native_id.startswith(UNNAMED) and row.name.startswith("account not named in ")
            given = {"given_handle": handle or None, "given_name": name or ("" if placeholder else None)}
            connection.execute(accounts.update().where(accounts.c.id == before.id).values(**given))
            after = _whole(connection, account_id)
            if _names(before) == _names(after):
                raise DecisionRefused(say("The account already has this name. Nothing was changed."))
            detail = {"before": _names(before), "after": _names(after)}
            _settle(connection, after)
            audit.append(connection, "account:named", by, f"account {before.id}", detail)
            same = [one for one in whole_accounts(connection) if _is_namesake(one, after)]
        indexing.sync_locked(repository)
    return Named(after, tuple(same))


def unname_account(repository: Repository, account_id: int, by: str) -> AccountView:
    """Take a given name back: the account is called as its archives call it. Raises DecisionRefused."""
    with repository.writing():
        with transaction(repository.db) as connection:
            before = _whole(connection, account_id)
            if not before.is_given:
                raise DecisionRefused(say("{account} has no name to remove.", account=before.label))
            connection.execute(accounts.update().where(accounts.c.id == before.id).values(given_handle=None, given_name=None))
            after = _whole(connection, account_id)
            _settle(connection, after)
            detail = {"before": _names(before), "after": _names(after)}
            audit.append(connection, "account:unnamed", by, f"account {before.id}", detail)
        indexing.sync_locked(repository)
    return after


def merge(repository: Repository, part_id: int, into_id: int, by: str) -> AccountView:
    """Declare that an account is part of another one; return the whole. What was merged into the first goes along.

    Raises DecisionRefused for accounts that there are not, of two platforms, or that are one already.
    """
    with repository.writing():
        with transaction(repository.db) as connection:
            part, into = _whole(connection, part_id), _whole(connection, into_id)
            check_merge(part, into)
            connection.execute(accounts.update().where(accounts.c.id.in_(part.numbers)).values(merged_into=into.id))
            whole = _whole(connection, into.id)
            _settle(connection, whole)
            detail = {"into": into.id, "part": _names(part), "whole": _names(into), "numbers": sorted(part.numbers)}
            audit.append(connection, "account:merged", by, f"account {part.id}", detail)
        indexing.sync_locked(repository)
    return whole


def check_merge(part: AccountView, into: AccountView) -> None:
    """Raise DecisionRefused for two accounts that cannot be merged."""
    if part.id == into.id:
        raise DecisionRefused(say("These two are already one account."))
    if part.platform != into.platform:
        raise DecisionRefused(
            say(
                "{part} and {whole} are on different platforms ({one}, {other}). Only accounts on the same platform can be merged.",
                part=part.label,
                whole=into.label,
                one=platforms.title(part.platform),
                other=platforms.title(into.platform),
            )
        )


def unmerge(repository: Repository, part_id: int, by: str) -> tuple[AccountView, AccountView]:
    """Make a part an account of its own again; return it and what it was part of. Raises DecisionRefused."""
    with repository.writing():
        with transaction(repository.db) as connection:
            before = _whole(connection, part_id)
            if part_id not in {part.id for part in before.parts}:
                raise DecisionRefused(say("{account} is not merged into another account.", account=before.label))
            connection.execute(accounts.update().where(accounts.c.id == part_id).values(merged_into=None))
            part, rest = _whole(connection, part_id), _whole(connection, before.id)
            _settle(connection, part)
            _settle(connection, rest)
            detail = {"from": rest.id, "part": _names(part), "whole": _names(rest)}
            audit.append(connection, "account:unmerged", by, f"account {part_id}", detail)
        indexing.sync_locked(repository)
    return part, rest


def name_person(repository: Repository, platform: str, native_id: str, name: str, by: str) -> int:
    """Give a platform's number the name of a person; return how many records are theirs. Raises DecisionRefused."""
    native_id, name = _line(native_id), _line(name)
    if not platforms.is_registered(platform):
        raise DecisionRefused(say("{platform} is not a platform.", platform=platform))
    if not (native_id.isascii() and native_id.isdigit()) or len(native_id) > LONGEST_NAME:
        raise DecisionRefused(say("Enter the platform's user number, digits only, such as 3051921866."))
    if not name:
        raise DecisionRefused(say("Enter the person's name."))
    return _set_person(repository, platform, native_id, name, by)


def unname_person(repository: Repository, platform: str, native_id: str, by: str) -> int:
    """Take the name of a number back; return how many records are theirs. Raises DecisionRefused when it has none."""
    return _set_person(repository, platform, native_id, "", by)


def _set_person(repository: Repository, platform: str, native_id: str, name: str, by: str) -> int:
    this = sa.and_(people.c.platform == platform, people.c.native_id == native_id)
    theirs = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .join(accounts, accounts.c.id == records.c.account_id)
        .where(versions.c.author == native_id, accounts.c.platform == platform)
    )
    with repository.writing():
        with transaction(repository.db) as connection:
            before = connection.execute(sa.select(people.c.name).where(this)).scalar()
            if not name and before is None:
                raise DecisionRefused(say("The number {number} has no name to remove.", number=native_id))
            connection.execute(people.delete().where(this))
            if name:
                row = {"platform": platform, "native_id": native_id, "name": name, "named_by": by, "named_ms": to_ms(datetime.now(UTC))}
                connection.execute(people.insert().values(**row))
            count = connection.execute(sa.select(sa.func.count()).select_from(theirs.subquery())).scalar_one()
            queue_for_index(connection, theirs.order_by(records.c.pk))
            bump_revision(connection)
            tag, detail = ("person:named", {"before": before or "", "after": name}) if name else ("person:unnamed", {"before": before})
            audit.append(connection, tag, by, f"{platform}:{native_id}", detail)
        indexing.sync_locked(repository)
    return count


def _whole(connection: sa.Connection, account_id: int) -> AccountView:
    found = by_number(whole_accounts(connection, with_set_aside=True)).get(account_id)
    if found is None:
        raise DecisionRefused(say("There is no account {number}.", number=str(account_id)))
    return found


def _settle(connection: sa.Connection, account: AccountView) -> None:
    """Queue an account's records for the index, which holds its number and names with each of them."""
    held = sa.select(records.c.pk).where(records.c.account_id.in_(account.numbers), records.c.current_version_id.is_not(None))
    queue_for_index(connection, held.order_by(records.c.pk))
    bump_revision(connection)


def _is_namesake(one: AccountView, named: AccountView) -> bool:
    is_same = bool(named.handle) and one.handle.casefold() == named.handle.casefold()
    return is_same and one.id != named.id and one.platform == named.platform


def _names(account: AccountView) -> dict[str, str]:
    return {"handle": account.handle, "name": account.name}


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]
