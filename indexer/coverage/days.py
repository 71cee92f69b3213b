"""Which days of an account which capture holds, and how surely: arithmetic with days, nothing of the catalog or of words.

A day is a local day of the body's zone as its ordinal (`date.toordinal()`). A stretch is half-open: `after` is the first day
that is no longer in it. Each day has exactly one status.
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
    """What is known of one day of one account, the best first. The value is the word in JSON."""

    CAPTURED = "captured"
    BEFORE_FIRST = "before the first record"  # a whole archive reaches over it, and holds nothing so early
    IN_PART = "in part"
    NOT_CERTAIN = "not certain"
    NOT_CAPTURED = "not captured"

    @property
    def is_gap(self) -> bool:
        """True where a record of that day may be missing."""
        return self not in {DayStatus.CAPTURED, DayStatus.BEFORE_FIRST}


_RANK: Final = {status: rank for rank, status in enumerate(DayStatus)}


class Reason(StrEnum):
    """Why a day is captured in part, or not certainly. The value is the word in JSON."""

    UNREAD = "parts of an archive could not be read"
    SHORT = "fewer read than the platform declares"
    ONE_PART = "one part of several"
    DAY_OF_EXPORT = "only up to the hour of the export"
    RANGE_NOT_STATED = "the archive does not state its days"
    EXPORT_NOT_STATED = "the archive does not state when it was made"


ABOUT_READING: Final = frozenset({Reason.UNREAD, Reason.SHORT, Reason.ONE_PART})
"""Reasons that tell something of a capture's inside: not for readers who may not see captures."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a capture says of its days. `seen_first` and `seen_last` are the days of its first and last dated record.

    `exported` is None where the archive does not state it; then it was made on `taken`, the day it was taken into
    custody, at the latest. `is_from_beginning`: this form of archive always begins with the account.
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


class Stretch(NamedTuple):
    """Days with one status. `captures` are those that give it, none where no capture does."""

    first: int
    after: int
    status: DayStatus
    captures: tuple[int, ...] = ()
    reasons: frozenset[Reason] = frozenset()


def stretches_of(held: Held, account_first: date | None) -> list[Stretch]:
    """Return the days that one capture says something of, in order. `account_first` is the day of the account's first record."""
    found: list[Stretch] = []
    this = (held.capture_id,)
    whole, end, unsure_until, why_unsure = _end(held)

    def add(first: int, after: int, status: DayStatus, *reasons: Reason) -> None:
        if status is not DayStatus.NOT_CERTAIN and held.faults:
            status, reasons = DayStatus.IN_PART, (*reasons, *held.faults)
        if first < after:
            found.append(Stretch(first, after, status, this, frozenset(reasons)))

    begin = held.first_day.toordinal() if held.first_day else FIRST
    if held.first_day is None and held.is_from_beginning and account_first is not None:
        add(FIRST, min(account_first.toordinal(), end), DayStatus.BEFORE_FIRST)
        begin = account_first.toordinal()
    elif held.first_day is None and not held.is_from_beginning:
        begin = end if held.seen_first is None else held.seen_first.toordinal()
        add(FIRST, min(begin, end), DayStatus.NOT_CERTAIN, Reason.RANGE_NOT_STATED)
    add(begin, whole, DayStatus.CAPTURED)
    add(max(begin, whole), end, DayStatus.IN_PART, Reason.DAY_OF_EXPORT if held.exported else Reason.EXPORT_NOT_STATED)
    add(max(held.first_day.toordinal() if held.first_day else FIRST, end), unsure_until, DayStatus.NOT_CERTAIN, why_unsure)
    return found


def _end(held: Held) -> tuple[int, int, int, Reason]:
    """Return where a capture's whole days end, where its days end, and where it ends to be possible that it has more, and why."""
    chosen = held.last_day.toordinal() + 1 if held.last_day else AFTER
    if held.exported is not None:
        day = held.exported.toordinal()
        certain = AFTER
        if held.last_day is None and not held.is_from_beginning:
            # days may have been chosen that end before the export: its last record is the last that is certain
            certain = FIRST if held.seen_last is None else held.seen_last.toordinal() + 1
        return min(day, chosen, certain), min(day + 1, chosen, certain), min(day + 1, chosen), Reason.RANGE_NOT_STATED
    taken = min(held.taken.toordinal() + 1, chosen)
    if held.seen_last is None:
        return FIRST, FIRST, taken, Reason.EXPORT_NOT_STATED
    last = held.seen_last.toordinal()
    return min(last, chosen), min(last + 1, chosen), taken, Reason.EXPORT_NOT_STATED


def combined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return one status for every day there is: the best that a capture gives it, with all captures that give that one."""
    found = list(stretches)
    marks = sorted({FIRST, AFTER, *(one.first for one in found), *(one.after for one in found)})
    whole: list[Stretch] = []
    for first, after in pairwise(marks):
        there = [one for one in found if one.first <= first < one.after]
        status = min((one.status for one in there), key=_RANK.__getitem__, default=DayStatus.NOT_CAPTURED)
        giving = [one for one in there if one.status is status]
        reasons: frozenset[Reason] = frozenset().union(*(one.reasons for one in giving))
        new = Stretch(first, after, status, tuple(sorted({number for one in giving for number in one.captures})), reasons)
        if whole and whole[-1][2:] == new[2:]:
            whole[-1] = whole[-1]._replace(after=after)
        else:
            whole.append(new)
    return whole


def clipped(stretches: Iterable[Stretch], first: int, after: int) -> list[Stretch]:
    """Return the part of stretches that lies in first..after (half-open)."""
    return [
        one if first <= one.first and one.after <= after else Stretch(max(one.first, first), min(one.after, after), *one[2:])
        for one in stretches
        if one.first < after and one.after > first
    ]


def runs(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches with neighbours of the same status made one, whichever capture gives it."""
    joined: list[Stretch] = []
    for one in stretches:
        if joined and joined[-1].status is one.status and joined[-1].after == one.first:
            before = joined[-1]
            captures = tuple(sorted({*before.captures, *one.captures}))
            joined[-1] = Stretch(before.first, one.after, one.status, captures, before.reasons | one.reasons)
        else:
            joined.append(one)
    return joined
