"""What a search could have found: days, gaps and limits of the captures in its scope, as values and in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from indexer import platforms
from indexer.coverage.days import DayStatus, Reason, Stretch, runs
from indexer.i18n import Sentence, say
from indexer.record import RecordKind

OLD: Final = 365
"""Days after which the newest archive of an account is said to be old."""

APART: Final = 31
"""Days by which the last archives of two accounts may lie apart, as they do when they are asked for in one month."""

NAMED: Final = 3
"""Up to so many accounts are named in a sentence; more are counted."""


@dataclass(frozen=True)  # no slots: what is worked out once is kept
class AccountDays:
    """One account's days in scope, without a hole: `stretches` follow each other from the first to the last.

    `before` is the status of the day before them, told only where no first day was asked for. `kinds` are the kinds of
    record that a capture in scope has a file of. `first_record` is the local day of the account's first record.
    """

    account_id: int
    label: str
    platform: str
    first_record: date | None
    stretches: tuple[Stretch, ...]
    before: DayStatus | None
    kinds: frozenset[str]

    @property
    def named(self) -> str:
        """What sentences call the account: the same handle may stand on several platforms."""
        return f"{self.label} ({platforms.title(self.platform)})"

    @cached_property
    def captured_to(self) -> date | None:
        """The last day in scope of which a capture surely has something; None without one."""
        known = [one.after for one in self.stretches if one.status in {DayStatus.CAPTURED, DayStatus.BEFORE_FIRST, DayStatus.IN_PART}]
        return date.fromordinal(known[-1] - 1) if known else None


@dataclass(frozen=True, slots=True)
class Faulty:
    """A capture in scope with problems, or with `short` records fewer than its platform declares."""

    capture_id: int
    name: str
    problems: int
    short: int


@dataclass(frozen=True, slots=True)
class _Gap:
    """Days of one account that are not captured, as a sentence says them."""

    template: str
    days: date | Sentence | None
    first: int
    length: int
    reasons: frozenset[Reason]


@dataclass(frozen=True)  # no slots: what is worked out once is kept
class Coverage:
    """What of the scope of a search is captured. `first` and `last` are local days of `zone`, both included.

    They are None where no account or no day is in scope. `has_first` and `has_last` say whether the search named them: a
    search without a last day is not to blame for the days since the last archive. `kinds` are those that it asked for,
    None for all. `indexed` and `held` are None for a reader who may not see every account; `in_step` is told to all.
    """

    zone: str
    first: date | None
    last: date | None
    has_first: bool
    has_last: bool
    accounts: tuple[AccountDays, ...]
    kinds: frozenset[str] | None = None
    faulty: tuple[Faulty, ...] = ()
    cannot_contain: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (sentence, labels of the accounts)
    without_messages: bool = False
    no_day_fits: bool = False
    indexed: int | None = None
    held: int | None = None
    in_step: bool = True
    today: date | None = None
    failed: tuple[str, ...] = ()  # accounts whose days could not be worked out, for a fault of the program
    has_failed: bool = False  # a fault of the program: nothing is known of any account's days

    @cached_property
    def with_gaps(self) -> tuple[AccountDays, ...]:
        """The accounts of which some days in scope, or kinds of record that were asked for, are not captured."""
        horizon = self._horizon
        return tuple(one for one in self.accounts if _gaps_of(one, self, horizon) or self._missing_asked(one))

    @cached_property
    def _horizon(self) -> date | None:
        """The day up to which accounts can be compared where no last day was asked for: the last that any of them has."""
        return None if self.has_last else max((one.captured_to for one in self.accounts if one.captured_to), default=None)

    @cached_property
    def is_whole(self) -> bool:
        """True when every day in scope of every account is captured (and there is one)."""
        return bool(self.accounts) and not self.with_gaps and not self.failed

    @cached_property
    def captured_to(self) -> date | None:
        """The day up to which every account is captured at least; None when one is not at all."""
        days = [one.captured_to for one in self.accounts]
        return min((day for day in days if day is not None), default=None) if None not in days else None

    @cached_property
    def summary(self) -> Sentence:
        """The whole in one sentence."""
        if self.has_failed:
            return say(
                "Coverage could not be determined because of an error in Show-Me Records. The records found are complete, but "
                "gaps are unknown. Report this before you rely on the result."
            )
        if self.failed:
            return say(
                "{accounts}: coverage could not be determined because of an error in Show-Me Records. Report this before you "
                "rely on the result.",
                accounts=listed(self.failed),
            )
        if self.no_day_fits:
            return say("The filters exclude every day, so there is nothing to cover.")
        if not self.accounts:
            return say("No account with an archive is in the scope of this search.")
        if found := self.with_gaps:
            return say("{accounts}: not everything in scope is captured.", accounts=self._who([one.named for one in found]))
        if self.has_last or self.captured_to is None:
            if len(self.accounts) == 1:
                return say("{account} is captured for these days.", account=self.accounts[0].named)
            return say("All {count} accounts are captured for these days.", count=len(self.accounts))
        if len(self.accounts) == 1:
            return say("{account} is captured through {day}.", account=self.accounts[0].named, day=self.captured_to)
        if len({one.captured_to for one in self.accounts}) == 1:
            return say("All {count} accounts are captured through {day}.", count=len(self.accounts), day=self.captured_to)
        return say("All {count} accounts are captured, each through at least {day}.", count=len(self.accounts), day=self.captured_to)

    @cached_property
    def gaps(self) -> tuple[Sentence, ...]:
        """The gaps in words: what most accounts lack first, then the longest."""
        groups: dict[_Gap, list[str]] = {}
        horizon = self._horizon
        for account in self.accounts:
            for gap in _gaps_of(account, self, horizon):
                groups.setdefault(gap, []).append(account.named)
        ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), -pair[0].length, pair[0].first, pair[0].template))
        return tuple(self._gap(gap, labels) for gap, labels in ordered) + self._kinds(self._missing_asked)

    @cached_property
    def notes(self) -> tuple[Sentence, ...]:
        """What is no gap in the days and must be known all the same: where each account's archives end comes first."""
        return (*self.ends, *self.remarks)

    @cached_property
    def remarks(self) -> tuple[Sentence, ...]:
        """The notes without the ends. What nobody can know comes last, always."""
        unsure: dict[date, list[str]] = {}
        for one in self.accounts:
            if one.before is DayStatus.NOT_CERTAIN and one.stretches:
                unsure.setdefault(date.fromordinal(one.stretches[0].first), []).append(one.named)
        notes = [
            say(
                "{accounts}: the archive does not state whether it includes days before {day}.",
                accounts=self._who(labels),
                day=day,
            )
            for day, labels in sorted(unsure.items())
        ]
        if self.kinds is None:
            notes += self._kinds(self._missing_usual)
        return (
            *self._old,
            *notes,
            say("Anything deleted before an archive was made is not in it, and the archive gives no indication of it."),
        )

    @cached_property
    def ends(self) -> tuple[Sentence, ...]:
        """Up to which day every account in scope is captured, the newest first; none is left out."""
        by_day: dict[date | None, list[str]] = {}
        for one in self.accounts:
            by_day.setdefault(one.captured_to, []).append(one.named)
        return tuple(
            self._end(day, listed(labels) or "")
            for day, labels in sorted(by_day.items(), key=lambda pair: pair[0] or date.min, reverse=True)
        )

    def _end(self, day: date | None, accounts: str) -> Sentence:
        if day is None:
            return say("Coverage of these days is uncertain: {accounts}.", accounts=accounts)
        if self.has_last and day == self.last:
            return say("Captured through {day}, the last day searched: {accounts}.", day=day, accounts=accounts)
        return say("Captured through {day}: {accounts}.", day=day, accounts=accounts)

    @property
    def _old(self) -> Iterable[Sentence]:
        """Accounts whose newest archive is more than a year old, where the search reaches to today."""
        if self.today is None or self.last is None or self.last < self.today:
            return
        for one in self.accounts:
            if one.captured_to is not None and (days := (self.today - one.captured_to).days) > OLD:
                yield say(
                    "{account}: the newest archive ends {count} days ago. Request a new archive from the platform.",
                    account=one.named,
                    count=days,
                )

    def _gap(self, gap: _Gap, labels: Sequence[str]) -> Sentence:
        why = listed([REASONS[reason]() for reason in Reason if reason in gap.reasons])
        template = gap.template if why is not None or gap.template not in _WITHOUT_WHY else _WITHOUT_WHY[gap.template]
        return _SENTENCES[template](accounts=self._who(labels), days=gap.days, why=why)

    def _who(self, labels: Sequence[str]) -> str:
        if len(labels) <= NAMED:
            return listed(labels) or ""
        if len(labels) == len(self.accounts):
            return say("All {count} accounts", count=len(labels))
        return say("{count} of {all} accounts", count=len(labels), all=len(self.accounts))

    def _kinds(self, missing: Callable[[AccountDays], tuple[str, ...]]) -> tuple[Sentence, ...]:
        groups: dict[tuple[str, ...], list[str]] = {}
        for one in self.accounts:
            if kinds := missing(one):
                groups.setdefault(kinds, []).append(one.named)
        return tuple(
            say(
                "{accounts}: no archive in scope has a file with {kinds}.",
                accounts=self._who(labels),
                kinds=listed([KINDS[k]() for k in kinds]),
            )
            for kinds, labels in groups.items()
        )

    def _missing_asked(self, account: AccountDays) -> tuple[str, ...]:
        """Return the kinds that were asked for and that none of an account's archives in scope has; nothing where it has one."""
        if self.kinds is None or not account.stretches or account.kinds & self.kinds:
            return ()
        return tuple(kind for kind in KINDS if kind in self.kinds)

    def _missing_usual(self, account: AccountDays) -> tuple[str, ...]:
        hidden = {str(RecordKind.MESSAGE)} if self.without_messages else set()
        usual = platforms.get(account.platform).usual_kinds - account.kinds - hidden
        return tuple(kind for kind in KINDS if kind in usual) if account.kinds else ()


