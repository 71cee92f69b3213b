"""Splits a large HTML member into its records, with their exact bytes and position, without loading the whole file.

Meta's pages (2017-2025) are a flat sequence of record boxes: a box ends where the next begins.
Parsing a box is the importer's job (selectolax).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from indexer.evidence.archive import DAMAGE
from indexer.i18n import Sentence, say

CHUNK = 1 << 20
OVERLAP = 4096  # longer than any opening tag that a pattern matches
MAX_CHUNK = 64 * 2**20


class HtmlDamaged(Exception):
    """The member cannot be read to its end; all boxes before `offset` (bytes) were yielded."""

    def __init__(self, code: str, message: Sentence, offset: int) -> None:
        super().__init__(message)
        self.code, self.message, self.offset = code, message, offset


def _too_large_message() -> Sentence:
    return say("One record of the page is larger than {most} bytes.", most=MAX_CHUNK)


def _damage_message(error: BaseException) -> Sentence:
    return say("The archive's own checksum says that this file is damaged: {damage}.", damage=str(error))


@dataclass(frozen=True, slots=True)
class HtmlItem:
    """A box; index -1 is the page's head, before the first box. `start` is a byte offset in the member."""

    index: int
    start: int
    raw: bytes


def html_items(stream: IO[bytes], opening: re.Pattern[bytes]) -> Iterator[HtmlItem]:
    """Yield the head, then every box that begins with a match of `opening`, in file order.

    The last box runs to the end of the member. Raises HtmlDamaged with code "member-damaged" or
    "html-item-too-large".
    """
    buffer, base, at, searched, index, ended = b"", 0, 0, 0, -1, False
    while True:
        match = opening.search(buffer, searched)
        if match and (ended or match.end() < len(buffer)):
            yield HtmlItem(index, base + at, buffer[at : match.start()])
            index, at, searched = index + 1, match.start(), match.end()
            continue
        if ended:
            yield HtmlItem(index, base + at, buffer[at:])
            return
        rest = buffer[at:]
        if len(rest) > MAX_CHUNK:
            raise HtmlDamaged("html-item-too-large", _too_large_message(), base + at)
        try:
            chunk = stream.read(max(CHUNK, len(rest)))
        except DAMAGE as error:
            raise HtmlDamaged("member-damaged", _damage_message(error), base + at) from error
        searched = max(searched - at, len(rest) - OVERLAP, 0)
        base, at, buffer, ended = base + at, 0, rest + chunk, not chunk


