"""One browser and one running portal for all browser tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import ARGUMENTS, CHROMIUM, ROOT, Portal, free_port, wait_until_up
from tests.support.town import fill


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