def _falls_behind(account: AccountDays, horizon: date | None) -> bool:
    """Tell whether an account's captures end long before another's: then its later days are a gap, asked for or not."""
    return bool(horizon and account.captured_to and (horizon - account.captured_to).days > APART)


def _gaps_of(account: AccountDays, scope: Coverage, horizon: date | None) -> list[_Gap]:
    joined = runs(account.stretches)
    if not joined:
        return []
    begin, end = joined[0].first, joined[-1].after
    if not scope.has_last:
        joined = _without_tail(joined)
    found = []
    if account.before is DayStatus.NOT_CAPTURED:
        found.append(_Gap("not captured: before", date.fromordinal(begin), 0, begin, frozenset()))
    # the last day of an archive is no sentence of its own where the next one says what is missing after it
    told = [
        one
        for at, one in enumerate(joined)
        if one.status.is_gap and not (_ends_archive(one) and at + 1 < len(joined) and joined[at + 1].status.is_gap)
    ]
    found += [_gap(one, begin, end) for one in told]
    if horizon and account.captured_to and _falls_behind(account, horizon):
        days = (horizon - account.captured_to).days
        found.append(_Gap("not captured: after", account.captured_to, account.captured_to.toordinal() + 1, days, frozenset()))
    return found


def _without_tail(joined: Sequence[Stretch]) -> list[Stretch]:
    """Return runs without the days since the last archive, its own day and the days that it may or may not reach over."""
    kept = list(joined)
    if len(kept) > 1 and kept[-1].status is DayStatus.NOT_CAPTURED:
        kept.pop()
    if len(kept) > 1 and kept[-1].status is DayStatus.NOT_CERTAIN and kept[-1].reasons <= _END_NOT_STATED:
        kept.pop()
    if kept and _ends_archive(kept[-1]):
        kept.pop()
    return kept


