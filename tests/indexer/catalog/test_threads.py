"""Families, threads of hits and the thread of a record follow one rule: compared on invented catalogs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.catalog.record_views import current_views
from indexer.catalog.tables import accounts, captures, records, sightings, versions
from indexer.catalog.threads import families, thread, threads_of
from indexer.repository import Repository

PLATFORMS = ("twitter", "twitter", "facebook")
"""Of the accounts 1, 2 and 3."""

TABLES = (sightings, versions, records, captures, accounts)
ROWS = {"digest": "0" * 64, "author": "", "title": "", "url": "", "posted_written": "", "posted_rule": "", "data": b"{}"}
PLACE = {"capture_id": 1, "member": "a.js", "item": 0, "start": 0, "length": 0, "pointer": "", "raw_digest": "0" * 64}
CAPTURE = {
    "id": 1,
    "digest": "0" * 64,
    "name": "a.zip",
    "size": 0,
    "taken_ms": 0,
    "taken_by": "Pat",
    "source": "",
    "importer": "",
    "form": "",
}


class Line(NamedTuple):
    """A record: its number is its place in the list, from 1. What ties it to others is a conversation or what it answers."""

    account: int = 1
    kind: str = "post"
    native_id: str = ""
    answers: str | None = None
    conversation: str | None = None


def held(db: sa.Engine, lines: Sequence[Line]) -> list[int]:
    pks = list(range(1, len(lines) + 1))
    with db.begin() as connection:
        for table in TABLES:
            connection.execute(table.delete())
        rows = [
            {"id": one, "platform": name, "native_id": f"{one}", "handle": "a", "name": "", "records": 0}
            for one, name in enumerate(PLATFORMS, 1)
        ]
        connection.execute(accounts.insert(), rows)
        state = {"importer_version": "1", "zone": "UTC", "state": "complete", "facts": b"{}", "result": b"{}", "account_id": 1}
        connection.execute(captures.insert().values(**CAPTURE, **state))
        for pk, line in zip(pks, lines, strict=True):
            ids = {"native_id": line.native_id or f"own-{pk}", "record_id": f"record-{pk}", "account_id": line.account}
            connection.execute(records.insert().values(pk=pk, kind=line.kind, first_capture_id=1, current_version_id=pk, versions=1, **ids))
            ties = {"parent_id": line.answers, "thread_id": line.conversation}
            connection.execute(
                versions.insert().values(id=pk, record_pk=pk, number=1, first_capture_id=1, text=f"{pk}", posted_ms=pk, **ties, **ROWS)
            )
            connection.execute(sightings.insert().values(record_pk=pk, version_id=pk, **PLACE))
    return pks


def sets_of(keys: dict[int, int]) -> set[frozenset[int]]:
    return {frozenset(pk for pk, other in keys.items() if other == key) for key in keys.values()}


NATIVE = st.sampled_from(["n1", "n2", "n3", "n4"])
ANSWERING = st.builds(Line, st.integers(1, 3), st.sampled_from(["post", "reply", "comment", "like"]), NATIVE, st.none() | NATIVE, st.none())
TALKING = st.builds(Line, st.integers(1, 3), st.just("message"), st.just(""), st.none(), st.sampled_from(["c1", "c2"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANSWERING | TALKING, min_size=1, max_size=9))
def test_families_threads_of_hits_and_the_thread_of_a_record_are_the_same_sets(repository: Repository, lines: list[Line]) -> None:
    pks = held(repository.db, lines)
    grouped = families(repository.db)
    wanted = sets_of({pk: grouped.root(pk) for pk in pks})
    with repository.db.connect() as connection:
        assert sets_of(dict(zip(pks, threads_of(connection, pks, lambda _row: True), strict=True))) == wanted
        views = current_views(connection, pks)
        assert {frozenset(one.pk for one in thread(connection, views[pk], 100)) for pk in pks} == wanted
    assert {grouped.records[grouped.root(pk)] for pk in pks} == {len(one) for one in wanted}


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([Line(native_id="a"), Line(account=2, native_id="b", answers="a"), Line(native_id="c", answers="b")], {(1, 2, 3)}),
        ([Line(native_id="a"), Line(account=3, answers="a")], {(1,), (2,)}),  # another platform
        ([Line(native_id="a"), Line(kind="like", native_id="a"), Line(kind="like", native_id="x", answers="a")], {(1,), (2,), (3,)}),
        ([Line(conversation="c"), Line(account=2, conversation="c"), Line(conversation="c")], {(1, 3), (2,)}),  # another account's
    ],
)
def test_what_belongs_together(repository: Repository, lines: list[Line], wanted: set[tuple[int, ...]]) -> None:
    pks = held(repository.db, lines)
    grouped = families(repository.db)
    assert sets_of({pk: grouped.root(pk) for pk in pks}) == set(map(frozenset, wanted))


def test_what_a_reader_may_not_see_ties_nothing_together(repository: Repository) -> None:
    held(repository.db, [Line(native_id="a"), Line(account=2, native_id="b", answers="a"), Line(native_id="c", answers="b")])
    with repository.db.connect() as connection:
        for account, is_one in ((1, False), (2, True)):
            first, last = threads_of(connection, [1, 3], lambda row, account=account: row.account_id == account)
            assert (first == last) == is_one
    scope = bytearray([0, 1, 0, 1])
    grouped = families(repository.db, scope)
    assert grouped.root(1) != grouped.root(3)
