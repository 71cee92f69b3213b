"""The demo is for one computer, unless somebody says twice that it is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from indexer.settings import BadSetting
from portal import config, create_app
from tests.support.servers import ROOT, free_port, serving

HERE = ["127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "localhost:80", "unix:/run/x", "127.0.0.1"]
ANYWHERE = ["0.0.0.0:80", ":80", "[::]:80", "192.0.2.2:80", "records.example.gov:80", "10.0.0.1", ""]


@pytest.mark.parametrize("address", HERE)
def test_an_address_of_this_computer_needs_no_second_word(tmp_path: Path, address: str) -> None:
    assert not config.read({"SHOWME_DEMO": "1", "SHOWME_ADDRESS": address}, tmp_path).is_exposed


@pytest.mark.parametrize("address", [address for address in ANYWHERE if address])
def test_an_address_that_others_reach_is_refused_in_the_demo_without_a_second_word(tmp_path: Path, address: str) -> None:
    with pytest.raises(BadSetting, match="SHOWME_DEMO_ANYWHERE=1"):
        config.read({"SHOWME_DEMO": "1", "SHOWME_ADDRESS": address}, tmp_path)
    assert config.read({"SHOWME_DEMO": "1", "SHOWME_DEMO_ANYWHERE": "1", "SHOWME_ADDRESS": address}, tmp_path).is_exposed
    assert not config.read({"SHOWME_SECRET_KEY": "k" * 32, "SHOWME_ADDRESS": address}, tmp_path).is_exposed


@pytest.mark.parametrize("is_exposed", [False, True])
def test_every_page_of_an_exposed_demo_warns(tmp_path: Path, *, is_exposed: bool) -> None:
    environ = {"SHOWME_DEMO": "1", "SHOWME_DEMO_ANYWHERE": "1", "SHOWME_ADDRESS": "0.0.0.0:80" if is_exposed else "127.0.0.1:80"}
    app = create_app(config.read(environ, tmp_path))
    for path in ("/sign-in", "/link/x"):
        assert ("This is a demo that other computers can reach" in app.test_client().get(path).text) == is_exposed
    app.extensions["showme"].close()


def test_bind_counts_like_the_setting(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", f"0.0.0.0:{free_port()}", "wsgi:app"]
    environ = {"PATH": "/usr/bin:/bin", "SHOWME_DEMO": "1", "SHOWME_DATA": str(tmp_path), "SHOWME_JOB_WORKER": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=40, check=False)
    assert done.returncode != 0
    assert "SHOWME_DEMO_ANYWHERE=1" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_printed_address_follows_bind(tmp_path: Path) -> None:
    setting = free_port()
    with serving(tmp_path, "wsgi:app", "/healthz", SHOWME_ADDRESS=f"127.0.0.1:{setting}") as server:
        assert server.port != setting
        assert f"Show-Me Records is at http://127.0.0.1:{server.port} " in server.log.read_text()
        assert f":{setting} " not in server.log.read_text()
