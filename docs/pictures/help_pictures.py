"""The pictures of the help pages, in every language: what a reader of the help sees on the same screens."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[2] / "portal" / "static" / "help"
LANGUAGES = ("en", "es")
WIDTH = 1100  # wide enough for two columns
LARGEST = 120_000  # bytes of a picture
SCALE = 1.5  # pixels of the picture for each of the screen, for screens that have more of them
QUALITY = 0.75
WAIT = 120_000  # milliseconds for a job
FLOOD = "/search?q=flood*&from=2019-05-20&to=2019-07-12"
ZERO = '/search?q="Harlan+Voss"&from=2018-01-01&to=2022-12-31'
TERMS = 'budget w/10 mayor\nlevee or floodwall\nresign*\n"Harlan Voss"\ndog park\nrezon*'


def take(browser: Browser, address: str, storage: Path) -> Iterator[str]:
    """Take every picture in every language; yield the names of the files. Raises ValueError for one that is too large."""
    for language in LANGUAGES:
        with signed_in(browser, address, storage, language) as page:
            for name, (height, show) in PICTURES.items():
                page.set_viewport_size({"width": WIDTH, "height": height})
                show(page, address)
                target = FOLDER / language / f"{name}.webp"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(as_webp(page, page.screenshot(animations="disabled")))
                if target.stat().st_size > LARGEST:
                    raise ValueError(f"{target} has {target.stat().st_size} bytes; make its screen smaller.")
                yield str(target.relative_to(FOLDER.parents[2]))


def as_webp(page: Page, png: bytes) -> bytes:
    """Return a picture as WebP, a third of the PNG's bytes, made by the browser itself on a blank page beside."""
    blank = page.context.new_page()
    encoded = base64.b64encode(png).decode()
    webp: str = blank.evaluate(
        """async ([encoded, quality]) => {
            const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + encoded)).blob());
            const canvas = Object.assign(document.createElement("canvas"), {width: picture.width, height: picture.height});
            canvas.getContext("2d").drawImage(picture, 0, 0);
            return canvas.toDataURL("image/webp", quality).split(",")[1];
        }""",
        [encoded, QUALITY],
    )
    blank.close()
    return base64.b64decode(webp)


@contextmanager
def signed_in(browser: Browser, address: str, storage: Path, language: str) -> Iterator[Page]:
    """Yield a page of the signed-in user whose cookies are in `storage`, in a language."""
    context = browser.new_context(storage_state=storage, color_scheme="light", device_scale_factor=SCALE)
    context.add_cookies([{"name": "showme_language", "value": language, "url": address}])
    yield context.new_page()
    context.close()


def at(path: str, then: Callable[[Page], None] = lambda _page: None) -> Callable[[Page, str], None]:
    """Return what shows a page of the portal, and then does something on it. Raises ValueError if the portal has no such page."""

    def show(page: Page, address: str) -> None:
        response = page.goto(address + path)
        if response is None or not response.ok:
            raise ValueError(f"{path} answers {response and response.status}")
        then(page)

    return show


def open_status(page: Page) -> None:
    """Open the line beside the number of records."""
    page.click(".scope > summary")


def open_first_hit(page: Page) -> None:
    """Open the first record."""
    page.locator("#hits .hit-link").first.click()
    page.wait_for_selector(".record-text")


def hand_over(page: Page) -> None:
    """Follow the one primary action of the results."""
    page.locator(".do .btn-primary").first.click()
    page.wait_for_load_state()


def run_list(page: Page) -> None:
    """Run a short list of terms and wait for its report."""
    page.fill("#terms", TERMS)
    page.select_option("#dialect", "dtsearch")
    page.locator("form.term-form .btn-primary").click()
    page.wait_for_selector(".term-table", timeout=WAIT)


def certify(page: Page) -> None:
    """Make the certificate of the search on the page and show it."""
    form = {"csrf_token": page.locator("input[name=csrf_token]").first.input_value(), "q": '"Harlan Voss"'}
    answer = page.request.post(page.url.split("/search")[0] + "/certificates", form=form)
    page.goto(answer.url)
    page.wait_for_selector("main a[href$='.pdf']", timeout=WAIT)


PICTURES = {
    "answer-search": (560, at(FLOOD)),
    "answer-coverage": (480, at(FLOOD, open_status)),
    "answer-record": (560, at("/search?q=rezoning+kind:message", open_first_hit)),
    "answer-hand-over": (620, at(FLOOD, hand_over)),
    "terms-form": (520, at("/terms", lambda page: page.fill("#terms", TERMS))),
    "terms-report": (680, at("/terms", run_list)),
    "add-form": (480, at("/archives/add")),
    "add-result": (560, at("/captures/1")),
    "add-coverage": (560, at("/coverage")),
    "zero-search": (480, at(ZERO)),
    "zero-certificate": (620, at(ZERO, certify)),
}
"""Name, height of the screen, and what it shows."""
