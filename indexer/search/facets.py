"""Facets over all results of a search: values with counts, and a chart over time."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indexer import platforms
from indexer.catalog import AccountView, person_label
from indexer.engines import Hits
from indexer.query import ENGLISH

MONTHS_AS_BARS = 48  # with more months, each bar is a year


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A facet value and the number of results that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A month or year of the chart; days are local."""

    first_day: date
    last_day: date
    label: str
    count: int


def bars(months: Mapping[str, int]) -> tuple[Bar, ...]:
    """Chart of counts by local month ("2018-07"), without gaps; by year above MONTHS_AS_BARS."""
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
    return tuple(Bar(date(year, 1, 1), date(year, 12, 31), f"{year:04}", count) for year, count in years.items())


def _month_bar(year: int, month: int, months: Mapping[str, int]) -> Bar:
    label = f"{year:04}-{month:02}"
    return Bar(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), label, months.get(label, 0))


def facets_of(hits: Hits, held: Sequence[AccountView], people: Mapping[tuple[str, str], str]) -> dict[str, tuple[FacetValue, ...]]:
    """Values of each facet, most frequent first, with the names of accounts and people."""
    accounts = {str(account.id): account for account in held}
    authors = {native_id: person_label(platform, native_id, people) for platform, native_id in people}
    return {
        name: tuple(
            FacetValue(value, authors.get(value, value) if name == "author" else _label(name, value, accounts), count)
            for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        for name, counts in hits.facets.items()
    }


def state_values(counts: Mapping[str, int]) -> tuple[FacetValue, ...]:
    """States of the results, most frequent first, without zeros."""
    values = [FacetValue(state, _label("state", state, {}), count) for state, count in counts.items() if count]
    return tuple(sorted(values, key=lambda state_value: (-state_value.count, state_value.value)))


def _label(facet: str, value: str, accounts: Mapping[str, AccountView]) -> str:
    if facet == "account" and value in accounts:
        account = accounts[value]
        return f"{account.label} ({platforms.title(account.platform)})"
    if facet == "platform":
        return platforms.title(value)
    if facet == "state":
        return ENGLISH[f"is {value}"]
    return value
