"""Coverage of a search: captured accounts and days, and the gaps. No hits does not mean never captured.

Derived from the catalog whenever its captures change, never stored: a zone or a capture may be corrected.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from indexer.catalog import CatalogState, catalog_state
from indexer.coverage.captures import MESSAGE, CapturedAccount, RecordTimes, read_accounts, record_times
from indexer.coverage.days import AFTER, FIRST, INTERNAL_REASONS, CaptureDates, Interval, clip, combine, intervals_of
from indexer.coverage.summary import AccountDays, Coverage, FaultyCapture
from indexer.local_time import from_ms, local_day
from indexer.query import And, DayRange, Filters, Node, Or, Permission, Word

_LOG: Final = logging.getLogger(__name__)
_KEPT: Final = 64
"""Coverages kept of one state of the catalog: those of the latest scopes asked for."""


@dataclass(frozen=True, slots=True)
class _Days:
    """An account's days for one permission level. `reach`: half-open day range per capture."""

    first_record: date | None
    intervals: tuple[Interval, ...]
    reach: Mapping[int, tuple[int, int]]
    begin: int  # first day if the search has none


@dataclass(frozen=True, slots=True)
class _Scope:
    """All that a coverage depends on besides the state of the catalog."""

    permission: Permission
    accounts: frozenset[int] | None
    platforms: frozenset[str] | None
    kinds: frozenset[str] | None
    days: tuple[date | None, date, bool]  # first, last, whether the last was requested
    today: date
    index: tuple[int | None, int | None, bool]  # records indexed, records held, whether the index is up to date

    def has(self, account: CapturedAccount) -> bool:
        """Whether an account is in scope."""
        number = account.view.id
        is_chosen = self.accounts is None or number in self.accounts
        return is_chosen and self.permission.allows_account(number) and (self.platforms is None or account.view.platform in self.platforms)


