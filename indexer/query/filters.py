"""What a search is narrowed to, and the order of its hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Sort(StrEnum):
    """The order of hits. Equal ones are ordered by record number, so that every order is total."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to. None means "not narrowed"; an empty set matches nothing (fail closed).

    `allowed_accounts` is the reader's permission; it is apart from `accounts`, the reader's choice, so that
    no choice can widen it. So is `without_conversations`: it leaves out direct messages and reactions to them.
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
    allowed_accounts: frozenset[int] | None = None
    without_conversations: bool = False


def accounts_of(filters: Filters) -> frozenset[int] | None:
    """Return the accounts a search may show: the reader's choice within the reader's permission."""
    if filters.accounts is None or filters.allowed_accounts is None:
        return filters.allowed_accounts if filters.accounts is None else filters.accounts
    return filters.accounts & filters.allowed_accounts


def permission_of(filters: Filters) -> Filters:
    """Return the part of filters that says what the reader may see, without what the reader chose."""
    return Filters(allowed_accounts=filters.allowed_accounts, without_conversations=filters.without_conversations)
