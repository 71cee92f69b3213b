"""A capture's zone can be set; its times are derived again as an event, and nothing else changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indexer.custody import zone
from indexer.custody.ingest import ingest
from indexer.local_time import UnknownZone
from indexer.query.filters import Filters
from indexer.record import TimeRule
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.platforms.facebook_pages import HEADER_PAGE
from tests.support.repositories import tweet, x_zip


@pytest.fixture
def capture_id(repository: Repository, tmp_path: Path) -> int:
    return ingest(
        repository, [zip_files({"posts/your_posts_1.html": HEADER_PAGE}, tmp_path / "f.zip")], taken_by="Pat", source="test"
    ).capture_id


def on(repository: Repository, day: date) -> int:
    return Plan(repository, SearchRequest("council", Filters(first_day=day, last_day=day))).page().total


def test_a_time_without_zone_is_read_in_the_bodys_zone_and_says_so(repository: Repository, capture_id: int) -> None:
    view = next(iter(repository.catalog.stream([1])))
    assert view.content.posted_at == datetime(2019, 7, 5, 4, 30, tzinfo=UTC)
    assert (view.content.posted_rule, view.content.time_is_assumed, view.content.posted_written) == (
        TimeRule.ACCOUNT_LOCAL,
        True,
        "Jul 04, 2019, 11:30 PM",
    )
    assert on(repository, date(2019, 7, 4)) == 1
    assert capture_id == 1


def test_setting_the_zone_derives_the_times_again_as_an_event(repository: Repository, capture_id: int) -> None:
    before = next(iter(repository.catalog.stream([1])))
    assert zone.set_zone(repository, capture_id, "America/Los_Angeles", "Pat") == 1
    view = next(iter(repository.catalog.stream([1])))
    assert view.content.posted_at == datetime(2019, 7, 5, 6, 30, tzinfo=UTC)
    assert (view.content.posted_rule, view.content.time_is_assumed) == (TimeRule.ZONE_SET, False)
    assert (view.record_id, view.content_digest, view.content.posted_written) == (
        before.record_id,
        before.content_digest,
        before.content.posted_written,
    )
    assert (on(repository, date(2019, 7, 4)), on(repository, date(2019, 7, 5))) == (0, 1)
    event = repository.audit.newest(1)[0]
    assert (event.tag, event.detail) == ("capture:zone-set", '{"after":"America/Los_Angeles","before":"America/Chicago","versions":1}')
    assert zone.set_zone(repository, capture_id, "America/Chicago", "Pat") == 1
    assert next(iter(repository.catalog.stream([1]))).content.posted_at == before.content.posted_at


def test_a_stated_time_is_never_touched(repository: Repository, tmp_path: Path) -> None:
    capture = ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "council")])], taken_by="Pat", source="test").capture_id
    assert zone.set_zone(repository, capture, "Asia/Tokyo", "Pat") == 0
    assert next(iter(repository.catalog.stream([1]))).content.posted_at == datetime(2018, 7, 4, 18, tzinfo=UTC)


def test_what_cannot_be_set_is_said_and_changes_nothing(repository: Repository, capture_id: int) -> None:
    with pytest.raises(UnknownZone):
        zone.set_zone(repository, capture_id, "Central", "Pat")
    with pytest.raises(zone.UnknownCapture):
        zone.set_zone(repository, 99, "America/Chicago", "Pat")
    assert repository.audit.newest(1)[0].tag == "capture:taken"
