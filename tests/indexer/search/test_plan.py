"""A search is parsed once and put to the index once, whatever is made of it: the exact numbers of each action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.certificates.certify import certify
from indexer.custody.ingest import ingest
from indexer.exports import Choices
from indexer.productions.package_search import Maker, export_search
from indexer.query.filters import Filters, Permission, Sort
from indexer.repository import Repository, ResultCache
from indexer.search import announced, groups, plan
from indexer.search.groups import GroupBy
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.term_reports import run, union
from tests.support.repositories import repository_at, tweet, x_zip

FLOOD = SearchRequest("flood")
WORDS = SearchRequest("flood OR notice OR creek")
DAYS = SearchRequest("flood", Filters(first_day=date(2018, 7, 2)))
SOME = Permission(frozenset({1}), without_messages=True)
ALL_OF_IT = Choices(context=True, certificate=True)


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", str(request.param))
    posts = [tweet(number, f"Flood or creek, notice {number}") for number in range(1, 7)]
    ingest(opened, [x_zip(tmp_path / "x.zip", posts)], taken_by="Pat", source="test")
    yield opened
    opened.close()


@pytest.fixture
def counted(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is parsed, searched for and listed, by everybody."""
    done = Counter[str]()

    def counting(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **more: Any) -> Any:
            done[name] += 1
            return call(*args, **more)

        return count

    for module in (plan, announced, union):
        monkeypatch.setattr(module, "parse", counting("parses", module.parse))  # type: ignore[attr-defined]  # imported there
    engine = repository.index
    for name, call in (("searches", "search"), ("totals", "total"), ("counts", "counts"), ("lists", "ids")):
        monkeypatch.setattr(engine, call, counting(name, getattr(engine, call)))
    return done


def a_certificate(repository: Repository, request: SearchRequest) -> None:
    with certify(Plan(repository, request), by="Pat") as certificate:
        assert certificate.header.found.total == len(list(certificate.lines()))


def an_export(repository: Repository, request: SearchRequest, target: Path) -> None:
    export_search(repository, request, target, maker=Maker("Pat"), choices=ALL_OF_IT)


def a_term_report(repository: Repository, *lines: str, filters: Filters) -> None:
    run.run(repository, run.read_list("\n".join(lines)), SearchRequest(filters=filters), by="Pat")


def a_page_after_its_head(repository: Repository) -> None:
    search = Plan(repository, FLOOD)
    head, page = search.head(), search.page()
    assert (head.facets, head.bars) == ({}, ())
    assert page.facets["kind"]
    assert page.bars
    assert replace(page, facets={}, bars=(), explained=head.explained) == head


def grouped(repository: Repository, request: SearchRequest, by: GroupBy) -> None:
    assert groups.search(repository, request, by).groups


Action = Callable[[Repository, Path], object]

