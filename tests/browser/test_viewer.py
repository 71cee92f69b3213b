"""The media viewer over a record's page, by keyboard, by wheel and without scripts; copying; and the way back to the query."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Portal, sound

pytestmark = pytest.mark.browser


def picture(portal: Portal, page: Page) -> str:
    page.goto(portal.address + "/search?q=parade")
    address = str(page.locator(".hit-link").first.get_attribute("href"))
    page.goto(portal.address + address)
    return address


@pytest.mark.parametrize("width", [1280, 390])
def test_a_picture_opens_over_its_record_and_gives_the_focus_back(portal: Portal, width: int) -> None:
    page = portal.page(width=width)
    address = picture(portal, page)
    page.locator("a.file-picture").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Picture 1 of 1")
    expect(dialog).to_be_visible()
    sound(page)
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator("#viewer")).to_have_attribute("data-zoom", "100")
    page.keyboard.press("-")
    expect(page.locator("[data-level]")).to_have_text("50 %")
    page.keyboard.press("0")
    expect(page.locator("#viewer")).to_have_attribute("data-zoom", "fit")
    page.keyboard.press("j")  # the keys of the page behind it rest
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "file-picture"
    assert page.url == portal.address + address


def test_the_wheel_and_the_buttons_zoom(portal: Portal) -> None:
    page = portal.page()
    picture(portal, page)
    page.locator("a.file-picture").click()
    page.locator(".viewer-stage").hover()
    page.mouse.wheel(0, -100)
    expect(page.locator("#viewer")).to_have_attribute("data-zoom", "50")
    page.get_by_role("link", name="Zoom in").click()
    expect(page.locator("#viewer")).to_have_attribute("data-zoom", "100")
    size = page.locator(".viewer-stage img").bounding_box()
    page.get_by_role("link", name="Zoom in").click()
    twice = page.locator(".viewer-stage img").bounding_box()
    assert size
    assert twice
    assert round(twice["width"] / size["width"], 1) == 2


def test_the_viewer_is_a_plain_page_without_scripts(portal: Portal) -> None:
    page = portal.page()
    picture(portal, page)
    plain = portal.browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
    plain.goto(page.url)
    expect(plain.locator("[data-copy]").first).to_be_hidden()
    plain.locator("a.file-picture").click()
    expect(plain.locator("h1")).to_have_text("Picture 1 of 1")
    plain.get_by_role("link", name="Zoom in").click()
    expect(plain.locator("#viewer")).to_have_attribute("data-zoom", "50")
    plain.get_by_role("link", name="Back to the record").click()
    expect(plain.locator(".record-text")).to_have_text("Parade on Main Street")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_of_a_picture_is_sound(portal: Portal, width: int, scheme: str) -> None:
    page = portal.page(width=width)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its two words
    picture(portal, page)
    sound(page)
    page.goto(portal.address + str(page.locator("a.file-picture").get_attribute("href")))
    sound(page)
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("/records/"))


def test_the_citation_is_copied(portal: Portal) -> None:
    page = portal.page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    picture(portal, page)
    page.get_by_role("button", name="Copy citation").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#citation").input_value()


def test_a_slash_leads_from_a_record_back_to_its_query_and_escape_to_its_results(portal: Portal) -> None:
    page = portal.page()
    picture(portal, page)
    page.keyboard.press("/")
    page.wait_for_url(re.compile(r"/search\?q=parade$"))
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("parade")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()
    picture(portal, page)
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"/search\?q=parade$"))


def test_paper_shows_what_the_screen_folds(portal: Portal) -> None:
    page = portal.page()
    picture(portal, page)
    digest = page.locator("#evidence code").first
    expect(digest).to_be_hidden()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(digest).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".record-actions")).to_be_hidden()
