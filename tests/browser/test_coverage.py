"""Coverage in a browser: read and worked by keyboard alone, at a desk's width and a telephone's, in light and dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import Portal

pytestmark = pytest.mark.browser

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ADDRESSES = (
    "/coverage",
    "/coverage?from=2022-01-01&to=2024-06-30",
    "/coverage?from=yesterday",
    "/search?q=flood",
    "/search?q=zzzq&from=2018-01-01&to=2024-06-30",
    "/help/coverage",
)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_leaves_the_screen(portal: Portal, width: int, scheme: str) -> None:
    page = portal.page("rhea", width)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
    for address in ADDRESSES:
        page.goto(portal.address + address)
        page.evaluate("document.querySelectorAll('details.coverage, details.coverage details').forEach(one => { one.open = true })")
        found = Axe().run(page, options=OPTIONS).response["violations"]
        assert found == [], (address, [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_line_opens_by_keyboard_and_the_first_column_stays_when_the_months_scroll(portal: Portal) -> None:
    page = portal.page("rhea", 390)
    page.goto(portal.address + "/search?q=flood&to=2022-12-31")
    line = page.locator("details.coverage > summary")
    assert not page.locator(".coverage-bars").is_visible()
    line.focus()
    page.keyboard.press("Enter")
    assert page.locator(".coverage-bars").is_visible()
    page.goto(portal.address + "/coverage?from=2021-01-01&to=2023-12-31")
    who = page.locator("th.months-who").nth(1)
    before = who.bounding_box()
    page.locator(".scroll").evaluate("box => { box.scrollLeft = 600 }")
    assert page.locator(".scroll").evaluate("box => box.scrollLeft") > 300
    after = who.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["x"] - after["x"]) < 2
