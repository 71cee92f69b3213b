"""Hits in groups: threads and equal notices, in the order of the results, within permission, every page of one whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.catalog.threads import families
from indexer.custody.ingest import ingest
from indexer.query.filters import Filters, Permission, Sort
from indexer.repository import Repository
from indexer.search import groups
from indexer.search.groups import GroupBy, Grouped, search
from indexer.search.near_duplicates import TooManySimilarTexts
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import ACCOUNT_ID, repository_at, tweet, x_zip
from tests.support.town import city_archive, secret_archive

pytestmark = pytest.mark.databases

NUMBER = 1_000_000_000_000_000_000
NOTICE = "Mill Bridge is closed from Monday until Friday because of high water, take Route 9 instead"


def answer(number: int, to: int, text: str, created: str) -> dict[str, Any]:
    return tweet(number, text, created, in_reply_to_status_id=str(NUMBER + to), in_reply_to_user_id=ACCOUNT_ID)


POSTS = [
    tweet(1, "Is the bridge open?", "Wed Jul 04 18:00:00 +0000 2018"),
    answer(2, 1, "It is closed until Friday", "Wed Jul 04 19:00:00 +0000 2018"),
    answer(3, 2, "Thank you, bridge people", "Wed Jul 04 20:00:00 +0000 2018"),
    answer(4, 1, "The other bridge is open", "Fri Jul 06 20:00:00 +0000 2018"),
    tweet(5, NOTICE, "Mon Jul 09 12:00:00 +0000 2018"),
    tweet(6, NOTICE[:60] + "… https://t.co/abc", "Tue Jul 10 12:00:00 +0000 2018"),
    tweet(7, NOTICE + " #flood", "Wed Jul 11 12:00:00 +0000 2018"),
]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data")
    ingest(opened, [x_zip(tmp_path / "x.zip", POSTS)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def texts(grouped: Grouped) -> list[list[str]]:
    return [[one.first.hit.view.content.text, *(place.hit.view.content.text for place in one.others)] for one in grouped.groups]


def test_hits_of_a_thread_stand_under_the_first_even_where_what_they_answer_is_no_hit(repository: Repository) -> None:
    grouped = search(repository, SearchRequest("bridge NOT mill", sort=Sort.NEWEST), GroupBy.THREADS)
    assert texts(grouped) == [["The other bridge is open", "Is the bridge open?", "Thank you, bridge people"]]
    assert (grouped.total, grouped.results.total, grouped.groups[0].size) == (1, 3, 3)
    without_root = search(repository, SearchRequest("thank OR other"), GroupBy.THREADS)
    assert texts(without_root) == [["The other bridge is open", "Thank you, bridge people"]]


def test_the_same_notice_is_one_group(repository: Repository) -> None:
    grouped = search(repository, SearchRequest("*"), GroupBy.SAME)
    assert grouped.results.total == 7
    assert [one.size for one in grouped.groups] == [3, 1, 1, 1, 1]
    assert grouped.groups[0].first.hit.view.content.text.startswith(NOTICE)
    assert [place.number for place in grouped.groups[0].others] == [3, 2]  # in order of date; numbered as in the results


def test_every_page_is_a_part_of_one_whole(repository: Repository) -> None:
    for by in (GroupBy.THREADS, GroupBy.SAME):
        for sort in Sort:
            request = SearchRequest("*", sort=sort, limit=2)
            pages = [search(repository, replace(request, offset=offset), by) for offset in range(0, 8, 2)]
            found = [place.hit.view.pk for page in pages for group in page.groups for place in (group.first, *group.others)]
            every = list(Plan(repository, request).ids())
            assert sorted(found) == sorted(every)
            assert {page.total for page in pages} == {sum(len(page.groups) for page in pages)}
            firsts = [group.first.hit.view.pk for page in pages for group in page.groups]
            assert [pk for pk in every if pk in firsts] == firsts
            for page in pages:
                for group in page.groups:
                    assert [every[place.number - 1] for place in group.others] == [place.hit.view.pk for place in group.others]


def test_too_many_hits_are_listed_plainly_and_said(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST", 3)
    grouped = search(repository, SearchRequest("*", limit=2), GroupBy.SAME)
    assert (grouped.is_too_many, grouped.groups, grouped.total) == (True, (), 0)
    assert [hit.view.content.text for hit in grouped.results.records] == [NOTICE + " #flood", POSTS[5]["full_text"]]


def test_texts_that_take_too_long_to_compare_are_listed_plainly_and_said_each_time_without_comparing_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compared(_texts: list[str]) -> list[int]:
        raise TooManySimilarTexts

    monkeypatch.setattr(groups, "clusters", compared)
    grouped = search(repository, SearchRequest("*", limit=2), GroupBy.SAME)
    assert (grouped.is_too_many, grouped.groups, grouped.total) == (True, (), 0)
    assert [hit.view.content.text for hit in grouped.results.records] == [NOTICE + " #flood", POSTS[5]["full_text"]]
    assert "comparing them takes too long" in grouped.sentence
    monkeypatch.setattr(groups, "group_hits", None)
    assert search(repository, SearchRequest("*", limit=2), GroupBy.SAME).is_too_many


def test_a_query_that_cannot_be_read_has_no_groups(repository: Repository) -> None:
    grouped = search(repository, SearchRequest('"open'), GroupBy.THREADS)
    assert not grouped.results.answered
    assert grouped.groups == ()


def test_a_new_capture_is_seen_at_once(repository: Repository, tmp_path: Path) -> None:
    assert search(repository, SearchRequest("*"), GroupBy.SAME).total == 5
    more = [*POSTS, tweet(8, "A new one", "Thu Jul 12 12:00:00 +0000 2018")]
    ingest(repository, [x_zip(tmp_path / "y.zip", more, generated="2023-03-01T12:00:00.000Z")], taken_by="Pat", source="test")
    assert search(repository, SearchRequest("*"), GroupBy.SAME).total == 6


def test_groups_as_of_a_day_are_those_of_its_wordings(repository: Repository) -> None:
    assert search(repository, SearchRequest("*", as_of=date(2018, 7, 9)), GroupBy.SAME).total == 5
    assert search(repository, SearchRequest("*", as_of=date(2018, 7, 11)), GroupBy.SAME).results.total == 7


def test_a_thread_is_not_tied_by_what_the_reader_may_not_see(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    for make in (city_archive, secret_archive):
        ingest(repository, [make(tmp_path / f"{make.__name__}.zip")], taken_by="Pat", source="test")
    flood = SearchRequest("flood")
    everything = search(repository, flood, GroupBy.THREADS)
    assert max(group.size for group in everything.groups) == 2  # two direct messages of one conversation
    city = next(one.id for one in repository.catalog.accounts() if one.handle == "OsageBluffMO")
    narrow = search(
        repository, SearchRequest("flood", Filters(permission=Permission(frozenset({city}), without_messages=True))), GroupBy.THREADS
    )
    assert [group.size for group in narrow.groups] == [1, 1]
    assert narrow.results.total == 2
    repository.close()


def test_a_thread_of_hits_and_a_family_of_a_term_list_are_the_same(repository: Repository, tmp_path: Path) -> None:
    """Two ways to one rule: upwards from some hits, and over all records at once."""
    for archive in (city_archive(tmp_path / "city.zip"), secret_archive(tmp_path / "secret.zip")):
        ingest(repository, [archive], taken_by="Pat", source="test")
    pks = list(Plan(repository, SearchRequest("*")).ids())
    threads = {frozenset(pks[place] for place in one) for one in groups.group_hits(repository.db, pks, GroupBy.THREADS, Filters(), {})}
    held = families(repository.db)
    members: dict[int, set[int]] = {}
    for pk in pks:
        members.setdefault(held.root(pk), set()).add(pk)
    assert threads == {frozenset(one) for one in members.values()}
    assert max(map(len, threads)) > 2
    assert len(threads) > 10
