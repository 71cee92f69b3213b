"""What a reader can click on to narrow a search: facets that toggle filters, chips that remove them, bars of the chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from indexer import platforms
from indexer.catalog.models import AccountView
from indexer.query import Diagnostic, Dialect
from indexer.query.nodes import STATES
from indexer.record import RecordKind
from indexer.search.results import Results
from portal import words
from portal.access.rules import Reader
from portal.i18n import _
from portal.search.address import SearchParams

AUTHORS_SHOWN = 8
CHART_WIDTH, CHART_HEIGHT, LEAST_BAR = 960, 96, 2
LABELS_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a group; `count` None: not counted under the filters that are set (it would widen them)."""

    label: str
    count: int | None
    is_on: bool
    address: str


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One group of values, such as all platforms."""

    name: str
    title: str
    choices: tuple[FacetValue, ...]
    more: int = 0  # values that are not listed


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, and the address without it."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar in the units of the drawing; `address` narrows the search to its days."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars, the drawing's size, and the labels below it."""

    bars: tuple[ChartBar, ...]
    width: int
    height: int
    most: int
    labels: tuple[str, ...]  # below the drawing: of every bar, or of the first, the middle and the last one

    @property
    def labels_all(self) -> bool:
        """Tell whether every bar has its label."""
        return len(self.labels) == len(self.bars)


def groups(params: SearchParams, results: Results | None, accounts: Sequence[AccountView], reader: Reader) -> list[FacetGroup]:
    """Return the groups beside the results; every value that a reader may choose is there, counted or not."""
    facets = (
        {name: {one.value: one.count for one in values} for name, values in results.facets.items()} if results and results.answered else {}
    )
    held = {account.platform for account in accounts}
    named = [
        ("account", _("Account"), [(str(one.id), _account(one)) for one in accounts]),
        ("platform", _("Platform"), [(one.code, one.title) for one in platforms.registered() if one.code in held]),
        ("kind", _("Kind"), [(one.value, words.kind_word(one.value)) for one in RecordKind if reader.permission.allows_kind(one)]),
    ]
    named.append(("state", _("Status"), [(one, words.state_word(one)) for one in STATES]))
    found = [_group(params, name, title, values, facets.get(name)) for name, title, values in named if values]
    if authors := facets.get("author"):
        chosen = [value for name, value in params.pairs if name == "author" and value not in authors]
        ordered = [*chosen, *sorted(authors, key=lambda one: (not params.has("author", one), -authors[one], one))]
        labels = {one.value: one.label for one in results.facets.get("author", ())} if results else {}
        shown_as = [(one, labels.get(one, one)) for one in ordered[: AUTHORS_SHOWN + len(chosen)] if one]
        shown = _group(params, "author", _("Author"), shown_as, authors)
        found.append(FacetGroup(shown.name, shown.title, shown.choices, max(0, len(authors) - AUTHORS_SHOWN)))
    return [group for group in found if group.choices]


def chips(params: SearchParams, accounts: Sequence[AccountView]) -> list[Chip]:
    """Return the filters that are set, each with the address without it."""
    names = {str(number): _account(one) for one in accounts for number in one.numbers}
    found = [Chip(_chip(name, value, names), params.toggled(name, value)) for name, value in params.pairs]
    if params.as_of is not None:
        found.insert(0, Chip(_("as it was on %(day)s", day=words.day(params.as_of)), params.without_day()))
    if params.dialect is Dialect.DTSEARCH:
        found.insert(0, Chip(_("dtSearch syntax"), params.in_plain_words()))
    return found


