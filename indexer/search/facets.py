"""Facets over all results of a search: values with counts, and a chart over time."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from indexer import platforms
from indexer.catalog import AccountView, person_label
from indexer.engines import FACETS, Counts, Engine, media_of, states_of
from indexer.query import ENGLISH, STATES, And, DayRange, Everything, Filters, Node, Not, Word, canonical

MONTHS_AS_BARS = 48  # with more months, each bar is a year
DAYS_AS_BARS = 92  # with more days, each bar is a month: three months have no more


class Granularity(StrEnum):
    """The time that a bar of the chart stands for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A facet value and the number of results that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A day, month or year of the chart; days are local. `label` is "2018-07-04", "2018-07" or "2018"."""

    first_day: date
    last_day: date
    label: str
    count: int
    granularity: Granularity


_NO_DAYS: Final[Mapping[str, int]] = {}


def bars(months: Mapping[str, int], days: Mapping[str, int] = _NO_DAYS) -> tuple[Bar, ...]:
    """Chart of counts by local day ("2018-07-04") if these are given and few, else by month ("2018-07") or year; without gaps."""
    if days and (spanned := _spanned(days)) <= DAYS_AS_BARS:
        first_day = date.fromisoformat(min(days))
        return tuple(_day_bar(first_day + timedelta(step), days) for step in range(spanned))
    months = months or _by_month(days)
    if not months:
        return ()
    first, last = min(months), max(months)
    spans = [(year, month) for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)]
    spans = [year_month for year_month in spans if first <= f"{year_month[0]:04}-{year_month[1]:02}" <= last]
    if len(spans) <= MONTHS_AS_BARS:
        return tuple(_month_bar(year, month, months) for year, month in spans)
    years: dict[int, int] = dict.fromkeys(range(spans[0][0], spans[-1][0] + 1), 0)
    for month, count in months.items():
        years[int(month[:4])] += count
    return tuple(Bar(date(year, 1, 1), date(year, 12, 31), f"{year:04}", count, Granularity.YEAR) for year, count in years.items())


def is_short(first: date | None, last: date | None) -> bool:
    """Tell whether the bars of a span of days are days."""
    return first is not None and last is not None and (last - first).days < DAYS_AS_BARS


def may_be_short(months: Mapping[str, int]) -> bool:
    """Tell whether the days of these months may be few enough for a bar each."""
    return bool(months) and _spanned({f"{min(months)}-28", f"{max(months)}-01"}) <= DAYS_AS_BARS


def _spanned(days: Collection[str]) -> int:
    """Return the number of days from the first to the last, both included."""
    return (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days + 1


def _by_month(days: Mapping[str, int]) -> dict[str, int]:
    months = Counter[str]()
    for day, count in days.items():
        months[day[:7]] += count
    return months


def _day_bar(day: date, days: Mapping[str, int]) -> Bar:
    return Bar(day, day, day.isoformat(), days.get(day.isoformat(), 0), Granularity.DAY)


def _month_bar(year: int, month: int, months: Mapping[str, int]) -> Bar:
    label, last_day = f"{year:04}-{month:02}", calendar.monthrange(year, month)[1]
    return Bar(date(year, month, 1), date(year, month, last_day), label, months.get(label, 0), Granularity.MONTH)


_OWN: Final[Mapping[str, Mapping[str, Any]]] = {
    "account": {"accounts": None},
    "platform": {"platforms": None},
    "kind": {"kinds": None},
    "author": {"authors": None},
    "state": {"states": None},
    "media": {"has_media": None, "media": None},
}


def without_own(filters: Filters, facet: str) -> Filters:
    """Return the filters without the one that a facet sets: choosing an account still counts the other accounts."""
    return replace(filters, **_OWN[facet])


BY_VERSION: Final = ("state", "media")
"""Facets whose values differ between the versions of a record; the index has those of the current version."""


def corrected(facet: str, counts: Mapping[str, int], current: Mapping[str, int], versions: Iterable[Collection[str]]) -> dict[str, int]:
    """Return the counts of a facet by version as of a day: `counts` less the `current` ones of changed records plus `versions`.

    `versions` has the `has` words of each of these records on that day.
    """
    values = states_of if facet == "state" else media_of
    then = Counter(value for words in versions for value in values(words))
    totals = {value: counts.get(value, 0) - current.get(value, 0) + then[value] for value in {*counts, *then}}
    return {value: count for value, count in totals.items() if count}


def facets_of(counts: Counts, held: Sequence[AccountView], people: Mapping[tuple[str, str], str]) -> dict[str, tuple[FacetValue, ...]]:
    """Values of each facet, most frequent first, with the names of accounts and people."""
    accounts = {str(account.id): account for account in held}
    authors = {native_id: person_label(platform, native_id, people) for platform, native_id in people}
    return {
        name: tuple(
            FacetValue(value, authors.get(value, value) if name == "author" else _label(name, value, accounts), count)
            for value, count in sorted(counts[name].items(), key=lambda pair: (-pair[1], pair[0]))
        )
        for name in FACETS
    }


def _label(facet: str, value: str, accounts: Mapping[str, AccountView]) -> str:
    if facet == "account" and value in accounts:
        account = accounts[value]
        return f"{account.label} ({platforms.title(account.platform)})"
    if facet == "platform":
        return platforms.title(value)
    if facet in BY_VERSION:
        return ENGLISH[f"{'is' if facet == 'state' else facet} {value}"]
    return value


# records without a date, which a date filter excludes: they are counted separately

UNDATED = Not(DayRange(None, None))
_MARKED_UNDATED = Word(STATES["undated"], "has")  # the same records by a word of the index, which costs a hundredth of their days


def without_days(tree: Node) -> Node:
    """Remove the date ranges that every hit must satisfy."""
    if isinstance(tree, DayRange):
        return Everything()
    if isinstance(tree, And):
        rest = tuple(without_days(child) for child in tree.children if not isinstance(child, DayRange))
        return rest[0] if len(rest) == 1 else And(rest) if rest else Everything()
    return tree


def undated_query(tree: Node) -> str:
    """Query text (plain dialect) that finds the undated records of a search without its date ranges."""
    return canonical(And((without_days(tree), UNDATED)))


def undated_outside(engine: Engine, tree: Node, filters: Filters) -> int:
    """Count the undated records that match apart from the date filter; 0 without a date filter. Raises TooBroad."""
    without_range, without_ranges = replace(filters, first_day=None, last_day=None), without_days(tree)
    if without_range == filters and without_ranges == tree:
        return 0
    return engine.total(And((without_ranges, _MARKED_UNDATED)), without_range)
