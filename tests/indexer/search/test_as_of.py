"""As of a day: what stood at its end, in the wording of then, in both engines, for every sort, and within permission."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from indexer.custody.ingest import ingest
from indexer.query.filters import Filters, Permission, Sort
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.results import Results
from tests.support.builders import zip_files
from tests.support.platforms.facebook import PAGE, POSTS, SECOND, mojibake, post
from tests.support.repositories import repository_at, tweet, x_files, x_zip
from tests.support.two_captures import EARLY, EDIT, EDITED, FIRST, LATE

pytestmark = pytest.mark.databases


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", request.param)
    # the younger archive is taken in first: the order of custody says nothing of the order of time
    ingest(opened, [x_zip(tmp_path / "late.zip", LATE, generated="2024-02-01T12:00:00.000Z")], taken_by="Pat", source="test")
    ingest(opened, [x_zip(tmp_path / "early.zip", EARLY, generated="2023-02-01T12:00:00.000Z")], taken_by="Pat", source="test")
    yield opened
    opened.close()


def texts(results: Results) -> list[str]:
    return [hit.view.content.text for hit in results.records]


def ask(repository: Repository, query: str, day: date, **more: Any) -> Results:
    """Search, and prove that pages, numbers, versions and counts tell the same."""
    plan = Plan(repository, SearchRequest(query, as_of=day, **more))
    results = plan.page()
    assert results.answered
    assert results.as_of is not None
    assert list(plan.ids()) == [hit.view.pk for hit in results.records]
    assert [(view.pk, view.version) for view in plan.views()] == [(hit.view.pk, hit.version) for hit in results.records]
    assert results.total == len(results.records) == sum(one.count for one in results.facets.get("kind", ()))
    return results


def test_a_local_day_ends_at_its_own_midnight(repository: Repository) -> None:
    assert sorted(texts(ask(repository, "*", date(2018, 7, 3)))) == []
    assert sorted(texts(ask(repository, "*", date(2018, 7, 4)))) == ["Bridge closed", "Mistaken notice of the bridge", "Parade at night"]


@pytest.mark.parametrize("sort", list(Sort))
def test_only_the_wording_of_that_day_is_found_and_shown(repository: Repository, sort: Sort) -> None:
    before, after = date(2023, 1, 10), date(2023, 1, 11)
    assert texts(ask(repository, "april", before, sort=sort)) == ["Bridge opens April 2 #spring"]
    assert texts(ask(repository, '"april 3"', before, sort=sort)) == []
    assert texts(ask(repository, "april", after, sort=sort)) == ["Bridge opens April 3"]
    assert texts(ask(repository, '"april 2"', after, sort=sort)) == []
    assert sorted(texts(ask(repository, "bridge NOT closed NOT mistaken", after, sort=sort))) == ["Bridge opens April 3"]


def test_what_a_version_has_counts_as_of_the_day_too(repository: Repository) -> None:
    before, after = date(2023, 1, 10), date(2023, 1, 11)
    assert [
        len(texts(ask(repository, query, before))) for query in ("#spring", "has:hashtag", "has:edit", f"url:{FIRST}", f"url:{EDIT}")
    ] == [
        1,
        1,
        0,
        1,
        0,
    ]
    assert [
        len(texts(ask(repository, query, after))) for query in ("#spring", "has:hashtag", "has:edit", f"url:{FIRST}", f"url:{EDIT}")
    ] == [
        0,
        0,
        1,
        0,
        1,
    ]


def test_a_record_is_gone_from_the_export_that_does_not_hold_it(repository: Repository) -> None:
    assert texts(ask(repository, "mistaken", date(2024, 1, 31))) == ["Mistaken notice of the bridge"]
    assert texts(ask(repository, "mistaken", date(2024, 2, 1))) == []
    assert ask(repository, "mistaken", date(2024, 1, 31)).as_of.last_seen_before == 1  # type: ignore[union-attr]  # asked above


def test_what_was_last_captured_before_that_day_is_counted(repository: Repository) -> None:
    assert ask(repository, "*", date(2023, 6, 1)).as_of.last_seen_before == 1  # type: ignore[union-attr]  # the one that was gone in 2024
    late = ask(repository, "*", date(2025, 1, 1))
    assert late.as_of is not None
    assert late.as_of.last_seen_before == late.total == 4
    narrowed = ask(repository, "bridge", date(2025, 1, 1))
    assert narrowed.as_of is not None
    assert narrowed.as_of.last_seen_before == narrowed.total == 2


def test_filters_and_permission_hold(repository: Repository) -> None:
    day = date(2023, 1, 10)
    assert texts(ask(repository, "*", day, filters=Filters(permission=Permission(frozenset(), without_messages=False)))) == []
    assert ask(repository, "*", day, filters=Filters(permission=Permission(frozenset(), without_messages=False))).as_of == replace(
        ask(repository, "*", day).as_of,  # type: ignore[type-var]  # asked above
        undated=0,
        unknown=0,
        last_seen_before=0,
    )
    assert texts(ask(repository, "bridge", day, filters=Filters(first_day=date(2023, 1, 1)))) == ["Bridge opens April 2 #spring"]
    assert texts(ask(repository, "bridge", day, filters=Filters(first_day=date(2023, 1, 1), has_media=True))) == []
    assert texts(ask(repository, "bridge", day, filters=Filters(first_day=date(2023, 1, 1), has_media=False))) == [
        "Bridge opens April 2 #spring"
    ]


def test_without_a_day_nothing_changes(repository: Repository) -> None:
    results = Plan(repository, SearchRequest("april")).page()
    assert (results.total, results.as_of) == (1, None)
    assert texts(results) == ["Bridge opens April 3"]


def test_a_wording_that_is_not_held_is_counted_and_not_found(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    edited = post("Budget hearing on Monday", data=[{"post": "Budget hearing on Monday"}, {"update_timestamp": SECOND + 86_400 * 3}])
    packed = {POSTS: json.dumps(mojibake([edited])), PAGE + "profile_information/profile_information.json": "{}"}
    ingest(repository, [zip_files(packed, tmp_path / "facebook.zip")], taken_by="Pat", source="test")
    posted = date(2023, 11, 14)
    early = ask(repository, "budget", posted)
    assert early.as_of is not None
    assert (early.total, early.as_of.unknown) == (0, 1)
    assert ask(repository, "flood", posted).as_of.unknown == 0  # type: ignore[union-attr]  # asked above
    assert ask(repository, "budget", posted, filters=Filters(permission=Permission(frozenset(), without_messages=False))).as_of.unknown == 0  # type: ignore[union-attr]  # as above
    late = ask(repository, "budget", posted + timedelta(days=3))
    assert late.as_of is not None
    assert (late.total, late.as_of.unknown) == (1, 0)
    assert ask(repository, "budget", posted - timedelta(days=1)).total == 0
    repository.close()


def test_a_deleted_post_stands_until_the_moment_of_its_deletion(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    removed = tweet(5, "Wrong phone number", "Tue Jan 10 18:00:00 +0000 2023", deleted_at="Thu Jan 12 18:00:00 +0000 2023")
    files = x_files([tweet(1, "Bridge closed")])
    files["data/deleted-tweets.js"] = "window.YTD.deleted_tweets.part0 = " + json.dumps([{"tweet": removed}])
    ingest(repository, [zip_files(files, tmp_path / "x.zip")], taken_by="Pat", source="test")
    assert texts(ask(repository, "phone", date(2023, 1, 9))) == []
    assert texts(ask(repository, "phone", date(2023, 1, 11))) == ["Wrong phone number"]
    assert texts(ask(repository, "phone has:deletion", date(2023, 1, 11))) == []
    assert texts(ask(repository, "phone", date(2023, 1, 12))) == []
    repository.close()


def test_pictures_count_as_of_the_day_when_their_wording_stood(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    picture = {
        "id": "77",
        "id_str": "77",
        "type": "photo",
        "url": "https://t.co/pic0000001",
        "expanded_url": "https://twitter.com/OzarkBendMO/status/77/photo/1",
        "media_url": "http://pbs.twimg.com/media/map.png",
        "media_url_https": "https://pbs.twimg.com/media/map.png",
        "display_url": "pic.twitter.com/pic0000001",
        "indices": ["0", "0"],
    }
    edited = [EDITED[0], {**EDITED[1], "extended_entities": {"media": [picture]}}]  # the picture came in by the edit
    always = tweet(7, "Map of the bridge", "Mon Jan 09 18:00:00 +0000 2023", extended_entities={"media": [picture]})
    ingest(repository, [x_zip(tmp_path / "x.zip", [*edited, always])], taken_by="Pat", source="test")
    before, after = date(2023, 1, 10), date(2023, 1, 11)
    for asked in ({"query": "bridge has:media"}, {"query": "bridge", "filters": Filters(has_media=True)}):
        assert texts(ask(repository, day=before, **asked)) == ["Map of the bridge"]
        assert sorted(texts(ask(repository, day=after, **asked))) == ["Bridge opens April 3", "Map of the bridge"]
    for asked in ({"query": "bridge NOT has:media"}, {"query": "bridge", "filters": Filters(has_media=False)}):
        assert texts(ask(repository, day=before, **asked)) == ["Bridge opens April 2 #spring"]
        assert texts(ask(repository, day=after, **asked)) == []
    repository.close()


def test_what_fits_and_has_no_date_is_counted_within_permission_and_not_found(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    posts = [tweet(1, "Bridge closed"), *(tweet(at, f"Bridge without a date {at}", "no day at all") for at in (2, 3, 4))]
    ingest(repository, [x_zip(tmp_path / "x.zip", posts)], taken_by="Pat", source="test")
    assert Plan(repository, SearchRequest("bridge")).page().total == 4
    for query, undated in (("bridge", 3), ("closed", 0), ("date OR closed", 3), ("bridge NOT date", 0)):
        limits = ask(repository, query, date(2020, 1, 1)).as_of
        assert limits is not None
        assert limits.undated == undated
        assert any("have no date" in one for one in limits.sentences) == bool(undated)
    assert ask(repository, "bridge", date(2020, 1, 1)).total == 1
    for filters in (Filters(permission=Permission(frozenset(), without_messages=False)), Filters(first_day=date(2018, 1, 1))):
        assert ask(repository, "bridge", date(2020, 1, 1), filters=filters).as_of.undated == 0  # type: ignore[union-attr]  # asked above
    repository.close()
