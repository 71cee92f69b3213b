"""Several captures of one account, in every order and state: no false "not in the capture of", no clock turned back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.catalog.models import CaptureView
from indexer.custody.indexing import rebuild
from indexer.custody.ingest import ingest
from indexer.query.filters import Filters, Sort
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.repositories import HANDLE, repository_at, tweet, x_files, x_zip

POSTS = [tweet(number, f"Notice {number} of the council", f"Wed Jul 04 18:{number:02}:00 +0000 2018") for number in range(10)]
LATER, LATEST = "2024-02-01T12:00:00.000Z", "2025-02-01T12:00:00.000Z"


def take(repository: Repository, path: Path) -> CaptureView:
    return ingest(repository, [path], taken_by="Pat Custodian", source="test").capture


def gone(repository: Repository) -> dict[str, list[str]]:
    hits = Plan(repository, SearchRequest("*", limit=500)).page().records
    return {hit.view.content.text: [day.isoformat() for day in hit.view.not_in_capture_of] for hit in hits if hit.view.not_in_capture_of}


def total(repository: Repository, query: str) -> int:
    return Plan(repository, SearchRequest(query)).page().total


def page(posts: list[dict[str, Any]], name: str = "City of Ozark Bend") -> dict[str, str]:
    """Return a Facebook archive in JSON, which states neither its day nor the days that were asked for."""
    profile = {"profile_v2": {"name": {"full_name": name}, "profile_uri": "https://www.facebook.com/profile.php?id=100001"}}
    return {
        "your_facebook_activity/posts/your_posts_1.json": json.dumps(posts),
        "profile_information/profile_information.json": json.dumps(profile),
    }


def shared(day: int, text: str) -> dict[str, Any]:
    return {"timestamp": 1_600_000_000 + day * 86_400, "data": [{"post": text}], "title": "City of Ozark Bend updated its status."}


def test_a_damaged_archive_proves_no_absence(repository: Repository, tmp_path: Path) -> None:
    take(repository, x_zip(tmp_path / "whole.zip", POSTS))
    files = x_files(POSTS, generated=LATER)
    files["data/tweets.js"] = files["data/tweets.js"][: len(files["data/tweets.js"]) // 2]
    cut = take(repository, zip_files(files, tmp_path / "cut.zip"))
    assert 0 < cut.sightings < 10
    assert not cut.went_well
    assert cut.absent == 0
    assert gone(repository) == {}


def test_an_archive_with_a_missing_part_proves_no_absence(repository: Repository, tmp_path: Path) -> None:
    take(repository, x_zip(tmp_path / "whole.zip", POSTS))
    assert take(repository, x_zip(tmp_path / "short.zip", POSTS[:4], generated=LATER, declared=10)).absent == 0
    assert gone(repository) == {}


def test_an_archive_with_an_unknown_file_of_data_proves_no_absence_but_one_with_a_letter_does(
    repository: Repository, tmp_path: Path
) -> None:
    take(repository, x_zip(tmp_path / "1.zip", POSTS))
    take(repository, zip_files({**x_files(POSTS[1:], generated=LATER), "data/brand-new-tweets.js": "x"}, tmp_path / "2.zip"))
    assert gone(repository) == {}
    take(repository, zip_files({**x_files(POSTS[1:], generated=LATEST), "data/letter.docx": "x"}, tmp_path / "3.zip"))
    assert gone(repository) == {"Notice 0 of the council": ["2025-02-01"]}


def test_what_is_gone_is_marked_when_the_older_archive_is_taken_in_last(repository: Repository, tmp_path: Path) -> None:
    newer = take(repository, x_zip(tmp_path / "newer.zip", POSTS[1:], generated=LATER))
    take(repository, x_zip(tmp_path / "older.zip", POSTS, generated="2022-02-01T12:00:00.000Z"))
    assert gone(repository) == {"Notice 0 of the council": ["2024-02-01"]}
    again = repository.catalog.capture(newer.id)
    assert again is not None
    assert again.absent == 1


def test_a_download_of_chosen_days_that_does_not_say_so_proves_nothing_of_the_days_before(repository: Repository, tmp_path: Path) -> None:
    take(repository, zip_files(page([shared(day, f"Day {day}") for day in range(6)]), tmp_path / "all.zip"))
    take(repository, zip_files(page([shared(day, f"Day {day}") for day in (3, 5)]), tmp_path / "last-year.zip"))
    assert list(gone(repository)) == ["Day 4"]


def test_the_order_of_archives_without_a_day_is_that_of_their_last_records(repository: Repository, tmp_path: Path) -> None:
    take(repository, zip_files(page([shared(0, "As corrected"), shared(300, "A year later")]), tmp_path / "newer.zip"))
    take(repository, zip_files(page([shared(0, "As first written")]), tmp_path / "older.zip"))
    shown = Plan(repository, SearchRequest("*", sort=Sort.OLDEST)).page().records[0].view
    assert (shown.content.text, shown.versions) == ("As corrected", 2)
    assert total(repository, '"first written"') == 1


def test_a_new_handle_is_found_with_every_record_also_those_of_the_older_archive_only(repository: Repository, tmp_path: Path) -> None:
    take(repository, x_zip(tmp_path / "1.zip", POSTS))
    files = {name: content.replace(HANDLE, "OzarkBendCity") for name, content in x_files(POSTS[:4], generated=LATER).items()}
    take(repository, zip_files(files, tmp_path / "2.zip"))
    assert total(repository, "account:OzarkBendCity") == 10
    rebuild(repository, "Pat")
    assert total(repository, "account:OzarkBendCity") == 10


def test_an_older_archive_does_not_bring_the_old_handle_back(repository: Repository, tmp_path: Path) -> None:
    files = {name: content.replace(HANDLE, "OzarkBendCity") for name, content in x_files(POSTS, generated=LATER).items()}
    take(repository, zip_files(files, tmp_path / "newer.zip"))
    take(repository, x_zip(tmp_path / "older.zip", POSTS[:3], generated="2020-02-01T12:00:00.000Z"))
    assert [account.handle for account in repository.catalog.accounts()] == ["OzarkBendCity"]


@pytest.mark.parametrize("written", ["Mon Jan 01 00:00:00 +0000 0001", "Fri Dec 31 23:59:59 -0600 9999", "Fri Dec 31 23:59:59 +0000 9999"])
@pytest.mark.parametrize("zone", ["America/Chicago", "Pacific/Auckland"])
def test_one_post_at_the_edge_of_the_calendar_does_not_refuse_the_archive(tmp_path: Path, written: str, zone: str) -> None:
    repository = repository_at(tmp_path / "data", zone=zone)
    assert take(repository, x_zip(tmp_path / "x.zip", [*POSTS, tweet(99, "Odd clock", written)])).records == 11
    assert total(repository, '"odd clock"') == 1
    request = SearchRequest("*", Filters(first_day=date.min, last_day=date.max))
    assert Plan(repository, request).page().total + Plan(repository, request).page().undated >= 10
    repository.close()
