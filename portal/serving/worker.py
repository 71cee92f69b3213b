"""A Gunicorn worker with threads that receives requests and sends responses in its loop, so that slow clients occupy no thread.

A thread gets a request when it has arrived completely, and is free when the response is ready: the loop sends it at the
client's pace. Only uploads and large responses are transferred by threads; TRANSFERS additional threads serve them, so that
pages never wait for them. Limits: total time for a head, minimum rate for everything else (see Limits). With too many
connections, the one that has waited longest is closed.
"""

from __future__ import annotations

import errno
import resource
import selectors
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, ClassVar, Literal

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from portal.serving.client_socket import CONTINUE, ClientSocket, Limits, Pace, SlowClient
from portal.serving.request_head import MAX_HEAD, Head, read_head

TRANSFERS = 32  # simultaneous uploads and large downloads in each worker
MAX_HELD = 64 * 1024 * 1024  # bytes of requests and responses waiting in a worker
LINGER = 5.0  # seconds a client may take to read the end of a response
REAP_EVERY = 0.25  # seconds
MIN_OPEN_FILES = 4096

Stage = Literal["receiving", "sending", "closing"]


def _refusal(status: str, english: str, spanish: str) -> bytes:
    body = f"{english}\n{spanish}\n".encode()
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


TOO_SLOW = _refusal(
    "408 Request Timeout",
    "The request took too long to arrive. Nothing was changed. Try again.",
    "La solicitud tardó demasiado en llegar. No se cambió nada. Inténtelo de nuevo.",
)
TOO_LONG = _refusal(
    "431 Request Header Fields Too Large",
    "That address is too long. Nothing was changed. Go back and shorten the search.",
    "Esa dirección es demasiado larga. No se cambió nada. Vuelva atrás y acorte la búsqueda.",
)
BUSY = _refusal(
    "503 Service Unavailable",
    "Too many uploads and downloads are running. Nothing was changed. Try again in a minute.",
    "Hay demasiadas cargas y descargas en curso. No se cambió nada. Inténtelo de nuevo en un minuto.",
)


class Connection(TConn):  # type: ignore[misc]  # Gunicorn has no types
    """A client, the part of its request that has arrived, and the deadline for its next step."""

    sock: ClientSocket

    def __init__(self, cfg: Any, sock: ClientSocket, client: Any, server: Any, deadline: float) -> None:
        super().__init__(cfg, sock, client, server)
        self.data_ready = True
        self.received = bytearray()
        self.head: Head | None = None
        self.stage: Stage = "receiving"
        self.since = time.monotonic()
        self.deadline = deadline
        self.pace: Pace | None = None
        self.keeps_alive = False
        self.permit: threading.Semaphore | None = None

    @property
    def held(self) -> int:
        """Bytes held in memory."""
        return len(self.received) + len(self.sock.outbox)


