"""Cuts a large HTML member into its records, with their exact bytes and place, without holding the whole file.

Meta's pages (2017-2025) are one flat run of record boxes: where the next box begins, the last one has ended.
Parsing a box is the importer's work (selectolax).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from indexer.evidence.archive import DAMAGE

CHUNK = 1 << 20
OVERLAP = 4096  # longer than any opening tag that a pattern matches
MAX_CHUNK = 64 * 2**20


class HtmlDamaged(Exception):
    """The member cannot be read to its end; all boxes before `offset` (bytes) were given out."""

    def __init__(self, code: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.code, self.message, self.offset = code, message, offset


@dataclass(frozen=True, slots=True)
class HtmlItem:
    """One box: index -1 is what stands before the first one (the page's head). Offsets are bytes of the member."""

    index: int
    start: int
    raw: bytes


def html_items(stream: IO[bytes], opening: re.Pattern[bytes]) -> Iterator[HtmlItem]:
    """Yield the head and then every box that begins with a match of `opening`, in file order.

    The last box runs to the end of the member. Raises HtmlDamaged with code "member-damaged" or
    "html-item-too-large".
    """
    buffer, base, at, searched, index, ended = b"", 0, 0, 0, -1, False
    while True:
        found = opening.search(buffer, searched)
        if found and (ended or found.end() < len(buffer)):
            yield HtmlItem(index, base + at, buffer[at : found.start()])
            index, at, searched = index + 1, found.start(), found.end()
            continue
        if ended:
            yield HtmlItem(index, base + at, buffer[at:])
            return
        rest = buffer[at:]
        if len(rest) > MAX_CHUNK:
            raise HtmlDamaged("html-item-too-large", f"One record of the page is larger than {MAX_CHUNK:,} bytes.", base + at)
        try:
            chunk = stream.read(max(CHUNK, len(rest)))
        except DAMAGE as error:
            raise HtmlDamaged(
                "member-damaged", f"The archive's own checksum says that this file is damaged: {error}.", base + at
            ) from error
        searched = max(searched - at, len(rest) - OVERLAP, 0)
        base, at, buffer, ended = base + at, 0, rest + chunk, not chunk