def _ends_archive(run: Stretch) -> bool:
    return run.status is DayStatus.IN_PART and run.after - run.first == 1 and run.reasons <= _END_OF_ARCHIVE


def _gap(run: Stretch, begin: int, end: int) -> _Gap:
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


_END_OF_ARCHIVE: Final = frozenset({Reason.DAY_OF_EXPORT, Reason.EXPORT_NOT_STATED})
"""Why the last day of an archive is captured in part: no fault of the archive."""

_END_NOT_STATED: Final = frozenset({Reason.EXPORT_NOT_STATED, Reason.RANGE_NOT_STATED})
"""Why days after an archive's last record are not certain."""

_SENTENCES: Final[Mapping[str, Callable[..., Sentence]]] = {
    "not captured: all": lambda **v: say("{accounts}: not captured for any of these days.", **v),
    "not captured: before": lambda **v: say("{accounts}: nothing captured before {days}.", **v),
    "not captured: after": lambda **v: say("{accounts}: nothing captured after {days}.", **v),
    "not captured: days": lambda **v: say("{accounts}: not captured for {days}.", **v),
    "in part: all": lambda **v: say("{accounts}: all of these days are only partly captured: {why}.", **v),
    "in part: all, no reason": lambda **v: say("{accounts}: all of these days are only partly captured.", **v),
    "in part: days": lambda **v: say("{accounts}: only partly captured for {days}: {why}.", **v),
    "in part: days, no reason": lambda **v: say("{accounts}: only partly captured for {days}.", **v),
    "not certain: all": lambda **v: say("{accounts}: coverage of these days is uncertain: {why}.", **v),
    "not certain: days": lambda **v: say("{accounts}: coverage of {days} is uncertain: {why}.", **v),
}
_WITHOUT_WHY: Final = {"in part: all": "in part: all, no reason", "in part: days": "in part: days, no reason"}

