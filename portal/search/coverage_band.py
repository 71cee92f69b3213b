"""Coverage for templates: a thin bar per account over the days in scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from indexer.coverage import STATUSES, AccountDays, Coverage, DayStatus, merge_runs
from indexer.i18n import Sentence
from portal import words
from portal.i18n import _, _n

DRAWN = 10  # with more accounts, only those with gaps are drawn
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
    bars = tuple(AccountBar(account, segments(account, coverage)) for account in shown)
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


def segments(account: AccountDays, coverage: Coverage) -> tuple[Segment, ...]:
    """Return the bar of an account over the days of a coverage."""
    first, last = coverage.first, coverage.last
    if first is None or last is None:
        return ()
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


def _format_days(first: date, last: date) -> str:
    return words.day(first) if first == last else _("%(first)s to %(last)s", first=words.day(first), last=words.day(last))
