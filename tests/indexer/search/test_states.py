"""What became of a record can be asked for: edited, deleted, gone, without a date, with an assumed zone; in words, as a filter, counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from indexer.custody.indexing import rebuild, sync
from indexer.custody.ingest import ingest
from indexer.custody.zone import set_zone
from indexer.query import Dialect, parse
from indexer.query.filters import Filters, Permission
from indexer.query.nodes import STATES
from indexer.query.reading import TABLES, paraphrase
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.results import Results
from tests.support.builders import zip_files
from tests.support.platforms.facebook_pages import HEADER_PAGE
from tests.support.repositories import repository_at, x_files
from tests.support.two_captures import EARLY, LATE

LIKES = [{"like": {"tweetId": "77", "fullText": "A liked parade", "expandedUrl": "https://twitter.com/i/web/status/77"}}]
LATEST = [one for one in LATE if one["full_text"] != "Bridge closed"]
EXPORTS = {
    "early": (EARLY, "2023-02-01T12:00:00.000Z"),
    "late": (LATE, "2024-02-01T12:00:00.000Z"),
    "latest": (LATEST, "2025-02-01T12:00:00.000Z"),
}
ORDERS = [("early", "late", "latest"), ("latest", "early", "late"), ("late", "latest", "early")]


def archive(target: Path, name: str) -> Path:
    posts, generated = EXPORTS[name]
    likes = {"data/like.js": "window.YTD.like.part0 = " + json.dumps(LIKES)}
    return zip_files({**x_files(posts, generated=generated), **likes}, target)


@pytest.fixture(params=["tantivy", "whoosh"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=ORDERS, ids=" ".join)
def repository(request: pytest.FixtureRequest, tmp_path: Path, engine: str) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", engine)
    for name in request.param:
        ingest(opened, [archive(tmp_path / f"{name}.zip", name)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def ask(repository: Repository, query: str = "*", **more: object) -> Results:
    found = Plan(repository, SearchRequest(query, **more)).page()  # type: ignore[arg-type]  # each a field of the request
    assert found.answered, found.diagnostics
    return found


def texts(repository: Repository, query: str, **more: object) -> list[str]:
    return sorted(hit.view.content.text for hit in ask(repository, query, **more).records)


def test_every_state_is_found_whatever_the_order_of_custody(repository: Repository) -> None:
    assert texts(repository, "is:absent") == ["Bridge closed", "Mistaken notice of the bridge"]
    assert texts(repository, "is:edited") == texts(repository, "has:edit") == ["Bridge opens April 3"]
    assert texts(repository, "is:undated") == ["A liked parade"]
    assert texts(repository, "is:deleted OR has:deletion") == texts(repository, "is:zone-assumed") == []
    assert texts(repository, "bridge NOT is:absent") == ["Bridge opens April 3"]


def test_the_page_of_a_capture_counts_the_records_that_its_link_finds(repository: Repository) -> None:
    captures = repository.catalog.captures()
    assert sorted(one.gone for one in captures) == [0, 1, 2]
    for one in captures:
        assert ask(repository, f"is:absent-{one.id}").total == one.gone


def test_a_rebuilt_index_says_the_same(repository: Repository) -> None:
    before = {state: texts(repository, f"is:{state}") for state in STATES}
    rebuild(repository, "Pat")
    assert {state: texts(repository, f"is:{state}") for state in STATES} == before


def test_the_filter_the_field_and_the_facet_agree(repository: Repository) -> None:
    for query in ("*", "bridge", "parade OR notice", "zebra"):
        counted = {one.value: one.count for one in ask(repository, query).facets["state"]}
        by_field = {state: ask(repository, f"({query}) AND is:{state}").total for state in STATES}
        by_filter = {state: ask(repository, query, filters=Filters(states=frozenset({state}))).total for state in STATES}
        assert by_field == by_filter
        assert counted == {state: count for state, count in by_field.items() if count}
    both = ask(repository, filters=Filters(states=frozenset({"absent", "undated"})))
    assert both.total == 3
    assert ask(repository, filters=Filters(states=frozenset())).total == 0


def test_nobody_learns_the_states_of_what_they_may_not_see(repository: Repository) -> None:
    assert ask(repository, filters=Filters(permission=Permission(frozenset(), without_messages=False))).facets["state"] == ()
    assert ask(repository, "is:absent", filters=Filters(permission=Permission(frozenset({999}), without_messages=False))).total == 0


def test_as_of_a_day_nothing_is_gone_that_still_stood(repository: Repository) -> None:
    day = date(2023, 6, 1)
    assert texts(repository, "is:absent", as_of=day) == []
    assert texts(repository, "*", as_of=day, filters=Filters(states=frozenset({"absent"}))) == []
    assert {one.value: one.count for one in ask(repository, as_of=day).facets["state"]} == {"edited": 1}
    assert "Mistaken notice of the bridge" in texts(repository, "NOT is:absent", as_of=day)


def test_a_zone_that_is_set_is_assumed_no_more(tmp_path: Path, engine: str) -> None:
    repository = repository_at(tmp_path / "data", engine)
    made = zip_files({"posts/your_posts_1.html": HEADER_PAGE}, tmp_path / "f.zip")
    capture = ingest(repository, [made], taken_by="Pat", source="test").capture_id
    assert texts(repository, "is:zone-assumed") == ["Late council meeting tonight"]
    set_zone(repository, capture, "America/Los_Angeles", "Pat")
    sync(repository)
    assert texts(repository, "is:zone-assumed") == []
    repository.close()


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("state", [*STATES, "absent-7"])
def test_both_dialects_read_a_state_and_say_it_in_words(state: str, dialect: Dialect) -> None:
    parsed = parse(f"IS:{state.upper()}", dialect)
    assert parsed.tree is not None, parsed.diagnostics
    assert parsed.canonical == f"is:{state}"
    assert parse(parsed.canonical).tree == parsed.tree
    assert len({paraphrase(parsed.tree, table) for table in TABLES.values()}) == len(TABLES)


@pytest.mark.parametrize("typed", ["is:gone", "is:absent-", "is:absent-0", "is:absent-x", "is:", "is:ed*", "has:absent"])
def test_another_word_is_refused_with_what_there_is(typed: str) -> None:
    parsed = parse(typed)
    assert parsed.tree is None
    assert any("edited" in one.suggestion or "edit" in one.suggestion for one in parsed.diagnostics), parsed.diagnostics
