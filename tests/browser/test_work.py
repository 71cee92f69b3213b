"""A records custodian's day in a real browser: sign in, search, narrow, read, take in, export, all by keyboard where it matters."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Portal, sound, tab_to
from tests.support.builders import zip_files
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
    page.wait_for_url(portal.address + "/")
    tab_to(page, ".door-first")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    page.focus("#q")
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
    page.wait_for_url(re.compile(r"/search\??$"))
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
    page.goto(portal.address + str(page.locator(".files a").first.get_attribute("href")))
    expect(page.locator(".note-warn")).to_contain_text("not what its name says")
    address = page.get_by_role("link", name="Download").get_attribute("href")
    answer = page.request.get(portal.address + (address or ""))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert page.title() != "ran"


def archive_of(folder: Path, name: str, number: str, text: str) -> Path:
    """Return an X archive with one post."""
    return x_archive(
        folder / f"{name}.zip",
        name,
        number,
        [post(1_400_000_000_000_000_000 + int(number), text, "Tue Jun 01 15:00:00 +0000 2021")],
        [],
        {},
    )


DROP = """files => {
    const data = new DataTransfer();
    for (const [name, bytes] of files) data.items.add(new File([Uint8Array.from(bytes)], name, { type: "application/zip" }));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        document.querySelector("h1").dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
    }
}"""


def test_archives_dropped_anywhere_are_previewed_and_added_together(portal: Portal, tmp_path: Path) -> None:
    paths = [
        archive_of(tmp_path, "RiverDeskMO", "771300", "The ferry runs again"),
        archive_of(tmp_path, "BargeDeskMO", "771301", "The barge is late"),
    ]
    notes = zip_files({"minutes/may.txt": "the minutes"}, tmp_path / "notes.zip")
    page = portal.page()
    page.goto(portal.address + "/archives/add")
    page.evaluate(DROP, [[path.name, list(path.read_bytes())] for path in (*paths, notes)])
    page.wait_for_url("**/archives/add/*")
    expect(page.locator(".preview h2")).to_have_text(
        ["@RiverDeskMO, 2021, 1 post", "@BargeDeskMO, 2021, 1 post", "This is not an X, Facebook or Instagram archive."], timeout=30_000
    )
    expect(page.locator("h1")).to_have_text("Add these 2 archives?")
    details = page.locator(".preview details")
    expect(details.locator("p")).to_be_hidden()
    details.locator("summary").press("Enter")
    expect(details.locator("p")).to_contain_text("minutes/may.txt")
    sound(page)
    page.locator(".preview", has_text="BargeDeskMO").get_by_role("button").press("Enter")
    expect(page.locator("h1")).to_have_text("Add this archive?")
    page.click("text='Add this archive'")
    page.wait_for_url("**/jobs/*")
    expect(page.locator(".note-good")).to_contain_text("1 post of @RiverDeskMO, Jun 2021.", timeout=30_000)
    page.click("text=Open the archive")
    expect(page.locator("main")).to_contain_text("Everything in this archive is accounted for.")
    page.goto(portal.address + "/search?q=ferry")
    expect(page.locator("#count")).to_have_text("1 record")
    page.goto(portal.address + "/search?q=barge")
    expect(page.locator("#count")).to_have_text("0 records")


def test_each_file_has_its_own_progress_and_a_failed_one_leaves_the_others(portal: Portal, tmp_path: Path) -> None:
    paths = [archive_of(tmp_path, "GoodDeskMO", "771310", "good"), archive_of(tmp_path, "LostDeskMO", "771311", "lost")]
    page = portal.page()
    page.goto(portal.address + "/archives/add")
    page.route(
        "**/captures/upload", lambda route: route.abort() if b"LostDeskMO" in (route.request.post_data_buffer or b"") else route.continue_()
    )
    page.set_input_files("#archive", [str(path) for path in paths])
    page.click("#upload button")
    expect(page.locator("#upload-files li")).to_have_count(2)
    expect(page.locator("#upload-files li").first).to_contain_text("sent")
    expect(page.locator("#upload-files li.drop-failed")).to_contain_text("LostDeskMO.zip")
    expect(page.locator("#upload-files li.drop-failed")).to_contain_text("The connection was lost.")
    expect(page.locator("#upload-state button")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/archives/add/*")
    expect(page.locator(".preview h2")).to_have_text(["@GoodDeskMO, 2021, 1 post"], timeout=30_000)


def test_the_list_of_archives_follows_its_jobs_to_their_end(portal: Portal, tmp_path: Path) -> None:
    page = portal.page()
    page.goto(portal.address + "/archives/add")
    names = ("LockDeskMO", "WeirDeskMO")
    page.set_input_files("#archive", [str(archive_of(tmp_path, name, str(771500 + at), "High water")) for at, name in enumerate(names)])
    page.click("#upload button")
    page.click("text='Add these 2 archives'", timeout=30_000)
    page.wait_for_url("**/captures")
    for name in names:  # the page is not reloaded by hand
        expect(page.locator(".archives td", has_text=name).first).to_be_visible(timeout=60_000)
    expect(page.locator("tr[data-job]")).to_have_count(0)


def test_adding_works_without_any_script(portal: Portal, tmp_path: Path) -> None:
    archive = archive_of(tmp_path, "CreekDeskMO", "771400", "The creek path is closed")
    state = portal.page().context.storage_state()
    page = portal.browser.new_context(java_script_enabled=False, storage_state=state).new_page()
    page.goto(portal.address + "/archives/add")
    page.set_input_files("#archive", str(archive))
    page.click("#upload button")
    page.wait_for_url("**/archives/add/*")
    reload_until(page, "text='Add this archive'")
    page.click("text='Add this archive'")
    page.wait_for_url("**/jobs/*")
    reload_until(page, "text=Open the archive")
    expect(page.locator("main")).to_contain_text("The archive was added")


def reload_until(page: Page, selector: str) -> None:
    """Reload the page as a reader without scripts does, until it has an element."""
    for _ in range(60):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    pytest.fail(f"{selector} does not come")


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
