"""Indexes the new records of a large archive in a second process while the first still reads: two cores, half the time.

Nothing of it is visible before the capture is whole; then it is committed with the catalogue's position. A helper
that dies costs nothing but time: `index_sync` does what is left.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from indexer.documents import IndexRow, document
from indexer.engines import Document
from indexer.house import House
from indexer.index_follower import Message

WORTH_IT = 10_000  # records; below it the helper's own start costs more than it saves
BATCH = 2000
_encoder = msgspec.msgpack.Encoder()


class IndexAhead:
    """The parent's side, a context manager. Use it under the house's lock; it idles while the index is not up to date."""

    def __init__(self, house: House, expected: int = 0) -> None:
        """Take the number of records that the platform declares, as `expected`: where it is large the helper starts at once."""
        self._house = house
        self._accounts = {account.id: account for account in house.catalogue.accounts()}
        self._waiting: list[Document] = []
        self._helper: subprocess.Popen[bytes] | None = None
        self._usable = house.index.position() == house.catalogue.position()
        if self._usable and expected >= WORTH_IT:
            self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the helper; what it has not committed is gone, and index_sync does it."""
        if self._helper is not None and self._helper.stdin is not None:
            with suppress(BrokenPipeError):  # it died before; index_sync finds the index behind
                self._helper.stdin.close()
            self._helper.wait()
            self._helper = None

    def add(self, rows: Sequence[IndexRow]) -> None:
        """Hand over rows of records that are new to the catalogue."""
        if not self._usable:
            return
        self._waiting += [document(row, self._accounts[row.account_id], self._house.zone) for row in rows]
        if self._helper is None and len(self._waiting) >= WORTH_IT:
            self._start()
        if self._helper is not None:
            for at in range(0, len(self._waiting), BATCH):
                self._send(self._waiting[at : at + BATCH])
            self._waiting = []

    def commit(self, settled_later: Sequence[int]) -> None:
        """Hand over records met before, now that their current version is settled, and commit at the catalogue's position."""
        if self._helper is None:
            return
        for at in range(0, len(settled_later), BATCH):
            self.add(self._house.catalogue.index_rows(settled_later[at : at + BATCH]))
        self._send((), self._house.catalogue.position())

    def _start(self) -> None:
        self._house.release_index()  # one process writes
        folder = self._house.paths.index / self._house.engine_name
        command = [sys.executable, "-m", "indexer.index_follower", self._house.engine_name, str(folder)]
        root = str(Path(__file__).parents[1])
        # the helper holds the house's lock too: nobody else begins while it is still ending
        self._helper = subprocess.Popen(  # noqa: S603  # our own module with our own words
            command, stdin=subprocess.PIPE, cwd=root, pass_fds=self._house.lock_files()
        )

    def _send(self, documents: Sequence[Document], position: int | None = None) -> None:
        message = _encoder.encode(Message(list(documents), position))
        if self._usable and self._helper is not None and self._helper.stdin is not None:
            try:
                self._helper.stdin.write(struct.pack(">Q", len(message)) + message)
            except BrokenPipeError:
                self._usable = False  # index_sync finds the index behind and does the rest
