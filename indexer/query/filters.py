"""Filters of a search, the reader's permission, and the order of hits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from indexer.query.nodes import MEDIA
from indexer.record import RecordKind


def choose_media(chosen: Collection[str]) -> tuple[bool | None, frozenset[str] | None]:
    """Return `has_media` and `media` of the filters for chosen values: "with" or "without" alone, or keys of MEDIA.

    Raises ValueError for another value or combination.
    """
    if not chosen:
        return None, None
    if set(chosen) in ({"with"}, {"without"}):
        return "with" in chosen, None
    if not MEDIA.keys() >= set(chosen):
        raise ValueError(f"not media: {sorted(chosen)}")
    return None, frozenset(chosen)


class Sort(StrEnum):
    """The order of hits. Ties are broken by record number, so every order is total."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a reader may see; the single access rule, used as a search filter and as a check on every hit.

    `accounts`: None means every account, an empty set none. `without_messages` excludes direct messages and reactions to
    them, which reveal who talked with whom and when.
    """

    accounts: frozenset[int] | None
    without_messages: bool

    @property
    def is_all(self) -> bool:
        """True if the reader may see everything."""
        return self.accounts is None and not self.without_messages

    def allows_account(self, account_id: int) -> bool:
        """Whether the reader may see an account."""
        return self.accounts is None or account_id in self.accounts

    def allows_kind(self, kind: str) -> bool:
        """Whether the reader may see a kind of record at all."""
        return not (self.without_messages and kind == RecordKind.MESSAGE)

    def allows(self, account_id: int, *, in_conversation: bool) -> bool:
        """Whether the reader may see a record; for `in_conversation`, see `record.is_conversation`."""
        return self.allows_account(account_id) and not (self.without_messages and in_conversation)

    def covers(self, other: Permission) -> bool:
        """Whether this permission includes everything that another one allows."""
        accounts_fit = self.accounts is None or (other.accounts is not None and other.accounts <= self.accounts)
        return accounts_fit and (other.without_messages or not self.without_messages)

    def __and__(self, other: Permission) -> Permission:
        """Intersect two permissions."""
        accounts = self.accounts if other.accounts is None else other.accounts
        if self.accounts is not None and other.accounts is not None:
            accounts = self.accounts & other.accounts
        return Permission(accounts, self.without_messages or other.without_messages)


SEES_ALL: Final = Permission(accounts=None, without_messages=False)


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of a search. None means no filter; an empty set matches nothing (fail closed).

    `permission` is separate from the reader's own filters, so no filter can widen it.
    Days are local days, both included. `states` are keys of `nodes.STATES` and `media` keys of `nodes.MEDIA`; a record needs any of
    them. `has_media` alone: with any media or without.
    """

    first_day: date | None = None
    last_day: date | None = None
    accounts: frozenset[int] | None = None
    platforms: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    has_media: bool | None = None
    states: frozenset[str] | None = None
    media: frozenset[str] | None = None
    permission: Permission = SEES_ALL

    def has_account(self, account_id: int) -> bool:
        """Whether records of an account can be hits: selected and allowed."""
        return self.permission.allows_account(account_id) and (self.accounts is None or account_id in self.accounts)
