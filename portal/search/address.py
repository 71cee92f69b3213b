"""The address of a search, parsed and written: `/search?q=flood&from=2018-07-01&kind=post&page=2`.

An invalid value is an error at its field; no filter is dropped silently. A query too long for an address is stored by the
portal and named by `stored=`, so that no link leads to an address that a server refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import quote_plus, urlencode

from indexer import platforms
from indexer.query import MEDIA, MOST_LETTERS, STATES, Dialect, Filters, Sort, choose_media
from indexer.record import RecordKind
from indexer.search import GroupBy, RecordSet
from portal import stored_sets
from portal.i18n import Lazy, _, _l
from portal.search import long_queries

SIZES = (25, 50, 100)
MAX_QUERY = MOST_LETTERS  # enough for a long pasted list of terms
LONGEST_WRITTEN = 2_000  # characters of a query in an address; a longer query is stored, and the address names it
MAX_PAGE = 10_000_000
MOST_FILTERS = 2_000  # values of all filters together
_ORDERS = _l("Sort must be one of: %(known)s.")
_WAYS = _l("Search syntax must be one of: %(known)s.")
_GROUPS = _l("Group must be one of: %(known)s.")

_VIEWS = _l("View must be one of: %(known)s.")

Choice = TypeVar("Choice", bound=StrEnum)


class View(StrEnum):
    """How a page shows its records."""

    LIST = "list"
    PICTURES = "pictures"


class Values(Protocol):
    """The part of Werkzeug's MultiDict used here."""

    def getlist(self, key: str) -> list[str]:
        """Return every value of a name."""
        ...


