"""Records put together and days of the past in a real browser: by keyboard, on a narrow screen, with nothing of a later day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from indexer.custody.ingest import ingest
from indexer.repository import open_repository
from tests.support.browser import Portal, sound, tab_to
from tests.support.town import post, x_archive

pytestmark = pytest.mark.browser

NUMBER, HANDLE = "771300", "OsageBluffWater"
NOTICE = "Boil water before use in the Northside until Saturday: the main on Zinnia Street is broken and is being repaired"
FIRST, EDIT = "1600000000000000001", "1600000000000000002"


def edits() -> dict[str, object]:
    return {"editTweetIds": [FIRST, EDIT], "editableUntil": "2022-12-06T05:30:15.137Z", "editsRemaining": "4", "isEditEligible": True}


@pytest.fixture(scope="module")
def water(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """Take in an account whose notice stands three times, and one of whose posts was edited."""
    posts = [
        post(1_500_000_000_000_000_001, NOTICE, "Mon Feb 07 18:00:00 +0000 2022"),
        post(1_500_000_000_000_000_002, "RT @OsageBluffMO: " + NOTICE, "Tue Feb 08 18:00:00 +0000 2022"),
        post(1_500_000_000_000_000_003, NOTICE + " #zinnia", "Wed Feb 09 18:00:00 +0000 2022"),
        post(1_500_000_000_000_000_004, "Zinnia Street is open", "Sat Feb 12 18:00:00 +0000 2022"),
        post(int(FIRST), "The hydrants are flushed on Thursdays", "Mon Dec 05 18:00:00 +0000 2022", edit_info={"initial": edits()}),
        post(
            int(EDIT),
            "The hydrants are flushed on Fridays",
            "Tue Dec 06 18:00:00 +0000 2022",
            edit_info={"edit": {"initialTweetId": FIRST, "editControlInitial": edits()}},
        ),
    ]
    made = x_archive(tmp_path_factory.mktemp("water") / "water.zip", HANDLE, NUMBER, posts, [], {})
    repository = open_repository(portal.data)
    assert ingest(repository, [Path(made)], taken_by="rhea", source="incoming").capture.went_well
    repository.close()
    return portal


@pytest.mark.parametrize("width", [1280, 390])
def test_the_same_notices_are_counted_opened_by_keyboard_and_taken_apart_again(water: Portal, width: int) -> None:
    page = water.page("lena", width=width)
    page.goto(water.address + "/search?q=zinnia&group=same")
    expect(page.locator("#count")).to_have_text("4 records in 2 different texts")
    expect(page.locator(".hits > .hit")).to_have_count(2)
    hidden = page.locator(".group-hits > li").first
    expect(hidden).to_be_hidden()
    tab_to(page, ".group > summary", 160)
    expect(page.locator(".group > summary")).to_have_text("3 records with the same or nearly the same text")
    page.keyboard.press("Enter")
    expect(hidden).to_be_visible()
    sound(page)
    tab_to(page, ".group-link")
    page.keyboard.press("Enter")
    expect(page.locator(".record-text")).to_have_text(NOTICE)
    expect(page.locator("section[aria-labelledby=same] .thread > li")).to_have_count(2)
    sound(page)
    page.click("text=Back to the results")
    page.click("text=Show the ungrouped list")
    expect(page.locator("#count")).to_have_text("4 records")
    expect(page.locator(".hits > .hit")).to_have_count(4)
    expect(page).to_have_url(re.compile(r"/search\?q=zinnia$"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_later_wording_is_not_shown_as_of_a_day_and_the_day_can_be_taken_away(water: Portal, width: int) -> None:
    page = water.page("lena", width=width)
    page.goto(water.address + "/search?q=hydrants")
    expect(page.locator(".snippet")).to_contain_text("Fridays")
    page.click("#search details.pop:has(#as_of) > summary")
    page.fill("#as_of", "2022-12-05")
    page.press("#as_of", "Enter")
    page.wait_for_url("**as_of=2022-12-05**")
    expect(page.locator("#count")).to_have_text("1 record")
    expect(page.locator(".as-of")).to_contain_text("Shown as it was on Dec 5, 2022.")
    expect(page.locator(".snippet")).to_contain_text("Thursdays")
    expect(page.locator(".results")).not_to_contain_text("Fridays")
    sound(page)
    page.click(".hit-link")
    expect(page.locator(".record-text")).to_have_text("The hydrants are flushed on Thursdays")
    page.click("text=Back to the results")
    page.click(".chip >> text=as it was on")
    expect(page.locator(".snippet")).to_contain_text("Fridays")
