"""Coverage of a search: days, gaps and limits of the captures in scope, as values and in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from indexer import platforms
from indexer.coverage.days import DayStatus, Interval, Reason, merge_runs
from indexer.coverage.words import ACCOUNT_SENTENCES, KINDS, REASONS, SENTENCES, WITHOUT_REASON, join_list
from indexer.i18n import Sentence, say
from indexer.record import RecordKind

OLD: Final = 365
"""Days after which an account's newest archive counts as old."""

APART: Final = 31
"""Days by which the newest archives of two accounts may differ, as when they are requested in the same month."""

NAMED: Final = 3
"""Up to this many accounts are named in a sentence; more are counted."""


@dataclass(frozen=True)  # no slots: what is worked out once is kept
class AccountDays:
    """One account's days in scope; `intervals` are contiguous.

    `before` is the status of the preceding day, only if the search has no first day. `kinds` are the record kinds that
    captures in scope have files for. `first_record` is the local day of the account's first record.
    """

    account_id: int
    label: str
    platform: str
    first_record: date | None
    intervals: tuple[Interval, ...]
    before: DayStatus | None
    kinds: frozenset[str]

    @property
    def full_label(self) -> str:
        """Name in sentences, with the platform: the same handle may exist on several."""
        return f"{self.label} ({platforms.title(self.platform)})"

    @cached_property
    def captured_to(self) -> date | None:
        """The last day in scope that is certainly captured, at least in part; None without one."""
        ends = [part.after for part in self.intervals if part.status in {DayStatus.CAPTURED, DayStatus.BEFORE_FIRST, DayStatus.IN_PART}]
        return date.fromordinal(ends[-1] - 1) if ends else None


@dataclass(frozen=True, slots=True)
class FaultyCapture:
    """A capture in scope with problems, or with `short` fewer records than the platform counts."""

    capture_id: int
    name: str
    problems: int
    short: int


@dataclass(frozen=True, slots=True)
class _Gap:
    """A gap of one account, as the values of a sentence."""

    template: str
    days: date | Sentence | None
    first: int
    length: int
    reasons: frozenset[Reason]


