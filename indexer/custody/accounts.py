"""A records custodian's decisions on names and merged accounts. Each is an event; the evidence never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from indexer import platforms
from indexer.catalog import (
    UNNAMED,
    AccountView,
    accounts,
    audit,
    bump_revision,
    by_number,
    people,
    queue_for_index,
    records,
    transaction,
    versions,
    whole_accounts,
)
from indexer.custody import indexing
from indexer.custody.set_aside import DecisionRefused
from indexer.i18n import say
from indexer.local_time import to_ms
from indexer.repository import Repository

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """A named account, and other accounts on its platform with the same handle, which may be the same account."""

    account: AccountView
    namesakes: tuple[AccountView, ...]


def name_account(repository: Repository, account_id: int, *, handle: str = "", name: str = "", actor: str) -> NamedAccount:
    """Give an account a handle, a name, or both. Raises DecisionRefused."""
    handle, name = _normalize(handle).removeprefix("@"), _normalize(name)
    if not handle and not name:
        raise DecisionRefused(say("Enter a handle or a name."))
    if " " in handle:
        raise DecisionRefused(say("A handle has no spaces. Enter a name with spaces in the name field."))
    with repository.writing():
        with transaction(repository.db) as connection:
            before = _whole_account(connection, account_id)
            row = connection.execute(sa.select(accounts).where(accounts.c.id == before.id)).one()
            placeholder = row.native_id.startswith(UNNAMED) and row.name.startswith("account not named in ")
            given = {"given_handle": handle or None, "given_name": name or ("" if placeholder else None)}
            connection.execute(accounts.update().where(accounts.c.id == before.id).values(**given))
            after = _whole_account(connection, account_id)
            if _names(before) == _names(after):
                raise DecisionRefused(say("The account already has this name. Nothing was changed."))
            detail = {"before": _names(before), "after": _names(after)}
            _queue_account(connection, after)
            audit.append(connection, "account:named", actor, f"account {before.id}", detail)
            namesakes = [account for account in whole_accounts(connection) if _is_namesake(account, after)]
        indexing.sync_locked(repository)
    return NamedAccount(after, tuple(namesakes))


def unname_account(repository: Repository, account_id: int, actor: str) -> AccountView:
    """Remove a given name, so that the account has the names in its archives again. Raises DecisionRefused."""
    with repository.writing():
        with transaction(repository.db) as connection:
            before = _whole_account(connection, account_id)
            if not before.is_given:
                raise DecisionRefused(say("{account} has no name to remove.", account=before.label))
            connection.execute(accounts.update().where(accounts.c.id == before.id).values(given_handle=None, given_name=None))
            after = _whole_account(connection, account_id)
            _queue_account(connection, after)
            detail = {"before": _names(before), "after": _names(after)}
            audit.append(connection, "account:unnamed", actor, f"account {before.id}", detail)
        indexing.sync_locked(repository)
    return after


def merge(repository: Repository, part_id: int, into_id: int, actor: str) -> AccountView:
    """Merge an account, with its own parts, into another account; return the whole account.

    Raises DecisionRefused for unknown accounts, accounts on two platforms, or accounts that are already merged.
    """
    with repository.writing():
        with transaction(repository.db) as connection:
            part, into = _whole_account(connection, part_id), _whole_account(connection, into_id)
            check_merge(part, into)
            connection.execute(accounts.update().where(accounts.c.id.in_(part.numbers)).values(merged_into=into.id))
            whole = _whole_account(connection, into.id)
            _queue_account(connection, whole)
            detail = {"into": into.id, "part": _names(part), "whole": _names(into), "numbers": sorted(part.numbers)}
            audit.append(connection, "account:merged", actor, f"account {part.id}", detail)
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


def unmerge(repository: Repository, part_id: int, actor: str) -> tuple[AccountView, AccountView]:
    """Undo a merge; return the part and the account that it was part of. Raises DecisionRefused."""
    with repository.writing():
        with transaction(repository.db) as connection:
            before = _whole_account(connection, part_id)
            if part_id not in {part.id for part in before.parts}:
                raise DecisionRefused(say("{account} is not merged into another account.", account=before.label))
            connection.execute(accounts.update().where(accounts.c.id == part_id).values(merged_into=None))
            part, rest = _whole_account(connection, part_id), _whole_account(connection, before.id)
            _queue_account(connection, part)
            _queue_account(connection, rest)
            detail = {"from": rest.id, "part": _names(part), "whole": _names(rest)}
            audit.append(connection, "account:unmerged", actor, f"account {part_id}", detail)
        indexing.sync_locked(repository)
    return part, rest


def name_person(repository: Repository, platform: str, native_id: str, name: str, actor: str) -> int:
    """Give a platform's user number the name of a person; return the number of their records. Raises DecisionRefused."""
    native_id, name = _normalize(native_id), _normalize(name)
    if not platforms.is_registered(platform):
        raise DecisionRefused(say("{platform} is not a platform.", platform=platform))
    if not (native_id.isascii() and native_id.isdigit()) or len(native_id) > LONGEST_NAME:
        raise DecisionRefused(say("Enter the platform's user number, digits only, such as 3051921866."))
    if not name:
        raise DecisionRefused(say("Enter the person's name."))
    return _set_person(repository, platform, native_id, name, actor)


