"""Every page at a desk's width and a telephone's: no violation that axe finds, nothing that leaves the screen, no console error."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import Portal, addresses, certified

pytestmark = pytest.mark.browser

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


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


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_any_panel_of_the_search_page(portal: Portal, width: int) -> None:
    page = portal.page("rhea", width)
    page.goto(portal.address + "/search?q=flood&from=2018-01-01")
    panels = page.locator("details")
    for number in range(panels.count()):
        page.evaluate("number => document.querySelectorAll('details').forEach((panel, at) => { panel.open = at === number })", number)
        found = Axe().run(page, options=OPTIONS).response["violations"]
        assert not found, (panels.nth(number).inner_text()[:60], found[0]["help"], found[0]["nodes"][0]["html"])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), panels.nth(number).inner_text()[:60]