def chart(params: SearchParams, results: Results | None) -> Chart | None:
    """Return the drawing of hits over time; None when there is nothing to draw."""
    if results is None or not results.answered or not results.bars:
        return None
    most = max(bar.count for bar in results.bars) or 1
    step = CHART_WIDTH / len(results.bars)
    width = max(1.0, min(step * 0.82, 48.0))
    drawn = []
    for at, bar in enumerate(results.bars):
        height = max(LEAST_BAR, bar.count / most * CHART_HEIGHT) if bar.count else 0
        x = at * step + (step - width) / 2
        first, last = _within(params, bar.first_day, bar.last_day)
        drawn.append(
            ChartBar(
                round(x, 2),
                round(CHART_HEIGHT - height, 2),
                round(width, 2),
                round(height, 2),
                bar.label,
                bar.count,
                params.with_days(first, last),
            )
        )
    labels = [bar.label for bar in drawn]
    if len(labels) > LABELS_AT_MOST:
        labels = [labels[0], labels[len(labels) // 2], labels[-1]]
    return Chart(tuple(drawn), CHART_WIDTH, CHART_HEIGHT, most, tuple(labels))


def _within(params: SearchParams, first: date, last: date) -> tuple[date, date]:
    """Keep a bar's days inside of the days that are chosen already: a click never widens a search."""
    low, high = params.filters.first_day, params.filters.last_day
    return max(first, low) if low else first, min(last, high) if high else last


def _group(params: SearchParams, name: str, title: str, values: Iterable[tuple[str, str]], counts: Mapping[str, int] | None) -> FacetGroup:
    pairs = list(values)
    any_on = any(params.has(name, value) for value, _label in pairs)
    choices = []
    for value, label in pairs:
        is_on = params.has(name, value)
        count = None if counts is None or (any_on and not is_on) else counts.get(value, 0)
        choices.append(FacetValue(label, count, is_on, params.toggled(name, value)))
    choices.sort(key=lambda one: (not one.is_on, -(one.count or 0)))
    return FacetGroup(name, title, tuple(one for one in choices if one.is_on or any_on or counts is None or one.count or name == "account"))


def _account(account: AccountView) -> str:
    return f"{account.label} · {words.platform_word(account.platform)}"


def _chip(name: str, value: str, accounts: Mapping[str, str]) -> str:
    if name == "from":
        return _("from %(day)s", day=_day(value))
    if name == "to":
        return _("to %(day)s", day=_day(value))
    if name == "account":
        return accounts.get(value, _("an account you do not have access to"))
    if name == "platform":
        return words.platform_word(value)
    if name == "kind":
        return words.kind_word(value)
    if name == "media":
        return _("with pictures or video") if value == "with" else _("without pictures or video")
    if name == "state":
        return words.state_word(value)
    return _("author %(name)s", name=value)


def _day(value: str) -> str:
    try:
        return words.day(date.fromisoformat(value))
    except ValueError:
        return value


QueryPiece = tuple[str, bool, tuple[int, ...]]
"""A piece of the text, whether something is wrong in it, and the numbers of the diagnostics that end with it."""

NO_PLACE = "\N{NO-BREAK SPACE}"


def underlined(text: str, diagnostics: Sequence[Diagnostic]) -> list[QueryPiece]:
    """Cut a text at the bounds of its diagnostics. A fault without letters, such as one at the end, gets a place to underline."""
    cuts = sorted({0, len(text), *(min(bound, len(text)) for one in diagnostics for bound in (one.start, one.end))})
    found: list[QueryPiece] = []
    for start, end in pairwise(cuts):
        is_wrong = any(one.start < end and one.end > start for one in diagnostics)
        found += _points(start, diagnostics)
        found.append((text[start:end], is_wrong, _ending(end, diagnostics)))
    return found + _points(len(text), diagnostics)


def _ending(at: int, diagnostics: Sequence[Diagnostic]) -> tuple[int, ...]:
    return tuple(number for number, one in enumerate(diagnostics, 1) if one.end == at and one.start < one.end)


def _points(at: int, diagnostics: Sequence[Diagnostic]) -> list[QueryPiece]:
    """Return the diagnostics that lie between two letters here."""
    numbers = tuple(number for number, one in enumerate(diagnostics, 1) if one.start >= one.end and one.start == at)
    return [(NO_PLACE, True, numbers)] if numbers else []