class PacedWorker(ThreadWorker):  # type: ignore[misc]  # Gunicorn has no types
    """Gunicorn's threaded worker, behind a loop that waits for clients."""

    limits: ClassVar[Limits] = Limits()  # set by gunicorn.conf.py

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: set[Connection] = set()
        self._working: set[Connection] = set()
        self._pages = threading.Semaphore(self.cfg.threads)
        self._transfers = threading.Semaphore(TRANSFERS)
        self._reap_at = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse Gunicorn's own TLS, which a proxy in front of the portal provides."""
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise ValueError("This worker speaks plain HTTP; let a proxy in front of it speak TLS (see docs/portal.md).")

    def init_process(self) -> None:
        """Raise the limit of file descriptors to serve all connections, then start."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        target = MIN_OPEN_FILES if hard == resource.RLIM_INFINITY else min(MIN_OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < target:
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return the threads for pages and transfers."""
        return ThreadPoolExecutor(max_workers=self.cfg.threads + TRANSFERS)

    # In the loop: receiving

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; its request is received without a thread."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE} and self._waiting:
                self._drop(self._longest_waiting())
            elif error.errno not in {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}:
                raise
            return
        self.nr_conns += 1
        deadline = time.monotonic() + self.limits.seconds
        self._wait(Connection(self.cfg, ClientSocket(sock, self.limits), client, listener.getsockname(), deadline), "receiving")
        if self.nr_conns >= self.worker_connections:
            self._drop(self._longest_waiting())

    def _wait(self, conn: Connection, stage: Stage) -> None:
        conn.stage = stage
        conn.since = time.monotonic()
        self._waiting.add(conn)
        event = selectors.EVENT_WRITE if stage == "sending" else selectors.EVENT_READ
        self.poller.register(conn.sock, event, partial(self._on_event, conn))

    def _leave(self, conn: Connection) -> None:
        self._waiting.discard(conn)
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        if conn in self._waiting:
            self._leave(conn)
        self.nr_conns -= 1
        conn.close()

    def _longest_waiting(self) -> Connection:
        return min(self._waiting, key=lambda conn: conn.since)

    def _on_event(self, conn: Connection, _sock: ClientSocket) -> None:
        if conn not in self._waiting:
            return  # dropped by an earlier event in the same round
        try:
            if conn.stage == "sending":
                self._send(conn)
            else:
                self._receive(conn)
        except OSError:
            self._drop(conn)  # the client is gone

    def _receive(self, conn: Connection) -> None:
        block = conn.sock.receive_now()
        if block is None:
            return
        if not block:
            self._drop(conn)
        elif conn.stage == "receiving":
            if not conn.received:
                conn.deadline = time.monotonic() + self.limits.seconds
            searched = len(conn.received)
            conn.received += block
            self._dispatch(conn, searched)

    def _dispatch(self, conn: Connection, searched: int = 0) -> None:
        """Pass the request to a thread once enough of it has arrived."""
        if conn.head is None:
            conn.head = read_head(conn.received, searched)
            if conn.head is None:
                if len(conn.received) > MAX_HEAD:
                    self._refuse(conn, TOO_LONG)
                return
            if len(conn.received) < conn.head.total and not conn.head.is_streamed:
                conn.deadline = time.monotonic() + self.limits.seconds + conn.head.total / self.limits.rate
                if conn.head.expects_continue:
                    conn.sock.send(CONTINUE)
        if conn.head.is_streamed:
            request, rest = conn.received, bytearray()
        elif len(conn.received) >= conn.head.total:
            request, rest = conn.received[: conn.head.total], conn.received[conn.head.total :]
        else:
            return
        self._leave(conn)
        conn.sock.begin(request, is_streamed=conn.head.is_streamed)
        conn.sock.before_large_response = partial(self._become_transfer, conn)
        conn.received = rest
        self._working.add(conn)
        self.enqueue_req(conn)

    # In a thread: the request itself

    def handle(self, conn: Connection) -> Any:
        """Answer a request that has arrived completely or whose body is streamed."""
        assert conn.head is not None  # noqa: S101  # for the type checker
        if not conn.head.is_streamed:
            self._pages.acquire()
            conn.permit = self._pages
        elif self._transfers.acquire(blocking=False):
            conn.permit = self._transfers
        else:
            conn.sock.sendall(BUSY)
            return False
        try:
            return super().handle(conn)
        finally:
            conn.permit.release()

    def _become_transfer(self, conn: Connection) -> None:
        """Free the page slot of a request with a large response. Raises SlowClient if too many transfers are running."""
        if conn.permit is not self._pages:
            return
        if not self._transfers.acquire(blocking=False):
            conn.sock.outbox = bytearray(BUSY)
            raise SlowClient
        self._pages.release()
        conn.permit = self._transfers

    def _keepalive_after(self, conn: Connection, keepalive: Any) -> bool:
        """Whether the connection can be reused; not after a streamed body, which may not have arrived completely."""
        if conn.head is not None and conn.head.is_streamed:
            return False
        return bool(super()._keepalive_after(conn, keepalive))

    # In the loop: sending

    def finish_request(self, conn: Connection, future: Future[Any]) -> None:
        """Send the rest of the response, then wait for the next request or close the connection."""
        self._working.discard(conn)
        conn.keeps_alive = not future.cancelled() and future.exception() is None and bool(future.result())
        if conn.sock.is_closed:
            self.nr_conns -= 1
            return
        conn.pace = Pace(self.limits)
        self._wait(conn, "sending")
        self._on_event(conn, conn.sock)

    def _send(self, conn: Connection) -> None:
        if conn.sock.outbox and conn.pace is not None:
            conn.pace.moved(conn.sock.send_now())
        if conn.sock.outbox:
            return
        self._leave(conn)
        if not conn.keeps_alive:
            self._end(conn)
            return
        conn.received[:0] = conn.parser.unreader.take_buffered()
        conn.head = None
        conn.sock.has_continued = False
        conn.deadline = time.monotonic() + (self.limits.seconds if conn.received else self._idle_seconds())
        self._wait(conn, "receiving")
        if conn.received:
            self._dispatch(conn)

    def _idle_seconds(self) -> float:
        return float(self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER))

    def _refuse(self, conn: Connection, response: bytes) -> None:
        conn.received.clear()
        conn.keeps_alive = False
        conn.sock.outbox += response
        self._leave(conn)
        conn.pace = Pace(self.limits)
        self._wait(conn, "sending")
        self._on_event(conn, conn.sock)

    def _end(self, conn: Connection) -> None:
        """Close a connection so that the client gets the end of the response: the rest of its request is read and dropped briefly."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.deadline = time.monotonic() + LINGER
        self._wait(conn, "closing")

    # In the loop: limits

    def murder_pending(self) -> None:
        """Close connections that are too slow; Gunicorn calls this in every round of the loop."""
        now = time.monotonic()
        if now < self._reap_at:
            return
        elapsed, self._reap_at = now - (self._reap_at - REAP_EVERY) if self._reap_at else 0.0, now + REAP_EVERY
        for conn in list(self._waiting):
            if conn.stage == "sending" and conn.pace is not None:
                try:
                    conn.pace.waited(elapsed)
                except SlowClient:
                    self._drop(conn)
            elif now >= conn.deadline:
                if conn.stage == "receiving" and conn.received:
                    self.log.warning("%s was slower than the limit and cut off after %s bytes", conn.client, len(conn.received))
                    self._refuse(conn, TOO_SLOW)
                else:
                    self._drop(conn)
        while sum(conn.held for conn in self._waiting) > MAX_HELD:
            self._drop(max(self._waiting, key=lambda conn: conn.held))

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002  # Gunicorn's signature
        """Close all connections when the worker stops."""
        if not force:
            return
        for conn in list(self._waiting):
            self._drop(conn)
        for conn in list(self._working):
            try:
                conn.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread waiting for it
            except OSError:
                continue  # already closed

    def _cap_keepalive(self, deadline: float) -> None:
        """Close idle connections soon when the worker stops."""
        for conn in self._waiting:
            if conn.stage == "receiving" and not conn.received:
                conn.deadline = min(conn.deadline, deadline)
