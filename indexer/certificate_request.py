"""From a search to the parts of its certificate and back: accounts go by platform and native id, which outlive a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.certificate_shape import AccountRef, Narrowed, Scope, Stored
from indexer.engines import Filters, Sort
from indexer.query import Dialect
from indexer.search import SearchRequest
from indexer.shown import AccountView

UNKNOWN_ACCOUNT = 0
"""A number that no account has: a filter for an account that is not held any more finds nothing, and not everything."""


def account_ref(account: AccountView) -> AccountRef:
    """Return an account as a certificate names it."""
    return AccountRef(account.id, account.platform, account.native_id, account.label)


def refs(numbers: frozenset[int] | None, accounts: Mapping[int, AccountView]) -> tuple[AccountRef, ...] | None:
    """Return the accounts of a filter, None where it is none. A number without an account is kept as one of nowhere."""
    if numbers is None:
        return None
    nowhere = [AccountRef(number, "", "", "") for number in sorted(numbers - accounts.keys())]
    return tuple([account_ref(accounts[number]) for number in sorted(numbers & accounts.keys())] + nowhere)


def narrowed(filters: Filters, accounts: Mapping[int, AccountView]) -> Narrowed:
    """Return the maker's own filters as a certificate holds them."""
    return Narrowed(
        filters.first_day,
        filters.last_day,
        refs(filters.accounts, accounts),
        _sorted(filters.platforms),
        _sorted(filters.kinds),
        _sorted(filters.authors),
        filters.has_media,
    )


def scope(filters: Filters, accounts: Mapping[int, AccountView], words: str) -> Scope:
    """Return what the maker might see as a certificate holds it."""
    return Scope(words, refs(filters.allowed_accounts, accounts), filters.without_conversations)


@dataclass(frozen=True, slots=True)
class Again:
    """The search of a certificate, to be made again here; `missing` are accounts of its filters that are not held here."""

    request: SearchRequest
    missing: tuple[str, ...]


def again(stored: Stored, held: Iterable[AccountView]) -> Again:
    """Return the search of a certificate in terms of the accounts that are held now. Raises ValueError for an unknown dialect."""
    named = {(one.platform, one.native_id): one.id for one in held}
    missing: list[str] = []

    def numbers(wanted: Sequence[AccountRef] | None) -> frozenset[int] | None:
        if wanted is None:
            return None
        missing.extend(one.label for one in wanted if (one.platform, one.native_id) not in named)
        return frozenset(named.get((one.platform, one.native_id), UNKNOWN_ACCOUNT) for one in wanted)

    chosen = stored.filters
    filters = Filters(
        first_day=chosen.first_day,
        last_day=chosen.last_day,
        accounts=numbers(chosen.accounts),
        platforms=_set(chosen.platforms),
        kinds=_set(chosen.kinds),
        authors=_set(chosen.authors),
        has_media=chosen.has_media,
        allowed_accounts=numbers(stored.made.scope.allowed_accounts),
        without_conversations=stored.made.scope.without_conversations,
    )
    request = SearchRequest(stored.query.typed, filters, Sort.NEWEST, dialect=Dialect(stored.query.dialect), as_of=stored.query.as_of)
    return Again(request, tuple(dict.fromkeys(missing)))


def _sorted(values: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(sorted(values))


def _set(values: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