@dataclass(frozen=True)  # no slots: what is worked out once is kept
class Coverage:
    """The captured part of a search's scope. `first` and `last` are local days of `zone`, both included.

    They are None if no account or no day is in scope. `has_first` and `has_last`: whether the search names them; without
    a last day, the days since the newest archive are not a gap. `kinds` are the requested ones, None for all. `indexed`
    and `held` are None for readers with a limited permission; everyone sees `in_step`.
    """

    zone: str
    first: date | None
    last: date | None
    has_first: bool
    has_last: bool
    accounts: tuple[AccountDays, ...]
    kinds: frozenset[str] | None = None
    faulty: tuple[FaultyCapture, ...] = ()
    cannot_contain: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (sentence, labels of the accounts)
    without_messages: bool = False
    no_day_fits: bool = False
    indexed: int | None = None
    held: int | None = None
    in_step: bool = True
    today: date | None = None
    failed: tuple[str, ...] = ()  # accounts whose days could not be computed because of a program error
    has_failed: bool = False  # a program error: no account has known days

    @cached_property
    def with_gaps(self) -> tuple[AccountDays, ...]:
        """Accounts with uncaptured days in scope, or without any requested record kind."""
        horizon = self._horizon
        return tuple(account for account in self.accounts if _gaps_of(account, self, horizon) or self._missing_requested(account))

    @cached_property
    def _horizon(self) -> date | None:
        """The latest captured day of any account, to compare accounts by if the search has no last day."""
        return None if self.has_last else max((account.captured_to for account in self.accounts if account.captured_to), default=None)

    @cached_property
    def is_whole(self) -> bool:
        """True if every day in scope of every account is captured, and there is an account."""
        return bool(self.accounts) and not self.with_gaps and not self.failed

    @cached_property
    def captured_to(self) -> date | None:
        """The day through which every account is captured; None if any account is not captured at all."""
        days = [account.captured_to for account in self.accounts]
        return min((day for day in days if day is not None), default=None) if None not in days else None

    @cached_property
    def summary(self) -> Sentence:
        """The coverage in one sentence."""
        if self.has_failed:
            return say(
                "Coverage could not be determined because of an error in Show-Me Records. The records found are complete, but "
                "gaps are unknown. Report this before you rely on the result."
            )
        if self.failed:
            return say(
                "{accounts}: coverage could not be determined because of an error in Show-Me Records. Report this before you "
                "rely on the result.",
                accounts=join_list(self.failed),
            )
        if self.no_day_fits:
            return say("The filters exclude every day, so there is nothing to cover.")
        if not self.accounts:
            return say("No account with an archive is in the scope of this search.")
        if incomplete := self.with_gaps:
            return say(
                "{accounts}: not everything in scope is captured.",
                accounts=self._name_accounts([account.full_label for account in incomplete]),
            )
        if self.has_last or self.captured_to is None:
            if len(self.accounts) == 1:
                return say("{account} is captured for these days.", account=self.accounts[0].full_label)
            return say("All {count} accounts are captured for these days.", count=len(self.accounts))
        if len(self.accounts) == 1:
            return say("{account} is captured through {day}.", account=self.accounts[0].full_label, day=self.captured_to)
        if len({account.captured_to for account in self.accounts}) == 1:
            return say("All {count} accounts are captured through {day}.", count=len(self.accounts), day=self.captured_to)
        return say("All {count} accounts are captured, each through at least {day}.", count=len(self.accounts), day=self.captured_to)

    @cached_property
    def gaps(self) -> tuple[Sentence, ...]:
        """The gaps in words: those of most accounts first, then the longest."""
        groups: dict[_Gap, list[str]] = {}
        horizon = self._horizon
        for account in self.accounts:
            for gap in _gaps_of(account, self, horizon):
                groups.setdefault(gap, []).append(account.full_label)
        ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), -pair[0].length, pair[0].first, pair[0].template))
        return tuple(self._gap(gap, labels) for gap, labels in ordered) + self._missing_kinds(self._missing_requested)

    def gaps_of(self, account: AccountDays) -> tuple[Sentence, ...]:
        """Return the gaps of one account, the longest first, without its name."""
        gaps = sorted(_gaps_of(account, self, self._horizon), key=lambda gap: (-gap.length, gap.first))
        named = [(gap, *_gap_template(gap)) for gap in gaps]
        lines = [ACCOUNT_SENTENCES[template](days=gap.days, why=reasons) for gap, template, reasons in named]
        if missing := self._missing_requested(account):
            lines.append(say("no archive in scope has a file with {kinds}", kinds=join_list([KINDS[kind]() for kind in missing])))
        return tuple(lines)

    @cached_property
    def notes(self) -> tuple[Sentence, ...]:
        """Other things a reader must know, starting with the end of each account's archives."""
        return (*self.ends, *self.remarks)

    @cached_property
    def remarks(self) -> tuple[Sentence, ...]:
        """The notes without the ends. The note on deleted records always comes last."""
        return (*self._outdated, *self._unsure_beginnings, *self.limits)

    @property
    def _unsure_beginnings(self) -> Iterable[Sentence]:
        """Notes on accounts whose archives do not state that they begin with the account."""
        unsure: dict[date, list[str]] = {}
        for account in self.accounts:
            if account.before is DayStatus.NOT_CERTAIN and account.intervals:
                unsure.setdefault(date.fromordinal(account.intervals[0].first), []).append(account.full_label)
        return [
            say(
                "{accounts}: the archive does not state whether it includes days before {day}.",
                accounts=self._name_accounts(labels),
                day=day,
            )
            for day, labels in sorted(unsure.items())
        ]

    @cached_property
    def limits(self) -> tuple[Sentence, ...]:
        """What the archives lack whatever their days: kinds of records, and what was deleted earlier."""
        return (
            *(self._missing_kinds(self._missing_usual) if self.kinds is None else ()),
            say("Anything deleted before an archive was made is not in it, and the archive gives no indication of it."),
        )

    @cached_property
    def ends(self) -> tuple[Sentence, ...]:
        """The day through which each account in scope is captured, newest first; no account is omitted."""
        by_day: dict[date | None, list[str]] = {}
        for account in self.accounts:
            by_day.setdefault(account.captured_to, []).append(account.full_label)
        return tuple(
            self._end(day, join_list(labels) or "")
            for day, labels in sorted(by_day.items(), key=lambda pair: pair[0] or date.min, reverse=True)
        )

    def _end(self, day: date | None, accounts: str) -> Sentence:
        if day is None:
            return say("Coverage of these days is uncertain: {accounts}.", accounts=accounts)
        if self.has_last and day == self.last:
            return say("Captured through {day}, the last day searched: {accounts}.", day=day, accounts=accounts)
        return say("Captured through {day}: {accounts}.", day=day, accounts=accounts)

    @property
    def _outdated(self) -> Iterable[Sentence]:
        """Notes on accounts whose newest archive is more than a year old, if the search extends to today."""
        if self.today is None or self.last is None or self.last < self.today:
            return
        ends = [(account, (self.today - account.captured_to).days) for account in self.accounts if account.captured_to is not None]
        outdated = [(account, days) for account, days in ends if days > OLD]
        if len(outdated) > NAMED:
            yield say(
                "{accounts}: the newest archive is more than a year old; the oldest ended {count} days ago. Request new archives from the "
                "platforms.",
                accounts=self._name_accounts([account.full_label for account, _ in outdated]),
                count=max(days for _, days in outdated),
            )
            return
        for account, days in outdated:
            yield say(
                "{account}: the newest archive ends {count} days ago. Request a new archive from the platform.",
                account=account.full_label,
                count=days,
            )

    def _gap(self, gap: _Gap, labels: Sequence[str]) -> Sentence:
        template, reasons = _gap_template(gap)
        return SENTENCES[template](accounts=self._name_accounts(labels), days=gap.days, why=reasons)

    def _name_accounts(self, labels: Sequence[str]) -> str:
        if len(labels) <= NAMED:
            return join_list(labels) or ""
        if len(labels) == len(self.accounts):
            return say("All {count} accounts", count=len(labels))
        return say("{count} of {all} accounts", count=len(labels), all=len(self.accounts))

    def _missing_kinds(self, missing: Callable[[AccountDays], tuple[str, ...]]) -> tuple[Sentence, ...]:
        groups: dict[tuple[str, ...], list[str]] = {}
        for account in self.accounts:
            if kinds := missing(account):
                groups.setdefault(kinds, []).append(account.full_label)
        return tuple(
            say(
                "{accounts}: no archive in scope has a file with {kinds}.",
                accounts=self._name_accounts(labels),
                kinds=join_list([KINDS[kind]() for kind in kinds]),
            )
            for kinds, labels in groups.items()
        )

    def _missing_requested(self, account: AccountDays) -> tuple[str, ...]:
        """Return the requested kinds if none of them is in the account's archives in scope; else empty."""
        if self.kinds is None or not account.intervals or account.kinds & self.kinds:
            return ()
        return tuple(kind for kind in KINDS if kind in self.kinds)

    def _missing_usual(self, account: AccountDays) -> tuple[str, ...]:
        hidden = {str(RecordKind.MESSAGE)} if self.without_messages else set()
        usual = platforms.get(account.platform).usual_kinds - account.kinds - hidden
        return tuple(kind for kind in KINDS if kind in usual) if account.kinds else ()


