"""What a search costs is counted, and beyond a bound it is refused in words: in every engine, on every way to an answer."""

from __future__ import annotations

import string
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexer import cost
from indexer.catalog.models import RecordView
from indexer.certificates.certify import certify
from indexer.cost import Bounds, Measure, TooCostly
from indexer.custody.ingest import ingest
from indexer.engines import ENGINES, Document, Engine, TooBroad, open_engine
from indexer.query import Dialect, Node, parse
from indexer.query.filters import Filters, Sort
from indexer.repository import Repository
from indexer.search import groups, suggestions
from indexer.search.answering import NotAnswered, StopReason
from indexer.search.groups import GroupBy
from indexer.search.highlight import spans
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.term_reports.run import read_list, run
from tests.support.repositories import repository_at, tweet, x_zip

WIDE = Bounds(10**12, 10**12, 10**12, 10**6)
LETTERS = string.ascii_lowercase


def nested(depth: int, first: str = "a*", more: str = "b*") -> str:
    query = first
    for _ in range(depth):
        query = f"({query} w/5 {more})"
    return query


COSTLY = {
    "nearness in nearness": nested(40),
    "wildcards": " OR ".join(f"{one}{two}*" for one in LETTERS for two in LETTERS),
    "wildcards in front": " OR ".join(f"*{one}{two}" for one in LETTERS for two in LETTERS[:5]),
    "similar words": " OR ".join(f"{one}{two}bba~" for one in LETTERS for two in LETTERS[:5]),
    "other forms": " OR ".join(f"{one}{two}~~" for one in "ab" for two in LETTERS),
    "ranges": " OR ".join(f"{number}-{number + 99}" for number in range(1, 200)),
    "wide groups near each other": "("
    + " OR ".join(f"{one}*" for one in LETTERS)
    + ") w/9 ("
    + " OR ".join(f"*{one}" for one in LETTERS)
    + ")",
    "phrases of wildcards": " OR ".join(f'"a{one}* b{one}*"' for one in LETTERS),
    "what is not near": " OR ".join(f"(a* not w/{number} b*)" for number in range(1, 9)),
    "words": " OR ".join(
        f"{one}{two}{three}{number}" for one in "ab" for two in LETTERS for three in LETTERS[:9] for number in range(1, 8)
    ),
}


def corpus(count: int = 80) -> Iterator[Document]:
    """Yield records of made-up words, many of which begin with a or b; some records are crowded with them."""
    for pk in range(1, count + 1):
        words = [
            str(pk),
            *(f"{'ab'[at % 2]}{LETTERS[(pk * 7 + at * 3) % 26]}{LETTERS[(pk + at) % 26]}{pk % 90}" for at in range(pk % 60 + 3)),
        ]
        yield Document(pk, (" ".join(words),), 1, ("town",), "twitter", "post", "Town", pk, date(2020, 1, pk % 28 + 1))


@pytest.fixture(name="engine", scope="module", params=sorted(ENGINES))
def an_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(request.param, tmp_path_factory.mktemp(request.param))
    engine.write(corpus())
    engine.commit(1)
    yield engine
    engine.close()


def tree_of(query: str) -> Node:
    tree = parse(query).tree
    assert tree is not None, parse(query).diagnostics
    return tree


def counted(engine: Engine, query: str) -> cost.Meter:
    with cost.isolated(WIDE) as meter:
        engine.search(tree_of(query), Filters(), Sort.NEWEST, 10, 0)
    return meter


