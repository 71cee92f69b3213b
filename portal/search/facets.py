"""Links that refine a search: facets that toggle filters, chips that remove them, and the bars of the chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from indexer import platforms
from indexer.catalog import AccountView
from indexer.query import TABLES, Diagnostic, Dialect
from indexer.search import Bar, Results, describe_set
from indexer.text import fold
from portal import words
from portal.access import reader
from portal.i18n import Lazy, _, _l, language_code
from portal.search.address import SearchParams

SHOWN, LISTED = 8, 30
MOST_VALUES = 200
CHART_WIDTH, CHART_HEIGHT, LEAST_BAR = 240, 36, 1
LEAST_DRAWN = 10  # records


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet with the number of records it has under all other filters."""

    label: str
    count: int
    is_on: bool
    address: str
    platform: str = ""  # of an account, shown by its glyph


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet: the first values, the rest of the LISTED largest, and the number of values beyond them."""

    name: str
    title: str
    first: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class ChartBar:
    """A bar in the drawing's units; `address` restricts the search to its days."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, the drawing's size, and the labels of its ends."""

    bars: tuple[ChartBar, ...]
    width: int
    height: int
    labels: tuple[str, ...]


def groups(params: SearchParams, results: Results | None, accounts: Sequence[AccountView]) -> list[FacetGroup]:
    """Return the facets beside the results, without those whose only value every record has."""
    if results is None or not results.answered:
        return []
    shown = [_group(name, title, values(params, results, accounts, name)) for name, title in TITLES.items()]
    return [group for group in shown if any(choice.is_on or choice.count < results.total for choice in group.first)]


TITLES = {
    "account": _l("Account"),
    "platform": _l("Platform"),
    "kind": _l("Kind"),
    "author": _l("Author"),
    "state": _l("Status"),
    "media": _l("Media"),
}


def values(params: SearchParams, results: Results, accounts: Sequence[AccountView], name: str) -> list[FacetValue]:
    """Return every value of a facet that has records or is set: those that are set first, then the largest."""
    counted = {value.value: value for value in results.facets.get(name, ())}
    chosen = [value for key, value in params.pairs if key == name and value not in counted]
    held = {str(account.id): account for account in accounts} if name == "account" else {}
    choices = [
        FacetValue(
            held[value].label if value in held else _value_label(name, value, counted[value].label if value in counted else value),
            counted[value].count if value in counted else 0,
            params.has(name, value),
            params.toggled(name, value),
            held[value].platform if value in held else "",
        )
        for value in [*chosen, *counted]
        if value
    ]
    return sorted(choices, key=lambda choice: (not choice.is_on, -choice.count, choice.label.casefold()))


def find(choices: Sequence[FacetValue], letters: str) -> list[FacetValue]:
    """Return the values whose names contain the letters, in any case and with or without accents."""
    wanted = fold(letters.strip())
    return [choice for choice in choices if wanted in fold(choice.label)]


def _group(name: str, title: Lazy, choices: Sequence[FacetValue]) -> FacetGroup:
    set_values = sum(choice.is_on for choice in choices)
    shown = max(SHOWN, set_values)
    shown += 1 if len(choices) == shown + 1 else 0  # a single value more takes no more room than the words that fold it
    listed = max(LISTED, shown)
    return FacetGroup(name, str(title), tuple(choices[:shown]), tuple(choices[shown:listed]), max(0, len(choices) - listed))


def _value_label(name: str, value: str, label: str) -> str:
    if name == "platform":
        return words.platform_word(value)
    if name == "kind":
        return words.capitalized(words.kind_word(value))
    if name == "state":
        return words.capitalized(words.state_word(value))
    if name == "media":
        return words.capitalized(words.media_word(value))
    if name == "author" and label.isascii() and label.isdigit():
        return next((platforms.user_label(platform.code, label) for platform in platforms.registered() if platform.names_by_number), label)
    return label


def chips(params: SearchParams, accounts: Sequence[AccountView]) -> list[Chip]:
    """Return a chip for each filter that is set, with the address without it; the days have a button of their own."""
    names = {str(number): _account_label(account) for account in accounts for number in account.numbers}
    shown = [
        Chip(_chip_label(name, value, names), params.toggled(name, value)) for name, value in params.pairs if name not in {"from", "to"}
    ]
    if params.records is not None:
        shown.insert(0, Chip(set_label(params), params.without_set()))
    if params.as_of is not None:
        shown.insert(0, Chip(_("as it was on %(day)s", day=words.day(params.as_of)), params.without_day()))
    if params.dialect is Dialect.DTSEARCH:
        shown.insert(0, Chip(_("dtSearch syntax"), params.in_standard_syntax()))
    return shown


def set_label(params: SearchParams) -> str:
    """Return the description of the record set searched, in the reader's language; empty without a set."""
    if params.records is None:
        return ""
    return describe_set(params.records, TABLES[language_code()], with_count=reader().permission.is_all)


