"""Takes the pictures of the README and of the help pages anew from the running product: `make pictures`.

A fresh data folder takes in the sample archives; a real Gunicorn serves them; Chromium looks at the pages as a records
custodian does. Nothing is drawn or touched up.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import help_pictures
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SAMPLES = sorted((ROOT / "archive_data" / "samples").glob("*.zip"))
WIDTH, HEIGHT = 1280, 860
START_SECONDS = 60
PASSWORD = "the river reads nine feet"  # noqa: S105  # of a portal that lives for a minute
CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def main() -> None:
    """Take all pictures, or leave the old ones when anything goes wrong."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (address, link), sync_playwright() as playwright:
        chromium = shutil.which("chromium") or sys.exit("Chromium is needed: apt-get install chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US").new_page()
        sign_in(page, link)
        pictures = {
            "search": lambda: search(page, address),
            "certificate": lambda: certificate(page, address),
            "coverage": lambda: coverage(page, address),
        }
        for name, show in pictures.items():
            show()
            page.screenshot(path=HERE / f"{name}.png")
            print(f"docs/pictures/{name}.png")
        storage = Path(folder) / "cookies.json"
        page.context.storage_state(path=storage)
        for picture in help_pictures.take(browser, address, storage):
            print(picture)
        browser.close()


def search(page: Page, address: str) -> None:
    """Show a search with words near each other: how it was read, what it stands for, what was captured."""
    page.goto(f"{address}/search?q=council+w/10+(flood*+OR+levee)")


def certificate(page: Page, address: str) -> None:
    """Certify that search and show the certificate."""
    page.goto(f"{address}/search?q=council+w/10+(flood*+OR+levee)")
    page.click("details.certify > summary")
    page.click("details.certify button")
    page.wait_for_selector("main a[href$='.pdf']", timeout=120_000)


def coverage(page: Page, address: str) -> None:
    """Show which accounts are captured for which months."""
    page.goto(f"{address}/coverage")


def sign_in(page: Page, link: str) -> None:
    """Use the one-time link as a newcomer does."""
    page.goto(link)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")


@contextmanager
def served(data: Path) -> Iterator[tuple[str, str]]:
    """Take the samples in and serve them; yield the address and a one-time link."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environ = {**os.environ, "SHOWME_DEMO": "1", "SHOWME_DATA": str(data), "SHOWME_ADDRESS": address}
    for sample in SAMPLES:
        run("-m", "indexer", "ingest", "--by", "records custodian", str(sample), environ=environ)
    link = re.search(r"http://\S+/link/\S+", run("-m", "portal", "link", environ=environ))
    if link is None:
        sys.exit("The portal gave no one-time link.")
    log = (data / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"], cwd=ROOT, env=environ, stdout=log, stderr=log
    )
    try:
        wait(f"http://{address}/healthz", server)
        yield f"http://{address}", link[0]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        log.close()


def run(*arguments: str, environ: dict[str, str]) -> str:
    """Run a command of ours and return what it prints. Raises CalledProcessError."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout


def wait(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the portal answers."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if b'"worker":"running"' in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit("The portal did not start.")


if __name__ == "__main__":
    main()
