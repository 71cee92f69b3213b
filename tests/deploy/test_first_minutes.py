"""The first minutes: what `make run` says while it installs, and that the sign-in is printed when it works, not before."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.repository import open_repository
from portal.access.users import Users
from tests.support.servers import ROOT, free_port

MAKEFILE = (ROOT / "Makefile").read_text()


def start(data: Path, port: int, *command: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "SHOWME_DEMO": "1", "SHOWME_DATA": str(data), "SHOWME_ADDRESS": f"127.0.0.1:{port}", "SHOWME_JOB_WORKER": "0"}
    return subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_the_link_is_printed_when_the_portal_answers_and_the_name_once_there_is_a_password(tmp_path: Path) -> None:
    port = free_port()
    early = start(tmp_path, port, "portal", "welcome")
    time.sleep(2)
    assert early.poll() is None, "it waits for a portal that is not there yet"
    server = start(tmp_path, port, "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app")
    try:
        said, _ = early.communicate(timeout=60)
        link = re.search(rf"http://127\.0\.0\.1:{port}(/link/\S+)", said)
        assert link, said
        assert "clerk" in said
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        client.request("GET", link[1])
        assert client.getresponse().status == 200, "who clicks at once is not refused"
        client.close()
        repository = open_repository(tmp_path)
        users = Users(repository.db)
        users.set_password(users.first_administrator().id, "a sentence for the tests")
        repository.close()
        later, _ = start(tmp_path, port, "portal", "welcome").communicate(timeout=60)
        assert f"Sign in as clerk: http://127.0.0.1:{port}/sign-in" in later
        assert "/link/" not in later, "a password is set: no new link at every start"
    finally:
        server.terminate()
        server.communicate(timeout=30)


def test_a_portal_that_does_not_answer_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from portal import commands

    monkeypatch.setattr(commands, "ANSWER_SECONDS", 0.5)
    monkeypatch.setenv("SHOWME_DEMO", "1")
    monkeypatch.setenv("SHOWME_ADDRESS", f"127.0.0.1:{free_port()}")
    done = CliRunner().invoke(commands.main, ["--data", str(tmp_path), "welcome"])
    assert done.exit_code == 1
    assert "did not answer" in done.output


def installed(tmp_path: Path, pip: str) -> subprocess.CompletedProcess[str]:
    """Run the installer with a pip of our own."""
    (tmp_path / "pip.py").write_text(pip)
    (tmp_path / "requirements.txt").write_text(
        "# by hand\nflask==3.0 \\\n    --hash=sha256:00\nmsgspec[toml]==1.2 \\\n    --hash=sha256:00\n"
    )
    code = (
        "import sys; sys.path.insert(0, 'deploy'); import install; "
        f"install.PIP = [sys.executable, {str(tmp_path / 'pip.py')!r}]; install.SAY_EVERY = 0.0; sys.exit(install.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "-r", str(tmp_path / "requirements.txt")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_the_installer_says_how_far_it_is_and_keeps_pip_s_own_words_for_a_failure(tmp_path: Path) -> None:
    good = installed(
        tmp_path,
        "import time\nfor name in ('flask', 'msgspec'):\n    time.sleep(.05); print('Collecting', name, flush=True)\nprint('Installing collected packages: all')",
    )
    assert good.returncode == 0, good.stderr
    assert [line.strip() for line in good.stdout.splitlines()] == ["1 of 2: flask", "2 of 2: msgspec", "unpacking ..."]
    bad = installed(tmp_path, "import sys\nprint('ERROR: THESE PACKAGES DO NOT MATCH THE HASHES'); sys.exit(3)")
    assert bad.returncode == 3
    assert "DO NOT MATCH THE HASHES" in bad.stdout


def test_make_run_shows_every_step_and_starts_the_welcome_beside_the_server(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "run", f"DATA={tmp_path}"], cwd=ROOT, capture_output=True, text=True, check=True, env=_environ()
    )
    for step in ("[1/3]", "[2/3]", "[3/3]"):
        assert step in done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert re.search(r"portal welcome & .*gunicorn", last), last
    assert "--require-hashes" in (ROOT / "deploy" / "install.py").read_text()


def _environ() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