@pytest.mark.parametrize("kind", COSTLY)
def test_each_way_to_cost_much_is_refused_beyond_a_bound_and_answered_within(engine: Engine, kind: str) -> None:
    tree = tree_of(COSTLY[kind])
    whole = counted(engine, COSTLY[kind])
    spent = whole.words, whole.postings, whole.positions
    assert sum(spent) > 20
    with cost.bounded(Bounds(*(2 * one for one in spent), 10**6)):
        total = engine.search(tree, Filters(), Sort.NEWEST, 10, 0).total
        assert len(list(engine.ids(tree, Filters(), Sort.NEWEST))) == total
    tight = Bounds(*(one // 4 for one in spent), 10**6)
    with cost.bounded(tight), pytest.raises(TooCostly) as raised:
        engine.search(tree, Filters(), Sort.NEWEST, 10, 0)
    assert raised.value.limit in (tight.words, tight.postings, tight.positions)
    with cost.bounded(tight), pytest.raises(TooCostly):
        next(engine.ids(tree, Filters(), Sort.NEWEST), None)


@pytest.mark.parametrize("kind", COSTLY)
def test_the_cost_of_a_query_is_the_same_each_time(engine: Engine, kind: str) -> None:
    first, again = counted(engine, COSTLY[kind]), counted(engine, COSTLY[kind])
    assert (again.words, again.postings) == (first.words, first.postings)


def test_nearness_in_nearness_costs_no_more_than_its_depth(tmp_path: Path) -> None:
    """Each depth is asked of an engine that remembers nothing; 40 deep must not cost more than 40 times once."""
    spent = {}
    for depth in (1, 10, 20, 40):
        engine = open_engine("tantivy", tmp_path / str(depth))
        engine.write(corpus())
        engine.commit(1)
        meter = counted(engine, nested(depth))
        spent[depth] = meter.words + meter.postings + meter.positions
        engine.close()
    assert spent[40] < 40 * spent[1]
    assert spent[40] < cost.PAGE.positions


def test_a_query_of_forty_levels_is_within_the_bounds_of_a_page(engine: Engine) -> None:
    with cost.bounded(replace(cost.PAGE, seconds=10**6)):
        assert engine.search(tree_of(nested(2)), Filters(), Sort.NEWEST, 10, 0).total > 0
        engine.search(tree_of(nested(40)), Filters(), Sort.NEWEST, 10, 0)


def test_the_clock_stops_what_the_counts_do_not(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 10**9, 5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(now)))
    with cost.bounded(replace(WIDE, seconds=12.0)), pytest.raises(TooCostly) as raised:
        engine.search(tree_of(nested(3)), Filters(), Sort.NEWEST, 10, 0)
    assert (raised.value.is_time, raised.value.measure, raised.value.limit) == (True, Measure.SECONDS, 12.0)


def test_what_begins_inside_of_a_search_is_part_of_it_and_what_is_apart_is_not() -> None:
    with cost.bounded(Bounds(10, 10, 10, 60)) as outer:
        with cost.bounded(WIDE) as inner:
            cost.words(6)
        assert inner is outer
        with cost.isolated(Bounds(0, 0, 3, 60)), pytest.raises(TooCostly):
            cost.positions(4)
        cost.positions(10)
        with pytest.raises(TooCostly):
            cost.words(5)
    cost.words(10**9)  # nothing is counted where nothing is bounded


def test_each_thread_is_counted_by_itself() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def spend(count: int) -> int:
        with cost.bounded(Bounds(count, 0, 0, 60)) as meter:
            for _ in range(count):
                cost.words(1)
            return meter.words

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(spend, range(1, 200))) == list(range(1, 200))


def test_a_text_with_too_many_places_is_marked_word_by_word() -> None:
    crowded = "b " * 3_000
    assert len(spans(crowded, tree_of(nested(6, "b", "b")))) == 3_000
    assert spans("a b c b d", tree_of("a w/1 b")) == [(0, 1), (2, 3)]
    only_left = spans(f"{crowded} y", tree_of("(b w/900 b) not w/1 y"))
    assert all(f"{crowded} y"[start:end] == "b" for start, end in only_left)


