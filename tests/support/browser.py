"""A real Gunicorn with its worker for long jobs, over a real data folder, and Chromium to look at it."""

from __future__ import annotations

import re
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.town import PASSWORD

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_SECONDS = 40


class Portal:
    """A running portal."""

    def __init__(self, address: str, data: Path, browser: Browser) -> None:
        self.address, self.data, self.browser = address, data, browser

    def page(self, name: str = "rhea", width: int = 1280, height: int = 900) -> Page:
        """Return a page of a new browser profile, signed in when a user is named."""
        page = self.browser.new_context(viewport={"width": width, "height": height}, locale="en-US").new_page()
        if name:
            page.goto(self.address + "/sign-in")
            page.fill("#name", name)
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url(self.address + "/")
            page.goto(self.address + "/search")
        return page


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "Gunicorn ended"
        try:
            with urllib.request.urlopen(address + "/healthz", timeout=5) as answer:  # noqa: S310  # our own address
                if b'"worker":"running"' in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail(f"no answer in {START_SECONDS} s")


def sound(page: Page) -> None:
    """Look for what a screen reader stumbles over, and for anything wider than the screen."""
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached by {most} tabs")


PLAIN = [
    "/",
    "/search",
    "/search?q=flood",
    "/search?q=flood&kind=post&platform=twitter&from=2018-01-01&media=without",
    "/search?q=zzzq",
    '/search?q="mill bridge',
    "/search?from=yesterday",
    "/search?q=flood+w/5+bridge&dialect=dtsearch&as_of=2018-12-31",
    "/search?q=agenda&group=threads",
    "/search?q=agenda&group=same",
    "/search?q=fl*+OR+agendda+OR+mill~~",
    "/coverage",
    "/certificates",
    "/certificates/check-file",
    "/saved",
    "/saved/new?q=flood",
    "/history",
    "/terms",
    "/exports",
    "/basket",
    "/hand-over?q=flood",
    "/hand-over?q=zeppelin",
    "/captures",
    "/captures/1",
    "/archives/add",
    "/archives/request/facebook",
    "/accounts",
    "/coverage/accounts/1",
    "/reports",
    "/help",
    "/help/answer-a-request",
    "/help/prove-a-zero",
    "/help/keyboard",
    "/help/roles",
    "/help/search",
    "/help/saved",
    "/help/terms",
    "/help/coverage",
    "/help/certificates",
    "/help/exports",
    "/help/taking-in",
    "/help/reading-a-result",
    "/help/cannot-contain",
    "/password",
    "/users",
    "/users/1",
    "/no-such-page",
]


def addresses(page: Page, portal: Portal) -> list[str]:
    """Return every kind of page that there is."""
    found = list(PLAIN)
    for words in ("mill", "parade", "open"):
        page.goto(f"{portal.address}/search?q={words}")
        found.append(str(page.locator(".hit-link").first.get_attribute("href")))
    found.append(re.sub(r"^/records/([^?]*).*", r"/raw/\1", found[-1]))
    page.goto(portal.address + "/captures")
    page.click("#verify > summary")
    page.click("form[action='/captures/verify'] button")
    page.wait_for_selector(".note-good, .note-bad", timeout=30_000)
    found.append(page.url.removeprefix(portal.address))
    return found


def certified(page: Page, portal: Portal) -> list[str]:
    """Certify a search and check it; return the pages of both."""
    page.goto(portal.address + "/hand-over?q=flood")
    page.check("#what-certificate")
    page.click(".hand-over button")
    page.wait_for_url(re.compile(r"/certificates/\d+"), timeout=60_000)
    found = [page.url.removeprefix(portal.address)]
    page.locator("form[action$='/checks'] button").first.click()
    page.wait_for_url(re.compile(r"/certificates/checks/\d+"), timeout=60_000)
    return [*found, page.url.removeprefix(portal.address)]
