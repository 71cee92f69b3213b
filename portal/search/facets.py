"""Links that refine a search: facets that toggle filters, chips that remove them, and the bars of the chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from indexer import platforms
from indexer.catalog import AccountView
from indexer.query import STATES, Diagnostic, Dialect
from indexer.record import RecordKind
from indexer.search import Results
from portal import words
from portal.access import Reader
from portal.i18n import _
from portal.search.address import SearchParams

AUTHORS_SHOWN = 8
CHART_WIDTH, CHART_HEIGHT, LEAST_BAR = 960, 96, 2
LABELS_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet; `count` is None if the value would widen the filters that are set, and so was not counted."""

    label: str
    count: int | None
    is_on: bool
    address: str


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet and its values, such as all platforms."""

    name: str
    title: str
    choices: tuple[FacetValue, ...]
    more: int = 0  # number of values not listed


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
    """The bars, the drawing's size, and the labels below it."""

    bars: tuple[ChartBar, ...]
    width: int
    height: int
    most: int
    labels: tuple[str, ...]  # of every bar, or of the first, middle and last

    @property
    def labels_all(self) -> bool:
        """Whether every bar has a label."""
        return len(self.labels) == len(self.bars)


def groups(params: SearchParams, results: Results | None, accounts: Sequence[AccountView], reader: Reader) -> list[FacetGroup]:
    """Return the facets beside the results, with every value that the reader may choose, counted or not."""
    counted = results.facets if results and results.answered else {}
    counts = {name: {value.value: value.count for value in values} for name, values in counted.items()}
    held = {account.platform for account in accounts}
    named = [
        ("account", _("Account"), [(str(account.id), _account_label(account)) for account in accounts]),
        ("platform", _("Platform"), [(platform.code, platform.title) for platform in platforms.registered() if platform.code in held]),
        ("kind", _("Kind"), [(kind.value, words.kind_word(kind.value)) for kind in RecordKind if reader.permission.allows_kind(kind)]),
    ]
    named.append(("state", _("Status"), [(state, words.state_word(state)) for state in STATES]))
    shown = [_facet(params, name, title, values, counts.get(name)) for name, title, values in named if values]
    if authors := counts.get("author"):
        chosen = [value for name, value in params.pairs if name == "author" and value not in authors]
        ordered = [*chosen, *sorted(authors, key=lambda author: (not params.has("author", author), -authors[author], author))]
        labels = {value.value: value.label for value in results.facets.get("author", ())} if results else {}
        labeled = [(author, labels.get(author, author)) for author in ordered[: AUTHORS_SHOWN + len(chosen)] if author]
        facet = _facet(params, "author", _("Author"), labeled, authors)
        shown.append(FacetGroup(facet.name, facet.title, facet.choices, max(0, len(authors) - AUTHORS_SHOWN)))
    return [facet for facet in shown if facet.choices]


def chips(params: SearchParams, accounts: Sequence[AccountView]) -> list[Chip]:
    """Return a chip for each filter that is set, with the address without it."""
    names = {str(number): _account_label(account) for account in accounts for number in account.numbers}
    shown = [Chip(_chip_label(name, value, names), params.toggled(name, value)) for name, value in params.pairs]
    if params.as_of is not None:
        shown.insert(0, Chip(_("as it was on %(day)s", day=words.day(params.as_of)), params.without_day()))
    if params.dialect is Dialect.DTSEARCH:
        shown.insert(0, Chip(_("dtSearch syntax"), params.in_standard_syntax()))
    return shown


def chart(params: SearchParams, results: Results | None) -> Chart | None:
    """Return the chart of hits over time; None if there is nothing to draw."""
    if results is None or not results.answered or not results.bars:
        return None
    most = max(bar.count for bar in results.bars) or 1
    step = CHART_WIDTH / len(results.bars)
    width = max(1.0, min(step * 0.82, 48.0))
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
                bar.label,
                bar.count,
                params.with_days(first, last),
            )
        )
    labels = [bar.label for bar in drawn]
    if len(labels) > LABELS_AT_MOST:
        labels = [labels[0], labels[len(labels) // 2], labels[-1]]
    return Chart(tuple(drawn), CHART_WIDTH, CHART_HEIGHT, most, tuple(labels))


def _intersect(params: SearchParams, first: date, last: date) -> tuple[date, date]:
    """Limit a bar's days to the days of the filters, so that a click never widens a search."""
    low, high = params.filters.first_day, params.filters.last_day
    return max(first, low) if low else first, min(last, high) if high else last


def _facet(params: SearchParams, name: str, title: str, values: Iterable[tuple[str, str]], counts: Mapping[str, int] | None) -> FacetGroup:
    labeled = list(values)
    any_on = any(params.has(name, value) for value, _label in labeled)
    choices = []
    for value, label in labeled:
        is_on = params.has(name, value)
        count = None if counts is None or (any_on and not is_on) else counts.get(value, 0)
        choices.append(FacetValue(label, count, is_on, params.toggled(name, value)))
    choices.sort(key=lambda choice: (not choice.is_on, -(choice.count or 0)))
    shows_all = any_on or counts is None or name == "account"
    return FacetGroup(name, title, tuple(choice for choice in choices if shows_all or choice.is_on or choice.count))


def _account_label(account: AccountView) -> str:
    return f"{account.label} · {words.platform_word(account.platform)}"


def _chip_label(name: str, value: str, accounts: Mapping[str, str]) -> str:
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
        return _media_word(value)
    if name == "state":
        return words.state_word(value)
    return _("author %(name)s", name=value)


def _media_word(value: str) -> str:
    kinds = {"picture": _("with pictures"), "video": _("with video"), "other": _("with other files")}
    return kinds.get(value) or (_("with pictures or video") if value == "with" else _("without pictures or video"))


def _day(value: str) -> str:
    try:
        return words.day(date.fromisoformat(value))
    except ValueError:
        return value


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
