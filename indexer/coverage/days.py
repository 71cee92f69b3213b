"""Day arithmetic of coverage: which capture covers which days, and how certainly. No catalog access, no wording.

A day is a local day of the body's zone as its ordinal (`date.toordinal()`). An interval is half-open: `after` is the first
day past its end. Each day has exactly one status.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

FIRST: Final = date.min.toordinal()
AFTER: Final = date.max.toordinal() + 1


class DayStatus(StrEnum):
    """Status of a day of an account, best first. The values appear in JSON."""

    CAPTURED = "captured"
    BEFORE_FIRST = "before the first record"  # in the range of a complete archive, which has nothing this early
    IN_PART = "in part"
    NOT_CERTAIN = "not certain"
    NOT_CAPTURED = "not captured"

    @property
    def is_gap(self) -> bool:
        """True if records of that day may be missing."""
        return self not in {DayStatus.CAPTURED, DayStatus.BEFORE_FIRST}


_RANK: Final = {status: rank for rank, status in enumerate(DayStatus)}


class Reason(StrEnum):
    """Why a day is only partly or not certainly captured. The values appear in JSON."""

    UNREAD = "parts of an archive could not be read"
    SHORT = "fewer read than the platform declares"
    ONE_PART = "one part of several"
    DAY_OF_EXPORT = "only up to the hour of the export"
    RANGE_NOT_STATED = "the archive does not state its days"
    EXPORT_NOT_STATED = "the archive does not state when it was made"


INTERNAL_REASONS: Final = frozenset({Reason.UNREAD, Reason.SHORT, Reason.ONE_PART})
"""Reasons that reveal a capture's contents: hidden from readers without access to captures."""


@dataclass(frozen=True, slots=True)
class CaptureDates:
    """The dates of a capture. `seen_first` and `seen_last` are the days of its first and last dated record.

    `exported` is None if the archive does not state it; then it was made no later than `taken`, the day of intake.
    `is_from_beginning`: this form of archive always starts with the account's creation.
    """

    capture_id: int
    taken: date
    exported: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    seen_first: date | None = None
    seen_last: date | None = None
    is_from_beginning: bool = False
    faults: frozenset[Reason] = frozenset()


class Interval(NamedTuple):
    """Days with the same status, and the captures it comes from."""

    first: int
    after: int
    status: DayStatus
    captures: tuple[int, ...] = ()
    reasons: frozenset[Reason] = frozenset()


def intervals_of(held: CaptureDates, account_first: date | None) -> list[Interval]:
    """Return the intervals of one capture, in order. `account_first` is the day of the account's first record."""
    parts: list[Interval] = []
    captures = (held.capture_id,)
    full_end, partial_end, possible_end, reason = _ends(held)

    def add(first: int, after: int, status: DayStatus, *reasons: Reason) -> None:
        if status is not DayStatus.NOT_CERTAIN and held.faults:
            status, reasons = DayStatus.IN_PART, (*reasons, *held.faults)
        if first < after:
            parts.append(Interval(first, after, status, captures, frozenset(reasons)))

    begin = held.first_day.toordinal() if held.first_day else FIRST
    if held.first_day is None and held.is_from_beginning and account_first is not None:
        add(FIRST, min(account_first.toordinal(), partial_end), DayStatus.BEFORE_FIRST)
        begin = account_first.toordinal()
    elif held.first_day is None and not held.is_from_beginning:
        begin = partial_end if held.seen_first is None else held.seen_first.toordinal()
        add(FIRST, min(begin, partial_end), DayStatus.NOT_CERTAIN, Reason.RANGE_NOT_STATED)
    add(begin, full_end, DayStatus.CAPTURED)
    add(max(begin, full_end), partial_end, DayStatus.IN_PART, Reason.DAY_OF_EXPORT if held.exported else Reason.EXPORT_NOT_STATED)
    add(max(held.first_day.toordinal() if held.first_day else FIRST, partial_end), possible_end, DayStatus.NOT_CERTAIN, reason)
    return parts


def _ends(held: CaptureDates) -> tuple[int, int, int, Reason]:
    """Return the end of a capture's full days, of its partial day, and of the days it might still cover, with the reason."""
    requested_end = held.last_day.toordinal() + 1 if held.last_day else AFTER
    if held.exported is not None:
        day = held.exported.toordinal()
        certain = AFTER
        if held.last_day is None and not held.is_from_beginning:
            # the user may have requested a range that ends before the export: only its last record is certain
            certain = FIRST if held.seen_last is None else held.seen_last.toordinal() + 1
        return min(day, requested_end, certain), min(day + 1, requested_end, certain), min(day + 1, requested_end), Reason.RANGE_NOT_STATED
    taken = min(held.taken.toordinal() + 1, requested_end)
    if held.seen_last is None:
        return FIRST, FIRST, taken, Reason.EXPORT_NOT_STATED
    last = held.seen_last.toordinal()
    return min(last, requested_end), min(last + 1, requested_end), taken, Reason.EXPORT_NOT_STATED


def combine(intervals: Iterable[Interval]) -> list[Interval]:
    """Give every day the best status that any capture gives it, with all captures that agree."""
    parts = list(intervals)
    bounds = sorted({FIRST, AFTER, *(part.first for part in parts), *(part.after for part in parts)})
    merged: list[Interval] = []
    for first, after in pairwise(bounds):
        covering = [part for part in parts if part.first <= first < part.after]
        status = min((part.status for part in covering), key=_RANK.__getitem__, default=DayStatus.NOT_CAPTURED)
        best = [part for part in covering if part.status is status]
        reasons: frozenset[Reason] = frozenset().union(*(part.reasons for part in best))
        new = Interval(first, after, status, tuple(sorted({number for part in best for number in part.captures})), reasons)
        if merged and merged[-1][2:] == new[2:]:
            merged[-1] = merged[-1]._replace(after=after)
        else:
            merged.append(new)
    return merged


def clip(intervals: Iterable[Interval], first: int, after: int) -> list[Interval]:
    """Clip intervals to first..after (half-open)."""
    return [
        part if first <= part.first and part.after <= after else Interval(max(part.first, first), min(part.after, after), *part[2:])
        for part in intervals
        if part.first < after and part.after > first
    ]


def merge_runs(intervals: Sequence[Interval]) -> list[Interval]:
    """Merge adjacent intervals of the same status, regardless of captures."""
    merged: list[Interval] = []
    for part in intervals:
        if merged and merged[-1].status is part.status and merged[-1].after == part.first:
            previous = merged[-1]
            captures = tuple(sorted({*previous.captures, *part.captures}))
            merged[-1] = Interval(previous.first, part.after, part.status, captures, previous.reasons | part.reasons)
        else:
            merged.append(part)
    return merged
