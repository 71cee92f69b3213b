"""Starts the two web servers on localhost: our portal under Gunicorn, signed in, and Datasette."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from bench import processor
from bench.children import ROOT

HOST = "127.0.0.1"
PEER = "Datasette"
START_SECONDS = 60.0
PASSWORD = "bench-only-muddy-river-1904"  # noqa: S105  # for a repository with invented posts only
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class NotServed(Exception):
    """A server did not start, or gave a wrong answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server on a local port; `headers` are sent with every request, `group` is the process group of all its processes."""

    name: str
    port: int
    headers: dict[str, str]
    group: int

    def processor(self) -> float:
        """Return the processor seconds that the server has used."""
        return processor.seconds_of(self.group)


@contextmanager
def portal(repository: Path) -> Iterator[Server]:
    """Serve a repository as configured in gunicorn.conf.py (two workers with threads), with a signed-in user. Raises NotServed."""
    port = _free_port()
    environ = {"SHOWME_DATA": str(repository), "SHOWME_DEMO": "1", "SHOWME_ADDRESS": f"{HOST}:{port}", "SHOWME_JOB_WORKER": "0"}
    gunicorn = [str(Path(sys.executable).with_name("gunicorn")), "--config", "gunicorn.conf.py", "--bind", f"{HOST}:{port}", "wsgi:app"]
    with _running(gunicorn, port, environ) as group:
        cookie = _sign_in(port, environ)
        yield Server("our search page", port, {"Cookie": cookie}, group)


@contextmanager
def datasette(command: Path, database: Path, *, limits: bool) -> Iterator[Server]:
    """Serve a SQLite file. Without `limits` no statement times out, so that every page is complete. Raises NotServed."""
    port = _free_port()
    words = [str(command), "serve", "--immutable", str(database), "--host", HOST, "--port", str(port)]
    words += ["--setting", "suggest_facets", "off"]  # suggestions take longer than the answer; a careful user turns them off
    if not limits:
        words += ["--setting", "sql_time_limit_ms", "60000", "--setting", "facet_time_limit_ms", "60000"]
    with _running(words, port, {}) as group:
        yield Server(PEER, port, {}, group)


@contextmanager
def _running(command: list[str], port: int, environ: dict[str, str]) -> Iterator[int]:
    with tempfile.TemporaryFile() as errors:
        server = subprocess.Popen(  # noqa: S603  # our own commands
            command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        try:
            _wait_for(server, port)
            yield server.pid
        except NotServed as error:
            errors.seek(0)
            raise NotServed(f"{error} {errors.read().decode(errors='replace')[-3000:]}".rstrip()) from error
        finally:
            _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)  # the process group of this server only: it has its own session
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(20)


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise NotServed(f"{server.args!r} ended with {server.returncode}.")
        try:
            with socket.create_connection((HOST, port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise NotServed(f"{server.args!r} did not answer within {START_SECONDS:.0f} s")


def _sign_in(port: int, environ: dict[str, str]) -> str:
    """Sign in like a person with a one-time link; return the cookie."""
    words = [sys.executable, "-m", "portal", "link"]
    result = subprocess.run(words, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    if result.returncode:
        raise NotServed(f"no link was made: {result.stderr[-2000:]}")
    path = "/link/" + result.stdout.strip().rpartition("/link/")[2]
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    jar: SimpleCookie = SimpleCookie()
    page = _exchange(connection, "GET", path, "", jar)
    token = _TOKEN.search(page[1])
    if page[0] != http.client.OK or token is None:
        raise NotServed(f"the page of the one-time link answered {page[0]}")
    form = urlencode({"csrf_token": token[1], "password": PASSWORD, "again": PASSWORD})
    status, _ = _exchange(connection, "POST", path, form, jar)
    if status != http.client.FOUND:
        raise NotServed(f"setting the password answered {status}")
    connection.close()
    return _cookies(jar)


def _exchange(connection: http.client.HTTPConnection, method: str, path: str, body: str, jar: SimpleCookie) -> tuple[int, str]:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{HOST}:{connection.port}{path}"} if body else {}
    if jar:
        headers["Cookie"] = _cookies(jar)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    for value in answer.headers.get_all("Set-Cookie") or ():
        jar.load(value)
    return answer.status, answer.read().decode("utf-8", "replace")


def _cookies(jar: SimpleCookie) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
