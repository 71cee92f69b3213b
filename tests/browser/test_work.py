"""A records custodian's day in a real browser: sign in, search, narrow, read, take in, export, all by keyboard where it matters."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import Portal, tab_to
from tests.support.town import post, x_archive

pytestmark = pytest.mark.browser


def test_a_clerk_finds_a_post_and_reads_where_it_comes_from(portal: Portal) -> None:
    page = portal.page()
    page.fill("#q", "flood bridge")
    page.press("#q", "Enter")
    expect(page.locator("#count")).to_have_text("1 record")
    expect(page.locator("mark").first).to_have_text("flood")
    page.click(".hit-link")
    expect(page.locator(".record-text")).to_have_text("The flood has closed Mill Bridge. Take Route 9.")
    expect(page.locator("main")).to_contain_text("data/tweets.js")
    expect(page.locator(".record-when time")).to_have_attribute("datetime", "2018-07-04T13:00:00-05:00")
    page.click("text=Back to the results")
    expect(page).to_have_url(re.compile(r"/search\?q=flood\+bridge$"))


def test_the_keyboard_alone_signs_in_searches_opens_a_record_and_comes_back(portal: Portal) -> None:
    page = portal.page("")
    page.goto(portal.address + "/sign-in")
    tab_to(page, "#name")
    page.keyboard.type("rhea")
    tab_to(page, "#password")
    page.keyboard.type("a sentence for the tests")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    tab_to(page, "#q")
    page.keyboard.type("parade")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("1 record")
    tab_to(page, ".hit-link")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    expect(page.locator(".record-text")).to_have_text("Parade on Main Street")
    tab_to(page, ".around a")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("1 record")


def test_the_first_tab_skips_to_the_content(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/captures")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_bar_of_the_chart_narrows_the_days_and_a_link_beside_them_widens_them(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/search?q=agenda")
    before = page.locator("#count").inner_text()
    assert before == "40 records"
    page.goto(portal.address + "/search")
    page.focus(".chart svg a >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_url("**from=2018**")
    expect(page.locator("#from")).to_have_value(re.compile("^2018-"))
    page.click(".search-any-day")
    page.wait_for_url(re.compile(r"/search$"))
    expect(page.locator(".search-any-day")).to_have_count(0)


def test_a_facet_sets_a_filter_and_the_same_link_takes_it_away(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/search?q=flood")
    everything = page.locator("#count").inner_text()
    page.locator(".facet a", has_text="message").click()
    expect(page.locator("#count")).to_have_text("2 records")
    page.locator(".facet a.is-on", has_text="message").click()
    expect(page.locator("#count")).to_have_text(everything)


def test_a_picture_of_an_archive_is_shown_and_a_page_named_like_a_picture_does_not_run(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/search?q=parade")
    page.click(".hit-link")
    width = page.locator(".files img").evaluate("async image => { await image.decode(); return image.naturalWidth }")
    assert width == 64
    page.goto(portal.address + "/search?q=%22picture+that+is%22")
    page.click(".hit-link")
    address = page.locator(".files a").first.get_attribute("href")
    answer = page.request.get(portal.address + (address or ""))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert page.title() != "ran"


def test_an_upload_is_taken_in_and_can_be_searched(portal: Portal, tmp_path: Path) -> None:
    archive = x_archive(
        tmp_path / "river.zip",
        "RiverDeskMO",
        "771300",
        [post(1_400_000_000_000_000_007, "The ferry runs again", "Tue Jun 01 15:00:00 +0000 2021")],
        [],
        {},
    )
    page = portal.page()
    page.goto(portal.address + "/captures")
    page.set_input_files("#archive", str(archive))
    page.click("#upload button")
    page.wait_for_url("**/jobs/*")
    page.click("text=Open the archive", timeout=30_000)
    expect(page.locator("main")).to_contain_text("Everything in this archive is accounted for.")
    page.goto(portal.address + "/search?q=ferry")
    expect(page.locator("#count")).to_have_text("1 record")


def test_the_upload_works_without_any_script(portal: Portal, tmp_path: Path) -> None:
    archive = x_archive(
        tmp_path / "creek.zip",
        "CreekDeskMO",
        "771400",
        [post(1_400_000_000_000_000_008, "The creek path is closed", "Tue Jun 01 15:00:00 +0000 2021")],
        [],
        {},
    )
    state = portal.page().context.storage_state()
    page = portal.browser.new_context(java_script_enabled=False, storage_state=state).new_page()
    page.goto(portal.address + "/captures")
    page.set_input_files("#archive", str(archive))
    page.click("#upload button")
    page.wait_for_url("**/jobs/*")
    for _ in range(60):
        if page.locator("text=Open the archive").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("main")).to_contain_text("The archive was added")


def test_an_export_holds_what_was_counted(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/search?q=flood")
    count = int(page.locator("#count").inner_text().split()[0])
    page.click("text=Hand over…")
    page.click("text=Make the files")
    page.wait_for_url("**/jobs/*")
    with page.expect_download(timeout=60_000) as waiting:
        page.click("a:has-text('Download')", timeout=60_000)
    package = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    name = next(one for one in package.namelist() if one.endswith("records.jsonl"))
    assert len(package.read(name).splitlines()) == count


def test_a_query_that_cannot_be_read_is_shown_with_its_place_and_never_as_zero(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + '/search?q="mill bridge')
    expect(page.locator(".wrong u")).to_have_text('"')
    expect(page.locator("main")).to_contain_text("This is not a result of zero.")
    assert "0 records" not in page.inner_text("main")
