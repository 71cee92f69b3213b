"""Each day has exactly one status, and it is the one that a slow look at each day and capture gives."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.coverage.days import AFTER, FIRST, CaptureDates, DayStatus, Interval, Reason, clip, combine, intervals_of, merge_runs

BEGIN = date(2018, 1, 1)
days = st.integers(0, 40).map(lambda number: BEGIN + timedelta(days=number))
maybe = st.none() | days


@st.composite
def held(draw: st.DrawFn) -> CaptureDates:
    first_day, last_day = draw(maybe), draw(maybe)
    if first_day and last_day and last_day < first_day:
        first_day, last_day = last_day, first_day
    seen = sorted([draw(days), draw(days)]) if draw(st.booleans()) else [None, None]
    return CaptureDates(
        capture_id=draw(st.integers(1, 9)),
        taken=draw(days),
        exported=draw(maybe),
        first_day=first_day,
        last_day=last_day,
        seen_first=seen[0],
        seen_last=seen[1],
        is_from_beginning=draw(st.booleans()),
        faults=frozenset(draw(st.sets(st.sampled_from([Reason.UNREAD, Reason.SHORT, Reason.ONE_PART])))),
    )


def naive(one: CaptureDates, day: date, account_first: date | None) -> DayStatus:
    """What one capture says of one day, in the words of the rule."""
    if (one.first_day and day < one.first_day) or (one.last_day and day > one.last_day):
        return DayStatus.NOT_CAPTURED
    end = one.exported or one.seen_last
    if one.exported and day > one.exported:
        return DayStatus.NOT_CAPTURED
    if not one.exported and (end is None or day > end):
        return DayStatus.NOT_CERTAIN if day <= one.taken else DayStatus.NOT_CAPTURED
    if one.exported and not one.last_day and not one.is_from_beginning and (one.seen_last is None or day > one.seen_last):
        return DayStatus.NOT_CERTAIN
    if not one.first_day and not one.is_from_beginning and (one.seen_first is None or day < one.seen_first):
        return DayStatus.NOT_CERTAIN
    if not one.first_day and one.is_from_beginning and account_first and day < account_first:
        return DayStatus.IN_PART if one.faults else DayStatus.BEFORE_FIRST
    return DayStatus.IN_PART if one.faults or day == end else DayStatus.CAPTURED


@settings(max_examples=400, deadline=None)
@given(st.lists(held(), max_size=5, unique_by=lambda one: one.capture_id), maybe)
def test_every_day_has_one_status_and_it_is_the_best_that_a_capture_gives(captures: list[CaptureDates], account_first: date | None) -> None:
    whole = combine(stretch for one in captures for stretch in intervals_of(one, account_first))
    assert (whole[0].first, whole[-1].after) == (FIRST, AFTER)
    assert all(one.after == following.first for one, following in pairwise(whole))
    order = list(DayStatus)
    for offset in range(-3, 45):
        day = BEGIN + timedelta(days=offset)
        told = {one.capture_id: naive(one, day, account_first) for one in captures}
        best = min(told.values(), key=order.index, default=DayStatus.NOT_CAPTURED)
        there = [one for one in whole if one.first <= day.toordinal() < one.after]
        assert [one.status for one in there] == [best], day
        if best is not DayStatus.NOT_CAPTURED:
            assert there[0].captures == tuple(sorted(number for number, status in told.items() if status is best)), day


@given(st.lists(held(), max_size=4), maybe, days, days)
def test_a_part_and_its_runs_cover_the_same_days(captures: list[CaptureDates], account_first: date | None, one: date, other: date) -> None:
    first, after = min(one, other).toordinal(), max(one, other).toordinal() + 1
    part = clip(combine(stretch for capture in captures for stretch in intervals_of(capture, account_first)), first, after)
    joined = merge_runs(part)
    assert (part[0].first, part[-1].after) == (joined[0].first, joined[-1].after) == (first, after)
    assert sum(run.after - run.first for run in joined) == after - first
    assert all(run.status is not following.status for run, following in pairwise(joined))


@pytest.mark.parametrize("status", list(DayStatus))
def test_only_what_is_whole_is_no_gap(status: DayStatus) -> None:
    assert status.is_gap is (status not in {DayStatus.CAPTURED, DayStatus.BEFORE_FIRST})


def test_the_day_of_the_export_is_captured_in_part_and_no_later_one_at_all() -> None:
    made = date(2020, 5, 4)
    own = intervals_of(CaptureDates(7, date(2026, 1, 1), exported=made, is_from_beginning=True), date(2019, 1, 1))
    day = made.toordinal()
    assert own[-1] == Interval(day, day + 1, DayStatus.IN_PART, (7,), frozenset({Reason.DAY_OF_EXPORT}))
