"""Selecting records by keyboard over several pages and handing them over, in a real browser; and all of it without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import Portal, sound

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_records_of_two_pages_are_selected_by_keyboard_and_handed_over(portal: Portal, width: int, scheme: str) -> None:
    page = portal.page("lena", width)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
    page.goto(portal.address + "/search?q=agenda")
    bar = page.locator("#selection")
    expect(bar).to_be_hidden()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(bar.locator(".selection-count")).to_have_text("2 selected")
    page.keyboard.press("n")
    page.wait_for_url("**page=2")
    expect(bar.locator(".selection-count")).to_have_text("2 selected")
    for key in "jxx":
        page.keyboard.press(key)
    expect(bar.locator(".selection-count")).to_have_text("2 selected")
    page.keyboard.press("x")
    expect(bar.locator(".selection-count")).to_have_text("3 selected")
    page.keyboard.press("End")  # in the middle of the page the bar lies over a row, as it should
    sound(page)
    bar.get_by_role("button", name="Hand over…").press("Enter")
    expect(page.locator("h1")).to_have_text("Hand over 3 records")
    sound(page)
    page.locator("#what-records").press("Space")
    expect(page.locator(".hand-over-inside .of-certificate")).to_be_hidden()
    page.locator("#about").fill("Three agendas")
    page.locator(".hand-over button").press("Enter")
    page.wait_for_url("**/jobs/*")
    expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text("3 records")
    sound(page)
    page.goto(portal.address + "/search?q=agenda")
    expect(page.locator(".selection-count")).to_have_text("3 selected")
    bar.get_by_role("button", name="Clear").press("Enter")
    expect(bar).to_be_hidden()


def test_selecting_the_basket_and_handing_over_work_without_scripts(portal: Portal) -> None:
    signed_in = portal.page("rhea")
    context = portal.browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(portal.address + "/search?q=agenda")
    page.locator(".hit-box").nth(0).check()
    page.locator(".hit-box").nth(1).check()
    page.locator("#selection").get_by_role("button", name="Add to basket").click()
    expect(page.locator(".note-good")).to_contain_text("2 records added to your basket.")
    page.goto(portal.address + "/basket")
    expect(page.locator("#count")).to_have_text("2 records")
    page.get_by_role("button", name="Empty the basket").click()
    expect(page.locator("h2").first).to_have_text("Your basket is empty")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#count")).to_have_text("2 records")
    page.locator(".do").get_by_role("link", name="Hand over…").click()
    expect(page.locator("h1")).to_have_text("Hand over 2 records")
    page.get_by_role("button", name="Make the files").click()
    page.wait_for_url("**/jobs/*")
    context.close()