@pytest.fixture(name="repository", scope="module", params=sorted(ENGINES))
def a_repository(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    folder = tmp_path_factory.mktemp("costs")
    repository = repository_at(folder / "data", request.param)
    posts = [tweet(number, f"flood notice {number} bridge budget council alpha{number} beta{number}") for number in range(30)]
    assert ingest(repository, [x_zip(folder / "x.zip", posts)], taken_by="Pat", source="test").capture.went_well
    yield repository
    repository.close()


TIGHT = Bounds(20, 20, 20, 60)
QUERY = '(al* w/5 be*) OR "flood n*" OR 1-30'


def answers(repository: Repository) -> dict[str, Callable[[], object]]:
    """Return every way in which a plan answers."""
    plan = Plan(repository, SearchRequest(QUERY), TIGHT)

    def views() -> list[RecordView]:
        return list(plan.views())

    return {
        "ids": lambda: list(plan.ids()),
        "views": views,
        "count": lambda: plan.count(plan.tree),
        "as of a day": lambda: list(Plan(repository, SearchRequest(QUERY, as_of=date(2024, 1, 1)), TIGHT).ids()),
    }


@pytest.mark.parametrize("way", ["ids", "views", "count", "as of a day"])
def test_no_way_to_an_answer_gives_a_part_of_it(repository: Repository, way: str) -> None:
    with pytest.raises(NotAnswered) as raised:
        answers(repository)[way]()
    assert raised.value.stopped is StopReason.TOO_COSTLY
    assert [one.code for one in raised.value.diagnostics] == ["too-costly"]


@pytest.mark.parametrize("as_of", [None, date(2024, 1, 1)])
def test_a_page_says_that_nothing_was_searched(repository: Repository, as_of: date | None) -> None:
    found = Plan(repository, SearchRequest(QUERY, as_of=as_of), TIGHT).page()
    assert (found.answered, found.index_unusable, found.stopped, found.total) == (False, False, StopReason.TOO_COSTLY, 0)
    (said,) = found.diagnostics
    assert "takes more work than one search may" in said.message
    assert "no" in said.message
    assert said.suggestion
    assert Plan(repository, SearchRequest(QUERY, as_of=as_of)).page().total == 30


def test_groups_are_refused_alike(repository: Repository) -> None:
    found = groups.search(repository, SearchRequest(QUERY), GroupBy.THREADS, TIGHT)
    assert (found.results.stopped, found.groups, found.total) == (StopReason.TOO_COSTLY, (), 0)


def test_a_term_list_and_a_certificate_say_which_query_was_refused(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Plan.__init__

    def tight(self: Plan, repository: Repository, request: SearchRequest, _bounds: Bounds = TIGHT) -> None:
        plain(self, repository, request, replace(TIGHT, words=10, postings=2_000, positions=50))

    monkeypatch.setattr(Plan, "__init__", tight)
    report = run(repository, read_list(f"flood\n{QUERY}\nbridge"), SearchRequest(dialect=Dialect.PLAIN), by="Pat")
    assert [one.hits for one in report.results] == [30, None, 30]
    assert [one.code for one in report.results[1].diagnostics] == ["too-costly"]
    with pytest.raises(NotAnswered):
        certify(Plan(repository, SearchRequest(QUERY)), by="Pat")


def test_what_is_told_beside_an_answer_never_takes_the_answer_away(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "EXPLAINING", Bounds(0, 0, 0, 60))
    found = Plan(repository, SearchRequest("flood OR nothinglikeit OR nothing2 OR al*")).page()
    assert (found.total, found.explained.missing, found.explained.suggestions) == (30, (), ())
    assert found.explained.unchecked == 4
    assert len(found.explained.expansions) == 1


def test_a_wildcard_past_its_own_limit_keeps_its_own_words(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def broad(*_: object) -> object:
        raise TooBroad("flood*", 10_000)

    monkeypatch.setattr(repository.index, "search", broad)
    found = Plan(repository, SearchRequest("flood*")).page()
    assert (found.stopped, found.diagnostics[0].code) == (StopReason.TOO_BROAD, "too-broad")
