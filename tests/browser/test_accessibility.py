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


def test_axe_finds_nothing_on_the_table_of_the_chart_and_the_export_form(portal: Portal) -> None:
    page = portal.page("rhea", 390)
    page.goto(portal.address + "/search?q=flood")
    for summary in page.locator("summary").all():
        summary.click()
    assert not Axe().run(page, options=OPTIONS).response["violations"]
