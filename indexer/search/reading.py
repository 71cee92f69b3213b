"""A search in one sentence: the query, filters, zone, accounts and as-of day.

Pages, exports and certificates all use this sentence; none builds its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from indexer import platforms
from indexer.catalog import AccountView
from indexer.i18n import say
from indexer.query import ENGLISH, MEDIA, TABLES, Expanding, Filters, Node, Permission, day, paraphrase
from indexer.search.record_sets import describe_set
from indexer.search.request import SearchRequest

NAMED: Final = 3
"""Up to this many accounts are named; more are counted."""

_NO_FORMS: Final[Mapping[Expanding, Sequence[str]]] = {}


def paraphrase_search(
    tree: Node,
    request: SearchRequest,
    accounts: Sequence[AccountView],
    zone: str,
    table: Mapping[str, str] = ENGLISH,
    *,
    forms: Mapping[Expanding, Sequence[str]] = _NO_FORMS,
) -> str:
    """Describe a search in one sentence without a period, in the language of `table` (see `reading_words.TABLES`).

    `accounts` may include every account: only allowed and selected ones are mentioned. `zone` is an IANA name. `forms`
    are the indexed words of each Stem.
    """
    text = paraphrase(tree, table, forms)
    for part in _describe(request, accounts, zone, table):
        text = table["comma"].format(text, part)
    return text


def paraphrases(
    tree: Node,
    request: SearchRequest,
    accounts: Sequence[AccountView],
    zone: str,
    *,
    forms: Mapping[Expanding, Sequence[str]] = _NO_FORMS,
) -> dict[str, str]:
    """Describe a search in every language, by code: {"en": …, "es": …}."""
    return {code: paraphrase_search(tree, request, accounts, zone, table, forms=forms) for code, table in TABLES.items()}


def describe_filters(request: SearchRequest, accounts: Sequence[AccountView], table: Mapping[str, str] = ENGLISH) -> tuple[str, ...]:
    """Describe each filter of a search in a phrase, naming every account in scope.

    `accounts` may include every account: one that the filters do not allow is never named.
    """
    filters = request.filters
    is_narrowed = filters.accounts is not None or filters.permission.accounts is not None
    named = [_account_names(in_scope(filters, accounts), table)] if is_narrowed else []
    return (*_days(filters, table), *_platforms(filters, table), *named, *_other_filters(request, table))


def describe_scope(permission: Permission, accounts: Sequence[AccountView]) -> str:
    """Describe what a permission covers, whatever the filters select; `accounts` may include every account."""
    if permission.accounts is None:
        without = permission.without_messages
        return say("all accounts, without direct messages") if without else say("all accounts, including direct messages")
    labels = ", ".join(account.label for account in accounts if permission.allows_account(account.id))
    if not labels:
        return say("no account")
    if permission.without_messages:
        return say("only these accounts: {accounts}; without direct messages", accounts=labels)
    return say("only these accounts: {accounts}; including direct messages", accounts=labels)


def in_scope(filters: Filters, accounts: Sequence[AccountView]) -> list[AccountView]:
    """Accounts whose records a search with these filters can find."""
    return [
        account
        for account in accounts
        if filters.has_account(account.id) and (filters.platforms is None or account.platform in filters.platforms)
    ]


def _describe(request: SearchRequest, accounts: Sequence[AccountView], zone: str, table: Mapping[str, str]) -> list[str]:
    filters = request.filters
    days = _days(filters, table)
    name = table.get(f"zone {zone}", zone)
    zone_text = name if days else table["zone"].format(name)
    scope = _accounts(filters, in_scope(filters, accounts), table)
    return [*days, zone_text, *_platforms(filters, table), scope, *_other_filters(request, table)]


def _platforms(filters: Filters, table: Mapping[str, str]) -> list[str]:
    if filters.platforms is None:
        return []
    titles = [platforms.title(platform) for platform in sorted(filters.platforms)] or [table["nobody"]]
    return [table["on platform"].format(table["or"].join(titles))]


def _other_filters(request: SearchRequest, table: Mapping[str, str]) -> list[str]:
    parts, filters = [], request.filters
    if filters.kinds is not None:
        kinds = [table[f"kind {kind}"] for kind in sorted(filters.kinds)] or [table["nothing"]]
        parts.append(table["of kind"].format(table["or"].join(kinds)))
    if filters.authors is not None:
        parts.append(table["by author"].format(table["or"].join(sorted(filters.authors)) or table["nobody"]))
    if filters.has_media is not None:
        parts.append(table["with media" if filters.has_media else "without media"])
    if filters.media is not None:
        kinds = [table[f"media {kind}"] for kind in MEDIA if kind in filters.media] or [table["nothing"]]
        parts.append(table["or"].join(kinds))
    if filters.states is not None:
        states = [table[f"is {state}"] for state in sorted(filters.states)] or [table["nothing"]]
        parts.append(table["or"].join(states))
    if filters.permission.without_messages:
        parts.append(table["no messages"])
    if request.as_of is not None:
        parts.append(table["as of"].format(day(request.as_of, table)))
    if request.records is not None:
        parts.append(table["within"].format(describe_set(request.records, table, with_count=filters.permission.is_all)))
    return parts


def _account_names(scope: Sequence[AccountView], table: Mapping[str, str]) -> str:
    """List the accounts in scope, all by name."""
    if not scope:
        return table["no account"]
    names = [_name(account) for account in scope]
    return table["one account"].format(names[0]) if len(names) == 1 else table["named accounts"].format(table["and"].join(names))


def _name(account: AccountView) -> str:
    return f"{account.label} ({platforms.title(account.platform)})"


def _accounts(filters: Filters, scope: Sequence[AccountView], table: Mapping[str, str]) -> str:
    if not scope:
        return table["no account"]
    if len(scope) == 1 or (filters.accounts is not None and len(scope) <= NAMED):
        return _account_names(scope, table)
    return table["accounts"].format(f"{len(scope):,}")


def _days(filters: Filters, table: Mapping[str, str]) -> list[str]:
    first, last = filters.first_day, filters.last_day
    if first and last:
        if first == last:
            return [table["posted on"].format(day(first, table))]
        return [table["posted between"].format(_first_day(first, last, table), day(last, table))]
    if first or last:
        return [table["since" if first else "until"].format(day(first or last or date.min, table))]
    return []


def _first_day(first: date, last: date, table: Mapping[str, str]) -> str:
    """Return the first day of a range; without its year if both days have the same and the language puts it last."""
    if first.year != last.year:
        return day(first, table)
    return day(first, table).removesuffix(f", {first.year}").removesuffix(f" de {first.year}")
