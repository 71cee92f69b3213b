"""What a search address asks for, and back: `/search?q=flood&from=2018-07-01&kind=post&page=2`.

A value that cannot be read is an error beside its field, never a filter dropped in silence. A query that is too long for an
address is kept by the portal, and `stored=` names it: no page leads to an address that a server refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import quote_plus, urlencode

from indexer import platforms
from indexer.query import Dialect
from indexer.query.checks import MOST_LETTERS
from indexer.query.filters import Filters, Sort
from indexer.query.nodes import STATES
from indexer.record import RecordKind
from indexer.search.groups import GroupBy
from portal.i18n import Lazy, _, _l
from portal.search import long_queries

SIZES = (25, 50, 100)
MAX_QUERY = MOST_LETTERS  # a pasted list of terms is long, a book is not a query
LONGEST_WRITTEN = 2_000  # characters of a query in an address; a longer one is kept here, and the address names it
MAX_PAGE = 10_000_000
_ORDERS = _l("Sort must be one of: %(known)s.")
_WAYS = _l("Search syntax must be one of: %(known)s.")
_GROUPS = _l("Group must be one of: %(known)s.")

One = TypeVar("One", bound=StrEnum)


class Values(Protocol):
    """The part of Werkzeug's MultiDict that is used here."""

    def getlist(self, key: str) -> list[str]:
        """Return every value of a name."""
        ...


@dataclass(frozen=True, slots=True)
class SearchParams:
    """One search as its address says it. `pairs` are its filters as written; `errors` are texts by field name."""

    query: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.NEWEST
    size: int = SIZES[0]
    page: int = 1
    pairs: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    dialect: Dialect = Dialect.PLAIN
    as_of: date | None = None
    group: GroupBy = GroupBy.NONE

    @property
    def offset(self) -> int:
        """How many hits stand before this page."""
        return (self.page - 1) * self.size

    @property
    def is_narrowed(self) -> bool:
        """Tell whether any filter is set."""
        return bool(self.pairs) or self.as_of is not None

    def address(self, *, page: int = 1) -> str:
        """Return the part of the address after "?"; changes of filters begin at page 1 again."""
        parts = _written(self.query)
        if self.dialect is not Dialect.PLAIN:
            parts.append(("dialect", self.dialect.value))
        parts += self.pairs
        if self.as_of is not None:
            parts.append(("as_of", self.as_of.isoformat()))
        if self.group is not GroupBy.NONE:
            parts.append(("group", self.group.value))
        if self.sort is not Sort.NEWEST:
            parts.append(("sort", self.sort.value))
        if self.size != SIZES[0]:
            parts.append(("size", str(self.size)))
        if page != 1:
            parts.append(("page", str(page)))
        return urlencode(parts)

    @property
    def way(self) -> str:
        """The address that a record's page carries along, to lead back: a hit's number tells its page, but not that of its group."""
        return self.address(page=1 if self.group is GroupBy.NONE else self.page)

    def toggled(self, name: str, value: str) -> str:
        """Return the address with one filter value taken away when it is there, or added."""
        pair = (name, value)
        return replace(self, pairs=tuple(one for one in self.pairs if one != pair) if pair in self.pairs else (*self.pairs, pair)).address()

    def with_days(self, first: date, last: date) -> str:
        """Return the address narrowed to these local days."""
        kept = tuple(pair for pair in self.pairs if pair[0] not in {"from", "to"})
        return replace(self, pairs=(*kept, ("from", first.isoformat()), ("to", last.isoformat()))).address()

    def reworded(self, query: str) -> str:
        """Return the address of another query with the same filters."""
        return replace(self, query=query).address()

    def without_filters(self) -> str:
        """Return the address of the same words without any filter."""
        return replace(self, pairs=(), as_of=None).address()

    def without_dates(self, query: str) -> str:
        """Return the address of another query, in standard syntax, with the same filters but for the days."""
        kept = tuple(pair for pair in self.pairs if pair[0] not in {"from", "to"})
        return replace(self, query=query, dialect=Dialect.PLAIN, pairs=kept, group=GroupBy.NONE).address()

    def without_day(self) -> str:
        """Return the address of what is held now, not as of a day."""
        return replace(self, as_of=None).address()

    def in_plain_words(self) -> str:
        """Return the address of the same words in the page's own way of writing."""
        return replace(self, dialect=Dialect.PLAIN).address()

    def ungrouped(self) -> str:
        """Return the address of the plain list."""
        return replace(self, group=GroupBy.NONE).address()

    def sorted_by(self, sort: Sort) -> str:
        """Return the address in another order."""
        return replace(self, sort=sort).address()

    def has(self, name: str, value: str) -> bool:
        """Tell whether a filter value is set."""
        return (name, value) in self.pairs

    def chosen(self, name: str) -> str:
        """Return the first value of a filter as written, or an empty text."""
        return next((value for key, value in self.pairs if key == name), "")


