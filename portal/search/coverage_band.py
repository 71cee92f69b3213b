"""Coverage for templates: a thin bar per account over the days in scope, and a table of accounts and months."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from indexer.coverage import STATUSES, AccountDays, Coverage, DayStatus, Interval, clip, merge_runs
from indexer.i18n import Sentence
from portal import words
from portal.i18n import _, _n

DRAWN = 10  # with more accounts, only those with gaps are drawn
MONTHS_AS_COLUMNS = 36  # with more months, the columns are years
CLASSES = {
    DayStatus.CAPTURED: "captured",
    DayStatus.BEFORE_FIRST: "before",
    DayStatus.IN_PART: "part",
    DayStatus.NOT_CERTAIN: "unsure",
    DayStatus.NOT_CAPTURED: "missing",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive days of one status: position and width in the drawing (percent of its width), and the table's texts."""

    x: float
    width: float
    css: str
    days: str
    status: Sentence
    captures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AccountBar:
    """The bar of an account."""

    account: AccountDays
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """The bars of the search page; `left_out` counts accounts that are not drawn."""

    coverage: Coverage
    bars: tuple[AccountBar, ...]
    legend: tuple[tuple[str, Sentence], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Scope:
    """The coverage of a search in one line; loud where a gap touches the days asked for, or an answer of zero."""

    text: str
    is_loud: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A month or year; `address` shows the months of a year, empty if the columns are months."""

    label: str
    first: date
    last: date
    address: str


@dataclass(frozen=True, slots=True)
class Cell:
    """An account's coverage in a column: `sign` and `css` show it, `description` states it, `address` searches it."""

    css: str
    sign: str
    description: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """An account of the table, with the captures that cover any of its days."""

    account: AccountDays
    cells: tuple[Cell, ...]
    captures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of accounts and months, or years if there are many months."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    legend: tuple[tuple[str, str, Sentence], ...]
    by_year: bool


SIGNS = {
    DayStatus.CAPTURED: "●",
    DayStatus.BEFORE_FIRST: "·",
    DayStatus.IN_PART: "◐",
    DayStatus.NOT_CERTAIN: "?",
    DayStatus.NOT_CAPTURED: "✕",
}


def band(coverage: Coverage | None) -> Band | None:
    """Return the bars of a coverage; None if nothing is in scope."""
    if coverage is None or coverage.first is None or coverage.last is None:
        return None
    shown = coverage.accounts if len(coverage.accounts) <= DRAWN else coverage.with_gaps[:DRAWN]
    bars = tuple(AccountBar(account, _segments(account, coverage.first, coverage.last)) for account in shown)
    drawn = {segment.css for bar in bars for segment in bar.segments}
    legend = tuple((css, STATUSES[status]()) for status, css in CLASSES.items() if css in drawn)
    return Band(coverage, bars, legend, len(coverage.accounts) - len(shown))


def scope(coverage: Coverage | None, total: int) -> Scope | None:
    """Return the line beside the number of records; it opens into every account."""
    if coverage is None:
        return None
    if coverage.has_failed or coverage.failed or coverage.no_day_fits or not coverage.accounts:
        return Scope(str(coverage.summary), is_loud=True)
    accounts, incomplete = len(coverage.accounts), len(coverage.with_gaps)
    ends = [account.captured_to for account in coverage.accounts]
    if None in ends:
        never = ends.count(None)
        text = _n("%(num)s of %(all)s accounts not captured", "%(num)s of %(all)s accounts not captured", never, all=words.number(accounts))
        return Scope(text, is_loud=True)
    if coverage.has_first or coverage.has_last:
        whole = words.number(accounts - incomplete)
        text = _n(
            "%(whole)s of %(num)s account captured for all these days",
            "%(whole)s of %(num)s accounts captured for all these days",
            accounts,
            whole=whole,
        )
        return Scope(text, is_loud=bool(incomplete))
    first, last = min(filter(None, ends)), max(filter(None, ends))
    if first == last:
        text = _n("%(num)s account, captured to %(day)s", "%(num)s accounts, captured to %(day)s", accounts, day=words.day(last))
    else:
        text = _(
            "%(count)s accounts, captured to between %(first)s and %(last)s",
            count=words.number(accounts),
            first=words.day(first),
            last=words.day(last),
        )
    if incomplete:
        text = _("%(coverage)s; %(count)s with gaps", coverage=text, count=words.number(incomplete))
    return Scope(text, is_loud=bool(incomplete) and not total)


def _segments(account: AccountDays, first: date, last: date) -> tuple[Segment, ...]:
    begin, days = first.toordinal(), last.toordinal() + 1 - first.toordinal()
    return tuple(
        Segment(
            x=round((run.first - begin) / days * 100, 3),
            width=round((run.after - run.first) / days * 100, 3),
            css=CLASSES[run.status],
            days=_format_days(date.fromordinal(run.first), date.fromordinal(run.after - 1)),
            status=STATUSES[run.status](),
            captures=run.captures,
        )
        for run in merge_runs(account.intervals)
    )


def table(coverage: Coverage, filters: Sequence[tuple[str, str]]) -> Table | None:
    """Return the table of a coverage that covers every day of its scope; `filters` are added to the links of the columns."""
    if coverage.first is None or coverage.last is None:
        return None
    months = (coverage.last.year - coverage.first.year) * 12 + coverage.last.month - coverage.first.month + 1
    by_year = months > MONTHS_AS_COLUMNS
    columns = tuple(_columns(coverage.first, coverage.last, filters, by_year=by_year))
    rows = tuple(
        Row(
            account,
            tuple(_cell(account, column) for column in columns),
            tuple(sorted({number for run in account.intervals for number in run.captures})),
        )
        for account in coverage.accounts
    )
    shown = {cell.css for row in rows for cell in row.cells}
    legend = tuple((css, SIGNS[status], STATUSES[status]()) for status, css in CLASSES.items() if css in shown)
    return Table(columns, rows, legend, by_year)


def _columns(first: date, last: date, filters: Sequence[tuple[str, str]], *, by_year: bool) -> Iterator[Column]:
    year, month = first.year, 1 if by_year else first.month
    while (year, month) <= (last.year, last.month):
        end = date(year, 12, 31) if by_year else date(year, month, calendar.monthrange(year, month)[1])
        begins, ends = max(first, date(year, month, 1)), min(last, end)
        address = urlencode([*filters, ("from", date(year, 1, 1).isoformat()), ("to", date(year, 12, 31).isoformat())]) if by_year else ""
        yield Column(f"{year:04}" if by_year else f"{year:04}-{month:02}", begins, ends, address)
        year, month = (year + 1, 1) if by_year or month == 12 else (year, month + 1)


def _cell(account: AccountDays, column: Column) -> Cell:
    days = merge_runs(clip(account.intervals, column.first.toordinal(), column.last.toordinal() + 1))
    status = _combined_status(days)
    address = urlencode([("account", account.account_id), ("from", column.first.isoformat()), ("to", column.last.isoformat())])
    return Cell(CLASSES[status], SIGNS[status], _describe(days), address)


def _combined_status(day_runs: Sequence[Interval]) -> DayStatus:
    """Return the status of a cell: captured only if all days are, in part if some days are and others are not."""
    statuses = {run.status for run in day_runs}
    if len(statuses) == 1:
        return statuses.pop()
    if statuses <= {DayStatus.CAPTURED, DayStatus.BEFORE_FIRST}:
        return DayStatus.CAPTURED
    if statuses == {DayStatus.BEFORE_FIRST, DayStatus.NOT_CAPTURED}:
        return DayStatus.NOT_CAPTURED
    without_captured = {DayStatus.BEFORE_FIRST, DayStatus.NOT_CERTAIN, DayStatus.NOT_CAPTURED}
    return DayStatus.NOT_CERTAIN if statuses <= without_captured else DayStatus.IN_PART


def _describe(day_runs: Sequence[Interval]) -> str:
    days: dict[DayStatus, int] = {}
    for run in day_runs:
        days[run.status] = days.get(run.status, 0) + run.after - run.first
    if len(days) == 1:
        return str(_SHORT[next(iter(days))]())
    return ", ".join(
        _n("%(num)s day %(status)s", "%(num)s days %(status)s", count, status=_SHORT[status]())
        for status, count in sorted(days.items(), key=lambda pair: -pair[1])
    )


_SHORT = {
    DayStatus.CAPTURED: lambda: _("captured"),
    DayStatus.BEFORE_FIRST: lambda: _("before the first record"),
    DayStatus.IN_PART: lambda: _("partly captured"),
    DayStatus.NOT_CERTAIN: lambda: _("not certain"),
    DayStatus.NOT_CAPTURED: lambda: _("not captured"),
}


def _format_days(first: date, last: date) -> str:
    return words.day(first) if first == last else _("%(first)s to %(last)s", first=words.day(first), last=words.day(last))