VOID = frozenset(
    {b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source", b"track", b"wbr"}
)
# As browsers read a tag: a quotation mark counts only at the beginning of a value (`a=b"` has none).
_TAG = re.compile(
    rb"""<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])"""
    rb"""((?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]++|(?=>))|(?!\s*+=)))*+)>""",
    re.DOTALL,
)
_CLASS = re.compile(rb"""\bclass\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MAIN = re.compile(rb"""\brole\s*=\s*["']?main\b""")
_MAX_DEPTH = 4000  # elements inside elements; the deepest page seen has about 30


@dataclass(frozen=True, slots=True)
class PageMarks:
    """The CSS classes that mark a record's box (`boxes`) and its date (`dates`) on a platform's pages."""

    boxes: frozenset[bytes]
    dates: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class PageItem:
    """A part of a page: its head (index -1), an element, loose text between elements, or the rest after the last element.

    `is_whole` is false for an element without an end on the page.
    """

    index: int
    start: int
    raw: bytes
    is_element: bool = True
    is_whole: bool = True


def page_items(stream: IO[bytes], marks: PageMarks) -> Iterator[PageItem]:
    """Yield the head of a page, then every element and loose text of its main part, in file order.

    The main part is the element with the role "main", else the parent of the first box. Every byte of the page is in
    exactly one item, so that readers can account for all of them. A box that begins after the date of the box around it
    counts as a separate box: an end tag is missing there. Raises HtmlDamaged like `html_items`.
    """
    yield from _Cutter(marks).items(stream)


class _Cutter:
    """A single pass over a page."""

    def __init__(self, marks: PageMarks) -> None:
        self._marks = marks
        self._buffer, self._offset, self._at = b"", 0, 0  # bytes in memory, their offset in the member, scan position in the buffer
        self._stack: list[bytes] = []
        self._floor = -1  # depth of the main part's elements; -1 before the main part
        self._begin = 0  # start of the current item or text in the buffer
        self._depth = -1  # depth of the current element; -1 between elements
        self._is_box = self._has_date = False
        self._index = -1

    def items(self, stream: IO[bytes]) -> Iterator[PageItem]:
        while True:
            yield from self._scan()
            if len(self._buffer) - self._begin > MAX_CHUNK:
                raise HtmlDamaged("html-item-too-large", _too_large_message(), self._offset + self._begin)
            chunk = self._read(stream)
            if not chunk:
                break
            self._buffer = self._buffer[self._begin :] + chunk
            self._offset, self._at, self._begin = self._offset + self._begin, self._at - self._begin, 0
        rest = self._buffer[self._begin :]
        if rest or self._index < 0:
            yield PageItem(self._index, self._offset + self._begin, rest, self._depth >= 0, self._depth < 0)

    def _read(self, stream: IO[bytes]) -> bytes:
        try:
            return stream.read(max(CHUNK, len(self._buffer) - self._begin))
        except DAMAGE as error:
            raise HtmlDamaged("member-damaged", _damage_message(error), self._offset + self._begin) from error

    def _scan(self) -> Iterator[PageItem]:
        while match := _TAG.search(self._buffer, self._at):
            name = (match[2] or b"").lower()
            if name in {b"script", b"style"} and not match[1]:
                end = self._buffer.find(b"</" + name, match.end())
                if end < 0:
                    return  # its end is in the next chunk
                self._at = end
                continue
            self._at = match.end()
            if not name or name in {b"script", b"style", b"html", b"head", b"body"}:
                continue
            if match[1]:
                yield from self._close_tag(name, match.end())
            elif name not in VOID and not match[3].endswith(b"/"):
                yield from self._open_tag(name, match)
        # a tag that continues in the next chunk is scanned again
        last = self._buffer.rfind(b"<", self._at)
        self._at = last if last >= 0 else len(self._buffer)

    def _open_tag(self, name: bytes, tag: re.Match[bytes]) -> Iterator[PageItem]:
        class_match = _CLASS.search(tag[3])
        classes = set(((class_match[1] or class_match[2] or b"") if class_match else b"").split())
        is_box = not classes.isdisjoint(self._marks.boxes)
        if self._floor < 0:
            if name == b"main" or _MAIN.search(tag[3]):
                self._stack.append(name)
                yield from self._cut(tag.end())
                self._floor = len(self._stack)
                return
            if not is_box:
                self._stack.append(name)
                return
            self._floor = len(self._stack)
        if is_box and self._depth >= 0 and (not self._is_box or self._has_date):
            del self._stack[self._depth if self._is_box else len(self._stack) :]
            self._floor = len(self._stack)
            self._depth, rest = -1, self._depth
            yield from self._cut(tag.start(), is_element=rest >= 0)
        if self._depth < 0:
            yield from self._cut(tag.start(), is_element=False)
            self._depth, self._is_box, self._has_date = len(self._stack), is_box, False
        elif self._depth < len(self._stack) <= self._depth + 2 and not classes.isdisjoint(self._marks.dates):
            self._has_date = True
        if len(self._stack) < _MAX_DEPTH:
            self._stack.append(name)

    def _close_tag(self, name: bytes, end: int) -> Iterator[PageItem]:
        for at in range(len(self._stack) - 1, max(-1, len(self._stack) - 200), -1):
            if self._stack[at] == name:
                del self._stack[at:]
                break
        else:
            return  # an end tag without a start tag
        if self._depth >= 0:
            if len(self._stack) <= self._depth:
                self._depth = -1
                yield from self._cut(end)
                self._floor = min(self._floor, len(self._stack))
        elif self._floor >= 0:
            self._floor = min(self._floor, len(self._stack))

    def _cut(self, at: int, *, is_element: bool = True) -> Iterator[PageItem]:
        """Yield the bytes gathered up to `at`, if any."""
        raw = self._buffer[self._begin : at]
        if self._index < 0 or raw.strip():
            yield PageItem(self._index, self._offset + self._begin, raw, is_element and self._index >= 0)
            self._index += 1
        self._begin = at