REASONS: Final[Mapping[Reason, Callable[[], Sentence]]] = {
    Reason.UNREAD: lambda: say("parts of an archive could not be read"),
    Reason.SHORT: lambda: say("fewer records were read than the platform counts"),
    Reason.ONE_PART: lambda: say("the archive is one of several parts"),
    Reason.DAY_OF_EXPORT: lambda: say("the archive was made during that day"),
    Reason.RANGE_NOT_STATED: lambda: say("the archive does not state its date range"),
    Reason.EXPORT_NOT_STATED: lambda: say("the archive does not state when it was made"),
}
STATUSES: Final[Mapping[DayStatus, Callable[[], Sentence]]] = {
    DayStatus.CAPTURED: lambda: say("captured"),
    DayStatus.BEFORE_FIRST: lambda: say("captured, before the account's first record"),
    DayStatus.IN_PART: lambda: say("partly captured"),
    DayStatus.NOT_CERTAIN: lambda: say("not certain"),
    DayStatus.NOT_CAPTURED: lambda: say("not captured"),
}
KINDS: Final[Mapping[str, Callable[[], Sentence]]] = {
    "post": lambda: say("posts"),
    "reply": lambda: say("replies"),
    "repost": lambda: say("reposts"),
    "comment": lambda: say("comments"),
    "message": lambda: say("direct messages"),
    "like": lambda: say("likes"),
    "story": lambda: say("stories"),
    "reel": lambda: say("reels"),
    "photo": lambda: say("photos"),
    "video": lambda: say("videos"),
    "event": lambda: say("events"),
}


def listed(words: Iterable[str]) -> str | None:
    """Return words one after the other, as one value of a sentence; None for no words. Each may be a sentence part itself."""
    together: str | None = None
    for word in words:
        together = word if together is None else say("{words}, {word}", words=together, word=word)
    return together
