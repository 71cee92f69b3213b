"""The access rule by itself: as a filter it only takes away, and it says the same as the check."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.catalog.models import RecordView
from indexer.query.filters import Filters, Permission
from indexer.record import RecordKind, is_conversation
from portal.access.rules import RIGHTS, Reader, Right, Role, may_see, may_see_raw, restrict, still_covers
from tests.support.export_samples import record

ALL_KINDS = frozenset(kind.value for kind in RecordKind)
NUMBERS = st.integers(1, 4)
SETS = st.none() | st.frozensets(NUMBERS, max_size=4)
KIND_SETS = st.none() | st.frozensets(st.sampled_from(sorted(ALL_KINDS)), max_size=3)
READERS = st.builds(Reader, st.just(1), st.just("somebody"), st.sampled_from(list(Role)), st.frozensets(NUMBERS, max_size=4))


def view(account: int, kind: str, thread: str = "") -> RecordView:
    return record(1, id=account, kind=kind, thread_id=thread)


def passes(filters: Filters, view: RecordView) -> bool:
    """What an engine does with these filters."""
    return (
        (filters.accounts is None or view.account.id in filters.accounts)
        and (filters.permission.accounts is None or view.account.id in filters.permission.accounts)
        and (filters.kinds is None or view.kind in filters.kinds)
        and not (filters.permission.without_messages and is_conversation(view.kind, view.content.thread_id))
    )


@given(READERS, SETS, SETS, st.booleans(), KIND_SETS, NUMBERS, st.sampled_from(sorted(ALL_KINDS)), st.sampled_from(["", "a thread"]))
def test_the_filter_lets_through_exactly_what_was_chosen_and_may_be_seen(  # noqa: PLR0913, PLR0917  # each argument is one thing of the case
    reader: Reader,
    accounts: frozenset[int] | None,
    allowed: frozenset[int] | None,
    without: bool,  # noqa: FBT001  # drawn by hypothesis
    kinds: frozenset[str] | None,
    account: int,
    kind: str,
    thread: str,
) -> None:
    chosen = Filters(accounts=accounts, permission=Permission(allowed, without_messages=without), kinds=kinds)
    record = view(account, kind, thread)
    assert passes(restrict(chosen, reader), record) == (passes(chosen, record) and may_see(reader, record))


@given(READERS, SETS, KIND_SETS)
def test_what_was_narrowed_for_a_reader_is_covered_by_that_reader(
    reader: Reader, accounts: frozenset[int] | None, kinds: frozenset[str] | None
) -> None:
    assert still_covers(reader, restrict(Filters(accounts=accounts, kinds=kinds), reader))


@given(READERS, READERS)
def test_an_export_of_another_reader_is_covered_only_when_that_reader_sees_no_more(maker: Reader, reader: Reader) -> None:
    made = restrict(Filters(), maker)
    sees_all = all(
        may_see(reader, view(account, kind, thread))
        for account in range(1, 6)
        for kind in ALL_KINDS
        for thread in ("", "a thread")
        if may_see(maker, view(account, kind, thread))
    )
    if still_covers(reader, made):
        assert sees_all


def test_an_empty_grant_matches_nothing() -> None:
    assert Reader(1, "nora", Role.REQUEST_STAFF).permission.accounts == frozenset()
    assert restrict(Filters(), Reader(1, "nora", Role.REQUEST_STAFF)).permission.accounts == frozenset()


def test_a_role_that_is_not_known_may_do_nothing() -> None:
    stranger = Reader(1, "x", "visitor")  # type: ignore[arg-type]  # what must not happen
    assert not any(stranger.may(right) for right in Right)
    assert stranger.permission.accounts == frozenset()
    assert not may_see(stranger, view(1, "post"))


@pytest.mark.parametrize("role", list(Role))
def test_only_request_staff_are_kept_from_messages_and_raw_items(role: Role) -> None:
    reader = Reader(1, "somebody", role, frozenset({1}))
    assert may_see(reader, view(1, "post"))
    assert may_see(reader, view(1, "message")) == (role is not Role.REQUEST_STAFF)
    assert may_see(reader, view(1, "like"))
    assert may_see(reader, view(1, "like", "a conversation")) == (role is not Role.REQUEST_STAFF)
    assert may_see_raw(reader, view(1, "post")) == (role is not Role.REQUEST_STAFF)
    assert may_see(reader, view(2, "post")) == (role is not Role.REQUEST_STAFF)


def test_every_role_has_its_line_in_the_table_and_only_administrators_manage_users() -> None:
    assert set(RIGHTS) == set(Role)
    assert [role for role in Role if Right.MANAGE_USERS in RIGHTS[role]] == [Role.ADMINISTRATOR]


def test_a_grant_taken_back_uncovers_an_export() -> None:
    gwen = Reader(1, "gwen", Role.REQUEST_STAFF, frozenset({1, 2}))
    made = restrict(Filters(), gwen)
    assert still_covers(gwen, made)
    assert not still_covers(replace(gwen, grants=frozenset({1})), made)
