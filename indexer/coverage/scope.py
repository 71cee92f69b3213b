"""Which accounts and days are captured, and the gaps: no hit is not the same as never captured.

Derived from the captures of the catalog each time they change, never stored: a zone or a capture may be corrected.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from indexer.coverage.captures import MESSAGE, STATE, HeldAccount, Seen, read, seen_times
from indexer.coverage.days import ABOUT_READING, AFTER, FIRST, Held, Stretch, clipped, combined, stretches_of
from indexer.coverage.summary import AccountDays, Coverage, Faulty
from indexer.local_time import from_ms, local_day
from indexer.query.filters import Filters, Permission
from indexer.query.nodes import And, DayRange, Node, Or, Word

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of an account as a kind of reader may know them. `reach` is first day and the day after the last, by capture."""

    first_record: date | None
    stretches: tuple[Stretch, ...]
    reach: Mapping[int, tuple[int, int]]
    begin: int  # where its days begin when nobody asks for a first one


class CoverageOfCaptures:
    """Says what of a search's scope is captured. One for each repository; safe to share between threads."""

    def __init__(self, db: sa.Engine, zone_name: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._db, self._zone, self._now = db, zone_name, now
        self._lock = threading.Lock()
        self._state: tuple[object, ...] | None = None
        self._accounts: tuple[HeldAccount, ...] = ()
        self._days: dict[tuple[int, bool], _Days] = {}
        self._seen: dict[tuple[int, bool, tuple[str, ...]], Seen] = {}

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
        """Return what is captured of the accounts and days that filters and a query's tree leave.

        Who has less than every permission (`filters.permission`) is told nothing of other accounts, of direct messages,
        and of the captures themselves. `indexed` and `held` count
        the records of the index and of the catalog; `in_step` says that the index knows all of the catalog.

        Never raises for what an archive holds: what cannot be worked out is logged, and the coverage says so. One
        archive cannot take the search away from the others.
        """
        try:
            found = self._of(filters, tree, as_of, indexed=indexed, held=held, in_step=in_step)
            lines(found)  # sentences are made when they are first read: a fault in them shows here, not on the page
        except sa.exc.SQLAlchemyError:
            raise  # a catalog that cannot be read is not a matter of days
        except Exception:  # noqa: BLE001  # logged and stated: one archive cannot take search away from the others
            _LOG.exception("The coverage of a search could not be worked out.")
            return Coverage(self._zone, None, None, False, False, (), in_step=in_step, has_failed=True)
        return found

    def _of(
        self, filters: Filters, tree: Node | None, as_of: date | None, *, indexed: int | None, held: int | None, in_step: bool
    ) -> Coverage:
        today = local_day(self._now(), self._zone)
        permission = filters.permission
        first, last, chosen_last = _asked_days(filters, tree, as_of, today)
        kinds = _narrowed(filters.kinds, bound_words(tree, "kind"))
        if kinds is not None:
            kinds = frozenset(filter(permission.allows_kind, kinds))
        base = Coverage(self._zone, None, None, first is not None, chosen_last, (), kinds, without_messages=permission.without_messages)
        base = replace(base, in_step=in_step and (indexed or 0) >= (held or 0))
        if permission.is_all:
            base = replace(base, indexed=indexed, held=held)
        if first is not None and first > last:
            return replace(base, no_day_fits=True)
        scope, failed = self._scope(filters, tree)
        base = replace(base, today=today, failed=failed)
        if not scope:
            return base
        after = last.toordinal() + 1
        spans = [(one, days, min(first.toordinal() if first else days.begin, after - 1)) for one, days in scope]
        return replace(
            base,
            first=date.fromordinal(min(begin for _, _, begin in spans)),
            last=last,
            accounts=tuple(
                _account_days(one, days, begin, after, has_first=first is not None, permission=permission) for one, days, begin in spans
            ),
            faulty=tuple(_faulty(spans, after)) if permission.is_all else (),
            cannot_contain=_cannot_contain(spans, after) if permission.is_all else (),
        )

    def _scope(self, filters: Filters, tree: Node | None) -> tuple[list[tuple[HeldAccount, _Days]], tuple[str, ...]]:
        """Return the accounts in scope with their days, and the names of those whose days cannot be worked out."""
        scope, failed = [], []
        with self._lock:
            self._refresh()
            for one in self._accounts:
                if _is_in(one, filters, tree):
                    try:
                        scope.append((one, self._days_of(one, filters.permission)))
                    except sa.exc.SQLAlchemyError:
                        raise
                    except Exception:  # noqa: BLE001  # logged and stated: one archive cannot take search away from the others
                        _LOG.exception("The days of account %s could not be worked out.", one.view.id)
                        failed.append(one.named)
        return scope, tuple(failed)

    def _refresh(self) -> None:
        """Read accounts and captures again when the catalog has moved on."""
        with self._db.connect() as connection:
            state = tuple(connection.execute(STATE).one())
            if state != self._state:
                if self._state is not None and state[-1] != self._state[-1]:
                    self._seen = {}  # an archive was read again: its times may be others
                self._accounts, self._days, self._state = tuple(read(connection)), {}, state

    def _days_of(self, account: HeldAccount, permission: Permission) -> _Days:
        without_messages = permission.without_messages and any(MESSAGE in one.kinds for one in account.captures)
        key = (account.view.id, without_messages)
        if key not in self._days:
            seen = self._seen_of(account, without_messages=without_messages)
            self._days[key] = self._derive(account, seen, is_all=not without_messages)
        return self._days[key]

    def _seen_of(self, account: HeldAccount, *, without_messages: bool) -> Mapping[int, Seen]:
        """Return the first and the last time of the dated records of each capture, as far as they matter."""
        wanted = [one.id for one in account.captures if without_messages or not one.facts.is_whole_history or one.exported_ms is None]
        if not without_messages and len(account.captures) == 1:
            return {account.captures[0].id: (account.first_ms, account.last_ms)}
        zones = tuple(one.zone for one in account.captures)  # a zone that is set moves records of every capture that has them
        missing = [number for number in wanted if (number, without_messages, zones) not in self._seen]
        if missing:
            with self._db.connect() as connection:
                found = seen_times(connection, missing, without_messages=without_messages)
            self._seen.update({(number, without_messages, zones): found.get(number, (None, None)) for number in missing})
        return {number: self._seen[number, without_messages, zones] for number in wanted}

    def _derive(self, account: HeldAccount, seen: Mapping[int, Seen], *, is_all: bool) -> _Days:
        first_ms = account.first_ms if is_all else min((first for first, _ in seen.values() if first is not None), default=None)
        first_record = self._day(first_ms)
        found: list[Stretch] = []
        reach, begins = {}, [first_record.toordinal()] if first_record else []
        for one in account.captures:
            first, last = seen.get(one.id, (None, None))
            held = Held(
                capture_id=one.id,
                taken=self._day(one.taken_ms) or date.min,
                exported=self._day(one.exported_ms),
                first_day=_iso(one.facts.first_day),
                last_day=_iso(one.facts.last_day),
                seen_first=self._day(first),
                seen_last=self._day(last),
                is_from_beginning=one.facts.is_whole_history,
                faults=one.faults,
            )
            own = stretches_of(held, first_record)
            found += own
            reach[one.id] = (min((s.first for s in own), default=AFTER), max((s.after for s in own), default=FIRST))
            if held.first_day:
                begins.append(held.first_day.toordinal())
            elif first_record is None:
                begins.append((held.exported or held.taken).toordinal())
        return _Days(first_record, tuple(combined(found)), reach, min(begins, default=FIRST))

    def _day(self, ms: int | None) -> date | None:
        instant = from_ms(ms)
        return None if instant is None else local_day(instant, self._zone)


def bound_days(tree: Node | None) -> tuple[date | None, date | None]:
    """Return the days that everything a query finds lies in; None where it may lie anywhere. Rather too many days than too few."""
    if isinstance(tree, DayRange):
        return tree.first, tree.last
    if isinstance(tree, And):
        pairs = [bound_days(child) for child in tree.children]
        firsts, lasts = [first for first, _ in pairs if first], [last for _, last in pairs if last]
        return max(firsts, default=None), min(lasts, default=None)
    if isinstance(tree, Or) and tree.children:
        either = [bound_days(child) for child in tree.children]
        begins, ends = [first for first, _ in either], [last for _, last in either]
        return (
            None if None in begins else min(day for day in begins if day),
            None if None in ends else max(day for day in ends if day),
        )
    return None, None


def bound_words(tree: Node | None, field: str) -> frozenset[str] | None:
    """Return the words of a field (platform, kind) that everything a query finds has one of; None where it may have any."""
    if isinstance(tree, Word) and tree.field == field:
        return frozenset({tree.word})
    if isinstance(tree, And):
        bound: frozenset[str] | None = None
        for child in tree.children:
            bound = _narrowed(bound, bound_words(child, field))
        return bound
    if isinstance(tree, Or) and tree.children:
        parts = [bound_words(child, field) for child in tree.children]
        return None if None in parts else frozenset().union(*(part for part in parts if part))
    return None


def shape(coverage: Coverage) -> dict[str, Any]:
    """Return a coverage as plain JSON: what `coverage`, `search`, exports and certificates carry. Days are ISO text."""
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
        "accounts": [_account_shape(one) for one in coverage.accounts],
        "faulty_captures": [
            {"id": one.capture_id, "name": one.name, "problems": one.problems, "short": one.short} for one in coverage.faulty
        ],
        "cannot_contain": [{"text": str(text), "accounts": list(labels)} for text, labels in coverage.cannot_contain],
        "indexed": coverage.indexed,
        "held": coverage.held,
        "in_step": coverage.in_step,
    }