class CoverageCalculator:
    """Computes the coverage of searches. One per repository; thread-safe."""

    def __init__(self, db: sa.Engine, zone_name: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._db, self._zone, self._now = db, zone_name, now
        self._lock = threading.Lock()
        self._state: CatalogState | None = None
        self._values: OrderedDict[_Scope, Coverage] = OrderedDict()
        self._accounts: tuple[CapturedAccount, ...] = ()
        self._days: dict[tuple[int, bool], _Days] = {}
        self._seen: dict[tuple[int, bool, tuple[str, ...]], RecordTimes] = {}

    def of(
        self,
        filters: Filters,
        tree: Node | None = None,
        as_of: date | None = None,
        *,
        indexed: int | None = None,
        held: int | None = None,
        in_step: bool = True,
    ) -> Coverage:
        """Compute the coverage of the accounts and days that the filters and the query allow.

        With a limited permission (`filters.permission`), it reveals nothing about other accounts, direct messages or
        the captures themselves. `indexed` and `held` are the record counts of the index and the catalog; `in_step`: the
        index is up to date.

        Never raises because of an archive's contents: the failure is logged and stated in the coverage, so one archive
        cannot disable search for the others.
        """
        try:
            scope = self._scope_of(filters, tree, as_of, (indexed, held, in_step))
            state, coverage = self._kept(scope)
            if coverage is None:
                coverage = self._compute(scope)
                as_sentences(coverage)  # sentences are built lazily: force errors here rather than on the page
                self._keep(state, scope, coverage)
        except sa.exc.SQLAlchemyError:
            raise  # an unreadable catalog is not a coverage problem
        except Exception:  # noqa: BLE001  # logged and stated: one archive cannot take search away from the others
            _LOG.exception("The coverage of a search could not be worked out.")
            return Coverage(self._zone, None, None, False, False, (), in_step=in_step, has_failed=True)
        return coverage

    def _scope_of(self, filters: Filters, tree: Node | None, as_of: date | None, index: tuple[int | None, int | None, bool]) -> _Scope:
        today = local_day(self._now(), self._zone)
        kinds = _intersect(filters.kinds, bound_words(tree, "kind"))
        if kinds is not None:
            kinds = frozenset(filter(filters.permission.allows_kind, kinds))
        platforms = _intersect(filters.platforms, bound_words(tree, "platform"))
        days = _requested_days(filters, tree, as_of, today)
        return _Scope(filters.permission, filters.accounts, platforms, kinds, days, today, index)

    def _kept(self, scope: _Scope) -> tuple[CatalogState | None, Coverage | None]:
        """Return the catalog's state, and the coverage of a scope if it was computed in that state."""
        with self._lock:
            self._refresh()
            if scope in self._values:
                self._values.move_to_end(scope)
            return self._state, self._values.get(scope)

    def _keep(self, state: CatalogState | None, scope: _Scope, coverage: Coverage) -> None:
        with self._lock:
            if state == self._state and not coverage.failed:
                self._values[scope] = coverage
                while len(self._values) > _KEPT:
                    self._values.popitem(last=False)

    def _compute(self, scope: _Scope) -> Coverage:
        permission, kinds, today = scope.permission, scope.kinds, scope.today
        first, last, chosen_last = scope.days
        indexed, held, in_step = scope.index
        coverage = Coverage(self._zone, None, None, first is not None, chosen_last, (), kinds, without_messages=permission.without_messages)
        coverage = replace(coverage, in_step=in_step and (indexed or 0) >= (held or 0))
        if permission.is_all:
            coverage = replace(coverage, indexed=indexed, held=held)
        if first is not None and first > last:
            return replace(coverage, no_day_fits=True)
        accounts, failed = self._accounts_in(scope)
        coverage = replace(coverage, today=today, failed=failed)
        if not accounts:
            return coverage
        after = last.toordinal() + 1
        spans = [(account, days, min(first.toordinal() if first else days.begin, after - 1)) for account, days in accounts]
        return replace(
            coverage,
            first=date.fromordinal(min(begin for _, _, begin in spans)),
            last=last,
            accounts=tuple(
                _account_days(account, days, begin, after, has_first=first is not None, permission=permission)
                for account, days, begin in spans
            ),
            faulty=tuple(_find_faulty(spans, after)) if permission.is_all else (),
            cannot_contain=_cannot_contain(spans, after) if permission.is_all else (),
        )

    def _accounts_in(self, scope: _Scope) -> tuple[list[tuple[CapturedAccount, _Days]], tuple[str, ...]]:
        """Return the accounts in scope with their days, and the names of accounts whose days failed to compute."""
        accounts, failed = [], []
        with self._lock:
            for account in self._accounts:
                if scope.has(account):
                    try:
                        accounts.append((account, self._days_of(account, scope.permission)))
                    except sa.exc.SQLAlchemyError:
                        raise
                    except Exception:  # noqa: BLE001  # logged and stated: one archive cannot take search away from the others
                        _LOG.exception("The days of account %s could not be worked out.", account.view.id)
                        failed.append(account.full_label)
        return accounts, tuple(failed)

    def _refresh(self) -> None:
        """Reload accounts and captures if the catalog has changed."""
        with self._db.connect() as connection:
            state = catalog_state(connection)
            if state != self._state:
                if self._state is not None and state.revision != self._state.revision:
                    self._seen = {}  # an archive was re-read: its times may have changed
                self._accounts, self._days, self._state = tuple(read_accounts(connection)), {}, state
                self._values.clear()

    def _days_of(self, account: CapturedAccount, permission: Permission) -> _Days:
        without_messages = permission.without_messages and any(MESSAGE in capture.kinds for capture in account.captures)
        key = (account.view.id, without_messages)
        if key not in self._days:
            seen = self._record_times(account, without_messages=without_messages)
            self._days[key] = self._derive(account, seen, is_all=not without_messages)
        return self._days[key]

    def _record_times(self, account: CapturedAccount, *, without_messages: bool) -> Mapping[int, RecordTimes]:
        """First and last record times of the captures that need them."""
        wanted = [
            capture.id
            for capture in account.captures
            if without_messages or not capture.facts.is_whole_history or capture.exported_ms is None
        ]
        if not without_messages and len(account.captures) == 1:
            return {account.captures[0].id: (account.first_ms, account.last_ms)}
        zones = tuple(capture.zone for capture in account.captures)  # setting a zone shifts the records of every capture that shares them
        missing = [number for number in wanted if (number, without_messages, zones) not in self._seen]
        if missing:
            with self._db.connect() as connection:
                times = record_times(connection, missing, without_messages=without_messages)
            self._seen.update({(number, without_messages, zones): times.get(number, (None, None)) for number in missing})
        return {number: self._seen[number, without_messages, zones] for number in wanted}

    def _derive(self, account: CapturedAccount, seen: Mapping[int, RecordTimes], *, is_all: bool) -> _Days:
        first_ms = account.first_ms if is_all else min((first for first, _ in seen.values() if first is not None), default=None)
        first_record = self._day(first_ms)
        parts: list[Interval] = []
        reach, begins = {}, [first_record.toordinal()] if first_record else []
        for capture in account.captures:
            first, last = seen.get(capture.id, (None, None))
            held = CaptureDates(
                capture_id=capture.id,
                taken=self._day(capture.taken_ms) or date.min,
                exported=self._day(capture.exported_ms),
                first_day=_iso(capture.facts.first_day),
                last_day=_iso(capture.facts.last_day),
                seen_first=self._day(first),
                seen_last=self._day(last),
                is_from_beginning=capture.facts.is_whole_history,
                faults=capture.faults,
            )
            own = intervals_of(held, first_record)
            parts += own
            reach[capture.id] = (min((part.first for part in own), default=AFTER), max((part.after for part in own), default=FIRST))
            if held.first_day:
                begins.append(held.first_day.toordinal())
            elif first_record is None:
                begins.append((held.exported or held.taken).toordinal())
        return _Days(first_record, tuple(combine(parts)), reach, min(begins, default=FIRST))

    def _day(self, ms: int | None) -> date | None:
        instant = from_ms(ms)
        return None if instant is None else local_day(instant, self._zone)


def bound_days(tree: Node | None) -> tuple[date | None, date | None]:
    """First and last day that hits of a query can have, None if open. Errs on the side of too many days."""
    if isinstance(tree, DayRange):
        return tree.first, tree.last
    if isinstance(tree, And):
        pairs = [bound_days(child) for child in tree.children]
        firsts, lasts = [first for first, _ in pairs if first], [last for _, last in pairs if last]
        return max(firsts, default=None), min(lasts, default=None)
    if isinstance(tree, Or) and tree.children:
        alternatives = [bound_days(child) for child in tree.children]
        begins, ends = [first for first, _ in alternatives], [last for _, last in alternatives]
        return (
            None if None in begins else min(day for day in begins if day),
            None if None in ends else max(day for day in ends if day),
        )
    return None, None


def bound_words(tree: Node | None, field: str) -> frozenset[str] | None:
    """Values of a field (platform, kind) that hits of a query can have; None if any."""
    if isinstance(tree, Word) and tree.field == field:
        return frozenset({tree.word})
    if isinstance(tree, And):
        bound: frozenset[str] | None = None
        for child in tree.children:
            bound = _intersect(bound, bound_words(child, field))
        return bound
    if isinstance(tree, Or) and tree.children:
        alternatives = [bound_words(child, field) for child in tree.children]
        return None if None in alternatives else frozenset().union(*(words for words in alternatives if words))
    return None


def as_json(coverage: Coverage) -> dict[str, Any]:
    """Return the coverage as JSON, as in `coverage`, `search`, exports and certificates. Days are ISO dates."""
    return {
        "zone": coverage.zone,
        "from": _text(coverage.first),
        "to": _text(coverage.last),
        "days_asked": {"from": coverage.has_first, "to": coverage.has_last},
        "whole": coverage.is_whole,
        "captured_to": _text(coverage.captured_to),
        "failed": coverage.has_failed or bool(coverage.failed),
        "summary": str(coverage.summary),
        "gaps": [str(line) for line in coverage.gaps],
        "notes": [str(line) for line in coverage.notes],
        "accounts": [_account_shape(account) for account in coverage.accounts],
        "faulty_captures": [
            {"id": capture.capture_id, "name": capture.name, "problems": capture.problems, "short": capture.short}
            for capture in coverage.faulty
        ],
        "cannot_contain": [{"text": str(text), "accounts": list(labels)} for text, labels in coverage.cannot_contain],
        "indexed": coverage.indexed,
        "held": coverage.held,
        "in_step": coverage.in_step,
    }


def as_sentences(coverage: Coverage) -> list[str]:
    """Return the coverage in sentences: summary, gaps, notes."""
    return [str(coverage.summary), *map(str, coverage.gaps), *map(str, coverage.notes)]


def _account_shape(account: AccountDays) -> dict[str, Any]:
    return {
        "id": account.account_id,
        "account": account.label,
        "platform": account.platform,
        "first_record": _text(account.first_record),
        "captured_to": _text(account.captured_to),
        "kinds": sorted(account.kinds),
        "intervals": [
            {
                "from": date.fromordinal(part.first).isoformat(),
                "to": date.fromordinal(part.after - 1).isoformat(),
                "status": str(part.status),
                "captures": list(part.captures),
                "reasons": sorted(part.reasons),
            }
            for part in account.intervals
        ],
    }


def _requested_days(filters: Filters, tree: Node | None, as_of: date | None, today: date) -> tuple[date | None, date, bool]:
    """Return the first requested day, the last day, and whether the last was requested. Future days count as today."""
    first, last = bound_days(tree)
    first = max((day for day in (first, filters.first_day) if day), default=None)
    last = min((day for day in (last, filters.last_day, as_of) if day), default=None)
    if last is None:
        return first, max(today, first or today), False
    return first, last if last <= today else min(last, max(today, first or today)), True


def _account_days(account: CapturedAccount, days: _Days, begin: int, after: int, *, has_first: bool, permission: Permission) -> AccountDays:
    parts = clip(days.intervals, begin, after)
    if not permission.is_all:
        parts = _merge_equal([part._replace(captures=(), reasons=part.reasons - INTERNAL_REASONS) for part in parts])
    status_before = None if has_first or begin <= FIRST else clip(days.intervals, begin - 1, begin)[0].status
    kinds = frozenset[str]().union(*{capture.kinds for capture in account.captures if _reaches(days, capture.id, begin, after)})
    return AccountDays(
        account_id=account.view.id,
        label=account.view.label,
        platform=account.view.platform,
        first_record=days.first_record,
        intervals=tuple(parts),
        before=status_before,
        kinds=frozenset(filter(permission.allows_kind, kinds)),
    )


def _merge_equal(parts: Sequence[Interval]) -> list[Interval]:
    """Merge adjacent intervals that are equal apart from their days."""
    merged: list[Interval] = []
    for part in parts:
        if merged and merged[-1][2:] == part[2:]:
            merged[-1] = merged[-1]._replace(after=part.after)
        else:
            merged.append(part)
    return merged


def _reaches(days: _Days, capture_id: int, begin: int, after: int) -> bool:
    first, end = days.reach[capture_id]
    return first < after and end > begin


_Spans = Sequence[tuple[CapturedAccount, _Days, int]]


def _find_faulty(spans: _Spans, after: int) -> Iterable[FaultyCapture]:
    for account, days, begin in spans:
        for capture in account.captures:
            if (capture.problems or capture.short) and _reaches(days, capture.id, begin, after):
                yield FaultyCapture(capture.id, capture.name, capture.problems, capture.short)


def _cannot_contain(spans: _Spans, after: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Limits shared by all captures in scope of an account, each sentence once with its accounts."""
    labels_by_limits: dict[frozenset[tuple[str, ...]], list[str]] = {}  # archives of the same form mostly have the same limits
    for account, days, begin in spans:
        limits = frozenset(capture.limits for capture in account.captures if _reaches(days, capture.id, begin, after))
        labels_by_limits.setdefault(limits, []).append(account.full_label)
    labels_by_sentence: dict[str, list[str]] = {}
    for limits, labels in labels_by_limits.items():
        for sentence in next(iter(limits), ()):
            if all(sentence in capture_limits for capture_limits in limits):
                labels_by_sentence.setdefault(sentence, []).extend(labels)
    return tuple((sentence, tuple(labels)) for sentence, labels in labels_by_sentence.items())


def _intersect(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    return right if left is None else left if right is None else left & right


def _iso(day: str) -> date | None:
    return date.fromisoformat(day) if day else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
