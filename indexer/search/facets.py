"""What all results of a search have in common: values with counts, and a chart over time."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indexer import platforms
from indexer.catalog.accounts import person_label
from indexer.catalog.models import AccountView
from indexer.engines import Hits
from indexer.query.reading_words import ENGLISH

MONTHS_AS_BARS = 48  # above it the bars are years


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with how many of all results have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One month or year of the chart; days are local."""

    first_day: date
    last_day: date
    label: str
    count: int


def bars(months: Mapping[str, int]) -> tuple[Bar, ...]:
    """Return the chart of counts by local month ("2018-07"), without gaps; by year when there are many months."""
    if not months:
        return ()
    first, last = min(months), max(months)
    spans = [(year, month) for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)]
    spans = [pair for pair in spans if first <= f"{pair[0]:04}-{pair[1]:02}" <= last]
    if len(spans) <= MONTHS_AS_BARS:
        return tuple(
            Bar(date(y, m, 1), date(y, m, calendar.monthrange(y, m)[1]), f"{y:04}-{m:02}", months.get(f"{y:04}-{m:02}", 0))
            for y, m in spans
        )
    years: dict[int, int] = dict.fromkeys(range(spans[0][0], spans[-1][0] + 1), 0)
    for month, count in months.items():
        years[int(month[:4])] += count
    return tuple(Bar(date(year, 1, 1), date(year, 12, 31), f"{year:04}", count) for year, count in years.items())


def facets_of(hits: Hits, held: Sequence[AccountView], people: Mapping[tuple[str, str], str]) -> dict[str, tuple[FacetValue, ...]]:
    """Return the values of each facet, the most frequent first; accounts and people under their names."""
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
    """Return the states that some results are in, the most frequent first."""
    found = [FacetValue(state, _label("state", state, {}), count) for state, count in counts.items() if count]
    return tuple(sorted(found, key=lambda one: (-one.count, one.value)))


def _label(facet: str, value: str, accounts: Mapping[str, AccountView]) -> str:
    if facet == "account" and value in accounts:
        account = accounts[value]
        return f"{account.label} ({platforms.title(account.platform)})"
    if facet == "platform":
        return platforms.title(value)
    if facet == "state":
        return ENGLISH[f"is {value}"]
    return value
