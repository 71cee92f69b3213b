"""The conversation around a record: three before, three after, the others on demand, none lost and none twice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.records import conversation_of


def thread(count: int) -> list[Any]:
    return [SimpleNamespace(pk=number) for number in range(count)]


@given(st.integers(1, 60), st.data())
def test_what_is_shown_and_what_is_left_out_are_the_whole(count: int, data: st.DataObject) -> None:
    pk = data.draw(st.integers(0, count - 1))
    part = conversation_of(thread(count), pk, is_whole=False)
    assert part.before + len(part.shown) + part.after == part.total == count
    shown = [view.pk for view in part.shown]
    assert shown == list(range(part.before, count - part.after))
    assert pk in shown
    assert 1 not in {part.before, part.after}, "a link to a single record takes the room of that record"
    whole = conversation_of(thread(count), pk, is_whole=True)
    assert (len(whole.shown), whole.before, whole.after, whole.is_part) == (count, 0, 0, False)


@pytest.mark.parametrize(("pk", "expected"), [(10, (7, 13)), (0, (0, 3)), (20, (17, 20)), (4, (0, 7)), (16, (13, 20))])
def test_three_are_shown_before_and_three_after(pk: int, expected: tuple[int, int]) -> None:
    shown = conversation_of(thread(21), pk, is_whole=False).shown
    assert (shown[0].pk, shown[-1].pk) == expected
