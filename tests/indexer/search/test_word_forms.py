"""Other forms of a word are offered with the number that a click finds, and only where a click finds more."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from indexer import cost
from indexer.custody.ingest import ingest
from indexer.query import Dialect, Filters, Permission, parse, spanish_stem
from indexer.repository import Repository
from indexer.search import Plan, SearchRequest, suggestions
from indexer.search.results import Results
from indexer.search.word_forms import WordForms
from tests.support.builders import zip_files
from tests.support.repositories import repository_at, tweet, x_files

TEXTS = [
    "Flood watch tonight",
    "Floods closed two roads",
    "The creek flooded Main Street; flooding goes on",
    "Flooding damage reports",
    "Damages of the flood",
    "A notice",
    "Council noticed the roads",
    "Inundación en la calle Principal",
    "Inundaciones cerraron dos calles",
    "La calle se inundó; nadie vio la inundación",
    "Floodlights of the ball park",
]
WORDS = ["flood", "Flooding", "damage", "road", "notice", "inundación", "calle", "zebra", "ball"]


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    folder = tmp_path_factory.mktemp("forms")
    opened = repository_at(folder / "data", str(request.param))
    posts = [tweet(number, text, f"Wed Jul {number:02} 18:00:00 +0000 2018") for number, text in enumerate(TEXTS, 1)]
    ingest(opened, [zip_files(x_files(posts), folder / "x.zip")], taken_by="Pat", source="test")
    yield opened
    opened.close()


def page(repository: Repository, query: str, dialect: Dialect = Dialect.PLAIN, **more: object) -> Results:
    found = Plan(repository, SearchRequest(query, dialect=dialect, **more)).page()  # type: ignore[arg-type]  # each a field of the request
    assert found.answered, found.diagnostics
    return found


def forms(repository: Repository, query: str, dialect: Dialect = Dialect.PLAIN, **more: object) -> tuple[WordForms, ...]:
    """Return what is offered, after clicking each offer."""
    before = page(repository, query, dialect, **more)
    for offer in before.explained.forms:
        after = page(repository, offer.query, dialect, **more)
        assert after.total == before.total + offer.more, offer
        assert offer.more > 0, offer
        assert {record.view.pk for record in before.records} < {record.view.pk for record in after.records}, offer
        known = {announcement.code for announcement in before.announcements}
        assert {announcement.code for announcement in after.announcements} <= known, offer
    return before.explained.forms


@pytest.mark.parametrize("dialect", list(Dialect))
def test_the_forms_of_a_word_are_offered_with_their_counts_and_the_query_to_click(repository: Repository, dialect: Dialect) -> None:
    (offer,) = forms(repository, "Flood", dialect)
    assert offer == WordForms("flood", (("flooding", 2), ("flooded", 1), ("floods", 1)), 3, "(Flood OR flooding OR flooded OR floods)")


def test_spanish_words_have_their_forms(repository: Repository) -> None:
    (offer,) = forms(repository, "inundacion")
    assert offer.query == "(inundacion OR inundaciones OR inundo)"
    assert offer.more == 1
    assert [offer.word for offer in forms(repository, "calle")] == ["calle"]


@pytest.mark.parametrize(
    "query",
    [
        '"flood watch"',
        "flood w/5 watch",
        "flood*",
        "flood~~",
        "flood~",
        "NOT flood",
        "* NOT flood",
        "hashtag:flood",
        "author:flood",
        "12",
        "ball",
        "flood OR floods OR flooded OR flooding",
        "flood AND tonight",
        "zebra",
    ],
)
def test_nothing_is_offered_where_the_word_is_exact_or_nothing_more_would_be_found(repository: Repository, query: str) -> None:
    assert forms(repository, query) == ()


@pytest.mark.parametrize(
    ("query", "dialect", "offered"),
    [
        ("flood damage", Dialect.PLAIN, ["(flood OR flooding OR flooded OR floods) damage", "flood (damage OR damages)"]),
        ("flood damage", Dialect.DTSEARCH, []),  # a phrase
        ("flood and damage", Dialect.DTSEARCH, ["flood and (damage OR damages)", "(flood OR flooding OR flooded OR floods) and damage"]),
        ('flood OR "flood watch"', Dialect.PLAIN, ['(flood OR flooding OR flooded OR floods) OR "flood watch"']),
        ('"flood watch" OR flood', Dialect.PLAIN, ['"flood watch" OR (flood OR flooding OR flooded OR floods)']),
        ("flood OR flooding", Dialect.PLAIN, ["(flood OR flooded OR floods) OR flooding"]),
        ("flood NOT flooding", Dialect.PLAIN, ["(flood OR flooded OR floods) NOT flooding"]),
        ("(flood OR notice) AND (flood OR roads)", Dialect.PLAIN, None),
        ("flood [2018-07-01 TO 2018-07-03]", Dialect.PLAIN, ["(flood OR flooding OR flooded OR floods) [2018-07-01 TO 2018-07-03]"]),
    ],
)
def test_a_word_is_widened_where_it_stands(repository: Repository, query: str, dialect: Dialect, offered: list[str] | None) -> None:
    queries = [offer.query for offer in forms(repository, query, dialect)]
    if offered is not None:
        assert sorted(queries) == sorted(offered)


def test_no_promise_is_false_in_drawn_queries(repository: Repository) -> None:
    chance, offers = random.Random(9), 0  # noqa: S311  # drawn queries
    for _draw in range(60):
        words = chance.choices(WORDS, k=chance.randint(1, 4))
        query = words[0]
        for word in words[1:]:
            query = chance.choice(
                ["{0} AND {1}", "{0} OR {1}", "({0}) NOT {1}", "({0} OR {1})", '{0} OR "{1} watch"', "({0}) AND ({1} w/3 main)"]
            ).format(query, word)
        filters = chance.choice([Filters(), Filters(date(2018, 7, 2), date(2018, 7, 9)), Filters(has_media=False)])
        dialect = chance.choice(list(Dialect))
        if parse(query, dialect).tree is not None:
            offers += len(forms(repository, query, dialect, filters=filters, as_of=chance.choice([None, date(2018, 7, 8)])))
    assert offers > 20


def test_nothing_is_learned_of_records_beyond_the_permission(repository: Repository) -> None:
    nobody = Filters(permission=Permission(frozenset({999}), without_messages=False))
    assert forms(repository, "flood", filters=nobody) == ()


def test_filters_hold_for_what_a_click_finds(repository: Repository) -> None:
    (offer,) = forms(repository, "flood", filters=Filters(date(2018, 7, 1), date(2018, 7, 2)))
    assert offer.more == 1
    assert dict(offer.forms)["flooding"] == 2  # of all records that the reader may see


def test_forms_that_cost_too_much_are_not_offered_and_the_answer_is_whole(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "EXPLAINING", cost.Bounds(words=1, postings=1, positions=1, seconds=2.0))
    found = page(repository, "flood")
    assert (found.total, found.explained.forms) == (2, ())


def test_no_forms_without_a_page(repository: Repository) -> None:
    assert Plan(repository, replace(SearchRequest("flood"), limit=0)).page().explained.forms == ()


@pytest.mark.parametrize(
    ("word", "root"),
    [("inundacion", "inund"), ("inundaciones", "inund"), ("multas", "mult"), ("flood", ""), ("officer", ""), ("area", ""), ("gas", "")],
)
def test_a_spanish_stem_is_that_of_a_word_that_ends_like_a_spanish_one(word: str, root: str) -> None:
    assert spanish_stem(word) == root
