"""The single keys of a day's work, and that they can be switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import Portal

pytestmark = pytest.mark.browser

FOCUS = "document.activeElement.closest('li.hit') ? [...document.querySelectorAll('#hits > li.hit')].indexOf(document.activeElement.closest('li.hit')) : -1"


def test_j_and_k_walk_through_the_hits_and_enter_opens_one(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/search?q=agenda")
    page.keyboard.press("j")
    assert page.evaluate(FOCUS) == 0
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(FOCUS) == 2
    page.keyboard.press("k")
    assert page.evaluate(FOCUS) == 1
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/records/.*hit=2$"))
    page.keyboard.press("j")
    page.wait_for_url(re.compile(r"hit=3$"))
    page.keyboard.press("k")
    page.wait_for_url(re.compile(r"hit=2$"))
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"/search\?q=agenda$"))


def test_n_and_p_turn_pages_and_a_slash_begins_a_search(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/search?q=agenda")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"page=2"))
    page.keyboard.press("p")
    page.wait_for_url(re.compile(r"/search\?q=agenda$"))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j/k?")
    expect(page.locator("#q")).to_have_value("j/k?")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "q"
    page.goto(portal.address + "/captures")
    page.keyboard.press("/")
    page.wait_for_url("**/search*")


def test_the_keys_are_shown_and_can_be_switched_off_for_good(portal: Portal) -> None:
    page = portal.page()
    page.goto(portal.address + "/search?q=agenda")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    assert page.evaluate(FOCUS) == -1
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate(FOCUS) == -1
    page.keyboard.press("?")
    page.check("#keys-on")
    page.click("#keys button")
    page.keyboard.press("j")
    assert page.evaluate(FOCUS) == 0