def _falls_behind(account: AccountDays, horizon: date | None) -> bool:
    """Whether an account's captures end long before another's: then its later days are a gap, requested or not."""
    return bool(horizon and account.captured_to and (horizon - account.captured_to).days > APART)


def _gaps_of(account: AccountDays, scope: Coverage, horizon: date | None) -> list[_Gap]:
    merged = merge_runs(account.intervals)
    if not merged:
        return []
    begin, end = merged[0].first, merged[-1].after
    if not scope.has_last:
        merged = _without_tail(merged)
    gaps = []
    if account.before is DayStatus.NOT_CAPTURED:
        gaps.append(_Gap("not captured: before", date.fromordinal(begin), 0, begin, frozenset()))
    # omit the partial last day of an archive if the next gap follows it
    reported = [
        run
        for at, run in enumerate(merged)
        if run.status.is_gap and not (_ends_archive(run) and at + 1 < len(merged) and merged[at + 1].status.is_gap)
    ]
    gaps += [_gap(run, begin, end) for run in reported]
    if horizon and account.captured_to and _falls_behind(account, horizon):
        days = (horizon - account.captured_to).days
        gaps.append(_Gap("not captured: after", account.captured_to, account.captured_to.toordinal() + 1, days, frozenset()))
    return gaps


def _without_tail(merged: Sequence[Interval]) -> list[Interval]:
    """Drop the days since the newest archive, its partial last day, and the days it might still cover."""
    rest = list(merged)
    if len(rest) > 1 and rest[-1].status is DayStatus.NOT_CAPTURED:
        rest.pop()
    if len(rest) > 1 and rest[-1].status is DayStatus.NOT_CERTAIN and rest[-1].reasons <= _END_NOT_STATED:
        rest.pop()
    if rest and _ends_archive(rest[-1]):
        rest.pop()
    return rest


def _ends_archive(run: Interval) -> bool:
    return run.status is DayStatus.IN_PART and run.after - run.first == 1 and run.reasons <= _END_OF_ARCHIVE


def _gap(run: Interval, begin: int, end: int) -> _Gap:
    first, last = date.fromordinal(run.first), date.fromordinal(run.after - 1)
    length = run.after - run.first
    reasons = run.reasons if length == 1 or run.status is not DayStatus.IN_PART else run.reasons - _END_OF_ARCHIVE
    if run.first == begin and run.after == end:
        return _Gap(f"{run.status}: all", None, run.first, length, reasons)
    if run.after == end and run.status is DayStatus.NOT_CAPTURED:
        return _Gap("not captured: after", date.fromordinal(run.first - 1), run.first, length, reasons)
    return _Gap(
        f"{run.status}: days", first if length == 1 else say("{first} to {last}", first=first, last=last), run.first, length, reasons
    )


def _gap_template(gap: _Gap) -> tuple[str, str | None]:
    """Return the template of a gap and its reasons in words."""
    reasons = join_list([REASONS[reason]() for reason in Reason if reason in gap.reasons])
    return (gap.template if reasons is not None else WITHOUT_REASON.get(gap.template, gap.template)), reasons


_END_OF_ARCHIVE: Final = frozenset({Reason.DAY_OF_EXPORT, Reason.EXPORT_NOT_STATED})
"""Why the last day of any archive is only partly captured: not a defect."""

_END_NOT_STATED: Final = frozenset({Reason.EXPORT_NOT_STATED, Reason.RANGE_NOT_STATED})
"""Why days after an archive's last record are uncertain."""
