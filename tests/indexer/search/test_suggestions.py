"""What words stand for, what no record holds, what was meant, what was not searched; all within what the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.custody.ingest import ingest
from indexer.query import Dialect, parse
from indexer.query.filters import Filters, Permission
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.suggestions import Explanation, unsearchable
from tests.support.repositories import repository_at, tweet, x_zip

POSTS = [
    tweet(1, "The city council adopts the budget", "Wed Jul 04 18:00:00 +0000 2018"),
    tweet(2, "Budgets of the council: budget tax, taxes, taxation", "Wed Jul 04 19:00:00 +0000 2018"),
    tweet(3, "tax office closed for the flood #flood", "Wed Jul 04 20:00:00 +0000 2018"),
    tweet(4, "The gadget of the week", "Wed Jul 04 21:00:00 +0000 2018"),
]


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", request.param)
    ingest(opened, [x_zip(tmp_path / "x.zip", POSTS)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def explained(repository: Repository, query: str, filters: Filters = Filters(), dialect: Dialect = Dialect.PLAIN) -> Explanation:  # noqa: B008  # frozen
    return Plan(repository, SearchRequest(query, filters, dialect=dialect)).page().explained


def test_what_stands_for_many_words_is_shown_with_each_word_most_frequent_first(repository: Repository) -> None:
    found = explained(repository, "tax* AND budget~~").expansions
    assert [(one.typed, one.words) for one in found] == [
        ("tax*", (("tax", 2), ("taxation", 1), ("taxes", 1))),
        ("budget~~", (("budget", 2), ("budgets", 1))),
    ]
    results = Plan(repository, SearchRequest("budget~~")).page()
    assert results.readings["en"].startswith("any form of budget (budget, budgets), ")
    assert results.readings["es"].startswith("cualquier forma de budget (budget, budgets), ")


@pytest.mark.parametrize(
    ("query", "missing", "repaired"),
    [
        ("budgit", ("budgit",), "budget"),
        ("Budgit AND council", ("budgit",), "budget AND council"),
        ("council OR budgit", ("budgit",), "council OR budget"),
        ("council NOT budgit", ("budgit",), "council NOT budget"),
        ('"city councl"', ("councl",), '"city council"'),
        ("budgit w/5 councl", ("budgit", "councl"), "budget w/5 council"),
        ("#flod", ("#flod",), "#flood"),
        ('"council city"', ('"council city"',), ""),
        ("zzz* OR tax", ("zzz*",), ""),
        ("2019", ("2019",), ""),
        ("council budget", (), ""),
        ("qqqqqqqq OR tax", ("qqqqqqqq",), ""),
        ("council AND gadget", (), ""),
    ],
)
def test_a_word_that_no_record_holds_is_said_and_repaired_at_its_place(
    repository: Repository, query: str, missing: tuple[str, ...], repaired: str
) -> None:
    found = explained(repository, query)
    assert found.missing == missing
    assert found.repaired == repaired
    for one in found.suggestions:
        assert query[one.start : one.end].casefold() == one.node.word
        assert one.records >= 1


def test_the_nearest_word_comes_before_the_most_frequent(repository: Repository) -> None:
    only = explained(repository, "gadgets").suggestions[0]
    assert (only.instead, only.records, only.start, only.end, only.query) == ("gadget", 1, 0, 7, "gadget")


def test_a_query_of_the_other_dialect_is_repaired_in_it(repository: Repository) -> None:
    assert explained(repository, "city councl", dialect=Dialect.DTSEARCH).repaired == "city council"


def test_nothing_is_told_of_words_that_the_reader_may_not_see(repository: Repository) -> None:
    found = explained(repository, "tax* OR budgit OR budget", Filters(permission=Permission(frozenset(), without_messages=False)))
    assert [one.words for one in found.expansions] == [()]
    assert found.missing == ("tax*", "budgit", "budget")
    assert not found.suggestions


def test_filters_that_the_reader_chose_make_no_word_missing(repository: Repository) -> None:
    assert explained(repository, "budget OR gadget", Filters(kinds=frozenset({"message"}))).missing == ()


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ('"parks & recreation"', ("&",)),
        ("don't 1,000", ("'", ",")),
        ('a w/5 b "c d"~5 tax* wo?d #flood @city.hall', ()),
        ("https://x.org/a-b?c=d url:x.org/y date:2018-07-04 [2018-07-01 TO 2018-07-31]", ()),
        ("kind:post e-mail", ("-",)),
        ("10:30", (":",)),
        ("date:[2018-07-01 TO 2018-07-31]", ()),
        ("mention:city_hall hashtag:flood_2018 #flood_2018 @city_hall", ()),
        ("url:riverbend.gov/a?b=c&d account:city_hall", ("_",)),
        ("#1 50% council% %council council= C#", ("#", "%", "=")),
        ("flood_map", ("_",)),
        ('"who pays?" 5$', ("?", "$")),
    ],
)
def test_signs_that_only_separate_words_are_said(text: str, signs: tuple[str, ...]) -> None:
    parsed = parse(text)
    assert parsed.tree is not None
    assert unsearchable(parsed) == signs
