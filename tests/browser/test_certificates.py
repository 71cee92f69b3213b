"""A certificate from the search page to the paper, by keyboard alone and on a narrow screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Portal

pytestmark = pytest.mark.browser


def certified(page: Page, portal: Portal, query: str) -> None:
    page.goto(f"{portal.address}/search?q={query}")
    page.locator('a[href^="/hand-over"]').press("Enter")
    if (only := page.locator("#what-certificate")).count():
        only.press("Space")
    page.locator(".hand-over button").press("Enter")
    page.wait_for_url("**/certificates/*")
    expect(page.locator(".certificate-result")).to_be_visible(timeout=30_000)


def test_a_search_is_certified_and_checked_by_keyboard(portal: Portal) -> None:
    page = portal.page("rhea")
    certified(page, portal, "council")
    expect(page.locator(".certificate-result")).to_have_text("40 records.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").press("Enter")
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Check now").press("Enter")
    expect(page.get_by_text("Identical: the search finds the same 40 records")).to_be_visible(timeout=30_000)


def test_a_certificate_of_nothing_is_read_on_a_narrow_screen(portal: Portal) -> None:
    page = portal.page("lena", width=390)
    certified(page, portal, "zeppelin")
    expect(page.locator(".certificate-result")).to_have_text("No records.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