def parse(values: Values) -> SearchParams:
    """Read an address. What cannot be read stands in `errors`; nothing is searched then."""
    errors: dict[str, str] = {}
    pairs = [(name, value.strip()) for name in FILTER_NAMES for value in values.getlist(name) if value.strip()]
    pairs = list(dict.fromkeys(pairs))
    query = _lines(_last(values, "q"))
    if not query and (key := _last(values, "stored")):
        query = _kept(key, errors)
    if len(query) > MAX_QUERY:
        errors["q"] = _("The query is longer than %(limit)s characters.", limit=MAX_QUERY)
    first, last = _day(pairs, "from", errors), _day(pairs, "to", errors)
    if first and last and first > last:
        errors["to"] = _("The end date is before the start date.")
    filters = Filters(
        first_day=first,
        last_day=last,
        accounts=_accounts(pairs, errors),
        platforms=_words(pairs, "platform", {one.code for one in platforms.registered()}, errors),
        kinds=_words(pairs, "kind", {one.value for one in RecordKind}, errors),
        authors=frozenset(value for name, value in pairs if name == "author") or None,
        has_media=_media(pairs, errors),
        states=_words(pairs, "state", set(STATES), errors),
    )
    return SearchParams(
        query=query,
        filters=filters,
        sort=_one_of(Sort.NEWEST, values, "sort", _ORDERS, errors),
        size=_number(_last(values, "size"), "size", SIZES[0], SIZES, errors),
        page=_number(_last(values, "page"), "page", 1, range(1, MAX_PAGE), errors),
        pairs=tuple(pairs),
        errors=errors,
        dialect=_one_of(Dialect.PLAIN, values, "dialect", _WAYS, errors),
        as_of=_day([("as_of", _last(values, "as_of"))] if _last(values, "as_of") else [], "as_of", errors),
        group=_one_of(GroupBy.NONE, values, "group", _GROUPS, errors),
    )


FILTER_NAMES = ("from", "to", "account", "platform", "kind", "author", "media", "state")


def _lines(text: str) -> str:
    """Return a query with one blank between its words; lines and columns of a pasted list stay apart, for they mean something."""
    lines = ("\t".join(" ".join(cell.split()) for cell in line.split("\t")).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _written(query: str) -> list[tuple[str, str]]:
    """Return how an address says a query: with its words, or with the name of a long one."""
    if not query:
        return []
    if len(query) > MAX_QUERY or len(quote_plus(query)) <= LONGEST_WRITTEN:
        return [("q", query)]
    return [("stored", long_queries.store(query))]


def _kept(key: str, errors: dict[str, str]) -> str:
    query = long_queries.load(key)
    if query is None:
        errors["q"] = _("The long query behind this address is no longer stored. Paste the query again.")
    return query or ""


def _last(values: Values, name: str) -> str:
    given = values.getlist(name)
    return given[-1].strip() if given else ""


def _of(pairs: Iterable[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in pairs if key == name]


def _day(pairs: Sequence[tuple[str, str]], name: str, errors: dict[str, str]) -> date | None:
    given = _of(pairs, name)
    if not given:
        return None
    try:
        day = date.fromisoformat(given[-1])
    except ValueError:
        errors[name] = _("%(value)s is not a valid date. Use the form 2018-07-04.", value=given[-1][:40])
        return None
    if len(given) > 1:
        errors[name] = _("Enter only one date.")
    return day


def _words(pairs: Sequence[tuple[str, str]], name: str, known: set[str], errors: dict[str, str]) -> frozenset[str] | None:
    given = frozenset(_of(pairs, name))
    if unknown := sorted(given - known):
        errors[name] = _("%(value)s is not valid here. Valid values: %(known)s.", value=unknown[0][:40], known=", ".join(sorted(known)))
    return given or None


def _accounts(pairs: Sequence[tuple[str, str]], errors: dict[str, str]) -> frozenset[int] | None:
    given = _of(pairs, "account")
    if not all(value.isascii() and value.isdigit() and len(value) < 16 for value in given):
        errors["account"] = _("Enter the account's number.")
        return frozenset()
    return frozenset(int(value) for value in given) or None


def _media(pairs: Sequence[tuple[str, str]], errors: dict[str, str]) -> bool | None:
    given = _of(pairs, "media")
    if not given:
        return None
    if given[-1] not in {"with", "without"} or len(given) > 1:
        errors["media"] = _("Media must be one of: with, without.")
    return given[-1] == "with"


def _one_of(default: One, values: Values, name: str, problem: Lazy, errors: dict[str, str]) -> One:
    """Return the value of the closed vocabulary that the default is of; `problem` says what there is, with %(known)s."""
    kind = type(default)
    try:
        return kind(_last(values, name) or default)
    except ValueError:
        errors[name] = str(problem) % {"known": ", ".join(kind)}
        return default


def _number(given: str, name: str, default: int, known: Sequence[int], errors: dict[str, str]) -> int:
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10) or int(given) not in known:
        errors[name] = _("%(value)s is not valid here.", value=given[:40])
        return default
    return int(given)
