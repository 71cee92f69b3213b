"""Coverage of accounts for its page: one row an account, and the months of one account."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from indexer.coverage import OLD, STATUSES, AccountDays, Coverage, DayStatus, Interval, clip, merge_runs
from indexer.i18n import Sentence
from portal.i18n import _, _n
from portal.search.coverage_band import CLASSES, SIGNS

PER_PAGE = 50
GAPS_SHOWN = 3
LABELS = 10  # years named on the axis at most
HELD = frozenset({DayStatus.CAPTURED, DayStatus.IN_PART})


@dataclass(frozen=True, slots=True)
class Mark:
    """Consecutive days of one status in a bar: position and width in percent."""

    x: float
    width: float
    css: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account's row: the first and last captured day in scope, its gaps in words, and its bar."""

    account: AccountDays
    first: date | None
    last: date | None
    gaps: tuple[Sentence, ...]
    marks: tuple[Mark, ...]
    captures: tuple[int, ...]
    is_old: bool
    is_open_before: bool  # the archives do not state whether they include earlier days


@dataclass(frozen=True, slots=True)
class Axis:
    """The years below the bars, from January 1 of the first to December 31 of the last; empty labels keep the distance."""

    first: date
    last: date
    labels: tuple[str, ...]
    ticks: tuple[float, ...]  # where a year begins, in percent

    @property
    def days(self) -> int:
        """Length in days."""
        return self.last.toordinal() + 1 - self.first.toordinal()


@dataclass(frozen=True, slots=True)
class Cell:
    """An account's month: `sign` and `css` show its state, `description` says it, `address` searches it."""

    css: str
    sign: str
    description: str
    address: str


@dataclass(frozen=True, slots=True)
class Year:
    """A year of an account; a month outside of the scope is None."""

    year: int
    cells: tuple[Cell | None, ...]


def matching(accounts: Sequence[AccountDays], words: str) -> list[AccountDays]:
    """Return the accounts whose name or platform contains all of the words."""
    wanted = words.casefold().split()
    return [account for account in accounts if all(word in account.full_label.casefold() for word in wanted)]


def axis(coverage: Coverage) -> Axis | None:
    """Return the axis of a coverage; None if nothing is in scope."""
    if coverage.first is None or coverage.last is None:
        return None
    first, last = date(coverage.first.year, 1, 1), date(coverage.last.year, 12, 31)
    years = range(first.year, last.year + 1)
    step = -(-len(years) // LABELS)
    days = last.toordinal() + 1 - first.toordinal()
    ticks = tuple(round((date(year, 1, 1).toordinal() - first.toordinal()) / days * 100, 2) for year in years[1:])
    return Axis(first, last, tuple(str(year) if at % step == 0 else "" for at, year in enumerate(years)), ticks)


def rows(coverage: Coverage, accounts: Sequence[AccountDays], years: Axis) -> list[AccountRow]:
    """Return a row for each account."""
    return [_row(account, coverage, years) for account in accounts]


def months(coverage: Coverage, account: AccountDays) -> list[Year]:
    """Return the years of an account, newest first, with a cell for each month in scope."""
    if coverage.first is None or coverage.last is None or not account.intervals:
        return []
    first, last = date.fromordinal(account.intervals[0].first), coverage.last
    return [
        Year(year, tuple(_month(account, year, month, first, last) for month in range(1, 13)))
        for year in range(last.year, first.year - 1, -1)
    ]


def legend() -> list[tuple[str, str, Sentence]]:
    """Return class, sign and words of every state, best first."""
    return [(css, SIGNS[status], STATUSES[status]()) for status, css in CLASSES.items()]


def _row(account: AccountDays, coverage: Coverage, years: Axis) -> AccountRow:
    runs = merge_runs(account.intervals)
    held = [run for run in runs if run.status in HELD]
    return AccountRow(
        account=account,
        first=date.fromordinal(held[0].first) if held else None,
        last=account.captured_to,
        gaps=coverage.gaps_of(account),
        marks=tuple(_mark(run, years) for run in runs),
        captures=tuple(sorted({number for run in account.intervals for number in run.captures})),
        is_old=bool(coverage.today and account.captured_to and (coverage.today - account.captured_to).days > OLD),
        is_open_before=account.before is DayStatus.NOT_CERTAIN,
    )


def _mark(run: Interval, years: Axis) -> Mark:
    begin = years.first.toordinal()
    x, width = (run.first - begin) / years.days * 100, (run.after - run.first) / years.days * 100
    return Mark(round(x, 2), round(max(width, 0.3), 2), CLASSES[run.status])


def _month(account: AccountDays, year: int, month: int, first: date, last: date) -> Cell | None:
    begins, ends = max(first, date(year, month, 1)), min(last, date(year, month, calendar.monthrange(year, month)[1]))
    if begins > ends:
        return None
    days = merge_runs(clip(account.intervals, begins.toordinal(), ends.toordinal() + 1))
    if not days:
        return None
    status = _combined_status(days)
    address = urlencode([("account", account.account_id), ("from", begins.isoformat()), ("to", ends.isoformat())])
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