ACTIONS: dict[str, tuple[Action, tuple[int, int, int, int, int]]] = {  # parses; pages, totals, counts of facets and lists of the index
    "the head of a page": (lambda repository, _: Plan(repository, FLOOD).head(), (1, 1, 0, 0, 0)),
    "the head of a page that announces another reading": (
        lambda repository, _: Plan(repository, SearchRequest("flood or creek")).head(),
        (1, 1, 0, 0, 0),
    ),
    "a page after its head": (lambda repository, _: a_page_after_its_head(repository), (1, 1, 0, 2, 0)),
    "a page": (lambda repository, _: Plan(repository, FLOOD).page(), (1, 1, 0, 2, 0)),
    "a page of days, whose undated records are counted": (lambda repository, _: Plan(repository, DAYS).page(), (1, 1, 1, 2, 0)),
    "a page that announces another reading": (
        lambda repository, _: Plan(repository, SearchRequest("flood or creek")).page(),
        (2, 1, 1, 2, 0),
    ),
    "a page of threads": (lambda repository, _: grouped(repository, FLOOD, GroupBy.THREADS), (1, 1, 0, 2, 1)),
    "a page of equal texts": (lambda repository, _: grouped(repository, FLOOD, GroupBy.SAME), (1, 1, 0, 2, 1)),
    "a certificate": (lambda repository, _: a_certificate(repository, FLOOD), (1, 1, 0, 2, 1)),
    "a certificate of three terms, each counted alone": (lambda repository, _: a_certificate(repository, WORDS), (1, 1, 3, 2, 1)),
    "an export with certificate and context": (lambda repository, folder: an_export(repository, FLOOD, folder / "a.zip"), (2, 1, 0, 2, 2)),
    "the same, the oldest first": (
        lambda repository, folder: an_export(repository, replace(FLOOD, sort=Sort.OLDEST), folder / "a.zip"),
        (2, 1, 0, 2, 3),
    ),
    "a report of three terms": (
        lambda repository, _: a_term_report(repository, "flood", "notice", "creek", filters=Filters()),
        (4, 1, 0, 2, 3),
    ),
    "a report of three terms for a reader who may not see all": (
        lambda repository, _: a_term_report(repository, "flood", "notice", "creek", filters=Filters(permission=SOME)),
        (5, 1, 0, 2, 4),
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_each_action_parses_and_searches_no_more_than_it_must(
    repository: Repository, counted: Counter[str], name: str, tmp_path: Path
) -> None:
    action, numbers = ACTIONS[name]
    action(repository, tmp_path)
    assert tuple(counted[name] for name in ("parses", "searches", "totals", "counts", "lists")) == numbers


def test_the_second_page_of_groups_lists_nothing_again(repository: Repository, counted: Counter[str]) -> None:
    for offset in (0, 1):
        grouped(repository, replace(FLOOD, limit=1, offset=offset), GroupBy.THREADS)
    assert counted == {"parses": 2, "searches": 2, "counts": 2, "lists": 1}


OTHER_LOOKS: dict[str, SearchRequest] = {
    "the second page": replace(FLOOD, offset=3, limit=3),
    "another order": replace(FLOOD, sort=Sort.OLDEST),
    "the neighbors of a record": replace(FLOOD, offset=1, limit=3),
}


@pytest.mark.parametrize("name", OTHER_LOOKS)
def test_another_look_at_the_same_hits_counts_nothing_again_until_something_is_added(
    repository: Repository, counted: Counter[str], name: str, tmp_path: Path
) -> None:
    first = Plan(repository, FLOOD).page()
    assert counted["counts"] == 2
    other = Plan(repository, OTHER_LOOKS[name]).page()
    assert (other.facets, other.bars, counted["counts"]) == (first.facets, first.bars, 2)
    assert Plan(repository, replace(FLOOD, query="creek")).page().facets  # another query, and other filters, are counted
    assert Plan(repository, replace(FLOOD, filters=Filters(permission=SOME))).page().facets
    assert counted["counts"] == 6
    ingest(repository, [x_zip(tmp_path / "y.zip", [tweet(99, "A flood")])], taken_by="Pat", source="test")
    later = Plan(repository, FLOOD).page()
    assert sum(value.count for value in later.facets["kind"]) == sum(value.count for value in first.facets["kind"]) + 1 == later.total


def test_details_are_counted_on_the_state_of_the_index_that_answered(repository: Repository, tmp_path: Path) -> None:
    search = Plan(repository, FLOOD)
    head = search.head()
    ingest(repository, [x_zip(tmp_path / "y.zip", [tweet(99, "A flood")])], taken_by="Pat", source="test")
    page = search.page()
    assert head.total == page.total == sum(value.count for value in page.facets["kind"]) == sum(bar.count for bar in page.bars) == 6


def test_a_plan_keeps_its_answer_and_a_new_one_asks_again(repository: Repository, tmp_path: Path) -> None:
    search = Plan(repository, FLOOD)
    assert search.page().total == 6
    ingest(repository, [x_zip(tmp_path / "y.zip", [tweet(number, "A flood") for number in range(1, 9)])], taken_by="Pat", source="test")
    assert (search.page().total, search.refreshed().page().total) == (6, 8)


def test_another_order_shares_the_counts_and_has_its_own_list_and_request(repository: Repository, counted: Counter[str]) -> None:
    newest = Plan(repository, FLOOD)
    newest.counts()
    oldest = newest.ordered(Sort.OLDEST)
    assert list(oldest.ids()) == list(Plan(repository, replace(FLOOD, sort=Sort.OLDEST)).ids())
    assert oldest.counts().request.sort is Sort.OLDEST
    assert newest.ordered(Sort.NEWEST) is newest
    assert counted["searches"] == 1


def test_memory_keeps_the_last_few_of_a_kind_and_makes_the_rest_anew() -> None:
    cache, made = ResultCache(), Counter[int]()

    def value(key: int) -> int:
        made[key] += 1
        return key

    for key in (1, 2, 1, 3, 1, 2):
        assert cache.get_or_compute("numbers", key, lambda key=key: value(key), limit=2) == key  # type: ignore[misc]  # bound now
    assert made == {1: 1, 2: 2, 3: 1}
    cache.clear()
    assert cache.get_or_compute("numbers", 1, lambda: value(1), limit=2) == 1
    assert made[1] == 2


def test_memory_keeps_values_up_to_a_weight_and_none_that_is_heavier_alone() -> None:
    cache, made = ResultCache(), list[int]()

    def value(weight: int) -> int:
        made.append(weight)
        return weight

    for key in (3, 4, 3, 5, 11, 3, 5, 4):
        cache.get_or_compute("weights", key, lambda key=key: value(key), 10, lambda weight: weight)  # type: ignore[misc]  # bound now
    assert made == [3, 4, 5, 11, 4]  # 4 was the least recently used when 5 came; 11 drove out nothing
