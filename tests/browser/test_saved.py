"""Saving a search, finding it again and running a list of terms in a real browser, by keyboard, on a narrow screen too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import Portal, sound, tab_to

pytestmark = pytest.mark.browser


def test_a_search_is_saved_renamed_deleted_and_brought_back_by_keyboard_alone(portal: Portal) -> None:
    page = portal.page("ada")
    page.goto(portal.address + "/search?q=flood&kind=post")
    tab_to(page, ".do details.pop:has(#save-name) > summary", 120)
    page.keyboard.press("Enter")
    tab_to(page, "#save-name")
    page.keyboard.type("Flood posts")
    page.keyboard.press("Enter")
    page.wait_for_url("**/saved")
    expect(page.locator(".kept-name a")).to_have_text("Flood posts")
    sound(page)
    tab_to(page, ".confirm summary")
    page.keyboard.press("Enter")
    tab_to(page, ".confirm button")
    page.keyboard.press("Enter")
    expect(page.locator(".undo")).to_contain_text("“Flood posts” is deleted.")
    tab_to(page, ".undo button")
    page.keyboard.press("Enter")
    expect(page.locator(".kept-name a")).to_have_text("Flood posts")
    page.click(".kept-name a")
    expect(page).to_have_url(re.compile(r"/search\?q=flood&kind=post$"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_list_of_terms_is_run_by_the_worker_and_read(portal: Portal, width: int) -> None:
    page = portal.page("lena", width=width)
    page.goto(portal.address + "/terms")
    sound(page)
    page.fill("#terms", 'flood\nagenda\n"open\nbrid*')
    page.click("text=Run the list")
    expect(page.locator(".term-table")).to_be_visible(timeout=30_000)
    expect(page.locator(".term-table tbody tr")).to_have_count(4)
    expect(page.locator(".is-unread")).to_contain_text("not searched for")
    sound(page)
    page.click(".term-table thead a:has-text('Hits') >> nth=0")
    expect(page.locator(".term-table tbody .term-text").first).to_have_text("agenda")
    page.click(".term-text >> text=agenda")
    expect(page.locator("#count")).to_have_text("40 records")
    page.goto(portal.address + "/history")
    expect(page.locator(".kept .looked-for").first).to_contain_text("agenda")
    sound(page)
