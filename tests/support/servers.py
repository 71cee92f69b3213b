"""A real Gunicorn with the portal's own configuration, and raw sockets to it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 40


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self, receive_buffer: int | None = None) -> socket.socket:
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(20)
        client.connect(("127.0.0.1", self.port))
        return client

    def get(self, path: str, timeout: float = 10) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
            return bytes(answer.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_answer(client: socket.socket) -> tuple[str, bytes]:
    """Return the status and the body (by Content-Length) of one answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        block = client.recv(65536)
        assert block, data
        data += block
    head, body = data.split(b"\r\n\r\n", 1)
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    length = int(lengths[0]) if lengths else 0
    while len(body) < length:
        block = client.recv(65536)
        assert block, (head, len(body))
        body += block
    assert len(body) == length, "more than one answer"
    return head.split(b"\r\n")[0].decode().split(" ", 1)[1], body


@contextlib.contextmanager
def serving(data: Path, app: str, probe: str, **settings: str) -> Iterator[Server]:
    port = free_port()
    while settings.get("SHOWME_ADDRESS", "").endswith(f":{port}"):
        port = free_port()
    environ = {**os.environ, "SHOWME_DEMO": "1", "SHOWME_DATA": str(data), "SHOWME_ADDRESS": f"127.0.0.1:{port}", "SHOWME_JOB_WORKER": "0"}
    log = data / "server.log"
    with log.open("wb") as stream:
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", app]
        process = subprocess.Popen(command, cwd=ROOT, env={**environ, **settings}, stdout=stream, stderr=stream)
    server = Server(port, process, log)
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            with contextlib.suppress(OSError):
                server.get(probe)
                break
            time.sleep(0.1)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