def lines(coverage: Coverage) -> list[str]:
    """Return a coverage in sentences: the summary, the gaps, the notes."""
    return [str(coverage.summary), *(str(one) for one in coverage.gaps), *(str(one) for one in coverage.notes)]


def _account_shape(one: AccountDays) -> dict[str, Any]:
    return {
        "id": one.account_id,
        "account": one.label,
        "platform": one.platform,
        "first_record": _text(one.first_record),
        "captured_to": _text(one.captured_to),
        "kinds": sorted(one.kinds),
        "intervals": [
            {
                "from": date.fromordinal(part.first).isoformat(),
                "to": date.fromordinal(part.after - 1).isoformat(),
                "status": str(part.status),
                "captures": list(part.captures),
                "reasons": sorted(part.reasons),
            }
            for part in one.stretches
        ],
    }


def _asked_days(filters: Filters, tree: Node | None, as_of: date | None, today: date) -> tuple[date | None, date, bool]:
    """Return the first day that was asked for, the last one, and whether that was asked for. What is to come counts as today."""
    first, last = bound_days(tree)
    first = max((day for day in (first, filters.first_day) if day), default=None)
    last = min((day for day in (last, filters.last_day, as_of) if day), default=None)
    if last is None:
        return first, max(today, first or today), False
    return first, last if last <= today else min(last, max(today, first or today)), True