def unname_person(repository: Repository, platform: str, native_id: str, actor: str) -> int:
    """Remove the name of a user number; return the number of its records. Raises DecisionRefused if it has no name."""
    return _set_person(repository, platform, native_id, "", actor)


def _set_person(repository: Repository, platform: str, native_id: str, name: str, actor: str) -> int:
    is_person = sa.and_(people.c.platform == platform, people.c.native_id == native_id)
    authored = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .join(accounts, accounts.c.id == records.c.account_id)
        .where(versions.c.author == native_id, accounts.c.platform == platform)
    )
    with repository.writing():
        with transaction(repository.db) as connection:
            before = connection.execute(sa.select(people.c.name).where(is_person)).scalar()
            if not name and before is None:
                raise DecisionRefused(say("The number {number} has no name to remove.", number=native_id))
            connection.execute(people.delete().where(is_person))
            if name:
                row = {"platform": platform, "native_id": native_id, "name": name, "named_by": actor, "named_ms": to_ms(datetime.now(UTC))}
                connection.execute(people.insert().values(**row))
            count = connection.execute(sa.select(sa.func.count()).select_from(authored.subquery())).scalar_one()
            queue_for_index(connection, authored.order_by(records.c.pk))
            bump_revision(connection)
            tag, detail = ("person:named", {"before": before or "", "after": name}) if name else ("person:unnamed", {"before": before})
            audit.append(connection, tag, actor, f"{platform}:{native_id}", detail)
        indexing.sync_locked(repository)
    return count


def _whole_account(connection: sa.Connection, account_id: int) -> AccountView:
    account = by_number(whole_accounts(connection, with_set_aside=True)).get(account_id)
    if account is None:
        raise DecisionRefused(say("There is no account {number}.", number=str(account_id)))
    return account


def _queue_account(connection: sa.Connection, account: AccountView) -> None:
    """Queue an account's records for the index, which stores the account's id and names with each record."""
    pks = sa.select(records.c.pk).where(records.c.account_id.in_(account.numbers), records.c.current_version_id.is_not(None))
    queue_for_index(connection, pks.order_by(records.c.pk))
    bump_revision(connection)


def _is_namesake(account: AccountView, named: AccountView) -> bool:
    has_same_handle = bool(named.handle) and account.handle.casefold() == named.handle.casefold()
    return has_same_handle and account.id != named.id and account.platform == named.platform


def _names(account: AccountView) -> dict[str, str]:
    return {"handle": account.handle, "name": account.name}


def _normalize(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]
