"""Facets count what choosing a value would find, whatever else is chosen; bars are days, months or years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from indexer.custody.ingest import ingest
from indexer.query import MEDIA, Filters, Permission, choose_media
from indexer.repository import Repository
from indexer.search import Plan, SearchRequest, bars, from_json, request_json
from indexer.search.facets import Granularity
from indexer.search.results import Results
from tests.support.builders import zip_files
from tests.support.platforms.facebook_pages import HEADER_PAGE
from tests.support.repositories import repository_at, tweet, x_files
from tests.support.two_captures import EARLY, LATE


def with_media(number: int, text: str, *kinds: str) -> dict[str, Any]:
    media = [_medium(f"{number}{at}", kind) for at, kind in enumerate(kinds)]
    return tweet(number, text, "Thu Jan 12 18:00:00 +0000 2023", entities={"media": media}, extended_entities={"media": media})


def _medium(number: str, kind: str) -> dict[str, Any]:
    film = {"bitrate": "832000", "content_type": "video/mp4", "url": f"https://video.twimg.com/{number}.mp4"}
    picture = {"id_str": number, "media_url_https": f"https://pbs.twimg.com/media/{number}.jpg", "type": kind}
    return {**picture, "video_info": {"variants": [film]}} if kind == "video" else picture


PICTURES = [
    with_media(31, "Bridge painted", "photo"),
    with_media(32, "Bridge and parade", "photo", "video"),
    with_media(33, "A film", "video"),
]


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", str(request.param))
    for name, posts, generated in (("a", EARLY, "2023-02-01"), ("b", [*LATE, *PICTURES], "2024-02-01")):
        made = zip_files(x_files(posts, generated=f"{generated}T12:00:00.000Z"), tmp_path / f"{name}.zip")
        ingest(opened, [made], taken_by="Pat", source="test")
    facebook = zip_files({"posts/your_posts_1.html": HEADER_PAGE}, tmp_path / "f.zip")
    ingest(opened, [facebook], taken_by="Pat", source="test")
    yield opened
    opened.close()


def page(repository: Repository, filters: Filters, **more: Any) -> Results:
    found = Plan(repository, SearchRequest(filters=filters, **more)).page()
    assert found.answered, found.diagnostics
    return found


def chosen(filters: Filters, facet: str, value: str) -> Filters:
    """Replace the filter of a facet by one value."""
    if facet == "media":
        has_media, media = choose_media([value])
        return replace(filters, has_media=has_media, media=media)
    name = {"account": "accounts", "platform": "platforms", "kind": "kinds", "author": "authors", "state": "states"}[facet]
    return replace(filters, **{name: frozenset([int(value) if facet == "account" else value])})


CHOICES = [
    Filters(),
    Filters(accounts=frozenset({1})),
    Filters(accounts=frozenset({2}), kinds=frozenset({"reply", "post"})),
    Filters(states=frozenset({"edited"})),
    Filters(states=frozenset({"absent"}), platforms=frozenset({"twitter"})),
    Filters(has_media=True),
    Filters(has_media=False, accounts=frozenset({1})),
    Filters(media=frozenset({"video", "without"})),
    Filters(media=frozenset({"picture"}), authors=frozenset({"OzarkBendMO"}), first_day=date(2018, 1, 1)),
    Filters(accounts=frozenset({1, 2}), permission=Permission(frozenset({1}), without_messages=False)),
    Filters(kinds=frozenset({"reply"}), permission=Permission(frozenset({2}), without_messages=True)),
    Filters(accounts=frozenset()),
]


@pytest.mark.parametrize("as_of", [None, date(2023, 1, 10), date(2023, 6, 1), date(2024, 6, 1)], ids=str)
@pytest.mark.parametrize("filters", CHOICES, ids=range(len(CHOICES)))
def test_a_facet_counts_what_choosing_its_value_finds(repository: Repository, filters: Filters, as_of: date | None) -> None:
    for query in ("*", "bridge"):
        results = page(repository, filters, query=query, as_of=as_of)
        for facet, values in results.facets.items():
            for value in values:
                asked = SearchRequest(query, chosen(filters, facet, value.value), as_of=as_of)
                assert Plan(repository, asked).head().total == value.count, (facet, value)
        kinds = {value.value: value.count for value in results.facets["media"]}
        for kind in MEDIA:
            assert page(repository, chosen(filters, "media", kind), query=query, as_of=as_of).total == kinds.get(kind, 0), kind


def test_choosing_an_account_still_counts_the_others_and_nothing_beyond_the_permission(repository: Repository) -> None:
    both = page(repository, Filters(accounts=frozenset({1}))).facets["account"]
    assert [(value.value, value.count) for value in both] == [("1", 8), ("2", 1)]
    alone = Filters(accounts=frozenset({1}), permission=Permission(frozenset({1}), without_messages=False))
    assert [value.value for value in page(repository, alone).facets["account"]] == ["1"]


def test_media_are_told_apart(repository: Repository) -> None:
    counts = {value.value: value.count for value in page(repository, Filters()).facets["media"]}
    assert counts == {"without": 6, "picture": 2, "video": 2}
    assert page(repository, Filters(media=frozenset({"picture", "video"}))).total == page(repository, Filters(has_media=True)).total == 3
    assert page(repository, Filters(media=frozenset())).total == 0


def test_a_choice_of_media_is_stored_and_an_old_request_has_none() -> None:
    request = SearchRequest("flood", Filters(media=frozenset({"video", "picture"})))
    stored = request_json(request)
    assert from_json(stored) == request
    old = request_json(SearchRequest("flood", Filters(has_media=True)))
    del old["filters"]["media"]
    assert from_json(old).filters == Filters(has_media=True)


@pytest.mark.parametrize(
    ("chosen", "means"),
    [
        ([], (None, None)),
        (["with"], (True, None)),
        (["without"], (False, None)),
        (["picture", "without"], (None, frozenset({"picture", "without"}))),
        (["with", "picture"], None),
        (["with", "without"], None),
        (["maybe"], None),
    ],
)
def test_old_and_new_values_of_media(chosen: list[str], means: tuple[bool | None, frozenset[str] | None] | None) -> None:
    if means is None:
        with pytest.raises(ValueError, match="not media"):
            choose_media(chosen)
    else:
        assert choose_media(chosen) == means


def test_up_to_three_months_have_a_bar_a_day_without_gaps() -> None:
    first = date(2018, 7, 1)
    for days, granularity in ((1, Granularity.DAY), (92, Granularity.DAY), (93, Granularity.MONTH)):
        counts = {first.isoformat(): 2} | {(first + timedelta(days - 1)).isoformat(): 3}
        made = bars({}, counts)
        assert {bar.granularity for bar in made} == {granularity}
        assert sum(bar.count for bar in made) == sum(counts.values())
        assert all(later.first_day == earlier.last_day + timedelta(1) for earlier, later in pairwise(made))
        assert len(made) == (days if granularity is Granularity.DAY else 4)


@pytest.mark.parametrize(
    ("first", "last", "query", "granularity"),
    [
        (None, None, "*", Granularity.YEAR),  # of 2018 to 2023
        (None, None, "painted OR film OR opens", Granularity.DAY),  # the hits are of three days
        (date(2018, 7, 1), date(2018, 9, 30), "*", Granularity.DAY),
        (date(2018, 7, 1), date(2018, 12, 31), "*", Granularity.DAY),  # the hits are of two days
        (date(2023, 1, 1), date(2023, 12, 31), "*", Granularity.MONTH),  # January to May
    ],
)
def test_bars_are_as_fine_as_the_hits_allow(
    repository: Repository, first: date | None, last: date | None, query: str, granularity: Granularity
) -> None:
    results = page(repository, Filters(first, last), query=query)
    assert {bar.granularity for bar in results.bars} == {granularity}
    assert sum(bar.count for bar in results.bars) == results.total - results.undated
    for bar in results.bars:
        assert page(repository, Filters(bar.first_day, bar.last_day), query=query).total == bar.count, bar
