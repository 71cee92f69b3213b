"""The drawing of a coverage: thin bars over the days in scope, and a table of accounts and months. Values for templates."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from indexer.coverage.days import DayStatus, Interval, clip, merge_runs
from indexer.coverage.summary import STATUSES, AccountDays, Coverage
from indexer.i18n import Sentence
from portal import words
from portal.i18n import _, _n

DRAWN = 10  # above it only accounts with gaps are drawn
MONTHS_AS_COLUMNS = 36  # above it the columns are years
CLASSES = {
    DayStatus.CAPTURED: "captured",
    DayStatus.BEFORE_FIRST: "before",
    DayStatus.IN_PART: "part",
    DayStatus.NOT_CERTAIN: "unsure",
    DayStatus.NOT_CAPTURED: "missing",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of one status: where they stand in the drawing (percent of its width), and what the table says of them."""

    x: float
    width: float
    css: str
    days: str
    status: Sentence
    captures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One account's bar."""

    account: AccountDays
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """The bars of the search page. `left_out` accounts have no gap and are not drawn."""

    coverage: Coverage
    lines: tuple[Line, ...]
    legend: tuple[tuple[str, Sentence], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Column:
    """One month or year; `address` shows the months of a year, empty where the columns are months."""

    label: str
    first: date
    last: date
    address: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is captured of an account in one column. `sign` and `css` show it, `told` says it; `address` searches it."""

    css: str
    sign: str
    told: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One account of the table, with the captures that hold something of its days."""

    account: AccountDays
    cells: tuple[Cell, ...]
    captures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Accounts and months, or years where there are many months."""

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
    """Return the bars of a coverage; None where nothing is in scope."""
    if coverage is None or coverage.first is None or coverage.last is None:
        return None
    shown = coverage.accounts if len(coverage.accounts) <= DRAWN else coverage.with_gaps[:DRAWN]
    lines = tuple(Line(one, _pieces(one, coverage.first, coverage.last)) for one in shown)
    drawn = {piece.css for line in lines for piece in line.pieces}
    legend = tuple((css, STATUSES[status]()) for status, css in CLASSES.items() if css in drawn)
    return Band(coverage, lines, legend, len(coverage.accounts) - len(shown))


def _pieces(account: AccountDays, first: date, last: date) -> tuple[Piece, ...]:
    begin, days = first.toordinal(), last.toordinal() + 1 - first.toordinal()
    return tuple(
        Piece(
            x=round((one.first - begin) / days * 100, 3),
            width=round((one.after - one.first) / days * 100, 3),
            css=CLASSES[one.status],
            days=_span(date.fromordinal(one.first), date.fromordinal(one.after - 1)),
            status=STATUSES[one.status](),
            captures=one.captures,
        )
        for one in merge_runs(account.intervals)
    )


def table(coverage: Coverage, kept: Sequence[tuple[str, str]]) -> Table | None:
    """Return the table of a coverage that covers every day of its scope; `kept` are the filters that links keep."""
    if coverage.first is None or coverage.last is None:
        return None
    months = (coverage.last.year - coverage.first.year) * 12 + coverage.last.month - coverage.first.month + 1
    by_year = months > MONTHS_AS_COLUMNS
    columns = tuple(_columns(coverage.first, coverage.last, kept, by_year=by_year))
    rows = tuple(
        Row(
            one,
            tuple(_cell(one, column) for column in columns),
            tuple(sorted({number for part in one.intervals for number in part.captures})),
        )
        for one in coverage.accounts
    )
    shown = {cell.css for row in rows for cell in row.cells}
    legend = tuple((css, SIGNS[status], STATUSES[status]()) for status, css in CLASSES.items() if css in shown)
    return Table(columns, rows, legend, by_year)


def _columns(first: date, last: date, kept: Sequence[tuple[str, str]], *, by_year: bool) -> Iterator[Column]:
    year, month = first.year, 1 if by_year else first.month
    while (year, month) <= (last.year, last.month):
        end = date(year, 12, 31) if by_year else date(year, month, calendar.monthrange(year, month)[1])
        begins, ends = max(first, date(year, month, 1)), min(last, end)
        address = urlencode([*kept, ("from", date(year, 1, 1).isoformat()), ("to", date(year, 12, 31).isoformat())]) if by_year else ""
        yield Column(f"{year:04}" if by_year else f"{year:04}-{month:02}", begins, ends, address)
        year, month = (year + 1, 1) if by_year or month == 12 else (year, month + 1)


def _cell(account: AccountDays, column: Column) -> Cell:
    parts = merge_runs(clip(account.intervals, column.first.toordinal(), column.last.toordinal() + 1))
    status = _status(parts)
    address = urlencode([("account", account.account_id), ("from", column.first.isoformat()), ("to", column.last.isoformat())])
    return Cell(CLASSES[status], SIGNS[status], _told(parts), address)


def _status(parts: Sequence[Interval]) -> DayStatus:
    """Return the one status that a cell shows: captured only when all is, in part when some of it is and some is not."""
    found = {part.status for part in parts}
    if len(found) == 1:
        return found.pop()
    if found <= {DayStatus.CAPTURED, DayStatus.BEFORE_FIRST}:
        return DayStatus.CAPTURED
    if found == {DayStatus.BEFORE_FIRST, DayStatus.NOT_CAPTURED}:
        return DayStatus.NOT_CAPTURED
    return DayStatus.NOT_CERTAIN if found <= {DayStatus.BEFORE_FIRST, DayStatus.NOT_CERTAIN, DayStatus.NOT_CAPTURED} else DayStatus.IN_PART


def _told(parts: Sequence[Interval]) -> str:
    days: dict[DayStatus, int] = {}
    for part in parts:
        days[part.status] = days.get(part.status, 0) + part.after - part.first
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


def _span(first: date, last: date) -> str:
    return words.day(first) if first == last else _("%(first)s to %(last)s", first=words.day(first), last=words.day(last))
