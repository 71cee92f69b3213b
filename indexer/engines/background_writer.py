"""Writes an index in a second process, so that another core turns documents into an index."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Final

import msgspec

from indexer.engines.engine import Document

_WAITING: Final = 8  # messages that wait while the process starts or commits: some 16 MB
_encoder = msgspec.msgpack.Encoder()


class BackgroundWriter:
    """The process that writes an index. It is the index's only writer until `close`.

    If it dies, everything sent since its last commit is lost, and `is_alive` becomes False.
    """

    def __init__(self, engine_name: str, folder: Path, pass_fds: Sequence[int] = ()) -> None:
        """Start the process. It keeps `pass_fds` open until it ends: a lock that it inherits outlives this process."""
        self.is_alive = True
        command = [sys.executable, "-m", "indexer.engines.index_process", engine_name, str(folder)]
        self.process = subprocess.Popen(  # noqa: S603  # our own module with our own arguments
            command, stdin=subprocess.PIPE, cwd=str(Path(__file__).parents[2]), pass_fds=pass_fds
        )
        self._messages: Queue[bytes | None] = Queue(_WAITING)
        self._sender = Thread(target=self._send_all, name="index-sender", daemon=True)
        self._sender.start()

    def write(self, documents: Sequence[Document]) -> None:
        """Send documents. Waits while too many messages wait."""
        self._put(documents)

    def commit(self, position: int) -> None:
        """Request a commit of everything sent at the catalog's position; returns at once."""
        self._put((), position)

    def drop(self) -> None:
        """Drop everything sent since the last commit."""
        self._put((), is_drop=True)

    def close(self) -> None:
        """Wait until everything sent is written, and end the process. What was not committed is dropped."""
        self._messages.put(None)
        self._sender.join()
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        if self.process.wait():
            self.is_alive = False

    def _put(self, documents: Sequence[Document], position: int | None = None, *, is_drop: bool = False) -> None:
        message = _encoder.encode((documents, position, is_drop))
        self._messages.put(struct.pack(">Q", len(message)) + message)

    def _send_all(self) -> None:
        while (message := self._messages.get()) is not None:
            if self.is_alive and self.process.stdin is not None:
                try:
                    self.process.stdin.write(message)
                    self.process.stdin.flush()
                except BrokenPipeError:
                    self.is_alive = False  # and the rest is thrown away, so that nobody waits for room in the queue
