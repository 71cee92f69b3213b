"""The search page with records put together and as of a day: what is counted, what the links lead to, what an error says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from indexer.custody.ingest import ingest
from indexer.repository import open_repository
from portal import config, create_app
from tests.support.builders import zip_files
from tests.support.repositories import tweet, x_files
from tests.support.town import CITY, CITY_ID, SECRET, SECRET_ID, Town, fill, post, x_archive


def test_the_page_counts_records_and_threads_and_opens_the_others_in_place(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search?q=flood&group=threads").text
    assert "5 records in 4 conversations" in page
    assert "2 matching records in this conversation" in page
    assert page.count('class="hit-link"') == 4
    (inside,) = re.findall(r'class="group-link" href="([^"]+)"', page)
    assert client.get(inside.replace("&amp;", "&")).status_code == 200
    answer = client.get("/search.json?q=flood&group=threads").json
    assert (answer["total"], answer["grouping"]["groups"], len(answer["records"])) == (5, 4, 5)


def test_request_staff_are_told_of_no_thread_that_they_may_not_see(town: Town) -> None:
    client = town.client("gwen")
    assert "2 records in 2 conversations" in client.get("/search?q=flood&group=threads").text
    assert client.get("/search.json?q=flood&group=threads").json["grouping"]["groups"] == 2


def test_as_of_a_day_is_said_removable_and_kept_for_the_export(town: Town) -> None:
    page = town.client("rhea").get("/search?q=flood&as_of=2018-07-04").text
    assert "Shown as it was on Jul 4, 2018. Records gone by then are left out." in page
    assert "as it was on" in page
    assert '<input type="hidden" name="as_of" value="2018-07-04">' in town.client("rhea").get("/hand-over?q=flood&as_of=2018-07-04").text
    assert town.client("rhea").get("/search.json?q=flood&as_of=2018-07-03").json["total"] == 0


def test_a_choice_that_there_is_not_is_said(town: Town) -> None:
    client = town.client("rhea")
    for wrong in ("group=all", "as_of=yesterday", "dialect=latin"):
        answer = client.get(f"/search?{wrong}")
        assert answer.status_code == 400
        assert "Nothing was searched" in answer.text


def same_notices(tmp_path: Path, data: Path) -> None:
    """Put one notice on both accounts of the town, twice on the city's."""
    notice = "Mill Bridge is closed from Monday until Friday because of high water, please take Route 9 instead"
    repository = open_repository(data)
    for handle, number, natives in ((CITY, CITY_ID, (71, 72)), (SECRET, SECRET_ID, (73,))):
        posts = [post(1_400_000_000_000_000_000 + at, f"{notice} {handle}", f"Thu Jun {at - 60:02} 15:00:00 +0000 2021") for at in natives]
        made = x_archive(tmp_path / f"{handle}.zip", handle, number, posts, [], {})
        assert ingest(repository, [made], taken_by="rhea", source="incoming").capture.went_well
    repository.close()


def test_a_record_says_where_its_notice_stands_elsewhere_as_far_as_the_reader_may_see(tmp_path: Path) -> None:
    fill(tmp_path / "town").close()
    same_notices(tmp_path, tmp_path / "town")
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path / "town"))
    repository = app.extensions["showme"].repository
    town = Town(tmp_path / "town", app, repository)
    address = "/records/" + next(one.record_id for one in repository.catalog.views(range(1, 300)) if one.native_id == "1400000000000000071")
    everything = town.client("rhea").get(address).text
    assert "2 other records have the same or nearly the same text" in everything
    granted = town.client("gwen").get(address).text
    assert "1 other record has the same or nearly the same text" in granted
    assert SECRET not in granted
    assert "Same text elsewhere" not in town.client("rhea").get("/records/" + town.record_id("Parade on Main Street")).text
    app.extensions["showme"].close()


def test_what_was_deleted_after_the_day_asked_for_does_not_look_deleted_then(tmp_path: Path) -> None:
    fill(tmp_path / "town").close()
    files = x_files([tweet(1, "Bridge closed")])
    removed = tweet(5, "Wrong phone number", "Tue Jan 10 18:00:00 +0000 2023", deleted_at="Fri Jan 13 04:30:00 +0000 2023")
    files["data/deleted-tweets.js"] = "window.YTD.deleted_tweets.part0 = " + json.dumps([{"tweet": removed}])
    repository = open_repository(tmp_path / "town")
    ingest(repository, [zip_files(files, tmp_path / "x.zip")], taken_by="Pat", source="test")
    repository.close()
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path / "town"))
    client = Town(tmp_path / "town", app, app.extensions["showme"].repository).client("rhea")
    as_of = client.get("/search?q=phone&as_of=2023-01-11").text
    assert "deleted on Jan 12, 2023, after the date shown" in as_of  # its local day
    assert '<span class="tag tag-bad">deleted</span>' not in as_of
    assert '<span class="tag tag-bad">deleted</span>' in client.get("/search?q=phone").text
    assert client.get("/search.json?q=phone&as_of=2023-01-12").json["total"] == 0
    app.extensions["showme"].close()
