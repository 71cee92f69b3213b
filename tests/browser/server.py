"""A real Gunicorn with its worker for long jobs, over a real data folder, and Chromium to look at it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.portal_fixtures import PASSWORD, fill

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
            page.wait_for_url("**/search")
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


@pytest.fixture(name="browser", scope="session")
def a_browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process: Playwright's loop cannot be started twice."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium on this computer")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture(name="portal", scope="session")
def a_portal(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Portal]:
    data = tmp_path_factory.mktemp("portal")
    fill(data).close()
    address = f"127.0.0.1:{free_port()}"
    environ = {**os.environ, "SHOWME_DEMO": "1", "SHOWME_DATA": str(data), "SHOWME_ADDRESS": address}
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        try:
            wait_until_up("http://" + address, process)
            yield Portal("http://" + address, data, browser)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
