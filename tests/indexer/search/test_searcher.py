"""A search: counted, in order, honest about what it could not do, and marked where it hit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.custody.indexing import rebuild
from indexer.custody.ingest import ingest
from indexer.query import parse
from indexer.query.filters import Filters, Sort
from indexer.repository import Repository
from indexer.search.answering import NotAnswered
from indexer.search.facets import bars
from indexer.search.highlight import highlight_text, snippet
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.settings import BadSetting
from tests.support.repositories import repository_at, tweet, x_zip

THREAD = [
    tweet(1, "Is the bridge open?", "Wed Jul 04 18:00:00 +0000 2018"),
    tweet(
        2,
        "It is closed until Friday",
        "Wed Jul 04 19:00:00 +0000 2018",
        in_reply_to_status_id="1000000000000000001",
        in_reply_to_user_id="4411220099",
    ),
    tweet(3, "Thank you", "Wed Jul 04 20:00:00 +0000 2018", in_reply_to_status_id="1000000000000000002", in_reply_to_user_id="4411220099"),
    tweet(4, "Something else entirely", "Sun Mar 01 12:00:00 +0000 2020"),
]


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", request.param)
    ingest(opened, [x_zip(tmp_path / "x.zip", THREAD)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def test_the_export_is_what_was_counted_and_what_was_shown(repository: Repository) -> None:
    for sort in (Sort.NEWEST, Sort.OLDEST):
        plan = Plan(repository, SearchRequest("*", sort=sort, limit=2))
        results = plan.page()
        shown = [hit.view.pk for hit in results.records]
        every = list(plan.ids())
        assert len(every) == results.total == 4
        assert every[:2] == shown
        assert [view.pk for view in plan.views()] == every


def test_facets_and_bars_count_all_results_not_a_page(repository: Repository) -> None:
    results = Plan(repository, SearchRequest("*", limit=1)).page()
    assert {value.value: value.count for value in results.facets["kind"]} == {"post": 2, "reply": 2}
    assert [(value.label, value.count) for value in results.facets["account"]] == [("@OzarkBendMO (X / Twitter)", 4)]
    assert sum(bar.count for bar in results.bars) == 4
    assert (results.bars[0].label, results.bars[0].count, len(results.bars)) == ("2018-07", 3, 21)


def test_filters_hold_for_total_facets_and_bars(repository: Repository) -> None:
    results = Plan(repository, SearchRequest("*", Filters(first_day=date(2020, 1, 1)))).page()
    assert results.total == sum(value.count for value in results.facets["kind"]) == sum(bar.count for bar in results.bars) == 1


def test_a_query_that_cannot_be_read_is_not_answered(repository: Repository) -> None:
    results = Plan(repository, SearchRequest('"open')).page()
    assert not results.answered
    assert results.diagnostics
    with pytest.raises(NotAnswered):
        list(Plan(repository, SearchRequest('"open')).ids())


def test_a_thread_is_its_answers_upwards_and_downwards(repository: Repository) -> None:
    middle = repository.catalog.record("twitter:4411220099:reply:1000000000000000002")
    assert middle is not None
    assert [view.content.text for view in repository.catalog.thread(middle)] == [
        "Is the bridge open?",
        "It is closed until Friday",
        "Thank you",
    ]
    alone = repository.catalog.record("twitter:4411220099:post:1000000000000000004")
    assert alone is not None
    assert [view.pk for view in repository.catalog.thread(alone)] == [alone.pk]


def test_an_engine_that_there_is_not_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.repository import open_repository

    monkeypatch.setenv("SHOWME_ENGINE", "altavista")
    with pytest.raises(BadSetting, match="altavista"):
        open_repository(tmp_path)


def test_a_damaged_index_is_said_and_never_zero(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    ingest(repository, [x_zip(tmp_path / "x.zip", THREAD)], taken_by="Pat", source="test")
    repository.release_index()
    for path in (tmp_path / "data" / "index" / "tantivy").iterdir():
        if path.suffix not in {".json", ".lock"} and path.name != "meta.json":
            path.write_bytes(path.read_bytes()[:20])
    results = Plan(repository, SearchRequest("bridge")).page()
    assert (results.answered, results.index_unusable) == (False, True)
    assert "python -m indexer" in results.diagnostics[0].suggestion
    with pytest.raises(NotAnswered):
        list(Plan(repository, SearchRequest("bridge")).ids())
    rebuild(repository, "Pat")
    assert Plan(repository, SearchRequest("bridge")).page().total == 1
    repository.close()


def test_bars_have_no_gaps_and_become_years_when_there_are_many() -> None:
    months = bars({"2018-11": 2, "2019-02": 1})
    assert [(bar.label, bar.count) for bar in months] == [("2018-11", 2), ("2018-12", 0), ("2019-01", 0), ("2019-02", 1)]
    assert (months[3].first_day, months[3].last_day) == (date(2019, 2, 1), date(2019, 2, 28))
    years = bars({"2010-01": 2, "2018-02": 1, "2018-03": 1})
    assert [(bar.label, bar.count) for bar in years][-2:] == [("2017", 0), ("2018", 2)]
    assert bars({}) == ()


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("flood", "The FLOOD of 2019 #flood", ["FLOOD", "flood"]),
        ("#flood", "a #Flood", ["Flood"]),
        ('"city council"', "City of the city council", ["city", "council"]),
        ("tax*", "Taxes for taxpayers", ["Taxes", "taxpayers"]),
        ("water NOT rate", "water rate", ["water"]),
        ("nino", "El Niño", ["Niño"]),
        ("account:city", "city", []),
        ("🎉", "party 🎉 today", ["🎉"]),
    ],
)
def test_what_the_query_found_is_marked(query: str, text: str, marked: list[str]) -> None:
    tree = parse(query).tree
    assert tree is not None
    pieces = highlight_text(text, tree)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, hit in pieces if hit] == marked


@given(st.lists(st.sampled_from(["flood", "of", "the", "café", "river"]), max_size=200))
def test_a_marked_text_is_the_whole_text(parts: list[str]) -> None:
    tree = parse("river").tree
    assert tree is not None
    pieces = highlight_text(" ".join(parts), tree)
    assert "".join(piece for piece, _ in pieces) == " ".join(parts)
    assert sum(hit for _, hit in pieces) == parts.count("river")


@given(st.lists(st.sampled_from(["flood", "of", "the", "café", "river"]), max_size=200))
def test_a_snippet_shows_the_first_hit_and_is_short(parts: list[str]) -> None:
    tree = parse("river").tree
    assert tree is not None
    pieces = snippet(" ".join(parts), tree)
    assert sum(len(piece) for piece, _ in pieces) < 400
    assert any(hit for _, hit in pieces) == ("river" in parts)
