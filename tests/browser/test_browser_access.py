"""Every page at a desk's width and a telephone's: no violation that axe finds, nothing that leaves the screen, no console error."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.server import Portal

pytestmark = pytest.mark.browser

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PLAIN = [
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
    "/saved",
    "/saved/new?q=flood",
    "/history",
    "/terms",
    "/exports",
    "/captures",
    "/captures/1",
    "/help",
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
    page.click("form[action='/captures/verify'] button")
    page.wait_for_selector(".note-good, .note-bad", timeout=30_000)
    found.append(page.url.removeprefix(portal.address))
    return found


def certified(page: Page, portal: Portal) -> list[str]:
    """Certify a search and check it; return the pages of both."""
    page.goto(portal.address + "/search?q=flood")
    page.locator("form[action='/certificates'] button").last.evaluate(
        "button => button.closest('details') && (button.closest('details').open = true)"
    )
    page.locator("form[action='/certificates'] button").last.click()
    page.wait_for_url(re.compile(r"/certificates/\d+"), timeout=60_000)
    found = [page.url.removeprefix(portal.address)]
    page.locator("form[action$='/checks'] button").first.click()
    page.wait_for_url(re.compile(r"/certificates/checks/\d+"), timeout=60_000)
    return [*found, page.url.removeprefix(portal.address)]


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "en"), (390, "dark", "es")])
def test_axe_finds_nothing_on_any_page(portal: Portal, width: int, scheme: str, language: str) -> None:
    page = portal.page("ada", width)
    page.goto(f"{portal.address}/language/{language}")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda message: faults.append(f"{page.url}: {message.text}") if "Content Security Policy" in message.text else None)
    for address in [*addresses(page, portal), *certified(page, portal)]:
        page.goto(portal.address + address)
        assert page.evaluate("document.documentElement.lang") == language, address
        found = Axe().run(page, options=OPTIONS)
        faults += [
            f"{address} {width} {scheme} {language}: {one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found.response["violations"]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{address} is {wide} wide on a screen of {width}")
    assert not faults, "\n".join(faults)


def test_axe_finds_nothing_on_the_pages_before_signing_in(portal: Portal) -> None:
    page = portal.page("", 390)
    for address in ("/sign-in", "/link/used"):
        page.goto(portal.address + address)
        assert not Axe().run(page, options=OPTIONS).response["violations"]


def test_axe_finds_nothing_on_the_table_of_the_chart_and_the_export_form(portal: Portal) -> None:
    page = portal.page("rhea", 390)
    page.goto(portal.address + "/search?q=flood")
    for summary in page.locator("summary").all():
        summary.click()
    assert not Axe().run(page, options=OPTIONS).response["violations"]
