"""A whole search in one sentence: the query, the filters, the zone, the accounts, the day that it stands for.

Pages, exports and certificates say this sentence; none of them makes its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from indexer.catalog.models import AccountView
from indexer.query import Expanding, Node
from indexer.query.filters import Filters
from indexer.query.reading import day, reading
from indexer.query.reading_words import ENGLISH, TABLES
from indexer.record import Platform, RecordKind

NAMED: Final = 3
"""How many accounts or authors are called by their names; of more, accounts are counted."""

_PUBLIC_KINDS: Final = frozenset(kind.value for kind in RecordKind) - {RecordKind.MESSAGE.value}
_NO_FORMS: Final[Mapping[Expanding, Sequence[str]]] = {}


def whole_reading(
    tree: Node,
    filters: Filters,
    accounts: Sequence[AccountView],
    zone: str,
    table: Mapping[str, str] = ENGLISH,
    *,
    as_of: date | None = None,
    forms: Mapping[Expanding, Sequence[str]] = _NO_FORMS,
) -> str:
    """Return one sentence without a full stop, in the language of a table (`query_reading.TABLES`).

    `accounts` may be all that there are: only those within `filters.allowed_accounts` and the chosen ones are told of.
    `zone` is an IANA name. `forms` are words that a Stem stands for.
    """
    text = reading(tree, table, forms)
    for part in _parts(filters, accounts, zone, table, as_of):
        text = table["comma"].format(text, part)
    return text


def readings(
    tree: Node,
    filters: Filters,
    accounts: Sequence[AccountView],
    zone: str,
    *,
    as_of: date | None = None,
    forms: Mapping[Expanding, Sequence[str]] = _NO_FORMS,
) -> dict[str, str]:
    """Return the whole reading in every language, by its code: {"en": …, "es": …}."""
    return {code: whole_reading(tree, filters, accounts, zone, table, as_of=as_of, forms=forms) for code, table in TABLES.items()}


def in_scope(filters: Filters, accounts: Sequence[AccountView]) -> list[AccountView]:
    """Return the accounts whose records a search with these filters can find."""
    return [
        one
        for one in accounts
        if (filters.allowed_accounts is None or one.id in filters.allowed_accounts)
        and (filters.accounts is None or one.id in filters.accounts)
        and (filters.platforms is None or one.platform in filters.platforms)
    ]


def _parts(filters: Filters, accounts: Sequence[AccountView], zone: str, table: Mapping[str, str], as_of: date | None) -> list[str]:
    parts = _days(filters, table)
    name = table.get(f"zone {zone}", zone)
    parts.append(name if parts else table["zone"].format(name))
    if filters.platforms is not None:
        titles = [Platform(one).title for one in sorted(filters.platforms)] or [table["nobody"]]
        parts.append(table["on platform"].format(table["or"].join(titles)))
    parts.append(_accounts(filters, in_scope(filters, accounts), table))
    if filters.kinds is not None and not (filters.without_conversations and filters.kinds == _PUBLIC_KINDS):
        kinds = [table[f"kind {one}"] for one in sorted(filters.kinds)] or [table["nothing"]]
        parts.append(table["of kind"].format(table["or"].join(kinds)))
    if filters.authors is not None:
        parts.append(table["by author"].format(table["or"].join(sorted(filters.authors)) or table["nobody"]))
    if filters.has_media is not None:
        parts.append(table["with media" if filters.has_media else "without media"])
    if filters.without_conversations:
        parts.append(table["no messages"])
    if as_of is not None:
        parts.append(table["as of"].format(day(as_of, table)))
    return parts


def _accounts(filters: Filters, scope: Sequence[AccountView], table: Mapping[str, str]) -> str:
    if not scope:
        return table["no account"]
    names = [f"{one.label} ({Platform(one.platform).title})" for one in scope]
    if len(scope) == 1:
        return table["one account"].format(names[0])
    if filters.accounts is not None and len(scope) <= NAMED:
        return table["named accounts"].format(table["and"].join(names))
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
    """Return the first of two days; its year is said once where both have the same and the language puts it last."""
    if first.year != last.year:
        return day(first, table)
    return day(first, table).removesuffix(f", {first.year}").removesuffix(f" de {first.year}")
