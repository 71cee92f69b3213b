"""The offline viewer in a real browser, opened from disk: searching, filters, records, languages, and nothing that runs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from indexer.exports import Choices, Extras
from indexer.exports import viewer_files as viewer_module
from tests.support.export_samples import HOSTILE, attachment, description, make, png, record, unpack

pytestmark = pytest.mark.browser

READINGS = {"en": "flood or roads, posted in July 2018, by 2 accounts", "es": "flood o roads, publicado en julio de 2018, por 2 cuentas"}
COVERAGE = {"summary": "All days of @riverbendmo in scope were captured.", "from": "", "to": "", "gaps": [], "notes": []}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder data/ of an unpacked package."""
    place = tmp_path_factory.mktemp("viewer")
    texts = ["The flood has closed Mill Bridge 🎉 today", "Bridge inspection: the flood of 1993", "Reunión del concejo en inglés", *HOSTILE]
    found = [record(n, text, title=text if n > 2 else "", author=text[:40], thread_id="", parent_id="") for n, text in enumerate(texts)]
    found[0] = record(0, texts[0], thread_id="", attachments=(attachment("a b#1.png", description=""), attachment("evil.html")))
    found[1] = record(1, texts[1], thread_id="", parent_id="1500", kind="reply", versions=2, version=2, platform="twitter")
    found += [record(n, f"Road notice {n}", thread_id="", kind="comment", id=2, handle="riverpages") for n in range(20, 140)]
    context = [record(500, "Which bridge is meant?", thread_id="", parent_id="1000", id=2, handle="riverpages", native_id="1500")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(viewer_module, "LIST_ROWS", 50)
        patch.setattr(viewer_module, "DETAIL_ROWS", 40)
        report = make(
            place / "a.zip",
            found,
            choices=Choices(viewer=True, context=True),
            open_media=lambda _one: io.BytesIO(png()),
            about=description(len(found), organization="City of Riverbend", readings=READINGS, coverage=COVERAGE),
            extras=Extras(
                context=context,
                context_total=1,
                versions=lambda view: [record(1, "Bridge inspection: the storm of 1993", versions=2), view],
                marks=lambda text: [(at.start(), at.end()) for at in re.finditer("flood", text)],
            ),
        )
    return unpack(report.path, place / "out") / "data"


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """Open the viewer; anything that fails, runs or asks for what is not in the package fails the test."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith(folder.as_uri()) else faults.append(asked.url))
    page.on("requestfailed", lambda asked: faults.append(f"failed: {asked.url}"))
    page.goto((folder / "viewer/index.html").as_uri())
    expect(page.locator("#count")).to_have_text("129 records")
    yield page
    assert page.evaluate("window.HACKED") is None
    assert not faults


def ask(page: Page, words: str) -> None:
    page.fill("#q", words)
    page.press("#q", "Enter")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("flood bridge", "2 of 129 records"),
        ('"flood has closed"', "1 of 129 records"),
        ('"bridge flood"', "0 of 129 records"),
        ("REUNION ingles", "1 of 129 records"),
        ("inspect*", "1 of 129 records"),
        ("inspect", "0 of 129 records"),
        ("🎉", "1 of 129 records"),
        ("riverpages", "120 of 129 records"),
        ('"', "129 records"),
    ],
)
def test_it_searches_words_phrases_and_beginnings(page: Page, words: str, count: str) -> None:
    ask(page, words)
    expect(page.locator("#count")).to_have_text(count)
    expect(page.locator("#q")).to_be_focused()


def test_filters_narrow_and_the_address_keeps_them(page: Page) -> None:
    page.click(".narrow summary")
    page.select_option("#kind", "comment")
    expect(page.locator("#count")).to_have_text("120 of 129 records")
    page.fill("#from", "2018-07-08")
    page.locator("#from").dispatch_event("change")
    page.select_option("#sort", "oldest")
    expect(page.locator("#count")).to_have_text(re.compile(r"^(?!120)\d+ of 129 records$"))
    count = page.inner_text("#count")
    page.reload()
    expect(page.locator("#count")).to_have_text(count)
    page.click("text=Clear all")
    expect(page.locator("#count")).to_have_text("129 records")
    page.select_option("#media", "with")
    expect(page.locator("#count")).to_have_text("1 of 129 records")


def test_a_record_shows_its_text_picture_and_origin_and_the_way_back(page: Page) -> None:
    ask(page, "mill")
    page.click("a.hit")
    expect(page.locator("article h1")).to_be_focused()
    expect(page.locator(".record-text")).to_have_text("The flood has closed Mill Bridge 🎉 today")
    expect(page.locator(".record-text mark")).to_have_text("Mill")
    assert page.evaluate("document.querySelector('.files img').naturalWidth") == 8
    assert page.get_attribute(".files img", "alt") == "Picture without a description: a b#1.png"
    expect(page.locator(".files")).to_contain_text("In the package: data/media/")
    assert page.locator('.files a[href$=".html"]').count() == 0
    expect(page.locator("article")).to_contain_text("2018-07-04 23:30:00 CDT")
    expect(page.locator("article")).to_contain_text("data/tweets.js")
    page.click("text=Back to the records")
    expect(page.locator("a.hit")).to_be_focused()


def test_a_hit_says_who_and_when_in_words_and_shows_its_picture(page: Page, browser: Browser, folder: Path) -> None:
    ask(page, "mill")
    hit = page.locator("#results .hits li")
    expect(hit.locator("a.hit")).to_have_text("riverbendmo")
    expect(hit.locator(".hit-when")).to_have_text("Jul 4, 2018, 11:30 PM CDT")
    expect(hit.locator("img.thumb")).to_have_count(1)
    page.wait_for_function("document.querySelector('img.thumb').naturalWidth === 8")
    hit.click(position={"x": 300, "y": 40})
    expect(page.locator("article h1")).to_be_focused()
    spanish = browser.new_context(locale="es-MX").new_page()
    spanish.goto((folder / "viewer/index.html").as_uri() + "#q=mill")
    expect(spanish.locator(".hit-when")).to_have_text("4 jul 2018, 11:30 p. m. CDT")
    spanish.context.close()


def test_several_hits_are_on_the_first_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    tops = page.eval_on_selector_all("#results .hits li", "hits => hits.filter(hit => hit.getBoundingClientRect().bottom < 900).length")
    assert tops >= 6


def test_the_thread_has_its_context_marked_and_versions_are_compared(page: Page) -> None:
    ask(page, "inspection")
    page.click("a.hit")
    expect(page.locator("ol.hits li")).to_have_count(3)
    expect(page.locator("ol.hits li.is-context")).to_contain_text("Which bridge is meant?")
    expect(page.locator("ins")).to_have_text("flood")
    expect(page.locator("del")).to_have_text("storm")
    page.click("ol.hits li.is-context a")
    expect(page.locator("article")).to_contain_text("Context: the search did not find this record.")
    page.go_back()
    expect(page.locator("article h1")).to_contain_text("Reply")
    page.click("text=Back to the records")
    page.click("text=Clear all")
    page.click(".narrow summary")
    page.select_option("#scope", "context")
    expect(page.locator("#count")).to_have_text("1 record")


def test_the_marks_of_the_first_search_stand_until_another_one_is_made(page: Page) -> None:
    expect(page.locator("mark").first).to_have_text("flood")
    ask(page, "bridge")
    assert set(page.locator("mark").all_inner_texts()) == {"Bridge"}


def test_hostile_texts_are_texts(page: Page) -> None:
    for number, text in enumerate(HOSTILE, 4):
        page.goto(re.sub("#.*", "", page.url) + f"#record={number}")
        expect(page.locator(".record-text")).to_have_text(text, use_inner_text=False)
        expect(page.locator(".record-text script, .record-text img")).to_have_count(0)


def test_the_keyboard_alone_reads_a_record_and_turns_a_page(page: Page) -> None:
    page.focus("#q")
    page.keyboard.type("road notice")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("120 of 129 records")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.hit')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("article h1")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".around")).to_contain_text("2 of 120")
    page.goto(re.sub("#.*", "", page.url) + "#q=road+notice&page=3")
    expect(page.locator(".turn")).to_contain_text("Page 3 of 3")
    expect(page.locator("a.hit")).to_have_count(20)


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", "en"), (390, "dark", "en"), (1280, "dark", "es"), (390, "light", "es")]
)
def test_axe_finds_nothing_and_nothing_leaves_the_screen(browser: Browser, folder: Path, width: int, scheme: str, language: str) -> None:
    locale = {"en": "en-US", "es": "es-MX"}[language]
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    page.goto((folder / "viewer/index.html").as_uri())
    for address in ("#", "#q=zzzq", "#q=road&scope=all", "#record=1", "#record=2", "#record=9999"):
        page.goto((folder / "viewer/index.html").as_uri() + address)
        page.wait_for_function("!document.querySelector('progress')")
        assert page.evaluate("document.documentElement.lang") == language
        if page.locator("details.about").count():
            page.locator("details.about summary").click()
        found = Axe().run(page, options={"runOnly": AXE["runOnly"]}).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], (address, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.context.close()


def test_the_search_is_read_in_the_reader_s_language_and_what_is_english_says_so(browser: Browser, folder: Path) -> None:
    page = browser.new_context(locale="es-MX").new_page()
    page.goto((folder / "viewer/index.html").as_uri())
    page.locator("details.about summary").click()
    expect(page.get_by_text(READINGS["es"])).to_be_visible()
    expect(page.locator("dd", has_text="los más recientes primero")).to_be_visible()
    for words in ("All days of @riverbendmo", "posted from 2018-07-01", "2 records carry no date"):
        expect(page.locator("dd[lang=en]", has_text=words)).to_have_count(1)
    page.click("#languages [lang=en]")
    page.locator("details.about summary").click()
    expect(page.get_by_text(READINGS["en"])).to_be_visible()
    expect(page.locator("dd[lang]")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("address", ["#q=zzzq", "#kind=event", "#sort=oldest", "#page=3", "#record=129"])
def test_nothing_is_counted_before_all_records_are_here(browser: Browser, folder: Path, address: str) -> None:
    page = browser.new_context(locale="en-US").new_page()
    held: list[Route] = []
    page.route("**/list-0002.js", lambda route: held.append(route))  # noqa: PLW0108  # the library wants to mark its handler
    page.goto((folder / "viewer/index.html").as_uri(), wait_until="domcontentloaded")
    expect(page.locator("#count")).to_have_text("129 records")
    expect(page.locator("a.hit")).to_have_count(50)
    expect(page.locator("#opening")).to_contain_text("Opening the records: 33%.")
    page.evaluate("address => { window.location.hash = address; }", address)
    expect(page.locator("#count")).to_have_count(0)
    expect(page.locator("#opening progress")).to_have_attribute("value", "1")
    assert "0 of" not in page.inner_text("main")
    if address == "#q=zzzq":
        page.fill("#q", "half a wo")
    held[0].continue_()
    expect(page.locator("progress")).to_have_count(0)
    expected = {"#q=zzzq": "0 of 129 records", "#kind=event": "0 of 129 records", "#sort=oldest": "129 records", "#page=3": "129 records"}
    if address in expected:
        expect(page.locator("#count")).to_have_text(expected[address])
    else:
        expect(page.locator("article h1")).to_be_focused()
    if address == "#q=zzzq":
        assert page.input_value("#q") == "half a wo", "what is being typed stays"
    page.context.close()


def test_a_missing_file_is_said(browser: Browser, folder: Path) -> None:
    page = browser.new_context(locale="en-US").new_page()
    page.route("**/list-0002.js", lambda route: route.abort())
    page.goto((folder / "viewer/index.html").as_uri())
    expect(page.get_by_role("alert")).to_contain_text("data/viewer/data/list-0002.js")


def test_without_javascript_it_says_where_the_records_are(browser: Browser, folder: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((folder / "viewer/index.html").as_uri())
    expect(page.locator("noscript a").first).to_have_attribute("href", "../records.csv")
    assert (folder / "records.csv").is_file()
    expect(page.locator("main")).to_contain_text('records that hold "flood" or "roads"')