@dataclass(frozen=True, slots=True)
class SearchParams:
    """The parameters of a search address. `pairs` are its filters as written; `errors` are messages by field name."""

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
    records: RecordSet | None = None  # the record set searched, named by `set=`
    view: View = View.LIST

    @property
    def offset(self) -> int:
        """Number of hits before this page."""
        return (self.page - 1) * self.size

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.pairs) or self.as_of is not None or self.records is not None

    @property
    def set_name(self) -> str:
        """The stored name of the record set searched; empty without a set."""
        return "" if self.records is None else stored_sets.store(self.records)

    def address(self, *, page: int = 1) -> str:
        """Return the part of the address after "?", at page 1 unless `page` says otherwise."""
        return urlencode(self._parts(page))

    @property
    def form_pairs(self) -> list[tuple[str, str]]:
        """Names and values of a form's hidden fields that repeat this search from page 1."""
        return self._parts(1)

    def _parts(self, page: int) -> list[tuple[str, str]]:
        parts = _query_pairs(self.query)
        if self.dialect is not Dialect.PLAIN:
            parts.append(("dialect", self.dialect.value))
        parts += self.pairs
        if self.as_of is not None:
            parts.append(("as_of", self.as_of.isoformat()))
        if self.records is not None:
            parts.append(("set", self.set_name))
        if self.group is not GroupBy.NONE:
            parts.append(("group", self.group.value))
        if self.sort is not Sort.NEWEST:
            parts.append(("sort", self.sort.value))
        if self.size != SIZES[0]:
            parts.append(("size", str(self.size)))
        if self.view is not View.LIST:
            parts.append(("view", self.view.value))
        if page != 1:
            parts.append(("page", str(page)))
        return parts

    @property
    def way(self) -> str:
        """The address that a record's page passes along for the way back: a hit's number implies its page, but not its group's page."""
        return self.address(page=1 if self.group is GroupBy.NONE else self.page)

    def toggled(self, name: str, value: str) -> str:
        """Return the address with a filter value removed if it is set, otherwise added."""
        toggled = (name, value)
        others = tuple(pair for pair in self.pairs if pair != toggled)
        return replace(self, pairs=others if toggled in self.pairs else (*self.pairs, toggled)).address()

    def with_days(self, first: date, last: date) -> str:
        """Return the address restricted to local days, both included."""
        others = tuple(pair for pair in self.pairs if pair[0] not in {"from", "to"})
        return replace(self, pairs=(*others, ("from", first.isoformat()), ("to", last.isoformat()))).address()

    def reworded(self, query: str) -> str:
        """Return the address of another query with the same filters."""
        return replace(self, query=query).address()

    def without_filters(self) -> str:
        """Return the address of the same query without filters."""
        return replace(self, pairs=(), as_of=None, records=None).address()

    def without_set(self) -> str:
        """Return the address of the same search in all records."""
        return replace(self, records=None).address()

    def without_dates(self, query: str) -> str:
        """Return the address of another query, in standard syntax, with the same filters except the days."""
        others = tuple(pair for pair in self.pairs if pair[0] not in {"from", "to"})
        return replace(self, query=query, dialect=Dialect.PLAIN, pairs=others, group=GroupBy.NONE).address()

    def without_days(self) -> str:
        """Return the address without the range of days."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair[0] not in {"from", "to"})).address()

    def without_day(self) -> str:
        """Return the address of the same search today, not as of a day."""
        return replace(self, as_of=None).address()

    def in_standard_syntax(self) -> str:
        """Return the address of the same query in standard syntax."""
        return replace(self, dialect=Dialect.PLAIN).address()

    def ungrouped(self) -> str:
        """Return the address without grouping."""
        return replace(self, group=GroupBy.NONE).address()

    def viewed_as(self, view: str) -> str:
        """Return the address with another view; the pictures are those of the records with pictures."""
        if view == View.LIST:
            return replace(self, view=View.LIST).address()
        pairs = self.pairs if any(name == "media" for name, _value in self.pairs) else (*self.pairs, ("media", "picture"))
        return replace(self, view=View(view), pairs=pairs).address()

    def sorted_by(self, sort: Sort) -> str:
        """Return the address with another sort order."""
        return replace(self, sort=sort).address()

    def has(self, name: str, value: str) -> bool:
        """Whether a filter value is set."""
        return (name, value) in self.pairs

    def chosen(self, name: str) -> str:
        """Return the first value of a filter as written, or an empty string."""
        return next((value for key, value in self.pairs if key == name), "")


def parse(values: Values) -> SearchParams:
    """Parse an address. Invalid values are in `errors`; such a search is not run."""
    errors: dict[str, str] = {}
    pairs = [(name, value.strip()) for name in FILTER_NAMES for value in values.getlist(name) if value.strip()]
    pairs = list(dict.fromkeys(pairs))
    query = _normalize(_last(values, "q"))
    if not query and (key := _last(values, "stored")):
        query = _load_query(key, errors)
    if len(query) > MAX_QUERY:
        errors["q"] = _("The query is longer than %(limit)s characters.", limit=MAX_QUERY)
    if len(pairs) > MOST_FILTERS:
        errors["filters"] = _(
            "A search has at most %(most)s filters; these are %(count)s.", most=f"{MOST_FILTERS:,}", count=f"{len(pairs):,}"
        )
    first, last = _day(pairs, "from", errors), _day(pairs, "to", errors)
    if first and last and first > last:
        errors["to"] = _("The end date is before the start date.")
    has_media, media = _media(pairs, errors)
    filters = Filters(
        first_day=first,
        last_day=last,
        accounts=_accounts(pairs, errors),
        platforms=_codes(pairs, "platform", {platform.code for platform in platforms.registered()}, errors),
        kinds=_codes(pairs, "kind", {kind.value for kind in RecordKind}, errors),
        authors=frozenset(value for name, value in pairs if name == "author") or None,
        has_media=has_media,
        media=media,
        states=_codes(pairs, "state", set(STATES), errors),
    )
    return SearchParams(
        query=query,
        filters=filters,
        sort=_choice(Sort.NEWEST, values, "sort", _ORDERS, errors),
        size=_number(_last(values, "size"), "size", SIZES[0], SIZES, errors),
        page=_number(_last(values, "page"), "page", 1, range(1, MAX_PAGE), errors),
        pairs=tuple(pairs),
        errors=errors,
        dialect=_choice(Dialect.PLAIN, values, "dialect", _WAYS, errors),
        as_of=_day([("as_of", _last(values, "as_of"))] if _last(values, "as_of") else [], "as_of", errors),
        group=_choice(GroupBy.NONE, values, "group", _GROUPS, errors),
        records=_load_set(_last(values, "set"), errors),
        view=_choice(View.LIST, values, "view", _VIEWS, errors),
    )


FILTER_NAMES = ("from", "to", "account", "platform", "kind", "author", "media", "state")


def _normalize(text: str) -> str:
    """Collapse the blanks between words; keep the lines and tabs of a pasted list, which have a meaning."""
    lines = ("\t".join(" ".join(cell.split()) for cell in line.split("\t")).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _query_pairs(query: str) -> list[tuple[str, str]]:
    """Return the query's pair in an address: its text, or the name of a stored long query."""
    if not query:
        return []
    if len(query) > MAX_QUERY or len(quote_plus(query)) <= LONGEST_WRITTEN:
        return [("q", query)]
    return [("stored", long_queries.store(query))]


