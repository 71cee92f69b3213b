"""The worker serves HTTP as a server must, whatever pieces a request arrives in, and ends clients that are too slow."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.servers import Server, read_answer, serving
from tests.support.small_app import LARGE

THREADS = 2
SLOW = {"SHOWME_CLIENT_SECONDS": "1", "SHOWME_CLIENT_RATE": "20000"}


@pytest.fixture(name="server", scope="module")
def a_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("served")
    threads = {"SHOWME_WEB_WORKERS": "1", "SHOWME_WEB_THREADS": str(THREADS)}
    with serving(data, "tests.support.small_app:app", "/", **threads, **SLOW) as server:
        yield server
    assert "Traceback" not in server.log.read_text()


def echo(body: bytes, more: str = "") -> bytes:
    return f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def digest(body: bytes) -> bytes:
    return f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=4), st.lists(st.integers(0, 2000), max_size=6))
def test_requests_in_any_pieces_are_answered_in_order(server: Server, bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(echo(body) for body in bodies)
    edges = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    with server.connect() as client:
        for begin, end in itertools.pairwise(edges):
            client.sendall(stream[begin:end])
            time.sleep(0.002)
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < len(bodies) or not received.endswith(digest(bodies[-1])):
            block = client.recv(65536)
            assert block, received
            received += block
    answers = [part.split(b"\r\n\r\n", 1)[1] for part in received.split(b"HTTP/1.1 200 OK")[1:]]
    assert answers == [digest(body) for body in bodies]


@pytest.mark.parametrize("size", [0, 1, 1000, 256 * 1024, 256 * 1024 + 1, 3_000_000])
@pytest.mark.parametrize("expects", [False, True])
def test_a_body_of_any_size_arrives_whole(server: Server, size: int, *, expects: bool) -> None:
    body = os.urandom(size)
    request = echo(body, "Expect: 100-continue\r\n" if expects else "")
    with server.connect() as client:
        if expects and body:
            client.sendall(request[:-size])
            assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(body)
        else:
            client.sendall(request)
        data = b""
        while not data.endswith(digest(body)):
            block = client.recv(65536)
            assert block, data
            data += block
    assert data.count(b"HTTP/1.1") == (2 if expects and not body else 1)


def test_a_chunked_body_arrives_whole(server: Server) -> None:
    with server.connect() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")
        time.sleep(0.1)
        client.sendall(b"3\r\nefg\r\n0\r\n\r\n")
        assert read_answer(client) == ("200 OK", digest(b"abcdefg"))


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: three\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "content-length : 3\r\n",
    ],
)
def test_a_length_that_cannot_be_trusted_is_refused(server: Server, head: str) -> None:
    with server.connect() as client:
        client.sendall(f"POST /echo HTTP/1.1\r\nHost: a\r\n{head}\r\nabc".encode())
        assert read_answer(client)[0].startswith("400")


def test_an_address_of_many_bytes_is_served_and_an_endless_head_is_refused_in_words(server: Server) -> None:
    assert len(server.get("/?" + "q" * 40_000)) == 40_000
    with server.connect() as client:
        client.sendall(b"GET /?" + b"q" * 70_000)
        status, text = read_answer(client)
    assert status.startswith("431")
    assert b"too long" in text


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nX: ", b"POST /echo HTTP/1.1\r\nContent-Length: 500\r\n\r\n"])
def test_a_request_that_trickles_ends_at_the_total_limit(server: Server, begin: bytes) -> None:
    with server.connect() as client:
        if begin:
            client.sendall(begin)
        client.settimeout(0.1)
        answer = b""
        begun = time.monotonic()
        while time.monotonic() < begun + 10:
            try:
                block = client.recv(1000)
            except TimeoutError:
                try:
                    client.sendall(b"a")
                except OSError:
                    break
                continue
            except OSError:
                break
            if not block:
                break
            answer += block
        else:
            pytest.fail("the connection was never ended")
    assert b"408" in answer


def test_a_silent_connection_ends(server: Server) -> None:
    with server.connect() as client:
        assert client.recv(10) == b""


def test_a_slow_upload_above_the_rate_takes_as_long_as_it_needs(server: Server) -> None:
    body = os.urandom(300_000)
    with server.connect() as client:
        request = echo(body)
        for begin in range(0, len(request), 10_000):  # 3 seconds, three times the limit for a head
            client.sendall(request[begin : begin + 10_000])
            time.sleep(0.1)
        assert read_answer(client) == ("200 OK", digest(body))


def test_uploads_that_stall_end_and_stop_no_page(server: Server) -> None:
    with ExitStack() as stack:
        stalled = [stack.enter_context(server.connect()) for _ in range(THREADS * 4)]
        for client in stalled:
            client.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\nabc")
        assert server.get("/?one", timeout=0.9) == b"one"
        for client in stalled:
            while client.recv(65536):
                pass


def test_an_answer_to_an_upload_that_is_not_read_arrives(server: Server) -> None:
    with server.connect() as client:
        client.sendall(b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n" + b"z" * 300_000)
        assert read_answer(client) == ("200 OK", b"not read")


@pytest.mark.parametrize("path", ["/large", "/medium"])
def test_clients_that_read_nothing_stop_no_page(server: Server, path: str) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS * 5):
            stack.enter_context(server.connect(receive_buffer=4096)).sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        time.sleep(0.3)
        assert server.get("/?two", timeout=0.9) == b"two"


def test_a_client_that_reads_nothing_is_ended(server: Server) -> None:
    with server.connect(receive_buffer=4096) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(5)  # some spans of the limit: at first the kernel still takes bytes
        received = 0
        with contextlib.suppress(ConnectionError):
            while block := client.recv(65536):
                received += len(block)
    assert received < LARGE


def test_a_large_answer_reaches_a_slow_client_whole(server: Server) -> None:
    with server.connect(receive_buffer=262144) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.5)
        assert read_answer(client) == ("200 OK", b"x" * LARGE)
        client.sendall(b"GET /?next HTTP/1.1\r\nHost: a\r\n\r\n")
        assert read_answer(client) == ("200 OK", b"next")


def test_more_connections_than_there_is_room_for_end_the_oldest(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(700):
            stack.enter_context(server.connect()).sendall(b"GET /")
        assert server.get("/?three", timeout=2) == b"three"


def test_a_stop_lets_a_request_finish_and_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "tests.support.small_app:app", "/", SHOWME_WEB_WORKERS="1", **SLOW) as server:
        worker = int(Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()[0])
        os.kill(worker, signal.SIGKILL)
        until = time.monotonic() + 20
        while True:
            try:
                assert server.get("/?again", timeout=2) == b"again"
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.1)
        with server.connect() as client, server.connect() as idle, server.connect() as stalled:
            idle.sendall(b"GET /?x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert read_answer(idle) == ("200 OK", b"x")
            client.sendall(b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
            stalled.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\nabc")
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            assert read_answer(client) == ("200 OK", b"held")
            assert idle.recv(10) == b""
            server.process.wait(40)
        assert server.process.returncode == 0