def chart(params: SearchParams, results: Results | None) -> Chart | None:
    """Return the chart of hits over time; None for so few hits that the list shows it as well."""
    if results is None or results.total < LEAST_DRAWN or not results.bars:
        return None
    most = max(bar.count for bar in results.bars) or 1
    step = CHART_WIDTH / len(results.bars)
    width = max(1.0, min(step * 0.82, 24.0))
    drawn = []
    for index, bar in enumerate(results.bars):
        height = max(LEAST_BAR, bar.count / most * CHART_HEIGHT) if bar.count else 0
        x = index * step + (step - width) / 2
        first, last = _intersect(params, bar.first_day, bar.last_day)
        drawn.append(
            ChartBar(
                round(x, 2),
                round(CHART_HEIGHT - height, 2),
                round(width, 2),
                round(height, 2),
                _bar_label(bar),
                bar.count,
                params.with_days(first, last),
            )
        )
    return Chart(tuple(drawn), CHART_WIDTH, CHART_HEIGHT, tuple(dict.fromkeys((drawn[0].label, drawn[-1].label))))


def _bar_label(bar: Bar) -> str:
    if bar.first_day == bar.last_day:
        return words.day(bar.first_day)
    if bar.first_day.month == bar.last_day.month:
        return words.month(bar.first_day)
    return f"{bar.first_day.year:04}"


def _intersect(params: SearchParams, first: date, last: date) -> tuple[date, date]:
    """Limit a bar's days to the days of the filters, so that a click never widens a search."""
    low, high = params.filters.first_day, params.filters.last_day
    return max(first, low) if low else first, min(last, high) if high else last


def _account_label(account: AccountView) -> str:
    return f"{account.label} · {words.platform_word(account.platform)}"


def _chip_label(name: str, value: str, accounts: Mapping[str, str]) -> str:
    if name == "account":
        return accounts.get(value, _("an account you do not have access to"))
    if name == "platform":
        return words.platform_word(value)
    if name == "kind":
        return words.kind_word(value)
    if name == "media":
        return words.media_word(value)
    if name == "state":
        return words.state_word(value)
    return _("author %(name)s", name=value)


QueryPiece = tuple[str, bool, tuple[int, ...]]
"""A piece of the query, whether a diagnostic covers it, and the numbers of the diagnostics that end with it."""

BLANK = "\N{NO-BREAK SPACE}"


def underlined(text: str, diagnostics: Sequence[Diagnostic]) -> list[QueryPiece]:
    """Cut a query at the bounds of its diagnostics; a diagnostic of no characters, such as at the end, gets a blank to underline."""
    bounds = {min(bound, len(text)) for diagnostic in diagnostics for bound in (diagnostic.start, diagnostic.end)}
    cuts = sorted({0, len(text)} | bounds)
    pieces: list[QueryPiece] = []
    for start, end in pairwise(cuts):
        is_wrong = any(diagnostic.start < end and diagnostic.end > start for diagnostic in diagnostics)
        pieces += _points(start, diagnostics)
        pieces.append((text[start:end], is_wrong, _ending(end, diagnostics)))
    return pieces + _points(len(text), diagnostics)


def _ending(position: int, diagnostics: Sequence[Diagnostic]) -> tuple[int, ...]:
    return tuple(number for number, item in enumerate(diagnostics, 1) if item.end == position and item.start < item.end)


def _points(position: int, diagnostics: Sequence[Diagnostic]) -> list[QueryPiece]:
    """Return a blank for the diagnostics of no characters at a position."""
    numbers = tuple(number for number, item in enumerate(diagnostics, 1) if item.start >= item.end and item.start == position)
    return [(BLANK, True, numbers)] if numbers else []
