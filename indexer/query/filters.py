"""What a search is narrowed to, and the order of its hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from indexer.record import RecordKind


class Sort(StrEnum):
    """The order of hits. Equal ones are ordered by record number, so that every order is total."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a reader may see: the only object that says so, as a filter and as a check on every hit.

    `accounts` None is every account, an empty set is none. `without_messages` leaves out direct messages and the
    reactions to them, which tell who talked with whom, and when.
    """

    accounts: frozenset[int] | None
    without_messages: bool

    @property
    def is_all(self) -> bool:
        """True when nothing is kept from the reader."""
        return self.accounts is None and not self.without_messages

    def allows_account(self, account_id: int) -> bool:
        """Tell whether the reader may see something of an account."""
        return self.accounts is None or account_id in self.accounts

    def allows_kind(self, kind: str) -> bool:
        """Tell whether the reader may see a kind of record at all."""
        return not (self.without_messages and kind == RecordKind.MESSAGE)

    def allows(self, account_id: int, *, in_conversation: bool) -> bool:
        """Tell whether the reader may see a record; `in_conversation` as `record.is_conversation` tells it."""
        return self.allows_account(account_id) and not (self.without_messages and in_conversation)

    def covers(self, other: Permission) -> bool:
        """Tell whether everything that another permission shows may be seen with this one."""
        accounts_fit = self.accounts is None or (other.accounts is not None and other.accounts <= self.accounts)
        return accounts_fit and (other.without_messages or not self.without_messages)

    def __and__(self, other: Permission) -> Permission:
        """Return what may be seen with both."""
        accounts = self.accounts if other.accounts is None else other.accounts
        if self.accounts is not None and other.accounts is not None:
            accounts = self.accounts & other.accounts
        return Permission(accounts, self.without_messages or other.without_messages)


SEES_ALL: Final = Permission(accounts=None, without_messages=False)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to. None means "not narrowed"; an empty set matches nothing (fail closed).

    `permission` is apart from what the reader chose, so that no choice can widen it.
    Days are local days, both included. `states` are keys of `nodes.STATES`; a record needs one of them.
    """

    first_day: date | None = None
    last_day: date | None = None
    accounts: frozenset[int] | None = None
    platforms: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    has_media: bool | None = None
    states: frozenset[str] | None = None
    permission: Permission = SEES_ALL

    def has_account(self, account_id: int) -> bool:
        """Tell whether records of an account can be found: chosen, and allowed."""
        return self.permission.allows_account(account_id) and (self.accounts is None or account_id in self.accounts)
