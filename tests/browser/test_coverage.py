"""Coverage in a browser: read and worked by keyboard alone, at a desk's width and a telephone's, in light and dark."""

from __future__ import annotations

import re

import pypdfium2 as pdfium
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.browser import Portal

pytestmark = pytest.mark.browser

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ADDRESSES = (
    "/coverage",
    "/coverage?from=2022-01-01&to=2024-06-30",
    "/coverage?from=yesterday",
    "/search?q=flood",
    "/search?q=zzzq&from=2018-01-01&to=2024-06-30",
    "/coverage/accounts/1",
    "/help/coverage",
)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_leaves_the_screen(portal: Portal, width: int, scheme: str) -> None:
    page = portal.page("rhea", width)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
    for address in ADDRESSES:
        page.goto(portal.address + address)
        page.evaluate("document.querySelectorAll('details.scope, details.scope details').forEach(one => { one.open = true })")
        found = Axe().run(page, options=OPTIONS).response["violations"]
        assert found == [], (address, [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_line_opens_by_keyboard(portal: Portal) -> None:
    page = portal.page("rhea", 390)
    page.goto(portal.address + "/search?q=flood&to=2022-12-31")
    line = page.locator("details.scope > summary")
    assert not page.locator(".scope-accounts").is_visible()
    line.focus()
    page.keyboard.press("Enter")
    assert page.locator(".scope-accounts").is_visible()


def test_an_account_leads_to_its_months_by_keyboard_and_a_month_to_its_search(portal: Portal) -> None:
    page = portal.page("rhea")
    page.goto(portal.address + "/coverage")
    page.locator(".coverage-rows tbody th a").first.press("Enter")
    expect(page.locator("#months-title")).to_be_visible()
    page.locator("a.month-captured").first.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?account=\d+&from=\d{4}-\d\d-01&to="))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_sixteen_years_of_forty_accounts_are_whole_on_paper(portal: Portal, paper: str) -> None:
    """Print the page with 40 rows and 16 years, and read it again: every account, every year, nothing beyond the edge."""
    page = portal.page("rhea")
    page.goto(portal.address + "/coverage")
    page.evaluate(
        """() => {
            const body = document.querySelector(".coverage-rows tbody");
            const row = body.rows[0];
            while (body.rows.length < 40) body.append(row.cloneNode(true));
            Array.from(body.rows).forEach((one, at) => {
                one.querySelector("th a").textContent = `@AccountOfTheCity${String(at).padStart(2, "0")}`;
                one.querySelector(".coverage-gap").innerHTML = "<ul>" + "<li>not captured for Jan 1, 2019 to May 31, 2020</li>".repeat(3) + "</ul>";
            });
            const years = document.querySelector(".years");
            years.replaceChildren(...Array.from({ length: 16 }, (_, at) => {
                const label = document.createElement("span");
                label.textContent = at % 2 ? "" : String(2010 + at);
                return label;
            }));
        }"""
    )
    printed = pdfium.PdfDocument(page.pdf(format=paper, prefer_css_page_size=True))
    words = []
    for sheet in printed:
        width, height = sheet.get_size()
        assert width > height, "landscape"
        text = sheet.get_textpage()
        words.append(text.get_text_bounded())
        boxes = [text.get_rect(at) for at in range(text.count_rects())]
        assert max(right for _, _, right, _ in boxes) < width - 20
        picture = sheet.render(scale=1)
        rows = [bytes(picture.buffer[at * picture.stride :][: picture.width * picture.n_channels]) for at in range(picture.height)]
        assert all(min(row[-15 * picture.n_channels :]) > 250 for row in rows), "something is cut at the right edge"
    everything = " ".join(words)
    for at in range(40):
        assert f"@AccountOfTheCity{at:02}" in everything
    for year in range(2010, 2026, 2):
        assert str(year) in words[0]
    assert everything.count("not captured for Jan 1, 2019 to May 31, 2020") == 120