def _load_query(key: str, errors: dict[str, str]) -> str:
    query = long_queries.load(key)
    if query is None:
        errors["q"] = _("The long query behind this address is no longer stored. Paste the query again.")
    return query or ""


def _load_set(key: str, errors: dict[str, str]) -> RecordSet | None:
    chosen = stored_sets.load(key) if key else None
    if key and chosen is None:
        errors["set"] = _("The selection of records behind this address is no longer stored. Select the records again.")
    return chosen


def _last(values: Values, name: str) -> str:
    texts = values.getlist(name)
    return texts[-1].strip() if texts else ""


def _values(pairs: Iterable[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in pairs if key == name]


def _day(pairs: Sequence[tuple[str, str]], name: str, errors: dict[str, str]) -> date | None:
    given = _values(pairs, name)
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


def _codes(pairs: Sequence[tuple[str, str]], name: str, valid: set[str], errors: dict[str, str]) -> frozenset[str] | None:
    given = frozenset(_values(pairs, name))
    if unknown := sorted(given - valid):
        errors[name] = _("%(value)s is not valid here. Valid values: %(known)s.", value=unknown[0][:40], known=", ".join(sorted(valid)))
    return given or None


def _accounts(pairs: Sequence[tuple[str, str]], errors: dict[str, str]) -> frozenset[int] | None:
    given = _values(pairs, "account")
    if not all(value.isascii() and value.isdigit() and len(value) < 16 for value in given):
        errors["account"] = _("Enter the account's number.")
        return frozenset()
    return frozenset(int(value) for value in given) or None


def _media(pairs: Sequence[tuple[str, str]], errors: dict[str, str]) -> tuple[bool | None, frozenset[str] | None]:
    try:
        return choose_media(_values(pairs, "media"))
    except ValueError:
        errors["media"] = _("Media must be “with” alone, or one or more of: %(known)s.", known=", ".join(MEDIA))
        return None, None


def _choice(default: Choice, values: Values, name: str, problem: Lazy, errors: dict[str, str]) -> Choice:
    """Return a member of the default's enum; `problem` is the message for other values, listing the valid ones as %(known)s."""
    kind = type(default)
    try:
        return kind(_last(values, name) or default)
    except ValueError:
        errors[name] = str(problem) % {"known": ", ".join(kind)}
        return default


def _number(given: str, name: str, default: int, valid: Sequence[int], errors: dict[str, str]) -> int:
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10) or int(given) not in valid:
        errors[name] = _("%(value)s is not valid here.", value=given[:40])
        return default
    return int(given)