def _is_in(account: HeldAccount, filters: Filters, tree: Node | None) -> bool:
    view = account.view
    platforms = _narrowed(filters.platforms, bound_words(tree, "platform"))
    return filters.has_account(view.id) and (platforms is None or view.platform in platforms)


def _account_days(account: HeldAccount, days: _Days, begin: int, after: int, *, has_first: bool, permission: Permission) -> AccountDays:
    parts = clipped(days.stretches, begin, after)
    if not permission.is_all:
        parts = _joined([part._replace(captures=(), reasons=part.reasons - ABOUT_READING) for part in parts])
    before = None if has_first or begin <= FIRST else clipped(days.stretches, begin - 1, begin)[0].status
    kinds = frozenset[str]().union(*{one.kinds for one in account.captures if _reaches(days, one.id, begin, after)})
    return AccountDays(
        account_id=account.view.id,
        label=account.view.label,
        platform=account.view.platform,
        first_record=days.first_record,
        stretches=tuple(parts),
        before=before,
        kinds=frozenset(filter(permission.allows_kind, kinds)),
    )


def _joined(parts: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches with neighbours that say the same made one."""
    joined: list[Stretch] = []
    for part in parts:
        if joined and joined[-1][2:] == part[2:]:
            joined[-1] = joined[-1]._replace(after=part.after)
        else:
            joined.append(part)
    return joined


def _reaches(days: _Days, capture_id: int, begin: int, after: int) -> bool:
    first, end = days.reach[capture_id]
    return first < after and end > begin


_Spans = Sequence[tuple[HeldAccount, _Days, int]]


def _faulty(spans: _Spans, after: int) -> Iterable[Faulty]:
    for account, days, begin in spans:
        for one in account.captures:
            if (one.problems or one.short) and _reaches(days, one.id, begin, after):
                yield Faulty(one.id, one.name, one.problems, one.short)


def _cannot_contain(spans: _Spans, after: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what none of an account's captures in scope can contain, each sentence once."""
    alike: dict[frozenset[tuple[str, ...]], list[str]] = {}  # what archives of one form tell is mostly the same
    for account, days, begin in spans:
        told = frozenset(one.limits for one in account.captures if _reaches(days, one.id, begin, after))
        alike.setdefault(told, []).append(account.named)
    found: dict[str, list[str]] = {}
    for told, labels in alike.items():
        for sentence in next(iter(told), ()):
            if all(sentence in others for others in told):
                found.setdefault(sentence, []).extend(labels)
    return tuple((sentence, tuple(labels)) for sentence, labels in found.items())


def _narrowed(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return other if one is None else one if other is None else one & other


def _iso(day: str) -> date | None:
    return date.fromisoformat(day) if day else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
