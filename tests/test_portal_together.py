"""The search page with records put together and as of a day: what is counted, what the links lead to, what an error says."""

from __future__ import annotations

import re

from tests.portal_fixtures import Town, a_town  # noqa: F401  # a fixture


def test_the_page_counts_records_and_threads_and_opens_the_others_in_place(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search?q=flood&group=threads").text
    assert "5 records in 4 threads" in page
    assert "2 records of this thread are found" in page
    assert page.count('class="hit-link"') == 4
    (inside,) = re.findall(r'class="group-link" href="([^"]+)"', page)
    assert client.get(inside.replace("&amp;", "&")).status_code == 200
    answer = client.get("/search.json?q=flood&group=threads").json
    assert (answer["total"], answer["grouping"]["groups"], len(answer["records"])) == (5, 4, 5)


def test_request_staff_are_told_of_no_thread_that_they_may_not_see(town: Town) -> None:
    client = town.client("gwen")
    assert "2 records in 2 threads" in client.get("/search?q=flood&group=threads").text
    assert client.get("/search.json?q=flood&group=threads").json["grouping"]["groups"] == 2


def test_as_of_a_day_is_said_removable_and_kept_for_the_export(town: Town) -> None:
    page = town.client("rhea").get("/search?q=flood&as_of=2018-07-04").text
    assert "As it stood at the end of" in page
    assert "as of the end of" in page
    assert '<input type="hidden" name="as_of" value="2018-07-04">' in page
    assert town.client("rhea").get("/search.json?q=flood&as_of=2018-07-03").json["total"] == 0


def test_a_choice_that_there_is_not_is_said(town: Town) -> None:
    client = town.client("rhea")
    for wrong in ("group=all", "as_of=yesterday", "dialect=latin"):
        answer = client.get(f"/search?{wrong}")
        assert answer.status_code == 400
        assert "Nothing was searched" in answer.text
