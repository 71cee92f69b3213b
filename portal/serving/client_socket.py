"""A client's socket for Gunicorn's parser and response; it never waits for a client without a limit."""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

MAX_HELD_RESPONSE = 1024 * 1024  # bytes; a larger response is sent by its thread, at the client's pace
BLOCK = 64 * 1024  # bytes
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """Minimum speed of a client."""

    seconds: float = 20.0  # for a request's head; then the period over which the rate is measured
    rate: int = 500  # bytes a second


class SlowClient(OSError):
    """A client was slower than the limit, or a full server cut it off; Gunicorn treats it as a lost connection."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the client was slower than the limit")


class ClientGone(OSError):
    """The connection ended during a request's body; Gunicorn treats it as a lost connection."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the client ended the connection before all of its request had arrived")


class Pace:
    """Measures a client's rate over periods of waiting; the server's own time does not count."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = 0
        self._waited = 0.0

    @property
    def left(self) -> float:
        """Seconds until the period ends."""
        return max(0.0, self._limits.seconds - self._waited)

    def moved(self, count: int) -> None:
        """Count bytes sent or received."""
        self._bytes += count

    def waited(self, seconds: float) -> None:
        """Count seconds spent waiting for the client. Raises SlowClient if a period ends with too few bytes."""
        self._waited += seconds
        if self._waited < self._limits.seconds:
            return
        if self._bytes < self._limits.rate * self._waited:
            raise SlowClient
        self._bytes, self._waited = 0, 0.0


class ClientSocket:
    """Gives Gunicorn the bytes that have arrived; sends what the client takes of a response at once, and holds the rest for the loop.

    For a streamed body or a large response, the calling thread waits for the client, no longer than `Pace` allows.
    """

    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        self._sock = sock
        self._limits = limits
        sock.setblocking(False)
        self.inbox = bytearray()
        self.outbox = bytearray()
        self.is_streamed = False  # more of the body is to come
        self.has_continued = False  # 100 Continue has been sent
        self.is_closed = False
        self.before_large_response: Callable[[], None] | None = None
        self._is_direct = False
        self._pace = Pace(limits)

    def begin(self, request: bytes | bytearray, *, is_streamed: bool) -> None:
        """Begin a request, of which `request` has arrived."""
        self.inbox = bytearray(request)
        self.is_streamed = is_streamed
        self._is_direct = False
        self._pace = Pace(self._limits)

    def recv(self, size: int) -> bytes:
        """Return bytes of the request; b"" at its end."""
        if self.inbox:
            block = bytes(self.inbox[:size])
            del self.inbox[:size]
            return block
        while self.is_streamed:
            try:
                block = self._sock.recv(size)
            except BlockingIOError:
                self._wait(select.POLLIN)
                continue
            if not block:
                raise ClientGone
            self._pace.moved(len(block))
            return block
        return b""

    def sendall(self, data: bytes) -> None:
        """Hold a response for the loop; send a large response from the calling thread."""
        if not self._is_direct:
            self.outbox += data
            self.send_now()  # the first part of a page is on its way while the rest is worked out
            if len(self.outbox) <= MAX_HELD_RESPONSE:
                return
            if self.before_large_response is not None:
                self.before_large_response()
            self._is_direct = True
            data, self.outbox = bytes(self.outbox), bytearray()
        view = memoryview(data)
        while view:
            try:
                count = self._sock.send(view)
            except BlockingIOError:
                self._wait(select.POLLOUT)
                continue
            self._pace.moved(count)
            view = view[count:]

    def sendfile(self, file: BinaryIO, offset: int = 0, count: int | None = None) -> None:
        """Send part of a file, block by block."""
        file.seek(offset)
        left = count
        while block := file.read(BLOCK if left is None else min(BLOCK, left)):
            self.sendall(block)
            left = None if left is None else left - len(block)

    def send(self, data: bytes) -> int:
        """Send 100 Continue, once."""
        if not self.has_continued:
            self.has_continued = True
            return self._sock.send(data)
        return len(data)

    def receive_now(self) -> bytes | None:
        """Return the bytes that have arrived: b"" at the connection's end, None if there are none yet."""
        try:
            return self._sock.recv(BLOCK)
        except BlockingIOError:
            return None

    def send_now(self) -> int:
        """Send as much of the held response as the client takes; return the number of bytes."""
        try:
            count = self._sock.send(memoryview(self.outbox)[: 4 * BLOCK])
        except BlockingIOError:
            return 0
        del self.outbox[:count]
        return count

    def shutdown(self, how: int) -> None:
        """Shut the connection down; discard a held response."""
        self.outbox.clear()
        self.is_streamed = False
        self._sock.shutdown(how)

    def close(self) -> None:
        """Close the connection."""
        self.is_closed = True
        self._sock.close()

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self._sock.fileno()

    def gettimeout(self) -> float:
        """Return 0: the socket itself never blocks."""
        return 0.0

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: the limits apply."""

    def setblocking(self, is_blocking: bool) -> None:  # noqa: FBT001  # socket's signature
        """Do nothing: the socket stays non-blocking."""

    def _wait(self, event: int) -> None:
        poll = select.poll()
        poll.register(self._sock, event)
        started = time.monotonic()
        poll.poll(self._pace.left * 1000)
        self._pace.waited(time.monotonic() - started)
